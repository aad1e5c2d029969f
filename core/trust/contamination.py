"""Has the model seen the test data? It is asked to go on with test items, and for their labels by number.

Each measure stands against a control that no memory helps with. Continuation: the same items with their words
shuffled, or items of another data set. Labels: the same answers held against the labels of other items, so
that frequent labels gain nothing. Sources: Golchin and Surdeanu 2023 (arXiv 2308.08493), Sainz et al. 2023
(arXiv 2310.18018); controls and verdict are ours.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean

import numpy as np

from core.costs.shares import share
from core.errors import StudioError
from core.llms import LLM, Alive, Request
from core.trust import recall
from core.trust.findings import SHUFFLED, Measure, Report, judged
from core.trust.recall import Kind, Piece, Place
from core.types import Dataset, Instance, Labels

DRAWS = 2_000
"""Draws of the bootstrap (Efron and Tibshirani 1993)."""
LONG = 4
"""An exact continuation of so many words or more is no chance hit."""
ASKED = 30
"""Items that are asked about unless said otherwise."""
SHOWN = 3
"""Answers that are kept to be looked at."""


@dataclass(frozen=True, slots=True)
class Item:
    """A test item, where it stands, and its gold labels (empty = it has none)."""

    instance: Instance
    place: Place
    labels: Labels = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the probe. `control`: memory of the data set does not help with it."""

    kind: Kind
    control: bool
    item: Item
    piece: Piece | None
    request: Request


def numbered(dataset: Dataset, items: Sequence[tuple[Instance, Labels]]) -> list[Item]:
    """All items of a data set in file order, each with its number within its split."""
    seen: dict[str, int] = {}
    found = []
    for instance, labels in items:
        seen[instance.split] = seen.get(instance.split, 0) + 1
        name = str(instance.meta.get("sent_id") or instance.meta.get("id") or "")
        place = Place(dataset.name, instance.split, seen[instance.split], name)
        found.append(Item(instance, place, labels))
    return found


def questions(
    items: Sequence[Item], labels: Labels, *, n: int = ASKED, seed: int = 0, others: Sequence[Item] = ()
) -> list[Asked]:
    """Every call the probe makes: to count them before, and to make them.

    Args:
        others: items of another data set as the control; without any, shuffled words are.

    Raises:
        StudioError: there is nothing to ask about.
    """
    dice = random.Random(seed)  # noqa: S311  a sample, no secret
    long = [item for item in items if recall.cut(item.instance.text)]
    chosen = dice.sample(long, min(n, len(long)))
    against = [item for item in others if recall.cut(item.instance.text)] if chosen else []
    against = dice.sample(against, min(n, len(against)))
    asked: list[Asked] = []
    for item in chosen:
        asked.append(_rest(item, item.instance.text, len(asked), control=False))
        if not others:
            asked.append(_rest(item, recall.shuffled(item.instance.text, dice), len(asked), control=True))
    for item in against:
        asked.append(_rest(item, item.instance.text, len(asked), control=True, name=chosen[0].place))
    with_gold = [item for item in items if item.labels]
    for item in dice.sample(with_gold, min(n, len(with_gold))):
        request = recall.ask_labels(item.place, item.instance, labels, len(asked))
        asked.append(Asked("labels", False, item, None, request))
    if not asked:
        raise StudioError("the texts are too short to recall, and have no labels.", "Choose other data.")
    return asked


def _rest(item: Item, text: str, number: int, *, control: bool, name: Place | None = None) -> Asked:
    """The question for the rest; a control is asked about as if it stood in the data set, too."""
    piece = recall.cut(text)
    if piece is None:
        raise ValueError("too short a text to cut")
    request = recall.ask_rest(name or item.place, piece, number)
    return Asked("continue", control, item, piece, request)


def probe(
    llm: LLM, asked: Sequence[Asked], labels: Labels, alive: Alive, *, seed: int = 0, control: str = SHUFFLED
) -> Report:
    """Ask, measure, judge. `control` says in words what the control was.

    Raises:
        RecipeError, BudgetReached, Cancelled: as `LLM.answers`.
    """
    answers = {
        request.number: completion.text.strip() if completion.status != "failed" else ""
        for request, completion in llm.answers((one.request for one in asked), alive)
    }
    measures = tuple(_measures(asked, answers, labels, seed))
    verdict, words = judged(measures, control)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    examples = tuple(_examples(asked, answers))
    return Report(verdict, words, control, measures, len(asked), now, seed, examples)


