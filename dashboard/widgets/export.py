"""Tables as CSV that a spreadsheet opens without running anything in them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_csv(table: pd.DataFrame) -> bytes:
    """UTF-8 CSV (with byte order mark) whose text cells never begin like a formula."""
    safe = table.copy()
    safe.columns = pd.Index([_safe(str(name)) for name in safe.columns])
    for place, name in enumerate(safe.columns):
        if not pd.api.types.is_numeric_dtype(table.iloc[:, place]):
            safe[name] = [_safe(value) for value in table.iloc[:, place]]
    return ("\ufeff" + safe.to_csv(index=False, lineterminator="\r\n")).encode()


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
                safe_csv(table),
                file,
                "text/csv",
                key=f"{key}-{name}",
                on_click="ignore",
                type="tertiary",
                icon=":material/table_view:",
            )
