"""The price: seconds, calls and money of each side, and of each token it fixed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import comparisons
from dashboard.comparisons import Asked
from dashboard.current import Here
from dashboard.widgets.compare import names
from dashboard.widgets.export import Tables

WHOLE = ("calls", "prompt_tokens", "completion_tokens", "changed", "fixed", "broken", "net")
HEADS = {
    "seconds": "seconds",
    "calls": "calls",
    "prompt_tokens": "prompt tokens",
    "completion_tokens": "answer tokens",
    "money": "cost when made",
    "paid": "paid by this run",
    "currency": "currency",
    "seconds_per_fixed": "seconds per fixed",
    "money_per_fixed": "cost per fixed",
}


def price(here: Here, asked: Asked) -> Tables:
    """One row per side; what nobody noted stays empty, which is not the same as nothing."""
    table = comparisons.prices(asked)
    titles = names.names(asked.sides)
    by_side = dict(zip(map(str, asked.sides), titles, strict=True))
    table = table.assign(side=[by_side.get(str(side), str(side)) for side in table.side])
    shown = table.drop(columns=["over", "remark"]).replace("", None).dropna(axis="columns", how="all")
    number = st.column_config.NumberColumn
    columns: dict[str, Any] = {
        name: number(HEADS.get(name, name), format="localized" if name in WHOLE else "%.4g")
        for name in shown.columns
        if name not in {"side", "currency"}
    }
    st.dataframe(shown, hide_index=True, column_config=columns, alt="Price of each side")
    for side, remark in zip(table.side, table.remark, strict=True):
        if remark:
            st.text(f"{side}: {remark}")
    st.caption(
        "Changes are counted over the stage before of the same run. Calls that were answered from the record "
        "cost this run nothing; what they cost when they were made is shown beside it. An empty cell was not "
        "noted: it is not zero."
    )
    return {"Price": table}
