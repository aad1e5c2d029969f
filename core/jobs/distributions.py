"""Stage I's whole distributions, kept beside the database for runs that are made of another one.

The database has the label that was given and how sure it was; the offline tagger reads how likely the others
were, too. They lie in `distributions/RUN/stage1/`, as the pieces that the job kept, and nobody who has lost
them loses a result.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from core.kept import Kept
from core.store import Store, views
from core.types import Prediction

STAGE = "stage1"
LARGEST = 64 * 2**20
"""Bytes: those of a larger run (some hundred thousand tokens) are not kept."""


def keep(store: Store, job: Path, run_id: str) -> None:
    """Take them from the folder of a job that is done; those of runs that were deleted go."""
    _forget(store)
    pieces = job / "kept" / STAGE
    target = _folder(store, run_id) / STAGE
    if not pieces.is_dir() or target.exists():
        return
    if sum(path.stat().st_size for path in pieces.iterdir()) <= LARGEST:
        target.parent.mkdir(parents=True, exist_ok=True)
        pieces.rename(target)


def kept(store: Store, run_id: str) -> dict[int, Prediction]:
    """Stage I of a run, by position, with its distributions; empty where they were not kept.

    Nor are they given where they are not about the labels that the run stored (a translation's, say). Items
    whose words humans changed since are left out: theirs are over other words.
    """
    rows = Kept(_folder(store, run_id)).stored(STAGE, (Prediction,))
    edited = views.edited(store, str(views.run(store, run_id)["dataset"]))
    found = {row.position: row for row in rows if row.position not in edited}
    stored = {**views.predictions(store, run_id, "pool"), **views.predictions(store, run_id, STAGE)}
    same = all(at in edited or (at in found and found[at].labels == row.labels) for at, row in stored.items())
    return found if same and all(row.posterior for row in rows) else {}


def _folder(store: Store, run_id: str) -> Path:
    return store.path.parent / "distributions" / run_id.replace("/", "-")


def _forget(store: Store) -> None:
    known = {_folder(store, run["id"]) for run in views.runs(store)}
    for folder in (store.path.parent / "distributions").glob("*"):
        if folder not in known:
            shutil.rmtree(folder, ignore_errors=True)
