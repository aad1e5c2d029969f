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
from core.jobs.parents import (
    TABLE,
    answered_by,
    check_answerer,
    exemplars_before,
    has_record,
    noisy_labels,
    positions_of,
    whole_request,
)
from core.jobs.prepare import prepare
from core.jobs.request import Request
from core.prompts import prompt_sha256
from core.recipes import Recipe
from core.run_identity import run_id
from core.run_input import Rerun, RunInput
from core.store import Store, views
from core.store.views_blame import Shown
from core.types import Prediction

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
    base = prepare(store, whole_request(store, run, request.overrides))
    check_answerer(base.recipe, run)
    same = base.recipe["stage2"]["labeler"] == run["params"].get("stage2", {}).get("labeler")
    recipe, solve = _recipe(base.recipe, run, change)
    root, _ = views.first_run(store, run["id"])
    whole = base.stage1 or distributions.kept(store, root)
    noisy = whole or noisy_labels(store, run)
    changed = set(change.positions)
    everything = [*base.instances, *base.others]
    pool = {item.position for item in everything}
    _check_pins(change, noisy)
    said_until = views.said_until(store, run["id"])
    human, partial = views.corrections_of(store, change.dataset, said_until)
    rerun = Rerun(
        parent=run["id"],
        ban=tuple(_banned(recipe)),
        pin=change.pin,
        before=exemplars_before(shown, changed),
        outside=frozenset(item.position for item in base.others),
        solve=solve,
        whole=bool(whole),
        same=same and not answered_by(request.overrides),
    )
    return replace(
        base,
        run_id=_identity(recipe, base, change, whole=rerun.whole),
        recipe=recipe,
        instances=[item for item in base.instances if item.position in changed],
        others=[item for item in everything if item.position not in changed],
        stage1={position: row for position, row in noisy.items() if position in pool},
        stage2=views.predictions(store, run["id"], "stage2", list(change.positions)),
        recorded={at: positions_of(places, change.dataset) for at, places in rerun.before.items()},
        corrections={position: labels for position, labels in human.items() if position in pool},
        partial={position: words for position, words in partial.items() if position in pool},
        said_until=said_until.isoformat(),
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


def _words(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(word) for word in value]
    return [] if value is None else str(value).replace(",", " ").split()


def _written(ref: Ref) -> str:
    return f"{ref[0]}@{ref[1]}"


def _banned(recipe: Mapping[str, Any]) -> list[Ref]:
    return _refs(recipe[TABLE]["ban"], "")


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
    old = "recorded answers" if has_record(run) else str(run["params"]["stage2"]["llm"])
    new = "the offline tagger" if recipe["stage2"]["llm"] == "offline" else str(recipe["stage2"]["llm"])
    return [OTHERS_ANSWER.format(n=f"{len(change.positions):,}", new=new, old=old)]
