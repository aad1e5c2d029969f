"""Fine-tuning a sentence encoder on pairs: right ones together, wrong ones apart.

Source: XAMPLER, arXiv 2405.05116, section 3: contrastive loss over cosine distance d with a margin m,
L = 1/2 [y d^2 + (1 - y) max(0, m - d)^2], the best checkpoint on held-out queries. The loss is that of
sentence-transformers; the loop is `core.cloze.training`, so that a training can be stopped and resumed
without reading anything but safetensors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.cloze.training import Checkpoints, Curve, Plan, train
from core.errors import RecipeError
from core.retrieval.judging import Pair
from core.types import Report

DOING = "training the retriever"
ON = "held-out source queries"
FEWEST = 2
"""Right pairs, and wrong ones, that held-out queries must have to tell anything."""
DECAY = 0.01
LOOKS = 50
"""At most so many looks at the held-out queries in all."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """Pairs to learn from and held-out ones; they share no query."""

    learned: Sequence[Pair]
    held_out: Sequence[Pair]


def lessons(pairs: Sequence[Pair], share: float, seed: int) -> Lessons:
    """Pairs divided by their queries, `share` of them held out.

    Raises:
        RecipeError: every pair is right, or every one is wrong: there is nothing to tell apart.
    """
    queries = sorted({pair.query for pair in pairs})
    drawn = np.random.default_rng([abs(seed), 1]).permutation(len(queries))
    out = {queries[at] for at in drawn[: round(share * len(queries))]}
    learned = [pair for pair in pairs if pair.query not in out]
    held_out = [pair for pair in pairs if pair.query in out]
    if len({pair.right for pair in learned}) < 2:
        which = "right" if learned and learned[0].right else "wrong"
        raise RecipeError(
            f"mining found {len(learned)} pairs, and with all of them the labeller was {which}: a retriever "
            "has nothing to learn from that.",
            "Give more embedder.candidates or queries, another labeller, or embedder.positives=gold.",
        )
    return Lessons(learned, held_out if _tells(held_out) else [])


def _tells(pairs: Sequence[Pair]) -> bool:
    right = sum(pair.right for pair in pairs)
    return min(right, len(pairs) - right) >= FEWEST


def learn(
    model: Any,
    texts: Sequence[str],
    given: Lessons,
    table: Any,
    seed: int,
    *,
    keep: Path | None,
    identity: str,
    report: Report,
) -> Curve:
    """Fine-tune a sentence-transformers model in place; it then has the weights that did best.

    Args:
        texts: of the rows that pairs name.
        table: the settings, as `naming.settings_of` gives them.
        keep: where a stopped training goes on from; of another `identity` it counts as absent.

    Raises:
        RecipeError: the training diverged. Cancelled: `report` said so.
    """
    batches = math.ceil(len(given.learned) / int(table["batch_size"]))
    steps = batches * int(table["epochs"])
    plan = Plan(
        steps=steps,
        learning_rate=float(table["learning_rate"]),
        judge_every=max(batches, math.ceil(steps / LOOKS)),
        patience=int(table["patience"]) if given.held_out else 0,
        seed=seed,
        decay=DECAY,
    )
    weights = {name: value for name, value in model.named_parameters() if "pooler" not in name}
    lesson = _Lesson(model, texts, given, table, seed)
    return train(
        weights,
        lesson.loss,
        plan,
        judge=lesson.score if given.held_out else None,
        files=Checkpoints(keep, identity),
        report=report,
        doing=DOING,
    )


class _Lesson:
    """The loss of a step, and the score of the weights as they are."""

    def __init__(self, model: Any, texts: Sequence[str], given: Lessons, table: Any, seed: int) -> None:
        from sentence_transformers.sentence_transformer.losses import ContrastiveLoss

        self._model, self._texts, self._given, self._seed = model, texts, given, abs(seed)
        self._size = int(table["batch_size"])
        self._contrast = ContrastiveLoss(model, margin=float(table["margin"]))

    def loss(self, step: int, dice: np.random.Generator) -> dict[str, Any]:
        """The mean over one batch; the order of an epoch follows from the seed and its number."""
        import torch

        pairs = self._batch(step)
        self._model.train()
        rows = [self._read([getattr(pair, side) for pair in pairs]) for side in ("query", "candidate")]
        right = torch.tensor([int(pair.right) for pair in pairs])
        return {"contrastive": self._contrast.compute_loss_from_embeddings(rows, right)}

    def _batch(self, step: int) -> list[Pair]:
        pairs = self._given.learned
        batches = math.ceil(len(pairs) / self._size)
        epoch, at = divmod(step, batches)
        order = np.random.default_rng([self._seed, 2, epoch]).permutation(len(pairs))
        return [pairs[row] for row in order[at * self._size : (at + 1) * self._size]]

    def _read(self, rows: Sequence[int]) -> Any:
        features = self._model.preprocess([self._texts[row] for row in rows])
        return self._model(features)["sentence_embedding"]

    def score(self) -> float:
        """Average precision of the right among the held-out pairs, by cosine."""
        self._model.eval()
        pairs = self._given.held_out
        rows = sorted({row for pair in pairs for row in (pair.query, pair.candidate)})
        place = {row: at for at, row in enumerate(rows)}
        table = self._model.encode(
            [self._texts[row] for row in rows], normalize_embeddings=True, show_progress_bar=False
        )
        cosines = [float(table[place[pair.query]] @ table[place[pair.candidate]]) for pair in pairs]
        return average_precision(cosines, [pair.right for pair in pairs])


def average_precision(scores: Sequence[float], right: Sequence[bool]) -> float:
    """Mean over the right ones of the share of right ones among those scored at least as high."""
    order = sorted(range(len(scores)), key=lambda at: (-scores[at], right[at]))
    hits, total = 0, 0.0
    for seen, at in enumerate(order, 1):
        hits += right[at]
        total += hits / seen if right[at] else 0.0
    return total / hits if hits else 0.0
