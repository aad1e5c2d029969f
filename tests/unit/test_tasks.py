"""Parsing completions, rendering answers, checking labels."""

from __future__ import annotations

import pytest

from core.tasks import tasks
from core.tasks.alignment import align, tab_rows
from core.types import Instance


def sentence(text: str) -> Instance:
    return Instance(0, "test", tuple(text.split(" ")), text)


def parse(name: str, completion: str, text: str) -> tuple[tuple[str, ...], str | None]:
    return tasks[name].parse(completion, sentence(text), tasks[name].labels)


def test_labels() -> None:
    assert len(tasks["pos"].labels) == 17
    assert tasks["ner"].labels == (
        "O",
        "B-PER",
        "I-PER",
        "B-LOC",
        "I-LOC",
        "B-ORG",
        "I-ORG",
        "B-DATE",
        "I-DATE",
    )
    assert tasks["nli"].labels == ("entailment", "neutral", "contradiction")


def test_plain_rows() -> None:
    assert parse("pos", "Hon\tPRON\nlas\tVERB\n.\tPUNCT", "Hon las .") == (("PRON", "VERB", "PUNCT"), None)


def test_fences_and_prose_fall_away() -> None:
    answer = "Here are the tags:\n```\nHon\tPRON\nlas\tVERB\n```\nDone."
    assert parse("pos", answer, "Hon las") == (("PRON", "VERB"), None)


def test_windows_line_ends_and_spaces_around_tags() -> None:
    assert parse("pos", "Hon\tPRON \r\nlas\t VERB\r\n", "Hon las") == (("PRON", "VERB"), None)


def test_word_left_out() -> None:
    labels, problem = parse("pos", "Hon\tPRON\n.\tPUNCT", "Hon las .")
    assert labels == ("PRON", "X", "PUNCT")
    assert problem is not None
    assert "'las'" in problem
    assert "1 of 3" in problem


def test_word_added_shifts_nothing() -> None:
    labels, problem = parse("ner", "Musa\tB-PER\nthe\tO\nKano\tB-LOC", "Musa Kano")
    assert labels == ("B-PER", "B-LOC")
    assert problem is None


def test_invalid_tag() -> None:
    labels, problem = parse("ner", "Musa\tPERSON\nKano\tB-LOC", "Musa Kano")
    assert labels == ("O", "B-LOC")
    assert problem is not None
    assert "'PERSON'" in problem


def test_tag_outside_the_data_sets_label_set() -> None:
    labels, problem = tasks["ner"].parse("Litinin\tB-DATE", sentence("Litinin"), ("O", "B-PER", "I-PER"))
    assert labels == ("O",)
    assert problem


def test_repeated_words_keep_their_order() -> None:
    labels, _ = parse("pos", "og\tCCONJ\nog\tADV", "og og og")
    assert sorted(labels) == ["ADV", "CCONJ", "X"]
    assert labels.index("CCONJ") < labels.index("ADV")


def test_words_with_spaces() -> None:
    instance = Instance(0, "test", ("1 000", "krónur"), "1 000 krónur")
    assert tasks["pos"].parse("1 000\tNUM\nkrónur\tNOUN", instance, tasks["pos"].labels) == (
        ("NUM", "NOUN"),
        None,
    )


def test_line_separators_inside_a_word_do_not_split_it() -> None:
    word = "a\u2028b"
    instance = Instance(0, "test", (word,), word)
    assert tasks["pos"].parse(f"{word}\tNOUN", instance, tasks["pos"].labels) == (("NOUN",), None)


def test_no_rows_at_all_is_one_sentence() -> None:
    labels, problem = parse("ner", "", "Musa Kano")
    assert labels == ("O", "O")
    assert problem is not None
    assert "no row" in problem


def test_tab_rows_takes_the_first_two_cells() -> None:
    text = "a\tb\tc\nnothing\n\tO\n\r\rd\t e \r"
    rows = tab_rows(text)
    assert [(row.word, row.tag) for row in rows] == [("a", "b"), ("", "O"), ("d", "e")]
    assert [text[slice(*row.span)] for row in rows if row.span] == ["b", "O", "e"]


@pytest.mark.parametrize(
    ("words", "generated", "expected"),
    [
        ("a b c", "a b c", [0, 1, 2]),
        ("a b c", "", [None, None, None]),
        ("a b c", "b", [None, 0, None]),
        ("a b c d", "a x c d", [0, None, 2, 3]),
        ("a b", "x a y b z", [1, 3]),
        ("a a b", "a b", [0, None, 1]),
    ],
)
def test_align(words: str, generated: str, expected: list[int | None]) -> None:
    assert align(words.split(), generated.split()) == expected


def test_ner_coverage_is_by_type() -> None:
    ner = tasks["ner"]
    assert ner.coverage_labels(ner.labels) == ("PER", "LOC", "ORG", "DATE", "O")
    assert ner.coverage_label("I-DATE") == "DATE"
    assert ner.coverage_label("O") == "O"


def test_ner_check_finds_an_inside_without_begin() -> None:
    ner = tasks["ner"]
    assert ner.check(("B-PER", "I-PER", "O"), ner.labels) == []
    (problem,) = ner.check(("O", "I-PER", "I-PER"), ner.labels)
    assert problem.startswith("token 2")
    assert len(ner.check(("B-LOC", "I-PER"), ner.labels)) == 1


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("entailment", "entailment"),
        (" Neutral.", "neutral"),
        ("```\ncontradiction\n```", "contradiction"),
        ("The answer is neutral", "neutral"),
        ("Answer: neutral\nNot an entailment, not a contradiction.", "neutral"),
        ("**contradiction** (no entailment)", "contradiction"),
    ],
)
def test_inference_answers(answer: str, label: str) -> None:
    assert parse("nli", answer, "x") == ((label,), None)


@pytest.mark.parametrize("answer", ["", "maybe", "neutrality", "Is it entailment or contradiction?"])
def test_inference_answers_without_one_label(answer: str) -> None:
    labels, problem = parse("nli", answer, "x")
    assert labels == ("",)
    assert problem


def test_a_longer_topic_is_not_its_first_word() -> None:
    labels = ("science", "science fiction", "science/technology")
    topic = tasks["topic"]
    assert topic.parse("Science fiction", sentence("x"), labels) == (("science fiction",), None)
    assert topic.parse("science/technology", sentence("x"), labels) == (("science/technology",), None)


def test_one_label_per_item() -> None:
    nli = tasks["nli"]
    assert nli.check(("neutral",), nli.labels) == []
    assert nli.check(("neutral", "neutral"), nli.labels) == ["2 labels, expected one"]
