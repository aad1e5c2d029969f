"""A field for long texts that speaks while one types: Streamlit's own speaks when it is left."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import state

HERE = Path(__file__).parent
BOX = '<pre aria-hidden="true"></pre><textarea id="text" spellcheck="false"></textarea>'
HTML = f'<div class="editor"><label for="text"></label><div class="box">{BOX}</div></div>'
LONGEST = 50_000
"""Characters that are kept of a text."""


@lru_cache(maxsize=1)
def _component() -> Any:
    return st.components.v2.component(
        "ssp_editor",
        html=HTML,
        css=(HERE / "editor.css").read_text("utf8"),
        js=(HERE / "editor.js").read_text("utf8"),
    )


def editor(label: str, text: str, *, name: str, rows: int = 18, wrong: int = 0) -> None:
    """A text to edit; what is typed is kept under `name` (see `state.kept`). `wrong` marks a line, from 1.

    `text` is shown when the page is new, or when something else than typing changed it.
    """
    key = f"typed-{name}"

    def typed() -> None:
        said = (state.widget(key) or {}).get("text")
        if isinstance(said, str):
            state.keep(name, said[:LONGEST])

    data = {"label": label, "text": text, "rows": rows, "wrong": wrong}
    _component()(data=data, key=key, on_text_change=typed)
