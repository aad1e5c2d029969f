"""For every wrong label the exemplars of its prompt that show the same label, and how grave that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.blame.keys import CARRIES, ITSELF_WRONG, SAME_WORD
from core.blame.material import Material
from core.comparison.sides import UNKNOWN
from core.store.views_blame import Places, Shares

if TYPE_CHECKING:
    import pandas as pd

GRADES = {
    SAME_WORD: "shows the same word with this label",
    ITSELF_WRONG: "shows this label where it is wrong",
    CARRIES: "carries this label",
}
"""The graver first; an exemplar has the gravest grade that is true of it."""
KINDS = ("recorded", "same_word", "itself_wrong", "carries", "none", "no_prompt")
"""What can be said of the prompt of an error: words of exemplars were recorded to have spoken for the wrong
label; the grades, in their order; no exemplar shows the label; no exemplars are stored."""
AT_ONCE = 100_000
"""Tokens whose prompts are looked at together: some millions of exemplars."""


@dataclass(frozen=True, slots=True, eq=False)
class Graded:
    """N tokens and the P exemplars of their prompts.

    Attributes:
        tokens: (N,) places among the tokens of the comparison.
        owners: (P,) which of the N; rows: (P,) the exemplar, as a row of `Material.shown`.
        grades: (P,) of GRADES, 0 = it does not show the label.
        shares: (P,) of the evidence, recorded, from the exemplar's words with this label; 0 = none.
    """

    tokens: Places
    owners: Places
    rows: Places
    grades: npt.NDArray[np.int8]
    shares: Shares


def errors_of(material: Material, position: int | None = None) -> Places:
    """The tokens that Stage II has wrong (of one sentence), as places among those of the comparison."""
    compared = material.compared
    right = compared.reference
    if right is None:
        return np.zeros(0, dtype=np.int64)
    wrong = (right != UNKNOWN) & (compared.given[material.after] != right)
    if position is not None:
        wrong &= compared.positions[compared.owners] == position
    return np.flatnonzero(wrong)


def graded(material: Material, tokens: Places) -> Iterator[Graded]:
    """The exemplars that stood before these tokens, graded by the label that Stage II gave; in blocks."""
    for start in range(0, len(tokens), AT_ONCE):
        yield _graded(material, tokens[start : start + AT_ONCE])


def _graded(material: Material, tokens: Places) -> Graded:
    keys = material.keys
    starts, sizes = material.prompts
    sentences = material.compared.owners[tokens]
    owners = np.repeat(np.arange(len(tokens)), sizes[sentences])
    begins = np.cumsum(sizes[sentences]) - sizes[sentences]
    rows = np.arange(len(owners)) + np.repeat(starts[sentences] - begins, sizes[sentences])
    wanted = keys.of(tokens)
    grades = keys.grades(material.which[rows], wanted[owners], keys.forms(tokens)[owners])
    shares = _shares(material, tokens, wanted, (begins, sizes[sentences], rows))
    return Graded(tokens, owners, rows, grades, shares)


def _shares(
    material: Material, tokens: Places, wanted: Places, pairs: tuple[Places, Places, Places]
) -> Shares:
    """What each exemplar's words with the wanted label were recorded to have said for each token."""
    begins, sizes, rows = pairs
    found = np.zeros(len(rows), dtype=np.float32)
    mine, owner = _of_tokens(material, tokens)
    spoken, showing = material.spoken, material.showing
    ranks = spoken.ranks[mine]
    inside = ranks < sizes[owner]
    mine, owner, ranks = mine[inside], owner[inside], ranks[inside]
    pair = begins[owner] + ranks
    exemplar = material.which[rows[pair]]
    places = showing.offsets[exemplar] + spoken.places[mine]
    known = places < showing.offsets[exemplar + 1]
    places, key = places[known], wanted[owner[known]]
    says = material.keys.says(places, key)
    np.add.at(found, pair[known][says], spoken.shares[mine[known][says]])
    return found


def _of_tokens(material: Material, tokens: Places) -> tuple[Places, Places]:
    """The recorded shares that are about these tokens, and which of them each is about."""
    compared, spoken = material.compared, material.spoken
    if not len(spoken.positions) or not len(tokens):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    last = len(compared.positions) - 1
    rows = np.minimum(np.searchsorted(compared.positions, spoken.positions), last)
    places = compared.offsets[rows] + spoken.tokens
    here = (compared.positions[rows] == spoken.positions) & (places < compared.offsets[rows + 1])
    which = np.full(compared.n_tokens + 1, -1, dtype=np.int64)
    which[tokens] = np.arange(len(tokens))
    owner = which[np.where(here, places, compared.n_tokens)]
    found = np.flatnonzero(owner >= 0)
    return found, owner[found]


def kinds_of(material: Material) -> tuple[Places, npt.NDArray[np.int8]]:
    """All errors of Stage II (N,), and for each the place in KINDS of the gravest that can be said."""
    tokens = errors_of(material)
    parts = [_kinds(block) for block in graded(material, tokens)]
    return tokens, np.concatenate([np.zeros(0, dtype=np.int8), *parts])


def _kinds(block: Graded) -> npt.NDArray[np.int8]:
    n = len(block.tokens)
    best = np.full(n, len(GRADES) + 1)
    np.minimum.at(best, block.owners, np.where(block.grades > 0, block.grades, len(GRADES) + 1))
    heard = np.bincount(block.owners, weights=block.shares > 0, minlength=n) > 0
    shown = np.bincount(block.owners, minlength=n) > 0
    kinds = np.where(heard, KINDS.index("recorded"), best)  # grades are the places of their kinds
    return np.where(shown, kinds, KINDS.index("no_prompt")).astype(np.int8)


