"""Import: choose a public data set, read its licence, bring it in."""

from __future__ import annotations

import streamlit as st

from core import catalog
from dashboard import queries, state
from dashboard.widgets import catalog as browser

view = state.view()
st.title("Import")
st.markdown(
    "Public data sets, with the licence and citation their publishers ask for. "
    "Nothing is fetched before you agree."
)
table = queries.catalog_table()
rows = browser.search(table)
if rows.empty:
    st.info(
        "Nothing in the catalog matches. Clear the search, or import a file of your own on the command line:",
        icon=":material/search_off:",
    )
    st.code("ssp import FILE --task pos --language CODE", language=None)
    st.stop()
browser.entry_list(rows)
if not view.entry:
    st.info(
        "Choose a row to see its licence, its citation and where it comes from.", icon=":material/touch_app:"
    )
    st.stop()
entry = catalog.entry(view.entry)
with st.container(border=True, key="entry"):
    browser.terms(entry)
    browser.import_form(entry, present=view.present, imported=bool(table.set_index("id").imported[entry.id]))
with st.expander("A file of your own"):
    st.markdown(
        "CoNLL-U, BIO, TSV, JSON Lines, CSV or Parquet; the format is found out, a broken line is named."
    )
    st.code("ssp import FILE --task pos --language CODE", language=None)
