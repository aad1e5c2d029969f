"""Examples of labels, to stand beside their guidelines: what humans or a run were surest of."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.desk.material import Labelling, Material
from core.tasks import tasks

MOST = 5
AROUND = 4
LOOKED_AT = 400
"""The surest words of a label among which different ones are chosen."""
LONGEST = 80
Example = list[str]


def examples(material: Material) -> dict[str, list[Example]]:
    """Label (type, for entities) -> [words before, form, words after], the surest first, each form once."""
    shown = material.shown
    if shown is None or not len(shown.column.positions):
        return {}
    with material.lock:
        if material.examples is None:
            material.examples = _found(material, shown)
        return material.examples


def _found(material: Material, shown: Labelling) -> dict[str, list[Example]]:
    column = shown.column
    sure = np.ones(len(column.codes), dtype=np.float32)
    if column.confidences is not None:
        sure = np.where(np.isnan(column.confidences), np.float32(0), column.confidences)
    found: dict[str, list[Example]] = {}
    for code, name in enumerate(column.names):
        places = np.flatnonzero(column.codes == code)
        label = tasks[material.dataset.task].coverage_label(name)
        if label in found and name.startswith("I-"):
            continue
        best = places[np.argsort(1 - sure[places], kind="stable")[:LOOKED_AT]]
        found[label] = _distinct(material, shown, best)
    return found


def _distinct(material: Material, shown: Labelling, places: Any) -> list[Example]:
    column, seen = shown.column, set()
    found: list[Example] = []
    for place in places.tolist():
        row = int(np.searchsorted(column.offsets, place, side="right")) - 1
        words = material.forms(int(column.positions[row]))
        at = place - int(column.offsets[row])
        if at >= len(words) or words[at].lower() in seen:
            continue
        seen.add(words[at].lower())
        left, right = words[max(0, at - AROUND) : at], words[at + 1 : at + 1 + AROUND]
        found.append([" ".join(left), words[at][:LONGEST], " ".join(right)])
        if len(found) == MOST:
            break
    return found
