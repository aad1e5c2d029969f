"""What a plan becomes on the command line and in words; callbacks of the strip and of queues."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import streamlit as st

from core.guessing import Floor
from core.intervals import Interval
from core.types import Influence
from dashboard import plans, state
from dashboard.widgets import influence, measured
from dashboard.widgets.run_form import outcome


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("selector.k", 4, "4"),
        ("stage1.balance", False, "false"),
        ("selector.pin", ["1", "2"], "1 2"),
        ("embedder.prefix", "query: ", '"query: "'),
        ("stage1.model", "a b", "a b"),
        ("stage1.learning_rate", 5e-05, "5e-05"),
    ],
)
def test_a_setting_as_the_command_line_spells_it(key: str, value: object, expected: str) -> None:
    assert plans.written(key, value) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.2, "1 s"), (89, "89 s"), (600, "10 min"), (7200, "2.0 h")]
)
def test_durations_in_words(seconds: float, expected: str) -> None:
    assert outcome._duration(seconds) == expected


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A session whose view is kept in `now`, where `go` writes."""
    values: dict[str, Any] = {"now": state.View(token=2)}
    monkeypatch.setattr(st, "session_state", values)
    monkeypatch.setattr(state, "view", lambda: values["now"])
    monkeypatch.setattr(
        state, "go", lambda **changes: values.update(now=state.changed(values["now"], **changes))
    )
    return values


@pytest.mark.parametrize(("place", "expected"), [(1, 1), (2, -1), (None, 2), ("x", 2), (-4, 2)])
def test_a_token_is_chosen_and_chosen_again_let_go(
    session: dict[str, Any], place: object, expected: int
) -> None:
    session["strip"] = {"pick": place}
    state.pick_to_view("strip", "token")["on_pick_change"]()
    assert session["now"].token == expected


def test_another_sentence_forgets_the_chosen_token() -> None:
    assert state.changed(state.View(sentence=1, token=4), sentence=2).token == -1
    assert state.changed(state.View(sentence=1), sentence=2, token=4).token == 4


def test_a_queue_begins_on_its_first_page_and_goes_with_its_data_set() -> None:
    view = state.View(dataset="a", page=3, sentence=8, queue=1)
    assert state.changed(view, queue=2) == state.View(dataset="a", queue=2)
    assert state.changed(view, dataset="b").queue == 0
    assert state.changed(view, run="r").queue == 1


def test_scores_become_rows_in_the_usual_order() -> None:
    found = {"macro_f1": Interval(0.5, 0.4, 0.6), "token_accuracy": Interval(0.7, 0.6, 0.8)}
    rows = measured.table(found, {"token_accuracy": Floor("NOUN", 0.25, 0.1)})
    assert list(rows.metric) == ["Token accuracy", "Macro F1"]
    assert rows.iloc[0, 1:].tolist() == pytest.approx([70, 60, 80, 25, 10])
    assert pd.isna(rows.majority[1])


def test_evidence_whose_exemplar_is_gone_is_told_without_its_word() -> None:
    found = Influence(0, (0, 5), (0, 9), (3, 0), (0.5, 0.25))
    rows = [influence._row(entry, ("a",), [(None, None)]) for entry in influence._entries(found)]
    assert rows == [("a", 1, "", "", 0.5), ("", 10, "", "", 0.25)]
