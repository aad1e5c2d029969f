"""Compare: what changed between labelings of one data set, for whom, at what price, down to the token."""

from __future__ import annotations

import streamlit as st

from dashboard import captions, comparisons, current, naming, state
from dashboard.widgets.compare import listing, names, opened
from dashboard.widgets.compare.figures import figures
from dashboard.widgets.compare.handing import report
from dashboard.widgets.compare.headline import headline
from dashboard.widgets.compare.parts import parts
from dashboard.widgets.compare.picker import picker
from dashboard.widgets.compare.queueing import queue_these
from dashboard.widgets.compare.telling import told
from dashboard.widgets.export import Tables, export_menu
from dashboard.widgets.layout import heading
from dashboard.widgets.reach import reach

here = current.here()
asked = comparisons.asked(here)
buttons = heading("Compare", here, naming.stages(here.run))
picker(here, asked)
caption, where = captions.caption(comparisons.compared(asked)), comparisons.about(asked)
positions, counts = listing.listed(here, asked, where)
position = opened.position(asked, positions)

figures(here, asked)
scores = st.container()
tables: Tables = parts(here, asked, position, caption=caption)

with st.container(key="found"):
    said = told(where, names.short(asked.sides), unit=here.unit)
    reach(state.view().where, f"{len(positions):,} {here.items}: {said or 'all'}", key="reach")
    st.subheader("Sentence by sentence" if here.unit == "tokens" else "Item by item")
    listing.bar(here, asked, where, len(positions))
    tables["Sentences"] = listing.table(here, asked, where, positions, counts)
    queue_these(here, positions, said)
    if position is not None:
        opened.opened(here, asked, position)
with scores:  # last, since it may wait a moment for the intervals
    tables = {"Scores": headline(here, asked), **tables}
with buttons:
    report(here, asked)
    export_menu(tables, stem=f"{here.dataset.id}-compare", key="compare", caption=caption)
