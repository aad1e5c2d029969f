"""Compare: what Stage II made of Stage I, measured against gold, down to the token."""

from __future__ import annotations

import streamlit as st

from dashboard import current, naming, queries, routes, state
from dashboard.charts.confusion import confusion, label_f1
from dashboard.charts.flow import changed_flows, label_delta, sankey
from dashboard.widgets import scores, sentence, sentences
from dashboard.widgets.empty import empty
from dashboard.widgets.export import export_menu
from dashboard.widgets.layout import chart, heading, metrics

here = current.here("stage2")
run, gold, unit, dark = here.run["id"], here.gold, here.unit, state.dark()
stages = f"Stage I: {naming.stage1_source(here.run)} · Stage II: {naming.stage2_source(here.run)}"
buttons = heading("Compare", here, stages)
tables = {}
if found := queries.scores(run):
    tables["Scores"] = scores.score_table(found, gold_name=here.gold_name, task=here.dataset.task)
if "stage1" not in here.stages:
    empty(
        "These labels have no Stage I",
        "The release published only the labels of Stage II: there is nothing to compare them with.",
        page=routes.OVERVIEW,
        go="Back to the overview",
    )
    st.stop()

moved = queries.change_counts(run, gold)
st.subheader("What changed")
metrics(
    {
        "Fixed": f"{moved['fixed']:,}" if gold else None,
        "Broken": f"{moved['broken']:,}" if gold else None,
        "Net gain": f"{moved['fixed'] - moved['broken']:+,}" if gold else None,
        "Moved, still wrong": f"{moved['moved']:,}" if gold else None,
        "Changed in all": f"{moved['changed']:,}",
        f"All {unit}": f"{moved['total']:,}",
    }
)
flow = queries.flow(run, gold)
tables["Flow"] = changed_flows(flow)
left, right = st.columns([3, 2], gap="large")
with left:
    title = "From Stage I over Stage II to gold" if gold else "From Stage I to Stage II"
    note = f"Only changed {unit}, the largest flows. Green was fixed, red was broken, orange moved."
    chart(title, sankey(flow, unit=unit, dark=dark, gold=bool(gold)), key="sankey", note=note)
if gold:
    before, after = queries.confusion(run, "stage1", gold), queries.confusion(run, "stage2", gold)
    tables["Confusion Stage II"] = after
    with right:
        note = f"F1 over {unit}; hollow is Stage I, filled is Stage II."
        chart("Per label", label_delta(label_f1(before), label_f1(after), dark=dark), key="delta", note=note)
    with st.expander("Confusion of Stage II with gold"):
        figure = confusion(after, here.dataset.labels, unit=unit, dark=dark)
        note = "Shade = share of the gold label. Click a cell to list its sentences below."
        chart("Stage II", figure, note=note, **state.cell_to_view("confusion-stage2"))

st.subheader("Sentence by sentence" if unit == "tokens" else "Item by item")
sentences.filter_bar(here, changes=True)
position = sentences.opened(here, "stage2")
if position is not None:
    with st.container(border=True, key="opened"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(sentence.title(here, position))
            there = state.link(sentence=position)
            st.page_link(
                routes.EXEMPLARS, label="Its exemplars", icon=":material/join_inner:", query_params=there
            )
        sentence.compared(here, position, key="compare-sentence")
tables["Sentences"] = sentences.sentence_list(here, "stage2", key="compare")
with buttons:
    export_menu(tables, stem=f"{here.dataset.id}-compare", key="compare")
