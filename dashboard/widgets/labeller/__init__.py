"""The labeller: labels, spans, whole items and words corrected by keyboard.

The parts are ES modules that import each other, as in a browser; they reach it as one module, since a
component's script has no address of its own. What the page tells it and hears of it is plain JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import state

HERE = Path(__file__).parent
PARTS = (
    "text", "bio", "keys", "outbox", "work", "chips", "rail", "dialogs", "field", "notices", "frame",
    "answers", "doing", "desk", "labeller",
)  # fmt: skip
"""Each stands behind those whose names it uses while it is loaded."""
STYLES = ("labeller", "beside")
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', flags=re.MULTILINE)
EXPORT = re.compile(r"^export (?!default\b)", flags=re.MULTILINE)

Message = dict[str, Any]
"""One thing somebody did, as the browser tells it: unchecked."""
Ask = dict[str, Any]
"""A question of the labeller that is answered by `reply` in its data."""


def script() -> str:
    """All parts as one module."""
    return "\n".join(EXPORT.sub("", IMPORT.sub("", _text(f"{name}.js"))) for name in PARTS)


def _text(name: str) -> str:
    return (HERE / name).read_text("utf8")


@lru_cache(maxsize=1)
def _component() -> Any:
    return st.components.v2.component(
        "ssp_labeller",
        html='<div id="mount"></div>',
        css="\n".join(_text(f"{name}.css") for name in STYLES),
        js=script(),
    )


def _heard() -> None:
    """What was said is read by the page that shows the labeller (`read`), before it shows it again."""


def labeller(data: Mapping[str, Any], *, key: str) -> None:
    """Show the labeller with its next items. What people do in it is told by `read` in the next run.

    Raises:
        ValueError: something in `data` is no plain JSON, and would reach the browser as nonsense.
    """
    json.dumps(data, allow_nan=False)
    _component()(data=dict(data), key=key, on_outbox_change=_heard, on_ask_change=_heard)


def read(key: str) -> tuple[list[Message], Ask | None]:
    """What the labeller of that key has to say: messages not yet acknowledged, in order, and its question."""
    said = state.widget(key) or {}
    outbox, ask = said.get("outbox"), said.get("ask")
    messages = (
        [message for message in outbox if isinstance(message, dict)] if isinstance(outbox, list) else []
    )
    return messages, ask if isinstance(ask, dict) else None
