"""Labels as numbers that exemplars are asked for, and how gravely an exemplar shows one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.blame.showing import Showing
from core.comparison import Comparison
from core.comparison.sides import UNKNOWN
from core.store.views_blame import Places
from core.types import Labels

SAME_WORD, ITSELF_WRONG, CARRIES = 1, 2, 3
OUTSIDE = "O"


class Keys:
    """Labels as numbers that exemplars are asked for: the label itself, or its type.

    An entity's type is looked for, B- or I- alike; where only B or I is wrong, that very label.
    """

    def __init__(self, compared: Comparison, after: int, showing: Showing) -> None:
        self._compared, self._given = compared, compared.given[after]
        names = tuple(dict.fromkeys((*compared.labels, *showing.names)))
        numbers = {name: at for at, name in enumerate(names)}
        self._types, types = _types(names)
        self._size, self._width = len(names), len(names) + len(types)
        self._outside = self._outsiders(names, types)
        self._exact = np.array([numbers[name] for name in showing.names], dtype=np.int64)[showing.labels]
        self._broad = self._types[self._exact] + self._size
        self._carry = self._table(showing, np.ones(len(self._exact), dtype=np.bool_))
        self._wrong = self._table(showing, showing.wrong)
        self._vocabulary = {form: at for at, form in enumerate(showing.forms)}
        words = showing.tokens_of * (len(showing.forms) + 1) + showing.words
        both = [words * self._width + kind for kind in (self._exact, self._broad)]
        self._spelled = np.unique(np.concatenate(both))

    def _outsiders(self, names: Labels, types: Labels) -> npt.NDArray[np.bool_]:
        """Keys of the label that says nothing of a word: everybody carries it."""
        ner = self._compared.dataset.task == "ner"
        return np.array([ner and name == OUTSIDE for name in (*names, *types)], dtype=np.bool_)

    def _table(self, showing: Showing, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        found = np.zeros((len(showing.exemplars), self._width), dtype=np.bool_)
        owners = showing.tokens_of[chosen]
        found[owners, self._exact[chosen]] = True
        found[owners, self._broad[chosen]] = True
        return found

    def of(self, tokens: Places) -> Places:
        """The key of the label that Stage II gave each token."""
        given = self._given[tokens].astype(np.int64)
        broad = self._types[given] + self._size
        if self._compared.reference is None:
            return broad
        right = self._compared.reference[tokens].astype(np.int64)
        boundary = (right != given) & (right != UNKNOWN) & (self._types[right] == self._types[given])
        return np.where(boundary, given, broad)

    def forms(self, tokens: Places) -> Places:
        """The word of each token as a number of the exemplars' forms; -1 where none of them has it."""
        codes, back = np.unique(self._compared.words[tokens], return_inverse=True)
        names = self._compared.forms
        known = np.array([self._vocabulary.get(names[code], -1) for code in codes.tolist()], dtype=np.int64)
        return known[np.asarray(back).reshape(-1)] if len(known) else np.zeros(0, dtype=np.int64)

    def says(self, places: Places, keys: Places | np.int64) -> npt.NDArray[np.bool_]:
        """Whether these tokens of exemplars were shown with what the keys stand for."""
        found: npt.NDArray[np.bool_] = (self._exact[places] == keys) | (self._broad[places] == keys)
        return found

    def grades(self, exemplars: Places, keys: Places, forms: Places) -> npt.NDArray[np.int8]:
        """(P,) the grade of each exemplar for a key and a word."""
        spelled = (exemplars * (len(self._vocabulary) + 1) + forms) * self._width + keys
        places = np.minimum(np.searchsorted(self._spelled, spelled), max(0, len(self._spelled) - 1))
        same = (forms >= 0) & (self._spelled[places] == spelled) if len(self._spelled) else forms < -1
        grades = np.where(self._carry[exemplars, keys] & ~self._outside[keys], CARRIES, 0)
        grades = np.where(self._wrong[exemplars, keys], ITSELF_WRONG, grades)
        return np.where(same, SAME_WORD, grades).astype(np.int8)


def _types(names: Sequence[str]) -> tuple[Places, Labels]:
    """For each label the number of its type (an entity's without B- and I-), and the types."""
    bare = [name[2:] if name[:2] in {"B-", "I-"} else name for name in names]
    types = tuple(dict.fromkeys(bare))
    numbers = {name: at for at, name in enumerate(types)}
    return np.array([numbers[name] for name in bare], dtype=np.int64), types
