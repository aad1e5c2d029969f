"""`ssp select` and `ssp audit`: exemplars under any settings, and the proof of their objective."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.own_files import put
from tests.ssp_command import Ssp, filled

pytestmark = pytest.mark.slow

LABELS = [["A"], ["A", "A", "B"], ["B"], ["C"], ["A"]]
CONFIDENCE = [[0.9], [0.8, 0.6, 0.5], [0.95], [0.2], [0.7]]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A square similarity matrix of five items with labels and confidences, as options."""
    dice = np.random.default_rng(3)
    half = dice.uniform(0.1, 0.9, (5, 5))
    np.save(tmp_path / "sim.npy", (half + half.T) / 2)
    put(tmp_path, "labels.jsonl", "".join(f"{json.dumps(row)}\n" for row in LABELS))
    put(tmp_path, "conf.jsonl", "".join(f"{json.dumps(row)}\n" for row in CONFIDENCE))
    names = {"--similarity": "sim.npy", "--labels": "labels.jsonl", "--confidence": "conf.jsonl"}
    return [part for option, name in names.items() for part in (option, str(tmp_path / name))]


def test_files_need_no_data_set(ssp: Ssp, files: list[str]) -> None:
    done = ssp("select", *files, "--set", "k=2")
    assert done.code == 0, done.err
    rows = done.document["selections"]
    assert [row["query"] for row in rows] == [0, 1, 2, 3, 4]
    assert all(len(row["ids"]) == 2 and row["query"] not in row["ids"] for row in rows)
    assert all(row["value"] == pytest.approx(row["bound"], abs=1e-9) for row in rows)


def test_the_objective_is_the_papers(ssp: Ssp, files: list[str], tmp_path: Path) -> None:
    """By hand: similarity + lambda * sum of min(conf - tau, 0), minus the price of labels not shown."""
    similarity = np.load(tmp_path / "sim.npy")
    conf = {(0, "A"): 0.9, (1, "A"): 0.7, (1, "B"): 0.5, (2, "B"): 0.95, (3, "C"): 0.2, (4, "A"): 0.7}
    tau = {"A": 0.9, "B": 0.95, "C": 0.2}
    term = {
        item: sum(min(value - tau[label], 0) for (row, label), value in conf.items() if row == item)
        for item in range(5)
    }
    rows = ssp("select", *files, "--set", "k=2", "--set", "lambda=0.5", "--set", "price=2").document[
        "selections"
    ]
    for row in rows:
        shown = {label for item in row["ids"] for label in LABELS[item]}
        carried = {label for item in range(5) if item != row["query"] for label in LABELS[item]}
        value = sum(similarity[row["query"], item] + 0.5 * term[item] for item in row["ids"])
        assert row["value"] == pytest.approx(value - 2 * len(carried - shown), abs=1e-9)
        assert set(row["uncovered"]) - set(row["uncoverable"]) == carried - shown


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("labels.jsonl", '["A"]\n', "1 lines, and the similarities have 5 columns"),
        ("labels.jsonl", '{"a": 1}\n' * 5, "labels.jsonl:1: not a list of labels"),
        ("labels.jsonl", '["A"\n', "labels.jsonl:1"),
        ("conf.jsonl", "[0.5]\n" * 5, "conf.jsonl:2: 1 values for 3 labels"),
        ("conf.jsonl", "[7]\n" * 5, "probabilities"),
        ("sim.npy", b"\x93NUMPY", "not a readable NumPy array"),
    ],
)
def test_files_that_do_not_fit(
    ssp: Ssp, files: list[str], tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    put(tmp_path, name, content)
    refused = ssp("select", *files)
    assert refused.code == 2
    assert message in refused.message


def test_pickles_are_never_opened(ssp: Ssp, files: list[str], tmp_path: Path) -> None:
    np.save(tmp_path / "sim.npy", np.array([[{}]], dtype=object), allow_pickle=True)
    refused = ssp("select", *files)
    assert (refused.code, "sim.npy" in refused.message) == (2, True)


def test_a_run_is_asked_again_and_audited(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    run = ssp("run", "ssp", "--dataset", target, "--source", "theirs", "--set", "k=2").document["run"]
    stored = ssp("selections", run).document["selections"]
    again = ssp("select", run).document["selections"]
    assert [row["ids"] for row in again] == [row["ids"] for row in stored]
    single = 1e-6  # confidences are stored in single precision
    assert [row["value"] for row in again] == pytest.approx([row["value"] for row in stored], abs=single)
    three = ssp("select", run, "--set", "k=3").document["selections"]
    assert [len(row["ids"]) for row in three] == [3] * 6
    audit = ssp("audit", run, "--sample", "4").document
    assert (audit["sample"], len(audit["queries"])) == (4, 4)
    assert audit["largest_difference"] <= 1e-9
    other = ssp("select", run, "--set", "selector=similarity", "--set", "k=2").document["selections"]
    assert len(other) == 6


def test_a_data_set_is_asked_by_its_own_labels(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    rows = ssp("select", target, "--set", "k=2").document["selections"]
    assert [row["query"] for row in rows] == list(range(6))


def test_a_data_set_that_was_run_is_asked_by_its_noisy_labels_and_the_defaults(
    ssp: Ssp, tmp_path: Path
) -> None:
    target = filled(ssp, tmp_path)
    run = ssp("run", "ssp", "--dataset", target, "--source", "theirs", "--set", "k=2").document["run"]
    by_set = ssp("select", target).document["selections"]
    assert [len(row["ids"]) for row in by_set] == [5] * 6
    by_run = ssp("select", run, "--set", "k=8").document["selections"]
    assert [row["value"] for row in by_set] == [row["value"] for row in by_run]


@pytest.mark.parametrize(
    "arguments", [["select"], ["select", "absent"], ["audit", "absent"], ["select", "--labels", "x.jsonl"]]
)
def test_what_cannot_be_asked(ssp: Ssp, arguments: list[str]) -> None:
    refused = ssp(*arguments)
    assert refused.code == 2
    assert "Traceback" not in refused.err
