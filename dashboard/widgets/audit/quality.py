"""How good the labels are, as items say that were drawn at random and labelled blind."""

from __future__ import annotations

import streamlit as st

from core.types import Dataset
from dashboard import current, naming, queries, routes, state
from dashboard.current import Here
from dashboard.widgets.export import Tables
from dashboard.widgets.loop.estimate import estimate

SECONDS = 2.0
"""Between two looks at what is being worked out."""


def quality(dataset: Dataset, who: str) -> Tables:
    """The audit's estimate of the run of the view, and where blind items are labelled."""
    del who
    here = _here(dataset)
    if here is None:
        st.info(
            f"There is no run of {naming.plain(naming.language_task(dataset))} whose labels could be judged.",
            icon=":material/info:",
        )
        return {}
    st.fragment(estimate, run_every=SECONDS)(here)
    st.page_link(
        routes.ANNOTATE,
        label="Label blind items",
        icon=":material/visibility_off:",
        query_params=state.link(feed="audit"),
    )
    return {}


def _here(dataset: Dataset) -> Here | None:
    """The run of the view, where it labelled something."""
    run = next((row for row in queries.runs(dataset.id) if row["id"] == state.view().run), None)
    if run is None or not run["stages"]:
        return None
    return current.Here(dataset, run, queries.gold_run(dataset.id))
