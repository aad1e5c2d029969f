"""What a prompt is learned from: shots of the sources, shots of the target, and sentence pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.cloze.items import few, item_records, of_texts, refuse_tokens
from core.errors import RecipeError
from core.labelers import Beside
from core.types import Instance, Labels, Record

Pair = tuple[str, str]
MOST_ASIDE = 16
"""Items of a label that are held out to stop by, at most: they are read again and again."""


@dataclass(frozen=True)
class Lessons:
    """What is learned from.

    Attributes:
        train: the shots of the sources, with one label each.
        held_out: other items of the sources, to stop by.
        target: gold shots of the target's language.
        pairs: (text in another language, its translation in the target's), as items; the same place in both.
    """

    train: Sequence[Record]
    held_out: Sequence[Record]
    target: Sequence[Record]
    pairs: tuple[Sequence[Instance], Sequence[Instance]] = ((), ())


def lessons(
    method: str,
    sources: Sequence[tuple[str, Sequence[Record]]],
    instances: Sequence[Instance],
    corrected: Sequence[Record],
    label_set: Labels,
    language: str,
    *,
    shots: int,
    target_shots: int,
    seed: int,
) -> Lessons:
    """Draw the shots by the seed.

    Args:
        sources: those in the target's own language are shots of the target, like `corrected`.
        shots: items of each label to train on; 0 = all.
        target_shots: items of each label of the target, at most; 0 = none.

    Raises:
        RecipeError: labels belong to words, or no source in another language has labels of the label set.
    """
    refuse_tokens(method, instances)
    others = [record for code, records in sources if code != language for record in records]
    own = [record for code, records in sources if code == language for record in records]
    usable = item_records(method, others, label_set)
    if not usable:
        raise RecipeError(
            f"Stage I ({method}) found no items in another language with a label of this data set.",
            f"Its labels are {', '.join(label_set)}; choose a --source that has them. Items in the "
            "target's own language are its shots, not its source.",
        )
    train, held_out = few(usable, shots, seed, aside=min(shots or MOST_ASIDE, MOST_ASIDE))
    target: list[Record] = []
    if target_shots:
        target, _ = few(item_records(method, [*corrected, *own], label_set), target_shots, seed, aside=0)
    return Lessons(train, held_out, target)


def drawn_pairs(
    pairs: Sequence[Pair], count: int, misaligned: float, seed: int, *, of_pairs: bool
) -> tuple[list[Instance], list[Instance]]:
    """So many sentence pairs (0 = all), drawn by the seed, as items of both languages.

    Args:
        misaligned: share of the pairs whose translation is replaced by that of another pair.
        of_pairs: the task's items are two texts: a sentence and the one behind it (our reading).
    """
    dice = np.random.default_rng([abs(seed), 7])
    order = dice.permutation(len(pairs))[: count or len(pairs)].tolist()
    left, right = [pairs[at][0] for at in order], [pairs[at][1] for at in order]
    wrong = sorted(dice.permutation(len(order))[: round(misaligned * len(order))].tolist())
    moved = [right[at] for at in [*wrong[1:], *wrong[:1]]]
    for at, text in zip(wrong, moved, strict=True):
        right[at] = text
    return (_two(left), _two(right)) if of_pairs else (of_texts(left), of_texts(right))


def pairs_of(beside: Beside, method: str) -> Sequence[Pair]:
    """The sentence pairs of the run.

    Raises:
        RecipeError: it has none.
    """
    if not beside.pairs:
        raise RecipeError(
            f"{method} learns from sentences with their translations, and the run has none.",
            "Give stage1.parallel a data set of sentence pairs, one side in the language to be labelled.",
        )
    return beside.pairs


def of_pairs(instances: Sequence[Instance], records: Sequence[Record]) -> bool:
    """Whether the items are two texts each."""
    return any(item.text_b is not None for item in (*instances, *(record.instance for record in records)))


def counted(records: Sequence[Record]) -> dict[str, int]:
    """Label -> how many."""
    return dict(sorted(Counter((record.labels or ("",))[0] for record in records).items()))


def _two(texts: Sequence[str]) -> list[Instance]:
    behind = [*texts[1:], *texts[:1]]
    return [
        Instance(at, "", (), one, other) for at, (one, other) in enumerate(zip(texts, behind, strict=True))
    ]
