"""Scores, always with the gold, the label set and the number of items they were computed on."""

from __future__ import annotations

from core.types import Score
from dashboard import naming
from dashboard.current import Here

ORDER = list(naming.METRICS)
PAPER_FIGURE = (
    "Paper-compatible F1 is the figure the SSP paper reports: span F1 over runs of equal tags, also for "
    "parts of speech. Token accuracy is the plain share of right tokens."
)


def measured(here: Here, score: Score | None) -> str:
    """What the figures of a page were computed against: gold, number of items, label set."""
    if score is None:
        return f"against {here.gold_name}"
    return naming.against(here.gold_name, score.n_instances, len(score.label_set), here.dataset.task)


def change(before: Score | None, after: Score | None) -> str:
    """`78.5 → 83.2`, or the one there is, in percent."""
    figures = [f"{100 * score.value:.1f}" for score in (before, after) if score is not None]
    return " → ".join(figures) if figures else "no score"
