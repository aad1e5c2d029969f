"""Every selector over real text: by the command line, on files, and on pairs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.choosing import candidates
from core.selectors import build, selectors
from core.types import Dataset, Exemplar, Instance
from tests.needs import needs
from tests.own_files import put
from tests.ssp_command import Ssp, filled

pytestmark = pytest.mark.slow

PROVEN = {"certificate", "search", "milp"}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A square matrix of five items with labels, as options."""
    half = np.random.default_rng(3).uniform(0.1, 0.9, (5, 5))
    np.save(tmp_path / "sim.npy", (half + half.T) / 2)
    labels = [["A"], ["A", "B"], ["B"], ["C"], ["A"]]
    put(tmp_path, "labels.jsonl", "".join(f"{json.dumps(row)}\n" for row in labels))
    return ["--similarity", str(tmp_path / "sim.npy"), "--labels", str(tmp_path / "labels.jsonl")]


@pytest.mark.parametrize("name", sorted(selectors))
def test_a_data_set_has_all_that_a_selector_asks(ssp: Ssp, tmp_path: Path, name: str) -> None:
    target = filled(ssp, tmp_path)
    done = ssp("select", target, "--set", f"selector={name}", "--set", "k=2")
    assert done.code == 0, done.err
    rows = done.document["selections"]
    assert [len(row["ids"]) for row in rows] == [2] * 6
    proven = name in {"ilp", "similarity"}
    assert all((row["status"] in PROVEN) == proven for row in rows)


def test_a_matrix_has_no_words(ssp: Ssp, files: list[str]) -> None:
    refused = ssp("select", *files, "--set", "selector=set_bsr")
    assert refused.code == 2
    assert "compares words" in refused.message


def test_a_square_matrix_is_a_graph(ssp: Ssp, files: list[str]) -> None:
    done = ssp("select", *files, "--set", "selector=vote_k", "--set", "k=1", "--set", "keep=2")
    assert done.code == 0, done.err
    assert len({row["ids"][0] for row in done.document["selections"]}) == 2


@needs("torch")
def test_torch_without_dense_rows_is_numpy(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    ours, theirs = (
        ssp("select", target, "--set", "k=2", "--set", f"backend={name}").document["selections"]
        for name in ("numpy", "torch")
    )
    assert ours == theirs


def test_both_sentences_of_a_pair_are_read() -> None:
    pairs = [("a b", "hestur"), ("a b", "bátur"), ("a b", "súkkla")]
    pool = [
        Exemplar("d", Instance(at, "test", (), first, second), ("yes",), (1.0,))
        for at, (first, second) in enumerate(pairs)
    ]
    ready = candidates(Dataset("d", "D", "fao", "nli", ("yes", "no")), {"name": "ngrams"}, pool)
    problem = ready.problem([Instance(9, "test", (), "c", "bátur")])
    (found,) = build("set_bsr", {"k": 1}).select(problem, seed=0, report=lambda *_: None)
    assert found.chosen == (1,)
    assert problem.recall is not None
    assert problem.recall(0, np.arange(3)).shape == (2, 3)
