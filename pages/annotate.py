"""Annotate: a linguist overrules noisy labels by keyboard, and sees what that is worth."""

from __future__ import annotations

import streamlit as st

st.title("Annotate")
