"""Scores of all sides, and how sure the difference of the two looked at is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.comparison import GOLD, Where
from core.errors import Cancelled
from dashboard import background, clicks, comparisons, naming, state
from dashboard.comparisons import Asked
from dashboard.current import Here
from dashboard.naming import MAIN_METRIC
from dashboard.widgets.compare import names
from dashboard.widgets.scores import ORDER, PAPER_FIGURE

INTERVAL, CHANCE = "95 % interval", "p"
HOW = (
    "Intervals: percentile bootstrap of 1,000 draws; p: approximate randomisation test, 10,000 swaps, "
    "two-sided; both paired over sentences."
)


def headline(here: Here, asked: Asked) -> pd.DataFrame | None:
    """Show the scores; returns the table for export, None where nothing is held right."""
    sides = [comparisons.scores(asked, place) for place in range(len(asked.sides))]
    if not sides[0]:
        return None
    works = [] if asked.single else _works(asked)
    known = [work.value for work in works if work.done and not work.error]
    found = {name: told for value in known for name, told in value.items()}
    shown = _table(asked, sides, found)
    if state.view().present:  # the type of st.dataframe does not grow with the page's
        st.table(_written(shown))
    else:
        _grid(shown, asked)
    if works:
        _verdict(here, asked, found)
        _on_their_way(asked, works[-1])
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.caption(naming.plain(_measured(here, asked)), width="content")
        with st.popover("Label set", type="tertiary"):
            st.text(" ".join(here.dataset.labels))
            if here.unit == "tokens":
                st.caption(PAPER_FIGURE)
    return shown


def _measured(here: Here, asked: Asked) -> str:
    loaded = comparisons.compared(asked)
    right = here.gold_name if asked.against == GOLD else "what humans say"
    said = naming.against(right, loaded.n_sentences, len(here.dataset.labels), here.dataset.task)
    return f"Percent, {said}."


def _table(asked: Asked, sides: list[dict[str, float]], found: Mapping[str, Any]) -> pd.DataFrame:
    """One row per metric, in percent."""
    order = sorted(sides[0], key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    table: dict[str, Any] = {"metric": [naming.METRICS.get(name, name) for name in order]}
    for title, scores in zip(names.short(asked.sides), sides, strict=True):
        table[title] = [100 * scores[name] for name in order]
    if not asked.single:
        first, second = sides[asked.before], sides[asked.after]
        table["difference"] = [100 * (second[name] - first[name]) for name in order]
        table[INTERVAL] = [_interval(found.get(name)) for name in order]
        table[CHANCE] = pd.Series(
            [found[name].p if name in found else None for name in order], dtype="float64"
        )
    return pd.DataFrame(table)


def _interval(told: Any) -> str:
    return f"{100 * told.low:+.2f} to {100 * told.high:+.2f}" if told else ""


def _grid(shown: pd.DataFrame, asked: Asked) -> None:
    number = partial(st.column_config.NumberColumn, format="%.2f")
    columns: dict[str, Any] = {name: number() for name in shown.columns[1 : 1 + len(asked.sides)]}
    columns["metric"] = st.column_config.TextColumn("metric", width=170, pinned=True)
    columns["difference"] = number(difference_title(asked), format="%+.2f")
    columns[CHANCE] = number(format="%.4f", help="How often chance alone would part the two as far")
    places = {name: place for place, name in enumerate(shown.columns[1 : 1 + len(asked.sides)])}
    st.dataframe(
        shown,
        hide_index=True,
        column_config=columns,
        alt="Scores per metric and side; choose a cell to list its sentences",
        **clicks.cell("scores", partial(_about, asked, places)),
    )


def difference_title(asked: Asked) -> str:
    """`II − I`, or the numbers of the sides."""
    titles = names.short(asked.sides)
    plain = all(title.startswith("Stage I") for title in titles) and len(titles) == 2
    first, second = (
        titles[place].removeprefix("Stage ") if plain else str(place + 1) for place in asked.pair
    )
    return f"{second} − {first}"


def _about(asked: Asked, places: Mapping[str, int], row: int, column: str) -> Where | None:
    """A side's score is made by what it got wrong, a difference by what changed."""
    if column in places:
        return asked.where(wrong=str(places[column]))
    return None if column == "metric" else asked.change()


def _works(asked: Asked) -> list[background.Work]:
    """That of the leading metric, and once it is done that of the others."""
    leading = comparisons.headline(asked, leading=True)
    if not leading.done or leading.error:
        return [leading]
    return [leading, comparisons.headline(asked, leading=False)]


def _verdict(here: Here, asked: Asked, found: Mapping[str, Any]) -> None:
    metric = MAIN_METRIC[here.dataset.task]
    if metric in found:
        st.caption(naming.plain(f"{said(asked, metric, found[metric])} {HOW}"))


def _on_their_way(asked: Asked, work: background.Work) -> None:
    if not work.done:
        background.follow(work, "Working out intervals and tests")
    elif work.error:
        stopped = isinstance(work.error, Cancelled)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.text("Stopped before all intervals were there." if stopped else str(work.error))
            st.button(
                "Work them out", icon=":material/replay:", type="tertiary", on_click=_forget, args=(asked,)
            )


def _forget(asked: Asked) -> None:
    """Those that failed or were stopped are worked out anew."""
    for leading in (True, False):
        key = comparisons.headline_key(asked, leading=leading)
        known = background.look(key)
        if known and known.error:
            background.forget(key)


def said(asked: Asked, metric: str, told: Any) -> str:
    """The difference in a sentence."""
    verdict = "better" if told.low > 0 else "worse" if told.high < 0 else "it could be luck"
    chance = "p < 0.001" if told.p < 0.001 else f"p = {told.p:.3f}"
    return (
        f"{naming.METRICS[metric]}, {difference_title(asked)}: {100 * told.value:+.2f} "
        f"({_interval(told)}, {chance}, {told.n:,} sentences): {verdict}."
    )


def _written(shown: pd.DataFrame) -> pd.DataFrame:
    """The same with its figures as text, the metric as row name."""
    written = shown.set_index("metric")
    for name in written.columns:
        form = {"difference": "{:+.2f}", CHANCE: "{:.4f}"}.get(str(name), "{:.2f}")
        if name != INTERVAL:
            written[name] = [form.format(value) if pd.notna(value) else "" for value in written[name]]
    return written.rename(columns={"difference": "II − I"} if "Stage II" in written else {})
