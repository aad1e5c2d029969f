"""A run without some exemplars of another, or with others in their places: what it needs and changes.

Only the sentences whose prompts change are labelled; whatever the parent stored of all others is taken over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.errors import RecipeError, StudioError
from core.jobs import distributions
from core.jobs.again import as_it_was, extent
from core.jobs.prepare import prepare
from core.jobs.request import Request
from core.prompts import prompt_sha256
from core.recipes import SHORT_NAMES, Recipe
from core.run_identity import run_id
from core.run_input import Place, Rerun, RunInput
from core.store import Store, views
from core.store.views_blame import Shown
from core.types import Prediction

NOISY = ("consensus", "stage1")
"""Whose labels exemplars are shown with: the first of these that a run holds."""
ANSWERER = "stage2.llm"
TABLE = "rerun"
"""The table of a stored recipe that says what was changed of which run."""
OTHERS_ANSWER = (
    "{n} sentences are labelled by {new}, all others by {old}: what differs there is not for the "
    "exemplars alone."
)
ROUGH = (
    "Of the Stage I of run {run} only labels and confidences are known, so some labels that other exemplars "
    "would move may have stayed. A run of its own is exact: give selector.ban to `ssp run`."
)
Ref = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Change:
    """What banning or swapping exemplars comes to: the sentences whose prompts change."""

    dataset: str
    positions: tuple[int, ...]
    ban: tuple[Ref, ...]
    pin: tuple[Ref, ...]


def change_of(store: Store, request: Request) -> Change:
    """Which sentences of its parent a request changes; quick.

    Raises:
        UnknownName: no such run. StudioError: it stored no exemplars, or none of those named is shown.
    """
    run = views.run(store, request.parent)
    return _change(run, views.shown_exemplars(store, request.parent), request)


def prepared(store: Store, request: Request) -> RunInput:
    """As `core.jobs.prepare.prepare`, for a request with a parent.

    Raises:
        As `prepare` and `change_of`. RecipeError: nobody can be asked to label these sentences.
    """
    run = views.run(store, request.parent)
    shown = views.shown_exemplars(store, request.parent)
    change = _change(run, shown, request)
    base = prepare(store, _whole(store, run, request.overrides))
    _check_answerer(base.recipe, run)
    same = base.recipe["stage2"]["labeler"] == run["params"].get("stage2", {}).get("labeler")
    recipe, solve = _recipe(base.recipe, run, change)
    root, made = views.first_run(store, run["id"])
    whole = base.stage1 or distributions.kept(store, root)
    noisy = whole or _noisy(store, run)
    changed = set(change.positions)
    everything = [*base.instances, *base.others]
    pool = {item.position for item in everything}
    _check_pins(change, noisy)
    human = views.annotations(store, change.dataset, until=made)
    rerun = Rerun(
        parent=run["id"],
        ban=tuple(_banned(recipe)),
        pin=change.pin,
        before=_before(shown, changed),
        outside=frozenset(item.position for item in base.others),
        solve=solve,
        whole=bool(whole),
        same=same and not _answered_by(request.overrides),
    )
    return replace(
        base,
        run_id=_identity(recipe, base, change, whole=rerun.whole),
        recipe=recipe,
        instances=[item for item in base.instances if item.position in changed],
        others=[item for item in everything if item.position not in changed],
        stage1={position: row for position, row in noisy.items() if position in pool},
        stage2=views.predictions(store, run["id"], "stage2", list(change.positions)),
        recorded={at: _positions(places, change.dataset) for at, places in rerun.before.items()},
        corrections={position: labels for position, labels in human.items() if position in pool},
        warnings=(*base.warnings, *_warnings(recipe, run, change, rerun)),
        rerun=rerun,
    )


def _change(run: Mapping[str, Any], shown: Shown, request: Request) -> Change:
    ban, pin = (tuple(_refs(named, str(run["dataset"]))) for named in (request.ban, request.pin))
    if not ban and not pin:
        raise StudioError("no exemplar is named.", "Say which: --ban 17")
    if not len(shown.positions):
        raise StudioError(
            f"no exemplars are stored for run {run['id']}.", "Take a run that chose, or recorded, some."
        )
    positions = _showing(shown, ban) if ban else _lacking(shown, pin)
    if not len(positions):
        what = ", ".join(f"{dataset}@{position}" for dataset, position in ban or pin)
        said = f"no prompt of run {run['id']} shows {what}." if ban else f"every prompt shows {what} already."
        raise StudioError(said, f"`ssp blame {run['id']}` lists its exemplars.")
    return Change(str(run["dataset"]), tuple(positions), ban, pin)


def _refs(named: Sequence[str], dataset: str) -> list[Ref]:
    """Exemplars as `POSITION` or `DATASET@POSITION`. Raises StudioError."""
    found: dict[Ref, None] = {}
    for text in named:
        owner, _, position = str(text).strip().rpartition("@")
        if not position.isdecimal():
            raise StudioError(f"{text!r} names no exemplar.", "Give its position, or DATASET@POSITION.")
        found[owner or dataset, int(position)] = None
    return list(found)


def _rows(shown: Shown, refs: Sequence[Ref]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    rows = np.zeros(len(shown.positions), dtype=np.bool_)
    for dataset, position in refs:
        if dataset in shown.datasets:
            rows |= (shown.owners == shown.datasets.index(dataset)) & (shown.exemplars == position)
    return rows


def _showing(shown: Shown, refs: Sequence[Ref]) -> list[int]:
    return [int(at) for at in np.unique(shown.positions[_rows(shown, refs)])]


def _lacking(shown: Shown, refs: Sequence[Ref]) -> list[int]:
    """The sentences that some of these could be shown to and are not."""
    wanted: set[int] = set()
    everywhere = {int(at) for at in np.unique(shown.positions)}
    for ref in refs:
        wanted |= everywhere - set(_showing(shown, [ref])) - {ref[1]}
    return sorted(wanted)


def _whole(store: Store, run: Mapping[str, Any], overrides: Mapping[str, str]) -> Request:
    """The request that made all of the run, with these settings over its own."""
    before = _imported(store, run) if run["kind"] == "import" else as_it_was(store, run)
    kept = dict(before.overrides)
    if _answered_by(overrides):
        params = run["params"]
        kept = {key: value for key, value in kept.items() if not _full(key).startswith(("stage2.", "llm."))}
        kept["consensus.use"] = str(bool(params.get("consensus", {}).get("use"))).lower()
        kept["stage2.from_sources"] = str(params.get("stage2", {}).get("from_sources", 0))
    return replace(before, overrides={**kept, **overrides})


def _full(key: str) -> str:
    return SHORT_NAMES.get(key, key)


def _answered_by(overrides: Mapping[str, str]) -> str:
    """Who is to label instead of whoever did, where the overrides say so."""
    return next((value for key, value in overrides.items() if _full(key) == ANSWERER), "")


def _imported(store: Store, run: Mapping[str, Any]) -> Request:
    """Labels that came with a data set, as a run would use them."""
    split, limit = extent(store, run)
    name = str(run["id"]).removeprefix(f"{run['dataset']}/")
    settings = {"stage1.labeler": "imported", "stage1.labels": name}
    settings |= {"stage2.llm": "recorded", "selector.name": "recorded", "consensus.use": "false"}
    return Request("ssp", str(run["dataset"]), settings, split=split, limit=limit)


def _check_answerer(recipe: Mapping[str, Any], run: Mapping[str, Any]) -> None:
    if recipe["stage2"]["labeler"] == "recorded" or recipe["stage2"]["llm"] == "replay":
        raise RecipeError(
            f"the answers of run {run['id']} were recorded: there are none to prompts with other exemplars.",
            "Say who labels the sentences that change, for example --set llm=offline.",
        )


def _check_pins(change: Change, noisy: Mapping[int, Prediction]) -> None:
    for dataset, position in change.pin:
        if dataset != change.dataset or position not in noisy:
            raise RecipeError(
                f"{dataset}@{position} is not in the pool of this run.",
                "Pin sentences that the run labelled, by their position.",
            )


def _recipe(recipe: Mapping[str, Any], run: Mapping[str, Any], change: Change) -> tuple[Recipe, bool]:
    """The recipe, which says what was changed of which run; and whether its selector chooses again."""
    found = deepcopy(dict(recipe))
    earlier = run["params"].get(TABLE, {})
    ban = dict.fromkeys([*earlier.get("ban", ()), *map(_written, change.ban)])
    pins = [*earlier.get("pin", ()), *map(_written, change.pin)]
    found[TABLE] = {"of": run["id"], "ban": list(ban), "pin": list(dict.fromkeys(pins))}
    selector = found["selector"]
    solve = selector["name"] == "ilp" and not (pins and ban)
    if change.pin and not change.ban and not solve:
        raise RecipeError(
            f"with the selector {selector['name']} a pinned exemplar takes the place of a banned one.",
            "Say which it takes: --ban POSITION --pin POSITION",
        )
    if selector["name"] == "ilp":
        for key, refs in (("ban", change.ban), ("pin", change.pin if solve else ())):
            own = [str(position) for dataset, position in refs if dataset == change.dataset]
            if own:
                selector[key] = " ".join(dict.fromkeys([*_words(selector.get(key)), *own]))
    return found, solve


def _has_record(run: Mapping[str, Any]) -> bool:
    """Whether its answers were recorded, so that nobody can be asked for others."""
    stage2 = run["params"].get("stage2", {})
    return run["kind"] == "import" or stage2.get("llm") in {"replay", "recorded"}


def _words(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(word) for word in value]
    return [] if value is None else str(value).replace(",", " ").split()


def _written(ref: Ref) -> str:
    return f"{ref[0]}@{ref[1]}"


def _banned(recipe: Mapping[str, Any]) -> list[Ref]:
    return _refs(recipe[TABLE]["ban"], "")


def _noisy(store: Store, run: Mapping[str, Any]) -> dict[int, Prediction]:
    """The labels that the run's exemplars were shown with, those of items outside it included."""
    stage = next((name for name in NOISY if name in run["stages"]), None)
    outside = views.predictions(store, run["id"], "pool") if "pool" in run["stages"] else {}
    return {**outside, **(views.predictions(store, run["id"], stage) if stage else {})}


