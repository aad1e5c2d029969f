"""The same run over several values of one setting, seed after seed: queued as ordinary jobs."""

from __future__ import annotations

import shlex

import streamlit as st

from core.catalog.method_table import Method
from dashboard import actions, field_texts, plans, routes, state
from dashboard.method_ways import setting_name
from dashboard.plans import Plan
from dashboard.widgets import errors

MOST = 60
"""Runs that may be queued at once from here."""
SEEDS = 3


def panel(plan: Plan, method: Method) -> None:
    """Choose a setting, its values and how many seeds; nothing while the plan itself is not ready."""
    if state.view().present or plan.error is not None:
        return
    with st.expander("Several values, several seeds", icon=":material/stacked_line_chart:"):
        settings = names(plan, method)
        key = st.selectbox(
            "Setting",
            ["", *settings],
            format_func=lambda name: settings.get(name, "none: seeds alone"),
            key=f"sweep-setting-{method.key}",
        )
        text = ""
        if key:
            now = plans.written(key, plan.said(key) if plan.said(key) is not None else "")
            text = st.text_input(
                "Values, with commas", placeholder=now or "1, 4, 16", key=f"sweep-values-{key}"
            )
        seeds = st.number_input("Seeds", 1, 20, SEEDS, key="sweep-seeds")
        values = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
        n = int(seeds) * max(1, len(values))
        ready = (not key or bool(values)) and n <= MOST
        st.caption(
            f"{n} runs, one after the other; those that are here already are not repeated."
            + ("" if n <= MOST else f" At most {MOST}.")
        )
        st.code(command(plan, key, values, int(seeds)), language=None, wrap_lines=True)
        if st.button("Queue them", icon=":material/playlist_add:", disabled=not ready, key="start-sweep"):
            with errors.shown():
                _start(plan, {key: values} if key else {}, int(seeds))


def names(plan: Plan, method: Method) -> dict[str, str]:
    """The settings that can vary: those of the labeler, and of the retriever where the method has one."""
    found = {}
    labeler = str(plan.decided("stage1.labeler"))
    for key in plans.values(plan, "stage1", labeler):
        found[f"stage1.{key}"] = field_texts.text("stage1", key, plans.part("stage1", labeler)).label
    if "similarity" in method.sections:
        found |= {
            f"embedder.{key}": setting_name(key).capitalize()
            for key in ("name", "layer", "positives", "source", "candidates")
        }
        found["stage1.k"] = "Exemplars shown (k)"
    return {key: label for key, label in found.items() if key not in {"stage1.download", "stage1.words"}}


def command(plan: Plan, key: str, values: list[str], seeds: int) -> str:
    """The same for a shell."""
    words = ["ssp", "sweep", *shlex.split(plans.command(plan))[2:]]
    if "--seed" in words:
        place = words.index("--seed")
        del words[place : place + 2]
    words += ["--over", f"{key}={','.join(values)}"] if key else []
    return shlex.join([*words, "--seeds", str(seeds)])


def _start(plan: Plan, over: dict[str, list[str]], seeds: int) -> None:
    started = actions.start_sweep(
        plan.recipe,
        plan.dataset.id,
        plan.overrides,
        over,
        seeds,
        sources=plan.sources,
        split=plan.split,
        limit=plan.limit,
    )
    st.success(f"{len(started)} runs are queued.")
    there = state.link()
    st.page_link(routes.JOBS, label="All jobs", icon=":material/work_history:", query_params=there)
