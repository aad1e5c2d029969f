"""Compare: sides, parts, people, intervals that may take their time, queues."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import comparison
from core.comparison import Side
from core.store import facts, views
from core.types import Report
from dashboard import background, comparisons, queries, resources
from dashboard.comparisons import Asked
from tests.pages.random_labels import button, listed, many, of, settled
from tests.pages.test_pages import assert_well, filled, texts, visit, workspace

__all__ = ["filled", "many", "workspace"]


# what is compared


def test_a_run_is_compared_with_itself_stage_by_stage(filled: Path) -> None:
    app = settled(visit("compare.py", dataset="words"))
    assert_well(app)
    assert app.multiselect[0].value == ["words/zgul@stage1", "words/zgul@stage2"]
    scores = app.dataframe[0].value.set_index("metric")
    assert scores.loc["Token accuracy", "Stage I"] == pytest.approx(200 / 3)
    assert scores.loc["Token accuracy", "difference"] == pytest.approx(
        scores.loc["Token accuracy", "Stage II"] - scores.loc["Token accuracy", "Stage I"]
    )
    assert not app.query_params.get("sides")


def test_sides_are_named_and_numbered(many: tuple[str, str]) -> None:
    one, two = many
    app = visit("compare.py", dataset="many", sides=f"{one}@stage1,{two}@stage1,{two}@stage2", pair="2-0")
    assert_well(app)
    chosen = app.multiselect[0]
    assert chosen.options[0].startswith("1 · ")
    assert "ZGUL+" in chosen.options[1]
    assert [box.value for box in app.selectbox if box.label in ("From", "To")] == [2, 0]
    assert list(app.dataframe[0].value.columns)[1:4] == ["1 Stage I", "2 Stage I", "3 Stage II"]


def test_choosing_sides_a_pair_and_what_is_right_is_in_the_address(many: tuple[str, str]) -> None:
    one, two = many
    app = visit("compare.py", dataset="many")
    app.multiselect[0].set_value([f"{one}@stage1", f"{two}@stage1", f"{two}@stage2"]).run()
    assert app.query_params["sides"] in (said := f"{one}@stage1,{two}@stage1,{two}@stage2", [said])
    next(box for box in app.selectbox if box.label == "To").set_value(2).run()
    assert app.query_params["pair"] in ("0-2", ["0-2"])
    next(box for box in app.selectbox if box.label == "From").set_value(2).run()
    assert app.query_params["pair"] in ("2-0", ["2-0"])
    app.segmented_control(key="url-against").set_value("none").run()
    assert_well(app)
    assert app.query_params["against"] in ("none", ["none"])
    app.multiselect[0].set_value([]).run()
    assert "sides" not in app.query_params


def test_two_sides_are_swapped(many: tuple[str, str]) -> None:
    app = visit("compare.py", dataset="many")
    before = app.dataframe[0].value.difference.iloc[0]
    button(app, "Swap").click().run()
    assert app.dataframe[0].value.difference.iloc[0] == pytest.approx(-before)
    button(app, "Swap").click().run()
    assert "pair" not in app.query_params


def test_what_is_often_compared_is_one_click(many: tuple[str, str]) -> None:
    app = visit("compare.py", dataset="many", run=many[1])
    button(app, "This run and the one before").click().run()
    assert_well(app)
    assert app.multiselect[0].value == [f"{many[0]}@stage2", f"{many[1]}@stage2"]


@pytest.mark.parametrize("sides", ["nonsense@stage1", "many/zgul@stage7", "words/zgul@stage1", "@"])
def test_sides_that_are_not_there_are_one_clear_message(many: tuple[str, str], sides: str) -> None:
    app = visit("compare.py", dataset="many", sides=sides)
    assert not app.exception
    assert "This did not work" in texts(app)


# the parts


@pytest.mark.parametrize("part", ["", "labels", "words", "sure", "agree", "price"])
@pytest.mark.parametrize("against", ["", "none"])
def test_every_part_shows_with_and_without_gold(many: tuple[str, str], part: str, against: str) -> None:
    one, two = many
    sides = f"{one}@stage1,{one}@stage2,{two}@stage2"
    app = visit("compare.py", dataset="many", sides=sides, part=part, against=against)
    assert_well(app)
    assert "split test" in texts(app)
    assert not any(item.label.startswith("Fixed **") for item in app.button) or not against


@pytest.mark.parametrize("part", ["", "labels", "words", "sure", "agree", "price"])
@pytest.mark.parametrize("dataset", ["pairs", "words"])
def test_every_part_shows_one_labeling(filled: Path, dataset: str, part: str) -> None:
    run = {"pairs": "pairs/deberta", "words": "words/zgul"}[dataset]
    app = visit("compare.py", dataset=dataset, sides=f"{run}@stage1", part=part)
    assert_well(app)
    assert any(item.label.startswith("Wrong **") for item in app.button)


def test_only_the_open_part_is_worked_out(many: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[str] = []
    real = comparisons._answer

    def noted(question: str, *rest: Any) -> Any:
        asked_for.append(question)
        return real(question, *rest)

    monkeypatch.setattr(comparisons, "_answer", noted)
    visit("compare.py", dataset="many", part="agree")
    assert {"agreement", "alpha"} <= set(asked_for)
    assert not {"flow", "switches", "by_label", "by_form", "reliability"} & set(asked_for)


def test_agreement_is_that_of_the_labels(many: tuple[str, str]) -> None:
    one, two = many
    app = visit(
        "compare.py", dataset="many", sides=f"{one}@stage2,{two}@stage2", part="agree", against="none"
    )
    shown = next(item.value for item in app.dataframe if "kappa" in item.value.columns)
    first, second = (queries.predictions(run, "stage2", range(40)) for run in many)
    same = [
        a == b for place in range(40) for a, b in zip(first[place].labels, second[place].labels, strict=True)
    ]
    assert shown.agreement.iloc[0] == pytest.approx(100 * np.mean(same))


# people


def correct(dataset: str, positions: range) -> None:
    """Somebody sets what gold says."""
    for place in positions:
        gold = queries.prediction(f"{dataset}/gold", "gold", place)
        assert gold is not None
        facts.annotate(resources.store(), dataset, place, gold.labels, author="a person")


def test_what_people_labelled_is_a_side_and_judges(many: tuple[str, str]) -> None:
    correct("many", range(5))
    app = visit("compare.py", dataset="many", sides=f"{many[0]}@stage2,human", part="agree", against="none")
    assert_well(app)
    assert "5 sentences" in texts(app)
    assert "What the sentences say that people looked at" in texts(app)
    app = visit("compare.py", dataset="many", against="human")
    assert_well(app)
    assert "what humans say" in texts(app)


# intervals take their time


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Intervals that never come, unless somebody stops them."""
    began: list[str] = []

    def endless(*given: object, report: Report, **more: object) -> None:
        began.append("began")
        for _ in range(600):
            report("drawing", 1, 2)
            time.sleep(0.02)

    monkeypatch.setattr(comparison, "headline", endless)
    return began


