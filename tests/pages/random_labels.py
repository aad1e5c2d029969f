"""A data set with two runs of random labels, and what a page about it shows."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.comparison import Side
from core.store import facts
from core.types import Dataset, Instance, Prediction, Record
from dashboard import resources
from dashboard.comparisons import Asked
from tests.pages.test_pages import workspace

__all__ = ["workspace"]

TAGS = ("NOUN", "VERB", "ADP", "PUNCT", "X")
SEED = 7


@pytest.fixture
def many(workspace: Path) -> tuple[str, str]:
    """A data set with two runs whose labels are random, so that every kind of change is there."""
    draw = np.random.default_rng(SEED)
    sizes = draw.integers(1, 45, 40)
    items, sides = [], {name: [] for name in ("a1", "a2", "b1", "b2")}
    for place, size in enumerate(sizes):
        tokens = tuple(f"w{number}" for number in draw.integers(0, 9, size))
        gold = tuple(TAGS[number] for number in draw.integers(0, 5, size))
        items.append(Record(Instance(place, "test", tokens, " ".join(tokens)), gold))
        for found in sides.values():
            kept = draw.random(size) < 0.6
            said = tuple(
                g if k else TAGS[int(n)]
                for g, k, n in zip(gold, kept, draw.integers(0, 5, size), strict=True)
            )
            found.append(Prediction(place, said, tuple(draw.random(size).round(3).tolist())))
    store = resources.store()
    facts.add_dataset(store, Dataset("many", "Many", "fao", "pos", TAGS), items)
    runs = [
        facts.add_import_run(store, "many", name, stage1=sides[f"{key}1"], stage2=sides[f"{key}2"], meta={})
        for name, key in (("zgul", "a"), ("zgul_plus", "b"))
    ]
    return runs[0], runs[1]


def of(*sides: str, pair: tuple[int, int] = (0, 1), against: str = "gold") -> Asked:
    return Asked("many", tuple(Side.read(side) for side in sides), against, *pair)


def button(app: AppTest, start: str) -> Any:
    return next(item for item in app.button if item.label.startswith(start))


def listed(app: AppTest) -> pd.DataFrame:
    return next(item.value for item in app.dataframe if "labels" in item.value.columns)


def where(app: AppTest) -> dict[str, str]:
    said = app.query_params.get("where", "")
    return dict(json.loads(said if isinstance(said, str) else said[0])) if said else {}


def settled(app: AppTest) -> AppTest:
    """Once the intervals are there."""
    for _ in range(100):
        if not any(item.label == "Stop" for item in app.button):
            return app
        time.sleep(0.1)
        app.run()
    raise AssertionError("the intervals did not come")
