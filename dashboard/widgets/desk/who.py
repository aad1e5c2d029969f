"""Whose desk it is: asked once, kept by the browser, never in an address."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import state

HERE = Path(__file__).parent
KEY = "annotator"
LONGEST = 60
INPUT = '<input name="who" maxlength="60" autocomplete="name">'
FIELD = f"<label>Your name, as it will stand beside your labels{INPUT}</label>"
HTML = (
    f'<div class="who"><form hidden>{FIELD}<button type="submit">Start</button></form>'
    '<p hidden>Annotator: <bdi></bdi> <button id="change" type="button">change</button></p></div>'
)
USUAL = "SSP_ANNOTATOR"
"""The variable that names whoever sits here where the browser knows nobody."""


@lru_cache(maxsize=1)
def _component() -> Any:
    return st.components.v2.component(
        "ssp_annotator",
        html=HTML,
        css=(HERE / "who.css").read_text("utf8"),
        js=(HERE / "who.js").read_text("utf8"),
    )


def who() -> str:
    """Show who annotates, or ask; returns the name, "" while nobody said.

    After a restart of the server the window tells the name again, before the server knows the window's key:
    so what counts is what the component returns.
    """
    known = _plain(state.kept(KEY) or os.environ.get(USUAL, ""))
    data = {"name": known, "readonly": state.view().present}
    said = _component()(data=data, key=KEY, on_who_change=_heard).get("who")
    told = _plain(said) or known
    state.keep(KEY, told)
    return told


def _plain(said: object) -> str:
    return " ".join(said.replace("|", " ").split())[:LONGEST] if isinstance(said, str) else ""


def _heard() -> None:
    """What was said is read when the page is made."""
