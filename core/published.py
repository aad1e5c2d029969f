"""Published figures beside ours, where they are about the same data, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable

from core.catalog.paper_table import PaperFigure, paper_figures
from core.types import Dataset, Score, TaskName

__all__ = ["PaperFigure", "beside", "figures", "same_data"]

ROUNDING = 0.00005
"""Published figures have two decimals of a percent."""


def figures(task: TaskName | None = None) -> tuple[PaperFigure, ...]:
    """All published figures (of a task), comparable or not."""
    return tuple(figure for figure in paper_figures() if task in (None, figure.task))


def same_data(figure: PaperFigure, dataset: Dataset) -> bool:
    """Whether a figure was measured on this data set: its id, its split with all items, its label set."""
    return (
        figure.dataset == dataset.id
        and dataset.splits.get(figure.split) == figure.n == dataset.n_instances
        and set(figure.labels) == set(dataset.labels)
    )


def beside(dataset: Dataset, scores: Iterable[Score]) -> tuple[PaperFigure, ...]:
    """The figures that some of these scores can be held against: of the same data, metric, labels and n."""
    scored = {(score.metric, frozenset(score.label_set), score.n_instances) for score in scores}
    return tuple(
        figure
        for figure in figures(dataset.task)
        if figure.metric
        and same_data(figure, dataset)
        and (figure.metric, frozenset(figure.labels), figure.n) in scored
    )


def agrees(figure: PaperFigure, value: float) -> bool:
    """Whether a score is the published one, to the decimals that were published."""
    return abs(figure.value - value) <= ROUNDING + 1e-9
