"""What is being looked at. The URL is the only truth, so that every view can be sent to a colleague.

Nothing else in the dashboard touches `st.query_params` or `st.session_state`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.view import (
    DEFAULT,
    OF_THE_FILE,
    PAGE_SIZE,
    RESETS,
    TOUR_STEPS,
    View,
    changed,
    params,
    parse,
)

__all__ = ["OF_THE_FILE", "PAGE_SIZE", "TOUR_STEPS", "View", "changed", "params", "parse"]

SHARED = ("dataset", "run", "sentence", "tour", "present")
DECIDED = "decided"
KEPT = "kept"
LONGEST = 1500
"""Characters a table may take in the URL; a longer one is kept by the session, and named there."""


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
    st.session_state[key] = empty if value == getattr(DEFAULT, name) and empty is not None else value
    return {"key": key, "on_change": _from_widget, "args": (name, key, empty)}


def _from_widget(name: str, key: str, empty: object) -> None:
    value = st.session_state[key]
    default = getattr(DEFAULT, name)
    go(**{name: default if value is None or value == empty else value})


def optional(name: str) -> dict[str, Any]:
    """As `bound`, for a widget whose value is None where nothing is chosen."""
    arguments = bound(name)
    st.session_state[arguments["key"]] = getattr(view(), name) or None
    return arguments


def with_chosen(options: Sequence[str], name: str) -> list[str]:
    """The options of a widget, and what the address asks for beside them."""
    chosen = getattr(view(), name)
    return [*options, chosen] if chosen and chosen not in options else [*options]


def bound_tabs(name: str, titles: Mapping[str, str]) -> dict[str, Any]:
    """Arguments that tie `st.tabs` to one part of the view: its value -> the title of its tab."""
    key = f"url-{name}"
    now = getattr(view(), name)
    st.session_state[key] = titles.get(now, titles[getattr(DEFAULT, name)])
    values = {title: value for value, title in titles.items()}
    return {"key": key, "on_change": lambda: go(**{name: values[st.session_state[key]]})}


def bound_feed(now: str) -> dict[str, Any]:
    """Arguments that tie a widget to what the desk hands out: the name of a feed, or a queue's number."""
    st.session_state["url-feeds"] = now
    return {"key": "url-feeds", "on_change": _from_feeds}


def _from_feeds() -> None:
    if chosen := st.session_state["url-feeds"]:  # None: pressed again, and the feed stays
        go(**({"queue": int(chosen)} if chosen.isdecimal() else {"feed": chosen}))


def bound_item(name: str, item: str) -> dict[str, Any]:
    """Arguments that tie a widget to one row of a part of the view that is a table."""
    key = f"url-{name}-{item}"
    st.session_state[key] = table(getattr(view(), name)).get(item, "")
    return {"key": key, "on_change": _item_from_widget, "args": (name, item, key)}


def _item_from_widget(name: str, item: str, key: str) -> None:
    rows = {**table(getattr(view(), name)), item: st.session_state[key]}
    go(**{name: written({row: value for row, value in rows.items() if value})})


def bound_setting(
    name: str, item: str, default: Any, now: Any, *, spares: Sequence[str] | None = None
) -> dict[str, Any]:
    """As `bound_item`, for a row that is left out of the table at its default.

    `now` is what the widget shows. With `spares`, a change forgets all other rows but these.
    """
    key = f"url-{name}-{item}"
    st.session_state[key] = now
    return {"key": key, "on_change": _setting_from_widget, "args": (name, item, key, default, spares)}


def _setting_from_widget(name: str, item: str, key: str, default: Any, spares: Sequence[str] | None) -> None:
    value = st.session_state[key]
    set_row(name, item, default if value is None else value, default, spares=spares)


def bound_steps(name: str, item: str, default: Any, options: Sequence[Any]) -> dict[str, Any]:
    """As `bound_setting`, for the live slider, which tells which of the options it has come to.

    While it moves the address stays as it is: every address would be a step of the browser's "back".
    """
    key = f"url-{name}-{item}"

    def moving() -> None:
        step = st.session_state[key]["step"]
        if _is_place(step, options):
            keep(f"moving-{name}", (_place(), {**_moving(name), item: options[step]}))

    def rested() -> None:
        step = st.session_state[key]["rest"]
        if _is_place(step, options):
            set_row(name, item, options[step], default)

    return {"key": key, "on_step_change": moving, "on_rest_change": rested}


def _is_place(step: object, options: Sequence[Any]) -> bool:
    return isinstance(step, int) and 0 <= step < len(options)


def _place() -> tuple[str, str]:
    return view().dataset, view().run


def _moving(name: str) -> dict[str, Any]:
    """Rows of sliders that have not come to rest; those of another run are forgotten."""
    place, found = kept(f"moving-{name}", ((), {}))
    return found if place == _place() else {}


def rows(name: str) -> dict[str, Any]:
    """A part of the view that is a table, with the rows that sliders are just moving."""
    return {**table(getattr(view(), name)), **_moving(name)}


def set_row(name: str, item: str, value: Any, default: Any, *, spares: Sequence[str] | None = None) -> None:
    """Set one row of a part of the view that is a table (see `bound_setting`)."""
    others = {row: said for row, said in rows(name).items() if spares is None or row in spares}
    others.pop(item, None)
    set_table(name, others if value == default else {**others, item: value})


def set_table(name: str, wanted: Mapping[str, Any]) -> None:
    """Set a part of the view that is a table."""
    keep(f"moving-{name}", ((), {}))
    go(**{name: written(wanted)})


def table(text: str) -> dict[str, Any]:
    """A part of the view that is a table; {} for one that cannot be read."""
    try:
        found = json.loads(kept(text, text) if text.startswith("~") else text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def written(rows: Mapping[str, object]) -> str:
    """A table as a part of the view."""
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""
    if len(text) <= LONGEST:
        return text
    name = f"~{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    keep(name, text)
    return name


def keep(name: str, value: object) -> None:
    """Remember for this session what no URL can hold: an uploaded file, a long table."""
    st.session_state[f"{KEPT}-{name}"] = value


def kept(name: str, default: Any = None) -> Any:
    """What `keep` was told."""
    return st.session_state.get(f"{KEPT}-{name}", default)


def widget(key: str) -> Any:
    """What the widget of that key holds; None where it is not on the page."""
    return st.session_state.get(key)


def show(key: str, value: object) -> None:
    """What a widget that is about to be shown holds."""
    st.session_state[key] = value


def edits(key: str) -> dict[int, dict[str, Any]]:
    """Row number -> column -> new value, as the user changed them in the table editor of that key."""
    return dict(st.session_state[key]["edited_rows"])


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


def point_to_view(key: str, name: str) -> dict[str, Any]:
    """Arguments that make a click on a point set one part of the view to its datum, a whole number."""
    return {"key": key, "on_select": lambda: _from_point(key, name)}


def _from_point(key: str, name: str) -> None:
    points = list(st.session_state[key]["selection"]["points"])
    data = points[0].get("customdata") if points else None
    if isinstance(data, int):
        go(**{name: data})


def pick_to_view(key: str, name: str) -> dict[str, Any]:
    """Arguments that make a token chosen in a strip set one part of the view to its place; again: to none."""
    return {"key": key, "on_pick_change": lambda: _from_pick(key, name)}


def _from_pick(key: str, name: str) -> None:
    place = st.session_state[key]["pick"]
    if isinstance(place, int) and place >= 0:
        go(**{name: getattr(DEFAULT, name) if place == getattr(view(), name) else place})


def dark() -> bool:
    """Whether this session shows the dark theme."""
    return st.context.theme.type == "dark"
