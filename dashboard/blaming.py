"""What blame asks of the workspace, worked out once for each state of its data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from core import blame
from core.asking import Asking, calls_per_item
from core.jobs.request import Request
from core.jobs.without import change_of
from core.llms import LIVE
from core.part_settings import typed
from core.recipes import asking_settings
from dashboard import naming, queries, resources
from dashboard.current import Here

RECORDED = frozenset({"replay", "recorded"})


@dataclass(frozen=True, slots=True)
class Found:
    """A run's errors and what stands behind them; `shown` has every exemplar, the first with their text."""

    material: blame.Material
    told: dict[str, int]
    exemplars: pd.DataFrame


@st.cache_resource(show_spinner="Looking at what stood in the prompts …", max_entries=6)
def _found(run_id: str, against: str, version: tuple[str, int]) -> Found:
    material = blame.load(resources.store(), run_id, against)
    return Found(material, blame.told(material), blame.by_exemplar(material))


def reference(here: Here, asked: str) -> str:
    """What is held to be right: what is asked for, else gold where there is some, else corrections."""
    return asked if asked in {"gold", "human"} else str(_reference(here.dataset.id, resources.version()))


@st.cache_data(show_spinner=False, max_entries=64)
def _reference(dataset: str, version: tuple[str, int]) -> str:
    return blame.reference_of(resources.store(), dataset)


def found(here: Here, against: str) -> Found:
    """Errors and exemplars of a run; a second for a million tokens, the first time. Raises StudioError."""
    answer: Found = _found(here.run["id"], against, resources.version())
    return answer


def errors_of_kind(here: Here, against: str, kind: str) -> pd.DataFrame:
    """As `core.blame.errors_of_kind`."""
    return blame.errors_of_kind(found(here, against).material, kind)


def suspects(here: Here, against: str, position: int) -> pd.DataFrame:
    """As `core.blame.suspects`, for one sentence."""
    return blame.suspects(found(here, against).material, position)


def held_against(here: Here, against: str, dataset: str, position: int) -> pd.DataFrame:
    """As `core.blame.held_against`."""
    return blame.held_against(found(here, against).material, dataset, position)


def with_texts(rows: pd.DataFrame) -> pd.DataFrame:
    """The exemplars with their sentences."""
    texts = [""] * len(rows)
    for dataset in dict.fromkeys(rows.dataset):
        mine = [
            (place, int(at))
            for place, (name, at) in enumerate(zip(rows.dataset, rows.position, strict=True))
            if name == dataset
        ]
        known = queries.instances(str(dataset), tuple(at for _, at in mine))
        for place, at in mine:
            texts[place] = known[at].text if at in known else ""
    return rows.assign(text=texts)


@dataclass(frozen=True, slots=True)
class Price:
    """What another choice of exemplars takes: sentences that are labelled again, calls at least."""

    sentences: int
    calls: int
    positions: tuple[int, ...]


def price(here: Here, ban: Sequence[str], pin: Sequence[str]) -> Price:
    """What banning or swapping comes to. Raises StudioError: nothing would change."""
    request = Request(parent=here.run["id"], ban=tuple(ban), pin=tuple(pin))
    positions = change_of(resources.store(), request).positions
    recipe = naming.resolved(here.run)
    name = str(recipe.get("stage2", {}).get("llm", ""))
    if name not in LIVE:
        return Price(len(positions), 0, positions)
    least, _ = calls_per_item(Asking(**typed("asking", name, Asking, asking_settings(recipe))))
    return Price(len(positions), len(positions) * least, positions)


def was_recorded(here: Here) -> bool:
    """Whether whoever labelled the sentences cannot be asked again."""
    recipe: dict[str, Any] = dict(naming.resolved(here.run))
    return here.run["kind"] == "import" or recipe.get("stage2", {}).get("llm") in RECORDED
