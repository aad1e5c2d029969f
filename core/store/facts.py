"""Everything that changes the workspace, in one place."""

from core.store.facts_annotations import LAYER, annotate
from core.store.facts_datasets import add_dataset, delete_dataset
from core.store.facts_runs import (
    add_completions,
    add_import_run,
    add_template,
    delete_run,
    finish_run,
    put_scores,
    start_run,
)
from core.store.facts_settings import set_egress, set_tagset
from core.store.ingest import ingest
from core.store.queues import add_queue, delete_queue
from core.store.templates import delete_template, save_template

__all__ = [
    "LAYER",
    "add_completions",
    "add_dataset",
    "add_import_run",
    "add_queue",
    "add_template",
    "annotate",
    "delete_dataset",
    "delete_queue",
    "delete_run",
    "delete_template",
    "finish_run",
    "ingest",
    "put_scores",
    "save_template",
    "set_egress",
    "set_tagset",
    "start_run",
]
