"""One sentence, opened: what every side says of each word, and the way to its exemplars and its calls."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.comparison import Comparison
from core.types import Labels
from dashboard import comparisons, queries, routes, state
from dashboard.charts.flow import kind
from dashboard.comparisons import Asked
from dashboard.current import Here
from dashboard.widgets import sentence
from dashboard.widgets.compare import names
from dashboard.widgets.strip import Line, block, strip

RIGHT = {"gold": "Gold", "human": "Human"}
LEGEND = (
    "Frame and sign = what became of the label from {0} to {1}: ✓ green fixed, ✗ red broken, dashed moved "
    "from one wrong label to another, faint dots wrong in both."
)
CHANGED = "Dashed frame = {1} differs from {0}. Nothing is held right here."
WRONG = "Dotted frame = differs from {0}."


def position(asked: Asked, positions: Any) -> int | None:
    """The sentence that is open: the URL's, else the first listed in which something happened."""
    loaded = comparisons.compared(asked)
    wanted = state.view().sentence
    if wanted >= 0 and np.isin(wanted, loaded.positions):
        return wanted
    if not len(positions):
        return None
    happened = np.isin(positions, comparisons.found(asked, asked.change()).positions)
    return int(positions[int(np.argmax(happened))])


def opened(here: Here, asked: Asked, position: int) -> None:
    """The sentence with its labels, in a box of its own."""
    lines = _lines(asked, position)
    with st.container(border=True, key="opened"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="opened-head"
        ):
            st.markdown(sentence.title(here, position), width="content")
            with st.container(horizontal=True, width="content", gap="small"):
                _links(here, asked, position, _first(lines, asked))
        _strip(here, asked, position, lines)


def _lines(asked: Asked, position: int) -> list[Line]:
    """What each side says, and then what is right where somebody said."""
    loaded = comparisons.compared(asked)
    row = int(np.searchsorted(loaded.positions, position))
    places = slice(*(int(place) for place in loaded.offsets[row : row + 2]))
    found = []
    for title, given, sure in zip(names.short(asked.sides), loaded.given, loaded.sure, strict=True):
        confidences = None if sure is None else tuple(float(value) for value in sure[places])
        found.append(Line(title, _labels(loaded, given[places]), confidences))
    if loaded.reference is not None and (loaded.reference[places] >= 0).all():
        found.append(Line(RIGHT[asked.against], _labels(loaded, loaded.reference[places])))
    return found


def _labels(loaded: Comparison, codes: Any) -> Labels:
    return tuple(loaded.labels[code] for code in codes)


def _right(lines: list[Line], asked: Asked) -> Labels | None:
    return lines[-1].labels if len(lines) > len(asked.sides) else None


def _first(lines: list[Line], asked: Asked) -> int:
    """Place of the first label in which the two sides differ, -1 where they agree."""
    before, after = (lines[place].labels for place in asked.pair)
    return next((at for at, (one, other) in enumerate(zip(before, after, strict=True)) if one != other), -1)


def _strip(here: Here, asked: Asked, position: int, lines: list[Line]) -> None:
    instance = queries.instance(here.dataset.id, position)
    if instance is None:
        return
    shown = block(instance, lines, here.dataset.labels, here.colors)
    right = _right(lines, asked)
    before, after = (lines[place].labels for place in asked.pair)
    kinds = [
        kind(one, other, right[at] if right else None)
        for at, (one, other) in enumerate(zip(before, after, strict=True))
    ]
    for token, became in zip(shown.get("tokens", []), kinds, strict=False):
        token["k"] = became if len(lines) > 1 else None
    answers = shown.get("answers", [])
    if answers and not asked.single:
        answers[min(asked.after, len(answers) - 1)]["k"] = kinds[0]
    strip(
        [shown],
        rows=[line.name for line in lines],
        direction=here.direction,
        key="compare-sentence",
        legend=_legend(asked, right is not None) if instance.tokens else "",
        about=here.guidelines,
    )


def _legend(asked: Asked, known: bool) -> str:  # noqa: FBT001
    titles = names.short(asked.sides)
    if asked.single:
        return WRONG.format(RIGHT[asked.against].lower()) if known else ""
    return (LEGEND if known else CHANGED).format(*(titles[place] for place in asked.pair))


def _links(here: Here, asked: Asked, position: int, token: int) -> None:
    """To the exemplars and calls of each run compared, where it has some."""
    sides = {
        side.run: (place, side)
        for place, side in enumerate(asked.sides)
        if side.stage == "stage2" and side.run
    }
    for place, side in sides.values():
        several = len(sides) > 1
        there = state.link(run=side.run, sentence=position, token=token)
        icon = ":material/join_inner:"
        label = f"Exemplars of {place + 1}" if several else "Its exemplars"
        st.page_link(routes.EXEMPLARS, label=label, icon=icon, query_params=there)
        found = queries.prediction(side.run, "stage2", position)
        if found and (found.outcome or found.completion_key):
            call = {**state.link(run=side.run, sentence=position), "stage": "stage2"}
            st.page_link(
                routes.CALLS,
                label=f"Call of {place + 1}" if several else "Its call",
                icon=":material/forum:",
                query_params=call,
            )
