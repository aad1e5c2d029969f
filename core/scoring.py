"""Scores of a stored run against the gold of its data set, stored with what they refer to."""

from __future__ import annotations

from typing import Any

from core.evaluation import evaluate
from core.store import Store, facts, views
from core.tokenization import Pair, known
from core.types import Score

STAGES = ("stage1", "consensus", "stage2")


def score_run(store: Store, run_id: str) -> dict[str, Any]:
    """Compute and store the scores of every stage of a run.

    Returns:
        `{"gold": id, "label_set": [...], "n_instances": n, "stage1": {...}, "stage2": {...}}`;
        without gold, `gold` and the stages are None. Fractions in [0, 1]. Where humans changed words, what
        is not known of these is not counted: `n_unknown` says how many words that are, if any.

    Raises:
        UnknownName: no such run.
    """
    run = views.run(store, run_id)
    dataset = views.dataset(store, run["dataset"])
    gold_id = f"{dataset.id}/gold"
    gold = views.predictions(store, gold_id, "gold") if has_run(store, gold_id, dataset.id) else {}
    changed = views.edited(store, dataset.id)
    answer: dict[str, Any] = {
        "run": run_id,
        "gold": gold_id if gold else None,
        "label_set": list(dataset.labels),
        "n_instances": 0,
        "stage1": None,
        "stage2": None,
    }
    rows: list[Score] = []
    for stage in STAGES:
        predictions = views.predictions(store, run_id, stage)
        positions = sorted(set(gold) & set(predictions))
        if not positions:
            continue
        pairs = [(gold[at].labels, predictions[at].labels) for at in positions]
        whole = [pair for at, pair in zip(positions, pairs, strict=True) if at not in changed]
        parts = [known(*pair) for at, pair in zip(positions, pairs, strict=True) if at in changed]
        counted = [*whole, *(part for found in parts for part in found)]
        metrics = evaluate(dataset.task, [mine for mine, _ in counted], [theirs for _, theirs in counted])
        if unknown := sum(map(_size, pairs)) - sum(map(_size, counted)):
            answer["n_unknown"] = unknown
        answer[stage] = metrics
        answer["n_instances"] = len(positions)
        rows += [
            Score(metric, value, stage, gold_id, dataset.labels, len(positions))
            for metric, value in metrics.items()
        ]
    facts.put_scores(store, run_id, rows)
    return answer


def has_run(store: Store, run_id: str, dataset_id: str) -> bool:
    return any(run["id"] == run_id for run in views.runs(store, dataset_id))


def _size(pair: Pair) -> int:
    return len(pair[0])
