"""Agreement: how far the sides say the same, and what the sentences say that humans have looked at."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.comparison import Audited, Where
from dashboard import clicks, comparisons, naming, state
from dashboard.charts.confusion import confusion
from dashboard.comparisons import Asked
from dashboard.current import Here
from dashboard.widgets.compare import names
from dashboard.widgets.compare.beside import beside
from dashboard.widgets.export import Tables
from dashboard.widgets.layout import chart

SOURCE = (
    "kappa: Cohen's, of each pair; alpha: Krippendorff's for names, of all sides. 1 is perfect, 0 is chance."
)


def agreement(here: Here, asked: Asked) -> Tables:
    """Every pair of sides, and the labels in which the two looked at part."""
    tables: Tables = {}
    if asked.single:
        st.info("One labeling agrees with itself. Choose another above.", icon=":material/info:")
    else:
        left, right = beside([2, 3], key="agreement")
        with left:
            tables["Agreement"] = _pairs(here, asked)
        with right:
            tables["Labels of both"] = _between(here, asked)
    judged = comparisons.audited(asked)
    if judged:
        tables["Judged by people"] = _audited(here, asked, judged)
    return tables


def _pairs(here: Here, asked: Asked) -> pd.DataFrame:
    found = comparisons.agreement(asked)
    titles = names.short(asked.sides)
    places = list(zip(map(int, found.a), map(int, found.b), strict=True))
    shown = found.assign(
        a=[titles[a] for a, _ in places], b=[titles[b] for _, b in places], agreement=100 * found.agreement
    )
    number = st.column_config.NumberColumn
    columns: dict[str, Any] = {
        "a": "",
        "b": "and",
        "agreement": number("agree", format="%.1f", help=f"Percent of {here.unit} with the same label"),
        "kappa": number(format="%.3f"),
        "n": number(here.unit, format="localized"),
    }
    st.markdown("#### Pairs")
    st.dataframe(
        shown,
        hide_index=True,
        column_config=columns,
        alt="Agreement of each pair; choose a cell to list where they differ",
        **clicks.cell("agreement", partial(_of_pair, places)),
    )
    alpha = comparisons.alpha(asked)
    st.caption((f"alpha of all {len(asked.sides)}: {alpha:.3f}. " if alpha is not None else "") + SOURCE)
    return shown


def _of_pair(places: Sequence[tuple[int, int]], row: int, column: str) -> Where | None:
    if row >= len(places):
        return None
    return Where(before=places[row][0], after=places[row][1], change="changed")


def _between(here: Here, asked: Asked) -> pd.DataFrame:
    found = comparisons.between(asked)
    titles = names.short(asked.sides)
    rows, columns = (naming.plain(titles[place]) for place in asked.pair)
    figure = confusion(
        found,
        here.dataset.labels,
        unit=here.unit,
        dark=state.dark(),
        rows=titles[asked.before],
        columns=titles[asked.after],
        small=True,
    )
    note = f"Shade = share of the row. Click a cell to list its {here.items} below."
    chart(f"{rows} and {columns}", figure, note=note, **clicks.point("between", partial(_of_cell, asked)))
    return found.rename(columns={"gold": titles[asked.before], "predicted": titles[asked.after]})


def _of_cell(asked: Asked, data: Sequence[Any]) -> Where:
    return asked.where(given={asked.before: str(data[0]), asked.after: str(data[1])})


def _audited(here: Here, asked: Asked, judged: Audited) -> pd.DataFrame:
    """The leading score of each side on what humans labelled, and whether it may stand for the rest."""
    rows = [
        {"side": name, "score": 100 * found.value, "low": 100 * found.low, "high": 100 * found.high}
        for name, found in zip(names.names(asked.sides), judged.sides, strict=True)
        if found is not None
    ]
    shown = pd.DataFrame(rows, columns=["side", "score", "low", "high"])
    metric = naming.METRICS.get(judged.metric, judged.metric)
    st.markdown(f"#### What the {here.items} say that people looked at")
    number = st.column_config.NumberColumn
    columns: dict[str, Any] = {
        name: number(head, format="%.1f")
        for name, head in (("score", metric), ("low", "from"), ("high", "to"))
    }
    st.dataframe(shown, hide_index=True, column_config=columns, alt="Scores on what people labelled")
    st.caption(
        naming.plain(
            f"{metric} in percent on {judged.n_sentences:,} of {judged.of_sentences:,} {here.items} "
            f"({judged.n_tokens:,} {here.unit}), with 95 % intervals over {here.items}. {judged.remark}"
        )
    )
    return shown
