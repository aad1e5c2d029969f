"""What would be chosen under other settings, and why: one query explained, a whole set in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.selectors.exact import STATUS, Matrix, Pick, Price, explain, price_of_coverage, solve
from core.selectors.exact.entering import WayIn, way_in
from core.selectors.ilp import Ilp
from core.selectors.problem import FloatArray
from core.selectors.statistics import thresholds
from core.types import Report, Selection
from core.workbench import Workbench, silent

LARGEST_SET = 500
LARGEST_TABLE = 10_000_000
"""Queries, and similarities, a whole-set view solves; of a larger set, so many spread evenly over it."""
BLOCK = 256
"""Exemplars compared with the pool at a time."""
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "default (present)": {"preset": "present"},
    "the paper's code, tagging (ssp_seq)": {"preset": "ssp_seq"},
    "the paper's code, NLI (ssp_nli)": {"preset": "ssp_nli"},
    "no confidence": {"confidence": "none"},
    "no coverage": {"coverage": "off"},
    "similarity only": {"confidence": "none", "coverage": "off"},
    "marginal relevance (MMR)": {"name": "mmr"},
    "determinantal (DPP)": {"name": "dpp"},
    "label-diverse greedy": {"name": "label_diverse"},
    "set coverage (Set-BSR)": {"name": "set_bsr"},
    "vote-k": {"name": "vote_k"},
    "random": {"name": "random"},
}
"""Settings to hold one's own against; K is kept."""


@dataclass(frozen=True)
class Tried:
    """One query under some settings.

    Attributes:
        selection: what is chosen; `query` is the row of the query.
        picks: the parts of each score and the swap test, in prompt order.
        price: what showing the labels cost.
        similarity: (N,) of every pool item.
        found: how it was found: certificate, search or milp (all proven), or feasible.

    For a selector that solves no program, `picks` is empty, `price` None and `found` "heuristic".
    """

    selection: Selection
    picks: tuple[Pick, ...]
    price: Price | None
    similarity: FloatArray
    found: str


def try_one(bench: Workbench, settings: Mapping[str, Any], row: int) -> Tried:
    """The exemplars of one query.

    Args:
        settings: of a selector, `name` "ilp" where absent; pins and bans by position.
        row: of the query.

    Raises:
        RecipeError: a setting that does not exist or cannot be.
    """
    problem = bench.problem([row])
    selector = bench.selector(settings)
    similarity = problem.similarity[0]
    if not isinstance(selector, Ilp):
        (found,) = selector.select(problem, seed=bench.seed, report=silent)
        return Tried(replace(found, query=row), (), None, similarity, "heuristic")
    wish, scores, own = selector.wish(problem), Matrix(problem.similarity), problem.own
    answers = solve(scores, own, wish, selector.effort())
    (found,) = selector.as_selections(problem, wish, answers, silent)
    taus = thresholds(problem.counts, problem.confidence, selector.percentile)
    price = price_of_coverage(scores, own, wish, answers, problem.confidence, taus)
    picks = tuple(explain(scores, own, wish, answers, 0))
    return Tried(replace(found, query=row), picks, price, similarity, STATUS[answers.status[0]])


@dataclass(frozen=True)
class Standing:
    """How one pool item stands with one query.

    Attributes:
        similarity, worth: the parts of its score; `worth` is minus infinity where it is banned.
        labels: (label, how often it carries it, its mean confidence, the label's threshold).
        way_in: what showing it would cost; None where it is shown, or cannot be.
    """

    similarity: float
    worth: float
    labels: tuple[tuple[str, int, float, float], ...]
    way_in: WayIn | None


def standing(bench: Workbench, settings: Mapping[str, Any], row: int, item: int) -> Standing:
    """How a pool item stands with a query; a selector that solves no program knows only similarity."""
    problem, selector = bench.problem([row]), bench.selector(settings)
    counts, confidence = problem.counts, problem.confidence
    similarity = float(problem.similarity[0, item])
    program = selector if isinstance(selector, Ilp) else Ilp()
    taus = thresholds(counts, confidence, program.percentile)
    carried = np.flatnonzero(counts[item])
    labels = tuple(
        (problem.labels[at], int(counts[item, at]), float(confidence[item, at]), float(taus[at]))
        for at in carried.tolist()
    )
    if not isinstance(selector, Ilp):
        return Standing(similarity, 0.0, labels, None)
    wish, scores = selector.wish(problem), Matrix(problem.similarity)
    answers = solve(scores, problem.own, wish, selector.effort())
    way = way_in(scores, problem.own, wish, answers, 0, item)
    return Standing(similarity, float(wish.worth[item]), labels, way)


