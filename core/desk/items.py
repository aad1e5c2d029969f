"""Items as the labeller shows them: words, labels, confidences, suggestions, and all there is beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.desk.heard import Heard
from core.desk.material import Labelling, Material, Suggestions
from core.desk.remarks import remarked
from core.formats.extras import NO_GLOSS, per_token
from core.store import Store, views
from core.store.facts_annotations import BLIND, LAYER
from core.store.views_desk import Said
from core.store.views_people import partly_said
from core.types import Instance, Record

SUGGESTIONS = 3
BY = "by:"
Item = dict[str, Any]
Given = tuple[Sequence[str], Sequence[float | None]]


@dataclass(frozen=True, slots=True)
class Showing:
    """How an item is shown.

    Attributes:
        layer: where what is said of it goes; its version is the item's.
        blind: nothing that anybody thinks of it is told.
        alone: nothing that other people say is told: this is one of several who label it.
        adjudicate: what people said stands beneath each word.
        why: one line on why it is in the queue.
    """

    layer: str = LAYER
    blind: bool = False
    alone: bool = False
    adjudicate: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything that is known of one item: N units (words, or the item as a whole) are labelled."""

    instance: Instance
    n: int
    version: int
    layers: Mapping[str, Said]
    remarks: Sequence[Mapping[str, Any]]
    partly: Mapping[int, str] | None
    shown: Given | None
    beside: Sequence[tuple[str, Given]]
    posteriors: Sequence[Suggestions]


def items(
    store: Store,
    material: Material,
    heard: Heard,
    positions: Sequence[int],
    how: Callable[[int], Showing],
) -> list[Item]:
    """The items at these positions, in this order; those that do not exist are left out."""
    if not positions:
        return []
    dataset = material.dataset.id
    if material.tokens:
        heard.count(material.forms)
    edited = {at: heard.words[at] for at in positions if at in heard.words}
    found = material.fetch(store, positions, edited)
    touched = [at for at in positions if at in heard.repeated]
    partly = partly_said(store, dataset, touched) if touched else {}
    shown = []
    for at in [at for at in positions if at in found]:
        instance, version = found[at], edited.get(at, 0)
        labelled, beside = _labels(store, material, at, version)
        known = _Known(
            instance=instance,
            n=len(instance.tokens) if material.tokens else 1,
            version=version,
            layers=heard.said.get(at, {}),
            remarks=heard.remarks.get(at, ()),
            partly=partly.get(at),
            shown=labelled,
            beside=beside,
            posteriors=() if version else material.posteriors.get(at, ()),
        )
        shown.append(_item(material, heard, known, how(at)))
    return shown


def _labels(
    store: Store, material: Material, position: int, version: int
) -> tuple[Given | None, list[tuple[str, Given]]]:
    """What the run says of an item, and others; of one whose words were edited read anew."""

    def of(one: Labelling) -> Given | None:
        return _moved(store, one, position) if version else one.of(position)

    beside = [(one.name, given) for one in material.beside if (given := of(one))]
    return (of(material.shown) if material.shown else None), beside


def _moved(store: Store, one: Labelling, position: int) -> Given | None:
    """Labels of a stage over the words of now; those that were handed on are as unsure as can be."""
    found = views.predictions(store, one.run_id, one.stage, [position], hand_on=True).get(position)
    if found is None:
        return None
    return found.labels, found.confidences or (None,) * len(found.labels)


def _item(material: Material, heard: Heard, known: _Known, how: Showing) -> Item:
    instance, mine = known.instance, known.layers.get(how.layer)
    units: list[dict[str, Any]] = [{"l": "", "c": None, "s": [], "h": False, "o": []} for _ in range(known.n)]
    if not how.blind:
        units = _units(known, how, material.shown.name if material.shown else "")
    pair = instance.text_b is not None
    texts = (
        [("Premise", instance.text), ("Hypothesis", instance.text_b or "")] if pair else [("", instance.text)]
    )
    return {
        "id": instance.position,
        "version": mine.version if mine else 0,
        "tv": known.version,
        "tokens": _with_forms(material, known, units, how, heard) if material.tokens else [],
        "item": None if material.tokens else units[0],
        "texts": [] if material.tokens else [{"n": name, "t": text} for name, text in texts],
        "why": how.why,
        "head": str(instance.meta.get("sent_id") or instance.meta.get("id") or f"#{instance.position}"),
        **remarked(instance, known.remarks),
    }


