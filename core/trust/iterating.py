"""Stage III, IV, ...: runs of the recipe `iterate`, each from the labels of the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from core.errors import RecipeError
from core.jobs.prepare import Request
from core.store import Store, views
from core.trust.runs import with_settings
from core.trust.stopping import ROUNDS, Round, audit, moved, reason
from core.types import Labels

RECIPE = "iterate"
NUMERALS = ("II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
AFTER = "stage2"
BEFORE = ("consensus", "stage1")


def iterate(
    store: Store,
    run_id: str,
    run: Callable[[Request], str],
    *,
    overrides: Mapping[str, str] | None = None,
    at_most: int = ROUNDS,
) -> Iterator[tuple[Round, str]]:
    """Each round and why it was the last ("" = it goes on); the first is the run that is begun with.

    Args:
        run: carries a request out; gives the id of the run.
        overrides: settings for all rounds, in the place of those of the run.

    Raises:
        UnknownName: no such run. RecipeError: it has no Stage II. Whatever `run` raises.
    """
    if AFTER not in views.run(store, run_id)["stages"]:
        raise RecipeError(f"run {run_id} has no Stage II to go on from.", "`ssp runs` lists the others.")
    dataset = str(views.run(store, run_id)["dataset"])
    rounds = [_first(store, run_id, views.annotations(store, dataset))]
    yield rounds[0], ""
    request = _request(store, run_id, overrides or {})
    while True:
        before = rounds[-1].run
        made = run(replace(request, overrides={**request.overrides, "stage1.labels": before}))
        rounds.append(_round(store, before, made, NUMERALS[len(rounds)], views.annotations(store, dataset)))
        why = reason(rounds, at_most=at_most)
        yield rounds[-1], why
        if why:
            return


def _request(store: Store, run_id: str, overrides: Mapping[str, str]) -> Request:
    """As the run was asked for, from the labels of another run: its Stage I is not made again."""
    request = with_settings(store, run_id, overrides)
    kept = {key: value for key, value in request.overrides.items() if not key.startswith("stage1.")}
    kept = {key: value for key, value in kept.items() if key not in {"llm.again", "llm.again_template"}}
    return replace(request, recipe=RECIPE, overrides=kept)


def _first(store: Store, run_id: str, human: Mapping[int, Labels]) -> Round:
    stages = views.run(store, run_id)["stages"]
    before = next((name for name in BEFORE if name in stages), AFTER)
    old, new = (views.predictions(store, run_id, name) for name in (before, AFTER))
    return Round(run_id, NUMERALS[0], moved(old, new), *audit(new, human))


def _round(store: Store, before: str, made: str, stage: str, human: Mapping[int, Labels]) -> Round:
    old, new = (views.predictions(store, name, AFTER) for name in (before, made))
    return Round(made, stage, moved(old, new), *audit(new, human))
