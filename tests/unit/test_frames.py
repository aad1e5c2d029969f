"""What holds an answer to its frame generates the answers there can be, and nothing else."""

from __future__ import annotations

import itertools
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from core.llms import Frame, Style
from core.llms.frames import (
    CONSTRAINTS,
    answer,
    choices,
    fields,
    grammar,
    json_schema,
    max_tokens,
    spelled,
    units,
)
from core.tasks.alignment import parse_rows

STYLES: tuple[Style, ...] = ("rows", "json", "inline", "label")
ODD = ('say "no"', "a/b", "back\\slash", "ni\u00f1o", "\u0001", "\U0001f600", "a b", "[x]")
texts = st.text("aB0 /\\\"'[]{}|-:,.\u00de\u0301\u4e2d\u0627\U0001f600\x01", min_size=1, max_size=6)
frames = st.builds(
    Frame,
    st.sampled_from(STYLES),
    st.lists(texts, min_size=1, max_size=5, unique=True).map(tuple),
    st.lists(texts, min_size=1, max_size=4).map(tuple),
)


def pattern(text: str) -> re.Pattern[str]:
    """A grammar of ours as a regular expression: literals, alternatives, and one rule used by another."""
    rules = dict(line.split(" ::= ", 1) for line in text.splitlines())
    literal = re.compile(r'"((?:[^"\\]|\\.)*)"')

    def plain(found: re.Match[str]) -> str:
        said = re.sub(r"\\x(..)", lambda code: f"\\u00{code[1]}", found[1])
        return re.escape(json.loads(f'"{said}"'))

    tags = "|".join(plain(found) for found in literal.finditer(rules["tag"]))
    parts = re.findall(r'"(?:[^"\\]|\\.)*"|tag', rules["root"])
    root = "".join(f"(?:{tags})" if part == "tag" else literal.sub(plain, part) for part in parts)
    return re.compile(root)


def answers(frame: Frame) -> list[str]:
    count = len(units(frame))
    return [answer(frame, labels) for labels in itertools.product(frame.labels, repeat=count)]


def test_the_four_forms() -> None:
    labels, words = ("PRON", "VERB"), ("Hon", "syngur")
    forms = {style: answer(Frame(style, labels, words), labels) for style in STYLES[:3]}
    assert forms == {
        "rows": "Hon\tPRON\nsyngur\tVERB\n",
        "json": json.dumps({"words": [{"word": "Hon", "tag": "PRON"}, {"word": "syngur", "tag": "VERB"}]}),
        "inline": "Hon/PRON syngur/VERB",
    }
    assert answer(Frame("label", labels), ("VERB",)) == "VERB"
    assert answer(Frame("json", labels), ("VERB",)) == '{"label": "VERB"}'


@settings(deadline=None, max_examples=40)
@given(frames)
def test_rows_are_read_back(frame: Frame) -> None:
    frame = Frame("rows", frame.labels, frame.words)
    given_labels = tuple(itertools.islice(itertools.cycle(frame.labels), len(frame.words)))
    if any(label != label.strip() for label in frame.labels):
        return  # a tag's outer spaces are not kept by the authors' way of reading
    assert parse_rows(answer(frame, given_labels), frame.words, frame.labels, "-") == (given_labels, None)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("word", ODD)
def test_the_grammar_is_exactly_the_answers(style: Style, word: str) -> None:
    frame = Frame(style, ("O", "B-PER", word), (word, "x"))
    accepts = pattern(grammar(frame))
    for text in answers(frame):
        assert accepts.fullmatch(text)
        assert not accepts.fullmatch(text + "x")
        assert not accepts.fullmatch(text[:-1])
    assert not accepts.fullmatch(answer(frame, [word] * len(units(frame))).replace("x", "y", 1) + "\n")


@settings(deadline=None, max_examples=40)
@given(frames)
def test_no_answer_has_more_bytes_than_tokens_are_allowed(frame: Frame) -> None:
    assert max(len(text.encode()) for text in answers(frame)[:50]) <= max_tokens(frame)


@settings(deadline=None, max_examples=40)
@given(frames, st.booleans())
def test_the_schema_takes_every_answer_in_json(frame: Frame, exact: bool) -> None:
    frame = Frame("json", frame.labels, frame.words)
    schema = json_schema(frame, exact=exact)
    Draft202012Validator.check_schema(schema)
    judge = Draft202012Validator(schema)
    for text in answers(frame)[:20]:
        assert judge.is_valid(json.loads(text))
    wrong = {"words": [{"word": word, "tag": "".join(frame.labels) + "?"} for word in frame.words]}
    assert not judge.is_valid(wrong)
    fewer = {"words": [{"word": word, "tag": frame.labels[0]} for word in frame.words[1:]]}
    assert judge.is_valid(fewer) is not exact


def test_one_schema_for_all_sentences_unless_it_is_to_be_exact() -> None:
    one, other = (Frame("json", ("A", "B"), words) for words in (("x",), ("y", "z")))
    assert json_schema(one) == json_schema(other)
    assert json_schema(one, exact=True) != json_schema(other, exact=True)


def test_a_label_alone_can_be_listed_and_has_a_schema_with_an_object_at_its_root() -> None:
    frame = Frame("label", ("neutral", "entailment"))
    assert choices(frame) == frame.labels
    assert choices(Frame("rows", ("A",), ("x",))) == ()
    schema = json_schema(frame)
    assert schema is not None
    assert schema["type"] == "object"
    assert Draft202012Validator(schema).is_valid({"label": "neutral"})
    assert not Draft202012Validator(schema).is_valid({"label": "other"})


def test_labels_are_escaped_where_the_answer_is_json() -> None:
    frame = Frame("json", ('a"b',), ("w",))
    assert spelled(frame) == ('a\\"b',)
    assert json.loads(answer(frame, ('a"b',))) == {"words": [{"word": "w", "tag": 'a"b'}]}


@pytest.mark.parametrize(
    ("style", "possible"),
    [
        ("rows", {"grammar", "structured"}),
        ("inline", {"grammar", "structured"}),
        ("json", {"schema", "grammar", "structured"}),
        ("label", {"schema", "grammar", "choice", "structured"}),
        ("text", set()),
    ],
)
def test_which_constraint_can_hold_what(style: Style, possible: set[str]) -> None:
    frame = Frame(style, () if style == "text" else ("A", "B"), ("w",))
    assert {one for one in CONSTRAINTS if fields(one, frame) is not None} == possible


def test_the_body_of_each_constraint() -> None:
    label, rows = Frame("label", ("A", "B")), Frame("rows", ("A", "B"), ("w",))
    assert fields("choice", label) == {"guided_choice": ["A", "B"]}
    assert fields("structured", label) == {"structured_outputs": {"choice": ["A", "B"]}}
    assert fields("structured", rows) == {"structured_outputs": {"grammar": grammar(rows)}}
    assert fields("grammar", rows) == {"grammar": 'root ::= "w\\t" tag "\\n"\ntag ::= "A" | "B"\n'}
    schema = fields("schema", label)
    assert schema is not None
    assert schema["response_format"]["json_schema"]["strict"] is True


def test_free_text_is_held_to_nothing() -> None:
    frame = Frame("text", (), ("five",) * 5)
    assert units(frame) == ()
    assert json_schema(frame) is None
    assert max_tokens(frame) == 36


def test_a_sentence_without_words_has_an_empty_answer() -> None:
    assert answer(Frame("rows", ("A",)), ()) == ""
    assert pattern(grammar(Frame("rows", ("A",)))).fullmatch("")
