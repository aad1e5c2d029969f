"""What is compared, and every number of it: worked out once for the data as they are."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import pandas as pd
import streamlit as st

from core import comparison
from core.comparison import GOLD, HUMAN, MOST, Audited, Comparison, Difference, Side, Where
from core.comparison.flows import OTHER, in_flow
from core.comparison.scores import main_metric
from core.comparison.where import Mask
from core.costs.comparing import prices as prices_of
from core.llms import Alive
from core.settings import settings
from dashboard import background, queries, resources, state
from dashboard.current import Here

HELD = 6
"""Comparisons that stay in memory: 12 MB for each side of a million tokens."""
AT_ONCE = 0.3
"""Seconds a page waits for intervals that may be there at once."""
STAGES = ("stage1", "consensus", "stage2")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a view compares.

    Attributes:
        against: gold, human, or "" where nothing is held to be right.
        before, after: the places of the two sides looked at; the same place where there is one side only.
    """

    dataset: str
    sides: tuple[Side, ...]
    against: str
    before: int
    after: int

    @property
    def single(self) -> bool:
        """Whether there is but one side: nothing changed, it can only be held against what is right."""
        return self.before == self.after

    @property
    def pair(self) -> tuple[int, int]:
        return self.before, self.after

    def where(self, **conditions: Any) -> Where:
        """Conditions on the two sides looked at."""
        return replace(Where(before=self.before, after=self.after), **conditions)

    def change(self, **conditions: Any) -> Where:
        """As `where`, for what differs between the two, or is wrong where there is one side only."""
        if self.single:
            return self.where(**{"wrong": str(self.after), **conditions} if self.against else conditions)
        return self.where(**{"change": "changed", **conditions})


def asked(here: Here) -> Asked:
    """What the view compares; where it leaves that open, the stages of its run, against gold."""
    view = state.view()
    sides = _sides(view.sides) or defaults(here)
    before, after = _pair(view.pair, len(sides))
    against = {"": GOLD if here.gold else "", "none": ""}.get(view.against, view.against)
    return Asked(here.dataset.id, sides, against, before, after)


def defaults(here: Here) -> tuple[Side, ...]:
    """Stage I and Stage II of the run, or whichever it has."""
    found = [stage for stage in STAGES if stage in here.stages]
    both = [stage for stage in found if stage != "consensus"] if here.both else found
    return tuple(Side(here.run["id"], stage) for stage in both)


def _sides(text: str) -> tuple[Side, ...]:
    told = dict.fromkeys(Side.read(part) for part in text.split(",") if part)
    return tuple(told)[:MOST]


def _pair(text: str, n: int) -> tuple[int, int]:
    first, _, second = text.partition("-")
    if first.isdecimal() and second.isdecimal() and first != second and max(int(first), int(second)) < n:
        return int(first), int(second)
    return (0, min(1, n - 1))


def of_side(here: Here, side: Side) -> Here:
    """The run of a side, for what is about one run; the view's own for humans."""
    return replace(here, run=queries.run(side.run)) if side.run else here


def about(asked: Asked) -> Where:
    """The conditions of the view; filters of other pages' links mean the same here."""
    view = state.view()
    told = state.table(view.where)
    if told:
        return Where.read({key: str(value) for key, value in told.items()})
    plain = {"change": "" if asked.single else view.changed, "right": view.gold if asked.against else ""}
    given = {asked.after: view.label} if view.label else {}
    return asked.where(given=given, **{name: value for name, value in plain.items() if value})


@st.cache_resource(show_spinner="Bringing the labels together …", max_entries=HELD)
def _compared(dataset: str, sides: str, against: str, version: tuple[str, int]) -> Comparison:
    told = [Side.read(part) for part in sides.split(",")]
    return comparison.load(resources.store(), dataset, told, against)


def _key(asked: Asked) -> tuple[str, str, str]:
    return asked.dataset, ",".join(map(str, asked.sides)), asked.against


def compared(asked: Asked) -> Comparison:
    """The sides, brought together.

    Raises:
        StudioError: they cannot be compared; the message says why.
    """
    return _compared(*_key(asked), resources.version())


@st.cache_data(show_spinner=False, max_entries=512)
def _cached(
    question: str, key: tuple[str, str, str], parameters: tuple[Any, ...], version: tuple[str, int]
) -> Any:
    return getattr(comparison, question)(_compared(*key, version), *parameters)


def _answer(question: str, asked: Asked, *parameters: object) -> Any:
    return _cached(question, _key(asked), parameters, resources.version())


def _table(question: str, asked: Asked, *parameters: object) -> pd.DataFrame:
    return cast(pd.DataFrame, _answer(question, asked, *parameters))


def scores(asked: Asked, side: int) -> dict[str, float]:
    """Per metric of the task the score of a side, in [0, 1]; {} without a reference."""
    return cast(dict[str, float], _answer("scores", asked, side))


