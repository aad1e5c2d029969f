"""How long comparisons take: every figure on 60,000 sentences with a million tokens, three sides.

Run by `make bench` (`python -m tests.bench.bench_compare`), never by pytest, which looks for test_*.py.
What is told is processor time, which other programs do not lengthen.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pandas as pd

from core import comparison
from core.comparison import Comparison, Side
from core.store import Store
from tests.bench.generate import generate

ROUNDS = 3
LOAD_MS, COUNT_MS, SLICE_MS = 1_500, 50, 100
WORDS_MS = 200
MAIN_MS, ALL_MS = 1_000, 8_000


def main(n_sentences: int = 60_000) -> bool:
    """Print the shortest of some rounds of each figure in milliseconds; True if all keep their limit."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        dataset, run = generate(store, n_sentences)
        sides = [Side(run, "stage1"), Side(run, "stage2"), Side(f"{dataset}/gold", "gold")]
        good = _told("load three sides", LOAD_MS, lambda: comparison.load(store, dataset, sides, "gold"))
        compared = comparison.load(store, dataset, sides, "gold")
    pd.DataFrame({"loaded": [1]}).groupby("loaded").sum()  # what pandas loads at first is not counted
    for name, limit, work in _figures(compared):
        good &= _told(name, limit, work)
    return good


def _figures(compared: Comparison) -> Iterator[tuple[str, int, Callable[[], object]]]:
    counted: dict[str, Callable[[Comparison], object]] = {
        "flow": comparison.flow,
        "switches": comparison.switches,
        "change_counts": comparison.change_counts,
        "agreement": comparison.agreement,
        "alpha": comparison.alpha,
        "confusion": lambda one: comparison.confusion(one, 1),
        "between": lambda one: comparison.between(one, 0, 1),
        "reliability": lambda one: comparison.reliability(one, 1),
        "calibration": lambda one: comparison.calibration(one, 1),
        "in_flow": lambda one: comparison.in_flow(one, ("NOUN", "VERB", "", "broken")),
    }
    sliced: dict[str, Callable[[Comparison], object]] = {
        "scores": lambda one: comparison.scores(one, 1),
        "by_label": comparison.by_label,
        "by_length": comparison.by_length,
        "by_confidence": comparison.by_confidence,
    }
    for limit, table in ((COUNT_MS, counted), (SLICE_MS, sliced)):
        for name, work in table.items():
            yield name, limit, partial(work, compared)
    yield "by_form", WORDS_MS, lambda: comparison.by_form(compared)
    main_metric = comparison.main_metric(compared.dataset.task)
    yield f"headline: {main_metric}", MAIN_MS, lambda: comparison.headline(compared, metrics=[main_metric])
    yield "headline: all metrics", ALL_MS, lambda: comparison.headline(compared)


def _told(name: str, limit: int, work: Callable[[], object]) -> bool:
    found = min(_timed(work) for _ in range(ROUNDS))
    print(f"{name:34} {found:8.1f} ms {'' if found <= limit else f'> {limit}'}")
    return found <= limit


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return 1_000 * (time.process_time() - start)


if __name__ == "__main__":
    raise SystemExit(not main())
