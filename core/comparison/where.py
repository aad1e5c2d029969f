"""Which tokens a figure is about: conditions that fit into a link, and the sentences they lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from core.comparison.sides import UNKNOWN, Codes, Comparison, Places

CHANGES = ("changed", "fixed", "broken", "moved", "same", "same_right", "same_wrong")
"""What became of a label from one side to another; `moved` is from wrong to wrong."""
LENGTHS = ((1, 5), (6, 10), (11, 20), (21, 40), (41, None))
"""Sentence lengths in tokens, as they are grouped: from, to (both included)."""
BINS = 10
"""Parts of [0, 1] that confidences are grouped into."""
NUMBERS = ("before", "after", "length", "bin")
EDGE = 1e-6
"""Confidences are 32-bit floats: 0.9 must not fall into the part below it."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions that one token passes all at once; what is left at its default does not matter.

    Attributes:
        before, after: the two sides that `change` and `bin` are about, as places in `Comparison.sides`.
        change: one of CHANGES.
        right: the label held to be right; entity types without B- and I- stand for both.
        given: label per side, by its place; likewise.
        wrong: the place of a side that is wrong there, as text; "" = does not matter.
        form: the word.
        length: first length of a group of LENGTHS, in tokens; 0 = does not matter.
        bin: the part of [0, 1] that the confidence of side `after` falls into, from 0; -1 = does not matter.
    """

    before: int = 0
    after: int = 1
    change: str = ""
    right: str = ""
    given: Mapping[int, str] = field(default_factory=dict)
    wrong: str = ""
    form: str = ""
    length: int = 0
    bin: int = -1

    def table(self) -> dict[str, str]:
        """As key and value, for a link; what is at its default is left out."""
        plain = {
            spec.name: str(getattr(self, spec.name))
            for spec in fields(self)
            if spec.name != "given" and getattr(self, spec.name) != spec.default
        }
        return plain | {f"given{side}": label for side, label in sorted(self.given.items())}

    @classmethod
    def read(cls, table: Mapping[str, str]) -> Where:
        """From `table`; what makes no sense is left out."""
        given = {key.removeprefix("given"): label for key, label in table.items() if key.startswith("given")}
        told: dict[str, Any] = {name: table[name] for name in ("right", "wrong", "form") if name in table}
        told |= {name: int(table[name]) for name in NUMBERS if table.get(name, "").isdecimal()}
        if table.get("change") in CHANGES:
            told["change"] = table["change"]
        return cls(given={int(side): label for side, label in given.items() if side.isdecimal()}, **told)


def changes(compared: Comparison, before: int = 0, after: int = 1) -> dict[str, Mask]:
    """Per kind of CHANGES which tokens (T,) it happened to.

    Against nothing only `changed` and `same` are told; where it is unknown what is right, the others are not.
    """
    first, second, right = compared.given[before], compared.given[after], compared.reference
    changed = first != second
    told: dict[str, Mask] = {"changed": changed, "same": ~changed}
    if right is None:
        return told
    known = right != UNKNOWN
    was, now = first == right, second == right
    return told | {
        "fixed": changed & now,
        "broken": changed & was,
        "moved": changed & known & ~was & ~now,
        "same_right": ~changed & now,
        "same_wrong": ~changed & known & ~now,
    }


def mask(compared: Comparison, where: Where) -> Mask:
    """Which tokens (T,) pass. A condition on a side, label or word that is not there passes nothing."""
    passing = np.ones(compared.n_tokens, dtype=np.bool_)
    for part in _parts(compared, where):
        passing &= part
    return passing


def _parts(compared: Comparison, where: Where) -> Iterator[Mask]:
    if where.change:
        yield _change(compared, where)
    if where.right:
        yield _is(compared, compared.reference, where.right)
    for side, label in where.given.items():
        yield _is(compared, compared.given[side] if side < len(compared.sides) else None, label)
    if where.wrong:
        yield _wrong(compared, where.wrong)
    if where.form:
        yield _form(compared, where.form)
    if where.length:
        yield _length(compared, where.length)
    if where.bin >= 0:
        yield _bin(compared, where)


def found(compared: Comparison, passing: Mask) -> tuple[Places, Places]:
    """The positions (R,) of the sentences some token of which passes, and how many tokens of each do."""
    counts = np.bincount(compared.owners[passing], minlength=compared.n_sentences)
    rows = np.flatnonzero(counts)
    return compared.positions[rows], counts[rows]


def lengths(compared: Comparison) -> Codes:
    """The place in LENGTHS of each sentence's length: (S,)."""
    starts = np.array([first for first, _ in LENGTHS])
    return (np.searchsorted(starts, np.diff(compared.offsets), side="right") - 1).astype(np.int32)


def bins(compared: Comparison, side: int) -> Codes | None:
    """The part of [0, 1] of each token's confidence: (T,), UNKNOWN where it has none; None where none has."""
    sure = compared.sure[side]
    if sure is None:
        return None
    places = np.clip(np.nan_to_num(sure) * BINS + EDGE, 0, BINS - 1).astype(np.int32)
    return np.where(np.isnan(sure), np.int32(UNKNOWN), places)


def _none(compared: Comparison) -> Mask:
    return np.zeros(compared.n_tokens, dtype=np.bool_)


def _change(compared: Comparison, where: Where) -> Mask:
    if max(where.before, where.after) >= len(compared.sides):
        return _none(compared)
    told = changes(compared, where.before, where.after)
    return told.get(where.change, _none(compared))


def _is(compared: Comparison, codes: Codes | None, label: str) -> Mask:
    if codes is None:
        return _none(compared)
    wanted = [
        number
        for number, name in enumerate(compared.labels)
        if label in (name, name[2:] if name[:2] in {"B-", "I-"} else name)
    ]
    return np.isin(codes, wanted)


def _wrong(compared: Comparison, side: str) -> Mask:
    right = compared.reference
    if right is None or not side.isdecimal() or int(side) >= len(compared.sides):
        return _none(compared)
    wrong: Mask = (right != UNKNOWN) & (compared.given[int(side)] != right)
    return wrong


def _form(compared: Comparison, form: str) -> Mask:
    if form not in compared.forms:
        return _none(compared)
    same: Mask = compared.words == compared.forms.index(form)
    return same


def _length(compared: Comparison, first: int) -> Mask:
    group = next((place for place, (start, _) in enumerate(LENGTHS) if start == first), UNKNOWN)
    inside: Mask = (lengths(compared) == group)[compared.owners]
    return inside


def _bin(compared: Comparison, where: Where) -> Mask:
    places = bins(compared, where.after) if where.after < len(compared.sides) else None
    return _none(compared) if places is None else places == where.bin
