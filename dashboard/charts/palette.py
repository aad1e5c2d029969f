"""Colours of labels and of the two themes.

The 17 UPOS colours of charts were measured under three colour-vision simulations (smallest
CIEDE2000 distance 13.1). Chips use tints grouped by word class instead: their label is always
written on them as well.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

UPOS = {
    "NOUN": "#4E3A48", "PROPN": "#74CBFD", "PRON": "#9A81B0", "NUM": "#8018E7", "VERB": "#B02104",
    "AUX": "#E19353", "ADJ": "#6D0D11", "ADV": "#536247", "DET": "#A24480", "ADP": "#EF2665",
    "CCONJ": "#690D70", "SCONJ": "#8872FB", "PART": "#94A4A3", "INTJ": "#9CEF1A", "PUNCT": "#CFD5DF",
    "SYM": "#5C8775", "X": "#D4C8B1",
}  # fmt: skip
CHIPS = {
    "NOUN": "#0072B2", "PROPN": "#56B4E9", "PRON": "#88CCEE", "NUM": "#5A4FCF", "VERB": "#D55E00",
    "AUX": "#E69F00", "ADJ": "#117733", "ADV": "#44AA99", "DET": "#999933", "ADP": "#CC79A7",
    "CCONJ": "#882255", "SCONJ": "#AA4499", "PART": "#CC6677", "INTJ": "#C9B400", "PUNCT": "#8A8F98",
    "SYM": "#6E7681", "X": "#A6A6A6",
}  # fmt: skip
OTHERS = {
    "PER": "#0072B2", "ORG": "#D55E00", "LOC": "#117733", "DATE": "#AA4499", "MISC": "#999933",
    "O": "#9AA0A6", "entailment": "#117733", "neutral": "#B58900", "contradiction": "#B3261E",
}  # fmt: skip
CATEGORICAL = (
    "#0072B2", "#D55E00", "#117733", "#CC79A7", "#E69F00", "#56B4E9", "#332288", "#882255", "#44AA99",
    "#999933", "#AA4499", "#661100", "#6699CC", "#888888",
)  # fmt: skip
FONT = "Noto Sans, Source Sans, Noto Sans Ethiopic, Noto Sans Arabic, sans-serif"


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of one theme. `scale` goes from nothing to much; contrast is against `surface`."""

    ink: str
    muted: str
    grid: str
    surface: str
    accent: str
    good: str
    bad: str
    moved: str
    quiet: str
    scale: tuple[str, ...]


LIGHT = Theme(
    "#1B2430", "#5A6675", "#E3E8ED", "#FFFFFF", "#0B5C8A", "#117733", "#B3261E", "#B35C00", "#AEB8C2",
    ("#F7FAFD", "#CFE1F2", "#93C3DF", "#4B97C9", "#1864AA", "#0A3D78"),
)  # fmt: skip
DARK = Theme(
    "#E7ECF1", "#9AA7B4", "#2A333D", "#12161B", "#6CB6E3", "#5BBF8A", "#F28B82", "#F0A54B", "#55616E",
    ("#171D24", "#1D3A52", "#24587F", "#3379AB", "#58A2D4", "#A5D4F2"),
)  # fmt: skip


def theme(dark: bool) -> Theme:  # noqa: FBT001
    return DARK if dark else LIGHT


def entity(label: str) -> str:
    """The type of a BIO tag (`B-PER` -> `PER`); any other label itself."""
    return label[2:] if label[:2] in {"B-", "I-"} else label


def chip_color(label: str, labels: Sequence[str] = (), colors: Mapping[str, str] | None = None) -> str:
    """Colour of a label's chip: that of `colors`, by label or entity type, else the palette's.

    Labels that neither knows take theirs by place in the label set.
    """
    name = entity(label)
    known = {**CHIPS, **OTHERS, **(colors or {})}
    if name in known:
        return known[name]
    names = list(dict.fromkeys(entity(item) for item in labels))
    return CATEGORICAL[names.index(name) % len(CATEGORICAL)] if name in names else "#8A8F98"


def chart_color(label: str, labels: Sequence[str] = (), colors: Mapping[str, str] | None = None) -> str:
    """Colour of a label in a chart; one of `colors` wins where it is not the usual chip's."""
    chosen = (colors or {}).get(entity(label), "")
    if chosen and chosen != CHIPS.get(label):
        return chosen
    return UPOS.get(label) or chip_color(label, labels)


def styled(figure: Any, colors: Theme, *, height: int, legend: bool = False) -> Any:
    """The house look: no background of its own, quiet grid, no moving parts."""
    figure.update_layout(house_look(colors, height=height, legend=legend))
    return figure


def house_look(
    colors: Theme,
    *,
    height: int,
    legend: bool = False,
    x: Mapping[str, Any] | None = None,
    y: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The layout of `styled`, for figures made in one go (each later change costs milliseconds).

    `x` and `y` are settings of the axes; `title` there is a text.
    """
    font = {"family": FONT, "size": 12.5, "color": colors.ink}
    return {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 34 if legend else 10, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": font,
        "showlegend": legend,
        "legend": {
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.0,
            "x": 0,
            "title": None,
            "font": {"size": 12},
        },
        "hoverlabel": {"font": font, "bgcolor": colors.surface, "bordercolor": colors.quiet},
        "dragmode": False,
        "bargap": 0.25,
        "xaxis": _axis(colors, colors.muted, x or {}),
        "yaxis": _axis(colors, colors.ink, y or {}),
    }


def clickable_look(
    colors: Theme,
    *,
    height: int,
    legend: bool = False,
    x: Mapping[str, Any] | None = None,
    y: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """As `house_look`, for figures whose marks can be clicked.

    A click selects only where plotly would also let one drag; axes with a range stay where they are.
    """
    free = {"fixedrange": False}
    look = house_look(colors, height=height, legend=legend, x=_held(x or {}) | free, y=_held(y or {}) | free)
    return look | {"dragmode": "pan"}


def _held(axis: Mapping[str, Any]) -> dict[str, Any]:
    ends = axis.get("range")
    return {**axis, "minallowed": min(ends), "maxallowed": max(ends)} if ends else dict(axis)


def escaped(text: str) -> str:
    """A text from outside for a place where plotly would read markup."""
    return html.escape(text, quote=False)


def short(text: str, most: int) -> str:
    """A text from outside, escaped, cut to so many characters."""
    return escaped(text if len(text) <= most else f"{text[: most - 1]}…")


def _axis(colors: Theme, ticks: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    title: dict[str, Any] = {"font": {"color": colors.muted, "size": 12}}
    if "title" in settings:
        title["text"] = settings["title"]
    return {
        "gridcolor": colors.grid,
        "zeroline": False,
        "linecolor": colors.grid,
        "automargin": True,
        "fixedrange": True,
        "tickfont": {"color": ticks},
        **settings,
        "title": title,
    }


def enlarged(figure: Any) -> Any:
    """The same figure for a projector: larger type, more height."""
    figure.update_layout(height=int(figure.layout.height * 1.15), font_size=16, legend_font_size=16)
    figure.update_xaxes(title_font_size=16)
    figure.update_yaxes(title_font_size=16)
    figure.update_annotations(font_size=16)
    figure.update_traces(textfont_size=14, selector={"mode": "text"})
    return figure
