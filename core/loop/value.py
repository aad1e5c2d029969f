"""What it is worth to correct an item now: which one teaches the rest most.

A word's doubt (1 - confidence) counts for itself and for the doubt of the same form elsewhere, which type
consensus carries a human label to; an item counts for every prompt that shows it; labels that the surely
labelled part of the pool has little of count more. For NER only an item's most telling forms count, and its
length. Items are taken greedily: what one correction settles is not counted again for the next. All of it is
arithmetic on stored labels. It was chosen on the source languages of POS and NER, each left out in turn, and
for NER on nya, sna, tsn, twi, zul and lug as well; not on gsw, fo, ibo and hau, on which the gain is told.
"""

from __future__ import annotations

import heapq
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import StudioError
from core.labelers.crf_features import norm
from core.store import Store, views
from core.store.views_columns import Column

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

UNSURE = 0.5
"""Doubt of a label whose confidence nobody knows."""
DISAGREED = 0.5
"""Doubt, at least, of a label that the stage before gave otherwise."""
CARRIED = 0.5
"""Share of the doubt of a form elsewhere that one human label of it settles."""
SHOWN = 0.2
"""Weight of the prompts that show an item, of log2(1 + n)."""
STRONGEST = 3.0
"""A label can count this much more than another for being rare, and no more."""
TELLING = 5
"""Forms of an item that count for NER: many small doubts of words that are O are length, not a lesson."""
OPENING = 40
"""Turning to an item costs as much as so many words of it: for NER, worth is per effort."""
GREEDY = 2000
"""Items taken one after another; those behind them are in the order of what they are worth alone."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What an item is worth.

    Attributes:
        value: comparable within one list; about one wrong label mended (NER: per effort, see `OPENING`).
        reason: one line for people.
        parts: `doubt` expected wrong labels in it, `forms` expected wrong labels of the same forms elsewhere,
            `prompts` how many prompts show it, `scarcity` the mean factor of its labels for being rare.
    """

    position: int
    value: float
    reason: str
    parts: dict[str, float]


REMEMBERED = 4
"""Lists kept in this process, one for each run and state of the log."""
_KNOWN: OrderedDict[tuple[Path, str, str, str], list[Worth]] = OrderedDict()
_LOCK = threading.Lock()


def values(store: Store, run_id: str, stage: str | None = None) -> list[Worth]:
    """The items of a run that nobody has corrected, most valuable first; kept until somebody says more.

    Args:
        stage: whose labels and confidences are doubted; None = the last stage of the run.

    Raises:
        UnknownName: no such run. StudioError: it holds no labels, or not of that stage.
    """
    said = views.last_said(store, views.run(store, run_id)["dataset"]).isoformat()
    key = (store.path, run_id, stage or "", said)
    with _LOCK:
        if key in _KNOWN:
            return _KNOWN[key]
    material = material_of(store, run_id, stage)
    found = _told(material, ordered(material))
    with _LOCK:
        _KNOWN[key] = found
        while len(_KNOWN) > REMEMBERED:
            _KNOWN.popitem(last=False)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """P pairs of an item with a form that it has, sorted by item; F forms.

    Attributes:
        starts: (S + 1,) an item's pairs. forms: (P,) numbers of forms. inside: (P,) doubt of the form there.
        mass: (F,) doubt of each form in all items that no human labelled, rarity included.
        said: (F,) items in which a human labelled the form. since: of these, after the run; None = none.
    """

    starts: Places
    forms: Places
    inside: Floats
    mass: Floats
    said: Places
    since: Places | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """S items with T labels in all.

    Attributes:
        positions: (S,). owners: (T,) item of each label. doubts, rarity: (T,).
        prompts: (S,) that show the item. done: (S,) a human labelled it.
        spans: labels are spans: only the forms that teach most count, and what the item costs to read.
    """

    positions: Places
    owners: Places
    doubts: Floats
    rarity: Floats
    pairs: Pairs
    prompts: Places
    done: Flags
    spans: bool = False


