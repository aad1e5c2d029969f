"""What an encoder learns from: labelled items of the sources, some held out, and what a label leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import RecipeError
from core.labelers.posteriors import FloatArray, is_bio
from core.types import Instance, Labels, Record

UNKNOWN = -1
"""Target of a label outside the label set: the token is read, nothing is learned from it."""
HELD_OUT_FROM = 5
"""Items a source must have before any of it is held out."""
OUTSIDE = "O"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One labelled item: a column of the label set per token, or one in all.

    `hidden` are the columns an O of this source may stand for: entity types its annotators never marked.
    """

    instance: Instance
    targets: tuple[int, ...]
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that is learned from. `tokens`: labels belong to tokens, not to whole items.

    `prior` is the share of each label, (labels,), summing to 1.
    """

    tokens: bool
    train: tuple[Lesson, ...]
    held_out: tuple[Lesson, ...]
    prior: FloatArray


def material(
    sources: Sequence[tuple[str, Sequence[Record]]],
    corrected: Sequence[Record],
    label_set: Labels,
    *,
    limit: int,
    dev_share: float,
    seed: int,
) -> Material:
    """Sort the sources into items to train on and items to stop by.

    Args:
        sources: language code and records of each source.
        corrected: items of the target with labels of a human; they are all trained on.
        limit: at most so many items of each source, drawn by the seed; 0 = all.
        dev_share: share of each source that is held out.

    Raises:
        RecipeError: a source has no label of the label set, or there is nothing to train on.
    """
    tokens = _by_token([record for _, records in sources for record in records] + list(corrected))
    train: list[Lesson] = []
    held_out: list[Lesson] = []
    for place, (language, records) in enumerate(sources):
        lessons = _lessons(records, label_set, tokens=tokens)
        _refuse_strangers(language, records, lessons, label_set)
        order = np.random.default_rng([abs(seed), place]).permutation(len(lessons))
        drawn = [lessons[at] for at in order[: limit or len(lessons)]]
        aside = max(1, round(dev_share * len(drawn))) if dev_share and len(drawn) >= HELD_OUT_FROM else 0
        held_out += drawn[:aside]
        train += drawn[aside:]
    train += _lessons(corrected, label_set, tokens=tokens)
    if not train:
        raise _nothing(label_set)
    return Material(tokens, tuple(train), tuple(held_out), _prior(train, len(label_set)))


def _by_token(records: Sequence[Record]) -> bool:
    labelled = (record for record in records if record.labels)
    return any(len(record.labels or ()) == len(record.instance.tokens) for record in labelled)


def _lessons(records: Sequence[Record], label_set: Labels, *, tokens: bool) -> list[Lesson]:
    """Records whose labels fit and of which at least one is in the label set."""
    column = {label: at for at, label in enumerate(label_set)}
    hidden = _hidden(records, label_set) if tokens else ()
    lessons = []
    for record in records:
        targets = tuple(column.get(label, UNKNOWN) for label in record.labels or ())
        fits = len(targets) == (len(record.instance.tokens) if tokens else 1)
        if fits and any(target != UNKNOWN for target in targets):
            lessons.append(Lesson(record.instance, targets, hidden))
    return lessons


def _hidden(records: Sequence[Record], label_set: Labels) -> tuple[int, ...]:
    """Columns of entity types that never occur in a source: its O is no evidence against them."""
    if not is_bio(label_set):
        return ()
    seen = {label[2:] for record in records for label in record.labels or () if label[1:2] == "-"}
    if not seen:
        return ()
    return tuple(at for at, label in enumerate(label_set) if label[1:2] == "-" and label[2:] not in seen)


def _refuse_strangers(
    language: str, records: Sequence[Record], lessons: Sequence[Lesson], label_set: Labels
) -> None:
    """A source whose labels are others teaches nothing: an O in common is not enough."""
    theirs = {label for record in records for label in record.labels or ()}
    shared = theirs & set(label_set)
    if lessons and (shared - {OUTSIDE} or theirs <= {OUTSIDE}):
        return
    if not theirs:
        raise RecipeError(
            f"Stage I (encoder) found no labelled items in the source {language}.",
            "Choose a --source whose data set has labels for this task.",
        )
    raise RecipeError(
        f"Stage I (encoder): the source {language} has none of the labels of this data set; it has "
        f"{_some(theirs)}.",
        f"The data set's labels are {_some(label_set)}; choose another --source, or import it again with "
        "--map THEIRS=OURS.",
    )


def _nothing(label_set: Labels) -> RecipeError:
    return RecipeError(
        "Stage I (encoder) found no items in the sources with a label of this data set.",
        f"Its labels are {_some(label_set)}; choose a --source that has them.",
    )


def _some(labels: Sequence[str] | set[str]) -> str:
    names = sorted(labels) if isinstance(labels, set) else list(labels)
    return ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")


def _prior(lessons: Sequence[Lesson], size: int) -> FloatArray:
    counts = np.full(size, 1e-3)
    for lesson in lessons:
        for target in lesson.targets:
            if target != UNKNOWN:
                counts[target] += 1
    shares: FloatArray = counts / counts.sum()
    return shares
