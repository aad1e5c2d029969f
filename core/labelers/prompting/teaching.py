"""Trainings of a prompt: on shots of the sources, on shots of the target, and by a translator.

All go through `core.cloze.training`: AdamW, warm-up, early stop, resumable, random by the step alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.cloze.items import columns
from core.cloze.layout import Row
from core.cloze.training import Checkpoints, Curve, Plan, train
from core.labelers.prompting.networks import applied, weights_of
from core.labelers.prompting.reading import Reading
from core.types import Record, Report

Tensor = Any
Vectors = Callable[[], Tensor]
"""The prompt as it is now: (S, d)."""
Part = Callable[[np.random.Generator], Tensor]
"""One part of a loss, on a batch its dice draw."""


@dataclass(frozen=True)
class Course:
    """One training: what of a prompt is trained, towards what.

    Attributes:
        weights: what is trained, by name.
        parts: name -> one part of the loss.
        judge: the score to stop by.
    """

    weights: Mapping[str, Tensor]
    parts: Mapping[str, Part]
    judge: Callable[[], float] | None = None

    def run(self, plan: Plan, files: Checkpoints, report: Report, doing: str) -> Curve:
        """Train; the weights then hold the best. Raises: as `core.cloze.training.train`."""

        def loss(_step: int, dice: np.random.Generator) -> dict[str, Tensor]:
            return {name: part(dice) for name, part in self.parts.items()}

        return train(self.weights, loss, plan, judge=self.judge, files=files, report=report, doing=doing)


@dataclass
class Prompt:
    """Soft vectors, free or through an encoder. `network` None = free."""

    free: Tensor
    network: Any = None

    def vectors(self) -> Tensor:
        """(S, d), differentiable."""
        return applied(self.network, self.free)

    def weights(self) -> dict[str, Tensor]:
        """What is trained of it."""
        return {"vectors": self.free} | weights_of(self.network, "encoder")


def classification(reading: Reading, records: Sequence[Record], vectors: Vectors, batch_size: int) -> Part:
    """Cross-entropy of gold labels: CE(P(y | x, p), y) (MPT, L_cls)."""
    import torch

    rows = reading.rows([record.instance for record in records])
    gold = torch.as_tensor(columns(records, reading.verbalizer.labels), device=reading.checkpoint.device)

    def part(dice: np.random.Generator) -> Tensor:
        at = batch(len(rows), batch_size, dice)
        found = reading.log_shares([rows[place] for place in at], vectors())
        return torch.nn.functional.nll_loss(found, gold[at])

    return part


def alignment(
    source: tuple[Reading, Sequence[Row], Vectors],
    target: tuple[Reading, Sequence[Row], Vectors],
    weight: float,
    batch_size: int,
    *,
    fixed: bool,
) -> Part:
    """weight * KL(P(answer | x_S, p_S) || P(answer | x_T, p_T)) on sentence pairs (MPT, L_align).

    Args:
        fixed: the source side is what is aimed at and does not change: it is computed once.
    """
    import torch

    (reading, rows, vectors), (other, others, moving) = source, target
    aimed = torch.tensor(reading.shares(rows, vectors()), dtype=torch.float32).log() if fixed else None

    def part(dice: np.random.Generator) -> Tensor:
        at = batch(len(rows), batch_size, dice)
        found = other.log_shares([others[place] for place in at], moving())
        if aimed is None:
            wanted = reading.log_shares([rows[place] for place in at], vectors())
        else:
            wanted = aimed[at].to(found.device)
        return weight * torch.nn.functional.kl_div(found, wanted, log_target=True, reduction="batchmean")

    return part


def accuracy(reading: Reading, records: Sequence[Record], vectors: Vectors) -> Callable[[], float] | None:
    """Share of held-out items labelled right; None where there are none."""
    if not records:
        return None
    rows = reading.rows([record.instance for record in records])
    gold = columns(records, reading.verbalizer.labels)

    def judge() -> float:
        return float((reading.shares(rows, vectors()).argmax(1) == gold).mean())

    return judge


def batch(count: int, size: int, dice: np.random.Generator) -> list[int]:
    """Places of one batch, each at most once."""
    found: list[int] = dice.permutation(count)[:size].tolist()
    return found
