"""The fields of a language model: where it is, which one, how it is asked, what it may spend."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.asking import Asking
from core.keys import LLM_KEYS, key_name
from dashboard import field_texts, naming, plans, providers, state
from dashboard.field_texts import FieldText
from dashboard.plans import Plan
from dashboard.providers import OTHER, PROVIDERS
from dashboard.widgets.language_model import server
from dashboard.widgets.run_form.fields import bound, field, pick

OWN_PLACE = ("model", "base_url", "agreed", "again", "again_template")
"""Settings that are not in the lists of fields: they have a place of their own, or none."""
BUDGET = ("max_price", "max_total_tokens", "max_calls")
ENDPOINT = "llm.base_url"


def fields(plan: Plan) -> None:
    """All of it, for the language model that the plan names."""
    values = _values(plan)
    if plan.live == "endpoint":
        _address(plan)
    _model(plan)
    if plan.live == "endpoint":
        _key(plan)
        _stays_here(plan)
    server.panel(plan)
    _what(plan)
    first = [key for key in field_texts.MAIN["llm"] if key in values]
    _grid(plan, {key: values.pop(key) for key in first})
    budget = {key: values.pop(key) for key in BUDGET if key in values}
    if budget:
        st.markdown("##### Budget", help="The run stops before it would spend more, and can go on later.")
        _grid(plan, budget, columns=3)
    with st.expander(f"{len(values)} more settings of the language model"):
        _grid(plan, values)


def _what(plan: Plan) -> None:
    """The template, and whether there is a Stage II where the model already gave Stage I."""
    left, right = st.columns(2)
    named = {name: name for name in sorted(plan.context.templates)}
    texts = {"auto": "the one that comes along", **named}
    with left:
        now = str(plan.said("stage2.template"))
        about = FieldText("Prompt template", "Written on the Calls page, with a preview.")
        pick("stage2.template", "auto", now, texts, about)
    if plan.decided("stage1.labeler") == "incontext" or plan.said("stage2.labeler") == "none":
        ways = {"auto": "it labels again, with exemplars", "none": "the run ends with Stage I"}
        default = str(plan.base["stage2"]["labeler"])
        with right:
            pick(
                "stage2.labeler", default, str(plan.said("stage2.labeler")), ways, FieldText("After Stage I")
            )


def _values(plan: Plan) -> dict[str, tuple[Any, Any]]:
    """Of each setting: the recipe's value, and the one in force."""
    asking = plans.values(plan, "llm", "asking", Asking)
    own = plans.values(plan, "llm", plan.live)
    return {key: value for key, value in {**asking, **own}.items() if key not in OWN_PLACE}


def _grid(plan: Plan, values: dict[str, tuple[Any, Any]], *, columns: int = 2) -> None:
    part = plans.part("llm", plan.live)
    places = st.columns(columns)
    for number, (key, (default, now)) in enumerate(values.items()):
        text = field_texts.TEXTS.get(f"llm.{key}") or field_texts.text(
            "llm", key, Asking if key in Asking.__dataclass_fields__ else part
        )
        with places[number % columns]:
            field(f"llm.{key}", default, now, text)


def _address(plan: Plan) -> None:
    """A provider only fills in the address."""
    address = str(plan.said(ENDPOINT) or "")
    names = {name: known.title for name, known in PROVIDERS.items()} | {OTHER: "another address"}
    chosen = providers.of(address)
    left, right = st.columns(2)
    with left:
        st.selectbox(
            "Provider",
            list(names),
            index=list(names).index(chosen) if address else None,
            format_func=names.__getitem__,
            placeholder="choose one, or type an address",
            help="Fills in the address, nothing else.",
            key=f"provider-{address}",
            on_change=_fill_in,
            args=(f"provider-{address}", _default(plan)),
        )
    with right:
        st.text_input(
            "Server address",
            placeholder="http://127.0.0.1:8080/v1",
            help="Up to and with /v1. Text goes there and nowhere else.",
            **bound(ENDPOINT, _default(plan), address),
        )
    known = PROVIDERS.get(chosen)
    if known and known.how and address:
        st.caption(f"{known.how}" if chosen == "hosted" else f"Start it with: {naming.plain(known.how)}")


def _default(plan: Plan) -> str:
    return str(plan.base.get("llm", {}).get("base_url", ""))


def _fill_in(key: str, default: str) -> None:
    chosen = PROVIDERS.get(str(state.widget(key)))
    if chosen:
        state.set_row("plan", ENDPOINT, chosen.address, default)


def _model(plan: Plan) -> None:
    """A name to type, or to choose where the server says which it has."""
    now = str(plan.said("llm.model") or "")
    default = str(plan.base.get("llm", {}).get("model", ""))
    listed = server.models(plan)
    known = PROVIDERS.get(providers.of(str(plan.said(ENDPOINT) or "")))
    if plan.live == "endpoint" and listed:
        names = list(dict.fromkeys([*listed, *([now] if now else [])]))
        st.selectbox(
            "Model",
            names,
            placeholder="choose one the server has",
            accept_new_options=True,
            help=f"The server lists {len(listed)}.",
            **bound("llm.model", default, now or None),
        )
        return
    folder = "a folder, or a name that is in the cache; nothing is downloaded"
    st.text_input(
        "Model",
        placeholder=known.model if known and plan.live == "endpoint" else folder,
        **bound("llm.model", default, now),
    )


def _key(plan: Plan) -> None:
    """Whether there is a key, never which: there is no field to type one into."""
    address = str(plan.said(ENDPOINT) or "")
    found = key_name(address, LLM_KEYS)
    if found:
        st.caption(f":material/key: The key in the environment variable {found} will be used.")
    elif providers.away(address):
        st.caption(
            f":material/key_off: There is no key in the environment. If the server asks for one, set "
            f"{LLM_KEYS[0]} before this dashboard is started; keys are never typed or kept here."
        )


def _stays_here(plan: Plan) -> None:
    """That some data sets may not be sent there, before anything else is filled in."""
    host = plan.model_host
    kept = [item for item in plans.shown(plan) if item.egress == "local"] if host else []
    if kept:
        names = ", ".join(naming.plain(item.name) for item in kept)
        st.warning(
            f"{names}: set to stay on this machine, so a model at {naming.plain(host)} cannot be asked. "
            "Use one on this machine (llama.cpp, Ollama, vLLM, or in this process).",
            icon=":material/lock:",
        )
