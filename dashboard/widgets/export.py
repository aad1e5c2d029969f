"""Tables as CSV that a spreadsheet opens without running anything in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Later:
    """A table that is made only when it is asked for, and how many rows it will have."""

    rows: int
    make: Callable[[], pd.DataFrame]

    def csv(self) -> bytes:
        return safe_csv(self.make())


Tables = dict[str, pd.DataFrame | Later | None]


def _later(table: pd.DataFrame | Later | None) -> Later:
    if isinstance(table, Later):
        return table
    return Later(0 if table is None else len(table), lambda: pd.DataFrame() if table is None else table)


def export_menu(tables: Mapping[str, pd.DataFrame | Later | None], *, stem: str, key: str) -> None:
    """A menu with one download per table; `stem` begins each file name."""
    with st.popover("Export CSV", icon=":material/download:"):
        st.caption("Comma-separated, UTF-8, safe to open in a spreadsheet.")
        for name, table in ((name, _later(table)) for name, table in tables.items()):
            if not table.rows:
                continue
            file = f"{stem}-{name.lower().replace(' ', '-')}.csv".replace("/", "-")
            st.download_button(
                f"{name} ({table.rows:,} rows)",
                table.csv,
                file,
                "text/csv",
                key=f"{key}-{name}",
                on_click="ignore",
                type="tertiary",
                icon=":material/table_view:",
            )
