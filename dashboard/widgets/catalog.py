"""The catalog on the import page: find an entry, read its terms, import it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import catalog
from core.catalog import CatalogEntry
from core.errors import UnknownName
from core.settings import settings
from dashboard import actions, naming, routes, state
from dashboard.widgets import cards, errors, import_language
from dashboard.widgets.export import export_menu

KINDS = {
    "ssp-release": "SSP paper release",
    "files": "public files",
    "sample": "embedded sample",
    "world": "demo world",
}
MADE_HERE = {"sample": "illustrative", "world": "synthetic"}
"""Kinds that come with the program, and what is said of them."""


def search(table: pd.DataFrame) -> pd.DataFrame:
    """Filters above the catalog; returns the rows that pass."""
    view = state.view()
    wanted = _code(view.language)
    languages = sorted(set(zip(table.language, table.code, strict=True)))
    names = {code: name for name, code in languages}
    others = {wanted, view.language} - {"", *names}  # asked for on the other tab, or by an address
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        st.text_input(
            "Search",
            placeholder="language, code or name",
            icon=":material/search:",
            width=260,
            **state.bound("find"),
        )
        st.selectbox(
            "Language",
            ["", *(code for _, code in languages), *sorted(others)],
            format_func=lambda code: names.get(code, code or "any"),
            width=220,
            **state.bound("language"),
        )
        st.segmented_control(
            "Task",
            list(naming.SHORT_TASKS),
            format_func=naming.SHORT_TASKS.__getitem__,
            **state.bound("task"),
        )
    return matching(table, view.find, wanted, view.task)


def _code(tag: str) -> str:
    """The code the catalog uses for a language, where it knows it."""
    try:
        return catalog.language(tag).code if tag else ""
    except UnknownName:
        return tag


def nothing_found() -> None:
    """The way on from a search that found nothing: a file of one's own."""
    st.info(
        "Nothing in the catalog matches. Clear the search, or import a file of your own:",
        icon=":material/search_off:",
    )
    if not state.view().present:
        there = state.link(tab="file", task=state.view().task, language=state.view().language)
        icon = ":material/upload_file:"
        st.page_link(routes.IMPORT, label="Your own file", icon=icon, query_params=there)
    st.caption("On the command line")
    st.code("ssp import FILE --task pos --language CODE", language=None)


def matching(table: pd.DataFrame, find: str, language: str, task: str) -> pd.DataFrame:
    """Rows whose text holds every word of `find`, in one language and task where those are given."""
    text = (table.id + " " + table.name + " " + table.language + " " + table.code).str.lower()
    keep = pd.Series(data=True, index=table.index)
    for word in find.lower().split():
        keep &= text.str.contains(word, regex=False)
    for column, wanted in (("code", language), ("task", task)):
        if wanted:
            keep &= table[column] == wanted
    return table[keep]


def entry_list(rows: pd.DataFrame) -> None:
    """The entries as a table; a click shows one below."""
    shown = rows.assign(
        task=rows.task.map(naming.SHORT_TASKS),
        kind=rows.kind.map(KINDS),
        licence=rows.licence.replace("", "none stated"),
    )
    st.dataframe(
        shown[["language", "task", "name", "licence", "imported"]],
        hide_index=True,
        height=min(400, 40 + 35 * max(1, len(shown))),
        selection_mode="single-row",
        alt="Catalog; choose a row to see its terms",
        column_config={
            "language": st.column_config.TextColumn(width=115),
            "task": st.column_config.TextColumn(width=55),
            "name": st.column_config.TextColumn("data set", width=195),
            "licence": st.column_config.TextColumn(width=205),
            "imported": st.column_config.CheckboxColumn(width=75),
        },
        **state.row_to_view(f"catalog-{hash(tuple(rows.id))}", "entry", list(rows.id)),
    )
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(f"{len(rows):,} data sets" if len(rows) != 1 else "1 data set", width="content")
        export_menu({"Catalog": shown}, stem="catalog", key="catalog")


def terms(entry: CatalogEntry) -> None:
    """Licence, citation and origin of an entry, before anything is fetched."""
    st.markdown(f"### {naming.language_name(entry.language)}")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.badge(naming.TASKS[entry.task], color="blue")
        st.badge(KINDS.get(entry.kind, entry.kind), color="gray")
        if entry.kind in MADE_HERE:
            st.badge(MADE_HERE[entry.kind], color="orange", icon=":material/science:")
    st.text(entry.name)
    import_language.seen_by(entry.language)
    facts = {
        "Licence": entry.licence or "none stated by the publisher",
        "Size": cards.OFFERED.get(entry.id, ""),
        "Note": str(entry.meta.get("note", "")),
        "Fetched from": _origin(entry),
        "Citation": entry.citation or "none given",
        "Files": "\n".join(f"{file.split}: {file.path}" for file in entry.files),
    }
    shown = [(name, fact) for name, fact in facts.items() if fact]
    for place, column in enumerate(st.columns(2, gap="large")):
        for name, fact in shown[:-2] if place == 0 else shown[-2:]:
            with column.container(gap=None):
                st.caption(name)
                st.text(fact)


def _origin(entry: CatalogEntry) -> str:
    if entry.kind in MADE_HERE:
        return "this project"
    base = settings().mirror or settings().live_base
    return f"{base.rstrip('/')}/{entry.repository}"


def import_form(entry: CatalogEntry, *, present: bool, imported: bool) -> None:
    """Consent, then the import with its progress; a failure is one message."""
    if present:
        return
    if imported:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge("already in this workspace", color="green", icon=":material/check:")
            there = state.link(dataset=entry.id)
            st.page_link(routes.OVERVIEW, label="See its card", icon=":material/home:", query_params=there)
    agreed = entry.kind in MADE_HERE or st.checkbox(
        "I have read the licence and will cite the source", key=f"agree-{entry.id}"
    )
    st.caption(f"On the command line: `ssp import {entry.id}`")
    if st.button(
        "Import again" if imported else "Import",
        type="primary",
        icon=":material/download:",
        disabled=not agreed,
    ):
        with errors.shown():
            _import(entry)


def _import(entry: CatalogEntry) -> None:
    bar = st.progress(0.0, text="fetching")

    def report(what: str, done: int, total: int) -> None:
        bar.progress(min(1.0, done / total) if total else 0.0, text=what)

    try:
        answer = actions.import_dataset(entry.id, report)
    finally:
        bar.empty()
    state.go(dataset=answer["dataset"], entry=entry.id)
    st.toast(f"Imported {answer['instances']:,} instances of {entry.name}", icon=":material/check:")
    for missing in answer.get("skipped") or answer.get("notes") or []:
        st.toast(f"Left out: {missing}", icon=":material/info:")
    st.rerun()
