"""Exemplars: which sentences teach one sentence, and why those."""

from __future__ import annotations

import streamlit as st

from dashboard import current, naming, queries, state
from dashboard.charts.exemplars import scatter
from dashboard.widgets import exemplars, run_form, sentence, sentences
from dashboard.widgets.empty import empty
from dashboard.widgets.export import export_menu
from dashboard.widgets.layout import chart, heading, metrics

here = current.here()
whole = queries.diagnostics(here.run["id"])
selector = naming.resolved(here.run).get("selector", {})
buttons = heading(
    "Exemplars", here, naming.selector_title(selector) if selector else "recorded with the labels"
)
if not whole["n_queries"]:
    empty(
        "This run chose no exemplars",
        "It ends with Stage I, or its Stage-II labels came without them.",
        command=f"ssp run ssp --dataset {here.dataset.id}",
        button=lambda: run_form.run_button(here.dataset, key="run-empty", primary=True),
    )
    st.stop()
stage = here.noisy_stage if here.noisy_stage in here.stages else here.stages[0]
position = sentences.opened(here, stage)
if position is None:
    st.info(
        f"No {here.items.removesuffix('s')} passes the filters of this address. Clear them to see one.",
        icon=":material/filter_alt_off:",
    )
    st.stop()
found = queries.selection(here.run["id"], position)
with buttons:
    sentences.stepper(here, stage, position)
with st.container(border=True, key="query"):
    st.markdown(sentence.title(here, position))
    sentence.one_stage(here, stage, position, key="query-sentence")
if found is None:
    st.info(
        "No exemplars were chosen for this sentence in this run. Step to another.", icon=":material/info:"
    )
    st.stop()
st.subheader(f"The {len(found['exemplars'])} {here.items} it learns from")
exemplars.badges(found)
metrics(exemplars.objective(found))
exemplars.cards(here, found)
exemplars.prompt(here, found)
left, right = st.columns(2, gap="large")
with left:
    note = "The numbers are the places in the prompt; larger points cover more labels."
    chart(
        "Similarity and confidence", scatter(found["exemplars"], dark=state.dark()), key="scatter", note=note
    )
with right:
    st.markdown("#### All choices of this run")
    st.caption(
        "Core share: how much of all places the most used exemplars take. "
        "A high share means nearly one global prompt."
    )
    figures = list(exemplars.diagnostics(whole).items())
    metrics(dict(figures[:3]))
    metrics(dict(figures[3:]))
with buttons:
    tables = {"Chosen": exemplars.as_table(found), "Use of exemplars": queries.exemplar_use(here.run["id"])}
    export_menu(tables, stem=f"{here.dataset.id}-exemplars", key="exemplars")
