"""Everything that can be asked of the workspace, in one place."""

from core.store.queues import queues
from core.store.templates import TemplateRow, templates
from core.store.views_annotations import annotation_log, annotations, remarks
from core.store.views_blame import first_run, recorded_influence, shown_exemplars
from core.store.views_calls import asked_positions, attempts, call_log, calls, outcomes
from core.store.views_columns import column, human_column, split_column, word_column
from core.store.views_data import (
    completion,
    completions,
    dataset,
    datasets,
    instances,
    records,
    template,
    token_rate,
)
from core.store.views_labels import (
    confidence_histogram,
    confusion,
    label_counts,
    reliability,
    stage_summary,
)
from core.store.views_pace import model_outcomes, pace
from core.store.views_runs import influence, predictions, run, runs, scores, selection, selections
from core.store.views_scores import scores_of
from core.store.views_sentences import n_sentences, positions, sentences
from core.store.views_stage1 import confidence_by_label, label_thresholds, paired_labels
from core.store.views_words import ambiguous_forms, exemplar_use, selection_diagnostics

__all__ = [
    "TemplateRow",
    "ambiguous_forms",
    "annotation_log",
    "annotations",
    "asked_positions",
    "attempts",
    "call_log",
    "calls",
    "column",
    "completion",
    "completions",
    "confidence_by_label",
    "confidence_histogram",
    "confusion",
    "dataset",
    "datasets",
    "exemplar_use",
    "first_run",
    "human_column",
    "influence",
    "instances",
    "label_counts",
    "label_thresholds",
    "model_outcomes",
    "n_sentences",
    "outcomes",
    "pace",
    "paired_labels",
    "positions",
    "predictions",
    "queues",
    "recorded_influence",
    "records",
    "reliability",
    "remarks",
    "run",
    "runs",
    "scores",
    "scores_of",
    "selection",
    "selection_diagnostics",
    "selections",
    "sentences",
    "shown_exemplars",
    "split_column",
    "stage_summary",
    "template",
    "templates",
    "token_rate",
    "word_column",
]
