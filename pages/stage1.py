"""Stage I: the noisy labels, how sure they are and how rightly so, and what to build on them."""

from __future__ import annotations

import streamlit as st

from dashboard import captions, current, measures, naming, queries, state
from dashboard.charts.confidence import calibration_error, confidence_histogram, label_counts, reliability
from dashboard.charts.confidence_by_label import confidence_by_label
from dashboard.charts.confusion import confusion
from dashboard.widgets import measured, queues, readiness, run_link, scores, sentence, sentences
from dashboard.widgets.export import Tables, export_menu
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
given = queries.label_counts(gold, "gold") if gold else None
against = scores.measured(here, score)
labels = measured.by_label(here, here.noisy_stage, counts, given)
tables: Tables = {"Label counts": counts, "Label by label": labels, "Ambiguous forms": forms}
tables |= {"Reliability": bins, "Confusion": table}

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
with st.grid(2, min_column_width=420, gap="large"):
    with st.container():
        tables |= readiness.card(here)
    with st.container():
        if score and table is not None:
            tables["Scores"] = measured.scores(here, "stage1", table, against)
        else:
            st.info("There is no gold to score these labels against.", icon=":material/info:")
left, right = st.columns(2, gap="large")
with left:
    note = " · ".join(
        [f"{unit.capitalize()} per label"]
        + (["marks: the gold labels of the whole data set"] if gold else [])
        + (["O is left out"] if "O" in here.dataset.labels else [])
    )
    chart("Labels given", label_counts(counts, given, unit=unit, dark=dark), key="counts", note=f"{note}.")
    st.caption(naming.plain(measured.never_given(labels)) or "Every label of the set was given.")
    if bins is not None:
        note = f"On the dotted line it is right, below it the labeler is too sure of itself; {against}."
        chart("Can it be believed?", reliability(bins, unit=unit, dark=dark), key="reliability", note=note)
with right:
    if known:
        figure = confidence_histogram(queries.histogram(run, "stage1"), unit=unit, dark=dark)
        chart("Confidence", figure, key="hist")
        tables["Confidence by label"] = spread = queries.confidence_by_label(run, "stage1")
        limits = measures.thresholds(here.run, here.noisy_stage)
        note = (
            "Shade: share of a label. Marks: its threshold in the pool, below which confidence is penalised."
        )
        figure = confidence_by_label(spread, limits, list(labels.label), unit=unit, dark=dark)
        chart("Confidence by label", figure, key="hist-by-label", note=note)
with st.expander("Label by label", icon=":material/table_rows:"):
    measured.label_table(labels)
if not forms.empty:
    with st.expander("Ambiguous forms", icon=":material/alt_route:"):
        measured.form_table(forms)
if table is not None:
    note = f"Shade = share of the gold label, {against}. Click a cell to list its {here.items} below."
    figure = confusion(table, here.dataset.labels, unit=unit, dark=dark)
    chart("Confusion with gold", figure, note=note, **state.cell_to_view("confusion-stage1"))

st.subheader("Sentences" if unit == "tokens" else "Items")
queues.listed(here)
position = sentences.opened(here, "stage1")
if position is not None:
    with st.container(border=True, key="opened"):
        st.markdown(sentence.title(here, position))
        sentence.one_stage(here, "stage1", position, key="stage1-sentence")
sentences.filter_bar(here)
queues.queue_selection(here, "stage1")
tables["Sentences"] = sentences.sentence_list(here, "stage1", key="stage1")
with buttons:
    queues.annotate_link(here, label="Correct labels")
    run_link.run_link(here.dataset)
    export_menu(tables, stem=f"{here.dataset.id}-stage1", key="stage1", caption=captions.of_run(here))
