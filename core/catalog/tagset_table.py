"""Labels as annotators meet them: a guideline, a key and a colour for each."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from core.types import LabelInfo, TaskName

LETTERS = "acdefghijklmnopqrstvwxyz"
DIGITS = "4567890"
"""Keys for labels: all but those that mean something else while annotating (b, u and 1 to 3)."""
COLORS = (
    "#0072B2", "#D55E00", "#117733", "#CC79A7", "#E69F00", "#56B4E9", "#332288", "#882255", "#44AA99",
    "#999933", "#AA4499", "#661100", "#6699CC", "#888888",
)  # fmt: skip


def tagset(task: TaskName, labels: Sequence[str]) -> tuple[LabelInfo, ...]:
    """What is known of the labels, in their order; entity tags come as one type (B-PER, I-PER: PER).

    A label of one's own gets no guideline, the first letter of its name that is free as key (or a
    digit, or none where all are taken), and a colour no other label has while there is one.
    """
    names = dict.fromkeys(_type(label) if task == "ner" else label for label in labels)
    known = {name: info for name, info in _known().get(task, {}).items() if name in names}
    keys = {info.key for info in known.values()}
    colors = {info.color for info in known.values()}
    found = []
    for place, name in enumerate(names):
        info = known.get(name) or LabelInfo(name, "", _free_key(name, keys), _free_color(place, colors))
        keys.add(info.key)
        colors.add(info.color)
        found.append(info)
    return tuple(found)


def _type(label: str) -> str:
    return label[2:] if label[:2] in ("B-", "I-") and len(label) > 2 else label


def _free_key(name: str, taken: Collection[str]) -> str:
    own = [letter for letter in name.lower() if letter in LETTERS]
    return next((key for key in (*own, *DIGITS, *LETTERS) if key not in taken), "")


def _free_color(place: int, taken: Collection[str]) -> str:
    start = place % len(COLORS)
    turned = COLORS[start:] + COLORS[:start]
    return next((color for color in turned if color not in taken), turned[0])


@lru_cache(maxsize=1)
def _known() -> Mapping[str, Mapping[str, LabelInfo]]:
    table = tomllib.loads(files("core.catalog").joinpath("tagsets.toml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            task: MappingProxyType({label: LabelInfo(label, **facts) for label, facts in labels.items()})
            for task, labels in table.items()
        }
    )
