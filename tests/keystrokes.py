"""A perfect annotator at the labeller: which keys correct an item, and what they do there.

The moves are those of `dashboard/widgets/labeller` (work.js, bio.js, doing.js) written again for one line of
words, without up and down, which depend on the width of the window. The browser tests press the planned keys
and compare labels and counts with what is planned here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

UNSURE = 0.8
LEAP = 5
MOVES = (
    "ArrowRight",
    "ArrowLeft",
    "Control+ArrowRight",
    "Control+ArrowLeft",
    "Tab",
    "Shift+Tab",
    "Home",
    "End",
)
Keys = list[str]


@dataclass
class Line:
    """One item on the screen: labels, where the cursor stands, what has been touched.

    `keys` gives the key of a label, or of an entity type.
    """

    labels: list[str]
    confidences: Sequence[float | None]
    keys: Mapping[str, str]
    spans: bool = False
    cursor: int = 0
    anchor: int = 0
    touched: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.at(max(0, self.unsure(-1, 1)))

    def at(self, place: int) -> None:
        self.cursor = self.anchor = min(max(place, 0), len(self.labels) - 1)

    def unsure(self, start: int, step: int) -> int:
        """The next unsure word in that direction; -1 where there is none."""
        place = start + step
        while 0 <= place < len(self.labels):
            sure = self.confidences[place]
            if place not in self.touched and sure is not None and sure < UNSURE:
                return place
            place += step
        return -1

    def reached(self, start: int, move: str) -> int:
        """Where a move leads from a place; -1 where the key would leave the labeller."""
        last = len(self.labels) - 1
        step = {
            "ArrowRight": start + 1, "ArrowLeft": start - 1, "Home": 0, "End": last,
            "Control+ArrowRight": start + LEAP, "Control+ArrowLeft": start - LEAP,
        }.get(move)  # fmt: skip
        if step is not None:
            return min(max(step, 0), last)
        return self.unsure(start, -1 if move == "Shift+Tab" else 1)

    def way(self, start: int, goal: int) -> Keys:
        """The fewest moves from one place to another."""
        queue, seen = deque([(start, Keys())]), {start}
        while queue:
            place, path = queue.popleft()
            if place == goal:
                return path
            for move in MOVES:
                to = self.reached(place, move)
                if to >= 0 and to not in seen:
                    seen.add(to)
                    queue.append((to, [*path, move]))
        raise AssertionError("every word can be reached by arrows")

    def press(self, key: str) -> None:
        """Do what the labeller does."""
        if key in MOVES:
            self.at(self.reached(self.cursor, key))
        elif key == "Shift+ArrowRight":
            self.cursor = min(self.cursor + 1, len(self.labels) - 1)
        elif key == "Backspace":
            self._give("O", *(self.entity(self.cursor) if self.anchor == self.cursor else self._chosen()))
        elif key != "Enter":
            fresh = key.startswith("Shift+")
            letter = key.removeprefix("Shift+").lower()
            name = next(name for name, known in self.keys.items() if known == letter)
            self._give(name, *self._chosen(), fresh=fresh)

    def _chosen(self) -> tuple[int, int]:
        return min(self.anchor, self.cursor), max(self.anchor, self.cursor)

    def _give(self, name: str, first: int, last: int, *, fresh: bool = False) -> None:
        places = range(first, last + 1)
        if not self.spans or name == "O":
            self.labels[first : last + 1] = [name for _ in places]
        else:
            joined = self._ends(first - 1, name) and first == last and not fresh
            self.labels[first : last + 1] = [
                f"{'B' if at == first and not joined else 'I'}-{name}" for at in places
            ]
        after = last + 1
        if (
            after < len(self.labels)
            and self.labels[after].startswith("I-")
            and not self._ends(last, self.labels[after][2:])
        ):
            self.labels[after] = f"B-{self.labels[after][2:]}"
        self.touched.update(places)
        self.at(last + 1)

    def _ends(self, place: int, name: str) -> bool:
        return place >= 0 and self.labels[place] in (f"B-{name}", f"I-{name}")

    def entity(self, place: int) -> tuple[int, int]:
        """First and last word of the entity at a place."""
        first = last = place
        if self.labels[place] == "O":
            return first, last
        while self.labels[first].startswith("I-") and self._ends(first - 1, self.labels[first][2:]):
            first -= 1
        while (
            last + 1 < len(self.labels)
            and self.labels[last + 1].startswith("I-")
            and self._ends(last, self.labels[last + 1][2:])
        ):
            last += 1
        return first, last

    def go(self, keys: Sequence[str]) -> Keys:
        for key in keys:
            self.press(key)
        return list(keys)


def words(line: Line, gold: Sequence[str]) -> Keys:
    """Keys that correct parts of speech from left to right, with the Enter at the end."""
    pressed: Keys = []
    for place, label in enumerate(gold):
        if line.labels[place] != label:
            pressed += line.go([*line.way(line.cursor, place), line.keys[label]])
    assert line.labels == list(gold)
    return [*pressed, "Enter"]


def entities(line: Line, gold: Sequence[str]) -> Keys:
    """Keys that correct entities from left to right, with the Enter at the end."""
    pressed: Keys = []
    gold = legal(gold)
    while (place := _wrong(line, gold)) >= 0:
        assert len(pressed) < 20 * len(gold), "it never comes right"
        if gold[place] == "O":
            pressed += line.go(
                [*line.way(line.cursor, place), "Backspace" if _false(line, gold, place) else line.keys["O"]]
            )
            continue
        key = line.keys[gold[place][2:]]
        begins = gold[place].startswith("B-") and place and line.labels[place - 1][2:] == gold[place][2:]
        pressed += line.go([*line.way(line.cursor, place), f"Shift+{key.upper()}" if begins else key])
    return [*pressed, "Enter"]


def legal(labels: Sequence[str]) -> list[str]:
    """The labels, each I- that continues nothing read as a beginning, as the labeller saves them."""
    out: list[str] = []
    for label in labels:
        goes_on = out and out[-1] in (f"B-{label[2:]}", f"I-{label[2:]}")
        out.append(f"B-{label[2:]}" if label.startswith("I-") and not goes_on else label)
    return out


def _wrong(line: Line, gold: Sequence[str]) -> int:
    return next((at for at, label in enumerate(gold) if line.labels[at] != label), -1)


def _false(line: Line, gold: Sequence[str], place: int) -> bool:
    """Whether the whole entity there is none."""
    first, last = line.entity(place)
    return all(gold[at] == "O" for at in range(first, last + 1))
