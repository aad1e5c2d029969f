"""Acceptance: XAMPLER in the demo world: a trained retriever, an untrained and a random one. Prints.

Three seeds. Source is language A, targets are all three; 300 test sentences each, ten classes. The three
nearest exemplars vote. What a seed changes: the queries that are tried, the order of training, the random
baseline.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from core import settings
from core.importing import import_catalog
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.retrieval import making, shares
from core.store import Store, views

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]
LANGUAGES, SEEDS = ("a", "b", "c"), (0, 1, 2)
MODEL = "demo-world/masked"
WAYS = {
    "trained": {
        "name": "xampler", "base": MODEL, "positives": "gold", "queries": "300", "learning_rate": "3e-4",
        "epochs": "2",
    },
    "untrained": {"name": "sentence_transformer", "model": MODEL, "pooling": "mean"},
    "random": {"name": "random"},
}  # fmt: skip


def silent(_stage: str, _done: int, _total: int) -> None:
    return None


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path / "workspace"))
    settings.reset()
    yield tmp_path / "workspace"
    settings.reset()
    torch.set_num_threads(before)


def imported(store: Store) -> None:
    for language in LANGUAGES:
        import_catalog(store, settings.settings(), f"demo-world-{language}", silent)


def labelled(store: Store, language: str, seed: int, said: dict[str, str], limit: int | None = None) -> str:
    target = f"demo-world-{language}"
    request = Request("xampler", target, said, ["demo-world-a:train"], limit=limit, seed=seed)
    return run_here(store, settings.settings(), request, silent)[0]


def figures(store: Store, run_id: str) -> tuple[float, float]:
    """Accuracy and same-label share."""
    (accuracy,) = [row.value for row in views.scores(store, run_id) if row.metric == "accuracy"]
    found = shares.chosen(store, run_id)
    assert found is not None
    return accuracy, found.share


def test_a_trained_retriever_beats_an_untrained_and_a_random_one(workspace: Path) -> None:
    rows: dict[tuple[str, str], list[tuple[float, float]]] = {}
    with Store.open(workspace) as store:
        imported(store)
        for way, table in WAYS.items():
            said = {"stage1": "vote", **{f"embedder.{key}": value for key, value in table.items()}}
            for language in LANGUAGES:
                for seed in SEEDS[: 1 if way == "untrained" else None]:
                    began = time.process_time()
                    rows.setdefault((way, language), []).append(
                        figures(store, labelled(store, language, seed, said))
                    )
                    print(
                        way, language, seed, rows[way, language][-1], f"{time.process_time() - began:.0f} s"
                    )
    print("\naccuracy (same-label share), mean [lowest, highest] over seeds:")
    for (way, language), found in rows.items():
        values = [row[0] for row in found]
        print(
            f"{way:10} {language} {fmean(values):.3f} [{min(values):.3f}, {max(values):.3f}] "
            f"({fmean(row[1] for row in found):.3f})"
        )

    def mean(way: str, *languages: str) -> float:
        return fmean(row[0] for language in languages for row in rows[way, language])

    for language in LANGUAGES:
        assert mean("trained", language) >= mean("random", language) + 0.20, language
    assert mean("trained", "b", "c") >= mean("untrained", "b", "c") + 0.02


def test_a_language_model_mines_the_pairs_and_labels_in_view_of_what_was_found(workspace: Path) -> None:
    """The whole method: one-shot answers of a causal model decide the pairs, then k = 3 by likelihood."""
    said: dict[str, str] = {
        "llm": "transformers", "llm.model": "demo-world/causal", "embedder.base": MODEL,
        "embedder.queries": "60", "embedder.learning_rate": "3e-4", "embedder.epochs": "2",
    }  # fmt: skip
    with Store.open(workspace) as store:
        imported(store)
        run_id = labelled(store, "b", 0, said, limit=60)
        (kept,) = making.all_kept()
        told: dict[str, Any] = making.facts(kept)
        plain = {key: value for key, value in said.items() if not key.startswith("embedder.")}
        other = labelled(store, "b", 0, {**plain, "embedder": "random"}, limit=60)
        print(f"\nmined: {told['pairs']}, {told['calls']}, {told['seconds']} s")
        print("learned retriever (accuracy, same label):", figures(store, run_id))
        print("random exemplars:", figures(store, other))
        note = views.run(store, run_id)["meta"]
    assert told["pairs"]["by"] == "llm"
    assert told["calls"]["asked"] == 600
    assert min(told["pairs"]["positive"], told["pairs"]["negative"]) > 0
    assert note["llm"]["stage1"]["order"] == "similar_last"
    assert note["retriever"]["artefact"] == kept
