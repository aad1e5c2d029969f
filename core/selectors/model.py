"""The program of `core.selectors.ilp` written in PuLP and solved by HiGHS in this process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.selectors.kernel import Program
from core.selectors.problem import IntArray


def solve(program: Program, kept: IntArray, time_limit: float) -> tuple[IntArray | None, float, str]:
    """Choose K of the kept rows of a program.

    Returns:
        the rows (None when the time was too short to find any), an upper bound on the objective
        as the solver proved it, and `optimal` or `feasible`.
    """
    import pulp

    problem = pulp.LpProblem("exemplars", pulp.LpMaximize)
    take = [problem.add_variable(f"z{row}", cat="Binary") for row in kept]
    labels = np.flatnonzero(program.demand > 0)
    short = [problem.add_variable(f"e{label}", lowBound=0) for label in labels]
    gains = [(variable, float(program.scores[row])) for variable, row in zip(take, kept, strict=True)]
    problem += pulp.LpAffineExpression(gains + [(variable, -program.price) for variable in short])
    problem += pulp.lpSum(take) == program.k
    for variable, label in zip(short, labels, strict=True):
        carried = program.carried[kept, label]
        carriers = [(take[place], float(carried[place])) for place in np.flatnonzero(carried)]
        problem += pulp.LpAffineExpression([*carriers, (variable, 1.0)]) >= float(program.demand[label])
    # a relative gap alone would let the solver stop 1e-6 short of the optimum
    problem.solve(pulp.HiGHS(msg=False, gapRel=0, gapAbs=0, timeLimit=time_limit, threads=1))
    return _answer(problem, take, kept)


def _answer(problem: Any, take: Sequence[Any], kept: IntArray) -> tuple[IntArray | None, float, str]:
    import pulp

    bound = -float(problem.solverModel.getInfo().mip_dual_bound)
    values = np.array([variable.varValue or 0.0 for variable in take])
    picked = kept[values > 0.5]
    whole = np.abs(values - np.round(values)).max() < 1e-5
    if (
        problem.sol_status == pulp.LpSolutionNoSolutionFound
        or len(picked) != round(values.sum())
        or not whole
    ):
        return None, bound, "heuristic"
    return picked, bound, "optimal" if problem.sol_status == pulp.LpSolutionOptimal else "feasible"