def _units(known: _Known, how: Showing, shown: str) -> list[dict[str, Any]]:
    """Per unit l, c, s, h, o."""
    told, counts = _told(known, how)
    machine = _fitting(known.shown, known.n)
    others, ranked = _others(known, how, shown), _ranked(known)
    units = []
    for at in range(known.n):
        label = told[at] or machine[at][0] or ""
        units.append(
            {
                "l": label,
                "c": None if told[at] else machine[at][1],
                "s": _best([pair for pair in ranked[at].items() if pair[0] != label]),
                "h": bool(told[at]) and counts,
                "o": others[at],
            }
        )
    return units


def _fitting(given: Given | None, n: int) -> list[tuple[str, float | None]]:
    if given is None or len(given[0]) != n:
        return [("", None)] * n
    return [(label, sure if label else None) for label, sure in zip(*given, strict=True)]


def _told(known: _Known, how: Showing) -> tuple[list[str], bool]:
    """What humans say of each unit ("" = nothing), and whether that is this layer's word."""
    mine, n = known.layers.get(how.layer), known.n
    if mine and mine.labels and len(mine.labels) == n:
        if how.layer == LAYER and known.partly is not None:
            return [known.partly.get(at, "") for at in range(n)], True
        return list(mine.labels), True
    people = [row.labels for layer, row in known.layers.items() if _person(layer) and row.labels]
    fitting = [labels for labels in people if len(labels) == n] if how.adjudicate else []
    return [_most(labels[at] for labels in fitting) for at in range(n)] if fitting else [""] * n, False


def _most(labels: Any) -> str:
    """The label that most gave; of those that as many gave, the first."""
    given = [label for label in labels if label]
    return max(given, key=given.count) if given else ""


def _person(layer: str) -> str:
    return layer.removeprefix(BY) if layer.startswith(BY) else ""


def _others(known: _Known, how: Showing, shown: str) -> list[list[list[str]]]:
    """Per unit (whose, label): people, but where somebody labels alone; then other stages and runs."""
    sources = [] if how.alone else _people(known, how)
    if not how.adjudicate:
        if how.layer in known.layers and known.shown:
            sources.append((shown, known.shown[0]))
        sources += [(name, given[0]) for name, given in known.beside]
    found: list[list[list[str]]] = [[] for _ in range(known.n)]
    for name, labels in sources:
        for at, label in enumerate(labels[: known.n]):
            if label:
                found[at].append([name, label])
    return found


def _people(known: _Known, how: Showing) -> list[tuple[str, Sequence[str]]]:
    found: list[tuple[str, Sequence[str]]] = []
    for layer, row in sorted(known.layers.items()):
        if row.labels and layer != BLIND and (layer != how.layer or how.adjudicate):
            found.append((_person(layer) or row.author, row.labels))
    return found


def _ranked(known: _Known) -> list[dict[str, float]]:
    """Per unit the labels that a stage or run gave, or found likely: label -> how likely."""
    found: list[dict[str, float]] = [{} for _ in range(known.n)]
    for given in (known.shown, *(given for _, given in known.beside)):
        for at, (label, sure) in enumerate(_fitting(given, known.n)):
            if label:
                found[at][label] = max(found[at].get(label, 0.0), sure or 0.0)
    for at, row in enumerate(known.posteriors[: known.n]):
        for label, share in row:
            found[at].setdefault(label, share)
    return found


def _best(spoken: Sequence[tuple[str, float]]) -> list[list[Any]]:
    ranked = sorted(spoken, key=lambda pair: -pair[1])[:SUGGESTIONS]
    return [[label, round(float(share), 4)] for label, share in ranked]


def _with_forms(
    material: Material, known: _Known, units: Sequence[dict[str, Any]], how: Showing, heard: Heard
) -> list[dict[str, Any]]:
    """Tokens: form, gloss, transliteration and the form elsewhere, with what is known of their labels."""
    glosses, letters = _under(known, "glosses", "gloss"), _under(known, "transliterations", "")
    shown = []
    for at, (form, unit) in enumerate(zip(known.instance.tokens, units, strict=True)):
        n, labels = (0, ()) if how.blind or how.alone else material.elsewhere(form, heard.forms.get(form))
        elsewhere = [[label, count] for label, count in labels] if n > 1 else []
        under = {"g": glosses[at], "r": letters[at]}
        shown.append({"f": form, **under, **unit, "n": max(0, n - 1), "e": elsewhere})
    return shown


def _under(known: _Known, name: str, kind: str) -> list[str]:
    """Per word what stands under it: as the file has it, or as somebody said since."""
    given = per_token(Record(known.instance), name) or [""] * known.n
    found = ["" if text == NO_GLOSS else text for text in given]
    for remark in known.remarks:
        at = remark["token"]
        if remark["kind"] == kind and at is not None and 0 <= at < known.n:
            found[at] = remark["text"]
    return found
