"""Labels the task does not know: what the user wants done with each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.decisions import Decision, problem_of
from core.inspection import Inspection, Problem
from core.tasks import tasks
from core.types import TaskName
from dashboard import state
from dashboard.widgets.import_found import first_of, one_file

ACTIONS = {"keep": "keep as a new label", "map": "map to", "drop": "drop"}
ACTION_OF = {title: action for action, title in ACTIONS.items()}
DROPPED: dict[TaskName, str] = {
    "pos": "A token whose label is dropped becomes X.",
    "ner": "A token whose label is dropped becomes O.",
    "nli": "An item whose label is dropped stays, without a label.",
    "topic": "An item whose label is dropped stays, without a label.",
}
USUAL_TYPES = ("PER", "LOC", "ORG", "DATE", "MISC")


def decisions(unknown: Iterable[str]) -> dict[str, Decision]:
    """What the address says of the unknown labels: a text maps, true keeps, null drops."""
    rows = state.table(state.view().mapping)
    return {label: _decision(label, rows[label]) for label in unknown if label in rows}


def _decision(label: str, said: object) -> Decision:
    if isinstance(said, str):
        return Decision(label, "map", said)
    return Decision(label, "keep" if said else "drop")


def _written(table: Mapping[str, Decision]) -> str:
    values: dict[str, object] = {"keep": True, "drop": None}
    return state.written(
        {label: item.target if item.action == "map" else values[item.action] for label, item in table.items()}
    )


def undecided(unknown: Iterable[str], table: Mapping[str, Decision], task: TaskName) -> list[str]:
    """The labels nobody has decided about in a way that can be carried out."""
    return [label for label in unknown if label not in table or problem_of(task, table[label])]


def mapping(found: Inspection, task: TaskName, table: Mapping[str, Decision]) -> None:
    """A row per unknown label: how often, where first, what it may mean, and what to do with it."""
    if not found.unknown:
        return
    n = len(found.unknown)
    st.markdown(f"#### {n:,} label{'s' * (n != 1)} the task does not know")
    st.caption(
        f"Decide about each: keep it as a new label, map it to another, or drop it. {DROPPED[task]} "
        "What the file had is kept beside it, and can be exported again."
    )
    hints = {item.label: item for item in found.suggested}
    key = f"mapping-{state.kept('mapping-round', 0)}"
    st.data_editor(
        _rows(found, table, hints),
        hide_index=True,
        disabled=["label", "count", "first", "suggestion"],
        height=min(360, 38 + 35 * n),
        placeholder="–",
        column_config=_columns(found, task, table),
        key=key,
        alt="Unknown labels; choose what to do with each",
        on_change=_decide,
        args=(key, list(found.unknown), hints),
    )
    _buttons(found, task, table, hints)
    for label in found.unknown:
        if label in table and (reason := problem_of(task, table[label])):
            st.text(f"{reason}.")


def _rows(found: Inspection, table: Mapping[str, Decision], hints: Mapping[str, Decision]) -> pd.DataFrame:
    first = first_of(found)
    return pd.DataFrame(
        [
            {
                "label": label,
                "count": count,
                "first": _place(first.get(label), found),
                "suggestion": _told(hints[label]),
                "decision": ACTIONS[table[label].action] if label in table else None,
                "target": (table[label].target or None) if label in table else None,
            }
            for label, count in found.unknown.items()
        ]
    )


def _place(first: Problem | None, found: Inspection) -> str:
    if first is None:
        return ""
    return f"line {first.line}" if one_file(found) and first.line else first.where


def _told(hint: Decision) -> str:
    return f"map to {hint.target}" if hint.action == "map" else hint.action


def _columns(found: Inspection, task: TaskName, table: Mapping[str, Decision]) -> dict[str, Any]:
    text, choice = st.column_config.TextColumn, st.column_config.SelectboxColumn
    return {
        "label": text("label in the file", width=105),
        "count": st.column_config.NumberColumn(format="localized", width=58),
        "first": text("first at", width=90),
        "suggestion": text(width=100),
        "decision": choice("what to do", options=list(ACTIONS.values()), width=150),
        "target": choice("map to", options=_targets(found, task, table), width=95),
    }


def _targets(found: Inspection, task: TaskName, table: Mapping[str, Decision]) -> list[str]:
    """What a label can be mapped to: the task's own labels, those of the file, those suggested or chosen."""
    usual: Sequence[str] = tasks[task].labels
    if task == "ner":
        usual = ("O", *USUAL_TYPES, *(f"{edge}-{name}" for name in USUAL_TYPES for edge in "BI"))
    known = [label for label in found.labels if label not in found.unknown]
    meant = [item.target for item in (*found.suggested, *table.values()) if item.action == "map"]
    return [label for label in dict.fromkeys([*usual, *known, *meant]) if label]


def _decide(key: str, labels: Sequence[str], hints: Mapping[str, Decision]) -> None:
    """Take the edits of the table over into the address."""
    table = decisions(labels)
    for row, change in state.edits(key).items():
        label = labels[row]
        after = _changed(label, table.get(label), change, hints[label])
        if after is None:
            table.pop(label, None)
        else:
            table[label] = after
    state.go(mapping=_written(table))


def _changed(
    label: str, before: Decision | None, change: Mapping[str, object], hint: Decision
) -> Decision | None:
    """The decision after an edit of its row. A label to map to is enough to say that it is mapped."""
    action: str = before.action if before else ""
    target = str(change.get("target", before.target if before else "") or "")
    if "decision" in change:
        action = ACTION_OF.get(str(change["decision"] or ""), "")
    elif target:
        action = "map"
    if action == "map":
        return Decision(label, "map", target or hint.target)
    if not action:
        return None
    return Decision(label, "keep" if action == "keep" else "drop")


def _buttons(
    found: Inspection, task: TaskName, table: Mapping[str, Decision], hints: Mapping[str, Decision]
) -> None:
    still = undecided(found.unknown, table, task)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            f"Use the suggestions ({len(still)})",
            icon=":material/done_all:",
            disabled=not still,
            on_click=_take,
            args=({**table, **{label: hints[label] for label in still}},),
            help="For every label that is not decided yet.",
        )
        st.button(
            f"Keep them all ({len(still)})",
            icon=":material/add:",
            disabled=not still or task == "ner",
            on_click=_take,
            args=({**table, **{label: Decision(label, "keep") for label in still}},),
        )
        st.button("Start over", icon=":material/undo:", disabled=not table, on_click=_take, args=({},))


def _take(table: Mapping[str, Decision]) -> None:
    """Decide with a button; the table's own edits are in there, so its editor begins anew."""
    state.keep("mapping-round", state.kept("mapping-round", 0) + 1)
    state.go(mapping=_written(table))