def _before(shown: Shown, positions: set[int]) -> dict[int, tuple[Place, ...]]:
    rows = np.flatnonzero(np.isin(shown.positions, list(positions)))
    found: dict[int, tuple[Place, ...]] = {}
    for row in rows.tolist():
        near = float(shown.similarity[row])
        owner, position = shown.datasets[shown.owners[row]], int(shown.exemplars[row])
        place = Place(owner, position, None if np.isnan(near) else near)
        at = int(shown.positions[row])
        found[at] = (*found.get(at, ()), place)
    return found


def _positions(places: Sequence[Place], dataset: str) -> tuple[int, ...]:
    return tuple(at.position for at in places if at.dataset == dataset)


def _identity(recipe: Recipe, base: RunInput, change: Change, *, whole: bool) -> str:
    scope = {
        "parent": recipe[TABLE]["of"],
        "positions": list(change.positions),
        "ban": sorted(map(_written, change.ban)),
        "pin": list(map(_written, change.pin)),
        "whole": whole,
        "template": prompt_sha256(base.template),
        "again_template": prompt_sha256(base.again_template),
    }
    return run_id(recipe, [base.dataset.fingerprint], scope)


def _warnings(recipe: Recipe, run: Mapping[str, Any], change: Change, rerun: Rerun) -> list[str]:
    if rerun.same:
        rough = not rerun.whole and recipe["stage2"]["labeler"] != "incontext"
        return [ROUGH.format(run=run["id"])] if rough else []
    old = "recorded answers" if _has_record(run) else str(run["params"]["stage2"]["llm"])
    new = "the offline tagger" if recipe["stage2"]["llm"] == "offline" else str(recipe["stage2"]["llm"])
    return [OTHERS_ANSWER.format(n=f"{len(change.positions):,}", new=new, old=old)]
