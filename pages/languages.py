"""Languages: every run of every language side by side, with the papers' figures."""

from __future__ import annotations

import streamlit as st

st.title("Languages")
