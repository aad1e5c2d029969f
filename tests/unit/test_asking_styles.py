"""Answers in every style, as models write them."""

from __future__ import annotations

import json

import pytest

from core.asking.styles import read, style_of, writing
from core.errors import RecipeError
from core.llms import Style
from core.tasks import tasks
from core.tasks.reading import Reading
from core.types import Instance

POS = tasks["pos"]
LABELS = ("NOUN", "VERB", "PRON", "DET")
WORDS = ("Hon", "las", "bók")
GIVEN = ("PRON", "VERB", "NOUN")
ITEM = Instance(0, "test", WORDS, "Hon las bók")
PAIR = Instance(0, "test", (), "a", "b")
DOCUMENT = (
    '{"words": [{"word": "Hon", "tag": "PRON"}, {"word": "las", "tag": "VERB"}, '
    '{"word": "bók", "tag": "NOUN"}]}'
)


def reading(style: Style, text: str, words: tuple[str, ...] = WORDS) -> Reading:
    return read(style, text, POS, Instance(0, "test", words, " ".join(words)), LABELS)


@pytest.mark.parametrize(("style", "written"), [("json", DOCUMENT), ("inline", "Hon/PRON las/VERB bók/NOUN")])
def test_what_exemplars_look_like(style: Style, written: str) -> None:
    write = writing(style, POS).write
    assert write is not None
    assert write(ITEM, GIVEN) == written
    assert reading(style, written).labels == GIVEN


def test_a_label_as_json() -> None:
    task = tasks["nli"]
    write = writing("json", task).write
    assert write is not None
    assert write(PAIR, ("neutral",)) == '{"label": "neutral"}'
    assert read("json", 'Sure: {"label": "Neutral"} ...', task, PAIR, task.labels).labels == ("neutral",)


@pytest.mark.parametrize(
    "text",
    [
        DOCUMENT,
        f"```json\n{DOCUMENT}\n```",
        f"Here it is:\n{DOCUMENT}\nHope that helps {{:-)}}",
        DOCUMENT.replace('"', "'"),
        json.dumps(json.loads(DOCUMENT), indent=2),
        '[{"token": "Hon", "pos": "PRON"}, {"token": "las", "pos": "VERB"}, {"token": "bók", "pos": "NOUN"}]',
        '[["Hon", "PRON"], ["las", "VERB"], ["bók", "NOUN"]]',
        '{"Hon": "PRON", "las": "VERB", "bók": "NOUN"}',
        '{"labels": ["PRON", "VERB", "NOUN"]}',
        '["PRON", "VERB", "NOUN"]',
        '[{"Hon": "PRON"}, {"las": "VERB"}, {"bók": "NOUN"}]',
        DOCUMENT[:-2],
        DOCUMENT[:-2] + ', {"wor',
        "<think>[1, 2] {'words': 3}</think>" + DOCUMENT,
        "Hon\tPRON\nlas\tVERB\nbók\tNOUN",
        "[]\n" + DOCUMENT,
    ],
)
def test_json_in_every_dress(text: str) -> None:
    found = reading("json", text)
    assert (found.labels, found.problem, found.usable) == (GIVEN, None, 3)


def test_equal_words_in_an_object_are_all_read() -> None:
    found = reading("json", '{"a": "DET", "b": "NOUN", "a": "PRON"}', ("a", "b", "a"))
    assert found.labels == ("DET", "NOUN", "PRON")


def test_a_document_that_breaks_off_keeps_what_it_says() -> None:
    found = reading("json", DOCUMENT[:60])
    assert found.labels == ("PRON", "X", "X")
    assert found.known == (True, False, False)


@pytest.mark.parametrize(
    ("text", "words", "labels"),
    [
        ("Hon/PRON las/VERB bók/NOUN", WORDS, GIVEN),
        ("```\nHon/PRON las/VERB\nbók/NOUN\n```", WORDS, GIVEN),
        ("Answer: Hon/PRON las/VERB bók/NOUN .", WORDS, GIVEN),
        ("og/ella/DET 1/2/NOUN", ("og/ella", "1/2"), ("DET", "NOUN")),
        ("1 000/NOUN krónur/NOUN", ("1 000", "krónur"), ("NOUN", "NOUN")),
        ("//NOUN", ("/",), ("NOUN",)),
        ("Hon/PRON las bók/NOUN", WORDS, ("PRON", "X", "NOUN")),
        ("Hon/PRON las/Verb bók/NOUN", WORDS, ("PRON", "X", "NOUN")),
        ("Hon\tPRON\nlas\tVERB\nbók\tNOUN", WORDS, GIVEN),
    ],
)
def test_inline(text: str, words: tuple[str, ...], labels: tuple[str, ...]) -> None:
    assert reading("inline", text, words).labels == labels


@pytest.mark.parametrize(
    "text",
    [
        "Hon PRON\nlas VERB\nbók NOUN",
        "- Hon PRON\n- las VERB\n- bók NOUN",
        "| Hon | PRON |\n| las | VERB |\n| bók | NOUN |",
        "Hon\\tPRON\nlas\\tVERB\nbók\\tNOUN",
        "<think>\nHon\tDET\n</think>\nHon\tPRON\nlas\tVERB\nbók\tNOUN",
    ],
)
def test_rows_without_tabs_are_read_where_there_are_none(text: str) -> None:
    assert reading("rows", text).labels == GIVEN


def test_rows_with_tabs_are_read_as_they_always_were() -> None:
    assert reading("rows", "Hon\tPRON\nlas VERB").labels == ("PRON", "X", "X")


def test_a_thought_that_never_ends_is_no_answer() -> None:
    assert reading("rows", "<think>Hon\tPRON\n").usable == 0


def test_an_answer_without_end_is_read_in_no_time() -> None:
    found = reading("rows", "Hon\tPRON\n" * 300_000)
    assert found.known == (True, False, False)


@pytest.mark.parametrize("style", ["rows", "json", "inline"])
def test_where_labels_stand(style: Style) -> None:
    write = writing(style, POS).write or POS.render
    text = "So: \n" + write(ITEM, GIVEN)
    found = reading(style, text)
    assert [text[slice(*span)] for span in found.spans if span] == list(GIVEN)


def test_styles_of_a_task() -> None:
    assert style_of("auto", POS) == "rows"
    assert style_of("auto", POS, "json") == "json"
    assert style_of("auto", tasks["nli"], "inline") == "label"
    with pytest.raises(RecipeError, match="output=label or json"):
        style_of("rows", tasks["topic"])
