"""Items of a cloze method: few shots drawn by label, texts as items, and scores of many items."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.cloze.checkpoint import Checkpoint
from core.cloze.layout import Row
from core.cloze.verbalizer import Verbalizer
from core.errors import RecipeError
from core.types import Instance, Labels, Record, Report

FloatArray = npt.NDArray[np.float64]
SHARE = 0.1
"""Of a label's items that is held out where all are used."""


def item_records(method: str, records: Iterable[Record], labels: Labels) -> list[Record]:
    """Those with one label of the label set.

    Raises:
        RecipeError: the labels belong to words, not to whole items.
    """
    found = []
    for record in records:
        if record.instance.tokens:
            refuse_tokens(method, [record.instance])
        if record.labels and len(record.labels) == 1 and record.labels[0] in labels:
            found.append(record)
    return found


def refuse_tokens(method: str, items: Iterable[Instance]) -> None:
    """Raises RecipeError where labels belong to words."""
    if any(item.tokens for item in items):
        raise RecipeError(
            f"{method} labels whole texts (inference, topic), not words.",
            "For parts of speech and names use --set stage1=encoder, or the recipe's own labeler.",
        )


def few(
    records: Sequence[Record], shots: int, seed: int, aside: int | None = None
) -> tuple[list[Record], list[Record]]:
    """Draw `shots` items of every label to train on, and others to stop by.

    What is drawn of one label does not depend on the others, and fewer shots are among the more.

    Args:
        shots: per label; 0 = all but a tenth.
        aside: items per label to stop by, at most; None = as many as shots.
    """
    by_label: dict[str, list[Record]] = {}
    for record in records:
        by_label.setdefault((record.labels or ("",))[0], []).append(record)
    train: list[Record] = []
    held_out: list[Record] = []
    for label in sorted(by_label):
        rows = by_label[label]
        dice = np.random.default_rng([abs(seed), zlib.crc32(label.encode())])
        drawn = [rows[at] for at in dice.permutation(len(rows))]
        taken = min(shots or len(rows) - round(SHARE * len(rows)), len(drawn))
        wanted = (shots or len(rows)) if aside is None else aside
        train += drawn[:taken]
        held_out += drawn[taken:][::-1][:wanted]
    return train, held_out


def columns(records: Sequence[Record], labels: Labels) -> npt.NDArray[np.int64]:
    """(records,) the place of each one's label in the label set."""
    return np.array([labels.index((record.labels or ("",))[0]) for record in records], dtype=np.int64)


def of_texts(texts: Iterable[str]) -> list[Instance]:
    """Bare texts as items."""
    return [Instance(at, "", (), text) for at, text in enumerate(texts)]


def probabilities(
    checkpoint: Checkpoint,
    verbalizer: Verbalizer,
    rows: Sequence[Row],
    soft: Any = None,
    *,
    batch_size: int = 16,
    report: Report | None = None,
    doing: str = "labelling",
) -> FloatArray:
    """(rows, labels), each row summing to 1: softmax of the labels' scores. Rows of like length go together.

    Raises:
        Cancelled: `report` said so.
    """
    import torch

    found = np.zeros((len(rows), len(verbalizer.labels)))
    order = sorted(range(len(rows)), key=lambda at: -len(rows[at].ids))
    for start in range(0, len(order), batch_size):
        if report:
            report(doing, start, len(order))
        part = order[start : start + batch_size]
        with torch.no_grad():
            scores = verbalizer.scores(checkpoint.answers([rows[at] for at in part], soft))
        found[part] = torch.softmax(scores.double(), -1).cpu().numpy()
    if report:
        report(doing, len(order), len(order))
    return found
