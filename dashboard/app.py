"""The front door: one frame for all pages."""

from __future__ import annotations

import streamlit as st

from dashboard import current, routes, state
from dashboard.widgets import errors, frame, tour

st.set_page_config(
    page_title="SSP Studio",
    page_icon=str(frame.ASSETS / "icon.png"),
    layout="wide",
    initial_sidebar_state="collapsed" if state.view().present else 270,
)
pages = [
    st.Page(path, title=title, icon=icon, url_path=url, default=path == routes.OVERVIEW)
    for path, (title, icon, url) in routes.TITLES.items()
]
chosen = st.navigation(pages, position="hidden")
st.logo(str(frame.ASSETS / "logo.svg"), size="large")
frame.style()
with errors.shown():
    current.settle()
    with st.sidebar:
        frame.menu()
        frame.pickers()
        frame.foot()
    tour.banner()
    chosen.run()
