"""The labeller's script is one module, and what crosses between page and browser is plain JSON."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard import state
from dashboard.widgets import labeller
from tests.keystrokes import Line, entities, words

HERE = Path(labeller.__file__).parent


def test_the_script_is_one_module() -> None:
    script = labeller.script()
    assert sorted(path.stem for path in HERE.glob("*.js")) == sorted(labeller.PARTS)
    assert re.findall(r"^(?:import|export)\b.*$", script, flags=re.MULTILINE) == [
        "export default function (component) {"
    ]
    names = re.findall(r"^(?:const|let|function|class) (\w+)", script, flags=re.MULTILINE)
    assert len(names) == len(set(names)), "two parts use one name"


def test_nothing_writes_markup() -> None:
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", labeller.script()
    )


def test_a_part_stays_short() -> None:
    long = {
        path.name for path in HERE.iterdir() if path.is_file() and path.read_text("utf8").count("\n") > 300
    }
    assert long == set()


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(ValueError):
        labeller.labeller({"queue": [{"c": float("nan")}]}, key="x")
    with pytest.raises(TypeError):
        labeller.labeller({"queue": [object()]}, key="x")


@pytest.mark.parametrize(
    ("said", "messages", "ask"),
    [
        (None, [], None),
        ({"outbox": [{"seq": 1}, "x", None], "ask": {"n": 1}}, [{"seq": 1}], {"n": 1}),
        ({"outbox": "x", "ask": [1]}, [], None),
    ],
)
def test_what_a_browser_says_is_read(
    monkeypatch: pytest.MonkeyPatch, said: object, messages: object, ask: object
) -> None:
    monkeypatch.setattr(state, "widget", lambda key: said if key == "here" else None)
    assert labeller.read("here") == (messages, ask)


def test_a_perfect_annotator() -> None:
    keys = {"NOUN": "n", "VERB": "v", "PER": "p", "O": "x"}
    line = Line(["NOUN"] * 7, [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.5], keys)
    assert words(line, ["NOUN", "VERB", *["NOUN"] * 4, "VERB"]) == [
        "Control+ArrowLeft",
        "v",
        "Control+ArrowRight",
        "v",
        "Enter",
    ]
    line = Line(["O"] * 4, [None] * 4, keys, spans=True)
    assert entities(line, ["B-PER", "I-PER", "B-PER", "O"]) == ["p", "p", "Shift+P", "Enter"]
    line = Line(["O", "B-PER", "I-PER"], [None] * 3, keys, spans=True)
    assert entities(line, ["O", "O", "O"]) == ["ArrowRight", "Backspace", "Enter"]
