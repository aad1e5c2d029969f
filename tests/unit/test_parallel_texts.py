"""Translations that another data set holds: found by text, by key, by row; nothing but text is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import RecipeError
from core.jobs.bundle import load, save
from core.parallel_texts import known, pairs, plain, with_parallel, with_translation
from core.run_input import RunInput
from core.types import Dataset, Instance, TaskName


def dataset(name: str, language: str, task: TaskName = "topic", n: int = 2, key: str = "") -> Dataset:
    return Dataset(name, name, language, task, (), n_instances=n, meta={"parallel_key": key} if key else {})


def item(position: int, text: str, text_b: str | None = None, **meta: object) -> Instance:
    return Instance(position, "test", tuple(text.split()), text, text_b, meta)


LUG = dataset("target", "lug", "pos")
ITEMS = [item(0, "Omusajja alaba , embwa ."), item(1, "Ekitabo .")]


def test_the_same_text_is_found_however_it_is_cut_into_words() -> None:
    rows = [item(7, "Omusajja alaba, embwa.", translations={"en": "The man sees a dog."})]
    first, second = with_parallel(ITEMS, LUG, dataset("mafand", "lug"), rows)
    assert known(first) == {"en": "The man sees a dog."}
    assert second == ITEMS[1]


def test_a_data_set_in_the_other_language_is_read_backwards() -> None:
    rows = [item(0, "A book.", translations={"lg": "Ekitabo ."})]
    assert known(with_parallel(ITEMS, LUG, dataset("english", "eng"), rows)[1]) == {"eng": "A book."}


def test_rows_with_the_same_key_are_translations_of_each_other_in_the_same_split_only() -> None:
    owner, data = dataset("hau", "hau", key="index_id"), dataset("eng", "eng", key="index_id")
    items = [item(0, "ruwa", index_id="12"), item(1, "wuta", index_id="13")]
    rows = [item(0, "fire", index_id="13"), Instance(5, "train", (), "water", meta={"index_id": "12"})]
    first, second = with_parallel(items, owner, data, rows)
    assert (known(first), known(second)) == ({}, {"eng": "fire"})
    with pytest.raises(RecipeError, match="share no name"):
        with_parallel(items, dataset("hau", "hau"), data, rows, "key")


def test_rows_in_the_same_order_carry_both_texts_of_a_pair() -> None:
    items = [item(0, "Oky.", "Ndokýi."), item(1, "Che.", "Nde.")]
    rows = [item(0, "It rains.", "It is dry."), item(1, "I.", "You.")]
    found = with_parallel(items, dataset("gn", "grn", "nli"), dataset("en", "eng", "nli"), rows, "row")
    assert [(known(one)["eng"], known(one, "translations_b")["eng"]) for one in found] == [
        ("It rains.", "It is dry."),
        ("I.", "You."),
    ]
    with pytest.raises(RecipeError, match="has 3 rows and en 2"):
        with_parallel(items, dataset("gn", "grn", n=3), dataset("en", "eng"), rows, "row")


def test_another_way_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"translation\.by cannot be 'guess'"):
        with_parallel(ITEMS, LUG, LUG, [], "guess")


def test_pairs_are_what_has_a_translation() -> None:
    rows = [item(0, "a", translations={"en": "b"}), item(1, "c"), item(2, "d", translations={"fr": "e"})]
    assert pairs(rows, "eng") == [("a", "b")]


def test_a_text_of_marks_alone_is_still_itself() -> None:
    assert plain("Ekitabo  (1)!") == plain("ekitabo 1")
    assert plain("?!") == "?!"


def test_translations_travel_to_the_worker(tmp_path: Path) -> None:
    ready = with_translation(item(0, "Oky.", "Ndokýi.", sent_id="x"), "eng", "It rains.", "It is dry.")
    job = RunInput(
        "r", dataset("gn", "grn", "nli"), {}, 0, [ready], parallel=(item(3, "a", translations={"en": "b"}),)
    )
    save(job, tmp_path)
    again = load(tmp_path)
    assert known(again.instances[0]) == {"eng": "It rains."}
    assert known(again.instances[0], "translations_b") == {"eng": "It is dry."}
    assert "sent_id" not in again.instances[0].meta
    assert pairs(again.parallel, "eng") == [("a", "b")]
