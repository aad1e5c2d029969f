"""Confidence: where it was right to be sure, for all sides that say how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.comparison import Where
from dashboard import clicks, comparisons, naming, state
from dashboard.charts.calibrations import calibrations
from dashboard.comparisons import Asked
from dashboard.current import Here
from dashboard.widgets.compare import names, slices
from dashboard.widgets.compare.beside import beside
from dashboard.widgets.export import Tables
from dashboard.widgets.layout import chart, metrics


def confidence(here: Here, asked: Asked) -> Tables:
    """Calibration of all sides in one chart, and the gains by how sure the later side is."""
    loaded = comparisons.compared(asked)
    sure = [place for place, found in enumerate(loaded.sure) if found is not None]
    if not sure:
        st.info("None of these labelings says how sure it is.", icon=":material/info:")
        return {}
    tables = _calibration(here, asked, sure) if asked.against else {}
    if asked.after in sure and not asked.single:
        table = comparisons.by(asked, "confidence")
        if not table.empty:
            title = f"By confidence of {naming.plain(names.short(asked.sides)[asked.after])}"
            slices.drawn(here, asked, table, "confidence", title=title)
            slices.listed(here, asked, table, "confidence")
            tables["By confidence"] = table.drop(columns="key")
    return tables


def _calibration(here: Here, asked: Asked, sure: Sequence[int]) -> Tables:
    titles, long = names.short(asked.sides), names.names(asked.sides)
    frames = [comparisons.reliability(asked, place) for place in range(len(asked.sides))]
    left, right = beside([3, 2], key="calibration")
    with right:
        errors = {place: comparisons.calibration_error(asked, place) for place in sure}
        written = {titles[place]: f"{e:.3f}" if e is not None else None for place, e in errors.items()}
        st.markdown("#### Expected calibration error")
        metrics(written, note="Mean distance of confidence and accuracy, by ten equal parts; 0 is perfect.")
        silent = [title for place, title in enumerate(titles) if place not in sure]
        if silent:
            st.caption(naming.plain(f"Says nothing of its confidence: {', '.join(silent)}."))
    with left:
        curves = dict(zip(long, frames, strict=True))
        figure = calibrations(curves, unit=here.unit, dark=state.dark())
        note = f"Below the dotted line it is too sure of itself. Click a point to list its {here.items}."
        arguments = clicks.point("calibration", partial(_of_point, asked, long))
        chart("Can it be believed?", figure, note=note, **arguments)
    return {f"Reliability {titles[place]}": frames[place] for place in sure}


def _of_point(asked: Asked, titles: Sequence[str], data: Sequence[Any]) -> Where | None:
    """[name of the side, bin]."""
    if data[0] not in titles:
        return None
    place = titles.index(data[0])
    other = asked.before if place != asked.before else asked.after
    return Where(before=other, after=place, bin=int(data[1]))
