"""How sides of a comparison are told apart: number, colour, symbol and dash, never colour alone."""

from __future__ import annotations

from dataclasses import dataclass

LIGHT = ("#0B5C8A", "#B35C00", "#117733", "#882255", "#5A4FCF", "#5C5A1E")
DARK = ("#6CB6E3", "#F0A54B", "#5BBF8A", "#E08AB4", "#A79BF5", "#C9C46A")
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "star")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


@dataclass(frozen=True, slots=True)
class SideLook:
    """The look of one side; `number` is what people call it, from 1."""

    number: str
    color: str
    symbol: str
    dash: str


def side_look(place: int, *, dark: bool) -> SideLook:
    """The look of the side at a place from 0; beyond the sixth the looks begin anew, the numbers go on."""
    colors, turn = (DARK if dark else LIGHT), place % len(SYMBOLS)
    return SideLook(str(place + 1), colors[turn], SYMBOLS[turn], DASHES[turn])
