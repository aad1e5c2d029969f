"""From the probabilities of both directions to links between words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.word_alignment.model import Model, Words

Array = npt.NDArray[np.float64]
Symmetry = Literal["intersection", "grow", "target"]
SYMMETRIES: tuple[Symmetry, ...] = ("intersection", "grow", "target")
AROUND = tuple((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right)


@dataclass(frozen=True, slots=True)
class Links:
    """(source word, target word) -> how probable it is that they belong together, in (0, 1]."""

    found: Mapping[tuple[int, int], float]

    def of_target(self, word: int) -> list[tuple[int, float]]:
        """The source words of a target word, the most probable first."""
        rows = [(one, share) for (one, other), share in self.found.items() if other == word]
        return sorted(rows, key=lambda row: (-row[1], row[0]))

    def of_source(self, word: int) -> list[tuple[int, float]]:
        """The target words of a source word, in the order of the sentence."""
        return sorted((other, share) for (one, other), share in self.found.items() if one == word)


def links(model: Model, source: Words, target: Words, symmetry: Symmetry = "grow") -> Links:
    """The links of one sentence pair.

    intersection: what both directions say. grow: that, and from there whatever one direction says next to a
    link, where a word has none yet (grow-diag: Koehn, Och and Marcu 2003, aclanthology.org/N03-1017). target:
    each target word with the source word that explains it best. A link's probability is the
    geometric mean of both directions.
    """
    forward, backward = model.posteriors(source, target)
    share = np.sqrt(forward * backward)
    one, other = _best(forward.T).T, _best(backward)
    chosen = {"intersection": one & other, "target": one}.get(symmetry)
    if chosen is None:
        chosen = _grown(one & other, one | other)
    rows, columns = np.nonzero(chosen)
    found = zip(rows.tolist(), columns.tolist(), strict=True)
    return Links({cell: max(float(share[cell]), 1e-9) for cell in found})


def _best(posterior: Array) -> npt.NDArray[np.bool_]:
    """By row its most probable cell, unless nothing at all is more probable."""
    found = np.zeros(posterior.shape, dtype=bool)
    if posterior.size:
        rows = np.arange(len(posterior))
        best = posterior.argmax(axis=1)
        found[rows, best] = posterior[rows, best] > 1 - posterior.sum(axis=1)
    return found


def _grown(chosen: npt.NDArray[np.bool_], possible: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Links added next to links until nothing changes, in reading order."""
    grown = chosen.copy()
    todo = sorted(zip(*np.nonzero(grown), strict=True))
    while todo:
        row, column = todo.pop(0)
        for down, right in AROUND:
            cell = (row + down, column + right)
            inside = 0 <= cell[0] < grown.shape[0] and 0 <= cell[1] < grown.shape[1]
            if inside and possible[cell] and not grown[cell] and _free(grown, *cell):
                grown[cell] = True
                todo.append(cell)
    return grown


def _free(chosen: npt.NDArray[np.bool_], row: int, column: int) -> bool:
    return not (chosen[row].any() and chosen[:, column].any())