def material_of(store: Store, run_id: str, stage: str | None = None) -> Material:
    """What the worth of a run's items is counted from. Raises as `values`."""
    run = views.run(store, run_id)
    stages = [name for name in run["stages"] if name != "pool"]
    last = stage or (stages[-1] if stages else "")
    if last not in stages:
        raise StudioError(f"run {run_id} holds no labels of {last or 'any stage'}.", "Choose another run.")
    labels = views.column(store, run_id, last)
    before = [views.column(store, run_id, name) for name in stages[: stages.index(last)][-1:]]
    doubts = doubts_of(labels, before)
    forms, n_forms = _forms(labels, views.word_column(store, run["dataset"]))
    owners = np.repeat(np.arange(len(labels.positions)), np.diff(labels.offsets))
    said = views.annotations(store, run["dataset"])
    known = views.annotations(store, run["dataset"], until=views.said_until(store, run_id))
    done, early = (np.isin(labels.positions, list(some)) for some in (said, known))
    rarity = _rarity(labels, doubts)
    return Material(
        positions=labels.positions,
        owners=owners,
        doubts=doubts,
        rarity=rarity,
        pairs=_pairs(owners, forms, doubts * rarity, (done, done & ~early), n_forms),
        prompts=_prompts(store, run_id, run["dataset"], labels.positions),
        done=done,
        spans=views.dataset(store, run["dataset"]).task == "ner",
    )


def doubts_of(labels: Column, before: Sequence[Column]) -> Floats:
    """(T,) 1 - confidence; more where the stage before gave another label."""
    known = labels.confidences
    doubts = np.full(len(labels.codes), UNSURE)
    if known is not None:
        doubts = np.where(np.isnan(known), UNSURE, 1.0 - known.astype(np.float64))
    for other in before:
        same = np.array_equal(other.positions, labels.positions)
        if same and np.array_equal(other.offsets, labels.offsets):
            names = {name: code for code, name in enumerate(labels.names)}
            codes = np.array([names.get(name, -1) for name in other.names], dtype=np.int64)
            moved = codes[other.codes] != labels.codes
            doubts = np.where(moved, np.maximum(doubts, DISAGREED), doubts)
    return np.asarray(np.clip(doubts, 0.0, 1.0))


def _forms(labels: Column, words: Column) -> tuple[Places, int]:
    """(T,) numbers of folded forms, -1 where words and labels do not fit each other; and their number."""
    folded: dict[str, int] = {}
    code = np.array([folded.setdefault(norm(name), len(folded)) for name in words.names], dtype=np.int64)
    found = np.full(len(labels.codes), -1, dtype=np.int64)
    rows = np.searchsorted(words.positions, labels.positions).clip(max=max(len(words.positions) - 1, 0))
    sizes, there = np.diff(labels.offsets), np.diff(words.offsets)[rows]
    fits = (words.positions[rows] == labels.positions) & (sizes == there)
    inside = np.arange(len(found)) - np.repeat(labels.offsets[:-1], sizes)
    taken = np.repeat(fits, sizes)
    source = (np.repeat(words.offsets[rows], sizes) + inside)[taken]
    found[taken] = code[words.codes[source]]
    return found, len(folded)


def _rarity(labels: Column, doubts: Floats) -> Floats:
    """(T,) more than 1 where the label is rarely given surely: inverse square root of its share, bounded."""
    sure = np.bincount(labels.codes, weights=1.0 - doubts, minlength=len(labels.names)) + 1.0
    factor = np.sqrt(sure.mean() / sure)
    factor = np.clip(factor / max(float(factor[labels.codes].mean()), 1e-9), 1 / STRONGEST, STRONGEST)
    return np.asarray(factor[labels.codes], dtype=np.float64)


def _pairs(owners: Places, forms: Places, weighed: Floats, said: tuple[Flags, Flags], n_forms: int) -> Pairs:
    """`said`: (S,) which items a human labelled, and which after the run."""
    known, (done, since) = forms >= 0, said
    width = max(n_forms, 1)
    key, inverse = np.unique(owners[known] * width + forms[known], return_inverse=True)
    inside = np.bincount(inverse, weights=weighed[known], minlength=len(key))
    item, form = key // width, key % width
    left = ~done[item]
    return Pairs(
        starts=np.searchsorted(item, np.arange(len(done) + 1)),
        forms=form,
        inside=inside.astype(np.float64),
        mass=np.bincount(form[left], weights=inside[left], minlength=n_forms).astype(np.float64),
        said=np.bincount(form[~left], minlength=n_forms),
        since=np.bincount(form[since[item]], minlength=n_forms),
    )


