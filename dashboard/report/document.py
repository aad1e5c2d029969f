"""What a report holds: text, tables, figures and sentences. Plain data; all text is plain text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go

FIXED, BROKEN, MOVED = "fixed", "broken", "moved"


@dataclass(frozen=True, slots=True)
class Gain:
    """One figure of two sides and what lies between them, as text ready to be read.

    Attributes:
        verdict: better, worse, or "" where the difference could be luck or is not known.
        told: the interval and the test, or why there are none.
    """

    name: str
    before: str
    after: str
    difference: str
    verdict: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table under its title. `rows_in_all` is more than it has where it is only the beginning."""

    title: str
    frame: pd.DataFrame
    note: str = ""
    rows_in_all: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart under its title."""

    title: str
    figure: go.Figure
    note: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word (or a whole item) and its labels.

    Attributes:
        given: one label per side.
        right: what is held to be right; "" = nobody said.
        became: fixed, broken, moved, changed, or "" for a label that stayed.
    """

    form: str
    given: tuple[str, ...]
    right: str = ""
    became: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence word by word, or one item (a single word: its whole text)."""

    title: str
    words: tuple[Word, ...]
    direction: str = "ltr"


@dataclass(frozen=True, slots=True)
class Sentences:
    """Some sentences under a title; `note` says how they were chosen."""

    title: str
    sentences: tuple[Sentence, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Gains:
    """The leading figures side by side."""

    gains: tuple[Gain, ...]
    note: str = ""


Part = Gains | Table | Figure | Sentences


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under a heading of its own."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Attributes:
        facts: what was compared, name -> value.
        sides: what the sides are called, in the order of `Word.given`.
        colors: colours of labels (#RRGGBB).
        caption: what everything in it was made from (`dashboard.captions`).
        command: how to get it again; "" = not known.
        made: when, as text.
    """

    title: str
    facts: Mapping[str, str]
    sections: tuple[Section, ...]
    sides: tuple[str, ...] = ()
    colors: Mapping[str, str] = field(default_factory=dict)
    subtitle: str = ""
    caption: str = ""
    command: str = ""
    made: str = ""
