"""Which method, on which data; what to do where a method cannot do the data at hand."""

from __future__ import annotations

import streamlit as st

from core.catalog.method_table import Method, methods
from core.types import Dataset
from dashboard import methods as asked
from dashboard import naming, queries, routes, state
from dashboard.widgets.empty import empty
from dashboard.widgets.layout import made_here


def method() -> Method:
    """The picker, and the method it stands at."""
    known = methods()
    usual = asked.usual()
    st.segmented_control(
        "Method",
        list(known),
        format_func=lambda key: known[key].title,
        required=True,
        label_visibility="collapsed",
        **state.bound("method", empty=usual),
    )
    return asked.chosen()


def about(dataset: Dataset | None) -> None:
    """What the figures below are about."""
    if dataset is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(naming.in_badge(naming.language_task(dataset)), color="blue")
        made_here(dataset)
        st.text(dataset.name)


def fitting(method: Method, dataset: Dataset | None) -> Dataset | None:
    """The data set, if the method does its task; where not, what to do instead is shown."""
    if dataset is None:
        empty(
            "No data yet",
            "Import a data set, prepare the embedded sample, or try the method on the demo world.",
            command="ssp sample",
            page="" if state.view().present else routes.IMPORT,
            go="Open the catalog",
        )
        return None
    able = asked.tasks(method)
    if dataset.task in able:
        return dataset
    names = ", ".join(naming.TASKS[task] for task in able) or "no task of this version"
    st.info(
        f"{method.title} labels whole texts, not words: {names}. This data set is about "
        f"{naming.TASKS[dataset.task].lower()}.",
        icon=":material/info:",
    )
    others = [item for item in queries.in_order(queries.datasets()) if item.task in able][:6]
    for item in others:
        there = state.link(dataset=item.id, method=method.key, tab=state.view().tab)
        title = f"{naming.language_task(item)}: {item.name}"
        st.page_link(
            routes.METHOD, label=naming.plain(title), icon=":material/arrow_forward:", query_params=there
        )
    return None
