"""Stage I: scores with intervals, labels with thresholds, the preflight card, queues."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.store import facts, views
from core.types import Prediction
from dashboard import measures, queries, resources
from tests.pages.test_pages import assert_well, exports, filled, texts, visit, workspace

__all__ = ["filled", "workspace"]


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert_well(app)
    return app


def table(app: AppTest, column: str) -> object:
    return next(item.value for item in app.dataframe if column in item.value.columns)


def test_every_score_stands_with_its_interval_and_what_guessing_scores(filled: Path) -> None:
    found = table(visit("stage1.py", dataset="words"), "majority").set_index("metric")  # type: ignore[attr-defined]
    row = found.loc["Token accuracy"]
    assert row["from"] <= row.score <= row.to
    assert row.score == pytest.approx(200 / 3)
    assert row.majority == pytest.approx(100 / 3)
    assert row.chance == pytest.approx(100 / 3)
    assert found.loc["Paper-compatible F1"].majority != found.loc["Paper-compatible F1"].majority


def test_the_intervals_are_those_of_the_stored_scores(filled: Path) -> None:
    found = measures.intervals("words/zgul", "stage1", "words/gold", "pos")
    stored = {s.metric: s.value for s in queries.scores("words/zgul") if s.stage == "stage1"}
    assert {name: item.value for name, item in found.items()} == pytest.approx(stored)


def test_labels_stand_with_their_threshold_and_missing_ones_are_named(filled: Path) -> None:
    app = visit("stage1.py", dataset="words")
    rows = table(app, "threshold").set_index("label")  # type: ignore[attr-defined]
    assert rows.loc["NOUN", "threshold"] == pytest.approx(0.65)  # the mean of .9 and .4 in each sentence
    assert rows.loc["VERB", "given"] == 0
    assert "Never given: VERB (3 in gold)." in texts(app)


def test_without_gold_there_are_no_scores_but_a_preflight(filled: Path) -> None:
    labels = [Prediction(0, ("health",), (0.6,))]
    facts.add_import_run(resources.store(), "texts", "zgul", stage1=labels, stage2=None, meta={})
    app = visit("stage1.py", dataset="texts")
    assert_well(app)
    assert "Before Stage II" in texts(app)
    assert "There is no gold to score these labels against." in [item.value for item in app.info]
    assert "Estimated share of wrong labels" in texts(app)


def test_labels_without_confidences_are_shown_all_the_same(filled: Path) -> None:
    noisy = [Prediction(p, ("NOUN", "VERB", "PUNCT")) for p in range(3)]
    run = facts.add_import_run(resources.store(), "words", "plain", stage1=noisy, stage2=None, meta={})
    app = visit("stage1.py", dataset="words", run=run)
    assert_well(app)
    assert "Confidence by label" not in texts(app)


def test_a_selection_becomes_a_queue_that_filters_the_list(filled: Path) -> None:
    app = visit("stage1.py", dataset="words", order="least_confident", gold="VERB", label="NOUN")
    name = next(box for box in app.text_input if box.label == "Name")
    assert name.value == "VERB labelled NOUN, least confident first"
    name.set_value("verbs!")
    next(box for box in app.text_input if box.label == "Why").set_value("all wrong")
    press(app, "Queue")
    queue = views.queues(resources.store(), "words")[0]
    assert (queue["name"], queue["reason"], queue["positions"]) == ("verbs!", "all wrong", [0, 1, 2])
    assert app.query_params["queue"] in (str(queue["id"]), [str(queue["id"])])
    assert "Queue: verbs!" in texts(app)


def test_a_queue_is_opened_closed_and_deleted(filled: Path) -> None:
    queue = facts.add_queue(resources.store(), "words", "![x](http://x/y.png)", (2, 0), "look here")
    app = press(visit("stage1.py", dataset="words"), "Open")
    listed = table(app, "position")
    assert list(listed.position) == [2, 0]  # type: ignore[attr-defined]
    assert "Export" in exports(app)
    assert not any("y.png" in str(item.value) for kind in ("markdown", "caption") for item in app.get(kind))
    press(app, "Close")
    assert "queue" not in app.query_params
    press(visit("stage1.py", dataset="words", queue=str(queue)), "Delete")
    assert views.queues(resources.store(), "words") == []


def test_a_queue_that_is_gone_shows_an_empty_list(filled: Path) -> None:
    app = visit("stage1.py", dataset="words", queue="77")
    assert_well(app)
    assert any("passes these filters" in str(item.value) for item in app.info)


def test_a_refused_queue_is_one_message(filled: Path) -> None:
    app = visit("stage1.py", dataset="words")
    next(box for box in app.text_input if box.label == "Name").set_value("  ")
    next(button for button in app.button if button.label == "Queue").click().run()
    assert "a queue needs a name" in texts(app)
