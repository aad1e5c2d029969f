"""The what-if tabs of the exemplars page, under whatever settings an address may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.study import measured
from tests.pages.test_pages import assert_well, filled, texts, visit, workspace

__all__ = ["filled", "workspace"]


@pytest.mark.parametrize("tab", ["try", "set"])
@pytest.mark.parametrize(
    "tries",
    [
        "",
        '{"k":1,"coverage":"hard","budget":50}',
        '{"name":"random"}',
        '{"name":"mmr","k":2}',
        '{"name":"set_bsr","k":2}',
        '{"name":"vote_k","k":2,"keep":2}',
        '{"preset":"ssp_nli","pin":["1"]}',
        '{"k":"nonsense","price":[],"x":1}',
        "no json",
    ],
)
def test_any_settings_in_the_address_are_tried_or_left_out(filled: Path, tab: str, tries: str) -> None:
    for dataset in ("words", "pairs"):
        assert_well(visit("exemplars.py", dataset=dataset, tab=tab, tries=tries, sentence="0", peek="1"))


def test_a_pin_that_is_no_sentence_is_one_clear_error(filled: Path) -> None:
    app = visit("exemplars.py", dataset="words", tab="try", tries='{"pin":["77"]}', sentence="0")
    assert not app.exception
    assert "the pinned sentence 77 is not in the pool" in texts(app)


def test_a_run_without_exemplars_can_still_be_tried(filled: Path) -> None:
    assert "This run chose no exemplars" in texts(visit("exemplars.py", dataset="pairs"))
    said = texts(visit("exemplars.py", dataset="pairs", tab="try", sentence="0"))
    assert "Why these: the swap test" in said


def test_the_proof_stands_on_the_page(filled: Path) -> None:
    app = visit("exemplars.py", dataset="words", tab="try", sentence="0")
    app.button(key="prove").click().run()
    assert_well(app)
    badges = [str(badge.value) for badge in app.get("markdown")]
    assert any("3 of 3 equal" in badge for badge in badges), badges
    table = app.dataframe[-1].value
    assert list(table.sentence) == [0, 1, 2]
    assert (table["our objective"] - table["CBC, whole pool"]).abs().max() <= 1e-9


def test_other_ways_of_choosing_are_worked_out_once(filled: Path) -> None:
    app = visit("exemplars.py", dataset="words", tab="set", sentence="0")
    next(button for button in app.button if button.label == "Work them out").click().run()
    assert_well(app)
    again = visit("exemplars.py", dataset="words", tab="set", sentence="0")
    assert "Work them out" not in [button.label for button in again.button]
    table = again.dataframe[-1].value.set_index("settings")
    assert table.loc["these settings", "similarity"] == table.loc["default (present)", "similarity"]
    assert table.loc["similarity only", "similarity"] >= table.loc["random", "similarity"]


def test_settings_are_saved_under_a_name_once(filled: Path) -> None:
    app = visit("exemplars.py", dataset="words", tab="try", sentence="0", tries='{"k":1}')
    for expected in ("ssp run mine --dataset words", "there is a recipe mine already"):
        next(box for box in app.text_input if box.label == "Name").set_value("mine")
        next(button for button in app.button if button.label == "Save").click().run()
        assert not app.exception
        assert expected in texts(app) + "\n".join(code.value for code in app.code)
    assert "k = 1" in (filled / "recipes" / "mine.toml").read_text("utf8")


@pytest.mark.parametrize(("kind", "task"), [("", "pos"), ("ner", "ner")])
def test_what_exemplars_are_worth_is_shown_with_its_losses(filled: Path, kind: str, task: str) -> None:
    app = visit("exemplars.py", dataset="words", tab="worth", sentence="0", kind=kind)
    assert_well(app)
    rows = [row for row in measured()["figures"] if row["task"] == task]
    ways = app.dataframe[-1].value
    assert "ILP without coverage" in set(ways.exemplars)
    assert (ways.helped + ways.hurt <= len(rows)).all()
    gains = [100 * row["gain"]["random over no exemplars"]["value"] for row in rows]
    shown = ways.set_index("exemplars").loc["random"]
    assert shown["mean gain"] == f"{sum(gains) / len(gains):+.2f}"
    assert shown.hurt == sum(gain < 0 for gain in gains)
    assert "open dots those that hold zero" in texts(app)