def told(material: Material) -> dict[str, int]:
    """How many errors Stage II made, and how many of them are of each of KINDS."""
    tokens, kinds = kinds_of(material)
    counts = np.bincount(kinds, minlength=len(KINDS)).tolist()
    return {"errors": len(tokens), **dict(zip(KINDS, counts, strict=True))}


def errors_of_kind(material: Material, kind: str) -> pd.DataFrame:
    """The errors of one of KINDS, in file order: position, token, word, given, right."""
    import pandas as pd

    tokens, kinds = kinds_of(material)
    mine = tokens[kinds == KINDS.index(kind)]
    compared, right = material.compared, material.compared.reference
    owners, labels = compared.owners[mine], np.array(compared.labels, dtype=object)
    return pd.DataFrame(
        {
            "position": compared.positions[owners],
            "token": mine - compared.offsets[owners],
            "word": [compared.forms[code] for code in compared.words[mine].tolist()],
            "given": labels[compared.given[material.after][mine]],
            "right": labels[right[mine]] if right is not None else [],
        }
    )


def suspects(material: Material, position: int | None = None) -> pd.DataFrame:
    """The exemplars that are suspect of an error, the gravest of each error first.

    Returns:
        position, token, word, given, right, dataset, exemplar (its position there), place (in the prompt,
        from 1), share (recorded, 0 = none), grade, why, theirs (its words with this label, up to three).
    """
    return _table(material, errors_of(material, position))


def held_against(material: Material, dataset: str, position: int) -> pd.DataFrame:
    """The errors that one exemplar is suspect of, as `suspects` has them, in file order."""
    shown = material.shown
    owner = shown.datasets.index(dataset) if dataset in shown.datasets else -1
    mine = (shown.owners == owner) & (shown.exemplars == position)
    where = np.isin(material.compared.positions, shown.positions[mine])
    tokens = errors_of(material)
    return _table(material, tokens[where[material.compared.owners[tokens]]], mine)


def _table(material: Material, tokens: Places, mine: npt.NDArray[np.bool_] | None = None) -> pd.DataFrame:
    import pandas as pd

    rows = [row for block in graded(material, tokens) for row in _suspects(material, block, mine)]
    names = ("position", "token", "word", "given", "right", "dataset", "exemplar", "place", "share", "grade")
    return pd.DataFrame(rows, columns=[*names, "why", "theirs"])


def _suspects(
    material: Material, block: Graded, mine: npt.NDArray[np.bool_] | None
) -> Iterator[tuple[object, ...]]:
    compared, shown, right = material.compared, material.shown, material.compared.reference
    if right is None:
        return
    wanted = material.keys.of(block.tokens)
    grave = np.where(block.grades > 0, block.grades, len(GRADES) + 1)
    told_of = np.flatnonzero((block.grades > 0) | (block.shares > 0))
    if mine is not None:
        told_of = told_of[mine[block.rows[told_of]]]
    order = np.lexsort((block.rows[told_of], grave[told_of], -block.shares[told_of], block.owners[told_of]))
    for at in told_of[order].tolist():
        token, row = int(block.tokens[block.owners[at]]), int(block.rows[at])
        sentence = int(compared.owners[token])
        yield (
            int(compared.positions[sentence]),
            token - int(compared.offsets[sentence]),
            compared.forms[compared.words[token]],
            compared.labels[compared.given[material.after][token]],
            compared.labels[right[token]],
            shown.datasets[shown.owners[row]],
            int(shown.exemplars[row]),
            int(shown.ranks[row]) + 1,
            round(float(block.shares[at]), 4),
            int(block.grades[at]),
            GRADES.get(int(block.grades[at]), ""),
            _theirs(material, block, at, int(wanted[block.owners[at]])),
        )


def _theirs(material: Material, block: Graded, at: int, key: int, *, most: int = 3) -> str:
    """The words of an exemplar that make it suspect: recorded ones, the same word, or those so labelled."""
    showing, exemplar = material.showing, int(material.which[block.rows[at]])
    places = np.arange(showing.offsets[exemplar], showing.offsets[exemplar + 1])
    says = places[material.keys.says(places, np.int64(key))]
    if block.shares[at]:
        says = _recorded(material, block, at, says)
    elif block.grades[at] == SAME_WORD:
        (word,) = material.keys.forms(block.tokens[block.owners[at : at + 1]])
        says = says[showing.words[says] == word]
    elif block.grades[at] == ITSELF_WRONG:
        says = says[showing.wrong[says]]
    return ", ".join(dict.fromkeys(showing.forms[code] for code in showing.words[says][:most].tolist()))


def _recorded(material: Material, block: Graded, at: int, says: Places) -> Places:
    """Of these tokens of the exemplar those that were recorded for the token, the strongest first."""
    mine, _ = _of_tokens(material, block.tokens[block.owners[at : at + 1]])
    rank = int(material.shown.ranks[block.rows[at]])
    mine = mine[material.spoken.ranks[mine] == rank]
    first = int(material.showing.offsets[material.which[block.rows[at]]])
    places = material.spoken.places[mine] + first
    found: Places = places[np.isin(places, says)]
    return found
