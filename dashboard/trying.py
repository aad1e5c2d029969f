"""Exemplars under settings that are only tried: workbenches held open, settings read from the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import streamlit as st

from core import set_price, what_if, workbench
from core.errors import StudioError
from core.selectors import build, setting_names
from core.types import Report, Selection
from core.what_if import Tried
from core.workbench import Audit, Workbench
from dashboard import resources, state

BENCHES = 3
"""Workbenches held at once: a pool of 60,000 sentences takes some hundred megabytes."""
Settings = dict[str, Any]


@st.cache_resource(show_spinner="Reading the pool …", max_entries=BENCHES)
def _bench(run_id: str, version: tuple[str, int]) -> Workbench:
    return workbench.of_run(resources.store(), run_id)


def bench(run_id: str) -> Workbench:
    """The workbench of a run, made once for the data as they are.

    Raises:
        RecipeError: the run holds no labels to choose by.
    """
    return _bench(run_id, resources.version())


@st.cache_resource(show_spinner=False, max_entries=64)
def _made(run_id: str, question: str, settings: str, version: tuple[str, int]) -> dict[str, Any]:
    """A place for what was worked out at a press of a button."""
    return {}


def told(table: Mapping[str, Any]) -> Settings:
    """The settings of an address that mean something; others are left out."""
    name = str(table.get("name", "ilp"))
    try:
        known = {*setting_names(name), "name"}
    except StudioError:
        return {}
    found: Settings = {"name": name} if "name" in table else {}
    for key, value in table.items():
        if key in known and key != "name" and _means_something(name, key, value):
            found[key] = value
    return found


def _means_something(name: str, key: str, value: object) -> bool:
    try:
        build(name, {key: value})
    except (StudioError, ValueError, TypeError, OverflowError):
        return key in {"pin", "ban"} and isinstance(value, list)
    return True


def tries() -> Settings:
    """What the address says is tried."""
    return told(state.rows("tries"))


def start(found: Workbench, given: Mapping[str, Any]) -> Settings:
    """The settings a trial begins with: the run's own; a preset or another selector begins afresh."""
    own = workbench.over(found.settings, {"name": given.get("name", _name(found))})
    if "preset" in given and given["preset"] != own.get("preset", "present"):
        own = {key: own[key] for key in ("name", "k") if key in own}
        own["preset"] = given["preset"]
    return own


def _name(found: Workbench) -> str:
    return str(found.settings.get("name", "ilp"))


def defaults(found: Workbench, given: Mapping[str, Any]) -> Settings:
    """Every setting of the selector in force, as a trial begins with it."""
    own = start(found, given)
    name = str(own.pop("name", "ilp"))
    made = build(name, {key: value for key, value in own.items() if key not in {"pin", "ban"}})
    values = {spec.name.rstrip("_"): getattr(made, spec.name) for spec in fields(made)}
    positions: Settings = {key: _words(own.get(key, ())) for key in ("pin", "ban") if key in values}
    return {"name": name, **values, **positions}


def _words(value: object) -> list[str]:
    if isinstance(value, str):
        return value.replace(",", " ").split()
    return [str(word) for word in value] if isinstance(value, list | tuple) else []


def effective(found: Workbench, given: Mapping[str, Any]) -> Settings:
    """The settings in force: those a trial begins with, and what is tried over them."""
    return {**start(found, given), **given}


def one(found: Workbench, settings: Mapping[str, Any], row: int) -> Tried:
    """What these settings choose for one query."""
    return what_if.try_one(found, settings, row)


def everything(
    found: Workbench, settings: Mapping[str, Any]
) -> tuple[list[Selection], set_price.SetPrice | None]:
    """What these settings choose for the whole set, or for so many queries spread over it, at what price."""
    return set_price.choose_all(found, settings, what_if.queries_of(found))


def kept(run_id: str, question: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Where the answer to a long question is kept, for these settings and these data; empty at first."""
    said = repr(sorted(settings.items(), key=lambda item: item[0]))
    return _made(run_id, question, said, resources.version())


def prove(run_id: str, found: Workbench, settings: Mapping[str, Any], n: int, report: Report) -> Audit:
    """Solve `n` queries again with the whole pool in CBC."""
    done = workbench.audit(found, settings, report, sample=n, solver="cbc")
    kept(run_id, "proof", settings)["audit"] = done
    return done


def side_by_side(run_id: str, found: Workbench, settings: Mapping[str, Any], report: Report) -> None:
    """Work out the whole set under other settings, and keep it."""
    kept(run_id, "variants", settings)["table"] = what_if.side_by_side(found, settings, report)
