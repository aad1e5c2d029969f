"""Items in a template: where words, soft vectors and the answer stand, and what is cut where it is long."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cloze import checkpoint as models
from core.cloze.checkpoint import Checkpoint
from core.cloze.layout import SOFT_PAIR, Layout, Row, layout_for
from core.errors import RecipeError
from core.types import Instance
from tests.needs import needs
from tests.tiny_masked import cloze_model

pytestmark = [needs("torch", "transformers"), pytest.mark.filterwarnings("default")]


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


def loaded(kind: str, folder: Path, length: int = 64) -> Checkpoint:
    return models.load(str(cloze_model(kind, folder)), report=silent, length=length)


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return loaded("bert", tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return loaded("llama", tmp_path_factory.mktemp("llama"))


def item(text: str, text_b: str | None = None) -> Instance:
    return Instance(0, "test", (), text, text_b)


def shown(checkpoint: Checkpoint, row: Row) -> str:
    pieces = checkpoint.tokenizer.convert_ids_to_tokens(row.ids)
    return " ".join("*" if at in row.soft else piece for at, piece in enumerate(pieces))


def test_a_pair_as_the_method_has_it(bert: Checkpoint) -> None:
    (row,) = Layout(SOFT_PAIR).rows(bert, [item("the ball", "a team")], 2)
    assert shown(bert, row) == "[CLS] the ball . a team ? * * [MASK] . [SEP]"
    assert row.soft == (7, 8)
    assert row.ids[row.answer] == bert.mask


def test_several_places_share_the_vectors_in_order(bert: Checkpoint) -> None:
    (row,) = Layout("{soft} {text} {soft} {mask}").rows(bert, [item("ball")], 3)
    assert shown(bert, row) == "[CLS] * * ball * [MASK] [SEP]"
    (bare,) = Layout("{soft} {text} {soft} {mask}").rows(bert, [item("ball")], 0)
    assert shown(bert, bare) == "[CLS] ball [MASK] [SEP]"


def test_a_causal_model_is_shown_nothing_behind_the_mask(llama: Checkpoint) -> None:
    (row,) = Layout("{text} Topic {mask} about {soft}").rows(llama, [item("is the ball")], 0)
    assert shown(llama, row) == "<|begin|> is Ġthe Ġball ĠTopic"
    assert row.answer == len(row.ids) - 1
    (soft,) = Layout("{text} {soft} {mask} .").rows(llama, [item("is the ball")], 2)
    assert soft.answer == soft.soft[-1] == len(soft.ids) - 1


@pytest.mark.parametrize("kind", ["bert", "llama"])
def test_what_is_too_long_is_cut_the_longer_text_first(
    kind: str, bert: Checkpoint, llama: Checkpoint
) -> None:
    model = {"bert": bert, "llama": llama}[kind]
    words = " the ball" * 60
    rows = Layout(SOFT_PAIR).rows(
        model, [item(words, " a team"), item(" team", words), item(words, words)], 3
    )
    for row in rows:
        assert len(row.ids) == model.length
        assert len(row.soft) == 3
    texts = [model.tokenizer.decode(row.ids) for row in rows]
    assert "team ?" in texts[0].replace("?", " ?").replace("  ", " ")
    assert texts[1].count("team") == 1
    plain = model.tokenizer.convert_ids_to_tokens(rows[2].ids)
    stop = plain.index(".")
    assert abs(stop - (plain.index("?") - stop)) <= 3


def test_words_the_vocabulary_lacks_are_left_out_of_the_prompt_alone(bert: Checkpoint) -> None:
    (row,) = Layout("{text} ! {mask}").rows(bert, [item("ball !")], 0)
    assert shown(bert, row) == "[CLS] ball [UNK] [MASK] [SEP]"


def test_spaces_belong_where_they_do_in_any_text(llama: Checkpoint) -> None:
    wanted = llama.tokenizer("the ball.", add_special_tokens=True)["input_ids"]
    assert list(Layout("{text}.{mask}").rows(llama, [item("the ball")], 0)[0].ids) == wanted


def test_an_empty_text_is_a_row_all_the_same(llama: Checkpoint, bert: Checkpoint) -> None:
    for model in (llama, bert):
        rows = Layout("{text} {mask}").rows(model, [item("")], 0)
        assert model.answers(rows).shape == (1, len(model.vectors))


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{text} {mask} {mask}", "cannot be used"),
        ("{text}", "cannot be used"),
        ("{mask}", "cannot be used"),
        ("{text} {label} {mask}", "{label} means nothing"),
        ("{text} {} {mask}", "{} means nothing"),
    ],
)
def test_templates_that_mean_nothing_are_refused(template: str, said: str) -> None:
    with pytest.raises(RecipeError, match="template") as caught:
        Layout(template)
    assert said in str(caught.value)


def test_a_prompt_that_leaves_no_room_is_refused(tmp_path: Path) -> None:
    model = loaded("bert", tmp_path, length=12)
    layout = Layout("{text} the the the the the {soft} {mask}")
    with pytest.raises(RecipeError, match="leaves 1 tokens for the text"):
        layout.rows(model, [item("ball " * 20)], 3)
    with pytest.raises(RecipeError, match="no place for soft vectors"):
        Layout("{text} {mask}").rows(model, [item("ball")], 2)


def test_the_default_is_chosen_by_the_items() -> None:
    assert "{text_b}" in layout_for([item("a", "b")]).template
    assert "{text_b}" not in layout_for([item("a")], soft=False).template
    assert layout_for([item("a")], "{text} {mask}").template == "{text} {mask}"
