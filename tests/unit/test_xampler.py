"""Training a retriever on tiny encoders: it learns, is repeatable, goes on after a stop, is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import settings
from core.embedders import build as build_embedder
from core.embedders.xampler import place
from core.errors import Cancelled, RecipeError
from core.kept import Kept
from core.retrieval import judging, making, named, ready
from core.retrieval.encoders import untrained, vectors
from core.run_input import RunInput, Source
from core.types import Dataset, Instance
from tests.needs import needs
from tests.scripted_llm import Scripted
from tests.tiny_encoder import TOPICS, encoder, topics
from tests.tiny_masked import KINDS, cloze_model

pytestmark = [
    needs("torch", "transformers", "sentence-transformers"),
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),
]
QUICK: dict[str, object] = {
    "positives": "gold", "epochs": 4, "learning_rate": 5e-3, "queries": 40, "max_length": 32,
    "dev_share": 0.2, "patience": 6,
}  # fmt: skip


@dataclass
class Notes:
    """A sink that keeps what is noted."""

    said: dict[str, Any] = field(default_factory=dict)

    def note(self, name: str, said: dict[str, object]) -> None:
        self.said[name] = said


class Stop:
    """A report that says stop at a step of the training."""

    def __init__(self, after: int | None = None) -> None:
        self.after, self.steps = after, 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        assert 0 <= done <= total
        self.steps += stage == "training the retriever"
        if self.after is not None and self.steps > self.after:
            raise Cancelled("stopped.")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path / "workspace"))
    settings.reset()
    yield tmp_path / "workspace"
    settings.reset()


def job(base: Path, seed: int = 0, llm: str = "none", **more: object) -> RunInput:
    recipe: dict[str, Any] = {
        "stage1": {"labeler": "vote", "k": 3},
        "selector": {"name": "none"},
        "embedder": {"name": "xampler", "base": str(base), **QUICK, **more},
        "stage2": {"labeler": "none", "llm": llm, "from_sources": 0},
        "llm": {},
    }
    sources = [Source("e", "eng", topics(60, 1))]
    recipe = named(recipe, sources, seed, TOPICS, "")
    items = [record.instance for record in topics(20, 9)]
    return RunInput("r", Dataset("t", "T", "fao", "topic", TOPICS), recipe, seed, items, sources)


def name_of(one: RunInput) -> str:
    return str(one.recipe["embedder"]["trained"])


def made(one: RunInput, keep: Path | None = None, report: Any = None) -> dict[str, Any]:
    sink = Notes()
    ready(one, sink, report or Stop(), Kept(keep))  # type: ignore[arg-type]
    found: dict[str, Any] = sink.said["retriever"]
    return found


def weights(trained: str) -> bytes:
    return (place(trained) / "model.safetensors").read_bytes()


def same_label(rows: Any) -> float:
    """Share of the three nearest among texts that were not learned from that have the text's label."""
    labels = np.array([record.labels for record in topics(80, 5)])[:, 0]
    near = rows @ rows.T - 2 * np.eye(len(rows))
    top = np.argsort(-near, axis=1)[:, :3]
    return float((labels[top] == labels[:, None]).mean())


def test_it_learns_which_texts_belong_together_and_says_how(base: Path) -> None:
    one = job(base)
    said = made(one)
    texts = [record.instance.text for record in topics(80, 5)]
    before = same_label(vectors(untrained(str(base), layer=-1, length=32), texts, Stop(), "x"))
    after = same_label(build_embedder("xampler", settings_of(one)).embed(texts))
    assert after > before + 0.1
    assert said["reused"] is False
    assert said["artefact"] == name_of(one)
    assert said["pairs"]["positive"] + said["pairs"]["negative"] == 400
    assert (said["pairs"]["queries"], said["pairs"]["by"]) == (40, "gold")
    assert said["curve"][-1]["loss"] < said["curve"][0]["loss"]
    assert {point["on"] for point in said["curve"]} == {"held-out source queries"}
    assert said["best"] in {point["step"] for point in said["curve"]}


def settings_of(one: RunInput) -> dict[str, Any]:
    return {key: value for key, value in one.recipe["embedder"].items() if key != "name"}


def test_it_is_made_once_and_found_again(base: Path) -> None:
    one = job(base)
    first = made(one)
    other = replace(one, dataset=replace(one.dataset, id="u", language="isl"), run_id="s")
    stop = Stop(after=0)
    again = made(other, report=stop)
    assert again == {**first, "reused": True}
    assert stop.steps == 0
    assert making.all_kept() == [name_of(one)]
    assert not list(place("").parent.glob(".*"))
    texts = [item.text for item in one.instances]
    told = build_embedder("xampler", settings_of(one)).similarity(texts, texts)
    assert making.remove(name_of(one)) > 0
    assert making.all_kept() == []
    # vectors that are known need no retriever, others do
    kept = build_embedder("xampler", settings_of(one)).similarity(texts, texts)
    assert np.array_equal(told, kept)
    with pytest.raises(RecipeError, match="is not in"):
        build_embedder("xampler", settings_of(one)).embed(["quite new"])
    with pytest.raises(RecipeError, match="is not in"):
        making.remove(name_of(one))


