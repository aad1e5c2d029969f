"""What sentences that humans labelled say of the sides, and for how much more they stand."""

from __future__ import annotations

from dataclasses import dataclass

from core.comparison.counting import Judged, judged
from core.comparison.scores import coded_of, main_metric
from core.comparison.sides import HUMAN, Comparison
from core.intervals import Interval
from core.score_intervals import Tally, differences, intervals, tallied


@dataclass(frozen=True, slots=True)
class Audited:
    """The main score of every side on the sentences with human labels.

    Attributes:
        metric: one of `METRICS`.
        n_sentences, of_sentences: with human labels, and compared in all.
        n_tokens: with human labels.
        sides: the score with its 95 % sentence bootstrap interval; None for what humans said themselves.
        differences: to the first side, on the same draws; None for that side and for humans.
        at_random: the sentences were drawn at random from all that are compared.
        complete: they are all that are compared.
    """

    metric: str
    n_sentences: int
    of_sentences: int
    n_tokens: int
    sides: tuple[Interval | None, ...]
    differences: tuple[Interval | None, ...]
    at_random: bool
    complete: bool

    @property
    def remark(self) -> str:
        """For which sentences the figures stand."""
        some = f"{self.n_sentences} of {self.of_sentences} sentences have human labels"
        if self.complete:
            return "All sentences compared have human labels."
        if self.at_random:
            return f"{some}, drawn at random: the intervals hold for all of them."
        return (
            f"{some}. They were chosen, by a person or a queue, and not drawn at random: "
            "the figures are true of these sentences and may be far from those of the others."
        )


def audited(compared: Comparison, *, at_random: bool = False) -> Audited | None:
    """What human labels say; None where the comparison is not held against them, or none fits.

    Args:
        at_random: whoever chose the sentences to correct says that they were drawn at random. Nothing that
            is stored says so.
    """
    known = judged(compared)
    if compared.against != HUMAN or known is None:
        return None
    metric = main_metric(compared.dataset.task)
    tallies = [_tally(compared, known, place, metric) for place in range(len(compared.sides))]
    first = tallies[0]
    return Audited(
        metric=metric,
        n_sentences=known.n,
        of_sentences=compared.n_sentences,
        n_tokens=len(known.owners),
        sides=tuple(intervals(tally)[metric] if tally else None for tally in tallies),
        differences=(
            None,
            *(differences(first, one)[metric] if first and one else None for one in tallies[1:]),
        ),
        at_random=at_random,
        complete=known.n == compared.n_sentences,
    )


def _tally(compared: Comparison, known: Judged, side: int, metric: str) -> dict[str, Tally]:
    """The counts of the metric; {} for humans, who are right by definition."""
    if not compared.sides[side].run:
        return {}
    return tallied(compared.dataset.task, coded_of(compared, known, side), [metric])
