"""A method beside what it is held against, on the same items: means, seeds, gains and losses."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.catalog.method_table import Method
from core.guessing import Floor
from core.sweeps import Figures
from core.types import Dataset
from dashboard import methods as asked
from dashboard import naming, state
from dashboard.charts.method_scores import scores
from dashboard.method_ways import Way, alike
from dashboard.widgets.empty import empty
from dashboard.widgets.export import Tables
from dashboard.widgets.layout import chart
from dashboard.widgets.method import opening, papers, seen, sweeps

POINTS = st.column_config.NumberColumn(format="%+.1f")
PERCENT = st.column_config.NumberColumn(format="%.1f")
MOST = 24
"""Ways that are drawn; the table holds all of them."""
NAMED = 5
"""Ways that are named in a sentence."""


def panel(method: Method, dataset: Dataset) -> Tables:
    """The chart, the table, seen and unseen classes, sweeps, and the paper’s conditions beside ours."""
    found = asked.ways(dataset.id, method)
    shown = alike(found)
    if not shown:
        empty(
            "No scores of it yet",
            "A run of a data set with gold labels is scored when it is done.",
            command=f"ssp run {method.recipe} --dataset {dataset.id}",
        )
        return {}
    figures, guess = asked.figures(dataset, shown), asked.guess(shown[0].runs[0])
    _told(method, shown, figures)
    _drawn(dataset, shown[:MOST], figures, guess)
    rows = table(shown, figures, guess)
    _listed(rows, shown)
    if len(found) > len(shown):
        st.caption(
            f"{len(found) - len(shown)} other ways were scored on other items of these data, or other "
            "labels; they are not comparable and left out."
        )
    tables: Tables = {"Results": rows}
    tables |= seen.panel(method, dataset, shown)
    tables |= sweeps.panel(dataset, found, guess)
    return tables | _apart(method, dataset, shown)


def _told(method: Method, shown: Sequence[Way], figures: Figures) -> None:
    """What the intervals say of the first against all others, losses first."""
    if not any(way.own for way in shown):
        told = f"No run of {method.title} itself is here yet; below is what it would be held against."
        st.info(told, icon=":material/info:")
    first = shown[0].name
    gains = [(way.name, line.gain) for way, line in zip(shown, figures.lines, strict=True) if line.gain]
    above = [name for name, gain in gains if gain.low > 0]
    below = [name for name, gain in gains if gain.high < 0]
    even = [name for name, gain in gains if gain.low <= 0 <= gain.high]
    if above:
        st.warning(f"Here {first} does worse than: {_few(above)}.", icon=":material/trending_down:")
    if below:
        st.success(f"Here {first} does better than: {_few(below)}.", icon=":material/trending_up:")
    if even:
        st.info(f"No difference can be told from: {_few(even)}.", icon=":material/drag_handle:")


def _few(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = f"; and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return naming.plain("; ".join(names[:NAMED]) + more)


def _drawn(dataset: Dataset, shown: Sequence[Way], figures: Figures, guess: Floor | None) -> None:
    rows = pd.DataFrame(
        [
            {"name": way.name, "own": way.own, "run": run.run, "seed": run.seed, "score": run.score}
            for way in shown
            for run in way.runs
        ]
    )
    metric = naming.METRICS.get(figures.metric, figures.metric)
    gold = naming.against(f"the gold labels of {dataset.name}", figures.n, figures.labels, dataset.task)
    floors = f" Always saying {guess.label} would score {100 * guess.majority:.1f}." if guess else ""
    told = "A bar per seed, a dot at their mean: filled for the method."
    note = f"{metric} in percent {gold}. {told}{floors} Click a bar to hold the others against its row."
    figure = scores(rows, metric=metric, chance=guess.chance if guess else None, dark=state.dark())
    chart("Beside its baselines", figure, note=naming.plain(note), **opening.point_to_run("method-scores"))


def table(shown: Sequence[Way], figures: Figures, guess: Floor | None) -> pd.DataFrame:
    """A row per way: mean, spread over seeds, difference to the first with its interval."""
    rows = []
    for way, line in zip(shown, figures.lines, strict=True):
        values = [100 * score for score in way.scores]
        gain = line.gain
        rows.append(
            {
                "what": way.name,
                "mean": sum(values) / len(values),
                "sd": None if line.sd is None else 100 * line.sd,
                "low": min(values),
                "high": max(values),
                "seeds": ", ".join(str(run.seed) for run in way.runs),
                "difference": 100 * gain.value if gain else None,
                "from": 100 * gain.low if gain else None,
                "to": 100 * gain.high if gain else None,
                "even guess": 100 * guess.chance if guess else None,
                "items": way.runs[0].n,
                "labels": way.runs[0].labels,
                "gold": way.runs[0].gold,
                "model": papers.model(way),
            }
        )
    return pd.DataFrame(rows)


def _listed(rows: pd.DataFrame, shown: Sequence[Way]) -> None:
    st.caption(
        naming.plain(
            f"Difference to {shown[0].name} in points, with a 95 % interval: items and seeds are drawn with "
            "replacement. With few seeds it is too narrow. sd, low and high are over seeds. Choose a row to "
            "hold the others against it."
        )
    )
    columns = dict.fromkeys(("mean", "sd", "low", "high", "even guess"), PERCENT)
    columns |= dict.fromkeys(("difference", "from", "to"), POINTS)
    st.dataframe(
        rows,
        hide_index=True,
        column_config=columns,
        selection_mode="single-row",
        alt="Results; choose a row to hold the others against it",
        **opening.row_to_run("method-results", [way.runs[0].run for way in shown]),
    )


def _apart(method: Method, dataset: Dataset, shown: Sequence[Way]) -> Tables:
    st.markdown("#### Beside the paper")
    st.markdown(naming.plain(papers.told(method, dataset)))
    rows = papers.apart(method, dataset, shown)
    st.table(rows)
    published = papers.table(method)
    if not published.empty:
        with st.expander("What the paper published", icon=":material/menu_book:"):
            st.dataframe(published, hide_index=True, key="published-beside", alt=papers.TITLE)
    return {"Conditions": rows.reset_index(), papers.TITLE: published}
