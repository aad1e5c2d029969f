"""Import: a public data set with its licence, a file of one's own, or labels made elsewhere."""

from __future__ import annotations

import streamlit as st

from core import catalog
from dashboard import queries, state
from dashboard.widgets import catalog as browser
from dashboard.widgets import import_file, label_file

TABS = {"": "Public data", "file": "Your own file", "labels": "Labels for data that is here"}

view = state.view()
st.title("Import")
public, own, labels = st.tabs(list(TABS.values()), **state.bound_tabs("tab", TABS))
with own:
    if own.open:
        import_file.own_file()
with labels:
    if labels.open:
        label_file.labels_of_a_file()
with public:
    if not public.open:
        st.stop()
    st.markdown(
        "Public data sets, with the licence and citation their publishers ask for. "
        "Nothing is fetched before you agree."
    )
    table = queries.catalog_table()
    rows = browser.search(table)
    if rows.empty:
        browser.nothing_found()
        st.stop()
    browser.entry_list(rows)
    if not view.entry:
        st.info(
            "Choose a row to see its licence, its citation and where it comes from.",
            icon=":material/touch_app:",
        )
        st.stop()
    entry = catalog.entry(view.entry)
    with st.container(border=True, key="entry"):
        browser.terms(entry)
        browser.import_form(
            entry, present=view.present, imported=bool(table.set_index("id").imported[entry.id])
        )
