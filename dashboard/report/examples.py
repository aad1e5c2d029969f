"""Sentences in which labels were fixed or broken, word by word."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.comparison import CHANGES, Comparison, changes, found
from core.comparison.where import Mask
from dashboard import naming
from dashboard.report.document import Section, Sentence, Sentences, Word
from dashboard.report.told import Matter

MOST = 20
TITLES = {"fixed": "Fixed", "broken": "Broken", "changed": "Changed"}
SOME = "The {n} of {of:,} {items} with most {what} labels: a choice, not a random sample."
ALL = "All {of:,} {items} with {what} labels, those with most first."


def examples(matter: Matter) -> Section | None:
    """Up to 20 sentences that were fixed and 20 that were broken; without gold, that changed."""
    if matter.single:
        return None
    masks = changes(matter.compared, matter.before, matter.after)
    wanted = ("broken", "fixed") if matter.judged else ("changed",)
    parts = tuple(_some(matter, kind, masks) for kind in wanted if masks[kind].any())
    return Section("Sentences", (_legend(matter),), parts) if parts else None


def _legend(matter: Matter) -> str:
    first, second = matter.pair
    said = f"Under a word: the label of {first} → that of {second}, where they differ"
    if not matter.judged:
        return f"{said} (≠)."
    return f"{said} (✓ fixed, ✗ broken, ~ wrong before and after); a dotted frame: wrong, and left so."


def _some(matter: Matter, kind: str, masks: dict[str, Mask]) -> Sentences:
    positions, counts = found(matter.compared, masks[kind])
    first = positions[np.argsort(-counts, kind="stable")][:MOST]
    told = matter.told.texts([int(position) for position in first]) if matter.told.texts else {}
    became = _became(masks)
    sentences = []
    for position in first.tolist():
        row = int(np.searchsorted(matter.compared.positions, position))
        forms = _forms(matter.compared, row)
        item = told.get(position)
        if item is not None and not item.tokens:
            forms = [" ⟶ ".join(text for text in (item.text, item.text_b) if text)]
        sentences.append(_sentence(matter, row, forms, became))
    said = ALL if len(sentences) == len(positions) else SOME
    items = naming.items(matter.compared.dataset.task)
    note = said.format(n=len(sentences), of=len(positions), what=kind, items=items)
    return Sentences(TITLES[kind], tuple(sentences), note)


def _became(masks: dict[str, Mask]) -> npt.NDArray[np.int8]:
    """(T,): 0 for a label that stayed, else 1 + the place in CHANGES."""
    kinds = [kind for kind in CHANGES if kind in masks and not kind.startswith("same")]
    told = np.zeros(len(masks["changed"]), dtype=np.int8)
    for kind in kinds:  # `changed` comes first and is what is left where nothing is known
        told[masks[kind]] = 1 + CHANGES.index(kind)
    return told


def _forms(compared: Comparison, row: int) -> list[str]:
    start, end = compared.offsets[row : row + 2]
    return [compared.forms[word] for word in compared.words[start:end]]


def _sentence(matter: Matter, row: int, forms: list[str], became: npt.NDArray[np.int8]) -> Sentence:
    compared, labels = matter.compared, matter.compared.labels
    start = int(compared.offsets[row])
    words = []
    for place, form in enumerate(forms, start):
        right = -1 if compared.reference is None else int(compared.reference[place])
        words.append(
            Word(
                form,
                tuple(labels[compared.given[side][place]] for side in (matter.before, matter.after)),
                labels[right] if right >= 0 else "",
                CHANGES[became[place] - 1] if became[place] else "",
            )
        )
    return Sentence(f"# {int(compared.positions[row])}", tuple(words), matter.told.direction)