def _prompts(store: Store, run_id: str, dataset: str, positions: Places) -> Places:
    shown = views.shown_exemplars(store, run_id)
    if dataset not in shown.datasets:
        return np.zeros(len(positions), dtype=np.int64)
    mine = shown.exemplars[shown.owners == shown.datasets.index(dataset)]
    found, counts = np.unique(mine, return_counts=True)
    uses = dict(zip(found.tolist(), counts.tolist(), strict=True))
    return np.array([uses.get(at, 0) for at in positions.tolist()], dtype=np.int64)


def ordered(made: Material) -> list[tuple[int, float]]:
    """Rows of the items that are open and what each is worth when its turn comes, best first."""
    pairs = made.pairs
    factor = 1.0 + SHOWN * np.log2(1.0 + made.prompts)
    if made.spans:
        factor *= OPENING / (OPENING + np.bincount(made.owners, minlength=len(factor)))
    left = (1.0 - CARRIED) ** pairs.said
    new = np.ones(len(left)) if pairs.since is None else (1.0 - CARRIED) ** pairs.since
    rest = _formless(made)

    def worth(row: int) -> float:
        mine = slice(pairs.starts[row], pairs.starts[row + 1])
        forms, inside = pairs.forms[mine], pairs.inside[mine]
        teaches = inside * new[forms] + CARRIED * (pairs.mass[forms] - inside) * left[forms]
        if made.spans and len(teaches) > TELLING:
            teaches = np.partition(teaches, -TELLING)[-TELLING:]
        return float((rest[row] + teaches.sum()) * factor[row])

    alone = [(-worth(row), row) for row in np.flatnonzero(~made.done).tolist()]
    heapq.heapify(alone)
    taken: list[tuple[int, float]] = []
    while alone and len(taken) < GREEDY:
        _, row = heapq.heappop(alone)
        now = worth(row)
        if alone and -now > alone[0][0]:
            heapq.heappush(alone, (-now, row))
            continue
        taken.append((row, now))
        for share in (left, new):
            share[pairs.forms[pairs.starts[row] : pairs.starts[row + 1]]] *= 1.0 - CARRIED
    return taken + [(row, -value) for value, row in sorted(alone)]


def _formless(made: Material) -> Floats:
    """(S,) doubt of an item's labels whose form is not known."""
    n, pairs = len(made.positions), made.pairs
    whole = np.bincount(made.owners, weights=made.doubts * made.rarity, minlength=n)
    known = np.bincount(np.repeat(np.arange(n), np.diff(pairs.starts)), weights=pairs.inside, minlength=n)
    return np.asarray(np.maximum(whole - known, 0.0))


def _told(made: Material, taken: Sequence[tuple[int, float]]) -> list[Worth]:
    n = len(made.positions)
    sizes = np.maximum(np.bincount(made.owners, minlength=n), 1)
    doubt = np.bincount(made.owners, weights=made.doubts, minlength=n)
    scarcity = np.bincount(made.owners, weights=made.rarity, minlength=n) / sizes
    pairs = made.pairs
    places = np.repeat(np.arange(n), np.diff(pairs.starts))
    others = np.bincount(places, weights=pairs.mass[pairs.forms] - pairs.inside, minlength=n)
    found = []
    for row, value in taken:
        parts = {
            "doubt": float(doubt[row]),
            "forms": float(others[row]),
            "prompts": float(made.prompts[row]),
            "scarcity": float(scarcity[row]),
        }
        found.append(Worth(int(made.positions[row]), value, reason_of(parts), parts))
    return found


def reason_of(parts: dict[str, float]) -> str:
    """Why an item is worth correcting, in one line."""
    said = [f"about {parts['doubt']:.1f} labels probably wrong here"]
    if parts["forms"] >= 0.5:
        said.append(f"{parts['forms']:.0f} more of the same forms elsewhere")
    if parts["prompts"]:
        n = int(parts["prompts"])
        said.append(f"shown in {n:,} prompt{'s' if n > 1 else ''}")
    if parts["scarcity"] >= 1.2:
        said.append("has rare labels")
    return "; ".join(said)