def flow(asked: Asked) -> pd.DataFrame:
    return _table("flow", asked, *asked.pair)


def switches(asked: Asked) -> pd.DataFrame:
    return _table("switches", asked, *asked.pair)


def confusion(asked: Asked, side: int) -> pd.DataFrame:
    return _table("confusion", asked, side)


def between(asked: Asked) -> pd.DataFrame:
    """How often which labels of the two sides meet; `gold` is the earlier side, `predicted` the later."""
    return _table("between", asked, *asked.pair)


def by(asked: Asked, group: str) -> pd.DataFrame:
    """Shares of right tokens of both sides, per label, length, confidence or form."""
    return _table(f"by_{group}", asked, *asked.pair)


def agreement(asked: Asked) -> pd.DataFrame:
    return _table("agreement", asked)


def alpha(asked: Asked) -> float | None:
    """Krippendorff's alpha of all sides."""
    return cast("float | None", _answer("alpha", asked))


def reliability(asked: Asked, side: int) -> pd.DataFrame:
    return _table("reliability", asked, side)


def calibration_error(asked: Asked, side: int) -> float | None:
    return cast("float | None", _answer("expected_calibration_error", asked, side))


def changes(asked: Asked) -> dict[str, int]:
    """How many tokens there are of each kind of change between the two sides, `total` and `known`."""
    return cast(dict[str, int], _answer("change_counts", asked, *asked.pair))


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The sentences of a figure: positions (R,), how many tokens of each pass (R,), and which do (T,)."""

    positions: Any
    counts: Any
    passing: Mask


@st.cache_resource(show_spinner=False, max_entries=32)
def _found(
    key: tuple[str, str, str], conditions: tuple[tuple[str, str], ...], version: tuple[str, int]
) -> Found:
    loaded = _compared(*key, version)
    where = Where.read(dict(conditions))
    passing = _of_others(loaded, where) if _others(loaded, where) else comparison.mask(loaded, where)
    return Found(*comparison.found(loaded, passing), passing)


def _others(loaded: Comparison, where: Where) -> bool:
    """Whether it is about all labels too rare for a name of their own in the flow."""
    return OTHER in (where.right, *where.given.values()) and OTHER not in loaded.labels


def _of_others(loaded: Comparison, where: Where) -> Mask:
    first, second = (where.given.get(side, "") for side in (where.before, where.after))
    return in_flow(loaded, (first, second, where.right, where.change), where.before, where.after)


def found(asked: Asked, where: Where) -> Found:
    """The sentences in which some token passes."""
    return _found(_key(asked), tuple(sorted(where.table().items())), resources.version())


def headline(asked: Asked, *, leading: bool) -> background.Work:
    """Interval and test of the leading metric's difference, or those of the others; done or on their way."""
    key = headline_key(asked, leading=leading)
    known = background.look(key)
    if known is not None:
        return known
    loaded = compared(asked)
    metrics = [
        name for name in scores(asked, asked.after) if (name == main_metric(loaded.dataset.task)) is leading
    ]
    work = background.start(key, lambda alive: _headline(loaded, asked, metrics, alive))
    until = time.monotonic() + AT_ONCE
    while not work.done and time.monotonic() < until:
        time.sleep(0.01)
    return work


def differences(asked: Asked) -> Mapping[str, Difference] | None:
    """All of them, where they are there; None before."""
    works = [background.look(headline_key(asked, leading=leading)) for leading in (True, False)]
    done = [work.value for work in works if work and work.done and not work.error]
    return {name: told for value in done for name, told in value.items()} if len(done) == len(works) else None


def _headline(loaded: Comparison, asked: Asked, metrics: Sequence[str], alive: Alive) -> Any:
    return comparison.headline(loaded, *asked.pair, metrics=metrics, report=lambda *_: alive())


def headline_key(asked: Asked, *, leading: bool) -> str:
    which = "leading" if leading else "others"
    return " ".join(("headline", which, *map(str, (*resources.version(), *_key(asked), *asked.pair))))


def people(dataset: str) -> int:
    """How many items of a data set humans labelled."""
    return len(queries.ask("annotations", dataset))


@st.cache_data(show_spinner=False, max_entries=64)
def _prices(key: tuple[str, str, str], version: tuple[str, int]) -> pd.DataFrame:
    return prices_of(resources.store(), _compared(*key, version), settings().workspace)


def prices(asked: Asked) -> pd.DataFrame:
    """What each side cost, as far as anybody noted it."""
    return _prices(_key(asked), resources.version())


def audited(asked: Asked) -> Audited | None:
    """What the sentences humans labelled say of the sides; None where there are none."""
    if not people(asked.dataset):
        return None
    by_people = replace(asked, against=HUMAN)
    return cast("Audited | None", _answer("audited", by_people))
