"""How long pages wait for their data: every view on 60,000 sentences with a million tokens.

Run by `make bench` (`python -m tests.bench.bench_views`), never by pytest, which looks for test_*.py.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from core.store import Store, facts, views
from core.types import Dataset, Instance, Record
from tests.bench.generate import generate

ROUNDS = 5
PAGE_MS, AGGREGATE_MS = 50, 150


def main(n_sentences: int = 60_000) -> bool:
    """Print the median of each view in milliseconds; True if all keep their limit."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        start = time.perf_counter()
        dataset, run = generate(store, n_sentences)
        n_tokens = views.dataset(store, dataset).n_tokens
        print(f"generated {n_sentences:,} sentences, {n_tokens:,} tokens in {_since(start):,.0f} ms")
        _import(store, n_sentences)
        good = True
        for name, limit, ask in _questions(store, dataset, run):
            found = _median(ask)
            good &= found <= limit
            print(f"{name:34} {found:8.1f} ms {'' if found <= limit else f'> {limit}'}")
    _reopen()
    return good


def _questions(store: Store, dataset: str, run: str) -> Iterator[tuple[str, int, Callable[[], object]]]:
    gold, second = f"{dataset}/gold", "stage2"
    yield "datasets", PAGE_MS, lambda: views.datasets(store)
    yield "runs", PAGE_MS, lambda: views.runs(store)
    yield "predictions of 50", PAGE_MS, lambda: views.predictions(store, run, second, range(3_000, 3_050))
    yield "instances of 50", PAGE_MS, lambda: views.instances(store, dataset, range(3_000, 3_050))
    yield "selection of one", PAGE_MS, lambda: views.selection(store, run, 77)
    yield "page in file order", PAGE_MS, lambda: views.sentences(store, run, second)
    yield "page far back", PAGE_MS, lambda: views.sentences(store, run, second, offset=40_000)
    yield (
        "page, least confident first",
        PAGE_MS,
        lambda: views.sentences(store, run, second, order="least_confident"),
    )
    filters: tuple[dict[str, str], ...] = (
        {},
        {"text": "word77"},
        {"gold_label": "NOUN", "predicted_label": "VERB"},
        {"changed": "changed"},
        {"changed": "fixed"},
    )
    for chosen in filters:
        label = " ".join(chosen.values()) or "all"
        yield f"page: {label}", AGGREGATE_MS, lambda c=chosen: views.sentences(store, run, second, **c)
        yield f"count: {label}", AGGREGATE_MS, lambda c=chosen: views.n_sentences(store, run, second, **c)
    yield "stage_summary", AGGREGATE_MS, lambda: views.stage_summary(store, run, second)
    yield "label_counts", AGGREGATE_MS, lambda: views.label_counts(store, run, second)
    yield "confidence_histogram", AGGREGATE_MS, lambda: views.confidence_histogram(store, run, second)
    yield "confusion", AGGREGATE_MS, lambda: views.confusion(store, run, second, gold)
    yield "reliability", AGGREGATE_MS, lambda: views.reliability(store, run, second, gold)
    yield "ambiguous_forms", AGGREGATE_MS, lambda: views.ambiguous_forms(store, run, second)
    yield "exemplar_use", AGGREGATE_MS, lambda: views.exemplar_use(store, run)
    yield "selection_diagnostics", AGGREGATE_MS, lambda: views.selection_diagnostics(store, run)


def _median(ask: Callable[[], object]) -> float:
    ask()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        ask()
        times.append(_since(start))
    return sorted(times)[ROUNDS // 2]


def _import(store: Store, n: int) -> None:
    def records() -> Iterator[Record]:
        for position in range(n):
            tokens = tuple(f"w{(position * 7 + place * 13) % 20_000}" for place in range(17))
            yield Record(Instance(position, "train", tokens, " ".join(tokens)), ("A",) * 17)

    start = time.perf_counter()
    facts.add_dataset(store, Dataset("imported", "Imported", "fao", "pos", ("A",)), records())
    print(f"{'import of ' + format(n, ',') + ' sentences':34} {_since(start):8.1f} ms")
    start = time.perf_counter()
    facts.delete_dataset(store, "imported")
    print(f"{'and its deletion':34} {_since(start):8.1f} ms")


def _reopen() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("opening a new workspace", "opening it again"):
            start = time.perf_counter()
            Store.open(Path(folder)).close()
            print(f"{name:34} {_since(start):8.1f} ms")


def _since(start: float) -> float:
    return 1_000 * (time.perf_counter() - start)


if __name__ == "__main__":
    raise SystemExit(not main())
