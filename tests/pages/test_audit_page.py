"""The audit page: every part, what it takes back, accepts and gives out; nothing while presenting."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.annotators import assigning, repeating
from core.store import Store, facts, views
from core.store.views_history import Entry
from dashboard import resources, state
from dashboard.charts.agreement import Dot, agreements
from dashboard.charts.effort import over_days, per_label
from dashboard.widgets.audit.history import in_words
from tests.pages.test_pages import assert_well, exports, filled, texts, visit, workspace

__all__ = ["filled", "workspace"]

RUN = "words/zgul"


@pytest.fixture
def labelled(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Anna and Ben label two sentences each for themselves, one alike; Eve repeats a word."""
    monkeypatch.setenv("SSP_ANNOTATOR", "Judge")
    store = resources.store()
    assigning.assign(store, "words", assigning.Split({"Anna": (0, 1), "Ben": (0, 1)}, (0, 1)))
    given = {"Anna": ("NOUN NOUN PUNCT", "NOUN VERB PUNCT"), "Ben": ("NOUN VERB PUNCT", "NOUN VERB PUNCT")}
    for who, mine in given.items():
        for place, labels in enumerate(mine):
            facts.annotate(
                store, "words", place, labels.split(), author=who, layer=facts.by(who), seconds=6.0, keys=3,
                run_id=RUN, stage="stage2",
            )  # fmt: skip
    repeating.apply(store, "words", RUN, "stage2", repeating.Spec("NOUN", form="كبير"), "Eve")
    return store


def page(part: str = "", **more: str) -> AppTest:
    found = visit("audit.py", dataset="words", run=RUN, **({"audited": part} if part else {}), **more)
    assert_well(found)
    return found


def press(app: AppTest, label: str) -> AppTest:
    next(item for item in app.button if item.label == label).click()
    return app.run()


def frame(app: AppTest, column: str) -> pd.DataFrame:
    found: pd.DataFrame = next(item.value for item in app.dataframe if column in item.value.columns)
    return found


@pytest.mark.parametrize(
    ("dataset", "part"),
    [("pairs", ""), *(("texts", part) for part in ("", "agreement", "history", "effort", "people"))],
)
def test_every_part_says_what_is_not_there_yet(filled: Path, dataset: str, part: str) -> None:
    app = visit("audit.py", dataset=dataset, audited=part)
    assert_well(app)
    assert app.title[0].value == "Audit"


def test_agreement_is_shown_for_all_labels_and_pairs(labelled: Store) -> None:
    app = page("agreement")
    figures = {item.label: item.value for item in app.metric}
    assert (figures["People"], figures["Sentences"], figures["Tokens"]) == ("2", "2", "6")
    pairs = frame(app, "kappa")
    assert pairs[["a", "b"]].to_numpy().tolist() == [["Anna", "Ben"]]
    assert pairs["same"].iloc[0] == pytest.approx(100 * 5 / 6)
    assert "Anna and Ben differ: 1 sentence" in texts(app)
    assert {"Pairs", "Labels", "What two said"} <= {name.split(" (")[0] for name in exports(app)}


def test_where_two_differ_is_put_aside(labelled: Store) -> None:
    app = page("agreement", gold="NOUN", label="VERB")
    assert "Anna says NOUN, Ben VERB: 1 sentence" in texts(app)
    press(app, "Put aside")
    queue = views.queues(labelled, "words")[0]
    assert (queue["positions"], queue["reason"]) == ([0], "people differ")


def test_what_all_agree_on_is_accepted_and_taken_back(labelled: Store) -> None:
    app = page("agreement")
    assert "People differ in 1 sentence; all agree on 1 sentence that nobody decided yet." in texts(app)
    press(app, "Accept 1 agreed")
    assert views.annotations(labelled, "words")[1] == ("NOUN", "VERB", "PUNCT")
    row = views.annotation_log(labelled, "words", 1)[-1]
    assert (row["author"], row["action"]) == ("Judge", "adjudicate")
    app = page("history", where=state.written({"batch": row["batch"]}))
    assert "1 sentence would change." in texts(app)
    press(app, "Take all of it back")
    assert 1 not in views.annotations(labelled, "words")


def test_the_decided_becomes_a_data_set(labelled: Store) -> None:
    press(page("agreement"), "Accept 1 agreed")
    app = page("agreement")
    next(item for item in app.text_input if item.label == "Name").set_value("decided")
    press(app, "Make it")
    assert [record.labels for record in views.records(labelled, "decided")] == [("NOUN", "VERB", "PUNCT")]
    assert app.query_params["dataset"] == "decided"


