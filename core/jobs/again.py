"""A stored run asked for once more: the request that would make it, to be changed and given again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core import own_recipes
from core.errors import RecipeError
from core.jobs.prepare import Request
from core.recipes import TABLES
from core.store import Store, views


def request_of(store: Store, run_id: str) -> Request:
    """What has to be asked for to get this run.

    Raises:
        UnknownName: no such run, or its recipe is gone. RecipeError: its labels were imported, or most of
            them taken over from another run.
    """
    run = views.run(store, run_id)
    if run["kind"] != "run":
        raise RecipeError(f"the labels of {run_id} were imported, not computed.", "Start a run of your own.")
    if run["parent"]:
        how = "the corrections made since" if _corrected(run) else "other exemplars in some sentences"
        raise RecipeError(
            f"run {run_id} is run {run['parent']} with {how}.",
            f"Go on from {run['parent']}, or change its exemplars again: ssp rerun {run_id}",
        )
    return as_it_was(store, run)


def _corrected(run: Mapping[str, Any]) -> bool:
    return bool(run["params"].get("rerun", {}).get("corrected"))


def as_it_was(store: Store, run: Mapping[str, Any]) -> Request:
    """What a run's own recipe asks for, whatever its labels were taken over from."""
    base = own_recipes.recipe(store.path.parent, str(run["recipe"]))
    split, limit = extent(store, run)
    return Request(
        str(run["recipe"]),
        str(run["dataset"]),
        _changed(run["params"], base),
        tuple(_source(found) for found in run["meta"].get("sources", ())),
        split,
        limit,
        int(run["seed"] or 0),
    )


def asked_again(
    store: Store, run_id: str, positions: Sequence[int], *, template: str = "", whole: bool = False
) -> Request:
    """The request of a run that asks the model anew about some items; all else comes from the log of calls.

    Args:
        positions: of the items; one that was asked again before is asked once more.
        template: a template for these alone; with `whole`, for every item, and `positions` do not count.

    Raises:
        As `request_of`.
    """
    request = request_of(store, run_id)
    before = [word for word in request.overrides.get("llm.again", "").split() if not template]
    changed = {"llm.again": " ".join([*before, *map(str, positions)]), "llm.again_template": template}
    if whole:
        changed = {"stage2.template": template} if template else {}
    return replace(request, overrides={**request.overrides, **changed})


def _changed(recipe: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, str]:
    """Settings that the recipe's file does not have, or not so. Consent was given for one run only."""
    return {
        f"{table}.{key}": _written(value)
        for table in TABLES
        for key, value in recipe.get(table, {}).items()
        if base.get(table, {}).get(key) != value and key != "agreed"
    }


def _written(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _source(found: Mapping[str, Any]) -> str:
    splits = "+".join(found.get("splits", ()))
    return f"{found['dataset']}:{splits}" if splits else str(found["dataset"])


def extent(store: Store, run: Mapping[str, Any]) -> tuple[str | None, int | None]:
    """The splits a run labelled, and how many items of them where it was not all."""
    stage = run["stages"][-1]
    positions = sorted(views.predictions(store, run["id"], stage))
    dataset = views.dataset(store, run["dataset"])
    splits = dict.fromkeys(item.split for item in views.instances(store, dataset.id, positions).values())
    total = sum(dataset.splits.get(name, 0) for name in splits)
    return "+".join(splits) or None, len(positions) if len(positions) < total else None
