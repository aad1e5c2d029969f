"""How much the form of a prompt decides: agreement of the same items' labels over several forms of asking.

Source: the spread over formats as Sclar et al. 2024 (arXiv 2310.11324) report it; presets and words are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, product
from statistics import fmean

from core.asking.order import Order
from core.evaluation import evaluate
from core.llms import Style
from core.score_intervals import differences, tallies
from core.types import Labels, TaskName

OUTPUTS: Mapping[str, tuple[Style, ...]] = {"token": ("rows", "json", "inline"), "item": ("label", "json")}
ORDERS: tuple[Order, ...] = ("similar_first", "similar_last")
METRIC: Mapping[str, str] = {
    "pos": "token_accuracy",
    "ner": "span_f1",
    "nli": "accuracy",
    "topic": "accuracy",
}
STEADY = 0.95
"""Where any two forms agree on so many labels, the form hardly matters."""

Found = Mapping[int, Labels]


@dataclass(frozen=True, slots=True)
class Preset:
    """One form of asking; fields as in `core.asking.Asking`."""

    output: Style
    order: Order
    language: str = "eng"

    @property
    def name(self) -> str:
        return f"{self.output}/{self.order}/{self.language}"


def presets(unit: str, languages: Sequence[str] = ("eng",)) -> list[Preset]:
    """Every output x order x language for a task that labels tokens or items."""
    return [Preset(*form, language) for form in product(OUTPUTS[unit], ORDERS) for language in languages]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What the form of the prompt changed.

    `agreement` is the share of labels two forms have in common (`pairs`: any two of them), `score` the
    metric of each form against gold, `spread` the best less the worst with its 95 % interval; None without.
    """

    items: int
    agreement: float
    pairs: Mapping[str, float]
    metric: str
    score: Mapping[str, float]
    spread: tuple[float, float, float] | None
    words: str

    def document(self) -> dict[str, object]:
        """The same as JSON."""
        return asdict(self)


def sensitivity(task: TaskName, found: Mapping[str, Found], gold: Found, *, seed: int = 0) -> Sensitivity:
    """Compare the labels that each form of asking gave.

    Args:
        found: name of the form -> labels by position. gold: labels by position, {} = none.
    """
    positions = sorted(set.intersection(*(set(labels) for labels in found.values()))) if found else []
    pairs = {
        f"{one} - {two}": _agree(found[one], found[two], positions) for one, two in combinations(found, 2)
    }
    agreement = fmean(pairs.values()) if pairs else 1.0
    judged = [position for position in positions if position in gold]
    score, spread = _scores(task, found, gold, judged, seed) if judged else ({}, None)
    words = _words(agreement, score, spread, METRIC[task])
    return Sensitivity(len(positions), agreement, pairs, METRIC[task], score, spread, words)


def _agree(one: Found, two: Found, positions: Sequence[int]) -> float:
    both = [pair for position in positions for pair in zip(one[position], two[position], strict=True)]
    return sum(mine == theirs for mine, theirs in both) / len(both) if both else 1.0


def _scores(
    task: TaskName, found: Mapping[str, Found], gold: Found, judged: Sequence[int], seed: int
) -> tuple[dict[str, float], tuple[float, float, float]]:
    right = [gold[position] for position in judged]
    given = {name: [labels[position] for position in judged] for name, labels in found.items()}
    metric = METRIC[task]
    score = {name: evaluate(task, right, labels)[metric] for name, labels in given.items()}
    worst, best = min(score, key=score.__getitem__), max(score, key=score.__getitem__)
    drawn = differences(tallies(task, right, given[worst]), tallies(task, right, given[best]), seed=seed)
    gap = drawn[metric]
    return score, (gap.value, gap.low, gap.high)


def _words(
    agreement: float, score: Mapping[str, float], spread: tuple[float, float, float] | None, metric: str
) -> str:
    said = f"Two forms of the prompt agree on {agreement:.1%} of the labels on average."
    if spread is None:
        verdict = (
            "the form hardly matters here" if agreement >= STEADY else "the form decides part of the labels"
        )
        return f"{said} So {verdict}; there is no gold to say which form is better."
    worst, best = min(score, key=score.__getitem__), max(score, key=score.__getitem__)
    gap, low, high = (100 * value for value in spread)
    said += (
        f" {metric}: {100 * score[best]:.1f} at best ({best}), {100 * score[worst]:.1f} at worst ({worst}),"
    )
    said += f" {gap:.1f} points apart (95 %: {low:.1f} to {high:.1f})."
    if low <= 0:
        return f"{said} On so few items that may be chance."
    return f"{said} Report the form with any score, and compare models under the same one."
