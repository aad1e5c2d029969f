"""`ssp models head`: an encoder without a head is given one, which fills in words better than frequency."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.cloze import checkpoint as models
from core.cloze import masked_head
from core.cloze.masked_head import Settings, give_head
from core.errors import Cancelled, RecipeError, StudioError
from tests.needs import needs
from tests.ssp_command import Ssp, ssp
from tests.tiny_encoder import encoder
from tests.tiny_masked import cloze_model

__all__ = ["ssp"]

pytestmark = [needs("torch", "transformers"), pytest.mark.filterwarnings("default"), pytest.mark.slow]
WORDS = [a + b for a in "abcde" for b in "fghij"]
TEXTS = [" ".join([word] * count) for word in WORDS for count in range(4, 10)]
"""A word said over and over: what is masked stands beside the mask."""
QUICK = Settings(layers=2, steps=60, batch_size=16, learning_rate=3e-2, max_length=32)


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(encoder(tmp_path_factory.mktemp("bare")))


def given(bare: str, out: Path, settings: Settings = QUICK, report: Any = silent, **more: Any) -> Any:
    return give_head(bare, TEXTS, out, settings, report=report, **more)


def test_the_result_is_an_ordinary_masked_model(bare: str, tmp_path: Path) -> None:
    found = given(bare, tmp_path / "out")
    assert found.after < found.unigram < found.before
    assert (found.texts, found.pieces + found.held_out) == (150, 150)
    model = models.load(str(tmp_path / "out"), report=silent)
    assert model.kind == "masked"
    assert "perplexity" in (tmp_path / "out" / "README.md").read_text("utf8")
    assert given(bare, tmp_path / "again").after == found.after
    assert models.identity_of(tmp_path / "again") == model.identity
    assert not list(tmp_path.glob(".*"))


def test_the_head_alone_leaves_the_encoder_as_it_was(bare: str, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    found = given(bare, tmp_path / "out", Settings(steps=30, batch_size=16, max_length=32))
    assert found.after < found.before
    old = load_file(Path(bare) / "model.safetensors")
    new = load_file(tmp_path / "out" / "model.safetensors")
    assert all(new[f"bert.{name}"].equal(weight) for name, weight in old.items())
    assert found.trained_weights < sum(weight.numel() for weight in new.values()) / 4


def test_what_was_stopped_goes_on(bare: str, tmp_path: Path) -> None:
    steps: list[int] = []

    def stop(message: str, done: int, total: int) -> None:
        if message == masked_head.DOING:
            steps.append(done)
            if len(steps) == 20:
                raise Cancelled("stopped.")

    with pytest.raises(Cancelled):
        given(bare, tmp_path / "out", report=stop, keep=tmp_path / "keep")
    assert not (tmp_path / "out").exists()
    given(bare, tmp_path / "out", report=stop, keep=tmp_path / "keep")
    assert steps[20] == 19
    given(bare, tmp_path / "undisturbed")
    assert models.identity_of(tmp_path / "out") == models.identity_of(tmp_path / "undisturbed")


def test_what_cannot_be_given_a_head_is_refused(bare: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="exists already"):
        given(bare, tmp_path)
    with pytest.raises(RecipeError, match="pieces of text"):
        give_head(bare, TEXTS[:3] * 20, tmp_path / "out", QUICK, report=silent)
    with pytest.raises(RecipeError, match="has a masked head already"):
        given(str(cloze_model("bert", tmp_path / "bert")), tmp_path / "out")
    with pytest.raises(RecipeError, match="it is no encoder"):
        given(str(cloze_model("qwen2", tmp_path / "qwen2")), tmp_path / "out")
    with pytest.raises(RecipeError, match="the encoder has 2 layers"):
        given(bare, tmp_path / "out", Settings(layers=3))
    (tmp_path / "file").write_text("")
    with pytest.raises(StudioError, match="cannot be written"):
        given(bare, tmp_path / "file" / "out", Settings(steps=1))


def test_long_texts_are_several_pieces(bare: str, tmp_path: Path) -> None:
    texts = [f"{text} {'mno ' * 60}" for text in TEXTS[:20]]
    found = give_head(bare, texts, tmp_path / "out", Settings(steps=1, max_length=32), report=silent)
    assert found.pieces + found.held_out > 100


def test_by_the_command_line(ssp: Ssp, bare: str, tmp_path: Path) -> None:
    file = tmp_path / "texts.tsv"
    file.write_text("text\n" + "\n".join(TEXTS) + "\n", "utf8")
    done = ssp(
        "import", str(file), "--task", "topic", "--language", "eng", "--id", "texts", "--split", "test"
    )
    assert done.code == 0, done.err
    asked = ("models", "head", bare, "--data", "texts", "--out", str(tmp_path / "out"), "--steps", "5")
    refused = ssp(*asked)
    assert refused.code == 2
    assert "Its splits: test" in refused.message
    done = ssp(*asked, "--split", "test")
    assert done.code == 0, done.err
    assert done.document["perplexity"] > 1
    assert (tmp_path / "out" / "model.safetensors").is_file()