def test_the_same_seed_makes_the_same_and_another_makes_another(base: Path) -> None:
    first, second = job(base, epochs=1), job(base, seed=1, epochs=1)
    made(first)
    one = weights(name_of(first))
    making.remove(name_of(first))
    made(first)
    made(second)
    assert weights(name_of(first)) == one
    assert weights(name_of(second)) != one


def test_a_stopped_training_goes_on_to_the_same_end(base: Path, tmp_path: Path) -> None:
    one = job(base, epochs=2)
    made(one)
    wanted, steps = weights(name_of(one)), Stop()
    making.remove(name_of(one))
    with pytest.raises(Cancelled):
        made(one, tmp_path / "kept", Stop(after=25))
    assert making.all_kept() == []
    made(one, tmp_path / "kept", steps)
    assert weights(name_of(one)) == wanted
    assert 0 < steps.steps < 40


def test_layers_are_left_out_and_stay_out(base: Path, tmp_path: Path) -> None:
    texts = ["mena hh", "bava ss amo", "n"]
    whole, cut = (untrained(str(base), layer=layer, length=32) for layer in (2, 1))
    assert np.allclose(
        vectors(whole, texts, Stop(), "x"),
        vectors(untrained(str(base), layer=-1, length=32), texts, Stop(), "x"),
    )
    rows = vectors(cut, texts, Stop(), "x")
    assert not np.allclose(rows, vectors(whole, texts, Stop(), "x"), atol=1e-3)
    cut.save(str(tmp_path / "cut"))
    again = build_embedder("sentence_transformer", {"model": str(tmp_path / "cut")}).embed(texts)
    assert np.allclose(rows, again, atol=1e-6)
    with pytest.raises(RecipeError, match="has 2 layers"):
        untrained(str(base), layer=3, length=32)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_model_can_be_the_base(kind: str, tmp_path: Path) -> None:
    folder = cloze_model(kind, tmp_path / kind)
    one = job(folder, epochs=1, queries=8, candidates=25, layer=1)
    words = {"health": "doctor nurse the pill", "sports": "team ball a goal"}
    rows = [
        replace(record, instance=Instance(at, "train", (), f"{words[(record.labels or ('',))[0]]} {at % 7}"))
        for at, record in enumerate(topics(30, 2))
    ]
    one = replace(one, sources=[Source("e", "eng", rows)])
    recipe = {**one.recipe, "embedder": {**one.recipe["embedder"], "trained": ""}}
    one = replace(one, recipe=named(recipe, one.sources, 0, TOPICS, ""))
    said = made(one)
    assert said["pairs"]["positive"] > 0
    texts = ["doctor", "team ball a goal is about the party"]
    found = build_embedder("xampler", settings_of(one)).embed(texts)
    alone = vectors(untrained(str(place(name_of(one))), layer=-1, length=32), texts[:1], Stop(), "x")
    assert np.allclose(found[0], alone[0], atol=1e-5)  # beside a longer text it is padded
    assert not np.allclose(found[0], found[1], atol=1e-2)


def test_a_language_model_is_asked_for_each_pair_and_its_answers_decide(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(call: Any) -> str:
        shown = call.prompt.text
        return "health" if shown.count("hh") else "sports"

    model = Scripted(answer)

    class Given:
        llm = model
        expected = 0

        def capabilities(self) -> None:
            """Nobody tried what it can do."""

        def spent(self) -> Any:
            from core.calls import Spent

            return Spent()

        def expect(self, requests: int) -> None:
            Given.expected += requests

    owners: list[str] = []

    def connected(_job: RunInput, datasets: Any) -> Given:
        owners.extend(one.id for one in datasets)
        return Given()

    monkeypatch.setattr(judging, "connected", connected)
    one = job(base, llm="endpoint", positives="mined", queries=12, candidates=4, epochs=1)
    one = replace(
        one, template="{% for demo in demos %}{{ demo.input }}={{ demo.output }};{% endfor %}{{ sentence }}="
    )
    recipe = {**one.recipe, "embedder": {**one.recipe["embedder"], "trained": ""}}
    one = replace(one, recipe=named(recipe, one.sources, 0, TOPICS, one.template))
    said = made(one)
    assert said["pairs"]["by"] == "llm"
    assert said["calls"] == {"asked": 48, "cached": 0}
    assert Given.expected == 48
    assert owners == ["e"]  # no text of the target goes there
    assert all(call.prompt.text.count("=") == 2 for call in model.asked)
    wrong = sum(
        ("hh" in text) != ("hh" in text.rpartition(";")[2])
        for text in (call.prompt.text for call in model.asked)
    )
    assert said["pairs"]["negative"] == wrong > 0
