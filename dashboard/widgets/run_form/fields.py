"""One field of a recipe as a widget that fits its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import actions, field_texts, plans, queries, state
from dashboard.field_texts import FieldText
from dashboard.plans import Plan


def part_fields(plan: Plan, table: str, name: str) -> None:
    """The settings of a part: the main ones in view, the others folded away."""
    values = plans.values(plan, table, name)
    first = [key for key in field_texts.MAIN.get(table, ()) if key in values]
    others = [key for key in values if key not in first]
    if len(values) <= 4:
        first, others = [*first, *others], []
    _grid(plan, table, name, {key: values[key] for key in first})
    if others:
        with st.expander(f"{len(others)} more settings"):
            _grid(plan, table, name, {key: values[key] for key in others})


def _there(plan: Plan, item: str, default: Any, now: Any, text: FieldText) -> None:
    """A choice among what this workspace has."""
    options = {"": "none", **THERE[item](plan)}
    pick(item, default, str(now), options, text)


def _parallel(plan: Plan) -> dict[str, str]:
    """Data sets of sentence pairs, one side in the target's language."""
    found = [queries.dataset(name) for name in queries.parallel_sets(plan.dataset)]
    return {item.id: f"{item.name} ({item.n_instances:,})" for item in found}


def _prompts(_plan: Plan) -> dict[str, str]:
    """Trained prompts by their files; what one was trained for shows when it is used."""
    return {str(path): f"{path.stem[:6]}, kept {_day(path)}" for path in actions.kept_prompts()}


def _day(path: Path) -> str:
    return f"{datetime.fromtimestamp(path.stat().st_mtime, UTC):%Y-%m-%d %H:%M} UTC"


THERE: Mapping[str, Callable[[Plan], dict[str, str]]] = {
    "stage1.parallel": _parallel,
    "stage1.prompt": _prompts,
}
"""Settings that name something of this workspace."""


def _grid(plan: Plan, table: str, name: str, values: Mapping[str, tuple[Any, Any]]) -> None:
    found = plans.part(table, name)
    columns = st.columns(2)
    for place, (key, (default, now)) in enumerate(values.items()):
        item, text = f"{table}.{key}", field_texts.text(table, key, found)
        with columns[place % 2]:
            if item in THERE:
                _there(plan, item, default, now, text)
            else:
                field(item, default, now, text)


def field(item: str, default: Any, now: Any, text: FieldText) -> None:
    """A widget for one setting, tied to the plan in the address."""
    if text.options:
        options = list(dict.fromkeys((*text.options, now)))
        pick(item, default, now, {name: text.options.get(name, str(name)) for name in options}, text)
    elif isinstance(default, bool):
        st.checkbox(text.label, help=text.help or None, **bound(item, default, now))
    elif isinstance(default, int | float):
        _number(item, default, now, text)
    elif isinstance(default, tuple | list):
        words = [str(word) for word in now]
        st.multiselect(
            text.label,
            words,
            accept_new_options=True,
            placeholder="none",
            help=text.help or None,
            **bound(item, [str(word) for word in default], words),
        )
    else:
        st.text_input(text.label, help=text.help or None, **bound(item, default, str(now)))


def _number(item: str, default: float, now: float, text: FieldText) -> None:
    whole = isinstance(default, int)
    st.number_input(
        text.label,
        step=1 if whole else None,
        format=None if whole else "%g",
        help=text.help or None,
        **bound(item, default, int(now) if whole else float(now)),
    )


def pick(
    item: str,
    default: Any,
    now: Any,
    options: Mapping[str, str],
    text: FieldText,
    *,
    spares: Sequence[str] | None = None,
) -> None:
    """A choice from a list; one that the address asks for and is not in it is shown as it stands."""
    names = {**options} if now in options else {**options, now: str(now)}
    st.selectbox(
        text.label,
        list(names),
        format_func=names.__getitem__,
        help=text.help or None,
        **bound(item, default, now, spares),
    )


def bound(item: str, default: Any, now: Any, spares: Sequence[str] | None = None) -> dict[str, Any]:
    """Arguments that tie a widget to one row of the plan."""
    return state.bound_setting("plan", item, default, now, spares=spares)


def without(plan: Plan, *tables: str) -> list[str]:
    """The rows of the plan that stay when these tables begin afresh."""
    return [key for key in plan.rows if key.partition(".")[0] not in tables or "." not in key]
