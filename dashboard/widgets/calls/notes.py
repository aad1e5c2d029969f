"""What a run's asking took, and what is known of how far its model's answers can be trusted."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.llms import LIVE
from dashboard import call_queries, naming, wordings
from dashboard.current import Here
from dashboard.widgets.calls import afterwards
from dashboard.widgets.export import Tables
from dashboard.widgets.language_model import money

TITLES = {
    "contamination": "Does it know these sentences already?",
    "formats": "Does the form of the prompt decide?",
}
METHODS = {
    "scoring": "the probabilities of all labels",
    "tokens": "the probabilities of what was written",
    "samples": "several answers compared",
    "verbalised": "what the model says itself",
}


def figures(here: Here, stage: str) -> dict[str, str | None]:
    """Answers, tokens, money and time of a stage, as far as the run noted them."""
    counts = call_queries.outcomes(here.run["id"], stage)
    usable = counts.get("ok", 0) + counts.get("repaired", 0)
    spent = dict(wordings.told(here, stage).get("spent") or {})
    known = sum(n for outcome, n in counts.items() if outcome)
    return {
        "Asked": f"{sum(counts.values()):,}",
        "Usable": f"{100 * usable / known:.0f} %" if known else None,
        "Calls made": _whole(spent.get("calls")),
        "From the log": _whole(spent.get("cached")),
        "Prompt tokens": _whole(spent.get("prompt_tokens")),
        "Answer tokens": _whole(spent.get("completion_tokens")),
        "Spent": money.said(spent.get("price"), str(spent.get("currency") or "")) if spent else None,
    }


def _whole(value: Any) -> str | None:
    return f"{value:,}" if isinstance(value, int) else None


def told(here: Here, stage: str) -> str:
    """How the model was asked, in one line."""
    noted = wordings.told(here, stage)
    if not noted:
        return ""
    host = str(noted.get("host") or "")
    parts = [
        f"{noted.get('model', 'a model')}{f' at {host}' if host else ''}",
        f"answers as {noted['style']}" if noted.get("style") else "",
        _confidence(noted),
    ]
    return naming.plain(" · ".join(filter(None, parts)))


def _confidence(noted: Mapping[str, Any]) -> str:
    """Where the confidences are from, and what was done to them."""
    methods = [METHODS.get(name, name) for name in noted.get("confidence") or () if name != "none"]
    if not methods:
        return "no confidences"
    told = f"confidence from {' and '.join(methods)}"
    reliable = ", which is not reliable" if noted.get("unreliable") else ""
    return f"{told}{reliable}{', calibrated on corrected sentences' if noted.get('calibration') else ''}"


def more(here: Here, stage: str) -> Tables:
    """What the run cost and more of it would, and what is known of the model; returns it for an export."""
    left, right = st.columns(2)
    title = "What it cost, and what more would"
    cost = left.expander(title, icon=":material/payments:", key="cost-of-run", on_change="rerun")
    with cost:
        tables = afterwards.panel(here) if cost.open else {}
    with right, st.expander("How far to trust this model here", icon=":material/verified_user:"):
        _trust(here, stage)
    return tables


def _trust(here: Here, stage: str) -> None:
    """What probes found of this model on this data set, in words."""
    model = str(wordings.told(here, stage).get("model") or "")
    found = call_queries.findings(here.dataset.id, model)
    for said in found:
        st.markdown(f"**{TITLES.get(str(said['kind']), naming.plain(str(said['kind'])))}**")
        st.text(str(said.get("words", "")))
    if not found:
        st.caption("Nothing was looked at yet.")
        _how_to_find_out(here)


def _how_to_find_out(here: Here) -> None:
    """The commands that look, for a model that can be asked."""
    recipe = naming.resolved(here.run)
    llm, said = str(recipe.get("stage2", {}).get("llm")), recipe.get("llm", {})
    if llm not in LIVE:
        return
    sets = [f"llm={llm}", *(f"llm.{key}={said[key]}" for key in ("base_url", "model") if said.get(key))]
    words = ["ssp", "llm", "contamination", here.dataset.id]
    lines = [shlex.join([*words, *(word for item in sets for word in ("--set", item))])]
    st.code("\n".join([*lines, f"ssp llm formats {here.run['id']}"]), language=None, wrap_lines=True)
