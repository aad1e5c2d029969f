"""Exact selection against PuLP + CBC on the full pool and against bare similarity + top-K, in one run.

    python -m tests.bench.bench_selection [--large]

runs on one thread; `--large` adds pools of 100,000 items. Set SSP_MIRROR for real sentences. Lines
below the table: products of embeddings by numpy against torch, on the same machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pulp

from core.availability import is_installed
from core.selectors.exact import Embedded, Matrix, Scores, Wish, solve
from core.selectors.exact.general import program_of
from core.selectors.exact.milp import Program
from core.selectors.exact.milp import solve as solve_by_pulp
from core.selectors.exact.top import largest
from core.selectors.ilp import Ilp
from core.selectors.problem import SelectionProblem
from tests.bench.selection_pools import pool
from tests.real_pools import all_pools

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = [(3, "present"), (4, "present"), (9, "present"), (17, "none"), (17, "present"), (17, "v5")]
QUERIES = {100: 100, 1_000: 1_000, 10_000: 2_048, 100_000: 2_048}
SOLVED = {100: 20, 1_000: 8, 10_000: 3, 100_000: 1}
BLOCK, K, REPEATS = 128, 8, 3

# Floors: PuLP + CBC / ours at least, ours / bare at most.
SLOWEST = {100: 200.0, 1_000: 250.0, 10_000: 2_000.0}
SLOWEST_POS = {100: 50.0, 1_000: 250.0, 10_000: 400.0}
DEAREST = {3: 1.5, 4: 1.5, 9: 3.6}
DEAREST_POS = {"none": 5.5, "present": 28.0, "v5": 5.5}
MEMORY = 300.0


@dataclass(frozen=True)
class Measured:
    """Seconds per query, megabytes above the embeddings, and how far values differ.

    `solver` is PuLP + CBC as one writes it (sums of products), `lean` with the model built from
    lists of the coefficients that are not 0, which is as fast as PuLP gets.
    """

    bare: float
    ours: float
    solver: float
    lean: float
    memory: float
    gap: float
    nodes: float


def main() -> bool:
    """The bench in a process of its own, on one thread; True if every floor is kept."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.bench.bench_selection", *sys.argv[1:]]
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode == 0


