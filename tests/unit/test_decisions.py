"""Labels a task does not know: suggestions, decisions, and their undoing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.decisions import (
    Decision,
    decided,
    labels_after,
    original,
    problem_of,
    suggested,
    unknown,
)
from core.types import Instance, Record, TaskName


def record(*labels: str, tokens: int | None = None) -> Record:
    n = len(labels) if tokens is None else tokens
    return Record(Instance(0, "test", tuple("w" * n), "x"), labels)


def table(*decisions: Decision) -> dict[str, Decision]:
    return {decision.label: decision for decision in decisions}


@pytest.mark.parametrize(
    ("task", "label", "expected"),
    [
        ("pos", "NN", Decision("NN", "map", "NOUN")),
        ("pos", "noun", Decision("noun", "map", "NOUN")),
        ("pos", "V.PRS", Decision("V.PRS", "keep")),
        ("pos", "N-sg", Decision("N-sg", "map", "NOUN")),
        ("ner", "S-PER", Decision("S-PER", "map", "B-PER")),
        ("ner", "E-LOC", Decision("E-LOC", "map", "I-LOC")),
        ("ner", "b-PER", Decision("b-PER", "map", "B-PER")),
        ("ner", "PER", Decision("PER", "map", "PER")),
        ("ner", "other", Decision("other", "map", "O")),
        ("ner", "--", Decision("--", "drop")),
        ("nli", "Entailment", Decision("Entailment", "map", "entailment")),
        ("nli", "contradictory", Decision("contradictory", "map", "contradiction")),
        ("nli", "0", Decision("0", "keep")),
    ],
)
def test_what_a_label_probably_means(task: TaskName, label: str, expected: Decision) -> None:
    assert suggested(task, label) == expected
    assert unknown(task, [label]) == [label]
    assert problem_of(task, expected) == ""


def test_a_token_label_that_is_dropped_becomes_the_outside_one() -> None:
    assert decided(record("B-GPE", "O"), "ner", table(Decision("B-GPE", "drop"))).labels == ("O", "O")
    assert decided(record("ZZ", "NOUN"), "pos", table(Decision("ZZ", "drop"))).labels == ("X", "NOUN")


def test_an_item_whose_label_is_dropped_has_none() -> None:
    after = decided(record("spam", tokens=0), "topic", table(Decision("spam", "drop")))
    assert after.labels is None
    assert original(after).labels == ("spam",)


def test_bare_entity_types_become_spans() -> None:
    types = table(Decision("PER", "map", "PER"), Decision("GPE", "map", "LOC"))
    after = decided(record("PER", "PER", "O", "PER", "GPE", "GPE"), "ner", types)
    assert after.labels == ("B-PER", "I-PER", "O", "B-PER", "B-LOC", "I-LOC")
    assert labels_after("ner", ["PER", "GPE", "O"], types) == {"B-PER", "I-PER", "B-LOC", "I-LOC", "O"}


def test_a_record_nothing_was_decided_of_is_the_same() -> None:
    one = record("NOUN")
    assert decided(one, "pos", table(Decision("NN", "drop"))) is one
    assert decided(record("NN"), "pos", table(Decision("NN", "keep"))).instance.meta == {}


@pytest.mark.parametrize(
    ("task", "decision", "message"),
    [
        ("pos", Decision("NN", "map", " "), "no label is given"),
        ("ner", Decision("X Y", "keep"), "no BIO tag"),
        ("ner", Decision("PER", "keep"), "no BIO tag"),
        ("ner", Decision("PER", "map", "B-"), "no BIO tag"),
        ("pos", Decision("NN", "map", "NO UN"), "white space"),
    ],
)
def test_decisions_that_cannot_be_carried_out(task: TaskName, decision: Decision, message: str) -> None:
    assert message in problem_of(task, decision)


@given(
    st.lists(st.sampled_from(["NN", "VB", "NOUN", "QQ"]), min_size=1),
    st.lists(
        st.builds(
            Decision, st.sampled_from(["NN", "VB", "QQ"]), st.just("map"), st.sampled_from(["NOUN", "X"])
        ),
        unique_by=lambda decision: decision.label,
    ),
)
def test_every_mapping_can_be_undone(labels: list[str], decisions: list[Decision]) -> None:
    before = record(*labels)
    after = decided(before, "pos", table(*decisions))
    assert original(after).labels == before.labels
    assert original(after).instance.meta == {}
    assert set(after.labels or ()) <= labels_after("pos", labels, table(*decisions))
