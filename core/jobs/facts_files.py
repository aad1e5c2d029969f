"""A run's results as files, one per stage, each complete or absent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core import rows
from core.rows import Row
from core.types import Completion, Exemplar, Influence, Instance, Prediction, Selection
from core.whole_files import whole


class FileSink:
    """A pipeline sink that writes `out/*.parquet`.

    Args:
        folder: the job's directory.
        instances: the target's instances in query order.
    """

    def __init__(self, folder: Path, instances: Sequence[Instance]) -> None:
        self._out = folder / "out"
        self._out.mkdir(parents=True, exist_ok=True)
        self._instances = instances
        self._completions = 0
        self.stages: dict[str, int] = {}
        self.notes: dict[str, dict[str, object]] = {}

    def predictions(self, stage: str, found: Sequence[Prediction]) -> None:
        self._write(
            f"prediction-{stage}", rows.PREDICTION, (rows.prediction_row(stage, row) for row in found)
        )
        self.stages[stage] = len(found)

    def selections(self, found: Sequence[Selection], pool: Sequence[Exemplar]) -> None:
        positions = [self._instances[row.query].position for row in found]
        pairs = list(zip(positions, found, strict=True))
        shown = (shown for position, row in pairs for shown in _exemplar_rows(position, row, pool))
        self._write("exemplar", rows.EXEMPLAR, shown)
        self._write(
            "selection", rows.SELECTION, (rows.selection_row(position, row) for position, row in pairs)
        )

    def influences(self, found: Sequence[Influence]) -> None:
        self._write("influence", rows.INFLUENCE, map(rows.influence_row, found))

    def completions(self, found: Iterable[Completion]) -> None:
        self._completions += 1
        name = f"completion-{self._completions}"
        self._write(name, rows.COMPLETION, map(rows.completion_row, found))

    def note(self, name: str, said: Mapping[str, object]) -> None:
        self.notes[name] = {**self.notes.get(name, {}), **said}

    def _write(self, name: str, schema: pa.Schema, found: Iterable[Row]) -> None:
        path = self._out / f"{name}.parquet"
        with whole(path) as part, pq.ParquetWriter(part, schema, compression="zstd") as writer:
            for batch in rows.batches(found, schema):
                writer.write_batch(batch)


def _exemplar_rows(position: int, selection: Selection, pool: Sequence[Exemplar]) -> Iterator[Row]:
    figures = zip(selection.chosen, selection.similarity, selection.confidence, selection.covers, strict=True)
    for rank, (place, similarity, confidence, covers) in enumerate(figures):
        item = pool[place]
        yield (
            position,
            rank,
            item.dataset,
            item.instance.position,
            similarity,
            confidence,
            covers,
            item.origin,
        )
