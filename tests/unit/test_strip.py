"""What the sentence component is sent."""

from __future__ import annotations

import json
from dataclasses import replace

from core.types import Instance
from dashboard.widgets.strip import Line, bars, block

SENTENCE = Instance(0, "test", ("Ein", "\u200bBär"), "Ein Bär")
PAIR = Instance(1, "test", (), "premise", "hypothesis")


def test_one_stage_carries_label_colour_and_confidence() -> None:
    shown = block(SENTENCE, [Line("Stage I", ("DET", "NOUN"), (0.9, 0.25))], ("DET", "NOUN"))
    assert [token["f"] for token in shown["tokens"]] == ["Ein", "\u200bBär"]
    assert shown["tokens"][1]["l"][0][0] == "NOUN"
    assert shown["tokens"][1]["l"][0][2] == 0.25
    assert shown["tokens"][1]["k"] is None


def test_three_stages_say_what_became_of_each_token() -> None:
    lines = [
        Line("Stage I", ("DET", "VERB")),
        Line("Stage II", ("PRON", "NOUN")),
        Line("Gold", ("DET", "NOUN")),
    ]
    assert [token["k"] for token in block(SENTENCE, lines, ())["tokens"]] == ["broken", "fixed"]


def test_a_pair_shows_both_texts_and_the_answers() -> None:
    lines = [
        Line("Stage I", ("neutral",), (0.5,)),
        Line("Stage II", ("entailment",)),
        Line("Gold", ("entailment",)),
    ]
    shown = block(PAIR, lines, ("entailment", "neutral"))
    assert [text["n"] for text in shown["texts"]] == ["Premise", "Hypothesis"]
    assert [(answer["n"], answer["l"], answer["k"]) for answer in shown["answers"]] == [
        ("Stage I", "neutral", None),
        ("Stage II", "entailment", "fixed"),
        ("Gold", "entailment", None),
    ]


def test_against_gold_alone_a_token_is_right_or_wrong() -> None:
    lines = [Line("Stage II", ("DET", "VERB")), Line("Gold", ("DET", "NOUN"))]
    assert [token["k"] for token in block(SENTENCE, lines, ())["tokens"]] == ["right", "wrong"]


def test_without_gold_a_token_is_kept_or_moved() -> None:
    lines = [Line("Stage I", ("DET", "VERB")), Line("Stage II", ("DET", "NOUN"))]
    assert [token["k"] for token in block(SENTENCE, lines, ())["tokens"]] == ["right", "moved"]


def test_a_missing_confidence_is_null_not_nan() -> None:
    shown = block(SENTENCE, [Line("Stage I", ("DET", "NOUN"), (float("nan"), 1.0))], ())
    assert json.dumps(shown, allow_nan=False)
    assert shown["tokens"][0]["l"][0][2] is None


def test_glosses_and_translations_stand_below_where_there_are_any() -> None:
    meta = {
        "glosses": ["a", "_"],
        "transliterations": ["", "Ber"],
        "transliteration": "ein ber",
        "translations": {"eng": "a bear", "und": "<b>", "zz": "?", "fao": " "},
    }
    shown = block(replace(SENTENCE, meta=meta), [Line("Stage I", ("DET", "NOUN"))], ())
    assert [(token.get("g"), token.get("r")) for token in shown["tokens"]] == [("a", None), (None, "Ber")]
    assert [(line["n"], line["t"]) for line in shown["under"]] == [
        ("Transliteration", "ein ber"),
        ("English", "a bear"),
        ("Translation", "<b>"),
        ("zz", "?"),
    ]
    assert "under" not in block(SENTENCE, [Line("Stage I", ("DET", "NOUN"))], ())


def test_meta_that_does_not_fit_the_sentence_is_left_out() -> None:
    meta = {"glosses": ["one"], "transliteration": 3, "translations": ["x"]}
    shown = block(replace(SENTENCE, meta=meta), [Line("Stage I", ("DET", "NOUN"))], ())
    assert "under" not in shown
    assert all("g" not in token for token in shown["tokens"])


def test_a_label_of_ones_own_has_the_colour_its_owner_gave() -> None:
    shown = block(SENTENCE, [Line("Stage I", ("DET", "CLIT"))], ("DET", "CLIT"), {"CLIT": "#123456"})
    assert shown["tokens"][1]["l"][0][1] == "#123456"
    assert block(PAIR, [Line("Gold", ("maybe",))], (), {"maybe": "#654321"})["answers"][0]["c"] == "#654321"


def test_bars_are_plain_numbers() -> None:
    assert bars({"similarity": (0.5, ".50")}) == [{"n": "similarity", "v": 0.5, "t": ".50"}]
