"""Sentences as chips: form, label, colour by label, confidence as underline. Read-only."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import streamlit as st

from core.formats.extras import NO_GLOSS, per_token, translations_of
from core.types import Instance, Labels, Prediction, Record
from dashboard import naming, state
from dashboard.charts.flow import kind
from dashboard.charts.palette import chip_color

HERE = Path(__file__).parent
Block = dict[str, Any]
Shade = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One stage's labels of a sentence, under the name they are shown with."""

    name: str
    labels: Labels
    confidences: tuple[float, ...] | None = None

    @classmethod
    def of(cls, name: str, prediction: Prediction) -> Line:
        return cls(name, prediction.labels, prediction.confidences)


@lru_cache(maxsize=1)
def _component() -> Any:
    return st.components.v2.component(
        "ssp_strip",
        html='<div id="mount"></div>',
        css=(HERE / "strip.css").read_text("utf8"),
        js=(HERE / "strip.js").read_text("utf8"),
    )


def block(
    instance: Instance, lines: Sequence[Line], label_set: Labels, colors: Mapping[str, str] | None = None
) -> Block:
    """What the component shows of one instance: tokens with a label per line, or texts and answers.

    With more than one line (Stage I, Stage II, Gold; any of them may be missing) each token also says
    what became of it. Glosses and translations that came with the instance stand below.
    """
    shade = partial(chip_color, labels=label_set, colors=colors)
    under = _under(instance)
    if instance.tokens:
        shown = [_token(form, place, lines, shade) for place, form in enumerate(instance.tokens)]
        for name, field in (("g", "glosses"), ("r", "transliterations")):
            for token, text in zip(shown, per_token(Record(instance), field), strict=False):
                token.update({name: text} if text not in ("", NO_GLOSS) else {})
        return {"tokens": shown, **under}
    names = ("Premise", "Hypothesis") if instance.text_b is not None else ("", "")
    texts = [{"n": names[0], "t": instance.text}]
    if instance.text_b is not None:
        texts.append({"n": names[1], "t": instance.text_b})
    answers = [_answer(line, lines, shade) for line in lines if line.labels]
    return {"texts": texts, "answers": answers, **under}


def _under(instance: Instance) -> Block:
    """The whole sentence again: in Latin letters, in other languages."""
    whole = instance.meta.get("transliteration")
    told = [{"n": "Transliteration", "t": whole}] if isinstance(whole, str) and whole.strip() else []
    for code, text in translations_of(Record(instance)).items():
        told.append({"n": naming.translation_title(code), "t": text})
    return {"under": told} if told else {}


def _token(form: str, place: int, lines: Sequence[Line], shade: Shade) -> dict[str, Any]:
    labels = [[line.labels[place], shade(line.labels[place]), _confidence(line, place)] for line in lines]
    return {"f": form, "l": labels, "k": _kind(lines, place)}


def _answer(line: Line, lines: Sequence[Line], shade: Shade) -> dict[str, Any]:
    label = line.labels[0]
    became = _kind(lines, 0) if line.name == "Stage II" else None
    name = line.name if len(lines) > 1 else ""
    return {"n": name, "l": label, "c": shade(label), "p": _confidence(line, 0), "k": became}


def _confidence(line: Line, place: int) -> float | None:
    value = line.confidences[place] if line.confidences else None
    return None if value is None or value != value else round(float(value), 4)


def _kind(lines: Sequence[Line], place: int) -> str | None:
    if len(lines) < 2:
        return None
    labels = {line.name: line.labels[place] for line in lines}
    gold = labels.pop("Gold", None)
    told = list(labels.values())
    return kind(told[0], told[-1], gold)


def strip(
    blocks: Sequence[Block],
    *,
    rows: Sequence[str],
    direction: str,
    key: str,
    cards: bool = False,
    legend: str = "",
    about: Mapping[str, str] | None = None,
    pick: str = "",
) -> None:
    """Show blocks. `rows` names the lines of each token; `cards` lays them out with rank and bars.

    Under them stands `legend`, until a token is pointed at: then its details. `about` says what a
    label (or entity type) means. `pick` names the part of the view that holds the place of a chosen
    token: a click or Enter then chooses one. A block may have `rows` and a `dir` of its own.
    """
    data = {
        "dir": direction,
        "cards": cards,
        "legend": legend,
        "rows": list(rows),
        "about": dict(about or {}),
        "blocks": list(blocks),
        "pick": bool(pick),
        "picked": getattr(state.view(), pick) if pick else -1,
    }
    json.dumps(data, allow_nan=False)  # a numpy scalar or NaN would arrive as nonsense, silently
    _component()(data=data, **(state.pick_to_view(key, pick) if pick else {"key": key}))


def bars(values: Mapping[str, tuple[float, str]]) -> list[dict[str, Any]]:
    """Bars of a card: name -> (share of the full length in [0, 1], what is written beside it)."""
    return [{"n": name, "v": float(share), "t": text} for name, (share, text) in values.items()]
