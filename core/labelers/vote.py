"""Stage I without a language model: the nearest source exemplars vote, each by its similarity.

It stands in for in-context labelling where no model can be asked, so that a retriever can be used and judged
offline: what it gives is a nearest-neighbour classifier over gold source items, no language model's answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from core.errors import RecipeError
from core.labelers import Beside, labelers
from core.labelers.posteriors import FloatArray, chosen
from core.types import Exemplar, Instance, Labels, Prediction, Record, Report, TaskName

Near = Callable[[Sequence[Instance]], Iterable[tuple[Sequence[Exemplar], Sequence[float]]]]


@labelers.register("vote")
@dataclass
class Vote:
    """A vote of the `stage1.k` nearest source exemplars.

    Attributes:
        temperature: difference in similarity by which a vote counts e times as much.
        doubt: weight, in votes, that all labels share: what keeps a unanimous vote from being certain.
    """

    wants_beside: ClassVar[bool] = True
    tasks: ClassVar[tuple[TaskName, ...]] = ("nli", "topic")

    temperature: float = 0.05
    doubt: float = 0.3
    _near: Near | None = field(default=None, repr=False)
    _labels: Labels = ()

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise RecipeError(f"stage1.temperature must be more than 0, not {self.temperature}.")
        if not self.doubt >= 0:
            raise RecipeError(f"stage1.doubt must be 0 or more, not {self.doubt}.")

    def fit(
        self,
        sources: Sequence[tuple[str, Sequence[Record]]],
        target: Sequence[Instance],
        label_set: Labels,
        *,
        seed: int,
        report: Report,
        corrected: Sequence[Record] = (),
        keep: Path | None = None,
        beside: Beside | None = None,
    ) -> None:
        """See `StageOneLabeler.fit`. Nothing is learned: whatever is near comes from `beside`."""
        if beside is None or beside.near is None:
            raise RecipeError("Stage I (vote) was not told what is near.", "Use it in a run.")
        if not any(record.labels and record.labels[0] in label_set for _, rows in sources for record in rows):
            raise RecipeError(
                "Stage I (vote) found no items in the sources with a label of this data set.",
                f"Its labels are {', '.join(label_set)}; choose a --source that has them.",
            )
        self._near, self._labels = beside.near, label_set

    def label(self, instances: Sequence[Instance], report: Report) -> list[Prediction]:
        """See `StageOneLabeler.label`."""
        if self._near is None:
            raise RecipeError("Stage I (vote) has not been fitted.", "Call fit before label.")
        found = []
        pairs = zip(instances, self._near(instances), strict=True)
        for at, (instance, (shown, similarities)) in enumerate(pairs):
            report("voting", at, len(instances))
            found.append(chosen(instance.position, self.votes(shown, similarities), self._labels))
        return found

    def votes(self, shown: Sequence[Exemplar], similarities: Sequence[float]) -> FloatArray:
        """(1, labels): the share of the votes for each label; even where nothing is shown."""
        size = len(self._labels)
        row = np.full(size, (self.doubt if shown else 1.0) / size)
        near = np.array(similarities, dtype=np.float64)
        close = np.exp((near - near.max(initial=-np.inf)) / self.temperature) if len(near) else near
        for exemplar, weight in zip(shown, close, strict=True):
            row[self._labels.index(exemplar.labels[0])] += weight
        total: Any = row.sum()
        return np.asarray((row / total)[None, :])
