"""SSP's integer linear program: similar, confident exemplars that together show every label.

    maximise   sum_i z_i (sim(q, i) + lambda C_i) - sum_l price_l eps_l
    subject to sum_i z_i = K,   sum_i z_i cnt[i, l] >= demand_l - eps_l,   eps_l >= 0,   z binary

Source: SSP (arXiv 2406.18880), section 3.2, and the authors' released code. `core.selectors.exact`
solves it without a solver where demands are of presence, with one otherwise. Ties: candidates are
ranked by score, then pool row; of sets of equal value the one whose items come first is chosen
(a solver, which is deterministic, decides for the rows that need one). The value is computed in
float64 from the set chosen.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.availability import require
from core.errors import RecipeError
from core.selectors import selectors
from core.selectors.exact.answers import STATUS, Answers
from core.selectors.exact.engine import Effort, solve
from core.selectors.exact.scores import Matrix, Scores
from core.selectors.exact.wish import Limit, Wish
from core.selectors.problem import FloatArray, Outcome, SelectionProblem, check_k, written
from core.selectors.statistics import confidence_term, thresholds
from core.types import Report, Selection

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "present": {},
    "ssp_seq": {"confidence": "v5", "free": ("SYM", "X"), "ignore": ("DATE",)},
    "ssp_nli": {"lambda_": 100.0},
}
CHOICES = {
    "coverage": ("soft", "hard", "off"),
    "confidence": ("present", "v5", "none"),
    "preset": tuple(PRESETS),
    "solver": ("highs", "cbc"),
    "backend": ("numpy", "torch"),
}


@selectors.register("ilp")
@dataclass(frozen=True)
class Ilp:
    """The program's settings. Make it with `core.selectors.build`, which applies the preset.

    Attributes:
        k: how many exemplars.
        lambda_: weight of the confidence term.
        percentile: which of the sorted confidences is a label's threshold.
        demand: tokens of each label the exemplars should show together.
        price: cost of one missing token (soft coverage).
        demands, prices: the same for single labels, as `LABEL=number`.
        pin, ban: pool rows that must be chosen, or must not.
        budget: tokens the exemplars may have together; 0 = no limit.
        coverage: `soft` = pay the price; `hard` = miss as little as can be, before anything else
            (the value is then that of the scores alone); `off` = ignore labels.
        confidence: `present`, `v5` or `none`, see `confidence_term`.
        preset: `present` (default), `ssp_seq` or `ssp_nli` (the paper's code).
        free: labels that are not in demand but count for confidence.
        ignore: labels left out altogether.
        full_pool: give the solver the whole pool, without the reduction ("prove it").
        solver: `highs` or `cbc`.
        time_limit: the solver's seconds per query, after which its best set is taken (`feasible`).
        backend: `torch` multiplies dense embeddings with torch, on a GPU where there is one; the choices
            are those of `numpy`, and on a CPU it is no faster. Without dense embeddings (character
            n-grams are sparse, a matrix has none) both are the same work in numpy.
    """

    name: ClassVar[str] = "ilp"
    k: int = 8
    lambda_: float = 1.0
    percentile: float = 0.8
    demand: float = 1.0
    price: float = 1.0
    coverage: str = "soft"
    confidence: str = "present"
    preset: str = "present"
    free: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    prices: tuple[str, ...] = ()
    pin: tuple[str, ...] = ()
    ban: tuple[str, ...] = ()
    budget: int = 0
    full_pool: bool = False
    solver: str = "highs"
    time_limit: float = 60.0
    backend: str = "numpy"

    def __post_init__(self) -> None:
        check_k(self.k, self.name)
        for key, known in CHOICES.items():
            if getattr(self, key) not in known:
                raise RecipeError(
                    f"setting {key} of selector ilp is {getattr(self, key)!r}.", f"Known: {', '.join(known)}."
                )
        if self.backend == "torch":
            require("torch", purpose="the setting backend = torch of selector ilp")
        _by_label(self.demands, "demands")
        _by_label(self.prices, "prices")
        _numbers(self.pin, "pin")
        _numbers(self.ban, "ban")
        for key in ("lambda_", "demand", "price", "time_limit", "percentile", "budget"):
            value = getattr(self, key)
            if not (np.isfinite(value) and 0 <= value <= (1.0 if key == "percentile" else 1e6)):
                limits = "between 0 and 1" if key == "percentile" else "0 or more"
                raise RecipeError(
                    f"setting {key.rstrip('_')} of selector ilp is {value}.", f"Give one {limits}."
                )

    @classmethod
    def preset_settings(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """The preset's settings overlaid with those given; ssp_seq asks for 0.1 K of each label."""
        preset = given.get("preset", "present")
        completed = {**PRESETS.get(preset, {}), **given}
        if preset == "ssp_seq":
            completed.setdefault("demand", 0.1 * given.get("k", cls.k))
        return completed

    def select(self, problem: SelectionProblem, *, seed: int, report: Report) -> list[Selection]:
        """See `Selector.select`; `seed` is not used."""
        problem.check()
        wish = self.wish(problem)
        started = time.perf_counter()
        answers = solve(self.scores(problem), problem.own, wish, self.effort())
        seconds = (time.perf_counter() - started) / max(len(answers.value), 1)
        return self.as_selections(problem, wish, answers, report, seconds=seconds)

    def as_selections(
        self, problem: SelectionProblem, wish: Wish, answers: Answers, report: Report, *, seconds: float = 0.0
    ) -> list[Selection]:
        """What the engine answered, in the shape of the door; `seconds` per query."""
        selections = []
        for query in range(len(answers.value)):
            selections.append(written(problem, query, _outcome(answers, query, seconds), wish.demand))
            report("choosing exemplars", query + 1, len(answers.value))
        return selections

    def scores(self, problem: SelectionProblem) -> Scores:
        """The similarities of a problem, as the engine takes them."""
        matrix = Matrix(problem.similarity)
        if self.backend == "numpy" or problem.embeddings is None:
            return matrix
        from core.selectors.exact.torch_scores import TorchEmbedded

        return TorchEmbedded(*problem.embeddings, matrix)

    def effort(self) -> Effort:
        """How hard to try, for the engine."""
        return Effort(seconds=self.time_limit, solver=self.solver, full_pool=self.full_pool)

    def wish(self, problem: SelectionProblem) -> Wish:
        """The program of these settings over the problem's pool."""
        labels = problem.labels
        worth = self.lambda_ * self._term(problem)
        worth[_rows(self.ban, len(worth), "ban")] = -np.inf
        if problem.allowed is not None:
            worth[~problem.allowed] = -np.inf
        return Wish(
            k=self.k,
            counts=problem.counts,
            worth=worth,
            demand=self._demand(problem),
            price=_filled(labels, self.price, _by_label(self.prices, "prices")),
            hard=self.coverage == "hard",
            pins=tuple(_rows(self.pin, len(worth), "pin")),
            limits=self._limits(problem),
        )

    def _term(self, problem: SelectionProblem) -> FloatArray:
        kept = [index for index, name in enumerate(problem.labels) if name not in self.ignore]
        counts, confidence = problem.counts[:, kept], problem.confidence[:, kept]
        return confidence_term(
            counts, confidence, thresholds(counts, confidence, self.percentile), self.confidence
        )

    def _demand(self, problem: SelectionProblem) -> FloatArray:
        """Tokens wanted of each label; whole ones under hard coverage, where counts decide."""
        if self.coverage == "off":
            return np.zeros(len(problem.labels))
        unpriced = dict.fromkeys((*self.free, *self.ignore), 0.0)
        wanted = _filled(problem.labels, self.demand, {**_by_label(self.demands, "demands"), **unpriced})
        return np.ceil(wanted) if self.coverage == "hard" else wanted

    def _limits(self, problem: SelectionProblem) -> tuple[Limit, ...]:
        if not self.budget:
            return ()
        lengths = problem.counts.sum(axis=1) if problem.lengths is None else problem.lengths
        return (Limit(lengths.astype(np.float64), float(self.budget)),)


def _outcome(answers: Answers, query: int, seconds: float) -> Outcome:
    chosen, status = answers.chosen[query], STATUS[answers.status[query]]
    return Outcome(
        chosen[chosen >= 0], float(answers.value[query]), float(answers.bound[query]), status, seconds
    )


def _filled(labels: tuple[str, ...], default: float, given: Mapping[str, float]) -> FloatArray:
    return np.array([given.get(name, default) for name in labels])


def _by_label(settings: tuple[str, ...], key: str) -> dict[str, float]:
    """`LABEL=number` settings as a table. Raises RecipeError."""
    table = {}
    for text in settings:
        name, _, number = text.rpartition("=")
        try:
            table[name] = float(number)
        except ValueError:
            table[name] = -1.0
        if not name or not 0 <= table[name] <= 1e6:
            raise RecipeError(
                f"setting {key} of selector ilp has {text!r}.", "Write LABEL=number, for example NOUN=2."
            )
    return table


def _numbers(settings: tuple[str, ...], key: str) -> list[int]:
    if not all(text.isdecimal() for text in settings):
        raise RecipeError(f"setting {key} of selector ilp is {', '.join(settings)}.", "Give row numbers.")
    return [int(text) for text in settings]


def _rows(settings: tuple[str, ...], size: int, key: str) -> list[int]:
    rows = _numbers(settings, key)
    if any(row >= size for row in rows):
        raise RecipeError(
            f"setting {key} of selector ilp names row {max(rows)} of a pool of {size}.",
            f"Rows are numbered from 0 to {size - 1}.",
        )
    return rows
