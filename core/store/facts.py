"""Everything that changes the workspace, in one place."""

from core.store.facts_annotations import BLIND, LAYER, annotate, by
from core.store.facts_archive import add_archive, add_handed_over, is_handed_over
from core.store.facts_datasets import add_dataset, delete_dataset
from core.store.facts_people import add_assignments, add_changes
from core.store.facts_remarks import add_remark, once
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
from core.store.facts_tokenization import CARRIED, redo_tokenization, retokenize, undo_tokenization
from core.store.ingest import ingest
from core.store.queues import AUDIT, add_queue, delete_queue
from core.store.templates import delete_template, save_template

__all__ = [
    "AUDIT",
    "BLIND",
    "CARRIED",
    "LAYER",
    "add_archive",
    "add_assignments",
    "add_changes",
    "add_completions",
    "add_dataset",
    "add_handed_over",
    "add_import_run",
    "add_queue",
    "add_remark",
    "add_template",
    "annotate",
    "by",
    "delete_dataset",
    "delete_queue",
    "delete_run",
    "delete_template",
    "finish_run",
    "ingest",
    "is_handed_over",
    "once",
    "put_scores",
    "redo_tokenization",
    "retokenize",
    "save_template",
    "set_egress",
    "set_tagset",
    "start_run",
    "undo_tokenization",
]
