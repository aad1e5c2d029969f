"""Confidence statistics, by hand and against the released files."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.selectors.statistics import confidence_term, counts_and_confidence, thresholds

SSP = Path("dair-iitd/SSP")


def test_by_hand() -> None:
    counts, confidence = counts_and_confidence(
        [("A", "B", "A"), ("B",)], [(0.5, 0.9, 0.7), (1.0,)], ("A", "B", "C")
    )
    assert counts.tolist() == [[2, 1, 0], [0, 1, 0]]
    assert confidence == pytest.approx(np.array([[0.6, 0.9, 0], [0, 1, 0]]))
    taus = thresholds(counts, confidence, 0.8)
    assert taus == pytest.approx([0.6, 1.0, 0.0])
    assert confidence_term(counts, confidence, taus, "present") == pytest.approx([-0.1, 0.0])
    assert confidence_term(counts, confidence, taus, "v5") == pytest.approx([-0.1, -0.6])
    assert confidence_term(counts, confidence, taus, "none") == pytest.approx([0.0, 0.0])


def test_unknown_confidences_count_as_certain_and_unknown_labels_not_at_all() -> None:
    counts, confidence = counts_and_confidence([("A", "Z"), ()], [None, ()], ("A",))
    assert counts.tolist() == [[1], [0]]
    assert confidence.tolist() == [[1.0], [0.0]]


def test_the_percentile_ends() -> None:
    counts, confidence = np.ones((5, 1), dtype=np.int64), np.array([[0.1], [0.5], [0.3], [0.2], [0.4]])
    assert [thresholds(counts, confidence, p)[0] for p in (0.0, 0.8, 1.0)] == [0.1, 0.5, 0.5]


def tagged(path: Path) -> Iterator[tuple[str, ...]]:
    """The tags of a word_TAG file, row by row."""
    lines = path.read_text(encoding="utf-8").split("\n")
    column = lines[0].split("\t").index("output")
    for line in lines[1:]:
        if line:
            yield tuple(word.rpartition("_")[2] for word in line.split("\t")[column].split(" ") if word)


def released(path: Path) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Labels, counts and mean confidences of an all_stats.csv."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = tuple(key.removesuffix("_cnt") for key in rows[0] if key.endswith("_cnt"))
    counts = np.array([[int(row[f"{name}_cnt"]) for name in names] for row in rows])
    means = np.array([[float(row[f"{name}_probs"]) for name in names] for row in rows])
    return names, counts, means


def released_thresholds(path: Path, names: tuple[str, ...]) -> tuple[np.ndarray, float]:
    """Thresholds in the order of the names, and the percentile their keys name."""
    table = {
        re.split(r"_(?=[\d.]+_PERC)", key)[0]: value for key, value in json.loads(path.read_text()).items()
    }
    percentile = re.search(r"_([\d.]+)_PERC", path.read_text())
    assert percentile
    return np.array([table[name] for name in names]), float(percentile[1]) / 100


def tagger_files(mirror: Path) -> Iterator[tuple[Path, Path, Path]]:
    """(statistics, labels, probabilities) of every released tagger output."""
    for statistics in sorted((mirror / SSP).rglob("*_all_stats.csv")):
        stem = statistics.name.removesuffix("_all_stats.csv")
        if "deberta" in str(statistics.parent):
            continue
        own = statistics.parent / f"{stem}_pred.tsv"
        labels = (
            mirror / SSP / "data/SSP" / stem / own.name if statistics.parent.name == "zgul_outputs" else own
        )
        (probabilities,) = statistics.parent.glob(f"{stem}_*max_probs_all.npy")
        yield statistics, labels, probabilities


@pytest.mark.real
def test_tagger_statistics_equal_the_released_ones(mirror: Path) -> None:
    seen = 0
    for statistics, labels, probabilities in tagger_files(mirror):
        names, counts, means = released(statistics)
        tags = [tuple(re.sub(r"^[BI]-", "", tag) for tag in row) for row in tagged(labels)]
        padded = np.load(probabilities, allow_pickle=False)
        sure = [tuple(float(p) for p in row[: len(tag)]) for row, tag in zip(padded, tags, strict=True)]
        found_counts, found_means = counts_and_confidence(tags, sure, names)
        assert (found_counts == counts).all(), statistics
        assert np.abs(found_means - means).max() == 0.0, statistics
        wanted, percentile = released_thresholds(
            Path(str(statistics).replace("all_stats.csv", "perc_stats.json")), names
        )
        assert (thresholds(found_counts, found_means, percentile) == wanted).all(), statistics
        seen += 1
    assert seen == 10


@pytest.mark.real
def test_pair_statistics_equal_the_released_ones(mirror: Path) -> None:
    folder = mirror / SSP / "deberta_ft_outputs"
    files = sorted(folder.glob("*_all_stats.csv"))
    for statistics in files:
        language = statistics.name.split("_")[0]
        names, counts, means = released(statistics)
        said = json.loads((folder / f"{language}_predictions.json").read_text())
        labels = [(answer if isinstance(answer, str) else names[answer],) for answer in said]
        sure = [(p,) for p in json.loads((folder / f"{language}_max_probs.json").read_text())]
        found_counts, found_means = counts_and_confidence(labels, sure, names)
        assert (found_counts == counts).all()
        assert np.abs(found_means - means).max() == 0.0
        wanted, percentile = released_thresholds(
            Path(str(statistics).replace("all_stats.csv", "perc_stats.json")), names
        )
        assert (thresholds(found_counts, found_means, percentile) == wanted).all()
    assert len(files) == 4