def table(sizes: list[int]) -> bool:
    """Print one line per setting and size; True if every floor is kept."""
    good = True
    print("| labels | confidence | N | PuLP + CBC | lean | ours | ratio | lean | / bare | nodes | MB | gap |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for width, name, sets in real_sets():
        good &= _line(width, name, 100, measure_sets(sets))
    for width, mode in SETTINGS:
        for size in sizes:
            good &= _line(width, mode, size, measure(width, mode, size))
    for width, mode in ((3, "present"), (17, "present")) if is_installed("torch") else ():
        good &= _torch_line(width, mode, 10_000)
    if not is_installed("torch"):
        print("\nnumpy / torch: left out, torch is not installed")
    return good


def _torch_line(width: int, mode: str, size: int) -> bool:
    """Print how the backends compare, for whole choices and for products alone; True if choices are equal."""
    import torch

    from core.selectors.exact.torch_scores import TorchEmbedded

    torch.set_num_threads(1)
    drawn, queries = pool(width, size), np.arange(min(size, QUERIES[size]))
    rows, wish = drawn.embeddings, drawn.wish(mode)
    sources = {"numpy": Embedded(rows[queries], rows), "torch": TorchEmbedded(rows[queries], rows)}
    found = {name: solve(scores, queries, wish) for name, scores in sources.items()}
    whole = {name: _best_of(lambda of=of: solve(of, queries, wish)) for name, of in sources.items()}
    bare = {name: _best_of(lambda of=of: _products(of, queries)) for name, of in sources.items()}
    equal = bool((found["numpy"].chosen == found["torch"].chosen).all())
    device = "GPU" if torch.cuda.is_available() else "CPU, 1 thread"
    print(
        f"\nnumpy / torch ({device}), {width} labels, {mode}, N={size}, d={rows.shape[1]}: "
        f"{1e6 * whole['numpy'] / len(queries):.0f} / {1e6 * whole['torch'] / len(queries):.0f} us a choice "
        f"= {whole['numpy'] / whole['torch']:.2f}; products alone "
        f"{1e6 * bare['numpy'] / len(queries):.0f} / {1e6 * bare['torch'] / len(queries):.0f} us "
        f"= {bare['numpy'] / bare['torch']:.2f}; choices {'equal' if equal else 'DIFFER'}",
        flush=True,
    )
    return equal


def _products(scores: Scores, queries: np.ndarray) -> None:
    for start in range(0, len(queries), BLOCK):
        scores.block(queries[start : start + BLOCK])


def _line(width: int, mode: str, size: int, found: Measured) -> bool:
    kept = _kept(width, mode, size, found)
    print(
        f"| {width} | {mode} | {size} | {1e3 * found.solver:.1f} ms | {1e3 * found.lean:.1f} ms | "
        f"{1e6 * found.ours:.0f} us | {found.solver / found.ours:.0f}x | {found.lean / found.ours:.0f}x | "
        f"{found.ours / found.bare:.2f} | {found.nodes:.1f} | {found.memory:.0f} | {found.gap:.0e} |"
        f"{'' if kept else ' BELOW THE FLOOR'}",
        flush=True,
    )
    return kept


def _kept(width: int, mode: str, size: int, found: Measured) -> bool:
    pos = width == 17 and mode in {"present", "real"}
    slowest = (SLOWEST_POS if pos else SLOWEST).get(size, 0.0) if size > 100 or mode == "real" else 0.0
    dearest = DEAREST_POS.get(mode, 0.0) if width == 17 else DEAREST[width]
    cheap = size < 10_000 or found.ours / found.bare <= dearest
    return found.gap <= 1e-9 and found.solver / found.ours >= slowest and cheap and found.memory < MEMORY


def measure(width: int, mode: str, size: int) -> Measured:
    """One pool under one setting."""
    drawn = pool(width, size)
    queries = np.arange(min(size, QUERIES[size]))
    scores, wish = Embedded(drawn.embeddings[queries], drawn.embeddings), drawn.wish(mode)
    bare = _best_of(lambda: _bare(drawn.embeddings, queries)) / len(queries)
    ours = _best_of(lambda: solve(scores, queries, wish, None)) / len(queries)
    tracemalloc.start()
    found = solve(scores, queries, wish, None)
    memory = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    few = queries[: SOLVED[size]]
    solver, lean, gap = _solver(Embedded(drawn.embeddings[few], drawn.embeddings), few, wish, found.value)
    return Measured(bare, ours, solver, lean, memory, gap, float(found.nodes.mean()))


def real_sets() -> list[tuple[int, str, list[SelectionProblem]]]:
    """The paper's pools of 100 by task, where the mirror is."""
    folder = os.environ.get("SSP_MIRROR", "")
    sets: dict[int, list[SelectionProblem]] = {}
    for _, problem in all_pools(Path(folder)) if folder else ():
        sets.setdefault(len(problem.labels), []).append(problem)
    return [(width, "real", problems) for width, problems in sorted(sets.items())]


def measure_sets(problems: list[SelectionProblem]) -> Measured:
    """Whole sets of 100 queries each, with the default settings; `bare` is ranking alone."""
    found = []
    for problem in problems:
        wish, scores, own = Ilp().wish(problem), Matrix(problem.similarity), problem.own
        count = len(own)
        bare = _best_of(lambda scores=scores, rows=own: largest(scores.block(rows), K)) / count
        ours = _best_of(lambda scores=scores, own=own, wish=wish: solve(scores, own, wish)) / count
        answers = solve(scores, own, wish)
        few = np.arange(0, count, 20)
        part = Matrix(problem.similarity[few])
        found.append((bare, ours, *_solver(part, own[few], wish, answers.value[few]), answers.nodes.mean()))
    bare, ours, solver, lean, gap, nodes = np.array(found).T
    return Measured(bare.mean(), ours.mean(), solver.mean(), lean.mean(), 0.0, gap.max(), nodes.mean())


def _best_of(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def _bare(embeddings: np.ndarray, queries: np.ndarray) -> None:
    """Similarity and the K most similar, best first: what a nearest-neighbour selector does."""
    for start in range(0, len(queries), BLOCK):
        rows = queries[start : start + BLOCK]
        block = embeddings[rows] @ embeddings.T
        block[np.arange(len(rows)), rows] = -np.inf
        columns = largest(block, K)
        order = np.argsort(-np.take_along_axis(block, columns, axis=1), axis=1, kind="stable")
        np.take_along_axis(columns, order, axis=1)


def _solver(scores: Scores, own: np.ndarray, wish: Wish, values: np.ndarray) -> tuple[float, float, float]:
    """Seconds per query of PuLP + CBC on the full pool, plain and lean, and how far values differ."""
    plain, lean, gap = [], [], 0.0
    for row in range(scores.queries):
        program, _ = program_of(scores, int(own[row]), wish, row)
        started = time.perf_counter()
        _plainly(program)
        plain.append(time.perf_counter() - started)
        started = time.perf_counter()
        solved = solve_by_pulp(program, "cbc", 600.0)
        lean.append(time.perf_counter() - started)
        gap = max(gap, abs(solved.bound - float(values[row])))
    return float(np.mean(plain)), float(np.mean(lean)), gap


def _plainly(program: Program) -> None:
    """The model as one writes it in PuLP."""
    problem = pulp.LpProblem("exemplars", pulp.LpMaximize)
    take = [problem.add_variable(f"z{item}", cat="Binary") for item in range(len(program.scores))]
    short = [problem.add_variable(f"e{label}", lowBound=0) for label in range(len(program.demand))]
    problem += pulp.lpSum(
        score * z for score, z in zip(program.scores.tolist(), take, strict=True)
    ) - pulp.lpSum(price * e for price, e in zip(program.price.tolist(), short, strict=True))
    problem += pulp.lpSum(take) == program.k
    for label, slack in enumerate(short):
        shown = program.carried[:, label].tolist()
        problem += (
            pulp.lpSum(n * z for n, z in zip(shown, take, strict=True)) + slack >= program.demand[label]
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        problem.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, threads=1))


if __name__ == "__main__":
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        sys.exit(0 if main() else 1)
    sys.exit(0 if table([100, 1_000, 10_000, *([100_000] if "--large" in sys.argv else [])]) else 1)
