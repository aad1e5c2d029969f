"""Columns that come below each other where the window is narrow."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def beside(weights: Sequence[int], *, key: str) -> Sequence[DeltaGenerator]:
    """As `st.columns`; each has the whole width in a window under 1250 pixels (`compare.css`)."""
    with st.container(key=f"beside-{key}"):
        return st.columns(list(weights), gap="large")
