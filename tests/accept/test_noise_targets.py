"""Acceptance: expected against actual noise on languages, and labelers, nothing was fitted on."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.advice.noise import Noise, Share, estimate
from core.advice.preflight import of_run
from core.importing import import_catalog
from core.settings import settings
from core.store import Store, views
from core.types import Labels, Prediction, TaskName
from tests.lolo import label_set, read, silent, stage_one

pytestmark = [pytest.mark.real, pytest.mark.slow]

TARGETS: dict[str, tuple[TaskName, tuple[str, ...]]] = {
    "fo": ("pos", ("is", "de", "en", "da", "no")),
    "gsw": ("pos", ("is", "de", "en", "da", "no")),
    "hau": ("ner", ("swa", "wol", "eng")),
    "ibo": ("ner", ("swa", "wol", "eng")),
    "lug": ("ner", ("swa", "wol", "eng")),
}
RELEASED = ("fao", "gsw", "hau", "ibo", "lug")


def test_labels_of_the_crf(mirror: Path) -> None:
    covered = 0
    for code, (task, others) in TARGETS.items():
        target = read(mirror, task, code, 300 if task == "ner" else 400)
        found = stage_one(task, [(other, read(mirror, task, other)) for other in others], target)
        gold = [record.labels or () for record in target]
        bare = [Prediction(row.position, row.labels) for row in found]
        items, n = [record.instance for record in target], len(label_set(task))
        kinds = {"crf": found, "without confidences": bare, "gold itself": _as_gold(gold)}
        for name, rows in kinds.items():
            noise, wrong = estimate(task, items, rows, n), _wrong(rows, gold)
            told = sum(1 - c for row in rows for c in row.confidences or ()) / len(noise.chances)
            held = _row(f"{code} {name}", noise.overall, wrong, told)
            covered += held and name == "crf"
            if name == "crf":
                print(f"      by label, mean absolute error {_by_label(noise, rows, gold):.3f}")
    assert covered >= 3


def test_labels_of_the_release(mirror: Path, tmp_path: Path) -> None:
    rows = []
    with Store.open(tmp_path) as store:
        for code in RELEASED:
            dataset = import_catalog(store, settings(), f"ssp-release-{code}", silent)["dataset"]
            gold = views.predictions(store, f"{dataset}/gold", "gold")
            for name in ("zgul", "zgul_plus"):
                found = of_run(store, f"{dataset}/{name}")
                labels = views.predictions(store, f"{dataset}/{name}", "stage1")
                wrong = _wrong(list(labels.values()), [gold[at].labels for at in labels])
                told = sum(1 - c for row in labels.values() for c in row.confidences or ()) / found.n_labels
                rows.append(_row(f"{code} {name} ({found.advice})", found.noise, wrong, told))
    print(f"{sum(rows)} of {len(rows)} intervals held the actual share")
    assert sum(rows) >= len(rows) // 2


def _as_gold(gold: list[Labels]) -> list[Prediction]:
    return [Prediction(at, labels) for at, labels in enumerate(gold)]


def _wrong(rows: list[Prediction], gold: list[Labels]) -> float:
    pairs = [
        a != b for row, right in zip(rows, gold, strict=True) for a, b in zip(row.labels, right, strict=True)
    ]
    return sum(pairs) / len(pairs)


def _row(name: str, expected: Share, wrong: float, told: float) -> bool:
    held = expected.low <= wrong <= expected.high
    print(
        f"{name:28s} expected {expected.value:.3f} ({expected.low:.3f} to {expected.high:.3f})"
        f"  actual {wrong:.3f}  1 - confidence {told:.3f}  {'held' if held else 'MISSED'}"
    )
    return held


def _by_label(noise: Noise, rows: list[Prediction], gold: list[Labels]) -> float:
    """Over labels given at least 20 times, weighted by how often."""
    wrong: dict[str, int] = {}
    for row, right in zip(rows, gold, strict=True):
        for mine, theirs in zip(row.labels, right, strict=True):
            wrong[mine] = wrong.get(mine, 0) + (mine != theirs)
    counted = [item for item in noise.by_label if item.count >= 20]
    error = sum(item.count * abs(item.noise - wrong[item.label] / item.count) for item in counted)
    return error / sum(item.count for item in counted)
