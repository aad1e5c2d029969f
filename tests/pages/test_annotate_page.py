"""The page Annotate, whatever there is to annotate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.store import facts, views
from dashboard import desking, resources
from tests.pages.test_pages import assert_well, filled, texts, visit, workspace

__all__ = ["filled", "workspace"]


@pytest.fixture(autouse=True)
def anna(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSP_ANNOTATOR", "Anna")
    monkeypatch.setattr("dashboard.widgets.desk.feeds.AT_ONCE", 20.0)  # however busy the machine is


def shown(**view: str) -> AppTest:
    app = visit("annotate.py", **view)
    assert_well(app)
    return app


def pills(app: AppTest) -> list[str]:
    return [option.content for option in app.get("button_group")[0].proto.options]


@pytest.mark.parametrize("feed", ["", "unsure", "disagreement", "adjudicate", "flagged", "file", "nonsense"])
@pytest.mark.parametrize("dataset", ["words", "pairs", "texts"])
def test_every_queue_of_every_task(filled: Path, dataset: str, feed: str) -> None:
    app = shown(dataset=dataset, feed=feed)
    assert any(option.startswith("In file order") for option in pills(app))


def test_without_a_name_it_asks_and_shows_nothing_else(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSP_ANNOTATOR")
    app = shown(dataset="words")
    assert "kept under this name" in texts(app)
    assert not app.get("button_group")


def test_without_a_run_there_is_file_order(filled: Path) -> None:
    app = shown(dataset="texts")
    assert not any(option.startswith(("Worth", "Unsure")) for option in pills(app))
    assert "In file order" in pills(app)


def test_an_audit_is_drawn_on_the_page(filled: Path) -> None:
    app = shown(dataset="words", feed="audit")
    next(box for box in app.number_input if box.label == "Items").set_value(2)
    next(button for button in app.button if button.label == "Draw").click().run()
    assert_well(app)
    (queue,) = views.queues(resources.store(), "words")
    assert (queue["kind"], len(queue["positions"])) == (facts.AUDIT, 2)
    assert queue["meta"] == {"seed": 0, "of": 3, "run": "words/zgul", "stage": "stage2"}


def test_a_stored_queue_is_opened_by_its_number(filled: Path) -> None:
    number = facts.add_queue(resources.store(), "words", "Odd *ones*", [2, 0], "look at these")
    app = shown(dataset="words", queue=str(number))
    assert any("Odd" in option for option in pills(app))
    assert "look at these" in texts(app)


def test_nothing_can_be_changed_while_presenting(filled: Path) -> None:
    app = shown(dataset="words", present="1")
    labels = {button.label for button in app.button}
    assert not labels & {"Labels and keys", "Draw", "Save"}


def test_labels_get_keys_of_their_own(filled: Path) -> None:
    app = shown(dataset="words")
    next(button for button in app.button if button.label == "Labels and keys").click().run()
    assert_well(app)
    assert "One key per label" in texts(app)


def test_what_the_window_is_shown(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data of the component itself, as the page makes them."""
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr("dashboard.widgets.desk.bench.labeller", lambda data, *, key: seen.append(data))
    shown(dataset="words", feed="file")
    (data,) = seen
    assert data["key"] == "words|words/zgul|stage2|file|Anna"
    assert [item["id"] for item in data["queue"]] == [0, 1, 2]
    assert [token["f"] for token in data["queue"][0]["tokens"]] == ["Ein", "\u200bBär", "."]
    assert (data["left"], data["done"], data["blind"], data["task"]) == (3, False, False, "pos")
    assert {label["n"] for label in data["labels"]} == {"NOUN", "VERB", "PUNCT"}
    shown(dataset="pairs", feed="file")
    assert seen[1]["queue"][0]["item"]["l"] == "entailment"
    assert [text["n"] for text in seen[1]["queue"][0]["texts"]] == ["Premise", "Hypothesis"]
    assert desking.LABELLER == "labeller"