def test_a_page_does_not_wait_for_intervals_and_they_can_be_stopped(
    many: tuple[str, str], slow: list[str]
) -> None:
    started = time.monotonic()
    app = visit("compare.py", dataset="many")
    assert time.monotonic() - started < 10
    assert_well(app)
    assert any("Working out intervals and tests" in str(item.value) for item in app.markdown)
    assert app.dataframe[0].value["95 % interval"].eq("").all()
    button(app, "Stop").click().run()
    work = background.look(comparisons.headline_key(comparisons_asked(many[1]), leading=True))
    assert work is not None
    until = time.monotonic() + 10
    while not work.done and time.monotonic() < until:
        time.sleep(0.05)
    app.run()
    assert "Stopped before all intervals were there." in texts(app)
    assert len(slow) == 1
    button(app, "Work them out").click().run()
    assert len(slow) == 2
    button(app, "Stop").click().run()


def comparisons_asked(run: str) -> Asked:
    return of(f"{run}@stage1", f"{run}@stage2")


def test_intervals_are_those_of_the_engine(many: tuple[str, str]) -> None:
    app = settled(visit("compare.py", dataset="many"))
    chosen = Asked("many", tuple(map(Side.read, app.multiselect[0].value)), "gold", 0, 1)
    told = comparisons.differences(chosen)
    assert told is not None
    found = comparison.headline(comparisons.compared(chosen), metrics=["token_accuracy"])["token_accuracy"]
    assert told["token_accuracy"] == found
    row = app.dataframe[0].value.set_index("metric").loc["Token accuracy"]
    assert row["95 % interval"] == f"{100 * found.low:+.2f} to {100 * found.high:+.2f}"
    assert row.p == found.p


# from here on


def test_what_is_listed_becomes_a_queue(many: tuple[str, str]) -> None:
    app = visit("compare.py", dataset="many", where='{"change":"fixed","right":"NOUN"}')
    positions = list(listed(app).position)
    name = next(box for box in app.text_input if box.label == "Name")
    assert name.value.startswith("fixed from Stage I to Stage II · right: NOUN")
    button(app, "Queue").click().run()
    assert_well(app)
    assert views.queues(resources.store(), "many")[0]["positions"] == positions
    assert "Open the queue" in [link.proto.label for link in app.get("page_link")]


def test_each_run_leads_to_its_exemplars(many: tuple[str, str]) -> None:
    one, two = many
    app = visit("compare.py", dataset="many", sides=f"{one}@stage2,{two}@stage2", sentence="3")
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    assert "zgul_plus" in links["Exemplars of 2"]
    assert "sentence=3" in links["Exemplars of 1"]
