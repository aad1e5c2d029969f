"""What the sides of a comparison are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from core.comparison import HUMAN, Side
from dashboard import naming, queries

HUMANS = "What humans say"
STAGES = {**naming.STAGES, HUMAN: "Human"}
Namer = Callable[[Side], str]


def names(sides: Sequence[Side]) -> list[str]:
    """A name for each side, no two the same: who gave its labels, and the stage."""
    return _told_apart(sides, [_name, _with_selector, _with_id])


def short(sides: Sequence[Side]) -> list[str]:
    """As heads of columns: the stages where that tells them apart, else their numbers too."""
    found = [STAGES.get(side.stage, side.stage) for side in sides]
    if len(set(found)) == len(found):
        return found
    return [f"{place} {name}" for place, name in enumerate(found, 1)]


def one(side: Side) -> str:
    return names([side])[0]


def _told_apart(sides: Sequence[Side], namers: Sequence[Namer]) -> list[str]:
    """The first name of each that no other side has."""
    found = [namers[0](side) for side in sides]
    for namer in namers[1:]:
        often = Counter(found)
        found = [namer(side) if often[name] > 1 else name for side, name in zip(sides, found, strict=True)]
    return found


def _name(side: Side) -> str:
    if not side.run:
        return HUMANS
    run = queries.run(side.run)
    said = naming.run_title(run) if side.stage == "stage2" else naming.stage1_source(run)
    return f"{said} · {STAGES.get(side.stage, side.stage)}"


def _with_selector(side: Side) -> str:
    if not side.run or side.stage != "stage2":
        return _name(side)
    selector = naming.resolved(queries.run(side.run)).get("selector", {})
    return f"{_name(side)} · {naming.selector_title(selector)}" if selector.get("name") else _name(side)


def _with_id(side: Side) -> str:
    return f"{_with_selector(side)} · {naming.imported(side.run)}" if side.run else _name(side)