def queries_of(bench: Workbench) -> list[int]:
    """The query rows a whole-set view looks at: all, or so many spread evenly."""
    n = len(bench.queries)
    most = max(1, min(LARGEST_SET, LARGEST_TABLE // max(1, len(bench.pool))))
    return list(range(n)) if n <= most else sorted({int(row) for row in np.linspace(0, n - 1, most)})


def figures(
    bench: Workbench, selections: Sequence[Selection], settings: Mapping[str, Any]
) -> dict[str, float]:
    """A set of choices in figures.

    Returns:
        queries; distinct (exemplars used at all); core_share (part of all places that the K most
        used take; 1 = one prompt for all); similarity and confidence (means over places); above_tau
        (share of the labels chosen exemplars carry whose confidence reaches the label's threshold);
        covered (share of the labels somebody carries that a set shows, mean over queries); within
        (mean similarity between the exemplars of one set, 0 with K = 1).
    """
    uses = Counter(row for selection in selections for row in selection.chosen)
    places = max(1, sum(uses.values()))
    k = max((len(selection.chosen) for selection in selections), default=0)
    return {
        "queries": float(len(selections)),
        "distinct": float(len(uses)),
        "core_share": sum(n for _, n in uses.most_common(k)) / places,
        "similarity": _mean([value for selection in selections for value in selection.similarity]),
        "confidence": _mean([value for selection in selections for value in selection.confidence]),
        "above_tau": _above(bench, uses, float(settings.get("percentile", 0.8))),
        "covered": _mean([_covered(bench, selection) for selection in selections]),
        "within": _within(bench, selections, sorted(uses)),
    }


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def _above(bench: Workbench, uses: Mapping[int, int], percentile: float) -> float:
    counts, confidence = bench.ready.counts, bench.ready.confidence
    taus = thresholds(counts, confidence, percentile)
    rows = np.array(list(uses), dtype=np.int64)
    weights = np.array([uses[row] for row in rows.tolist()], dtype=np.float64)[:, None]
    carried = (counts[rows] > 0) * weights
    total = carried.sum()
    return float((carried * (confidence[rows] >= taus)).sum() / total) if total else 0.0


def _covered(bench: Workbench, selection: Selection) -> float:
    carried = bench.ready.counts.sum(axis=0) > 0
    own = bench.ready.rows.get(bench.queries[selection.query].position, -1)
    if own >= 0:
        carried = (bench.ready.counts.sum(axis=0) - bench.ready.counts[own]) > 0
    shown = (bench.ready.counts[list(selection.chosen)] > 0).any(axis=0)
    return float((shown & carried).sum() / max(1, carried.sum()))


def _within(bench: Workbench, selections: Sequence[Selection], used: list[int]) -> float:
    """Mean similarity between exemplars that share a prompt."""
    if not used:
        return 0.0
    place = {row: index for index, row in enumerate(used)}
    blocks = [np.array(used[start : start + BLOCK]) for start in range(0, len(used), BLOCK)]
    between = np.vstack([bench.ready.between(rows, np.array(used)) for rows in blocks])
    means = []
    for selection in selections:
        rows = [place[row] for row in selection.chosen]
        if len(rows) > 1:
            block = between[np.ix_(rows, rows)]
            means.append((block.sum() - np.trace(block)) / (len(rows) * (len(rows) - 1)))
    return _mean(means)


def use(bench: Workbench, selections: Sequence[Selection]) -> list[tuple[int, int]]:
    """(pool row, in how many prompts it stands), the most used first."""
    return Counter(row for selection in selections for row in selection.chosen).most_common()


@dataclass(frozen=True)
class LabelShare:
    """One coverage label: its share of the pool's labels, of the chosen exemplars', and of the prompts."""

    label: str
    pool: float
    exemplars: float
    prompts: float


def label_shares(bench: Workbench, selections: Sequence[Selection]) -> list[LabelShare]:
    """How the labels that prompts show compare with those of the pool."""
    counts = bench.ready.counts
    shown, prompts = np.zeros((2, counts.shape[1]))
    for item in selections:
        shown += counts[list(item.chosen)].sum(axis=0)
        prompts += (counts[list(item.chosen)] > 0).any(axis=0)
    pool = counts.sum(axis=0)
    return [
        LabelShare(label, _share(pool, at), _share(shown, at), float(prompts[at]) / max(1, len(selections)))
        for at, label in enumerate(bench.ready.labels)
    ]


def _share(counts: Any, at: int) -> float:
    return float(counts[at] / max(1, counts.sum()))


def side_by_side(
    bench: Workbench, settings: Mapping[str, Any], report: Report
) -> dict[str, dict[str, float]]:
    """The figures of a whole set under these settings and under each of `VARIANTS`, same K."""
    rows = queries_of(bench)
    k = settings.get("k", 8)
    tried = {
        "these settings": dict(settings),
        **{name: {**given, "k": k} for name, given in VARIANTS.items()},
    }
    found = {}
    for number, (name, given) in enumerate(tried.items()):
        report(name, number, len(tried))
        found[name] = figures(bench, bench.choose(given, silent, rows=rows), given)
    return found
