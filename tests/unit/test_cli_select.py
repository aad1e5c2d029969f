"""`ssp select` and `ssp audit`: plain files, stored runs, and what is refused."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from core.selectors.statistics import confidence_term, counts_and_confidence, thresholds
from tests.ssp_command import Ssp, filled


def files(
    folder: Path, labels: list[list[str]], sure: list[list[float]], similarity: np.ndarray
) -> list[str]:
    """The three files, as arguments of `ssp select`."""
    np.save(folder / "similarity.npy", similarity)
    (folder / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in labels), "utf8")
    (folder / "sure.jsonl").write_text("".join(json.dumps(row) + "\n" for row in sure), "utf8")
    names = ("similarity.npy", "labels.jsonl", "sure.jsonl")
    return [
        word
        for option, name in zip(("--similarity", "--labels", "--confidence"), names, strict=True)
        for word in (option, str(folder / name))
    ]


def test_plain_files_with_the_defaults_equal_brute_force(ssp: Ssp, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    labels = [[str(name) for name in random.choice(list("ABCDE"), random.integers(1, 4))] for _ in range(12)]
    sure = [[float(p) for p in random.random(len(row))] for row in labels]
    similarity = random.random((12, 12))
    found = ssp("select", *files(tmp_path, labels, sure, similarity), "--set", "k=3")
    assert found.code == 0, found.err
    kinds = tuple("ABCDE")
    counts, means = counts_and_confidence([tuple(row) for row in labels], sure, kinds)
    worth = confidence_term(counts, means, thresholds(counts, means), "present")
    rows = found.document["selections"]
    assert [row["query"] for row in rows] == list(range(12))
    for row in rows:
        query = row["query"]
        best = max(
            similarity[query, list(chosen)].sum()
            + worth[list(chosen)].sum()
            - (counts[list(chosen)].sum(axis=0) == 0).sum()
            for chosen in itertools.combinations([j for j in range(12) if j != query], 3)
        )
        assert row["value"] == pytest.approx(best, abs=1e-9)
        assert row["bound"] == row["value"]
        assert row["status"] in {"certificate", "search", "milp"}
        assert query not in row["ids"]
        shown = {name for item in row["ids"] for name in labels[item]}
        assert set(row["uncovered"]) == {name for names in labels for name in names} - shown


def test_every_setting_is_taken(ssp: Ssp, tmp_path: Path) -> None:
    labels, sure = [["A", "A"], ["B"], ["A", "B"], ["A"], ["B"]], [[0.9, 0.7], [0.2], [1, 1], [0.5], [0.8]]
    given = files(tmp_path, labels, sure, np.linspace(0, 1, 25).reshape(5, 5))
    pairs = "k=2 lambda=0.5 percentile=0.5 demand=1 price=2 coverage=hard confidence=v5 pin=3 ban=0 budget=4"
    words = [word for pair in pairs.split() for word in ("--set", pair)]
    rows = ssp("select", *given, *words).document["selections"]
    assert [row["ids"] for row in rows[:2]] == [[3, 2], [3, 2]]
    assert all(0 not in row["ids"] for row in rows)
    text = ssp("select", *given, json_too=False)
    assert text.out.startswith("query")


def test_queries_outside_the_pool(ssp: Ssp, tmp_path: Path) -> None:
    given = files(tmp_path, [["A"], ["B"]], [[1], [1]], np.array([[0.2, 0.1]]))
    (row,) = ssp("select", *given[:4]).document["selections"]
    assert row["ids"] == [0, 1]


def test_a_stored_run_is_selected_again_and_audited(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    assert ssp("select", target).code == 2
    run = ssp("run", "ssp", "--dataset", target, "--source", "theirs", "--set", "k=2").document["run"]
    stored = ssp("selections", run).document["selections"]
    rows = ssp("select", run, "--set", "k=2").document["selections"]
    assert [row["query"] for row in rows] == [row["query"] for row in stored]
    assert [len(row["ids"]) for row in rows] == [2] * 6
    pinned = ssp("select", run, "--set", f"pin={stored[0]['query']}", "--set", "k=2").document["selections"]
    assert all(stored[0]["query"] in row["ids"] for row in pinned[1:])
    assert "not in the pool" in ssp("select", run, "--set", "pin=999").message
    found = ssp("audit", run, "--sample", "4").document
    assert found["sample"] == 4
    assert found["largest_difference"] <= 1e-9
    assert "largest difference" in ssp("audit", run, json_too=False).out


@pytest.mark.parametrize(
    ("labels", "sure", "similarity", "said"),
    [
        ([["A"]], [[1]], np.eye(2), "do not fit"),
        ([["A"], ["B"]], [[1], [1, 1]], np.eye(2), "sure.jsonl:2: 2 probabilities"),
        ([["A"], ["B"]], [[1], [2]], np.eye(2), "sure.jsonl:2: a confidence"),
        ([["A"], "B"], [[1], [1]], np.eye(2), "labels.jsonl:2: this line"),
        ([["A"], ["B"]], [[1], [1]], np.array([1.0, 2.0]), "not a table"),
    ],
)
def test_files_that_do_not_fit_are_refused(
    ssp: Ssp,
    tmp_path: Path,
    labels: list[list[str]],
    sure: list[list[float]],
    similarity: np.ndarray,
    said: str,
) -> None:
    found = ssp("select", *files(tmp_path, labels, sure, similarity))
    assert found.code == 2
    assert said in found.message


def test_what_cannot_be_read_or_is_not_said_is_refused(ssp: Ssp, tmp_path: Path) -> None:
    given = files(tmp_path, [["A"]], [[1]], np.eye(1))
    assert "select what?" in ssp("select").message
    assert "select what?" in ssp("select", "run", *given).message
    (tmp_path / "labels.jsonl").write_text("{", "utf8")
    assert "this line is not" in ssp("select", *given).message
    (tmp_path / "labels.jsonl").write_bytes(b"\xff")
    assert "cannot be read" in ssp("select", *given).message
    (tmp_path / "similarity.npy").write_text("x", "utf8")
    assert "cannot be read" in ssp("select", *given).message
