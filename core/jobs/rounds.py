"""A round: a run with the corrections made since, labelled anew where they reach (`core.corrected`)."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from core.errors import RecipeError, StudioError
from core.jobs import distributions
from core.jobs.parents import (
    TABLE,
    check_answerer,
    exemplars_before,
    has_record,
    noisy_labels,
    positions_of,
    whole_request,
)
from core.jobs.prepare import prepare
from core.jobs.request import Request
from core.recipes import Recipe
from core.run_identity import run_id
from core.run_input import Rerun, RunInput
from core.store import Store, views
from core.tasks import tasks
from core.types import Instance, Prediction

OTHERS_ANSWER = (
    "Sentences that the corrections reach are labelled by {new}, all others by {old}: what differs there is "
    "not for the corrections alone."
)
ROUGH = (
    "Of the Stage I of run {run} only labels and confidences are known: type consensus was not done again, "
    "and a label stays where the exemplars of before and of now make the same one."
)


def prepared(store: Store, request: Request) -> RunInput:
    """As `core.jobs.prepare.prepare`, for a request with `corrected`.

    Raises:
        As `prepare`. RecipeError: the run has no Stage II, or its answers were recorded and nobody is named
            who can be asked. StudioError: nothing was corrected since.
    """
    run = views.run(store, request.parent)
    shown = views.shown_exemplars(store, run["id"])
    if "stage2" not in run["stages"] or not len(shown.positions):
        raise RecipeError(
            f"run {run['id']} has no Stage II with exemplars: corrections reach nothing in it.",
            "Start a run with Stage II; it takes the corrections in from the beginning.",
        )
    base = prepare(store, whole_request(store, run, request.overrides))
    check_answerer(base.recipe, run)
    then = views.corrections_of(store, run["dataset"], views.said_until(store, run["id"]))
    root, _ = views.first_run(store, run["id"])
    whole = base.stage1 or distributions.kept(store, root)
    stored = noisy_labels(store, run)
    pool = {item.position: item for item in (*base.instances, *base.others)}
    earlier = {at: labels for at, labels in then[0].items() if at in pool}
    earlier_partial = {at: words for at, words in then[1].items() if at in pool}
    stale = frozenset(views.stale(store, run["id"]))
    if not stale and dict(base.corrections) == earlier and dict(base.partial) == earlier_partial:
        raise StudioError(f"nothing was corrected since run {run['id']}.", "Correct something first.")
    recipe = _recipe(base.recipe, run)
    rerun = Rerun(
        parent=run["id"],
        ban=tuple(_ref(named) for named in recipe[TABLE]["ban"]),
        before=exemplars_before(shown, {item.position for item in base.instances}),
        outside=frozenset(item.position for item in base.others),
        solve=_chooses(recipe),
        whole=bool(whole),
        same=base.recipe["stage2"]["labeler"] == run["params"].get("stage2", {}).get("labeler")
        and "llm" not in request.overrides,
        earlier=earlier,
        earlier_partial=earlier_partial,
        stale=stale,
    )
    return replace(
        base,
        run_id=run_id(
            recipe,
            [base.dataset.fingerprint],
            {"base": base.run_id, "whole": rerun.whole, "parent": run["id"]},
        ),
        recipe=recipe,
        stage1=_fitting(whole or stored, stored, pool, base),
        stage2=views.predictions(store, run["id"], "stage2"),
        recorded={at: positions_of(places, base.dataset.id) for at, places in rerun.before.items()},
        warnings=(*base.warnings, *_warnings(recipe, run, rerun)),
        rerun=rerun,
    )


def _recipe(recipe: Mapping[str, Any], run: Mapping[str, Any]) -> Recipe:
    """The recipe, which says whose corrections were taken in; exemplars banned before stay banned."""
    found, earlier = deepcopy(dict(recipe)), run["params"].get(TABLE, {})
    found[TABLE] = {
        "of": run["id"],
        "ban": list(earlier.get("ban", ())),
        "pin": list(earlier.get("pin", ())),
        "corrected": True,
    }
    return found


def _chooses(recipe: Recipe) -> bool:
    """Whether the selector can choose again; exemplars that were recorded or swapped by hand stay."""
    table, name = recipe[TABLE], recipe["selector"]["name"]
    return name != "recorded" and (not table["ban"] or (name == "ilp" and not table["pin"]))


def _ref(named: str) -> tuple[str, int]:
    dataset, _, position = named.rpartition("@")
    return dataset, int(position)


def _fitting(
    rows: Mapping[int, Prediction],
    stored: Mapping[int, Prediction],
    pool: Mapping[int, Instance],
    base: RunInput,
) -> dict[int, Prediction]:
    """Labels of the pool's items that have one for each word as it is split now."""
    by_word = tasks[base.dataset.task].unit == "token"
    found = {}
    for at, item in pool.items():
        for row in (rows.get(at), stored.get(at)):
            if row is not None and (not by_word or len(row.labels) == len(item.tokens)):
                found[at] = row
                break
    return found


def _warnings(recipe: Recipe, run: Mapping[str, Any], rerun: Rerun) -> list[str]:
    if rerun.same:
        rough = not rerun.whole and recipe["stage2"]["labeler"] != "incontext"
        return [ROUGH.format(run=run["id"])] if rough else []
    asked = str(run["params"].get("stage2", {}).get("llm", "whoever labelled them"))
    old = "recorded answers" if has_record(run) else asked
    new = "the offline tagger" if recipe["stage2"]["llm"] == "offline" else str(recipe["stage2"]["llm"])
    return [OTHERS_ANSWER.format(new=new, old=old)]
