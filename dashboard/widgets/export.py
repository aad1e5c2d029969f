"""Tables as files: CSV that a spreadsheet opens without running anything in it, Parquet, LaTeX."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import latex, naming

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
FORMATS = {
    "csv": ("CSV", "text/csv", "Comma-separated, UTF-8, safe to open in a spreadsheet."),
    "parquet": ("Parquet", "application/vnd.apache.parquet", "Figures in full, text as it stands."),
    "tex": ("LaTeX", "application/x-tex", "A booktabs table with caption and label, figures as shown."),
}
"""Ending of a file -> what it is called, its type, what is said of it."""


def safe_csv(table: pd.DataFrame) -> bytes:
    """UTF-8 CSV (with byte order mark) whose text cells never begin like a formula."""
    columns: dict[object, list[object]] = {}
    for place, name in enumerate(table.columns):
        values = table.iloc[:, place]
        plain = pd.api.types.is_numeric_dtype(values)
        columns[_safe(str(name))] = list(values) if plain else [_safe(value) for value in values]
    text = pd.DataFrame(columns).to_csv(index=False, lineterminator="\r\n")
    return ("\ufeff" + text).encode()


def _safe(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value


def parquet(table: pd.DataFrame, *, caption: str = "") -> bytes:
    """Parquet whose columns keep their types; the caption is in the file's metadata, under `caption`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, pa.Array] = {}
    for place, name in enumerate(map(str, table.columns)):
        fresh = name if name not in columns else f"{name} ({place + 1})"
        columns[fresh] = _typed(table.iloc[:, place])
    told = pa.table(columns).replace_schema_metadata({"caption": caption} if caption else None)
    sink = io.BytesIO()
    pq.write_table(told, sink, compression="zstd")
    return sink.getvalue()


def _typed(values: pd.Series[Any]) -> object:
    """A column for Parquet; where its values are of several kinds, as text."""
    import pyarrow as pa

    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else str(value) for value in values])


@dataclass(frozen=True, slots=True)
class Later:
    """A table that is made only when it is asked for, and how many rows it will have."""

    rows: int
    make: Callable[[], pd.DataFrame]

    def csv(self) -> bytes:
        return safe_csv(self.make())


Tables = dict[str, pd.DataFrame | Later | None]


def later(table: pd.DataFrame | Later | None) -> Later:
    """A table of either kind as one that is made when it is asked for."""
    if isinstance(table, Later):
        return table
    return Later(0 if table is None else len(table), lambda: pd.DataFrame() if table is None else table)


def written(table: Later, ending: str, *, name: str, stem: str, caption: str = "") -> bytes:
    """A table as a file of the format with this ending (see FORMATS)."""
    if ending == "csv":
        return table.csv()
    if ending == "parquet":
        return parquet(table.make(), caption=caption)
    told = f"{name}. {caption}" if caption else f"{name}."
    return latex.table(table.make(), caption=told, label=latex.label(stem, name)).encode()


def file_name(*parts: str, ending: str) -> str:
    """A name that every file system takes."""
    name = re.sub(r"[^\w.-]+", "-", "-".join(parts)).strip("-.")
    return f"{name[:120] or 'table'}.{ending}"


def export_menu(
    tables: Mapping[str, pd.DataFrame | Later | None], *, stem: str, key: str, caption: str = ""
) -> None:
    """A menu with one download per table; nothing is made before it is clicked.

    Args:
        stem: begins each file name.
        caption: what the tables are about, as plain text: in the LaTeX, in the metadata of the Parquet. CSV
            has no place for it: it can be had as a file of its own.
    """
    with st.popover("Export tables", icon=":material/download:"):
        _menu({name: later(table) for name, table in tables.items()}, stem, key, caption)


@st.fragment
def _menu(tables: Mapping[str, Later], stem: str, key: str, caption: str) -> None:
    """What the menu holds. Another format runs this alone again, not the page."""
    ending = st.segmented_control(
        "Format",
        list(FORMATS),
        format_func=lambda name: FORMATS[name][0],
        default="csv",
        required=True,
        key=f"{key}-format",
        label_visibility="collapsed",
    )
    _, kind, told = FORMATS[ending]
    st.caption(told)
    for name, table in tables.items():
        if not table.rows:
            continue
        st.download_button(
            f"{name} ({table.rows:,} rows)",
            partial(written, table, ending, name=name, stem=stem, caption=caption),
            file_name(stem, name.lower(), ending=ending),
            kind,
            key=f"{key}-{ending}-{name}",
            on_click="ignore",
            type="tertiary",
            icon=":material/table_view:",
        )
    if caption:
        _about(caption, stem=stem, key=key)


def _about(caption: str, *, stem: str, key: str) -> None:
    """What the tables are about: to read, and as a file to keep beside a CSV."""
    st.caption(naming.plain(caption))
    st.download_button(
        "About these tables",
        (caption + "\n").encode(),
        file_name(stem, "about", ending="txt"),
        "text/plain",
        key=f"{key}-about",
        on_click="ignore",
        type="tertiary",
        icon=":material/description:",
    )
