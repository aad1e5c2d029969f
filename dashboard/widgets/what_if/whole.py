"""The whole set under the tried settings: who is used how often, which labels are shown, other settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core import what_if
from core.set_price import SetPrice
from core.types import Selection
from core.workbench import Workbench
from dashboard import naming, state, trying
from dashboard.charts.use import shares, use
from dashboard.current import Here
from dashboard.widgets import errors
from dashboard.widgets.export import Later
from dashboard.widgets.layout import chart, metrics

FIGURES = {
    "distinct": "Distinct exemplars",
    "core_share": "Core share",
    "similarity": "Mean similarity",
    "confidence": "Mean confidence",
    "above_tau": "Labels above τ",
    "covered": "Labels covered",
    "within": "Similarity within a set",
}
NARROW = {
    "distinct": "distinct",
    "core_share": "core",
    "similarity": "similarity",
    "confidence": "confidence",
    "above_tau": "above τ",
    "covered": "covered",
    "within": "within set",
}
"""The same as heads of columns."""
SHARES = ("core_share", "above_tau", "covered")
MEANING = (
    "Core share: how much of all places the K most used exemplars take; near 100 % means one prompt for all. "
    "Labels above τ: share of the shown labels whose confidence reaches the label's threshold. "
    "Labels covered: share of the labels somebody carries that a prompt shows."
)


def figures(here: Here, found: Mapping[str, float], solved: Sequence[Selection], seconds: float) -> None:
    """The set in figures, and how long it took."""
    metrics({title: written(name, found[name]) for name, title in FIGURES.items()})
    n, pool = naming.counted(int(found["queries"]), here.dataset.task), here.dataset.n_instances
    some = "" if int(found["queries"]) >= pool else ", spread evenly over the set"
    st.caption(f"{n}{some}, solved in {1000 * seconds:.0f} ms. {MEANING}")
    with st.container(horizontal=True, gap="small"):
        for name, count in Counter(item.status for item in solved).most_common():
            st.badge(f"{count:,} {naming.STATUSES.get(str(name), str(name))}", color="gray")


def price(found: SetPrice | None) -> None:
    """What showing the labels cost the whole set."""
    if found is None or not found.forced:
        return
    given = found.similarity + found.worth
    each = f", {given / found.labels:.3f} for each" if found.labels else ""
    low = f"; {found.doubtful:,} of them carry a label below its threshold" if found.doubtful else ""
    st.caption(
        f"The price of coverage: {found.labels:,} more labels shown in all, for {given:.3f} of score "
        f"(similarity {-found.similarity:+.3f}, confidence {-found.worth:+.3f}){each}. "
        f"{found.forced:,} exemplars are there for the labels' sake{low}."
    )


def written(name: str, value: float) -> str:
    """A figure as people read it."""
    if name in SHARES:
        return f"{100 * value:.0f} %"
    return f"{value:,.0f}" if name in {"distinct", "queries"} else f"{value:.3f}"


def usage(bench: Workbench, solved: Sequence[Selection]) -> Later:
    """How often each exemplar is used; a click on a bar or row opens it."""
    rows = [(int(bench.positions[row]), uses) for row, uses in what_if.use(bench, solved)]
    chart(
        "Who is used how often",
        use(rows, len(solved), dark=state.dark()),
        key="use",
        note="Click a bar to open that sentence.",
        on_select=state.point_to_view("use", "sentence")["on_select"],
    )
    return Later(len(rows), partial(_usage, bench, rows, len(solved)))


def _usage(bench: Workbench, rows: Sequence[tuple[int, int]], prompts: int) -> pd.DataFrame:
    texts = {item.instance.position: item.instance.text for item in bench.pool}
    return pd.DataFrame(
        [
            {"sentence": position, "uses": uses, "share": uses / max(1, prompts), "text": texts[position]}
            for position, uses in rows
        ]
    )


def labels(bench: Workbench, solved: Sequence[Selection]) -> Later:
    """The labels that prompts show against those of the pool."""
    found = what_if.label_shares(bench, solved)
    chart(
        "Labels shown against the pool",
        shares(
            {item.label: item.pool for item in found},
            {item.label: item.exemplars for item in found},
            {item.label: item.prompts for item in found},
            dark=state.dark(),
        ),
        key="label-shares",
    )
    return Later(len(found), lambda: pd.DataFrame([asdict(item) for item in found]))


def others(here: Here, bench: Workbench, settings: Mapping[str, Any]) -> pd.DataFrame | None:
    """Other ways of choosing beside the tried one; worked out when asked for."""
    st.markdown("#### Held against other ways of choosing")
    place = trying.kept(here.run["id"], "variants", settings)
    if "table" not in place:
        asking = st.empty()
        with asking.container():
            st.caption(f"{len(what_if.VARIANTS)} presets, ablations and baselines with the same K.")
            pressed = st.button("Work them out", icon=":material/table_chart:")
        if not pressed:
            return None
        with errors.shown():
            _work_out(here, bench, settings)
        asking.empty()
    return _table(place["table"]) if "table" in place else None


def _work_out(here: Here, bench: Workbench, settings: Mapping[str, Any]) -> None:
    bar = st.progress(0.0, text="Choosing")

    def report(what: str, done: int, total: int) -> None:
        bar.progress(done / max(1, total), text=f"Choosing: {what}")

    try:
        trying.side_by_side(here.run["id"], bench, settings, report)
    finally:
        bar.empty()


def _table(found: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    rows = pd.DataFrame(
        [{"settings": name, **{NARROW[key]: row[key] for key in FIGURES}} for name, row in found.items()]
    )
    number = st.column_config.NumberColumn
    config: dict[str, Any] = {
        title: number(format="percent" if name in SHARES else "%.3f", width=78, help=FIGURES[name])
        for name, title in NARROW.items()
    }
    config[NARROW["distinct"]] = number(format="localized", width=70, help=FIGURES["distinct"])
    config["settings"] = st.column_config.TextColumn(width=190)
    st.dataframe(
        rows,
        hide_index=True,
        height=38 + 35 * len(rows),
        column_config=config,
        alt="Settings side by side",
    )
    return rows
