"""SSP's integer linear program: similar, confident exemplars that together show every label.

    maximise   sum_i z_i (sim(q, i) + lambda C_i) - sum_l price_l eps_l
    subject to sum_i z_i = K,   sum_i z_i cnt[i, l] >= demand_l - eps_l,   eps_l >= 0,   z binary

Source: SSP (arXiv 2406.18880), section 3.2, and the authors' released code. `core.selectors.kernel`
makes the program small without losing an optimum; `core.selectors.model` writes it in PuLP.
Ties: candidates are ranked by score, then pool row; of items with equal score and equal labels the
lower rows are chosen; between different sets of equal value the solver, which is deterministic,
decides. The value is recomputed in float64 from the set chosen, whatever the solver reported.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.errors import RecipeError
from core.selectors import selectors
from core.selectors.kernel import Program, kernel, lowest_twins, missing, top
from core.selectors.model import solve
from core.selectors.problem import FloatArray, IntArray, Outcome, SelectionProblem, check_k, needed, written
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
        coverage: `soft` = pay the price; `hard` = miss as little as can be, before anything else
            (the value is then that of the scores alone); `off` = ignore labels.
        confidence: `present`, `v5` or `none`, see `confidence_term`.
        preset: `present` (default), `ssp_seq` or `ssp_nli` (the paper's code).
        free: labels that are not in demand but count for confidence.
        ignore: labels left out altogether.
        full_pool: give the solver the whole pool, without the reduction ("prove it").
        time_limit: seconds per query, after which the best set so far is taken (`feasible`).
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
    full_pool: bool = False
    time_limit: float = 60.0

    def __post_init__(self) -> None:
        check_k(self.k, self.name)
        for key, known in CHOICES.items():
            if getattr(self, key) not in known:
                raise RecipeError(
                    f"setting {key} of selector ilp is {getattr(self, key)!r}.", f"Known: {', '.join(known)}."
                )
        for key in ("lambda_", "demand", "price", "time_limit", "percentile"):
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
        term, demand = self._term(problem), self._demand(problem)
        selections = []
        for query in range(len(problem.similarity)):
            outcome = self._choose(problem, query, term, demand)
            selections.append(written(problem, query, outcome, demand))
            report("choosing exemplars", query + 1, len(problem.similarity))
        return selections

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
        wanted = float(np.ceil(self.demand)) if self.coverage == "hard" else self.demand
        unpriced = {*self.free, *self.ignore}
        return np.array([0.0 if name in unpriced else wanted for name in problem.labels])

    def _choose(self, problem: SelectionProblem, query: int, term: FloatArray, demand: FloatArray) -> Outcome:
        started = time.perf_counter()
        rows = problem.candidates(query)
        program = self._program(problem, query, rows, term, demand)
        picked, bound, status = self._solve(program)
        value = self._value(program, picked)
        proven = value if status == "optimal" else max(value, bound)
        return Outcome(rows[picked], value, proven, status, time.perf_counter() - started)

    def _program(
        self, problem: SelectionProblem, query: int, rows: IntArray, term: FloatArray, demand: FloatArray
    ) -> Program:
        scores = problem.similarity[query, rows] + self.lambda_ * term[rows]
        wanted = needed(problem, rows, demand)
        price = self.price
        if self.coverage == "hard" and len(scores):
            price = 1.0 + self.k * float(scores.max() - scores.min())
        elif price == 0:
            wanted = np.zeros_like(wanted)
        return Program(scores, np.minimum(problem.counts[rows], wanted), wanted, price, self.k)

    def _solve(self, program: Program) -> tuple[IntArray, float, str]:
        """Rows of the program, a bound and a status; no solver where the K best serve every demand."""
        best = top(program)
        if len(program.scores) <= program.k:
            return best, 0.0, "optimal"
        if missing(program, best) <= 0 and not self.full_pool:
            return best, 0.0, "optimal"
        kept = np.arange(len(program.scores)) if self.full_pool else kernel(program)
        picked, bound, status = solve(program, kept, self.time_limit)
        if picked is None:
            return best, bound, "heuristic"
        return lowest_twins(program, picked), bound, status

    def _value(self, program: Program, picked: IntArray) -> float:
        total = float(program.scores[picked].sum())
        return total if self.coverage == "hard" else total - program.price * missing(program, picked)
