"""Scores of a stored run against the gold of its data set, stored with what they refer to."""

from __future__ import annotations

from typing import Any

from core.evaluation import evaluate
from core.store import Store, facts, views
from core.types import Prediction, Score

STAGES = ("stage1", "consensus", "stage2")


def score_run(store: Store, run_id: str) -> dict[str, Any]:
    """Compute and store the scores of every stage of a run.

    Returns:
        `{"gold": id, "label_set": [...], "n_instances": n, "stage1": {...}, "stage2": {...}}`;
        without gold, `gold` and the stages are None. Fractions in [0, 1].

    Raises:
        UnknownName: no such run.
    """
    run = views.run(store, run_id)
    dataset = views.dataset(store, run["dataset"])
    gold_id = f"{dataset.id}/gold"
    gold = views.predictions(store, gold_id, "gold") if has_run(store, gold_id, dataset.id) else {}
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
        metrics = evaluate(dataset.task, *_paired(gold, predictions, positions))
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


def _paired(
    gold: dict[int, Prediction], predicted: dict[int, Prediction], positions: list[int]
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    return [gold[p].labels for p in positions], [predicted[p].labels for p in positions]
