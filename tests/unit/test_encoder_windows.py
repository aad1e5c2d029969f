"""Sub-words laid beside words: windows cover every word once, wherever it has most around it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.labelers.fine_tuning.windows import windows
from core.types import Instance
from tests.needs import needs
from tests.tiny_encoder import encoder

pytestmark = [needs("torch", "transformers"), pytest.mark.slow, pytest.mark.filterwarnings("default")]
TOKENS = st.lists(st.text("ab \u200b猫é", max_size=6), max_size=40).map(tuple)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(encoder(tmp_path_factory.mktemp("read"), layers=1))


def sentence(tokens: tuple[str, ...]) -> Instance:
    return Instance(0, "test", tokens, " ".join(tokens))


@settings(max_examples=80, deadline=None)
@given(sentences=st.lists(TOKENS, min_size=1, max_size=4), length=st.integers(8, 20))
def test_every_word_with_sub_words_is_answered_for_once(
    tokenizer: Any, sentences: list[tuple[str, ...]], length: int
) -> None:
    found = windows(tokenizer, [sentence(tokens) for tokens in sentences], length, tokens=True)
    assert all(len(window) <= length for window in found)
    for owner, tokens in enumerate(sentences):
        words = Counter(word for window in found if window.owner == owner for word in window.words)
        assert set(words.values()) <= {1}
        wanted = {at for at, token in enumerate(tokens) if tokenizer.tokenize(token)}
        assert set(words) == wanted


def test_the_place_is_that_of_the_first_sub_word(tokenizer: Any) -> None:
    (window,) = windows(tokenizer, [sentence(("ab", "", "c", "ba"))], 20, tokens=True)
    names = tokenizer.convert_ids_to_tokens(list(window.inputs["input_ids"]))
    assert names == ["[CLS]", "a", "##b", "c", "b", "##a", "[SEP]"]
    assert (window.words, window.places) == ((0, 2, 3), (1, 3, 4))


def test_a_word_is_answered_for_where_it_has_most_around_it(tokenizer: Any) -> None:
    found = windows(tokenizer, [sentence(tuple("abcdefghijklmnop"))], 10, tokens=True)
    assert len(found) > 2
    for at, window in enumerate(found):
        outer = [place for place in window.places if place in (1, len(window) - 2)]
        first_or_last = (at == 0) + (at == len(found) - 1)
        assert len(outer) <= first_or_last


def test_a_word_cut_by_a_window_is_not_taken_for_two(tokenizer: Any) -> None:
    """Its later sub-words open the next window; its first one answers for it."""
    found = windows(tokenizer, [sentence(("abcdefghijklmnopqrstuvwxyz", "b"))], 10, tokens=True)
    placed = [(word, at) for at, window in enumerate(found) for word in window.words]
    assert placed == [(0, 0), (1, len(found) - 1)]


def test_items_are_one_window_each_pairs_included(tokenizer: Any) -> None:
    long = "a " * 100
    items = [
        Instance(0, "test", (), long, "b"),
        Instance(1, "test", (), "a", long),
        Instance(2, "test", (), ""),
    ]
    found = windows(tokenizer, items, 16, tokens=False)
    assert [(window.owner, window.words, window.places) for window in found] == [
        (at, (0,), (0,)) for at in range(3)
    ]
    assert all(len(window) <= 16 for window in found)
    names = tokenizer.convert_ids_to_tokens(list(found[0].inputs["input_ids"]))
    assert names[-2:] == ["b", "[SEP]"]
    assert set(found[0].inputs["token_type_ids"]) == {0, 1}
