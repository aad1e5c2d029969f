"""What taking back a row of the log comes to, worked out from the rows of one item; nothing is written.

A row is taken back word by word. What somebody changed since stays as it is and is reported; so does an item
that was labelled as a whole since, when the row to take back was the first that said anything of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.store import Store, views
from core.store.facts_people import Change
from core.store.views_history import CARRIED, OF_TOKENS, REPEAT, STATEMENT, Entry, live
from core.types import Labels

SPLIT_ANEW = "the words were split anew since."


@dataclass(frozen=True, slots=True)
class Step:
    """What taking back, or bringing back, did to one item.

    Attributes:
        version: the newest one now. labels: what humans say now (None = nothing).
        done: whether a row was added. of: the row it took back or brought back (0 = none was found).
        tokens: places whose label is another now. kept: places that somebody changed since.
        message: "" where all of it was done, else what was left alone and why.
    """

    position: int
    version: int
    labels: Labels | None
    done: bool
    of: int = 0
    tokens: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    message: str = ""


def worked_out(
    store: Store, rows: Sequence[Entry], row: Entry, token: int | None, size: int
) -> tuple[Step, Change | None]:
    """What taking back `row` (or what it says of one word) comes to: the step, and the row to add."""
    alive = live(rows)
    wanted = alive[row.id] if token is None else alive[row.id] & {token}
    whole = token is None and row.action not in OF_TOKENS
    if not wanted or (whole and STATEMENT not in wanted):
        return _left(rows, row, "this was taken back already.")
    if row.action == CARRIED:
        return _left(rows, row, "the words were split anew here: take that back instead.")
    since = _since(rows, row, alive)
    if token is None and not since:
        return _all_of(rows, row, size)
    if any(one.action == CARRIED for one in since):
        return _left(rows, row, SPLIT_ANEW)
    if _humans_before(rows, row) is None and token is None:
        others = [one for one in since if one.action != REPEAT]
        if row.action != REPEAT or others:
            return _left(rows, row, f"{_who(others or since)} labelled this item since.", row.changed)
    if rows[-1].after is None and row.reverts is not None and token is None:
        return _again(rows, row, size)
    return _by_word(store, rows, row, wanted, since)


def _since(rows: Sequence[Entry], row: Entry, alive: Mapping[int, set[int]]) -> list[Entry]:
    """What was done later and still counts: without what was done and taken back, both later."""
    versions = {one.id: one.version for one in rows}
    later = [one for one in rows if one.version > row.version and alive[one.id]]
    return [
        one for one in later if one.reverts is None or versions.get(one.reverts, row.version) < row.version
    ]


def _left(
    rows: Sequence[Entry], row: Entry, message: str, kept: Sequence[int] = ()
) -> tuple[Step, Change | None]:
    last = rows[-1]
    places = tuple(kept)
    return Step(
        row.position, last.version, last.after, done=False, of=row.id, kept=places, message=message
    ), None


def _all_of(rows: Sequence[Entry], row: Entry, size: int) -> tuple[Step, Change | None]:
    """Nobody said anything since: what humans said before counts again."""
    last, before = rows[-1], _humans_before(rows, row)
    if before is not None and len(before) != size:
        return _left(rows, row, SPLIT_ANEW)
    places = _differing(last.after, before)
    step = Step(row.position, last.version + 1, before, done=True, of=row.id, tokens=places)
    return step, Change(row.position, last.version, last.after, before, row.id, row.run_id, row.stage)


def _again(rows: Sequence[Entry], row: Entry, size: int) -> tuple[Step, Change | None]:
    """Humans say nothing now: what was taken back can be said again without overwriting anything."""
    last, labels = rows[-1], row.before
    if labels is None or len(labels) != size:
        return _left(rows, row, SPLIT_ANEW)
    step = Step(row.position, last.version + 1, labels, done=True, of=row.id, tokens=row.changed)
    return step, Change(row.position, last.version, None, labels, row.id, row.run_id, row.stage)


def _by_word(
    store: Store, rows: Sequence[Entry], row: Entry, wanted: set[int], since: Sequence[Entry]
) -> tuple[Step, Change | None]:
    """Word by word: those that nobody changed since become what they were."""
    last, stood = rows[-1], _stood(store, row)
    if last.after is None or stood is None:
        return _left(rows, row, "what stood here before is not known any more.")
    if len(stood) != len(last.after):
        return _left(rows, row, SPLIT_ANEW)
    touched = _touched(rows, row, since)
    places = sorted(wanted - {STATEMENT})
    kept = tuple(place for place in places if place in touched)
    free = tuple(place for place in places if place not in touched and stood[place] != last.after[place])
    if not free and (kept or STATEMENT not in wanted):
        why = (
            f"{_who([touched[place] for place in kept])} labelled this since." if kept else "it is as it was."
        )
        return _left(rows, row, why, kept)
    labels: Labels | None = tuple(
        stood[place] if place in free else label for place, label in enumerate(last.after)
    )
    if STATEMENT in wanted and not _others_say(rows, row):
        labels = None
    message = (
        f"{_who([touched[place] for place in kept])} labelled {_words(len(kept))} since." if kept else ""
    )
    step = Step(row.position, last.version + 1, labels, done=True, of=row.id, tokens=free, kept=kept)
    change = Change(row.position, last.version, last.after, labels, row.id, row.run_id, row.stage)
    return replace(step, message=message), change


def _touched(rows: Sequence[Entry], row: Entry, since: Sequence[Entry]) -> dict[int, Entry]:
    """Place -> who changed it since. Whoever else saved an item as a whole said something of every word."""
    alive, found = live(rows), {}
    for one in since:
        whole = one.author != row.author and one.reverts is None and one.action != REPEAT
        places = row.changed if whole else alive[one.id]
        found.update(dict.fromkeys(places, one))
    return found


def _others_say(rows: Sequence[Entry], row: Entry) -> bool:
    """Whether humans say anything of the item without this row."""
    if row.reverts is not None:
        return True
    alive = live(rows)
    said = (one for one in rows if one.reverts is None and one.action != CARRIED)
    return any(one.id != row.id and STATEMENT in alive[one.id] for one in said)


def _humans_before(rows: Sequence[Entry], row: Entry) -> Labels | None:
    """What humans said when a row was written; its own `before` may be what a run said."""
    older = [one for one in rows if one.version < row.version]
    return older[-1].after if older else None


def _stood(store: Store, row: Entry) -> Labels | None:
    """What stood there when a row was written: what humans said, else what the run said."""
    if row.before is not None or not (row.run_id and row.stage):
        return row.before
    found = views.predictions(store, row.run_id, row.stage, [row.position]).get(row.position)
    return found.labels if found else None


def _differing(one: Labels | None, other: Labels | None) -> tuple[int, ...]:
    if one is None or other is None or len(one) != len(other):
        return tuple(range(len(one or other or ())))
    return tuple(place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1])


def _who(rows: Sequence[Entry]) -> str:
    return " and ".join(dict.fromkeys(row.author for row in rows)) or "somebody"


def _words(n: int) -> str:
    return "one word" if n == 1 else f"{n} words"


def takes_back(row: Entry, rows: Sequence[Entry]) -> bool:
    """Whether a row takes something back (and does not bring something back)."""
    if row.reverts is None:
        return False
    older = next((one for one in rows if one.id == row.reverts), None)
    return older is None or not takes_back(older, rows)
