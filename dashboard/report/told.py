"""What a comparison does not know of itself: names, prices, what took longer to work out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from core.comparison import Audited, Comparison, Difference
from core.types import Direction, Instance
from dashboard import naming

SHORT = 28
"""Characters of a name that stand above a column of the flow, also on paper."""
Texts = Callable[[Sequence[int]], Mapping[int, Instance]]


@dataclass(frozen=True, slots=True)
class Told:
    """What the report is told beside the comparison; what is None or empty is left out, and said to be.

    Attributes:
        names: one per side, plain text.
        headline: per metric the difference with interval and p; None = it was not worked out.
        prices: of `core.costs.comparing`.
        blame: tables by their title.
        audited: what humans say of the sides, where nothing is held right.
        texts: the instances at some positions, for what a comparison does not hold of them.
    """

    names: Sequence[str]
    caption: str = ""
    command: str = ""
    made: str = ""
    headline: Mapping[str, Difference] | None = None
    prices: pd.DataFrame | None = None
    blame: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    audited: Audited | None = None
    colors: Mapping[str, str] = field(default_factory=dict)
    direction: Direction = "ltr"
    texts: Texts | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """What a section is written from: the comparison, the two sides looked at, what was told."""

    compared: Comparison
    told: Told
    before: int
    after: int

    @property
    def single(self) -> bool:
        """Whether there is but one side, which can only be held against what is right."""
        return self.before == self.after

    @property
    def judged(self) -> bool:
        return self.compared.reference is not None

    @property
    def unit(self) -> str:
        return naming.unit(self.compared.dataset.task)

    @property
    def numbered(self) -> list[str]:
        """The sides' names with their numbers, as charts have them."""
        return [f"{place} {name}" for place, name in enumerate(self.told.names, 1)]

    def station(self, place: int) -> str:
        """What a side is called where there is little room."""
        name = self.told.names[place]
        return name if len(name) <= SHORT else f"side {place + 1}"

    @property
    def pair(self) -> tuple[str, str]:
        return self.told.names[self.before], self.told.names[self.after]

    @property
    def places(self) -> list[int]:
        """The two sides looked at (or the one)."""
        return list(dict.fromkeys((self.before, self.after)))
