"""A run's results as files, one per stage, each complete or absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.types import Completion, Exemplar, Instance, Prediction, Selection

STRINGS = pa.list_(pa.string())
PREDICTION = pa.schema(
    [
        ("stage", pa.string()),
        ("position", pa.int64()),
        ("labels", STRINGS),
        ("confidences", pa.list_(pa.float32())),
        ("min_confidence", pa.float32()),
        ("mean_confidence", pa.float32()),
        ("completion_key", pa.string()),
        ("error", pa.string()),
    ]
)
SELECTION = pa.schema(
    [
        ("position", pa.int64()),
        ("status", pa.string()),
        ("value", pa.float64()),
        ("upper_bound", pa.float64()),
        ("seconds", pa.float64()),
        ("uncovered", STRINGS),
        ("uncoverable", STRINGS),
    ]
)
EXEMPLAR = pa.schema(
    [
        ("position", pa.int64()),
        ("rank", pa.int64()),
        ("exemplar_dataset", pa.string()),
        ("exemplar_position", pa.int64()),
        ("similarity", pa.float64()),
        ("confidence", pa.float64()),
        ("covers", STRINGS),
        ("origin", pa.string()),
    ]
)
COMPLETION = pa.schema(
    [
        (name, pa.string())
        for name in (
            "key",
            "dataset_id",
            "model",
            "prompt_sha256",
            "prompt",
            "text",
            "finish_reason",
            "status",
        )
    ]
    + [("prompt_tokens", pa.int64()), ("completion_tokens", pa.int64())]
)


class FileSink:
    """A pipeline sink that writes `out/*.parquet`.

    Args:
        folder: the job's directory.
        dataset: id of the target data set, to which completions belong.
        instances: the target's instances in query order.
    """

    def __init__(self, folder: Path, dataset: str, instances: Sequence[Instance]) -> None:
        self._out = folder / "out"
        self._out.mkdir(parents=True, exist_ok=True)
        self._dataset = dataset
        self._instances = instances
        self.stages: dict[str, int] = {}

    def predictions(self, stage: str, rows: Sequence[Prediction]) -> None:
        self._write(f"prediction-{stage}", PREDICTION, [prediction_row(stage, row) for row in rows])
        self.stages[stage] = len(rows)

    def selections(self, rows: Sequence[Selection], pool: Sequence[Exemplar]) -> None:
        exemplars: list[dict[str, object]] = []
        for selection in rows:
            position = self._instances[selection.query].position
            exemplars += _exemplar_rows(selection, position, pool)
        self._write("exemplar", EXEMPLAR, exemplars)
        self._write("selection", SELECTION, [self._selection_row(row) for row in rows])

    def completions(self, rows: Sequence[Completion]) -> None:
        self._write("completion", COMPLETION, [asdict(row) | {"dataset_id": self._dataset} for row in rows])

    def _selection_row(self, row: Selection) -> dict[str, object]:
        return {
            "position": self._instances[row.query].position,
            "status": row.status,
            "value": row.value,
            "upper_bound": row.upper_bound,
            "seconds": row.seconds,
            "uncovered": list(row.uncovered),
            "uncoverable": list(row.uncoverable),
        }

    def _write(self, name: str, schema: pa.Schema, rows: Sequence[Mapping[str, object]]) -> None:
        path = self._out / f"{name}.parquet"
        part = path.with_suffix(".part")
        pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), part, compression="zstd")
        part.replace(path)


def prediction_row(stage: str, row: Prediction) -> dict[str, object]:
    """A prediction as stored, with the two summaries that queues sort by."""
    confidences = row.confidences or ()
    return {
        "stage": stage,
        "position": row.position,
        "labels": list(row.labels),
        "confidences": None if row.confidences is None else [float(value) for value in confidences],
        "min_confidence": min(confidences) if confidences else None,
        "mean_confidence": sum(confidences) / len(confidences) if confidences else None,
        "completion_key": row.completion_key,
        "error": row.error,
    }


def _exemplar_rows(selection: Selection, position: int, pool: Sequence[Exemplar]) -> list[dict[str, object]]:
    rows = []
    for rank, row in enumerate(selection.chosen):
        item = pool[row]
        rows.append(
            {
                "position": position,
                "rank": rank,
                "exemplar_dataset": item.dataset,
                "exemplar_position": item.instance.position,
                "similarity": selection.similarity[rank],
                "confidence": selection.confidence[rank],
                "covers": list(selection.covers[rank]),
                "origin": item.origin,
            }
        )
    return rows
