"""Tokens as ribbons between stations: laid out here, since ribbons of plotly's own cannot be clicked.

Lengths are pixels: the figure's height is what the layout needs, so that a label is never under another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

TALL = 300.0
"""Pixels that all drawn tokens fill together at one station."""
SLOT, GAP = 16.0, 5.0
"""Pixels a node takes at least, for its label, and the room to the next."""
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Path:
    """Tokens with the same label at every station; `shown` is how many are drawn (see `weighed`)."""

    labels: tuple[str, ...]
    kind: str
    count: int
    shown: float


@dataclass(frozen=True, slots=True)
class Node:
    """A label at a station: `top` and `height` in pixels, `count` in tokens."""

    station: int
    label: str
    count: int
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Tokens between two stations: its upper edge at both ends and its width, in pixels."""

    station: int
    start: str
    end: str
    kind: str
    count: int
    tops: tuple[float, float]
    width: float


@dataclass(frozen=True, slots=True)
class Layout:
    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]
    height: float


def weighed(rows: Sequence[tuple[tuple[str, ...], str, int]]) -> tuple[list[Path], float]:
    """Paths of (labels, kind, count), and the share of its true width that what did not change is drawn at.

    Unchanged tokens (kinds that begin with `same`) are mostly nearly all: they are drawn at a scale of their
    own, together never wider than all that changed.
    """
    kept = sum(count for _, kind, count in rows if kind.startswith("same"))
    changed = sum(count for _, _, count in rows) - kept
    scale = min(1.0, changed / kept) if kept and changed else 1.0
    paths = [
        Path(labels, kind, count, count * (scale if kind.startswith("same") else 1.0))
        for labels, kind, count in rows
    ]
    return paths, scale


def layout(paths: Sequence[Path], kinds: Sequence[str]) -> Layout:
    """Where everything lies. Labels are in the same order at every station: most tokens first, other last."""
    total = sum(path.shown for path in paths)
    pixels = TALL / total if total else 0.0
    order = _order(paths)
    stations = range(len(paths[0].labels) if paths else 0)
    columns = [_column(paths, station, order, pixels) for station in stations]
    height = max((column[-1].top + max(column[-1].height, SLOT) for column in columns), default=0.0)
    nodes = [_moved(node, (height - _bottom(column)) / 2) for column in columns for node in column]
    return Layout(tuple(nodes), tuple(_ribbons(paths, nodes, order, kinds, pixels)), height)


def _order(paths: Sequence[Path]) -> dict[str, int]:
    sizes: dict[str, float] = defaultdict(float)
    for path in paths:
        for label in path.labels:
            sizes[label] += path.shown
    ranked = sorted(sizes, key=lambda label: (label == OTHER, -sizes[label], label))
    return {label: place for place, label in enumerate(ranked)}


def _column(paths: Sequence[Path], station: int, order: dict[str, int], pixels: float) -> list[Node]:
    shown: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for path in paths:
        shown[path.labels[station]] += path.shown
        counts[path.labels[station]] += path.count
    column, top = [], 0.0
    for label in sorted(shown, key=order.__getitem__):
        height = shown[label] * pixels
        slot = max(height, SLOT)
        column.append(Node(station, label, counts[label], top + (slot - height) / 2, height))
        top += slot + GAP
    return column


def _bottom(column: Sequence[Node]) -> float:
    last = column[-1]
    return last.top + (last.height + max(last.height, SLOT)) / 2


def _moved(node: Node, by: float) -> Node:
    return Node(node.station, node.label, node.count, node.top + by, node.height)


def _ribbons(
    paths: Sequence[Path], nodes: Sequence[Node], order: dict[str, int], kinds: Sequence[str], pixels: float
) -> Iterator[Ribbon]:
    rank = {kind: place for place, kind in enumerate(kinds)}
    tops = {(node.station, node.label): node.top for node in nodes}
    for station in range(len(paths[0].labels) - 1 if paths else 0):
        sums: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0, 0.0])
        for path in paths:
            held = sums[path.labels[station], path.labels[station + 1], path.kind]
            held[0] += path.count
            held[1] += path.shown
        leave = _stacked(sums, lambda key: (order[key[0]], order[key[1]], rank[key[2]]), 0, pixels)
        reach = _stacked(sums, lambda key: (order[key[1]], order[key[0]], rank[key[2]]), 1, pixels)
        for key, (count, shown) in sums.items():
            ends = tops[station, key[0]] + leave[key], tops[station + 1, key[1]] + reach[key]
            yield Ribbon(station, *key, int(count), ends, shown * pixels)


Key = tuple[str, str, str]


def _stacked(
    sums: dict[Key, list[float]], by: Callable[[Key], tuple[int, ...]], side: int, pixels: float
) -> dict[Key, float]:
    """How far below the upper edge of its node each ribbon begins."""
    taken: dict[str, float] = defaultdict(float)
    found = {}
    for key in sorted(sums, key=by):
        found[key] = taken[key[side]]
        taken[key[side]] += sums[key][1] * pixels
    return found
