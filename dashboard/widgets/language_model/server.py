"""What a server, or a model in this process, can do: asked by forced answers, not taken from its word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from core.language_model import connect_model
from core.llms import Alive
from core.part_settings import defaults
from core.probing import Capabilities, capabilities_rows
from dashboard import background, naming, plans, resources, state
from dashboard.background import Work
from dashboard.plans import Plan
from dashboard.widgets.empty import problem

STATES = {
    "yes": ("works", "green"),
    "ignored": ("silently ignored", "red"),
    "refused": ("refused", "orange"),
    "no": ("not usable", "orange"),
    "not tried": ("not tried", "gray"),
}
NO_MODEL = "-"
"""Stands for the model while a server is only asked which it has."""


def panel(plan: Plan) -> None:
    """A button that looks at the server, and what was seen there."""
    if not _complete(plan):
        return
    found = background.look(_key(plan))
    with st.container(border=True, key="server"):
        if found is None or (found.done and found.error):
            _button(plan, "Look at the server" if plan.live == "endpoint" else "Look at the model")
        if found is None:
            st.caption(
                "Asks a few forced questions (none with your text) to see what answers can be held to."
            )
        elif not found.done:
            background.follow(found, "Looking")
        elif found.error:
            problem(found.error)
        else:
            _seen(plan, found.value)


def _button(plan: Plan, label: str) -> None:
    st.button(
        label,
        icon=":material/network_check:",
        disabled=state.view().present,
        on_click=_look,
        args=(plan,),
        key="look-at-server",
    )


def _complete(plan: Plan) -> bool:
    return bool(plan.said("llm.base_url") if plan.live == "endpoint" else plan.said("llm.model"))


def _settings(plan: Plan) -> Mapping[str, Any]:
    """The settings of the model as they stand; one without a name is asked which models there are."""
    part = plans.part("llm", plan.live)
    known = defaults(part) if part else {}
    asked = {key.partition(".")[2]: value for key, value in plan.rows.items() if key.startswith("llm.")}
    given = {**plan.base.get("llm", {}), **asked}
    return {"model": NO_MODEL, **{key: value for key, value in given.items() if key in known and value != ""}}


def _key(plan: Plan) -> str:
    said = sorted((key, str(value)) for key, value in _settings(plan).items() if key in _MATTERS)
    return f"look {plan.live} {said}"


_MATTERS = ("model", "base_url", "extra", "dtype", "device")


def _look(plan: Plan) -> None:
    settings, workspace = _settings(plan), resources.store().path.parent

    def do(alive: Alive) -> Capabilities | None:
        return connect_model(plan.live, settings, (), workspace, alive=alive).capabilities(anew=True)

    background.forget(_key(plan))
    background.start(_key(plan), do)


def seen(plan: Plan) -> Work | None:
    """What was seen, where somebody looked."""
    return background.look(_key(plan)) if plan.live and _complete(plan) else None


def models(plan: Plan) -> list[str]:
    """The models that the server of a plan says it has; [] where nobody looked."""
    for settings in (plan, _unnamed(plan)):
        found = seen(settings)
        if found and found.done and isinstance(found.value, Capabilities):
            return list(found.value.models)
    return []


def _unnamed(plan: Plan) -> Plan:
    """The plan before a model was chosen."""
    return replace(plan, rows={key: value for key, value in plan.rows.items() if key != "llm.model"})


def _seen(plan: Plan, found: Capabilities) -> None:
    unnamed = found.model == NO_MODEL
    if unnamed and len(found.models) == 1:
        _choose(plan, found.models[0])
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        answered = f"{naming.in_badge(found.served or found.model)} answers"
        told = f"{len(found.models)} models here: choose one" if unnamed else answered
        st.badge(told, color="blue" if unnamed else "green", icon=":material/check:")
        _button(plan, "Look again")
    if unnamed:
        return
    with st.container(gap="xsmall"):
        for feature, seen_as, meaning in capabilities_rows(found):
            said, colour = STATES.get(seen_as, (seen_as, "gray"))
            st.markdown(f":{colour}-badge[{said}] **{naming.plain(feature)}** · {naming.plain(meaning)}")
    for note in found.notes:
        st.caption(naming.plain(note))


def _choose(plan: Plan, model: str) -> None:
    """The only model there is: chosen, and looked at as well."""
    state.set_row("plan", "llm.model", model, str(plan.base.get("llm", {}).get("model", "")))
    _look(replace(plan, rows={**plan.rows, "llm.model": model}))
    st.rerun()
