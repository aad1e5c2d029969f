"""What a run cost, per label it put right, and what more items would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
import streamlit as st

from core.costs.afterwards import Cost, cost_of, per_item, price_of
from core.costs.pace import recipe_pace
from core.costs.scale import Row, table
from core.llms import Alive
from dashboard import background, resources
from dashboard.current import Here
from dashboard.widgets.empty import problem
from dashboard.widgets.export import Tables
from dashboard.widgets.language_model import money
from dashboard.widgets.language_model.estimate import duration

Found = tuple[Cost, Sequence[Row]]


def panel(here: Here) -> Tables:
    """Worked out beside the page: the whole log is read for it."""
    workspace, version = resources.version()
    store, run = resources.store(), here.run

    def do(_: Alive) -> Found | None:
        cost = cost_of(store, run["id"], store.path.parent)
        if cost is None:
            return None
        spent = cost.spending
        pace = recipe_pace(store, run["params"])
        return cost, table(per_item(spent), pace, price_of(spent, store.path.parent))

    work = background.start(f"cost {workspace} {version} {run['id']}", do)
    if not work.done:
        background.follow(work, "Adding up")
    elif work.error:
        problem(work.error)
    elif work.value:
        return _shown(*work.value)
    return {}


def _shown(cost: Cost, rows: Sequence[Row]) -> Tables:
    currency = cost.spending.currency
    each = {
        "per item": cost.per_item,
        "per label put right": cost.per_fixed,
        "per label gained (put right less broken)": cost.per_gained,
        "per label changed": cost.per_changed,
    }
    if cost.spending.worth == 0:
        st.text("It cost nothing.")
    for name, value in each.items():
        if value:
            st.text(f"{money.said(value, currency).capitalize()} {name}")
    if cost.remark:
        st.caption(cost.remark)
    shown = scale(rows)
    st.dataframe(
        shown,
        hide_index=True,
        column_config={"items": st.column_config.NumberColumn(format="localized")},
        alt="What so many items take",
        key="scale",
    )
    st.caption("The first row is measured on the items of this run, the others are projected from it.")
    return {"Scale": pd.DataFrame([asdict(row) for row in rows])}


def scale(rows: Sequence[Row]) -> pd.DataFrame:
    """So many items: calls, tokens, time and money, in words."""
    return pd.DataFrame(
        [
            {
                "items": row.items,
                "": row.basis,
                "calls": f"{row.calls:,.0f}",
                "tokens": f"{row.prompt_tokens + row.completion_tokens:,.0f}",
                "time": "unknown" if row.seconds is None else duration(row.seconds),
                "money": money.said(row.price, row.currency),
            }
            for row in rows
        ]
    )
