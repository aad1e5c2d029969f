"""The URL and the view are two spellings of one thing."""

from __future__ import annotations

import pytest

from dashboard.state import PAGE_SIZE, TOUR_STEPS, View, changed, params, parse


def test_an_empty_url_is_the_default_view() -> None:
    assert parse({}) == View()
    assert params(View()) == {}


def test_a_view_survives_the_url() -> None:
    view = View(
        dataset="ssp-release-fao",
        run="a/b",
        sentence=12,
        page=3,
        order="least_confident",
        gold="NOUN",
        text="a & b",
        tour=2,
        present=True,
    )
    assert parse(params(view)) == view


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"sentence": "nonsense"}, View()),
        ({"sentence": "9" * 40}, View()),
        ({"page": "-4"}, View()),
        ({"page": "0"}, View()),
        ({"order": "drop table"}, View()),
        ({"changed": "everything"}, View()),
        ({"tour": str(TOUR_STEPS + 1)}, View()),
        ({"present": "no"}, View()),
        ({"present": "1"}, View(present=True)),
        ({"sentence": "0"}, View(sentence=0)),
        ({"unknown": "1"}, View()),
        ({"tab": "file", "egress": "local"}, View(tab="file", egress="local")),
        ({"tab": "x", "egress": "all", "words": "?", "direction": "up", "task": "qa"}, View()),
    ],
)
def test_what_makes_no_sense_is_left_at_its_default(given: dict[str, str], expected: View) -> None:
    assert parse(given) == expected


def test_another_dataset_forgets_run_sentence_and_filters_but_not_the_tour() -> None:
    view = View(dataset="a", run="r", sentence=4, page=2, gold="NOUN", text="x", tour=3, present=True)
    assert changed(view, dataset="b") == View(dataset="b", tour=3, present=True)


def test_another_run_keeps_the_sentence() -> None:
    assert changed(View(run="r", sentence=4, label="NOUN"), run="s") == View(run="s", sentence=4)


def test_a_new_filter_goes_back_to_the_first_page() -> None:
    assert changed(View(page=7), gold="NOUN") == View(gold="NOUN")
    assert changed(View(page=7), sentence=3).page == 7


def test_what_is_set_together_is_not_reset() -> None:
    assert changed(View(run="r", page=2), dataset="b", run="s", sentence=1) == View(
        dataset="b", run="s", sentence=1
    )


def test_another_task_or_format_forgets_columns_and_mapping() -> None:
    view = View(tab="file", task="pos", columns="{}", mapping="{}", egress="local", split="dev")
    assert changed(view, task="ner") == View(tab="file", task="ner", egress="local", split="dev")
    assert changed(view, format="csv").mapping == ""
    assert changed(View(own=True, called="Hill", language="x-hill"), own=False) == View()


def test_page_size_keeps_a_rerun_small() -> None:
    assert PAGE_SIZE <= 50
