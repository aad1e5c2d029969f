"""A run of a method from the fields of its recipe: told before it starts, started, followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.catalog.method_table import Method, Trial
from core.recipes import SHORT_NAMES
from core.types import Dataset
from dashboard import naming, plans, state
from dashboard.field_texts import FieldText
from dashboard.plans import Plan
from dashboard.widgets.export import Tables
from dashboard.widgets.language_model import estimate
from dashboard.widgets.method import sweeping, words
from dashboard.widgets.run_form import outcome, sections, similarity, starting
from dashboard.widgets.run_form.fields import bound, pick

SECTIONS: Mapping[str, tuple[str, Callable[[Plan], None]]] = {
    "stage1": ("Learning and labelling", sections.stage_one),
    "words": ("Label words", words.editor),
    "exemplars": ("Exemplars", sections.exemplars),
    "similarity": ("Retriever", similarity.fields),
    "stage2": ("Answered by", sections.stage_two),
}


def panel(method: Method, dataset: Dataset) -> Tables:
    """The form and, beside it, what will happen; there is nothing to export."""
    plan = plans.read(dataset, method.recipe)
    if dataset.id == method.demo.target and method.demo.trials:
        rows = demo_rows(method.demo.trials[0])
        told = "Fill in what suits the demo world"
        same = dict(plan.rows) == rows
        st.button(
            told, icon=":material/science:", disabled=same, on_click=state.set_table, args=("plan", rows)
        )
    form, beside = st.columns([1.7, 1], gap="large")
    with form:
        with st.container(border=True):
            st.markdown("#### What, and on what")
            _scope(plan, method)
        for name in method.sections:
            title, section = SECTIONS[name]
            with st.container(border=True):
                st.markdown(f"#### {title}")
                section(plan)
    with beside:
        with st.container(border=True, key="outcome"):
            outcome.panel(plan)
            estimate.panel(plan)
            if state.view().present:
                st.info("This is presentation mode: nothing can be started.", icon=":material/lock:")
            else:
                starting.start(plan)
        sweeping.panel(plan, method)
    return {}


def demo_rows(trial: Trial) -> dict[str, Any]:
    """A run of the demo as the form has it: full keys, the sources among them."""
    settings = {SHORT_NAMES.get(key, key): value for key, value in trial.settings.items()}
    return {"sources": list(trial.sources), **settings}


def _scope(plan: Plan, method: Method) -> None:
    """The method or what it is held against; split, how many, seed."""
    known = plan.context.recipes
    recipes = {name: str(known[name]["title"]) for name in method.recipes if name in known}
    help_text = "The method, or what it is held against. Changing it forgets what is set below."
    kept = ("sources", "split", "limit", "seed")
    pick("recipe", method.recipe, plan.recipe, recipes, FieldText("Run", help_text), spares=kept)
    st.caption(naming.plain(str(plan.base["description"])))
    left, middle, right = st.columns(3)
    splits = {"": "the usual one", **{name: f"{name} ({n:,})" for name, n in plan.dataset.splits.items()}}
    with left:
        pick("split", "", plan.split or "", splits, FieldText("Split to label"))
    items = naming.items(plan.dataset.task)
    middle.number_input(
        f"Only the first … {items}", 1, None, placeholder="all", **bound("limit", None, plan.limit)
    )
    right.number_input("Seed", 0, None, **bound("seed", 0, plan.seed))
