"""Everything that can be asked of the workspace, in one place."""

from core.store.queues import queues
from core.store.templates import TemplateRow, templates
from core.store.views_annotations import annotation_log, annotations, remarks
from core.store.views_archive import archived_rows, exemplar_datasets, independent
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
from core.store.views_loop import corrections_of, last_said, said_until
from core.store.views_pace import model_outcomes, pace
from core.store.views_people import (
    assigned_as,
    assignments,
    authors,
    layers,
    n_words,
    own_layers,
    partly_said,
    standing,
    versions,
)
from core.store.views_runs import influence, predictions, run, runs, scores, selection, selections
from core.store.views_scores import scores_of
from core.store.views_sentences import n_sentences, positions, sentences
from core.store.views_stage1 import confidence_by_label, label_thresholds, paired_labels
from core.store.views_stale import stale
from core.store.views_tokenization import edited, tokenization_log, tokens_now
from core.store.views_words import ambiguous_forms, exemplar_use, selection_diagnostics

__all__ = [
    "TemplateRow",
    "ambiguous_forms",
    "annotation_log",
    "annotations",
    "archived_rows",
    "asked_positions",
    "assigned_as",
    "assignments",
    "attempts",
    "authors",
    "call_log",
    "calls",
    "column",
    "completion",
    "completions",
    "confidence_by_label",
    "confidence_histogram",
    "confusion",
    "corrections_of",
    "dataset",
    "datasets",
    "edited",
    "exemplar_datasets",
    "exemplar_use",
    "first_run",
    "human_column",
    "independent",
    "influence",
    "instances",
    "label_counts",
    "label_thresholds",
    "last_said",
    "layers",
    "model_outcomes",
    "n_sentences",
    "n_words",
    "outcomes",
    "own_layers",
    "pace",
    "paired_labels",
    "partly_said",
    "positions",
    "predictions",
    "queues",
    "recorded_influence",
    "records",
    "reliability",
    "remarks",
    "run",
    "runs",
    "said_until",
    "scores",
    "scores_of",
    "selection",
    "selection_diagnostics",
    "selections",
    "sentences",
    "shown_exemplars",
    "split_column",
    "stage_summary",
    "stale",
    "standing",
    "template",
    "templates",
    "token_rate",
    "tokenization_log",
    "tokens_now",
    "versions",
    "word_column",
]
