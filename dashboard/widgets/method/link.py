"""The way to the page of methods, from wherever one of them is at work."""

from __future__ import annotations

import streamlit as st

from core.catalog.method_table import methods, of_recipe
from dashboard import routes, state

ICON = ":material/schema:"


def of_plan(recipe: str) -> None:
    """A link to what the method of a recipe does; nothing for recipes that are only held against one."""
    key = of_recipe(recipe)
    if key:
        there = state.link(method=key)
        st.page_link(routes.METHOD, label=f"What {methods()[key].title} does", icon=ICON, query_params=there)


def results() -> None:
    """A link to every method beside its baselines, on the data set at hand."""
    st.page_link(
        routes.METHOD,
        label="Methods beside their baselines",
        icon=ICON,
        query_params=state.link(tab="results"),
    )
