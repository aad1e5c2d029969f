"""Whatever was labelled before the words were changed is read as labels of the words of now."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from core.comparison.sides import GOLD, Side, load
from core.scoring import score_run
from core.store import Store, facts, views
from core.tokenization import UNKNOWN
from core.types import Dataset, Instance, Prediction, Record

pytestmark = pytest.mark.slow

POS = Dataset("d", "Data", "gsw", "pos", ("ADP", "DET", "NOUN", "VERB"))
WORDS = ("zum", "Huus", "ab", "gaa")
GOLD_LABELS = ("ADP", "NOUN", "ADP", "VERB")
META = {"glosses": ["to.the", "house", "off", "go"], "tokenization": {"version": 9, "tokens": "not ours"}}


@pytest.fixture
def d(store: Store) -> Store:
    rows = (
        Record(Instance(n, "test", WORDS, " ".join(WORDS), meta=META if n < 2 else {}), GOLD_LABELS)
        for n in range(4)
    )
    facts.add_dataset(store, POS, rows)
    given = [Prediction(n, ("ADP", "NOUN", "ADP", "NOUN"), (0.5, 0.6, 0.7, 0.8)) for n in range(4)]
    facts.add_import_run(store, "d", "old", stage1=given, stage2=None)
    return store


def split(store: Store, position: int = 0) -> None:
    facts.retokenize(store, "d", position, 0, 0, ["zu", "m"], author="Anna")


def test_instances_and_gold_are_of_the_words_of_now(d: Store) -> None:
    before = list(views.records(d, "d"))
    split(d)
    facts.retokenize(d, "d", 1, 2, 3, ["abgaa"], author="Anna")
    first, second, *others = views.records(d, "d")
    assert first.instance.tokens == ("zu", "m", "Huus", "ab", "gaa")
    assert first.instance.text == "zum Huus ab gaa", "the imported text is never changed"
    assert first.labels == (UNKNOWN, UNKNOWN, "NOUN", "ADP", "VERB")
    assert first.instance.meta["glosses"] == ["", "", "house", "off", "go"]
    assert first.instance.meta["tokenization"] == {
        "version": 1,
        "tokens": list(WORDS),
        "first": [0, 0, 1, 2, 3],
        "last": [0, 0, 1, 2, 3],
    }
    assert (second.instance.tokens, second.labels) == (("zum", "Huus", "abgaa"), ("ADP", "NOUN", UNKNOWN))
    assert others == before[2:]
    assert views.instances(d, "d", [0, 3]) == {0: first.instance, 3: before[3].instance}


def test_what_a_file_says_of_words_is_not_taken_for_ours(d: Store) -> None:
    assert "tokenization" not in views.instances(d, "d", [0])[0].meta


def test_labels_of_an_older_run_are_known_outside_the_edit(d: Store) -> None:
    split(d)
    row = views.predictions(d, "d/old", "stage1")[0]
    assert row.labels == (UNKNOWN, UNKNOWN, "NOUN", "ADP", "NOUN")
    assert row.confidences == pytest.approx((0, 0, 0.6, 0.7, 0.8))
    handed = views.predictions(d, "d/old", "stage1", [0], hand_on=True)[0]
    assert handed.labels == ("ADP", "ADP", "NOUN", "ADP", "NOUN")
    assert handed.confidences == row.confidences
    facts.undo_tokenization(d, "d", 0, author="Anna")
    assert views.predictions(d, "d/old", "stage1")[0].labels == ("ADP", "NOUN", "ADP", "NOUN")


def test_a_run_over_new_words_is_read_as_it_is(d: Store) -> None:
    split(d)
    rows = [Prediction(0, ("ADP", "DET", "NOUN", "ADP", "VERB"), (0.9,) * 5)]
    said = {"tokens": {"*": {"0": 1}}}
    facts.add_import_run(d, "d", "new", stage1=rows, stage2=None, meta=said)
    assert views.predictions(d, "d/new", "stage1")[0].labels == rows[0].labels
    facts.retokenize(d, "d", 0, 4, 4, ["g", "aa"], author="Anna")
    assert views.predictions(d, "d/new", "stage1")[0].labels == ("ADP", "DET", "NOUN", "ADP", "", "")


def test_labels_of_which_nobody_noted_the_words_are_of_those_they_fit(d: Store) -> None:
    split(d)
    rows = [Prediction(0, ("ADP", "DET", "NOUN", "ADP", "VERB"))]
    facts.add_import_run(d, "d", "new", stage1=rows, stage2=None)
    assert views.predictions(d, "d/new", "stage1")[0].labels == rows[0].labels
    facts.add_import_run(d, "d", "odd", stage1=[Prediction(0, ("ADP",))], stage2=None)
    assert views.predictions(d, "d/odd", "stage1")[0].labels == (UNKNOWN,) * 5


def test_columns_are_of_the_words_of_now(d: Store) -> None:
    plain = views.column(d, "d/old", "stage1")
    facts.annotate(d, "d", 0, list(GOLD_LABELS), author="Anna")
    split(d, 2)
    split(d, 0)
    found, words, human = (
        views.column(d, "d/old", "stage1"),
        views.word_column(d, "d"),
        views.human_column(d, "d"),
    )
    assert found.positions.tolist() == words.positions.tolist() == [0, 1, 2, 3]
    assert np.diff(found.offsets).tolist() == np.diff(words.offsets).tolist() == [5, 4, 5, 4]
    assert np.diff(human.offsets).tolist() == [5]
    assert found.partly.tolist() == [0, 2]
    said = [found.names[code] for code in found.codes]
    assert said[:9] == ["", "", "NOUN", "ADP", "NOUN", "ADP", "NOUN", "ADP", "NOUN"]
    assert [words.names[code] for code in words.codes][:5] == ["zu", "m", "Huus", "ab", "gaa"]
    assert found.confidences is not None
    assert np.isnan(found.confidences[:2]).all()
    assert found.confidences[2:5].tolist() == pytest.approx([0.6, 0.7, 0.8])
    assert plain.partly.tolist() == []


def test_scores_are_of_what_is_known(d: Store) -> None:
    assert score_run(d, "d/old")["stage1"]["token_accuracy"] == 12 / 16
    facts.retokenize(d, "d", 0, 3, 3, ["g", "aa"], author="Anna")
    found = score_run(d, "d/old")
    assert found["stage1"]["token_accuracy"] == 12 / 15, "one of the wrong words is not known any more"
    assert found["n_unknown"] == 2
    facts.undo_tokenization(d, "d", 0, author="Anna")
    again = score_run(d, "d/old")
    assert again["stage1"]["token_accuracy"] == 12 / 16
    assert "n_unknown" not in again


def test_a_comparison_leaves_out_what_a_side_does_not_know(d: Store) -> None:
    split(d)
    rows = [Prediction(n, ("ADP", "DET", "NOUN", "ADP", "VERB")[5 - k :]) for n, k in ((0, 5), (1, 4))]
    facts.add_import_run(d, "d", "new", stage1=rows, stage2=None, meta={"tokens": {"*": {"0": 1}}})
    old = load(d, "d", [Side("d/old", "stage1")], GOLD)
    assert (old.positions.tolist(), old.missing) == ([1, 2, 3], (1,))
    new = load(d, "d", [Side("d/new", "stage1")], GOLD)
    assert new.positions.tolist() == [0, 1]
    assert new.reference is not None
    assert (new.reference == -1).tolist() == [True, True, *[False] * 7]


def test_what_was_said_at_a_moment_is_of_the_words_of_now(d: Store) -> None:
    facts.annotate(d, "d", 0, list(GOLD_LABELS), author="Anna")
    moment = datetime.now(UTC)
    split(d)
    facts.annotate(d, "d", 0, ["ADP", "DET", "NOUN", "ADP", "NOUN"], author="Anna")
    assert views.annotations(d, "d", until=moment) == {0: ("", "", "NOUN", "ADP", "VERB")}
    assert views.annotations(d, "d") == {0: ("ADP", "DET", "NOUN", "ADP", "NOUN")}


def test_what_was_labelled_before_is_stale_until_it_is_made_anew(d: Store) -> None:
    assert views.stale(d, "d/old") == []
    split(d)
    split(d, 2)
    assert views.stale(d, "d/old") == [0, 2]
    rows = [Prediction(n, ("ADP",) * (5 if n in {0, 2} else 4)) for n in range(4)]
    said = {"tokens": {"*": {"0": 1, "2": 1}}}
    facts.add_import_run(d, "d", "new", stage1=rows, stage2=None, meta=said)
    assert views.stale(d, "d/new") == []
    facts.undo_tokenization(d, "d", 2, author="Anna")
    assert views.stale(d, "d/old") == [0], "its words are again those that were imported"
    assert views.stale(d, "d/new") == [2]


def test_what_is_counted_in_the_database_is_of_the_words_of_now(d: Store) -> None:
    split(d)
    rows = [Prediction(0, ("ADP", "DET", "NOUN", "ADP", "NOUN"), (0.9, 0.8, 0.7, 0.6, 0.5))]
    facts.add_import_run(d, "d", "new", stage1=rows, stage2=None, meta={"tokens": {"*": {"0": 1}}})
    found = views.confusion(d, "d/new", "stage1", "d/gold")
    assert {tuple(row)[:3] for row in found.itertuples(index=False)} == {
        ("NOUN", "NOUN", 1),
        ("ADP", "ADP", 1),
        ("VERB", "NOUN", 1),
    }
    assert views.reliability(d, "d/new", "stage1", "d/gold")["count"].sum() == 3
    assert views.paired_labels(d, "d/new", "stage1", "d/gold") == (
        [("NOUN", "ADP", "VERB")],
        [("NOUN", "ADP", "NOUN")],
    )
    old = views.confusion(d, "d/old", "stage1", "d/gold")
    assert old["count"].sum() == 15
    facts.retokenize(d, "d", 1, 1, 1, ["Hu", "us"], author="Anna")
    forms = views.ambiguous_forms(d, "d/old", "stage1")
    assert list(forms.form) == []
    odd = [
        Prediction(1, ("ADP", "DET", "NOUN", "VERB", "NOUN")),
        Prediction(2, ("DET", "NOUN", "ADP", "NOUN")),
    ]
    facts.add_import_run(d, "d", "odd", stage1=odd, stage2=None, meta={"tokens": {"*": {"1": 1}}})
    assert {row.form: row.labels for row in views.ambiguous_forms(d, "d/odd", "stage1").itertuples()} == {
        "zum": "ADP 1, DET 1",
        "ab": "ADP 1, VERB 1",
    }


def test_sentences_are_found_by_labels_of_the_words_of_now(d: Store) -> None:
    split(d)
    rows = [Prediction(0, ("ADP", "DET", "NOUN", "ADP", "NOUN"))]
    facts.add_import_run(d, "d", "new", stage1=rows, stage2=rows, meta={"tokens": {"*": {"0": 1}}})
    page = views.sentences(d, "d/new", "stage1")
    assert page.n_errors.tolist() == [1]
    assert views.positions(d, "d/new", "stage1", gold_label="VERB", predicted_label="NOUN") == [0]
    assert views.positions(d, "d/new", "stage1", gold_label="NOUN", predicted_label="DET") == []
