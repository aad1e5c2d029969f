"""Random samples to be labelled blind."""

from __future__ import annotations

from core.errors import StudioError
from core.loop import audit
from core.store import Store, facts, views


def draw(store: Store, dataset_id: str, run_id: str, stage: str, n: int, seed: int) -> int:
    """Keep `n` items of those a run labelled (without a run: of all) as an audit, in random order.

    A part of it that is labelled in this order is a random sample, too.

    Returns:
        The id of the queue.

    Raises:
        UnknownName: no such data set. StudioError: there are not so many items.
    """
    column = views.column(store, run_id, stage) if run_id else views.word_column(store, dataset_id)
    positions = column.positions.tolist()
    if not 0 < n <= len(positions):
        raise StudioError(f"{n} of {len(positions)} items cannot be drawn.", "Choose fewer.")
    drawn = audit.draw(positions, n, seed)
    meta = {"seed": seed, "of": len(positions), "run": run_id, "stage": stage}
    name = f"Blind audit of {n} (seed {seed})"
    return facts.add_queue(store, dataset_id, name, drawn, "a random sample", kind=facts.AUDIT, meta=meta)
