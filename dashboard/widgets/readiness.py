"""The preflight card: what Stage-I labels are worth before anything is built on them, without gold."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.advice.preflight import Preflight, Share
from dashboard import measures, naming, routes, state
from dashboard.current import Here
from dashboard.widgets import queues
from dashboard.widgets.export import Tables

VERDICTS = {
    "go": ("go", "green", ":material/check_circle:"),
    "mix": ("mix in source exemplars", "orange", ":material/merge_type:"),
    "correct": ("correct some first", "red", ":material/edit_note:"),
}
FOREIGN = 0.5
"""Less than this part of the letters in a script of the sources: the labels are guesses."""


def card(here: Here) -> Tables:
    """The verdict, why, and the way on; returns its tables for export."""
    found = measures.preflight(here.run["id"])
    with st.container(border=True, key="readiness"):
        _verdict(found)
        _scripts(found)
        with st.container(gap="xsmall"):
            for reason in found.reasons:
                st.text(reason)
        if found.from_llm:
            st.caption(naming.plain(found.from_llm))
        _noise(found, here)
        if found.advice == "correct" and not state.view().present:
            _queue_worst(here, found)
    return {"Noise by label": by_label(found), "Correct first": in_order(found)}


def brief(here: Here) -> None:
    """The verdict and its first reason, with the way to the rest."""
    found = measures.preflight(here.run["id"])
    with st.container(border=True, key="readiness"):
        _verdict(found)
        st.text(f"Of the labels of: {naming.run_title(here.run)}.")
        for reason in found.reasons[:2]:
            st.text(reason)
        st.page_link(
            routes.STAGE1, label="See Stage I", icon=":material/looks_one:", query_params=state.link()
        )


def _verdict(found: Preflight) -> None:
    said, colour, icon = VERDICTS[found.advice]
    if found.advice == "correct" and found.correct_first:
        said = f"correct about {found.correct_first:,} first"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("#### Before Stage II", width="content")
        st.badge(said, color=colour, icon=icon)  # type: ignore[arg-type]


def _scripts(found: Preflight) -> None:
    if found.script_overlap is None or found.script_overlap >= FOREIGN:
        return
    theirs = ", ".join(found.source_scripts) or "unknown"
    st.warning(
        naming.plain(
            f"The target is written in {', '.join(found.scripts)}, the sources in {theirs}: "
            f"{found.script_overlap:.0%} of its letters are in a script of theirs."
        ),
        icon=":material/translate:",
    )


def _noise(found: Preflight, here: Here) -> None:
    st.caption(
        f"Estimated share of wrong labels, without gold (90 % interval): all {here.items} "
        f"{share(found.noise)}; those likely to be exemplars {share(found.exemplar_noise)}. "
        f"A guess would be wrong in {100 * (1 - found.chance):.0f} %."
    )


def share(item: Share) -> str:
    """`12 % (8 to 17)`."""
    return f"{100 * item.value:.0f} % ({100 * item.low:.0f} to {100 * item.high:.0f})"


def _queue_worst(here: Here, found: Preflight) -> None:
    first = list(found.order[: found.correct_first])
    if first:
        reason = f"Most expected wrong labels of run {here.run['id'][:8]}"
        queues.add_button(here, f"Queue these {len(first):,}", "Correct first", first, reason)


def by_label(found: Preflight) -> pd.DataFrame:
    """label, given, estimated share wrong."""
    rows = [(item.label, item.count, item.noise) for item in found.by_label]
    return pd.DataFrame(rows, columns=["label", "given", "estimated share wrong"])


def in_order(found: Preflight) -> pd.DataFrame:
    """position, estimated share wrong: the items to correct, first things first."""
    rows = [(position, found.by_item.get(position)) for position in found.order]
    return pd.DataFrame(rows, columns=["position", "estimated share wrong"])
