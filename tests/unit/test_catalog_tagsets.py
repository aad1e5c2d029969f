"""Label sets: a guideline, a key and a colour for every label, also for those of one's own."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from core import catalog
from core.tasks import tasks
from core.types import LabelInfo, TaskName
from dashboard.charts.palette import CHIPS, OTHERS

SIB = ("entertainment", "geography", "health", "politics", "science/technology", "sports", "travel")
NEWS = ("business", "entertainment", "health", "politics", "religion", "sports", "technology")
ENTITIES = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-DATE", "I-DATE", "B-MISC", "I-MISC")
KNOWN: list[tuple[TaskName, Sequence[str]]] = [
    ("pos", tuple(CHIPS)),
    ("ner", ENTITIES),
    ("nli", tasks["nli"].labels),
    ("topic", SIB),
    ("topic", NEWS),
]


@pytest.mark.parametrize(("task", "labels"), KNOWN)
def test_known_labels_have_a_guideline_of_one_sentence(task: TaskName, labels: Sequence[str]) -> None:
    for info in catalog.tagset(task, labels):
        assert re.fullmatch(r"[A-Z][^.]{15,110}\.", info.description), info
        assert re.fullmatch(r"#[0-9A-F]{6}", info.color)


def test_there_are_seventeen_word_classes_and_the_task_has_no_others() -> None:
    found = catalog.tagset("pos", tasks["pos"].labels)
    assert len(found) == 17
    assert all(info.description for info in found)


@pytest.mark.parametrize(("task", "labels"), [*KNOWN, ("topic", (*SIB, *NEWS))])
def test_keys_and_colours_are_unique_within_a_task(task: TaskName, labels: Sequence[str]) -> None:
    found = catalog.tagset(task, labels)
    assert len({info.key for info in found}) == len(found)
    assert len({info.color for info in found}) == len(found)


def test_keys_leave_out_what_means_something_else() -> None:
    many = [f"L{number}" for number in range(40)]
    for task, labels in [*KNOWN, ("pos", many)]:
        assert not {info.key for info in catalog.tagset(task, labels)} & set("bu123")


def test_colours_are_those_of_the_chips() -> None:
    for info in (*catalog.tagset("pos", tuple(CHIPS)), *catalog.tagset("ner", ENTITIES)):
        assert info.color == (CHIPS | OTHERS)[info.label]
    for info in catalog.tagset("nli", tasks["nli"].labels):
        assert info.color == OTHERS[info.label]


def test_the_two_tags_of_an_entity_are_one_label() -> None:
    found = catalog.tagset("ner", ENTITIES)
    assert [info.label for info in found] == ["O", "PER", "LOC", "ORG", "DATE", "MISC"]
    assert [info.label for info in catalog.tagset("topic", ("B-PER", "B-"))] == ["B-PER", "B-"]
    assert [info.label for info in catalog.tagset("ner", ("B-", "I-GENE"))] == ["B-", "GENE"]


def test_labels_of_ones_own_get_what_is_left() -> None:
    noun, present, plural, cyrillic, digits = catalog.tagset("pos", ("NOUN", "V.PRS", "N.PL", "Сущ", "42"))
    assert noun.description
    assert (present.key, plural.key, cyrillic.key, digits.key) == ("v", "p", "4", "5")
    assert {present.description, plural.description} == {""}
    assert len({info.color for info in (noun, present, plural, cyrillic, digits)}) == 5


def test_known_labels_keep_their_key_wherever_they_stand() -> None:
    own, verb = catalog.tagset("pos", ("V", "VERB"))
    assert verb.key == "v"
    assert own.key not in ("v", "")


def test_many_labels_run_out_of_keys_not_of_answers() -> None:
    labels = [f"T{number}" for number in range(60)]
    found = catalog.tagset("pos", labels)
    keys = [info.key for info in found if info.key]
    assert [info.label for info in found] == labels
    assert len(keys) == len(set(keys)) == 31
    assert all(info.color for info in found)
    assert catalog.tagset("pos", labels) == found


def test_no_labels_no_tagset() -> None:
    assert catalog.tagset("topic", ()) == ()
    assert catalog.tagset("nli", ("neutral", "neutral")) == catalog.tagset("nli", ("neutral",))
    assert isinstance(catalog.tagset("nli", ("neutral",))[0], LabelInfo)
