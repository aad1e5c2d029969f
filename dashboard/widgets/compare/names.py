"""What the sides of a comparison are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.comparison import HUMAN, Side
from dashboard import naming, queries

HUMANS = "What humans say"
STAGES = {**naming.STAGES, HUMAN: "Human"}
Namer = Callable[[Side], str]


def names(sides: Sequence[Side]) -> list[str]:
    """A name for each side, no two the same: who gave its labels, and the stage."""
    return _told_apart(sides, [_stage1, _similarity, _selector, _seed, _id])


def short(sides: Sequence[Side]) -> list[str]:
    """As heads of columns: the stages where that tells them apart, else their numbers too."""
    found = [STAGES.get(side.stage, side.stage) for side in sides]
    if len(set(found)) == len(found):
        return found
    return [f"{place} {name}" for place, name in enumerate(found, 1)]


def one(side: Side) -> str:
    return names([side])[0]


def _told_apart(sides: Sequence[Side], more: Sequence[Namer]) -> list[str]:
    """Each side's name, longer where others are called the same, by what tells it from some of these."""
    found = [_name(side) for side in sides]
    for say in more:
        groups: dict[str, list[int]] = {}
        for place, name in enumerate(found):
            groups.setdefault(name, []).append(place)
        for name, places in groups.items():
            told = {place: say(sides[place]) for place in places}
            if len(set(told.values())) > 1:
                found = [
                    f"{name} · {told[place]}" if told.get(place) else known
                    for place, known in enumerate(found)
                ]
    return found


def _name(side: Side) -> str:
    if not side.run:
        return HUMANS
    run = queries.run(side.run)
    said = naming.run_title(run) if side.stage == "stage2" else naming.stage1_source(run)
    return f"{said} · {STAGES.get(side.stage, side.stage)}"


def _selector(side: Side) -> str:
    """By which exemplars were chosen; "" where a stage has none."""
    selector = naming.resolved(queries.run(side.run)).get("selector", {}) if side.stage == "stage2" else {}
    return naming.selector_title(selector) if selector.get("name") else ""


def _stage1(side: Side) -> str:
    """From whose labels Stage II began; "" for Stage I itself."""
    return f"from: {naming.stage1_source(queries.run(side.run))}" if side.stage == "stage2" else ""


def _similarity(side: Side) -> str:
    return naming.similarity(queries.run(side.run)) if side.run else ""


def _seed(side: Side) -> str:
    seed = queries.run(side.run)["seed"] if side.run else None
    return f"seed {seed}" if seed is not None else ""


def _id(side: Side) -> str:
    return naming.imported(side.run) if side.run else ""
