"""The probe for known test data: a model that has seen it is found out, one that has not is not blamed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from core.errors import StudioError
from core.llms import Alive, Request
from core.trust import contamination, recall
from core.trust.contamination import Item, numbered, probe, questions
from core.trust.findings import Measure, judged
from core.trust_reports import keep, kept, known, reports
from core.types import Completion, Dataset, Instance, Labels

TAGS = ("NOUN", "VERB", "ADP")
DICE = random.Random(5)
FORMS = [f"w{n}" for n in range(60)]


def sentence(position: int, split: str = "test") -> tuple[Instance, Labels]:
    words = tuple(DICE.choice(FORMS) for _ in range(DICE.randint(8, 14)))
    return Instance(position, split, words, " ".join(words)), tuple(DICE.choice(TAGS) for _ in words)


ROWS = [sentence(position) for position in range(40)]
DATASET = Dataset("mine", "Mine", "fao", "pos", TAGS)
ITEMS = numbered(DATASET, ROWS)


class Model:
    """Answers by a function of the prompt."""

    name = "model"

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def identity(self) -> Mapping[str, Any]:
        return {}

    def answers(self, requests: Iterable[Request], alive: Alive) -> Iterator[tuple[Request, Completion]]:
        for request in reversed(list(requests)):
            alive()
            text = self._answer(request.prompt.text)
            yield request, Completion("k", "model", request.prompt.sha256, request.prompt.text, text)


def knows(prompt: str) -> str:
    """Every sentence and every label by heart."""
    for item in ITEMS:
        text = item.instance.text
        piece = recall.cut(text)
        assert piece
        if f"Beginning: {piece.first}\n" in prompt:
            return f'"{" ".join(piece.rest)}"'
        if f"item number {item.place.number} " in prompt:
            return " ".join(item.labels)
    return "I do not know this one"


def asked(**more: Any) -> list[contamination.Asked]:
    return questions(ITEMS, TAGS, n=30, **more)


def silent() -> None: ...


def test_a_model_that_knows_the_data_is_found_out() -> None:
    found = probe(Model(knows), asked(), TAGS, silent)
    assert found.verdict == "clear"
    rest, labels = found.measures
    assert (rest.kind, rest.rate, rest.control, rest.exact) == (
        "continue",
        1.0,
        pytest.approx(0, abs=0.1),
        30,
    )
    assert (labels.kind, labels.rate) == ("labels", 1.0)
    assert 0.2 < labels.control < 0.5
    assert found.examples[0]["share"] == 1.0
    assert "knows this data" in found.words


@pytest.mark.parametrize(
    "answer", ["w1 w2 w3 w4 w5 w6", "NOUN NOUN NOUN NOUN NOUN NOUN NOUN NOUN NOUN NOUN NOUN NOUN NOUN NOUN"]
)
def test_a_model_that_guesses_is_not_blamed(answer: str) -> None:
    found = probe(Model(lambda prompt: answer), asked(), TAGS, silent)
    assert found.verdict == "none"
    assert all(one.low <= 0 for one in found.measures)
    assert "no proof" in found.words


def test_frequent_labels_gain_nothing() -> None:
    """Nine of ten labels are nouns, and the model says so each time: right by 90 %, and by chance as well."""
    dice = random.Random(2)
    rows = [
        Item(item.instance, item.place, tuple(dice.choice(("NOUN",) * 9 + ("VERB",)) for _ in item.labels))
        for item in ITEMS
    ]
    found = probe(Model(lambda prompt: "NOUN " * 14), questions(rows, TAGS, n=40), TAGS, silent)
    labels = found.measures[-1]
    assert labels.rate > 0.8
    assert labels.low < 0 < labels.high


def test_a_model_that_says_nothing_proves_nothing() -> None:
    assert probe(Model(lambda prompt: ""), asked(), TAGS, silent).verdict == "unclear"


def test_another_data_set_can_be_the_control() -> None:
    other = numbered(Dataset("other", "Other", "isl", "pos", TAGS), [sentence(n) for n in range(12)])
    made = asked(others=other)
    assert sum(one.control for one in made) == 12
    assert all("Mine" in one.request.prompt.text for one in made)
    assert probe(Model(knows), made, TAGS, silent, control="items of Other").verdict == "clear"


def test_texts_that_are_too_short_are_asked_for_their_labels_alone() -> None:
    short = [(Instance(n, "test", ("a", "b"), "a b"), ("NOUN", "VERB")) for n in range(3)]
    made = questions(numbered(DATASET, short), TAGS, others=ITEMS)
    assert {one.kind for one in made} == {"labels"}
    assert probe(Model(lambda prompt: "NOUN VERB"), made, TAGS, silent).verdict == "none"
    with pytest.raises(StudioError, match="too short"):
        questions(numbered(DATASET, [(short[0][0], ())]), TAGS)


def test_gold_labels_are_never_sent() -> None:
    rows = [(item, ("VERB",) * len(item.tokens)) for item, _ in ROWS]
    secret = questions(numbered(DATASET, rows), ("NOUN", "ADP"), n=40)
    assert not [one for one in secret if "VERB" in one.request.prompt.text]


def test_the_same_seed_asks_the_same() -> None:
    first, second, third = asked(seed=1), asked(seed=1), asked(seed=2)
    texts = [[one.request.prompt.text for one in side] for side in (first, second, third)]
    assert texts[0] == texts[1] != texts[2]
    assert [one.request.number for one in first] == list(range(90))


def test_numbers_are_those_within_a_split() -> None:
    rows = [sentence(0, "train"), sentence(1, "test"), sentence(2, "train"), sentence(3, "test")]
    places = [(item.place.split, item.place.number) for item in numbered(DATASET, rows)]
    assert places == [("train", 1), ("test", 1), ("train", 2), ("test", 2)]


@pytest.mark.parametrize(
    ("text", "first", "rest"),
    [
        ("a b c d e f", "a b c", ("d", "e", "f")),
        ("a b c", None, None),
        ("ཀ" * 23, None, None),
        ("ཀཁགངཅཆཇཉཏཐདནཔཕབམཙཚཛཝཞཟའཡ", "ཀཁགངཅཆཇཉཏཐདན", tuple("པཕབམཙཚཛཝཞཟའཡ")),
    ],
)
def test_a_text_is_cut_by_words_or_by_signs(
    text: str, first: str | None, rest: tuple[str, ...] | None
) -> None:
    piece = recall.cut(text)
    assert (piece and piece.first, piece and piece.rest) == (first, rest)


@pytest.mark.parametrize(
    ("answer", "share"),
    [
        ("d e f", 1.0),
        ("D e x f", 2 / 3),
        ("x e f", 0.0),
        ("", 0.0),
        ("a b c d e f and more", 1.0),
        ("“d e f”", 1.0),
    ],
)
def test_how_far_a_continuation_is_right(answer: str, share: float) -> None:
    piece = recall.cut("a b c d e f")
    assert piece
    assert recall.common(answer, piece) == pytest.approx(share)


def test_labels_are_read_from_what_a_model_says() -> None:
    assert recall.labels_in("Labels: noun, `VERB` (ADP). xyz", TAGS) == ("NOUN", "VERB", "ADP")


def test_some_signs_are_not_called_proof() -> None:
    a_little = Measure("continue", 30, 30, 0.2, 0.1, 0.02, 0.2, 0, 0, 0.1)
    verdict, words = judged([a_little])
    assert verdict == "some"
    assert "knows the language" in words


def test_findings_are_kept_one_for_each_data_set_model_and_host(tmp_path: Path) -> None:
    said = {"verdict": "none", "words": "no sign", "asked_at": "2026-01-01", "measures": []}
    for host, verdict in (("a.example.org", "some"), ("a.example.org", "none"), ("b.example.org", "clear")):
        keep(tmp_path, "contamination", "mine", "org/model", host, said | {"verdict": verdict})
    keep(tmp_path, "formats", "mine", "org/model", "a.example.org", {"words": "form"})
    assert len(reports(tmp_path)) == 3
    assert len(reports(tmp_path, "mine", "org/model")) == 3
    assert reports(tmp_path, "other") == reports(tmp_path, "mine", "other") == []
    assert known(tmp_path, "mine", "org/model", "a.example.org") == {
        "verdict": "none", "words": "no sign", "asked_at": "2026-01-01",
    }  # fmt: skip
    assert known(tmp_path, "mine", "org/model", "c.example.org") == {}


@pytest.mark.parametrize("content", ["", "[]", "{}", "{", "\xff"])
def test_a_finding_that_cannot_be_read_counts_as_none(tmp_path: Path, content: str) -> None:
    path = keep(tmp_path, "contamination", "mine", "m", "", {"words": "x"})
    path.write_bytes(content.encode("latin1"))
    assert kept(tmp_path, "contamination", "mine", "m", "") == {}
    assert reports(tmp_path) == []
