"""What a RoSPrompt is trained on: few shots of the classes that are seen, and the loss of a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.cloze.checkpoint import Checkpoint
from core.cloze.items import columns, few, item_records
from core.cloze.layout import Layout, Row
from core.cloze.verbalizer import Verbalizer
from core.errors import RecipeError
from core.labelers.robust.losses import drift, smoothed_entropy
from core.types import Labels, Record

Tensor = Any
KEPT = 512
"""Texts whose unprompted answers are remembered."""
OBJECTIVES = ("vocabulary", "labels")


@dataclass(frozen=True)
class Shots:
    """Items to train on and to stop by.

    Attributes:
        labels: of the items: the classes that are seen.
        train: in the order of their labels.
        held_out: others of the same labels.
    """

    labels: Labels
    train: Sequence[Record]
    held_out: Sequence[Record]

    def counts(self) -> dict[str, int]:
        """Label -> items to train on."""
        found = [_label(record) for record in self.train]
        return {label: found.count(label) for label in self.labels}


def shots(
    sources: Sequence[tuple[str, Sequence[Record]]],
    corrected: Sequence[Record],
    label_set: Labels,
    *,
    seen: Sequence[str],
    count: int,
    aside: int,
    seed: int,
) -> Shots:
    """Draw the shots of every source language; corrected items of the target are all used.

    A class of the sources need not be one of the target's: the prompt is learned, not the classes.

    Args:
        seen: train on these labels only; empty = all the sources have.
        count: items of each label and source to train on; 0 = all.
        aside: further ones to stop by.

    Raises:
        RecipeError: items that are words; fewer than two labels; a label in `seen` that no source has.
    """
    every = _labels(sources, corrected, label_set)
    unknown = sorted(set(seen) - set(every))
    if unknown:
        raise RecipeError(
            f"no item to train on has the label {unknown[0]!r} (stage1.seen).",
            f"There are: {', '.join(every)}.",
        )
    wanted = tuple(label for label in every if not seen or label in seen)
    train: list[Record] = []
    held_out: list[Record] = []
    for at, (_, records) in enumerate(sources):
        usable = item_records("rosprompt", records, wanted)
        some, others = few(usable, count, seed + at, aside)
        train, held_out = train + some, held_out + others
    train += item_records("rosprompt", corrected, wanted)
    found = {_label(record) for record in train}
    if len(found) < 2:
        raise RecipeError(
            f"the sources have items of {len(found)} labels; a prompt is learned from two or more.",
            "Give sources of this task with labels, or name more in stage1.seen.",
        )
    labels = tuple(label for label in wanted if label in found)
    return Shots(labels, train, [record for record in held_out if _label(record) in found])


def _label(record: Record) -> str:
    return (record.labels or ("",))[0]


def _labels(
    sources: Sequence[tuple[str, Sequence[Record]]], corrected: Sequence[Record], label_set: Labels
) -> Labels:
    """All labels of the items, those of the target first and in its order."""
    found = {
        _label(record)
        for records in (*(records for _, records in sources), corrected)
        for record in records
        if record.labels and len(record.labels) == 1
    }
    return (*(label for label in label_set if label in found), *sorted(found - set(label_set)))


@dataclass
class Lessons:
    """The loss of RoSPrompt at a step (our reading of arXiv 2503.19469).

    Attributes:
        rows: of the items, with places for the soft vectors.
        plain: of the same items without them: what the unprompted model reads.
        right: (items,) places of the right labels in the verbalizer's.
        over: vocabulary: the label words must win against every token; labels: against each other only.
        smoothing: s, the share of the target that goes to the other label words.
        price: beta, of the KL from the unprompted to the prompted distribution over the vocabulary.
    """

    checkpoint: Checkpoint
    verbalizer: Verbalizer
    rows: Sequence[Row]
    plain: Sequence[Row]
    right: Any
    over: str
    smoothing: float
    price: float
    batch_size: int
    _known: Tensor = field(default=None, repr=False)

    @classmethod
    def of(
        cls, checkpoint: Checkpoint, layout: Layout, verbalizer: Verbalizer, drawn: Shots, length: int,
        settings: Mapping[str, Any],
    ) -> Lessons:  # fmt: skip
        """The lessons of some shots; `settings` are those from `over` on."""
        items = [record.instance for record in drawn.train]
        return cls(
            checkpoint, verbalizer, layout.rows(checkpoint, items, length),
            layout.rows(checkpoint, items, 0), columns(drawn.train, drawn.labels), **settings,
        )  # fmt: skip

    @property
    def steps(self) -> int:
        """Batches of one pass over the items."""
        return -(-len(self.rows) // self.batch_size)

    def batch(self, step: int, seed: int) -> list[int]:
        """Items of a step: every pass in an order of its own."""
        epoch, part = divmod(step, self.steps)
        order: list[int] = np.random.default_rng([abs(seed), epoch]).permutation(len(self.rows)).tolist()
        return order[part * self.batch_size : (part + 1) * self.batch_size]

    def loss(self, soft: Tensor, chosen: Sequence[int]) -> dict[str, Tensor]:
        """The parts of the loss of some items: classification, and drift where it has a price."""
        import torch

        logits = self.checkpoint.answers([self.rows[at] for at in chosen], soft)
        right = torch.as_tensor(self.right[list(chosen)], device=logits.device)
        after = torch.log_softmax(logits, -1)
        scores = self.verbalizer.scores(after)
        if self.over == "labels":
            scores = torch.log_softmax(scores, -1)
        parts = {"classification": smoothed_entropy(scores, right, self.smoothing)}
        if self.price:
            parts["drift"] = self.price * drift(self._before(chosen), after)
        return parts

    def _before(self, chosen: Sequence[int]) -> Tensor:
        """(items, V) log-probabilities of the unprompted model.

        Few are computed all at once, so that they are the same bit for bit in a training that was resumed.
        """
        import torch

        if len(self.rows) > KEPT:
            return self._unprompted_of(chosen)
        if self._known is None:
            every = range(len(self.rows))
            parts = [every[at : at + self.batch_size] for at in every[:: self.batch_size]]
            self._known = torch.cat([self._unprompted_of(part) for part in parts])
        return self._known[list(chosen)]

    def _unprompted_of(self, chosen: Sequence[int]) -> Tensor:
        import torch

        with torch.no_grad():
            return torch.log_softmax(self.checkpoint.answers([self.plain[at] for at in chosen]), -1)