def test_history_is_filtered_opened_and_taken_back(labelled: Store) -> None:
    app = page("history")
    rows = frame(app, "change")
    assert rows["who"].tolist() == ["Eve", "Ben", "Ben", "Anna", "Anna"]
    assert rows["change"].tolist()[:2] == ["كبير: VERB to NOUN", "![x](http://x/y.png): NOUN to PUNCT"]
    mine = page("history", where=state.written({"who": "Ben", "label": "VERB"}))
    assert set(frame(mine, "change")["who"]) == {"Ben"}
    none = page("history", where=state.written({"word": "zzz"}))
    assert any("Nothing passes" in item.value for item in none.info)
    entry = views.annotation_log(labelled, "words")[-1]
    opened = page("history", peek=str(entry["id"]))
    words = frame(opened, "taken back")
    assert words.iloc[0].tolist() == ["كبير", "VERB", "NOUN", "as the run says"]
    press(opened, "Take this back")
    facts.add_remark(labelled, "words", 2, "comment", author="Eve", text="=hyper()")
    facts.retokenize(labelled, "words", 2, 0, 0, ["بي", "ت"], author="Ben")
    beside = frame(page("history"), "text")
    assert beside[["who", "what"]].to_numpy().tolist() == [["Ben", "split"], ["Eve", "comment"]]
    assert views.annotations(labelled, "words") == {}
    again = page("history", peek=str(entry["id"]))
    assert "This cannot be taken back: this was taken back already." in texts(again)


def test_effort_is_shown_by_person_and_label(labelled: Store) -> None:
    app = page("effort")
    figures = {item.label: item.value for item in app.metric}
    assert (figures["Sentences"], figures["s / token"], figures["keys / token"]) == ("4", "2.0", "1.00")
    assert frame(app, "seconds_per_word")["person"].tolist() == ["Anna", "Ben"]
    assert {"By person", "By day", "By label"} <= {name.split(" (")[0] for name in exports(app)}


def test_items_are_given_out_and_taken_away(labelled: Store) -> None:
    app = page("people")
    assert frame(app, "overlap_done")["done"].tolist() == [2, 2]
    next(item for item in app.text_input if item.label == "People").set_value("Clare")
    press(app, "Give out")
    assert assigning.mine(labelled, "words", "Clare") == [2]
    app = page("people")
    press(app, "Take away")
    assert assigning.mine(labelled, "words", "Clare") == []
    next(item for item in app.text_input if item.label == "People").set_value("Clare, Clare")
    assert "somebody is named twice." in texts(press(app, "Give out"))


@pytest.mark.parametrize("part", ["agreement", "history", "people"])
def test_nothing_changes_while_presenting_or_without_a_name(
    labelled: Store, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = views.annotation_log(labelled, "words")[-1]
    where = state.written({"batch": entry["batch"]})
    changing = ("Accept", "Put aside", "Make it", "Take all", "Take this", "Take away", "Give")
    shown = page(part, present="1", peek=str(entry["id"]), where=where)
    assert [item.label for item in shown.button if item.label.startswith(changing)] == []
    monkeypatch.delenv("SSP_ANNOTATOR")
    unnamed = page(part, peek=str(entry["id"]), where=where)
    named = [item.label for item in unnamed.button if item.label.startswith(changing)]
    assert named == (["Put aside"] if part == "agreement" else [])


def test_a_change_in_words() -> None:
    row = row_of(("A", "B"), ("A", "C"))
    assert in_words(row, None, ("A", "B")) == "B to C"
    assert in_words(row, None, ("A", "C")) == "as it was"
    assert in_words(row, None, None) == "first labels"
    assert in_words(row, None, ("A",)) == "words changed"
    long = row_of(None, tuple("BBBBB"))
    assert in_words(long, None, tuple("AAAAA")) == "A to B, A to B, A to B, and 2 more"
    assert in_words(row_of(("A",), None), None, ("A",)) == "says nothing any more"


def row_of(before: tuple[str, ...] | None, after: tuple[str, ...] | None) -> Entry:
    return Entry(1, 0, 1, "labels", "a", pd.Timestamp("2026-01-01", tz="UTC"), "set", before, after)


@pytest.mark.parametrize("dark", [False, True])
def test_charts_take_hostile_names(dark: bool) -> None:
    name = "<b>x</b>" * 9
    dots = agreements([Dot(name, 0.5, 0.2, 0.9, "<i>told</i>"), Dot("b", -0.2, None, None, "")], dark=dark)
    assert "<b>x" not in str(dots.data[0].hovertext)
    days = pd.DataFrame({"day": [pd.Timestamp("2026-01-01")], "person": [name], "items": [2], "m": [1.5]})
    assert "<b>x" not in over_days(days, "m", "m", dark=dark).data[0].name
    assert "<b>x" not in str(per_label([name], [1.0], ["t"], unit="token", dark=dark).data[0].hovertext)
