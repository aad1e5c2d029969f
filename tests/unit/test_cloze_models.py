"""Models of five architectures read one way: filled up on the right, places numbered, soft vectors inside."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from core.cloze import checkpoint as models
from core.cloze.checkpoint import Checkpoint
from core.cloze.layout import Row
from core.errors import Cancelled, RecipeError
from tests.needs import needs
from tests.tiny_encoder import encoder
from tests.tiny_masked import KINDS, MASKED, WIDTH, cloze_model

pytestmark = [needs("torch", "transformers"), pytest.mark.filterwarnings("default")]


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


@pytest.fixture(scope="module", params=KINDS)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    folder = cloze_model(request.param, tmp_path_factory.mktemp("model"))
    return models.load(str(folder), report=silent)


def rows_of(model: Checkpoint, soft: bool = False) -> list[Row]:
    """Of 4, 9 and 14 tokens, answering in the middle (masked) or at the end."""
    usable = [token for token in range(len(model.tokenizer)) if token not in model.nameless]
    found = []
    for length in (4, 9, 14):
        ids = [*usable[:length]]
        answer = length // 2 if model.kind == "masked" else length - 1
        if model.kind == "masked":
            ids[answer] = model.mask
        found.append(Row(tuple(ids), (0, 1) if soft else (), answer))
    return found


def alone(model: Checkpoint, row: Row) -> Any:
    """Scores at the answer as the library gives them for one text, nothing filled up, places its own."""
    import torch

    with torch.no_grad():
        return model.model(input_ids=torch.tensor([row.ids])).logits[0, row.answer]


def test_scores_are_those_of_each_text_alone(model: Checkpoint) -> None:
    """XLM-R counts places from its padding's; filled up and by vectors they must be the same."""
    import torch

    rows = rows_of(model)
    with torch.no_grad():
        given = model.answers(rows)
        vectors = torch.stack([model.vectors[list(row.ids[:2])] for row in rows])
        soft = model.answers(rows_of(model, soft=True), vectors)
    for at, row in enumerate(rows):
        torch.testing.assert_close(given[at], alone(model, row), atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(soft[at], alone(model, row), atol=1e-4, rtol=1e-4)


def test_gradients_reach_the_vectors_and_not_the_model(model: Checkpoint) -> None:
    import torch

    soft = torch.zeros(2, WIDTH, requires_grad=True)
    model.answers(rows_of(model, soft=True), soft)[:, 5].sum().backward()
    assert soft.grad is not None
    assert float(soft.grad.abs().min(1).values.max()) > 0
    assert all(weight.grad is None for weight in model.model.parameters())
    weights = model.thaw()
    model.answers(rows_of(model))[:, 5].sum().backward()
    assert (
        sum(float(weight.grad.abs().sum()) > 0 for weight in weights.values() if weight.grad is not None) > 5
    )
    model.model.requires_grad_(requires_grad=False)
    model.model.zero_grad(set_to_none=True)


def test_rows_and_vectors_must_fit(model: Checkpoint) -> None:
    with pytest.raises(ValueError, match="places for others"):
        model.answers(rows_of(model, soft=True), model.vectors[:3])
    with pytest.raises(ValueError, match="need soft vectors"):
        model.answers(rows_of(model, soft=True))


def test_xlm_r_with_vectors_alone_would_be_read_wrong_on_the_left(tmp_path: Path) -> None:
    """What the contract is about: the library numbers vectors from the left, padding or not."""
    import torch

    model = models.load(str(cloze_model("xlm-roberta", tmp_path)), report=silent)
    assert model.first == 2
    (row, *_) = rows_of(model)
    filled = torch.tensor([[1, 1, 1, *row.ids]])
    seen = torch.tensor([[0, 0, 0, *[1] * len(row.ids)]])
    with torch.no_grad():
        read = model.model.get_input_embeddings()(filled)
        wrong = model.model(inputs_embeds=read, attention_mask=seen).logits[0, 3 + row.answer]
    assert float((wrong - alone(model, row)).abs().max()) > 0.1


def test_the_identity_is_that_of_the_files_wherever_they_lie(tmp_path: Path) -> None:
    first = cloze_model("bert", tmp_path / "a")
    shutil.copytree(first, tmp_path / "b")
    cloze_model("bert", tmp_path / "c", seed=2)
    (tmp_path / "b" / "README.md").write_text("moved", "utf8")
    names = [models.identity_of(tmp_path / name) for name in "abc"]
    assert names[0] == names[1] != names[2]


def test_an_encoder_without_a_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no head that predicts words") as caught:
        models.load(str(encoder(tmp_path)), report=silent)
    assert "ssp models head" in caught.value.hint


def test_what_is_no_language_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no folder"):
        models.load(str(tmp_path / "none"), report=silent)
    with pytest.raises(RecipeError, match="no folder"):
        models.check(str(tmp_path / "none"))
    folder = cloze_model("bert", tmp_path / "bert")
    models.check(str(folder))
    (folder / "config.json").write_text('{"model_type": "vit"}', "utf8")
    with pytest.raises(RecipeError, match="neither a masked nor a causal"):
        models.load(str(folder), report=silent)


def test_a_model_that_reads_vectors_otherwise_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.cloze.checkpoint.first_place", lambda _: 0)
    with pytest.raises(RecipeError, match="soft vectors cannot be put"):
        models.load(str(cloze_model("xlm-roberta", tmp_path)), report=silent)


def test_a_text_longer_than_the_model_reads_has_room_for_what_it_reads(tmp_path: Path) -> None:
    for kind in MASKED:
        folder = cloze_model(kind, tmp_path / kind, places=20)
        assert models.load(str(folder), report=silent, length=256).length == 20
        assert models.load(str(folder), report=silent, length=10).length == 10


def test_loading_can_be_cancelled(tmp_path: Path) -> None:
    def stop(message: str, done: int, total: int) -> None:
        raise Cancelled("stopped.")

    with pytest.raises(Cancelled):
        models.load(str(cloze_model("bert", tmp_path)), report=stop)
