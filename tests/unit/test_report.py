"""The report: the figures it shows are the comparison's, and no text in it is more than text."""

from __future__ import annotations

import base64
import hashlib
import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from core import comparison
from core.comparison import Comparison, Side, load
from core.store import Store, facts
from core.types import Dataset, Instance, Prediction, Record
from dashboard import shown
from dashboard.report import Document, Figure, Section, Sentence, Sentences, Table, Word, build
from dashboard.report.comparison import of
from dashboard.report.told import Told
from dashboard.widgets.report_button import command, made
from tests.hostile_comparison import (
    BAD,
    DATASET,
    IMAGE,
    LABELS,
    NAMES,
    SCRIPT,
    WORDS,
    hostile_comparison,
    hostile_run,
)
from tests.report_page import ELEMENTS, Page


@pytest.fixture
def hostile(looked_at: Store) -> Comparison:
    return hostile_comparison(looked_at)


def headline(compared: Comparison) -> dict[str, comparison.Difference]:
    return comparison.headline(compared, draws=200, permutations=200)


def test_nothing_in_the_page_is_an_element_or_attribute_of_the_corpus(hostile: Comparison) -> None:
    page = Page(made(hostile, NAMES, (0, 1), lambda: headline(hostile)))
    assert {tag for tag, _ in page.tags} <= ELEMENTS
    assert not page.open
    names = {name for _, attributes in page.tags for name in attributes}
    assert not [name for name in names if name.startswith("on")]
    assert not names & {"src", "srcset", "data", "action", "background"}
    assert {attributes.get("href", "")[:1] for attributes in page.all("a")} == {"#"}
    assert len(page.scripts) == 3


def test_hostile_text_stands_there_as_it_is(hostile: Comparison) -> None:
    text = Page(made(hostile, NAMES, (0, 1))).text()
    for words in WORDS[:3]:
        for word in words:
            assert word in text, word
    for wanted in (IMAGE, BAD, SCRIPT, *NAMES, "<script>window.hostile=1</script>"):
        assert wanted in text
    assert "49" not in re.findall(r"\b49\b", text)


def test_the_policy_names_the_scripts_that_are_there_and_lets_nothing_out(hostile: Comparison) -> None:
    page = Page(made(hostile, NAMES, (0, 1)))
    [policy] = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv")]
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in page.scripts[1:]
    ]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == [f"'sha256-{value}'" for value in hashes]
    assert "connect-src" not in rules
    assert rules["img-src"] == "data: blob:"


def test_charts_stand_in_the_page_with_their_figures(hostile: Comparison) -> None:
    figure = go.Figure(go.Bar(x=[SCRIPT, "\\u003c/script>", "<a href='https://x'>l</a>"], y=[1.5, -2, 3]))
    page = Page(build(Document("t", {}, (Section("s", (), (Figure("f", figure),)),))))
    [found] = page.figures().values()
    assert found["data"][0]["x"] == [SCRIPT, "\\u003c/script>", "&lt;a href='https://x'>l&lt;/a>"]
    assert list(go.Figure(found["data"]).data[0].y) == [1.5, -2, 3]
    assert "<" not in page.scripts[0]


def test_a_document_without_charts_carries_no_library() -> None:
    data = build(Document("Only text", {"Data": "x"}, (Section("s", ("One paragraph.",)),)))
    assert len(data) < 30_000
    assert "One paragraph." in Page(data).text()


def test_tables_show_every_figure_as_it_is_written_elsewhere() -> None:
    frame = pd.DataFrame({"label": ["A", IMAGE], "share": [0.123456, np.nan], "n": [12_345, -1]})
    page = Page(build(Document("t", {}, (Section("s", (), (Table("All", frame, rows_in_all=900),)),))))
    columns = shown.columns(frame)
    assert page.rows[0] == [name for name, _, _ in columns]
    assert page.rows[1:] == [list(row) for row in zip(*(cells for _, _, cells in columns), strict=True)]
    assert page.rows[1] == ["A", "0.1235", "12,345"]
    assert page.rows[2] == [IMAGE, "–", "−1"]
    assert "The first 2 of 900 rows" in page.text()


def test_only_colours_are_colours() -> None:
    word = Word("x", ("A", "B"), "B", "fixed")
    colors = {"A": "red;background:url(https://outside.example)", "B": "#112233"}
    parts = (Sentences("t", (Sentence("# 1", (word,), "rtl"),)),)
    page = Page(build(Document("t", {}, (Section("s", (), parts),), ("one", "two"), colors)))
    styles = [attributes["style"] for attributes in page.all("i")]
    assert styles == ["border-color: #5A6675", "border-color: #112233"]
    assert page.all("article")[0]["dir"] == "rtl"


def test_scores_counts_and_p_are_those_of_the_comparison(hostile: Comparison) -> None:
    told = headline(hostile)
    text = Page(made(hostile, NAMES, (0, 1), lambda: told)).text()
    first, second, right = (np.array(codes) for codes in (*hostile.given, hostile.reference))
    accuracy = [100 * float(np.mean(side == right)) for side in (first, second)]
    assert f"{accuracy[0]:.2f}" in text
    assert f"Token accuracy {'rises' if told['token_accuracy'].low > 0 else 'does not change'}" in text
    assert f"p = {told['token_accuracy'].p:.4f}" in text
    fixed = int(np.sum((first != right) & (second == right)))
    broken = int(np.sum((first == right) & (second != right)))
    assert fixed != broken
    changed = int(np.sum(first != second))
    assert f"{changed} of {len(right)} tokens changed their label: {fixed} fixed, {broken} broken" in text
    assert f"Net {shown.signed(fixed - broken, 0)}." in text


