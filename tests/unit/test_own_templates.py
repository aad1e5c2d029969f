"""Prompt templates that a user keeps with a data set."""

from __future__ import annotations

import pytest

from core.errors import StudioError, UnknownName
from core.store import Store, facts, views
from core.types import Dataset, Instance, Record

pytestmark = pytest.mark.slow


@pytest.fixture
def kept(store: Store) -> Store:
    item = Instance(0, "test", ("a",), "a")
    facts.add_dataset(store, Dataset("d", "D", "fao", "pos", ("NOUN",)), [Record(item, ("NOUN",))])
    facts.add_template(store, "d", "ssp-release", "{{ sentence }}", "somebody/release")
    return store


def names(store: Store) -> list[tuple[str, str, str]]:
    return [(row.name, row.text, row.source) for row in views.templates(store, "d")]


def test_saved_replaced_deleted(kept: Store) -> None:
    facts.save_template(kept, "d", "mine", "one {{ sentence }}")
    facts.save_template(kept, "d", "mine", "two {{ sentence }}")
    assert names(kept) == [
        ("mine", "two {{ sentence }}", "own"),
        ("ssp-release", "{{ sentence }}", "somebody/release"),
    ]
    assert views.template(kept, "d", "mine") == "two {{ sentence }}"
    facts.delete_template(kept, "d", "mine")
    assert [row[0] for row in names(kept)] == ["ssp-release"]


@pytest.mark.parametrize("name", ["", "Mine", "a b", "../x", "-a", "a" * 41, "pos", "auto", "ssp-release"])
def test_names(kept: Store, name: str) -> None:
    with pytest.raises(StudioError):
        facts.save_template(kept, "d", name, "text")


def test_a_template_that_came_with_the_data_stays(kept: Store) -> None:
    facts.add_template(kept, "d", "theirs", "{{ sentence }}", "somebody/release")
    for change in (
        lambda: facts.save_template(kept, "d", "theirs", "mine"),
        lambda: facts.delete_template(kept, "d", "theirs"),
    ):
        with pytest.raises(StudioError, match="came with d"):
            change()
    assert views.template(kept, "d", "theirs") == "{{ sentence }}"


def test_what_cannot_be_kept_or_forgotten(kept: Store) -> None:
    with pytest.raises(StudioError, match="empty or longer"):
        facts.save_template(kept, "d", "mine", "  \n")
    with pytest.raises(UnknownName, match="data set"):
        facts.save_template(kept, "nowhere", "mine", "x")
    with pytest.raises(UnknownName, match="prompt template"):
        facts.delete_template(kept, "d", "mine")


def test_templates_go_with_their_data_set(kept: Store) -> None:
    facts.save_template(kept, "d", "mine", "x")
    facts.delete_dataset(kept, "d")
    assert names(kept) == []
