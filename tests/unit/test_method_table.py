"""What the page of methods tells is a table that is checked, and its drawings fit a narrow screen."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from core import catalog
from core.catalog import method_table
from core.catalog.method_table import COLUMNS, Box, methods, of_recipe
from core.catalog.paper_table import citations, paper_gains, read_gains
from dashboard.charts.method_drawing import WIDE, drawing
from dashboard.view import ONE_OF

TEXT = files("core.catalog").joinpath("methods.toml").read_text(encoding="utf-8")


def test_every_method_of_the_address_is_in_the_table() -> None:
    assert ("", *methods()) == ONE_OF["method"]
    assert [of_recipe(method.recipe) for method in methods().values()] == list(methods())
    assert of_recipe("transfer") == ""


@pytest.mark.parametrize("key", list(methods()))
def test_a_method_rests_on_recipes_that_are_there(key: str) -> None:
    method = methods()[key]
    assert set(method.recipes) <= set(catalog.recipes()), set(method.recipes) - set(catalog.recipes())
    assert method.paper in citations()
    table, _, name = method.mark[0].partition(".")
    assert catalog.recipes()[method.recipe][table][name] in (*method.mark[1:], "auto")


@pytest.mark.parametrize("key", list(methods()))
def test_a_demo_imports_what_its_runs_name(key: str) -> None:
    demo = methods()[key].demo
    assert set(demo.datasets) <= set(catalog.entries())
    for trial in demo.trials:
        named = [source.partition(":")[0] for source in trial.sources] + [demo.target]
        named += [
            value for setting, value in trial.settings.items() if setting.endswith(".parallel") and value
        ]
        assert set(named) <= set(demo.datasets), trial
        assert trial.recipe in methods()[key].recipes
        assert trial.seeds


@pytest.mark.parametrize("key", list(methods()))
@pytest.mark.parametrize("dark", [False, True])
def test_boxes_of_a_drawing_do_not_overlap_and_all_text_is_written(key: str, dark: bool) -> None:
    method = methods()[key]
    figure = drawing(method.boxes, method.arrows, dark=dark)
    places = [(shape.x0, shape.x1, shape.y0, shape.y1) for shape in figure.layout.shapes]
    for number, (left, right, top, bottom) in enumerate(places):
        for other in places[number + 1 :]:
            assert right <= other[0] or other[1] <= left or bottom <= other[2] or other[3] <= top
    texts = " ".join(note.text for note in figure.layout.annotations)
    assert all(line in texts for box in method.boxes for line in box.lines)
    heads = [note for note in figure.layout.annotations if note.showarrow and note.arrowhead]
    assert len(heads) == len(method.arrows)
    assert all(step in method.told for step in method.steps)


def test_an_arrow_to_a_far_row_goes_around_corners() -> None:
    boxes = [Box("a", 0, 0, "given", ("a",)), Box("b", 3, 1.4, "result", ("b",))]
    parts = [note for note in drawing(boxes, [("a", "b")], dark=False).layout.annotations if note.showarrow]
    assert len(parts) == 3
    assert [bool(part.arrowhead) for part in parts] == [False, False, True]
    assert all(part.x == part.ax or part.y == part.ay for part in parts)
    assert WIDE * 2 < 1


def changed(**changes: Any) -> str:
    """The table of one method with something changed, as TOML."""
    row = {name: value for name, value in tomllib.loads(TEXT)["mpt"].items() if name != "demo"} | changes
    said = "\n".join(f"{name} = {_toml(value)}" for name, value in row.items())
    return f"[mpt]\n{said}\n[mpt.demo]\ndatasets = []\ntarget = ''\n"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


def test_what_does_not_fit_the_drawing_is_an_error() -> None:
    good = {"id": "a", "at": [0, 0], "kind": "given", "lines": ["one"]}
    assert method_table.read(changed(boxes=[good], arrows=[]))["mpt"].boxes[0].lines == ("one",)
    strange: tuple[dict[str, Any], ...] = (
        {"at": [COLUMNS, 0]},
        {"at": [0, -1]},
        {"kind": "odd"},
        {"lines": []},
        {"lines": ["x" * 18]},
    )
    for bad in strange:
        with pytest.raises(ValueError, match="does not fit into the drawing"):
            method_table.read(changed(boxes=[good | bad], arrows=[]))
    with pytest.raises(ValueError, match="leads to b, which is no box"):
        method_table.read(changed(boxes=[good], arrows=[{"from": "a", "to": "b"}]))


def test_published_gains_say_over_what_on_what_and_where_they_stand() -> None:
    assert {gain.paper for gain in paper_gains()} == {"xampler", "mpt"}
    assert {(gain.value, gain.unit) for gain in paper_gains() if gain.paper == "mpt"} == {
        (7.5, "points"),
        (3.1, "points"),
        (18.4, "%"),
    }
    assert all(gain.source and gain.over and gain.on for gain in paper_gains())
    head = '[papers.p]\ntitle = "P"\ncitation = "c"\n'
    row = '[[gains]]\npaper = "{}"\nover = "o"\non = "d"\nvalue = 1.0\nunit = "{}"\nsource = "{}"\n'
    assert read_gains(head + row.format("p", "points", "s"))[0].value == 1.0
    for bad in (("q", "points", "s"), ("p", "miles", "s"), ("p", "points", "")):
        with pytest.raises(ValueError, match="the gain over o"):
            read_gains(head + row.format(*bad))
