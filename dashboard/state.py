"""What is being looked at. The URL is the only truth, so that every view can be sent to a colleague.

Nothing else in the dashboard touches `st.query_params` or `st.session_state`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import streamlit as st

TOUR_STEPS = 5
PAGE_SIZE = 50
ORDERS = ("position", "least_confident")
CHANGES = ("changed", "fixed", "broken", "moved")


@dataclass(frozen=True, slots=True)
class View:
    """A view of the workspace, as far as the URL tells. `sentence` is a position; `page` counts from 1."""

    dataset: str = ""
    run: str = ""
    sentence: int = -1
    page: int = 1
    order: str = "position"
    gold: str = ""
    label: str = ""
    changed: str = ""
    text: str = ""
    entry: str = ""
    task: str = ""
    language: str = ""
    find: str = ""
    tour: int = 0
    present: bool = False


FILTERS = ("page", "order", "gold", "label", "changed", "text")
RESETS: dict[str, tuple[str, ...]] = {
    "dataset": ("run", "sentence", *FILTERS),
    "run": FILTERS,
    **{name: ("page",) for name in FILTERS if name != "page"},
    "find": ("entry",),
    "task": ("entry",),
    "language": ("entry",),
}
SHARED = ("dataset", "run", "sentence", "tour", "present")
DECIDED = "decided"
_DEFAULT = View()


def parse(params: Mapping[str, str]) -> View:
    """The view a URL describes; values that make no sense are left at their default."""
    read: dict[str, Any] = {}
    for field in fields(View):
        if field.name in params:
            read[field.name] = _typed(params[field.name], getattr(_DEFAULT, field.name))
    view = View(**read)
    return replace(
        view,
        page=max(1, view.page),
        order=view.order if view.order in ORDERS else "position",
        changed=view.changed if view.changed in CHANGES else "",
        tour=view.tour if 0 <= view.tour <= TOUR_STEPS else 0,
    )


def _typed(text: str, default: object) -> object:
    if isinstance(default, bool):
        return text.lower() in {"1", "true", "yes"}
    if isinstance(default, int):
        return int(text) if text.lstrip("-").isdecimal() and len(text) < 12 else default
    return text


def params(view: View) -> dict[str, str]:
    """The query parameters of a view; what is at its default is left out."""
    changed = {
        f.name: getattr(view, f.name)
        for f in fields(View)
        if getattr(view, f.name) != getattr(_DEFAULT, f.name)
    }
    return {name: "1" if value is True else str(value) for name, value in changed.items()}


def changed(view: View, **changes: object) -> View:
    """The view after a change; what hangs on the changed part (filters, page, run) is reset."""
    resets = {name for change in changes for name in RESETS.get(change, ())} - set(changes)
    values: dict[str, Any] = {name: getattr(_DEFAULT, name) for name in resets}
    return replace(view, **{**values, **changes})


def asked() -> View:
    """The view as far as this session's URL tells."""
    return parse(st.query_params.to_dict())


def view() -> View:
    """The view of this session: the URL's, and what was decided where it leaves the data set or run open."""
    told = asked()
    dataset, run = st.session_state.get(DECIDED, ("", ""))
    if told.dataset and told.dataset != dataset:
        return told
    return replace(told, dataset=told.dataset or dataset, run=told.run or run)


def decide(dataset: str, run: str) -> None:
    """Fill in what the URL leaves open.

    Not written into the URL at once: that would add an entry to the browser's history which "back"
    could never leave. The first change or link carries it.
    """
    st.session_state[DECIDED] = (dataset, run)


def go(**changes: object) -> None:
    """Change the view; the URL follows."""
    _write(changed(view(), **changes))


def _write(target: View) -> None:
    if params(target) != st.query_params.to_dict():
        st.query_params.from_dict(params(target))


def link(**changes: object) -> dict[str, str]:
    """Query parameters of a link to another page: what all pages share, and the changes."""
    current = view()
    shared = View(**{name: getattr(current, name) for name in SHARED})
    return params(replace(changed(shared, **changes), **{k: v for k, v in changes.items() if k in RESETS}))  # type: ignore[arg-type]


def bound(name: str, *, empty: object = None) -> dict[str, Any]:
    """Arguments that tie a widget to one part of the view, both ways.

    `empty` is the widget's value for "nothing chosen" where that is not the default's own.
    """
    key = f"url-{name}"
    value = getattr(view(), name)
    st.session_state[key] = empty if value == getattr(_DEFAULT, name) and empty is not None else value
    return {"key": key, "on_change": _from_widget, "args": (name, key, empty)}


def _from_widget(name: str, key: str, empty: object) -> None:
    value = st.session_state[key]
    default = getattr(_DEFAULT, name)
    go(**{name: default if value is None or value == empty else value})


def row_to_view(key: str, name: str, values: Sequence[object]) -> dict[str, Any]:
    """Arguments that make a click on a table row set one part of the view to that row's value."""
    return {"key": key, "on_select": lambda: _from_rows(key, name, values)}


def _from_rows(key: str, name: str, values: Sequence[object]) -> None:
    rows = list(st.session_state[key]["selection"]["rows"])
    if rows and rows[0] < len(values):
        go(**{name: values[rows[0]]})


def cell_to_view(key: str) -> dict[str, Any]:
    """Arguments that make a click on a confusion cell filter the sentences by (gold, predicted)."""
    return {"key": key, "on_select": lambda: _from_points(key)}


def _from_points(key: str) -> None:
    points = list(st.session_state[key]["selection"]["points"])
    data = points[0].get("customdata") if points else None
    if data and len(data) >= 2:
        go(gold=str(data[0]), label=str(data[1]))


def dark() -> bool:
    """Whether this session shows the dark theme."""
    return st.context.theme.type == "dark"