def test_without_intervals_the_report_says_so(hostile: Comparison) -> None:
    text = Page(made(hostile, NAMES, (0, 1), lambda: None)).text()
    assert "were not worked out" in text
    assert "p = " not in text


def test_sentences_show_what_became_of_each_word(hostile: Comparison) -> None:
    document = of(hostile, Told(NAMES))
    [section] = [section for section in document.sections if section.heading == "Sentences"]
    broken, fixed = section.parts
    assert isinstance(broken, Sentences)
    assert isinstance(fixed, Sentences)
    assert {word.became for sentence in fixed.sentences for word in sentence.words} >= {"fixed"}
    first = next(sentence for sentence in fixed.sentences if sentence.title == "# 0")
    assert [word.form for word in first.words] == list(WORDS[0])
    assert [(word.given, word.right, word.became) for word in first.words] == [
        (("NOUN", "NOUN"), "NOUN", ""),
        (("NOUN", "=cmd()"), "=cmd()", "fixed"),
        ((BAD, BAD), BAD, ""),
        ((SCRIPT, "NOUN"), SCRIPT, "broken"),
    ]
    assert "All 6 sentences with broken labels" in broken.note


def test_at_most_twenty_sentences_are_shown_those_with_most_first(looked_at: Store) -> None:
    labels = ("A", "B")
    records = [Record(Instance(p, "test", ("x", "y"), "x y"), labels) for p in range(30)]
    facts.add_dataset(looked_at, Dataset("many", "Many", "fao", "pos", labels), records)
    first = [Prediction(p, ("B", "B" if p < 29 else "A")) for p in range(30)]
    run = facts.add_import_run(
        looked_at,
        "many",
        "r",
        stage1=first,
        stage2=[Prediction(p, labels) for p in range(30)],
        meta={},
    )
    compared = load(looked_at, "many", [Side(run, "stage1"), Side(run, "stage2")], "gold")
    [shown_part] = of(compared, Told(("one", "two"))).sections[-1].parts
    assert isinstance(shown_part, Sentences)
    assert len(shown_part.sentences) == 20
    assert shown_part.sentences[0].title == "# 29"
    assert shown_part.note.startswith("The 20 of 30 sentences with most fixed labels")


def test_without_gold_the_report_claims_nothing_right(looked_at: Store) -> None:
    compared = hostile_comparison(looked_at, "")
    text = Page(made(compared, NAMES, (0, 1))).text()
    assert "Nothing is held to be right" in text
    assert "without gold nobody can say" in text
    assert "Krippendorff" in text
    assert "fixed" not in text.replace("seconds per fixed", "").replace("cost per fixed", "")


def test_corrected_sentences_are_told_with_what_they_are_worth(looked_at: Store) -> None:
    compared = hostile_comparison(looked_at, "")
    facts.annotate(looked_at, DATASET, 0, LABELS, author="me")
    text = Page(made(compared, NAMES, (0, 1))).text()
    assert "1 of 12 sentences" in text
    assert comparison.audited(load(looked_at, DATASET, compared.sides, "human")).remark in text  # type: ignore[union-attr]


def test_one_side_alone_is_held_against_gold(looked_at: Store) -> None:
    run = hostile_run(looked_at)
    compared = load(looked_at, DATASET, [Side(run, "stage2")], "gold")
    page = Page(made(compared, NAMES[1:], (0, 0)))
    assert "What changed" not in page.text()
    accuracy = comparison.scores(compared, 0)["token_accuracy"]
    assert ["Token accuracy", f"{100 * accuracy:.2f}"] in page.rows


def test_pairs_are_shown_with_both_their_texts(looked_at: Store) -> None:
    labels = ("entailment", "neutral")
    records = [
        Record(Instance(p, "test", (), f"premise {p}", f"hypothesis {p}"), labels[:1]) for p in range(3)
    ]
    facts.add_dataset(looked_at, Dataset("pairs", "Pairs", "aym", "nli", labels), records)
    stages = [[Prediction(p, (label,)) for p in range(3)] for label in labels]
    run = facts.add_import_run(looked_at, "pairs", "r", stage1=stages[0], stage2=stages[1], meta={})
    compared = load(looked_at, "pairs", [Side(run, "stage1"), Side(run, "stage2")], "gold")
    text = Page(made(compared, ("one", "two"), (0, 1))).text()
    assert "premise 2 ⟶ hypothesis 2" in text
    assert "All 3 items with broken labels" in text


def test_blame_and_prices_are_shown_and_what_nobody_noted_is_a_dash(hostile: Comparison) -> None:
    prices = pd.DataFrame(
        {
            "side": [str(side) for side in hostile.sides],
            "seconds": [None, 12.5],
            "money": [None, None],
            "fixed": [None, 6],
            "seconds_per_fixed": [None, 2.0833],
        }
    )
    blamed = pd.DataFrame({"exemplar": [IMAGE], "broken": [3]})
    document = of(hostile, Told(NAMES, prices=prices, blame={"Exemplars": blamed, "None": blamed.head(0)}))
    page = Page(build(document))
    assert [f"1 {NAMES[0]}", "–", "–", "–"] in page.rows
    assert [f"2 {NAMES[1]}", "12.50", "6", "2.08"] in page.rows
    assert [IMAGE, "3"] in page.rows
    assert sum(text == "None" for _, text in page.texts) == 0


def test_the_command_gets_the_same_sides_again(hostile: Comparison) -> None:
    said = command(hostile, (1, 0))
    assert said == "ssp compare own/theirs@stage2 own/theirs@stage1 --dataset own --against gold"
    assert said in Page(made(hostile, NAMES, (1, 0))).text()
