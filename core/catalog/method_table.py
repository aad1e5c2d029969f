"""What the Method page tells of each method: steps, readings, the boxes of its drawing, runs to try it by."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from core.catalog.label_word_table import label_words

KINDS = ("given", "trained", "frozen", "loss", "result")
COLUMNS, LINES, LETTERS = 5, 3, 17
"""What fits into the drawing on a narrow screen: columns, lines of a box, letters of a line."""
SEEN = 6
"""Classes of the demo world that a robust prompt is trained on; the other four are unseen."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a drawing; `column` counts from 0 at the left, `row` from 0 at the top."""

    name: str
    column: float
    row: float
    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """Runs of one recipe that try a method: once per seed; `settings` as the command line spells them."""

    recipe: str
    settings: Mapping[str, str]
    sources: tuple[str, ...]
    seeds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Demo:
    """How to try a method on the demo world: what is imported, what is labelled; no `target` = not there."""

    datasets: tuple[str, ...]
    target: str
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """A method, as far as the page tells it.

    Attributes:
        key: its name in addresses.
        paper: in `papers.toml`.
        mark: a setting, and values of it, by which a run is told to be the method's own.
        sections: the parts of its form.
        baselines: recipes it is held against.
        steps: what it does, in order.
        readings: where the paper leaves a choice open, what is done here.
        arrows: names of the boxes each begins and ends at.
    """

    key: str
    title: str
    name: str
    paper: str
    recipe: str
    mark: tuple[str, ...]
    baselines: tuple[str, ...]
    sections: tuple[str, ...]
    says: str
    steps: tuple[str, ...]
    readings: tuple[str, ...]
    paper_model: str
    paper_data: str
    boxes: tuple[Box, ...]
    arrows: tuple[tuple[str, str], ...]
    demo: Demo

    @property
    def recipes(self) -> tuple[str, ...]:
        """Its own recipe, then those it is held against."""
        return (self.recipe, *self.baselines)

    @property
    def told(self) -> str:
        """The drawing in words."""
        return f"{self.title}: " + " ".join(f"{n}. {step}" for n, step in enumerate(self.steps, 1))


@lru_cache(maxsize=1)
def methods() -> Mapping[str, Method]:
    """The methods by key, in the order of `methods.toml`.

    Raises:
        ValueError: a box does not fit into the drawing, or an arrow leads nowhere.
    """
    return read(files("core.catalog").joinpath("methods.toml").read_text(encoding="utf-8"))


def of_recipe(recipe: str) -> str:
    """The key of the method whose own recipe this is; "" where it is that of none."""
    return next((key for key, method in methods().items() if method.recipe == recipe), "")


def read(text: str) -> Mapping[str, Method]:
    """The methods of a table like `methods.toml`; raises as `methods` does."""
    return MappingProxyType({key: _method(key, row) for key, row in tomllib.loads(text).items()})


def _method(key: str, row: Mapping[str, Any]) -> Method:
    boxes = tuple(_box(key, item) for item in row["boxes"])
    arrows = tuple((item["from"], item["to"]) for item in row["arrows"])
    strange = {end for arrow in arrows for end in arrow} - {box.name for box in boxes}
    if strange:
        raise ValueError(
            f"methods.toml: {key}: an arrow leads to {', '.join(sorted(strange))}, which is no box"
        )
    said: dict[str, Any] = {
        name: row[name] for name in ("title", "name", "paper", "recipe", "says", "paper_model", "paper_data")
    }
    lists: dict[str, Any] = {
        name: tuple(row[name]) for name in ("mark", "baselines", "sections", "steps", "readings")
    }
    return Method(key=key, **said, **lists, boxes=boxes, arrows=arrows, demo=_demo(row["demo"]))


def _box(key: str, item: Mapping[str, Any]) -> Box:
    lines: Sequence[str] = item["lines"]
    fits = 1 <= len(lines) <= LINES and all(len(line) <= LETTERS for line in lines)
    column, row = item["at"]
    if not fits or item["kind"] not in KINDS or not 0 <= column < COLUMNS or row < 0:
        raise ValueError(f"methods.toml: {key}: the box {item['id']} does not fit into the drawing")
    return Box(item["id"], float(column), float(row), item["kind"], tuple(lines))


def _demo(row: Mapping[str, Any]) -> Demo:
    usual = tuple(row.get("sources", ()))
    trials = tuple(
        Trial(
            recipe=item["recipe"],
            settings={key: _filled(str(value)) for key, value in item.get("settings", {}).items()},
            sources=tuple(item.get("sources", usual)),
            seeds=tuple(item.get("seeds", (0,))),
        )
        for item in row.get("runs", ())
    )
    return Demo(tuple(row["datasets"]), row["target"], trials)


def _filled(text: str) -> str:
    """A setting of a demo run, `{seen}` filled in: labels of the demo world are names of language A."""
    classes = [label for label, words in label_words("topic", ("qaa",)).items() if words]
    return text.replace("{seen}", " ".join(classes[:SEEN]))
