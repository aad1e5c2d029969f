"""What labelling cost: keys and seconds per word, per correction, per person, per day and per label.

A save that took longer than `PAUSE` seconds and `PER_WORD` for every word holds a pause: it counts as long as
that, and the tables say how many there were. What a label cost is the time of the items it was given in,
divided equally among the words that were changed there (among all words where none was).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.store import Store
from core.store.views_effort import saves

if TYPE_CHECKING:
    import pandas as pd

PAUSE = 30.0
PER_WORD = 5.0

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Saves:
    """N saves by hand with W words in all; NaN where a time, or a number of keys, is not known.

    Attributes:
        people, days: (N,) who, and the day in UTC.
        words, changed: (N,) words of each, and those whose label differs from what stood there.
        seconds: (N,) without pauses. paused: (N,) whether there was one.
        labels: (W,) the labels given; owners: (W,) the save of each; altered: (W,) whether it was changed.
    """

    people: npt.NDArray[np.object_]
    days: npt.NDArray[np.object_]
    words: Floats
    changed: Floats
    seconds: Floats
    keys: Floats
    paused: npt.NDArray[np.bool_]
    labels: npt.NDArray[np.object_]
    owners: npt.NDArray[np.int64]
    altered: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Effort:
    """What labelling a data set cost; None where nobody said how long it took, or how many keys.

    `per_word` and `per_correction` in seconds and in keys, `paused` how many saves hold a pause.
    """

    items: int
    words: int
    corrections: int
    minutes: float
    seconds_per_word: float | None
    seconds_per_correction: float | None
    keys_per_word: float | None
    keys_per_correction: float | None
    paused: int


def read(store: Store, dataset: str) -> Saves:
    """Every save by hand that says what it cost."""
    table = saves(store, dataset)
    after, before = (table.column(name).combine_chunks() for name in ("after", "before"))
    sizes = pc.list_value_length(after).to_numpy(zero_copy_only=False).astype(np.int64)
    altered = _altered(before, after, sizes)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    seconds = _numbers(table, "seconds")
    longest = PAUSE + PER_WORD * sizes
    paused = seconds > longest
    return Saves(
        people=_objects(table.column("author")),
        days=_objects(pc.cast(table.column("at"), pa.date32())),
        words=sizes.astype(np.float64),
        changed=np.bincount(owners[altered], minlength=len(sizes)).astype(np.float64),
        seconds=np.where(paused, longest, seconds),
        keys=_numbers(table, "keys"),
        paused=paused,
        labels=_objects(after.flatten()),
        owners=owners,
        altered=altered,
    )


def _numbers(table: pa.Table, name: str) -> Floats:
    found: Floats = pc.cast(table.column(name), pa.float64()).to_numpy()
    return found


def _objects(values: Any) -> npt.NDArray[np.object_]:
    found = np.empty(len(values), dtype=np.object_)
    found[:] = values.to_pylist()
    return found


def _altered(before: Any, after: Any, sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """(W,): whether a word's label differs; where nobody knows what stood there, all of them do."""
    old = pc.fill_null(pc.list_value_length(before), -1).to_numpy(zero_copy_only=False)
    known = old == sizes
    found = np.ones(int(sizes.sum()), dtype=bool)
    mask = pa.array(known)
    differs = pc.not_equal(before.filter(mask).flatten(), after.filter(mask).flatten())
    found[np.repeat(known, sizes)] = differs.to_numpy(zero_copy_only=False)
    return found


def total(found: Saves) -> Effort | None:
    """What all of it cost together; None without any."""
    return _of(found, np.ones(len(found.words), dtype=bool)) if len(found.words) else None


def _of(found: Saves, mine: npt.NDArray[np.bool_]) -> Effort:
    timed, keyed = mine & np.isfinite(found.seconds), mine & np.isfinite(found.keys)
    seconds, keys = found.seconds[timed].sum(), found.keys[keyed].sum()
    return Effort(
        items=int(mine.sum()),
        words=int(found.words[mine].sum()),
        corrections=int(found.changed[mine].sum()),
        minutes=float(seconds / 60),
        seconds_per_word=_ratio(seconds, found.words[timed].sum()),
        seconds_per_correction=_ratio(seconds, found.changed[timed].sum()),
        keys_per_word=_ratio(keys, found.words[keyed].sum()),
        keys_per_correction=_ratio(keys, found.changed[keyed].sum()),
        paused=int(found.paused[mine].sum()),
    )


def _ratio(above: float, below: float) -> float | None:
    return float(above / below) if below else None


def by_person(found: Saves) -> pd.DataFrame:
    """A row per person, by name: person and the fields of `Effort`."""
    return _grouped(found, "person", found.people)


def by_day(found: Saves) -> pd.DataFrame:
    """A row per day and person: day (UTC), person and the fields of `Effort`."""
    import pandas as pd

    parts = []
    for who in sorted(set(found.people.tolist())):
        mine = found.people == who
        parts.append(_grouped(found, "day", found.days, among=mine).assign(person=who))
    columns = ["day", "person", *Effort.__dataclass_fields__]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts)[columns].sort_values(["day", "person"], ignore_index=True)


def _grouped(
    found: Saves,
    name: str,
    groups: npt.NDArray[np.object_],
    among: npt.NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    import pandas as pd

    inside = np.ones(len(groups), dtype=bool) if among is None else among
    values: list[str | date] = sorted(set(groups[inside].tolist()))
    fields = list(Effort.__dataclass_fields__)
    rows = []
    for value in values:
        one = _of(found, inside & (groups == value))
        rows.append([value, *(getattr(one, field) for field in fields)])
    return pd.DataFrame(rows, columns=[name, *fields])


def by_label(found: Saves) -> pd.DataFrame:
    """A row per label, most often given first: label, given, corrections, seconds and keys per word given."""
    import pandas as pd

    counted = np.where(found.changed[found.owners] > 0, found.altered, True)
    share = 1 / np.maximum(np.bincount(found.owners[counted], minlength=len(found.words)), 1)
    names = sorted(set(found.labels.tolist()))
    rows = []
    for label in names:
        given = found.labels == label
        mine = given & counted
        rows.append(
            {
                "label": label,
                "given": int(given.sum()),
                "corrections": int((given & found.altered).sum()),
                "seconds": _mean(found.seconds, share, found.owners[mine]),
                "keys": _mean(found.keys, share, found.owners[mine]),
            }
        )
    columns = ["label", "given", "corrections", "seconds", "keys"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["given", "label"], ascending=[False, True], ignore_index=True
    )


def _mean(values: Floats, share: Floats, owners: npt.NDArray[np.int64]) -> float | None:
    parts = (values * share)[owners]
    known = parts[np.isfinite(parts)]
    return float(known.mean()) if len(known) else None
