"""What an encoder learns from: sources sorted, held out, refused. Nothing heavy is needed for it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from core import catalog
from core.errors import RecipeError
from core.labelers.encoder import Encoder
from core.labelers.fine_tuning.material import UNKNOWN, Material, material
from core.part_settings import defaults
from core.types import Instance, Labels, Record

LABELS = ("NOUN", "VERB")
ENTITIES = ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")


def record(position: int, *labels: str) -> Record:
    tokens = tuple(f"w{at}" for at in range(len(labels)))
    return Record(Instance(position, "train", tokens, " ".join(tokens)), labels or None)


def item(position: int, label: str | None) -> Record:
    return Record(Instance(position, "train", (), f"text {position}"), (label,) if label else None)


def sorted_out(
    sources: dict[str, list[Record]],
    labels: Labels = LABELS,
    *,
    corrected: tuple[Record, ...] = (),
    limit: int = 0,
    dev_share: float = 0.2,
    seed: int = 0,
) -> Material:
    return material(list(sources.items()), corrected, labels, limit=limit, dev_share=dev_share, seed=seed)


def positions(found: Material) -> tuple[list[int], list[int]]:
    return (
        [lesson.instance.position for lesson in found.train],
        [lesson.instance.position for lesson in found.held_out],
    )


def test_every_source_gives_its_share_to_the_held_out_items() -> None:
    sources = {
        "aaa": [record(at, "NOUN", "VERB") for at in range(10)],
        "bbb": [record(at, "NOUN") for at in range(100, 140)],
        "ccc": [record(at, "VERB") for at in range(200, 204)],
    }
    train, held_out = positions(sorted_out(sources))
    assert sorted(train + held_out) == [*range(10), *range(100, 140), *range(200, 204)]
    assert [sum(at // 100 == source for at in held_out) for source in range(3)] == [2, 8, 0]
    assert positions(sorted_out(sources)) == (train, held_out)
    assert positions(sorted_out(sources, seed=1)) != (train, held_out)
    assert positions(sorted_out(sources, dev_share=0))[1] == []


def test_a_limit_holds_for_every_source() -> None:
    sources = {code: [record(at, "NOUN") for at in range(30)] for code in ("aaa", "bbb")}
    found = sorted_out(sources, limit=10)
    assert len(found.train) + len(found.held_out) == 20
    assert sorted_out(sources, limit=10) is not found


def test_corrected_items_are_all_trained_on_even_past_the_limit() -> None:
    corrected = tuple(record(at, "VERB") for at in range(900, 930))
    found = sorted_out({"aaa": [record(at, "NOUN") for at in range(30)]}, corrected=corrected, limit=5)
    assert {lesson.instance.position for lesson in found.train} >= set(range(900, 930))
    assert all(lesson.instance.position < 900 for lesson in found.held_out)


def test_labels_of_tokens_and_labels_of_items_are_told_apart() -> None:
    assert sorted_out({"aaa": [record(0, "NOUN", "VERB")]}).tokens
    assert not sorted_out({"aaa": [item(0, "NOUN")]}).tokens
    assert sorted_out({"aaa": [record(0, "NOUN")]}).tokens


def test_a_label_outside_the_label_set_teaches_nothing_and_spoils_nothing() -> None:
    found = sorted_out({"aaa": [record(0, "NOUN", "MEDIAL", "VERB"), record(1, "MEDIAL")]})
    assert [lesson.targets for lesson in found.train] == [(0, UNKNOWN, 1)]
    assert found.prior == pytest.approx([0.5, 0.5])
    assert np.sum(found.prior) == pytest.approx(1)


def test_records_without_labels_or_with_too_few_are_passed_over() -> None:
    broken = Record(Instance(3, "train", ("a", "b"), "a b"), ("NOUN",))
    found = sorted_out({"aaa": [record(0, "NOUN", "VERB"), record(1), broken]})
    assert len(found.train) == 1


def test_types_a_source_never_marks_may_hide_in_its_o() -> None:
    found = sorted_out(
        {"aaa": [record(0, "O", "B-PER")], "bbb": [record(1, "O", "B-PER", "I-LOC")]}, ENTITIES, dev_share=0
    )
    assert [lesson.hidden for lesson in found.train] == [(1, 2), ()]


def test_a_source_without_any_entity_is_taken_at_its_word() -> None:
    found = sorted_out({"aaa": [record(0, "O", "O")]}, ENTITIES)
    assert found.train[0].hidden == ()


@pytest.mark.parametrize(
    ("records", "labels"),
    [
        ([record(0, "S", "V")], LABELS),
        ([record(0, "O", "B-PERSON")], ENTITIES),
        ([item(0, "politics")], ("health", "sports")),
    ],
)
def test_a_source_with_other_labels_is_named_with_both(records: list[Record], labels: Labels) -> None:
    good = [record(9, *labels)] if labels != ("health", "sports") else [item(9, "health")]
    with pytest.raises(RecipeError) as caught:
        sorted_out({"aaa": good, "bbb": records}, labels)
    assert "the source bbb has none of the labels" in caught.value.message
    assert (records[0].labels or ("",))[-1] in caught.value.message
    assert labels[-1] in caught.value.hint
    assert "--map" in caught.value.hint


def test_a_source_without_labels_is_named() -> None:
    with pytest.raises(RecipeError, match="no labelled items in the source aaa"):
        sorted_out({"aaa": [record(0), item(1, None)]})


def test_the_page_on_encoders_gives_the_settings_and_their_defaults() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "encoders.md").read_text("utf8")
    table = dict(re.findall(r"^\| `stage1\.(\w+)` \| (\S*) ?\|", page, flags=re.MULTILINE))
    wanted = {name: str(value) for name, value in defaults(Encoder).items()}
    assert {name: value or "" for name, value in table.items()} == wanted | {
        "download": "false",
        "learning_rate": "0",
    }
    for name in re.findall(r"`([\w-]+/[\w-]+)`", page):
        assert name in catalog.models(), name


def test_no_sources_and_nothing_corrected() -> None:
    with pytest.raises(RecipeError, match="found no items in the sources"):
        sorted_out({})
