"""The torch backend: a proven error, numpy's answers, and no torch where nobody asked for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core import availability
from core.availability import NotInstalled
from core.choosing import candidates
from core.embedders import embedders
from core.errors import RecipeError
from core.selectors import SelectionProblem, build
from core.selectors.exact import Embedded, Matrix
from core.selectors.ilp import Ilp
from core.types import Dataset, Exemplar, Instance
from tests.needs import needs

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SET = Dataset("d", "D", "fao", "pos", ("NOUN", "VERB"))
WORDS = ["hestur", "bátur", "súkkla", "hundur", "ketta", "kúgv"]
POOL = [
    Exemplar("d", Instance(at, "test", (word,), word), ("NOUN" if at % 2 else "VERB",), (0.9,))
    for at, word in enumerate(WORDS)
]


class Letters:
    """An embedder with dense rows, as a neural one has: how often each letter occurs."""

    def __init__(self, metric: str = "cosine") -> None:
        self._metric = metric

    def against(self, pool: Sequence[str], report: object = None) -> LettersCompare:
        return LettersCompare(pool)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        return LettersCompare._rows(texts)


class LettersCompare:
    def __init__(self, pool: Sequence[str]) -> None:
        self._pool = self._rows(pool)

    @staticmethod
    def _rows(texts: Sequence[str]) -> np.ndarray:
        counts = np.array([[text.count(letter) for letter in "abdekhrstuú"] for text in texts], dtype=float)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)

    def __call__(self, queries: Sequence[str]) -> np.ndarray:
        return np.minimum(self._rows(queries) @ self._pool.T, 1.0)

    def embeddings(self, queries: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        return self._rows(queries), self._pool


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> None:
    list(embedders)
    monkeypatch.setitem(embedders._parts, "letters", Letters)
    monkeypatch.setattr("core.choosing.build_embedder", lambda name, settings: Letters(**settings))


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize(("metric", "dense"), [("cosine", True), ("dot", True), ("euclidean", False)])
def test_products_of_dense_rows_come_with_the_problem(metric: str, dense: bool) -> None:
    ready = candidates(SET, {"name": "letters", "metric": metric}, POOL)
    problem = ready.problem([POOL[0].instance, POOL[3].instance])
    assert (problem.embeddings is not None) == dense
    if problem.embeddings is not None:
        queries, pool = problem.embeddings
        assert queries @ pool.T == pytest.approx(problem.similarity)
    rows, columns = np.array([4, 1]), np.array([0, 1, 5])
    assert problem.between is not None
    everything = ready.compare([item.instance.text for item in POOL])
    assert problem.between(rows, columns) == pytest.approx(everything[np.ix_(rows, columns)])
    assert ready.among(rows) == pytest.approx(everything[np.ix_(rows, rows)])


def test_sparse_rows_stay_a_matrix() -> None:
    ready = candidates(SET, {"name": "ngrams"}, POOL)
    problem = ready.problem([POOL[0].instance])
    assert problem.embeddings is None
    rows = np.array([5, 0])
    everything = ready.compare([item.instance.text for item in POOL])
    assert ready.among(rows) == pytest.approx(everything[np.ix_(rows, rows)])
    assert isinstance(Ilp().scores(problem), Matrix)


def test_embeddings_of_another_pool_are_refused() -> None:
    similarity, ones = np.zeros((1, 2)), np.ones((2, 1))
    rows = np.ones((1, 3)), np.ones((3, 3))
    problem = SelectionProblem(
        similarity, np.array([-1]), ones.astype(int), ones, ones[:, 0], ("A",), embeddings=rows
    )
    with pytest.raises(RecipeError, match="embeddings"):
        build("ilp", {}).select(problem, seed=0, report=lambda *_: None)


def test_without_torch_the_setting_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "find_spec", lambda name: None)
    with pytest.raises(NotInstalled, match="needs torch") as refused:
        build("ilp", {"backend": "torch"})
    assert "start.py --full" in (refused.value.hint or "")
    assert build("ilp", {"backend": "numpy"}) == Ilp()


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(RecipeError, match="backend"):
        build("ilp", {"backend": "jax"})


@needs("torch")
@pytest.mark.usefixtures("letters")
def test_a_run_with_dense_rows_chooses_the_same_with_torch() -> None:
    ready = candidates(SET, {"name": "letters"}, POOL)
    problem = ready.problem([item.instance for item in POOL])
    from core.selectors.exact.torch_scores import TorchEmbedded

    assert isinstance(Ilp(backend="torch").scores(problem), TorchEmbedded)
    assert isinstance(Ilp().scores(problem), Matrix)
    ours, theirs = (
        build("ilp", {"k": 2, "backend": name}).select(problem, seed=0, report=lambda *_: None)
        for name in ("numpy", "torch")
    )
    assert [found.chosen for found in ours] == [found.chosen for found in theirs]


@needs("torch")
@pytest.mark.parametrize("width", [1, 3, 384, 4096])
@pytest.mark.parametrize("size", [1e-20, 1.0, 1e6])
def test_no_product_is_further_off_than_proven(width: int, size: float) -> None:
    from core.selectors.exact.torch_scores import TorchEmbedded

    dice = np.random.default_rng(width)
    queries, pool = size * dice.random((20, width)), dice.normal(size=(300, width)) ** 3
    scores = TorchEmbedded(queries, pool).arranged(np.arange(299, -1, -1))
    block = scores.block(np.arange(20))
    assert block.dtype == np.float32
    exact = queries.astype(np.longdouble) @ pool[::-1].T.astype(np.longdouble)
    assert np.abs(block - exact).max() <= scores.error
    assert scores.error <= 10 * Embedded(queries, pool).error + 1e-30


@needs("torch")
def test_what_decides_is_the_matrix_or_float64() -> None:
    from core.selectors.exact.torch_scores import TorchEmbedded

    dice = np.random.default_rng(0)
    queries, pool = dice.normal(size=(3, 7)), dice.normal(size=(9, 7))
    rows, items = np.array([0, 2, 1]), np.array([8, 0, 4])
    order = dice.permutation(9)
    matrix = queries @ pool.T
    plain = TorchEmbedded(queries, pool).arranged(order)
    held = TorchEmbedded(queries, pool, Matrix(matrix)).arranged(order)
    assert (plain.exact(rows, items) == Embedded(queries, pool).arranged(order).exact(rows, items)).all()
    assert (held.exact(rows, items) == matrix[rows, order[items]]).all()
    assert held.spread == Matrix(matrix).spread
    assert plain.spread == Embedded(queries, pool).spread


@needs("torch")
def test_reduced_precision_is_off_for_our_products_alone() -> None:
    import torch

    from core.selectors.exact.torch_scores import TorchEmbedded, _full_precision

    before = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("medium")
        with _full_precision():
            assert torch.get_float32_matmul_precision() == "highest"
        frozen = np.random.default_rng(0).normal(size=(40, 64)).astype(np.float32)
        frozen.setflags(write=False)
        scores = TorchEmbedded(frozen, frozen)
        exact = frozen.astype(float) @ frozen.T.astype(float)
        assert np.abs(scores.block(np.arange(40)) - exact).max() <= scores.error
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision(before)


def test_choosing_with_numpy_loads_no_torch() -> None:
    code = (
        "import sys, numpy as np; from core.selectors import SelectionProblem, build;"
        "rows = np.random.default_rng(0).random((30, 8)); ones = np.ones((30, 2));"
        "asked = SelectionProblem(rows @ rows.T, np.arange(30), (rows[:, :2] > .5) * 1, ones, ones[:, 0],"
        "('A', 'B'), embeddings=(rows, rows));"
        "found = build('ilp', {}).select(asked, seed=0, report=lambda *_: None);"
        "print(len(found), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["30", "False"]
