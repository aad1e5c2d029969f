"""The demo world's models: there whole or not at all, trained when they are first needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import pretrained, world
from core.embedders.sentence_transformer import SentenceEmbedder
from core.errors import Cancelled, RecipeError
from core.llms.causal.loading import CAUSAL
from core.llms.transformers import Transformers
from core.types import Report
from core.world import models, training
from tests.needs import needs

pytestmark = needs("torch", "transformers", "sentence-transformers")
MASKED, CAUSAL_MODEL, ENCODER = world.MODELS


@pytest.fixture
def short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of models, and courses of a few steps."""
    courses = {name: replace(course, steps=4, batch=4) for name, course in models.COURSES.items()}
    monkeypatch.setattr(models, "COURSES", courses)
    monkeypatch.setattr(training, "EVERY", 2)
    with world.kept_in(tmp_path / "models") as folder:
        yield folder


def silent(_doing: str, _done: int, _total: int) -> None:
    """Nobody listens."""


def refusing(after: int) -> Report:
    """A report that stops what it is told of."""
    told = []

    def report(doing: str, _done: int, _total: int) -> None:
        told.append(doing)
        if len(told) > after:
            raise Cancelled("stopped by the user.")

    return report


def weights(folder: Path) -> bytes:
    return (folder / "model.safetensors").read_bytes()


def test_a_model_is_trained_once_and_the_same_again(short: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    place = world.ensure(MASKED, lambda *said: heard.append(said))
    assert place == short / MASKED == world.folder(MASKED)
    assert heard[0] == (f"training {MASKED}", 0, 4)
    assert heard[-1] == (f"training {MASKED}", 4, 4)
    first = weights(place)
    world.ensure(MASKED, refusing(0))
    (place / models.FACTS).unlink()
    assert not world.is_ready(MASKED)
    assert weights(world.ensure(MASKED, silent)) == first


def test_nothing_is_left_of_a_training_that_was_stopped(short: Path) -> None:
    with pytest.raises(Cancelled):
        world.ensure(MASKED, refusing(1))
    assert not world.is_ready(MASKED)
    assert list((short / models.OWNER).iterdir()) == []


def test_other_knobs_are_another_model(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, named = world.ensure(MASKED, silent), world.identity(MASKED)
    first = weights(place)
    monkeypatch.setattr(models, "WORLD", replace(world.WORLD, switched=0.3))
    assert world.identity(MASKED) != named
    assert not world.is_ready(MASKED)
    assert weights(world.ensure(MASKED, silent)) != first


def test_the_causal_model_reads_lines_and_knows_where_they_end(short: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place = world.ensure(CAUSAL_MODEL, silent)
    assert world.is_ready(MASKED)
    tokenizer = AutoTokenizer.from_pretrained(place)
    begin, one, line, two = tokenizer("nagi\nrogo")["input_ids"]
    assert (begin, line) == (tokenizer.bos_token_id, len(tokenizer) - 1)
    assert tokenizer.convert_ids_to_tokens([one, two]) == ["nagi", "rogo"]
    model = AutoModelForCausalLM.from_pretrained(place)
    assert model.config.vocab_size == len(tokenizer)


def test_the_encoder_gives_the_same_sentence_the_same_vector(short: Path) -> None:
    embedder = SentenceEmbedder(model=ENCODER)
    named = embedder.identity()
    assert not world.is_ready(ENCODER)
    told: list[tuple[int, int]] = []
    rows = embedder.embed(["nagi rogo", "mumo", "nagi rogo"], lambda *said: told.append(said))
    assert told
    assert world.is_ready(ENCODER)
    assert rows.shape == (3, 64)
    assert (rows[0] == rows[2]).all()
    assert rows[0] @ rows[1] < 0.999
    assert embedder.identity() == named == SentenceEmbedder(model=ENCODER).identity()


def test_a_page_that_checks_a_setting_trains_nothing(short: Path) -> None:
    model = Transformers(model=CAUSAL_MODEL)
    assert model.name == CAUSAL_MODEL
    assert model.identity()["files"] == world.identity(CAUSAL_MODEL)
    assert pretrained.folder_of(CAUSAL, CAUSAL_MODEL, download=False) == short / CAUSAL_MODEL
    assert not short.exists()


def test_a_worker_trains_what_is_not_there(short: Path) -> None:
    place = pretrained.folder_of(CAUSAL, CAUSAL_MODEL, download=False, report=silent)
    assert (place / "model.safetensors").is_file()


def test_the_world_has_no_other_models(short: Path) -> None:
    assert not world.is_world("demo-world/large")
    with pytest.raises(RecipeError, match="demo-world/masked, demo-world/causal, demo-world/encoder"):
        world.ensure("demo-world/large", silent)
