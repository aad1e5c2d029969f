"""Runs of a method are grouped by everything but the seed, and named by what tells them apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.catalog.method_table import methods
from core.sweeps import Found
from dashboard.method_ways import Way, alike, is_own, ways
from dashboard.widgets.method.sweeps import options, table

XAMPLER, SSP = methods()["xampler"], methods()["ssp"]


def run(name: str, recipe: str, seed: int = 0, *, n: int = 100, **settings: Any) -> Found:
    """A run that scored .5; `stage1__k` is the setting stage1.k."""
    told = {key.replace("__", "."): value for key, value in settings.items()}
    return Found(name, recipe, seed, "", told, "stage1", "accuracy", 0.5, n, 4, "gold", "1")


def names(found: list[Way]) -> list[str]:
    return [way.name for way in found]


def test_seeds_of_one_way_stand_together_and_the_newest_run_of_a_seed_counts() -> None:
    runs = [run("new", "transfer", 1), run("old", "transfer", 1), run("other", "transfer", 0)]
    (way,) = ways(runs, SSP)
    assert [one.run for one in way.runs] == ["other", "new"]
    assert way.scores == (0.5, 0.5)
    assert not way.own


def test_what_nobody_set_is_the_same_as_its_default() -> None:
    plain = run("a", "ssp", selector__name="ilp", stage1__labeler="crf")
    said = run("b", "ssp", 1, selector__name="ilp", stage1__labeler="crf", stage1__iterations=50)
    more = run("c", "ssp", selector__name="ilp", stage1__labeler="crf", stage1__iterations=99)
    assert names(ways([more, plain, said], SSP)) == ["SSP, iterations 50", "SSP, iterations 99"]


def test_the_same_recipe_without_the_method_says_what_took_its_place() -> None:
    own = run("a", "xampler", embedder__name="xampler", stage1__labeler="vote")
    drawn = run("b", "xampler", embedder__name="random", stage1__labeler="vote")
    inside = run("c", "ssp", embedder__name="xampler", selector__name="ilp", stage1__labeler="crf")
    found = ways([drawn, inside, own], XAMPLER)
    assert names(found) == ["XAMPLER", "SSP with XAMPLER", "the same, embedder random"]
    assert [way.own for way in found] == [True, True, False]
    assert is_own(inside.settings, XAMPLER)
    assert is_own(inside.settings, SSP)


def test_the_run_of_the_address_stands_first() -> None:
    own = run("a", "xampler", embedder__name="xampler")
    drawn = run("b", "xampler", embedder__name="random")
    assert names(ways([own, drawn], XAMPLER))[0] == "XAMPLER"
    assert names(ways([own, drawn], XAMPLER, run="b"))[0] == "the same, embedder random"


def test_runs_of_another_version_of_the_program_are_other_runs() -> None:
    new, old = run("new", "transfer"), replace(run("old", "transfer", 1), code="0123456789")
    found = ways([new, old], SSP)
    assert [[one.run for one in way.runs] for way in found] == [["new"], ["old"]]
    assert names(found) == ["Transfer", "Transfer, version 01234567, 100 items"]


def test_other_items_are_not_compared() -> None:
    found = ways([run("a", "transfer"), run("b", "transfer", n=7)], SSP)
    assert len(found) == 2
    assert len(alike(found)) == 1
    assert alike([]) == []


def test_a_sweep_keeps_lines_apart_that_differ_by_more_than_the_setting() -> None:
    runs = [
        run(f"{k}-{task}", "xampler", embedder__name="xampler", stage1__k=k, stage1__task=task)
        for k in (1, 3, 5)
        for task in ("a", "b")
    ]
    found = ways(runs, XAMPLER)
    assert options(found) == {"stage1.k": 3, "stage1.task": 2}
    rows = table(found, "stage1.k")
    assert list(dict.fromkeys(rows["name"])) == ["XAMPLER, task a", "XAMPLER, task b"]
    assert list(rows["value"]) == [1, 1, 3, 3, 5, 5]
    assert options(found[:1]) == {}
