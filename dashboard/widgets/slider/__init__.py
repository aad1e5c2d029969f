"""A slider whose every step on the way is answered: Streamlit's own speaks when it is let go."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import state

HERE = Path(__file__).parent
HEAD = '<div class="head"><label></label><output></output></div>'
HTML = f'<div class="slider">{HEAD}<input type="range"></div>'


@lru_cache(maxsize=1)
def _component() -> Any:
    return st.components.v2.component(
        "ssp_slider",
        html=HTML,
        css=(HERE / "slider.css").read_text("utf8"),
        js=(HERE / "slider.js").read_text("utf8"),
    )


def slider(
    label: str, options: Sequence[Any], now: Any, *, name: str, item: str, default: Any, about: str = ""
) -> None:
    """A slider over `options`, tied to row `item` of the part `name` of the view, a table.

    `now` is the option shown; a row at its `default` is left out of the table.
    """
    texts = [f"{option:g}" for option in options]
    _component()(
        data={"label": label, "help": about, "texts": texts, "step": list(options).index(now)},
        **state.bound_steps(name, item, default, options),
    )
