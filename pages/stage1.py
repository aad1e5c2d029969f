"""Stage I: the noisy labels, how sure they are and how rightly so."""

from __future__ import annotations

import streamlit as st

from dashboard import current, naming, queries, state
from dashboard.charts.confidence import calibration_error, confidence_histogram, label_counts, reliability
from dashboard.charts.confusion import confusion
from dashboard.widgets import run_form, scores, sentence, sentences
from dashboard.widgets.export import export_menu
from dashboard.widgets.layout import chart, heading, metrics

here = current.here("stage1")
run, gold, unit, dark = here.run["id"], here.gold, here.unit, state.dark()
summary = queries.summary(run, "stage1")
counts = queries.label_counts(run, "stage1")
forms = queries.ambiguous_forms(run, "stage1") if unit == "tokens" else counts.iloc[:0]
known = summary.get("mean_confidence") is not None
bins = queries.reliability(run, "stage1", gold) if gold and known else None
table = queries.confusion(run, "stage1", gold) if gold else None
score = queries.main_scores(run, here.dataset.task).get("stage1")

against = scores.measured(here, score)

buttons = heading("Stage I", here, naming.stage1_source(here.run))
metrics(
    {
        "Sentences" if unit == "tokens" else "Items": f"{summary['n']:,}",
        "Tokens": f"{summary['n_tokens']:,}" if unit == "tokens" else None,
        "Mean confidence": f"{summary['mean_confidence']:.3f}" if known else None,
        naming.METRICS[naming.MAIN_METRIC[here.dataset.task]]: f"{100 * score.value:.1f}" if score else None,
        "Calibration error": f"{calibration_error(bins):.3f}" if bins is not None else None,
    },
    note=f"Scores in percent, {against}." if score else "",
)
left, right = st.columns(2, gap="large")
with left:
    given = queries.label_counts(gold, "gold") if gold else None
    note = " · ".join(
        [f"{unit.capitalize()} per label"]
        + (["marks: the gold labels of the whole data set"] if gold else [])
        + (["O is left out"] if "O" in here.dataset.labels else [])
    )
    chart("Labels given", label_counts(counts, given, unit=unit, dark=dark), key="counts", note=f"{note}.")
    if not forms.empty:
        st.markdown("#### Ambiguous forms")
        st.caption("Words with more than one label, frequent and evenly spread ones first (entropy in bits).")
        number = st.column_config.NumberColumn(format="%.2f")
        order = ("form", "count", "entropy", "labels")
        st.dataframe(
            forms,
            hide_index=True,
            height=215,
            column_order=order,
            column_config={"entropy": number},
            alt="Ambiguous forms",
            key="forms",
        )
with right:
    if known:
        chart(
            "Confidence",
            confidence_histogram(queries.histogram(run, "stage1"), unit=unit, dark=dark),
            key="hist",
        )
    if bins is not None:
        note = f"On the dotted line it is right, below it the labeler is too sure of itself; {against}."
        chart("Can it be believed?", reliability(bins, unit=unit, dark=dark), key="reliability", note=note)
if table is not None:
    note = f"Shade = share of the gold label, {against}. Click a cell to list its {here.items} below."
    figure = confusion(table, here.dataset.labels, unit=unit, dark=dark)
    chart("Confusion with gold", figure, note=note, **state.cell_to_view("confusion-stage1"))

st.subheader("Sentences" if unit == "tokens" else "Items")
position = sentences.opened(here, "stage1")
if position is not None:
    with st.container(border=True, key="opened"):
        st.markdown(sentence.title(here, position))
        sentence.one_stage(here, "stage1", position, key="stage1-sentence")
sentences.filter_bar(here)
listed = sentences.sentence_list(here, "stage1", key="stage1")
with buttons:
    run_form.run_button(here.dataset, key="run-here")
    tables = {
        "Label counts": counts,
        "Ambiguous forms": forms,
        "Reliability": bins,
        "Confusion": table,
        "Sentences": listed,
    }
    export_menu(tables, stem=f"{here.dataset.id}-stage1", key="stage1")
