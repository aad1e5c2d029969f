"""Soft prompts: how they begin, what they are near, the file they are kept in, and items for them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from core.cloze import checkpoint as models
from core.cloze import items, soft_prompt
from core.cloze.checkpoint import Checkpoint
from core.cloze.layout import Layout
from core.cloze.soft_prompt import SoftPrompt, nearest, start
from core.cloze.verbalizer import read_words, verbalizer
from core.errors import Cancelled, RecipeError, StudioError
from core.types import Instance, Record
from tests.needs import needs
from tests.tiny_encoder import tagged
from tests.tiny_masked import TOPICS, cloze_model

pytestmark = [needs("torch", "transformers"), pytest.mark.filterwarnings("default")]
FACTS = {"method": "mpt", "words": {"sports": ["Fußball"]}}


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return models.load(str(cloze_model("xlm-roberta", tmp_path_factory.mktemp("m"))), report=silent)


def test_it_begins_as_words_of_the_vocabulary(model: Checkpoint) -> None:
    import torch

    one, other = start(model, 4, 1), start(model, 4, 1)
    assert torch.equal(one, other)
    assert not torch.equal(one, start(model, 4, 2))
    rows = nearest(model, one, 2)
    assert [cosine for ((_, cosine), _) in rows] == pytest.approx([1.0] * 4)
    assert all(any(char.isalpha() for char in row[0][0]) for row in rows)
    named = start(model, 3, 0, words=("sports", "health"))
    assert [row[0][0] for row in nearest(model, named)] == ["sports", "health", "sports"]
    named += 1
    assert nearest(model, start(model, 1, 0, words=("sports",)), 1) == [[("sports", 1.0)]]


def test_a_kept_prompt_is_read_back_and_named_by_what_it_holds(model: Checkpoint, tmp_path: Path) -> None:
    import torch

    prompt = SoftPrompt({"source prompt": start(model, 4, 1)}, FACTS)
    path = prompt.keep(tmp_path, model)
    assert prompt.keep(tmp_path, model) == path
    assert path.stat().st_size < 4000
    found = soft_prompt.read(path, model)
    assert found.facts == FACTS
    assert torch.equal(found.tensors["source prompt"], prompt.tensors["source prompt"])
    other = SoftPrompt({"source prompt": start(model, 4, 2)}, FACTS).keep(tmp_path, model)
    assert other != path
    assert SoftPrompt(prompt.tensors, {"method": "pct"}).keep(tmp_path, model) not in (path, other)


def test_another_models_prompt_and_what_is_none_are_refused(model: Checkpoint, tmp_path: Path) -> None:
    path = SoftPrompt({"p": start(model, 2, 1)}, FACTS).keep(tmp_path, model)
    other = models.load(str(cloze_model("xlm-roberta", tmp_path / "m", seed=5)), report=silent)
    with pytest.raises(RecipeError, match="trained for another model"):
        soft_prompt.read(path, other)
    with pytest.raises(RecipeError, match="there is no soft prompt"):
        soft_prompt.read(tmp_path / "none.safetensors", model)
    with pytest.raises(RecipeError, match="is no soft prompt"):
        soft_prompt.read(tmp_path / "m" / "model.safetensors", model)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(RecipeError, match="is no soft prompt"):
        soft_prompt.read(path, model)
    (tmp_path / "file").write_text("")
    with pytest.raises(StudioError, match="cannot be written"):
        SoftPrompt({"p": start(model, 2, 1)}, FACTS).keep(tmp_path / "file", model)


def records(count: int) -> list[Record]:
    return [Record(Instance(at, "train", (), f"text {at}"), (TOPICS[at % 3],)) for at in range(count)]


def test_few_shots_are_drawn_by_label_and_fewer_are_among_the_more() -> None:
    one, aside = items.few(records(90), 1, seed=3)
    four, more_aside = items.few(records(90), 4, seed=3)
    assert (
        Counter(row.labels for row in one)
        == Counter(row.labels for row in aside)
        == {(t,): 1 for t in TOPICS}
    )
    assert len(four) == len(more_aside) == 12
    assert {row.instance.position for row in one} < {row.instance.position for row in four}
    assert not {row.instance.position for row in four} & {row.instance.position for row in more_aside}
    assert items.few(records(90), 4, seed=3) == (four, more_aside)
    assert items.few(records(90), 4, seed=4)[0] != four
    whole, tenth = items.few(records(90), 0, seed=3)
    assert (len(whole), len(tenth)) == (81, 9)
    assert [len(part) for part in items.few(records(9), 16, seed=3)] == [9, 0]
    assert [len(part) for part in items.few(records(90), 4, seed=3, aside=2)] == [12, 6]
    without = [row for row in records(90) if row.labels != ("health",)]
    assert [row for row in four if row.labels != ("health",)] == items.few(without, 4, seed=3)[0]


def test_labels_of_words_are_refused_and_strange_labels_left_out() -> None:
    with pytest.raises(RecipeError, match="mpt labels whole texts"):
        items.item_records("mpt", tagged(3, 1), ("NOUN",))
    strange = [*records(3), Record(Instance(9, "x", (), "t"), ("other",)), Record(Instance(8, "x", (), "t"))]
    assert items.item_records("mpt", strange, TOPICS) == records(3)
    assert items.columns(records(3), TOPICS).tolist() == [0, 1, 2]


def test_probabilities_are_in_order_whatever_the_batches(model: Checkpoint) -> None:
    texts = items.of_texts(["ball", "the doctor is the nurse", "law", "a vote about the law", "team goal"])
    rows = Layout("{text} {soft} {mask} .").rows(model, texts, 2)
    words = verbalizer(model, TOPICS, read_words(TOPICS, ()))
    soft = start(model, 2, 1)
    found = items.probabilities(model, words, rows, soft, batch_size=2, report=silent)
    assert found.shape == (5, 3)
    assert found.sum(1) == pytest.approx(1.0)
    assert found == pytest.approx(items.probabilities(model, words, rows, soft, batch_size=5), abs=1e-6)
    assert found[3] == pytest.approx(items.probabilities(model, words, rows[3:4], soft)[0], abs=1e-6)

    def stop(message: str, done: int, total: int) -> None:
        raise Cancelled("stopped.")

    with pytest.raises(Cancelled):
        items.probabilities(model, words, rows, soft, report=stop)
