"""Brings a part of the page into sight when what it shows has changed by a click elsewhere."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def _component() -> Any:
    return st.components.v2.component(
        "ssp_reach",
        html='<div id="said" role="status" aria-live="polite"></div>',
        css=(HERE / "reach.css").read_text("utf8"),
        js=(HERE / "reach.js").read_text("utf8"),
    )


def reach(shows: str, said: str, *, key: str) -> None:
    """Scroll here when `shows` is another than before, unless it is the first; `said` is read out then."""
    _component()(data={"shows": shows, "said": said}, key=key)
