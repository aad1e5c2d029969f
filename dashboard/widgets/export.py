"""Tables as CSV that a spreadsheet opens without running anything in them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


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


def export_menu(tables: Mapping[str, pd.DataFrame | None], *, stem: str, key: str) -> None:
    """A menu with one download per table; `stem` begins each file name."""
    with st.popover("Export CSV", icon=":material/download:"):
        st.caption("Comma-separated, UTF-8, safe to open in a spreadsheet.")
        for name, table in tables.items():
            if table is None or table.empty:
                continue
            file = f"{stem}-{name.lower().replace(' ', '-')}.csv".replace("/", "-")
            st.download_button(
                f"{name} ({len(table):,} rows)",
                partial(safe_csv, table),
                file,
                "text/csv",
                key=f"{key}-{name}",
                on_click="ignore",
                type="tertiary",
                icon=":material/table_view:",
            )
