"""What the tried settings choose for one sentence: the exemplars, why those, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.selectors.exact import Pick
from core.types import Exemplar
from core.what_if import Tried
from core.workbench import Workbench
from dashboard import naming, queries
from dashboard.current import Here
from dashboard.widgets import exemplars
from dashboard.widgets.layout import metrics
from dashboard.widgets.strip import Line

FORCED = "shown for its labels"
DOUBTFUL = "shown for its labels, one of them below its threshold"
PINNED = "pinned"


def as_found(bench: Workbench, tried: Tried) -> dict[str, Any]:
    """A choice in the shape that stored ones have."""
    selection = tried.selection
    rows = [_row(bench, tried, place) for place in range(len(selection.chosen))]
    return {
        "position": bench.queries[selection.query].position,
        "status": tried.found,
        "value": selection.value,
        "upper_bound": selection.upper_bound,
        "uncovered": selection.uncovered,
        "uncoverable": selection.uncoverable,
        "exemplars": rows,
    }


def _row(bench: Workbench, tried: Tried, place: int) -> dict[str, Any]:
    selection = tried.selection
    item = bench.pool[selection.chosen[place]]
    return {
        "dataset": item.dataset,
        "position": item.instance.position,
        "rank": place,
        "similarity": selection.similarity[place],
        "confidence": selection.confidence[place],
        "covers": selection.covers[place],
        "origin": item.origin,
        "why": _why(tried, place),
    }


def _why(tried: Tried, place: int) -> str:
    if tried.picks and tried.picks[place].pinned:
        return PINNED
    if tried.price is None or not tried.price.forced[0, place]:
        return ""
    return DOUBTFUL if tried.price.doubtful[0, place] else FORCED


def cards(here: Here, bench: Workbench, tried: Tried, found: Mapping[str, Any]) -> None:
    """The exemplars with the labels they have in the pool, human ones included."""
    shown = [_shown(bench.pool[row]) for row in tried.selection.chosen]
    exemplars.cards(here, found["exemplars"], shown, key="tried-cards")


def _shown(item: Exemplar) -> tuple[Any, Line]:
    return item.instance, Line("noisy label", item.labels, item.confidences)


def figures(tried: Tried) -> None:
    """The objective in its parts."""
    value, bound = tried.selection.value, tried.selection.upper_bound
    similar = sum(tried.selection.similarity)
    if not tried.picks or value is None:
        metrics({"Sum of similarities": f"{similar:.3f}"})
        return
    worth = sum(pick.worth for pick in tried.picks)
    lost = value - similar - worth
    gap = max(0.0, (bound or value) - value)
    metrics(
        {
            "Sum of similarities": f"{similar:.3f}",
            "Confidence term": f"{worth:+.3f}" if worth else "0",
            "Labels not shown": f"{lost:+.3f}" if abs(lost) > 1e-9 else "0",
            "Objective": f"{value:.3f}",
            "Proven gap": "0" if gap <= 1e-9 else f"{gap:.1e}",
        }
    )


def price(tried: Tried) -> None:
    """What showing the labels cost, in a sentence."""
    if tried.price is None or not tried.picks:
        return
    labels = int(tried.price.labels[0])
    if not labels:
        st.caption("Coverage cost nothing: the best by score show as many labels.")
        return
    similarity, worth = float(tried.price.similarity[0]), float(tried.price.worth[0])
    gave = f"{similarity + worth:.3f} of score (similarity {-similarity:+.3f}, confidence {-worth:+.3f})"
    low = int(tried.price.doubtful[0].sum())
    doubt = f" {low} of them carries a label below its threshold." if low == 1 else ""
    doubt = f" {low} of them carry a label below its threshold." if low > 1 else doubt
    forced = int(tried.price.forced[0].sum())
    st.caption(
        f"The price of coverage: {labels} more label{'s' if labels > 1 else ''} shown, for {gave}; "
        f"{forced} exemplar{'s' if forced > 1 else ''} shown for the labels' sake.{doubt}"
    )


def changed(here: Here, found: Mapping[str, Any]) -> None:
    """Which exemplars are other than the run's own; those of the sources, which stand behind, not counted."""
    stored = queries.selection(here.run["id"], int(found["position"]))
    if stored is None:
        return
    before = [int(row["position"]) for row in stored["exemplars"] if row["origin"] != "source"]
    now = [int(row["position"]) for row in found["exemplars"]]
    new = [f"#{place}" for place in now if place not in before]
    gone = [f"#{place}" for place in before if place not in now]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if not new and not gone:
            st.badge("the same exemplars as in this run", color="gray", icon=":material/check:")
            return
        st.badge(f"{len(now) - len(new)} as in this run", color="gray")
        st.badge(f"new: {', '.join(new)}", color="blue", icon=":material/add:") if new else None
        st.badge(f"gone: {', '.join(gone)}", color="orange", icon=":material/remove:") if gone else None


def prompt(here: Here, bench: Workbench, tried: Tried) -> None:
    """The prompt that results, and how long it is."""
    query = bench.queries[tried.selection.query]
    try_these = [bench.pool[row] for row in tried.selection.chosen]
    text = exemplars.render(here, try_these, query)
    with st.expander(f"The prompt that results · {naming.length(text, queries.token_rate(here.dataset.id))}"):
        st.caption("As our template writes it.")
        st.code(text, language=None, wrap_lines=True, height=420)


def swaps(bench: Workbench, tried: Tried) -> pd.DataFrame:
    """The swap test: what each exemplar is there for, and what would take its place."""
    labels = bench.ready.labels
    return pd.DataFrame(
        [
            {
                "place": number,
                "sentence": bench.pool[pick.row].instance.position,
                "similarity": pick.similarity,
                "confidence term": pick.worth,
                "only it shows": " ".join(
                    label for label, n in zip(labels, pick.alone, strict=True) if n > 0
                ),
                "best other": None if pick.loser is None else bench.pool[pick.loser].instance.position,
                "swapping loses": None if pick.loser is None else pick.loses,
                "decided by": _decided(pick),
            }
            for number, pick in enumerate(tried.picks, 1)
        ]
    )


def _decided(pick: Pick) -> str:
    """Which part of the objective speaks most for it against the best other."""
    if pick.pinned:
        return "the pin"
    if pick.loser is None:
        return "nothing else is allowed"
    parts = {
        "similarity": pick.similarity - pick.loser_similarity,
        "confidence": pick.worth - pick.loser_worth,
        "label coverage": pick.loses
        - (pick.similarity - pick.loser_similarity)
        - (pick.worth - pick.loser_worth),
    }
    best = max(parts, key=parts.__getitem__)
    return best if parts[best] > 0 else "a tie"


def swap_table(here: Here, bench: Workbench, tried: Tried) -> None:
    """The swap test as a table; absent where nothing was optimised."""
    if not tried.picks:
        return
    st.markdown("#### Why these: the swap test")
    st.caption(
        "Take one exemplar out and put the best other one in: what the objective loses says how firmly it "
        "holds its place, and which part speaks most for it."
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        swaps(bench, tried),
        hide_index=True,
        alt="Swap test",
        column_config={
            "place": number(width=50),
            "similarity": number(format="%.3f"),
            "confidence term": number(format="%.3f"),
            "swapping loses": number(format="%.4f"),
        },
    )
