"""Comparisons that are often wanted, each one click."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.comparison import HUMAN, MOST, Side
from dashboard import naming

Runs = Sequence[Mapping[str, Any]]
BOTH = ("stage1", "stage2")
Part = Callable[[Mapping[str, Any]], tuple[object, ...]]


def presets(run: Mapping[str, Any], runs: Runs, *, people: int) -> dict[str, tuple[Side, ...]]:
    """What to call it -> its sides. Only those that this data set has enough labels for.

    Args:
        run: the run chosen.
        runs: all of the data set, newest first.
        people: how many items humans labelled.
    """
    found = {
        "Stage I and Stage II of this run": _stages(run),
        "This run and the run it came from": _beside(run, _by_id(runs, run.get("parent"))),
        "This run and the one before": _beside(run, _before(run, runs)),
        "Both stages of this run and the one before": (*_stages(run), *_stages(_before(run, runs))),
        "The same with another Stage I": _others(run, runs, _stage1, _similarity),
        "The same with another similarity": _others(run, runs, _similarity, _stage1),
        "Stage I of all runs": _all("stage1", run, runs),
        "Stage II of all runs": _all("stage2", run, runs),
    }
    if people:
        found["This run and what humans say"] = (*_last(run), Side("", HUMAN))
    return {name: sides for name, sides in found.items() if len(set(sides)) > 1}


def _stages(run: Mapping[str, Any] | None) -> tuple[Side, ...]:
    return tuple(Side(run["id"], stage) for stage in BOTH if stage in run["stages"]) if run else ()


def _last(run: Mapping[str, Any] | None) -> tuple[Side, ...]:
    return _stages(run)[-1:]


def _by_id(runs: Runs, wanted: object) -> Mapping[str, Any] | None:
    return next((run for run in runs if run["id"] == wanted), None)


def _before(run: Mapping[str, Any], runs: Runs) -> Mapping[str, Any] | None:
    """The newest older run of the same kind with the same last stage."""
    older = [
        other
        for other in runs
        if other["created_at"] < run["created_at"] and other["kind"] == run["kind"] and _same_end(run, other)
    ]
    return max(older, key=lambda other: str(other["created_at"]), default=None)


def _same_end(run: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return [side.stage for side in _last(run)] == [side.stage for side in _last(other)]


def _beside(run: Mapping[str, Any], other: Mapping[str, Any] | None) -> tuple[Side, ...]:
    """The last stage both have, the other's first."""
    if other is None:
        return ()
    shared = [stage for stage in BOTH if stage in run["stages"] and stage in other["stages"]]
    return (Side(other["id"], shared[-1]), Side(run["id"], shared[-1])) if shared else ()


def _others(run: Mapping[str, Any], runs: Runs, part: Part, same: Part) -> tuple[Side, ...]:
    """The last stage of this run, and of the newest run with each other part that is like it otherwise."""
    if run["kind"] != "run" or "stage2" not in run["stages"]:
        return ()
    found: dict[tuple[object, ...], Side] = {part(run): Side(run["id"], "stage2")}
    for other in runs:
        whole = other["kind"] == "run" and "stage2" in other["stages"]
        if whole and part(other) not in found and _kept(other, same) == _kept(run, same):
            found[part(other)] = Side(other["id"], "stage2")
    return tuple(found.values())[:MOST]


def _kept(run: Mapping[str, Any], same: Part) -> tuple[object, ...]:
    """What both must share: how exemplars are chosen, and who labels in their view."""
    recipe = naming.resolved(run)
    answering = recipe.get("stage2", {}).get("labeler"), naming.model(recipe)
    return run.get("recipe"), recipe.get("selector"), *answering, *same(run)


def _stage1(run: Mapping[str, Any]) -> tuple[object, ...]:
    table = naming.resolved(run).get("stage1", {})
    return table.get("labeler"), table.get("labels"), table.get("model")


def _similarity(run: Mapping[str, Any]) -> tuple[object, ...]:
    table = naming.resolved(run).get("embedder", {})
    return table.get("name"), table.get("base"), table.get("model")


def _all(stage: str, run: Mapping[str, Any], runs: Runs) -> tuple[Side, ...]:
    """That stage of as many runs as can be told apart, this one first."""
    ordered = sorted(runs, key=lambda other: other["id"] != run["id"])
    return tuple(Side(other["id"], stage) for other in ordered if stage in other["stages"])[:MOST]
