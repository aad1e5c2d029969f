"""The frame around every page: menu, workspace, pickers, tour and presentation switches."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.settings import settings
from core.types import Dataset
from dashboard import actions, naming, queries, routes, state

"""The kind of a data set that the program made up (`core.world`)."""
ASSETS = Path(__file__).resolve().parents[1] / "assets"


def style() -> None:
    """The house's own style sheet; larger type while presenting."""
    st.html(ASSETS / "frame.css")
    if state.view().present:
        st.html(ASSETS / "present.css")


def menu() -> None:
    """Links to the pages; they carry the view along, so each is a link that can be sent."""
    for path, (title, icon, _) in routes.TITLES.items():
        if path not in {routes.IMPORT, routes.RUN} or not state.view().present:
            st.page_link(path, label=title, icon=icon, query_params=state.link(), width="stretch")


def pickers() -> None:
    """Language and task, data set where there are several, and run."""
    found = queries.datasets()
    view = state.view()
    current = next((item for item in found if item.id == view.dataset), None)
    if current is None:
        return
    ids = [item.id for item in queries.in_order(found)]
    names = _dataset_names(found)
    st.selectbox("Language and task", ids, format_func=lambda item: names[item], **state.bound("dataset"))
    st.caption(naming.plain(current.name))
    runs = queries.runs(current.id)
    if runs:
        titles = _run_titles(runs)
        listed = list(titles) if view.run in titles else [view.run, *titles]
        st.selectbox(
            "Run", listed, format_func=lambda item: titles.get(item, "unknown run"), **state.bound("run")
        )
        st.caption(
            next((naming.run_details(run) for run in runs if run["id"] == view.run), "not in this data set")
        )


def _dataset_names(found: list[Dataset]) -> dict[str, str]:
    """Language and task; what is made up says so, and two real data sets that share both add their names."""
    names = {item.id: naming.language_task(item) for item in found}
    real = [names[item.id] for item in found if not item.illustrative]
    return {
        item.id: f"{names[item.id]} ({'synthetic' if naming.is_synthetic(item) else 'sample'})"
        if item.illustrative
        else f"{names[item.id]} · {item.name}"
        if real.count(names[item.id]) > 1
        else names[item.id]
        for item in found
    }


def _run_titles(runs: list[queries.RunRow]) -> dict[str, str]:
    titles = {run["id"]: naming.run_title(run) for run in runs}
    shared = {title for title in titles.values() if list(titles.values()).count(title) > 1}
    return {key: f"{title} · {key[:6]}" if title in shared else title for key, title in titles.items()}


def foot() -> None:
    """The workspace, the tour, and what only a demo has."""
    folder = settings().workspace
    view = state.view()
    with st.container(gap="small", key="sidebar-foot"):
        if (
            not view.tour
            and queries.datasets()
            and st.button("Take the tour", icon=":material/tour:", type="tertiary")
        ):
            st.switch_page(routes.OVERVIEW, query_params=state.link(tour=1))
        if actions.is_demo() and not view.present:
            _reset_button()
        st.caption(f"Workspace {folder.name}", help=f"Everything is in one DuckDB file in {folder}")


def _reset_button() -> None:
    if st.button("Reset the demo", icon=":material/restart_alt:", type="tertiary"):
        with st.spinner("Restoring the demo"):
            run = actions.reset_demo(lambda *_: None)
        state.go(dataset=queries.run(run)["dataset"], run=run)
        st.rerun()
