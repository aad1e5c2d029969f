"""What the reduction of the integer program is worth: full pool against kernel, in one run."""

from __future__ import annotations

import time

import numpy as np

from core.selectors import build
from core.selectors.problem import SelectionProblem

QUERIES, LABELS = 20, 17


def main() -> bool:
    """Print seconds per query and the ratio; True if both find sets of equal value."""
    equal = True
    for pool in (100, 400):
        problem = _problem(pool)
        seconds, values = {}, {}
        for name, settings in (("kernel", {}), ("full pool", {"full_pool": True})):
            started = time.perf_counter()
            found = build("ilp", settings).select(problem, seed=0, report=lambda *_: None)
            seconds[name] = (time.perf_counter() - started) / QUERIES
            values[name] = [selection.value or 0.0 for selection in found]
        gap = max(abs(a - b) for a, b in zip(values["kernel"], values["full pool"], strict=True))
        equal &= gap < 1e-9
        ratio = seconds["full pool"] / seconds["kernel"]
        print(
            f"ILP, {LABELS} labels, pool {pool:4}: full pool {1000 * seconds['full pool']:6.1f} ms, "
            f"kernel {1000 * seconds['kernel']:6.1f} ms per query, {ratio:5.1f}x, value gap {gap:.1e}"
        )
    return equal


def _problem(pool: int) -> SelectionProblem:
    random = np.random.default_rng(0)
    counts = random.poisson(random.gamma(0.6, 1.5, LABELS), (pool, LABELS)).astype(np.int64)
    confidence = np.where(counts > 0, random.beta(8, 2, (pool, LABELS)), 0.0)
    return SelectionProblem(
        similarity=random.beta(2, 8, (QUERIES, pool)),
        own=np.arange(QUERIES),
        counts=counts,
        confidence=confidence,
        item_confidence=confidence.max(axis=1),
        labels=tuple(f"L{n}" for n in range(LABELS)),
    )
