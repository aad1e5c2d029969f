"""What a file holds, before anything of it is stored: figures, first sentences, problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd
import streamlit as st

from core.inspection import Inspection, Problem
from core.types import Direction, Record, TaskName
from dashboard import naming
from dashboard.widgets.export import Tables
from dashboard.widgets.strip import Block, Line, block, strip

FEW = 4
"""Items that are shown without a scroll bar."""
LONG, LONG_TEXT = 120, 2000
"""Tokens of a sentence and characters of a text that are shown; a page could not hold the longest."""
COLORS: dict[str, Literal["red", "orange", "gray"]] = {"error": "red", "decide": "orange", "note": "gray"}
"""By weight, the gravest first."""


def figures(found: Inspection, task: TaskName) -> None:
    """How much there is, in one line."""
    tokens = f", {found.n_tokens:,} tokens" if naming.unit(task) == "tokens" else ""
    labels = f"{len(found.labels):,} labels in the file" if found.labels else "no labels"
    st.text(f"{naming.counted(found.n_instances, task)}{tokens}, {labels}")


def preview(
    records: Sequence[Record],
    *,
    labels: Sequence[str],
    colors: Mapping[str, str],
    about: Mapping[str, str],
    direction: Direction,
) -> None:
    """The first sentences with their labels, as they would be stored."""
    blocks = [_shown(record, labels, colors) for record in records]
    height: int | Literal["content"] = 430 if len(blocks) > FEW else "content"
    with st.container(height=height, border=True, key="import-preview"):
        strip(blocks, rows=["label"], direction=direction, key="import-preview-strip", about=about)
    st.caption(f"The first {len(blocks)}." if len(blocks) != 1 else "The only one.")


def _shown(record: Record, labels: Sequence[str], colors: Mapping[str, str]) -> Block:
    item = record.instance
    said = record.labels or ("",) * max(1, len(item.tokens))
    short = replace(item, tokens=item.tokens[:LONG], text=_cut(item.text), meta=_beside(item.meta))
    shown = block(short, [Line("label", said[:LONG] if item.tokens else said)], tuple(labels), colors)
    if not record.labels:
        shown.pop("answers", None)
    more = len(item.tokens) - LONG
    return shown | ({"note": f"and {more:,} more tokens"} if more > 0 else {})


def _beside(meta: Mapping[str, object]) -> dict[str, object]:
    """Glosses and the like, cut where the tokens are."""
    return {name: value[:LONG] if isinstance(value, list | tuple) else value for name, value in meta.items()}


def _cut(text: str) -> str:
    return text if len(text) <= LONG_TEXT else f"{text[:LONG_TEXT]} …"


def as_table(records: Sequence[Record]) -> pd.DataFrame:
    """The first records as a table for export."""
    return pd.DataFrame(
        [
            {
                "split": record.instance.split,
                "text": record.instance.text,
                "text_b": record.instance.text_b or "",
                "tokens": " ".join(record.instance.tokens),
                "labels": " ".join(record.labels or ()),
            }
            for record in records
        ]
    )


def problems(found: Inspection, open_labels: Sequence[str]) -> pd.DataFrame | None:
    """What is odd, where, and what will be done about it; labels that were decided are left out."""
    unknown = first_of(found)
    listed = [item for item in found.problems if item.kind != "unknown_label"]
    listed += [unknown[label] for label in open_labels if label in unknown]
    if not listed:
        st.success("Nothing is odd in this file.", icon=":material/check:")
        return None
    listed.sort(key=lambda item: list(COLORS).index(item.severity))
    _badges({**found.counts, "unknown_label": len(open_labels)}, listed)
    table = pd.DataFrame(
        [
            {
                "where": item.where,
                "line": item.line or None,
                "problem": _kind(item.kind),
                "what": item.message,
                "what is done": item.done,
                "level": naming.SEVERITIES[item.severity],
            }
            for item in listed
        ]
    )
    _table(table, "line" if one_file(found) else "where")
    total = sum(found.counts.values())
    if total > len(found.problems):
        st.caption(f"The first 50 of each kind; {total:,} in all.")
    return table


def first_of(found: Inspection) -> dict[str, Problem]:
    """Unknown label -> the problem that says where it is met first (of the labels that are listed)."""
    listed = [item for item in found.problems if item.kind == "unknown_label"]
    return dict(zip(found.unknown, listed, strict=False))


def one_file(found: Inspection) -> bool:
    """Whether all problems are of one file, so that its name need not be repeated."""
    return len({item.file for item in found.problems}) <= 1


def _table(table: pd.DataFrame, place: str) -> None:
    text = st.column_config.TextColumn
    st.dataframe(
        table,
        hide_index=True,
        height=min(290, 40 + 35 * len(table)),
        key="import-problems",
        alt="Problems of the file, with the line of each and what is done about it",
        column_order=(place, "problem", "what", "what is done", "level"),
        column_config={
            "where": text(width=150),
            "line": st.column_config.NumberColumn(width=60),
            "problem": text(width=115),
            "what": text(width=215),
            "what is done": text(width=215),
            "level": text(width=60),
        },
    )


def _kind(kind: str) -> str:
    return naming.PROBLEMS.get(kind, kind.replace("_", " "))


def _badges(counts: Mapping[str, int], listed: Sequence[Problem]) -> None:
    """How many of each kind, the gravest first."""
    with st.container(horizontal=True, gap="small"):
        for kind, severity in {item.kind: item.severity for item in listed}.items():
            st.badge(f"{counts.get(kind, 0):,} × {_kind(kind)}", color=COLORS[severity])


def tables(found: Inspection, listed: pd.DataFrame | None) -> Tables:
    """Everything about the file that can be exported."""
    counts = pd.DataFrame(
        {
            "label": list(found.labels),
            "count": list(found.labels.values()),
            "unknown": [label in found.unknown for label in found.labels],
        }
    )
    return {"Problems": listed, "Labels": counts, "Preview": as_table(found.preview)}
