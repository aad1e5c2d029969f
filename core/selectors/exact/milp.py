"""One query's program in PuLP, solved by HiGHS in this process or by CBC: insurance and oracle."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import RecipeError
from core.selectors.problem import FloatArray, IntArray


@dataclass(frozen=True)
class Program:
    """One query's program over n candidates.

    Attributes:
        scores: (n,) value of choosing each.
        carried: (n, L) tokens of each label, no more than the demand.
        demand, price: (L,) tokens wanted in all, and the cost of one missing.
        k: how many to choose.
        weights, most: (M, n) and (M,) knapsack rows.
    """

    scores: FloatArray
    carried: FloatArray
    demand: FloatArray
    price: FloatArray
    k: int
    weights: FloatArray
    most: FloatArray

    def only(self, kept: IntArray) -> Program:
        """The program over some of the candidates."""
        return Program(
            scores=self.scores[kept],
            carried=self.carried[kept],
            demand=self.demand,
            price=self.price,
            k=self.k,
            weights=self.weights[:, kept],
            most=self.most,
        )

    def missing(self, picked: IntArray) -> FloatArray:
        """(L,) tokens in demand that the picked ones do not show."""
        return np.asarray(np.maximum(self.demand - self.carried[picked].sum(axis=0), 0.0))

    def value(self, picked: IntArray) -> float:
        """The objective of a set."""
        return float(self.scores[picked].sum() - self.missing(picked) @ self.price)


@dataclass(frozen=True)
class Solved:
    """`picked` (K,) candidates or None; `bound` proven; `status` of optimal, feasible, infeasible."""

    picked: IntArray | None
    bound: float
    status: str


def solve(program: Program, solver: str, seconds: float) -> Solved:
    """Solve a program by `highs` or `cbc` within a time."""
    import pulp

    problem = pulp.LpProblem("exemplars", pulp.LpMaximize)
    take = [problem.add_variable(f"z{place}", cat="Binary") for place in range(len(program.scores))]
    short = [problem.add_variable(f"e{label}", lowBound=0) for label in range(len(program.demand))]
    gains = [*zip(take, program.scores.tolist(), strict=True)]
    problem += pulp.LpAffineExpression([*gains, *zip(short, (-program.price).tolist(), strict=True)])
    problem += pulp.lpSum(take) == program.k
    for label, slack in enumerate(short):
        row = _row(take, program.carried[:, label])
        problem += pulp.LpAffineExpression([*row, (slack, 1.0)]) >= float(program.demand[label])
    for weights, most in zip(program.weights, program.most, strict=True):
        problem += pulp.LpAffineExpression(_row(take, weights)) <= float(most)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        problem.solve(_solver(solver, seconds))
    return _answer(problem, take, program)


def _row(take: Sequence[Any], weights: FloatArray) -> list[tuple[Any, float]]:
    return [(take[place], float(weights[place])) for place in np.flatnonzero(weights).tolist()]


def _solver(name: str, seconds: float) -> Any:
    """A relative gap alone would let a solver stop 1e-6 short of the optimum."""
    import pulp

    if name == "highs":
        return pulp.HiGHS(msg=False, gapRel=0, gapAbs=0, timeLimit=seconds, threads=1)
    if name == "cbc":
        return pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0, timeLimit=seconds, threads=1)
    raise RecipeError(f"there is no solver {name!r}.", "Known: highs, cbc.")


def _answer(problem: Any, take: Sequence[Any], program: Program) -> Solved:
    import pulp

    if problem.status == pulp.LpStatusInfeasible:
        return Solved(None, -np.inf, "infeasible")
    values = np.array([variable.varValue or 0.0 for variable in take])
    picked = np.flatnonzero(values > 0.5)
    whole = np.abs(values - np.round(values)).max(initial=0.0) < 1e-5 and len(picked) == program.k
    highest = float(np.sort(program.scores)[-program.k :].sum())
    if problem.sol_status == pulp.LpSolutionOptimal and whole:
        return Solved(picked, program.value(picked), "optimal")
    model: Any = getattr(problem, "solverModel", None)
    bound = -float(model.getInfo().mip_dual_bound) if hasattr(model, "getInfo") else highest
    return Solved(picked if whole else None, min(bound, highest), "feasible")