def _examples(asked: Sequence[Asked], answers: Mapping[int, str]) -> Iterator[Mapping[str, object]]:
    """The continuations that came nearest, for people to judge; longest agreement first."""
    rests = [one for one in asked if one.piece and not one.control]
    found = [
        (recall.common(answers.get(one.request.number, ""), one.piece), one) for one in rests if one.piece
    ]
    found.sort(key=lambda pair: -pair[0])
    for value, one in found[:SHOWN]:
        if value and one.piece:
            yield {
                "position": one.item.instance.position,
                "beginning": one.piece.first,
                "rest": one.piece.glue.join(one.piece.rest),
                "answer": answers.get(one.request.number, ""),
                "share": value,
            }


def _measures(
    asked: Sequence[Asked], answers: Mapping[int, str], labels: Labels, seed: int
) -> Iterator[Measure]:
    rests = [one for one in asked if one.kind == "continue"]
    if any(one.control for one in rests):
        yield _continued(rests, answers, seed)
    named = [one for one in asked if one.kind == "labels"]
    if len(named) > 1:
        yield _named(named, answers, labels, seed)


def _continued(rests: Sequence[Asked], answers: Mapping[int, str], seed: int) -> Measure:
    sides: dict[bool, list[float]] = {True: [], False: []}
    for one in rests:
        text = answers.get(one.request.number, "")
        sides[one.control].append(recall.common(text, one.piece) if one.piece else 0.0)
    real, control = sides[False], sides[True]
    low, high = _interval(real, control, seed)
    exact, none = (_exact(rests, answers, control=side) for side in (False, True))
    answered = sum(bool(answers.get(one.request.number)) for one in rests if not one.control)
    return Measure(
        "continue", len(real), answered, fmean(real), fmean(control), low, high, exact, none,
        share(exact, len(real)).high,
    )  # fmt: skip


def _exact(rests: Sequence[Asked], answers: Mapping[int, str], *, control: bool) -> int:
    """Items that were completed to the last word, and are long enough for that to mean something."""
    mine = [(one.request.number, one.piece) for one in rests if one.control == control and one.piece]
    long = [(number, piece) for number, piece in mine if len(piece.rest) >= LONG]
    return sum(recall.common(answers.get(number, ""), piece) == 1.0 for number, piece in long)


def _named(named: Sequence[Asked], answers: Mapping[int, str], labels: Labels, seed: int) -> Measure:
    """Every answer against its own item's labels, and against those of all others: what frequency brings."""
    said = [recall.labels_in(answers.get(one.request.number, ""), labels) for one in named]
    gold = [one.item.labels for one in named]
    own, chance, exact = [], [], 0
    for row, mine in enumerate(said):
        own.append(recall.agreement(mine, gold[row]))
        others = [_overlap(mine, right) for other, right in enumerate(gold) if other != row]
        chance.append(fmean(others))
        exact += own[-1] == 1.0 and len(gold[row]) >= LONG
    low, high = _interval(own, chance, seed, paired=True)
    answered = sum(bool(mine) for mine in said)
    return Measure(
        "labels", len(own), answered, fmean(own), fmean(chance), low, high, exact, 0,
        share(exact, len(own)).high,
    )  # fmt: skip


def _overlap(said: Labels, right: Labels) -> float:
    """As `agreement`, where the answer was meant for an item of another length."""
    n = min(len(said), len(right))
    return sum(one == two for one, two in zip(said, right, strict=False)) / n if n else 0.0


def _interval(
    real: Sequence[float], control: Sequence[float], seed: int, *, paired: bool = False
) -> tuple[float, float]:
    """The 95 % bootstrap interval of the difference of the means."""
    dice = np.random.default_rng(seed)
    one, two = np.asarray(real), np.asarray(control)
    rows = dice.integers(0, len(one), (DRAWS, len(one)))
    others = rows if paired or len(one) == len(two) else dice.integers(0, len(two), (DRAWS, len(two)))
    drawn = one[rows].mean(axis=1) - two[others].mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)
