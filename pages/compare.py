"""Compare: what Stage II made of Stage I, measured against gold, down to the token."""

from __future__ import annotations

import streamlit as st

from dashboard import current, naming, queries, routes, state
from dashboard.charts.confusion import confusion, label_f1
from dashboard.charts.flow import changed_flows, label_delta, sankey
from dashboard.widgets import scores, sentence, sentences
from dashboard.widgets.calls.link import call_link
from dashboard.widgets.export import Tables, export_menu
from dashboard.widgets.layout import chart, heading, metrics

here = current.here("stage2")
run, gold, unit, dark = here.run["id"], here.gold, here.unit, state.dark()
buttons = heading("Compare", here, naming.stages(here.run))
tables: Tables = {}
found = queries.scores(run)
against = scores.measured(here, found[0] if found else None)
after = queries.confusion(run, "stage2", gold) if gold else None
if found:
    tables["Scores"] = scores.score_table(here, found)
if not here.both:
    st.info(
        "These labels have no Stage I: only the labels of Stage II were published.", icon=":material/info:"
    )
else:
    moved = queries.change_counts(run, gold)
    st.subheader("What changed")
    metrics(
        {
            "Fixed": f"{moved['fixed']:,}" if gold else None,
            "Broken": f"{moved['broken']:,}" if gold else None,
            "Net gain": naming.signed(moved["fixed"] - moved["broken"]) if gold else None,
            "Moved, still wrong": f"{moved['moved']:,}" if gold else None,
            "Changed in all": f"{moved['changed']:,}",
            f"All {unit}": f"{moved['total']:,}",
        },
        note=f"{unit.capitalize()}, {against}." if gold else "There is no gold to say which label is right.",
    )
    tables["Flow"] = flow = changed_flows(queries.flow(run, gold))
    left, right = st.columns([3, 2], gap="large")
    with left:
        if flow.empty:
            st.info("Stage II kept every label of Stage I.", icon=":material/equal:")
        else:
            title = "From Stage I over Stage II to gold" if gold else "From Stage I to Stage II"
            colours = " Green was fixed, red was broken, orange moved." if gold else ""
            note = f"Only changed {unit}, the largest flows.{colours}"
            figure = sankey(flow, unit=unit, dark=dark, gold=bool(gold), label_colors=here.colors)
            chart(title, figure, key="sankey", note=note)
    if gold and after is not None:
        before = queries.confusion(run, "stage1", gold)
        with right:
            note = f"F1 over {unit}, {against}. Hollow is Stage I, filled is Stage II."
            chart(
                "Per label", label_delta(label_f1(before), label_f1(after), dark=dark), key="delta", note=note
            )
if after is not None:
    tables["Confusion Stage II"] = after
    with st.expander("Confusion of Stage II with gold", expanded=not here.both):
        figure = confusion(after, here.dataset.labels, unit=unit, dark=dark)
        note = f"Shade = share of the gold label, {against}. Click a cell to list its {here.items} below."
        chart("Stage II", figure, note=note, **state.cell_to_view("confusion-stage2"))

st.subheader("Sentence by sentence" if unit == "tokens" else "Item by item")
sentences.filter_bar(here, changes=here.both)
position = sentences.opened(here, "stage2", first="changed")
if position is not None:
    with st.container(border=True, key="opened"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(sentence.title(here, position))
            call_link(here, "stage2", position)
            if here.both:
                there = state.link(sentence=position, token=sentence.first_change(here, position))
                icon = ":material/join_inner:"
                st.page_link(routes.EXEMPLARS, label="Its exemplars", icon=icon, query_params=there)
        sentence.compared(here, position, key="compare-sentence")
tables["Sentences"] = sentences.sentence_list(here, "stage2", key="compare")
with buttons:
    export_menu(tables, stem=f"{here.dataset.id}-compare", key="compare")
