"""Which exemplars broke or fixed most: every exemplar of a run with what it did wherever it was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.blame.grades import errors_of, graded
from core.blame.keys import SAME_WORD
from core.blame.material import Material
from core.comparison.sides import UNKNOWN
from core.store.views_blame import Places

if TYPE_CHECKING:
    import pandas as pd

Counts = npt.NDArray[np.int64]


def by_exemplar(material: Material) -> pd.DataFrame:
    """Every exemplar, the one with the most to answer for first.

    An error (or a fix) is held against an exemplar only where it spoke for the label that was given: where
    the run recorded what spoke, by that record; else where the exemplar shows the label at all.

    Returns:
        dataset, position, origin; uses (prompts it stands in); errors (Stage-II errors it spoke for), broken
        (of these: right before), fixed (wrong before, right now), net = fixed - broken, same_word (errors on
        a word that it shows with the wrong label); tokens (of its own), wrong (share of these whose label is
        wrong, NaN where that is not known). broken, fixed and net are <NA> without a Stage I.
    """
    import pandas as pd

    showing, shown = material.showing, material.shown
    n = len(showing.exemplars)
    errors, words = _spoke(material, errors_of(material))
    broken, fixed = (_spoke(material, tokens)[0] for tokens in _changed(material))
    known = pd.DataFrame({"broken": broken, "fixed": fixed, "net": fixed - broken}, dtype="Int64")
    if material.before is None:
        known[:] = pd.NA
    table = pd.DataFrame(
        {
            "dataset": [shown.datasets[owner] for owner in showing.owners.tolist()],
            "position": showing.exemplars,
            "origin": _origins(material),
            "uses": _once(shown.positions, material.which, n),
            "errors": errors,
            "broken": known["broken"],
            "fixed": known["fixed"],
            "net": known["net"],
            "same_word": words,
            "tokens": np.diff(showing.offsets),
            "wrong": _wrong(material),
        }
    )
    order = ["errors"] if material.before is None else ["broken", "errors"]
    table = table.sort_values(
        [*order, "uses", "dataset", "position"], ascending=[False] * len(order) + [True] * 3
    )
    return table.reset_index(drop=True)


def _spoke(material: Material, tokens: Places) -> tuple[Counts, Counts]:
    """Per exemplar of how many of these tokens' labels it spoke for, and on how many it shows the word so."""
    n = len(material.showing.exemplars)
    spoke, same = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for block in graded(material, tokens):
        which = material.which[block.rows]
        heard = block.shares > 0 if material.recorded else block.grades > 0
        spoke += _once(block.owners[heard], which[heard], n)
        seen = block.grades == SAME_WORD
        same += _once(block.owners[seen], which[seen], n)
    return spoke, same


def _once(owners: Places, which: Places, n: int) -> Counts:
    """How many owners each of n has, one that it has twice counted once."""
    return np.bincount(np.unique(owners * n + which) % n, minlength=n)


def _changed(material: Material) -> tuple[Places, Places]:
    """Tokens that Stage II broke, and those it fixed."""
    compared, right = material.compared, material.compared.reference
    none = np.zeros(0, dtype=np.int64)
    if right is None or material.before is None:
        return none, none
    before, after = compared.given[material.before], compared.given[material.after]
    known = right != UNKNOWN
    broken = np.flatnonzero(known & (before == right) & (after != right))
    return broken, np.flatnonzero(known & (before != right) & (after == right))


def _origins(material: Material) -> list[str]:
    """target, corrected or source, of every exemplar."""
    first = np.zeros(len(material.showing.exemplars), dtype=np.int64)
    first[material.which] = material.shown.origins
    return [material.shown.kinds[number] for number in first.tolist()]


def _wrong(material: Material) -> npt.NDArray[np.float64]:
    showing = material.showing
    n = len(showing.exemplars)
    judged = np.bincount(showing.tokens_of[showing.judged], minlength=n)
    wrong = np.bincount(showing.tokens_of[showing.wrong], minlength=n)
    return np.where(judged > 0, wrong / np.maximum(judged, 1), np.nan)
