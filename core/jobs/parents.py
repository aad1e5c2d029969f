"""What a run asks of the one it is made of: its request, labels, exemplars, corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from core.errors import RecipeError
from core.jobs.again import as_it_was, extent
from core.jobs.request import Request
from core.recipes import SHORT_NAMES
from core.run_input import Place
from core.store import Store, views
from core.store.views_blame import Shown
from core.types import Prediction

NOISY = ("consensus", "stage1")
"""Whose labels exemplars are shown with: the first of these that a run holds."""
ANSWERER = "stage2.llm"
TABLE = "rerun"
"""The table of a stored recipe that says what was changed of which run."""


def whole_request(store: Store, run: Mapping[str, Any], overrides: Mapping[str, str]) -> Request:
    """The request that made all of the run, with these settings over its own."""
    before = _imported(store, run) if run["kind"] == "import" else as_it_was(store, run)
    kept = dict(before.overrides)
    if answered_by(overrides):
        params = run["params"]
        kept = {key: value for key, value in kept.items() if not _full(key).startswith(("stage2.", "llm."))}
        kept["consensus.use"] = str(bool(params.get("consensus", {}).get("use"))).lower()
        kept["stage2.from_sources"] = str(params.get("stage2", {}).get("from_sources", 0))
    return replace(before, overrides={**kept, **overrides})


def _full(key: str) -> str:
    return SHORT_NAMES.get(key, key)


def answered_by(overrides: Mapping[str, str]) -> str:
    """Who is to label instead of whoever did, where the overrides say so."""
    return next((value for key, value in overrides.items() if _full(key) == ANSWERER), "")


def _imported(store: Store, run: Mapping[str, Any]) -> Request:
    """Labels that came with a data set, as a run would use them."""
    split, limit = extent(store, run)
    name = str(run["id"]).removeprefix(f"{run['dataset']}/")
    settings = {"stage1.labeler": "imported", "stage1.labels": name}
    settings |= {"stage2.llm": "recorded", "selector.name": "recorded", "consensus.use": "false"}
    return Request("ssp", str(run["dataset"]), settings, split=split, limit=limit)


def check_answerer(recipe: Mapping[str, Any], run: Mapping[str, Any]) -> None:
    if recipe["stage2"]["labeler"] == "recorded" or recipe["stage2"]["llm"] == "replay":
        raise RecipeError(
            f"the answers of run {run['id']} were recorded: there are none to prompts with other exemplars.",
            "Say who labels the sentences that change, for example --set llm=offline.",
        )


def has_record(run: Mapping[str, Any]) -> bool:
    """Whether its answers were recorded, so that nobody can be asked for others."""
    stage2 = run["params"].get("stage2", {})
    return run["kind"] == "import" or stage2.get("llm") in {"replay", "recorded"}


def noisy_labels(store: Store, run: Mapping[str, Any]) -> dict[int, Prediction]:
    """The labels that the run's exemplars were shown with, those of items outside it included."""
    stage = next((name for name in NOISY if name in run["stages"]), None)
    named = [name for name in ("pool", stage) if name in run["stages"]]
    found: dict[int, Prediction] = {}
    for name in named:
        found |= views.predictions(store, run["id"], str(name), hand_on=True)
    return found


def exemplars_before(shown: Shown, positions: set[int]) -> dict[int, tuple[Place, ...]]:
    rows = np.flatnonzero(np.isin(shown.positions, list(positions)))
    found: dict[int, tuple[Place, ...]] = {}
    for row in rows.tolist():
        near = float(shown.similarity[row])
        owner, position = shown.datasets[shown.owners[row]], int(shown.exemplars[row])
        place = Place(owner, position, None if np.isnan(near) else near)
        at = int(shown.positions[row])
        found[at] = (*found.get(at, ()), place)
    return found


def positions_of(places: Sequence[Place], dataset: str) -> tuple[int, ...]:
    return tuple(at.position for at in places if at.dataset == dataset)
