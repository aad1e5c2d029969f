"""Tabs that follow the address both ways, also where a link or a button changed it.

A browser keeps the tab that was clicked as long as the tabs stay the same element, whatever the server says
of them: after a change from elsewhere they become another element.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import state


def bound(name: str, titles: Mapping[str, str]) -> dict[str, Any]:
    """Arguments that tie `st.tabs` to one part of the view: its value -> the title of its tab."""
    now = getattr(state.view(), name)
    now = now if now in titles else ""
    shown, times = state.kept(f"tabs-{name}", (now, 0))
    times += shown != now
    state.keep(f"tabs-{name}", (now, times))
    key = f"tabs-{name}-{times}"
    state.show(key, titles[now])
    values = {title: value for value, title in titles.items()}

    def clicked() -> None:
        value = values[state.widget(key)]
        state.keep(f"tabs-{name}", (value, times))
        state.go(**{name: value})

    return {"key": key, "on_change": clicked}
