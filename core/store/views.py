"""Everything that can be asked of the workspace, in one place."""

from core.store.views_annotations import annotation_log, annotations
from core.store.views_data import (
    completion,
    completions,
    dataset,
    datasets,
    instances,
    records,
    template,
)
from core.store.views_runs import predictions, run, runs, scores, selection, selections

__all__ = [
    "annotation_log",
    "annotations",
    "completion",
    "completions",
    "dataset",
    "datasets",
    "instances",
    "predictions",
    "records",
    "run",
    "runs",
    "scores",
    "selection",
    "selections",
    "template",
]
