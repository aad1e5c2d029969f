"""Audit: how far people agree, what was done, by whom and how long it took; taking it back."""

from __future__ import annotations

import streamlit as st

st.title("Audit")
