"""Audit: how far people agree, what was done, by whom and how long it took; taking it back."""

from __future__ import annotations

import streamlit as st

from dashboard import current, naming
from dashboard.widgets.audit.parts import parts
from dashboard.widgets.desk import who
from dashboard.widgets.export import export_menu
from dashboard.widgets.layout import made_here

dataset = current.dataset()
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    st.title("Audit", width="content")
    buttons = st.container(horizontal=True, horizontal_alignment="right", width="content", gap="small")
with st.container(horizontal=True, vertical_alignment="center", gap="small", key="desk-head"):
    st.badge(naming.in_badge(naming.language_task(dataset)), color="blue")
    made_here(dataset)
    st.container(width="content").text(dataset.name)
    name = who.who()
tables = parts(dataset, name)
with buttons:
    export_menu(tables, stem=f"{dataset.id}-audit", key="audit", caption=f"{dataset.name} ({dataset.id})")
