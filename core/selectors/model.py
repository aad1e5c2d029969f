"""The program of `core.selectors.ilp` written in PuLP and solved by HiGHS in this process."""

from __future__ import annotations

import numpy as np

from core.selectors.kernel import Program
from core.selectors.problem import IntArray


def solve(program: Program, kept: IntArray, time_limit: float) -> tuple[IntArray | None, float, str]:
    """Choose K of the kept rows of a program.

    Returns:
        the rows (None when the time was too short to find any), a proven upper bound on the
        objective, and `optimal` or `feasible`.
    """
    import pulp

    problem = pulp.LpProblem("exemplars", pulp.LpMaximize)
    take = [problem.add_variable(f"z{row}", cat="Binary") for row in kept]
    labels = np.flatnonzero(program.demand > 0)
    short = [problem.add_variable(f"e{label}", lowBound=0) for label in labels]
    gains = [(variable, float(program.scores[row])) for variable, row in zip(take, kept, strict=True)]
    losses = [(variable, -program.price) for variable in short]
    problem += pulp.LpAffineExpression(gains + losses)
    problem += pulp.lpSum(take) == program.k
    for variable, label in zip(short, labels, strict=True):
        carriers = [
            (taken, float(program.carried[row, label]))
            for taken, row in zip(take, kept, strict=True)
            if program.carried[row, label] > 0
        ]
        problem += pulp.LpAffineExpression([*carriers, (variable, 1.0)]) >= float(program.demand[label])
    return _answer(problem, take, kept, time_limit)


def _answer(problem, take, kept, time_limit):  # type: ignore[no-untyped-def]
    import pulp

    problem.solve(pulp.HiGHS(msg=False, gapRel=0, gapAbs=0, timeLimit=time_limit, threads=1))
    return problem
