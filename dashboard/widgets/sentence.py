"""One sentence, opened: its chips in one stage, with gold beneath where that is wanted."""

from __future__ import annotations

import streamlit as st

from dashboard import naming, queries
from dashboard.current import Here
from dashboard.widgets.strip import Line, block, strip

LEGEND = (
    "Underline = doubt: double below 50 %, dotted below 80 %. "
    "Point at a word, or walk with the arrow keys, for its details."
)
GOLD_LEGEND = "Dotted frame = differs from gold."


def labels_of(here: Here, stage: str, position: int) -> Line | None:
    """One stage's labels of a sentence, under the stage's name."""
    run = here.gold if stage == "gold" else here.run["id"]
    found = queries.prediction(run, stage, position) if run else None
    return Line.of(naming.STAGES[stage], found) if found else None


def one_stage(here: Here, stage: str, position: int, *, key: str, pick: str = "") -> None:
    """The sentence with the labels of one stage; `pick` as in `strip`."""
    _show(here, position, (stage,), key=key, legend=LEGEND, pick=pick)


def against_gold(here: Here, stage: str, position: int, *, key: str) -> None:
    """The sentence with the labels of one stage, and gold where there is some."""
    stages, legend = ((stage, "gold"), GOLD_LEGEND) if here.gold else ((stage,), LEGEND)
    _show(here, position, stages, key=key, legend=legend)


def _show(
    here: Here, position: int, stages: tuple[str, ...], *, key: str, legend: str, pick: str = ""
) -> None:
    instance = queries.instance(here.dataset.id, position)
    lines = [line for stage in stages if (line := labels_of(here, stage, position))]
    if instance is None or not lines:
        st.info("This sentence is not part of the run. Choose another from the list.", icon=":material/info:")
        return
    shown = block(instance, lines, here.dataset.labels, here.colors)
    told = legend if instance.tokens else ""
    strip(
        [shown],
        rows=[line.name for line in lines],
        direction=here.direction,
        key=key,
        legend=told,
        about=here.guidelines,
        pick=pick if instance.tokens else "",
    )


def title(here: Here, position: int) -> str:
    items = "Sentence" if here.unit == "tokens" else "Item"
    return f"#### {items} {position}"
