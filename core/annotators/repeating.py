"""The same label for the same word everywhere: every change shown first, made as one action, undone as one.

What humans said is left alone unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from core.annotators.labels_now import NOBODY, Now, labels_now
from core.annotators.repeat_spec import HOW, Spec, checked, meant, said
from core.errors import ConflictError, UnknownName
from core.store import Store, views
from core.store.facts_annotations import LAYER
from core.store.facts_people import Change, add_changes
from core.store.views_history import REPEAT
from core.store.views_people import versions
from core.types import Dataset, Labels

__all__ = ["HOW", "Applied", "Preview", "Spec", "apply", "preview", "said"]

SHOWN = 200
"""Changes that a preview lists."""
AROUND = 4
"""Words shown on either side of a change."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change: words in all, items, the first `SHOWN` of them as rows, and what stays as it is.

    A row of `changes`: id, token, form, before, after, left, right, confidence (None where unknown).
    """

    total: int
    items: int
    changes: list[dict[str, Any]]
    message: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What was changed: the name of the action, how many words, and in which items."""

    batch: str
    n: int
    items: int
    positions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    now: Now
    places: npt.NDArray[np.int64]
    """(C,) words that change, ascending."""
    after: dict[int, int]
    """Word -> number of its new label, those that stay legal by it included."""
    left: int
    """Words that would change had humans not labelled them."""


def preview(
    store: Store, dataset_id: str, run_id: str, stage: str, spec: Spec | Mapping[str, Any]
) -> Preview:
    """Every change this would make, without making it.

    Args:
        run_id, stage: whose labels stand where humans said nothing; "" = nobody's.

    Raises:
        UnknownName: no such data set or label, or no such way. StudioError: a pattern that is none.
    """
    plan = _plan(store, views.dataset(store, dataset_id), run_id, stage, checked(spec))
    rows = sorted({int(plan.now.owners[place]) for place in plan.after})
    shown = [_shown(plan, place) for place in plan.places[:SHOWN].tolist()]
    return Preview(len(plan.places), len(rows), shown, _message(plan))


def apply(
    store: Store,
    dataset_id: str,
    run_id: str,
    stage: str,
    spec: Spec | Mapping[str, Any],
    author: str,
    expected_total: int | None = None,
) -> Applied:
    """Make every change as one action that `history.undo_batch` takes back.

    Args:
        expected_total: how many changes the preview showed; None = whatever there are.

    Raises:
        ConflictError: there are not as many changes any more. The rest as `preview`.
    """
    wanted = checked(spec)
    with store.write():
        plan = _plan(store, views.dataset(store, dataset_id), run_id, stage, wanted)
        if expected_total is not None and len(plan.places) != expected_total:
            raise ConflictError(
                f"{len(plan.places)} labels would change now, not {expected_total}.",
                "Somebody worked on them meanwhile: look at the list again.",
            )
        changes = _changes(store, dataset_id, plan, run_id, stage)
        batch = uuid4().hex
        if changes:
            add_changes(
                store,
                dataset_id,
                changes,
                author=author,
                action=REPEAT,
                layer=LAYER,
                batch=batch,
                comment=said(wanted),
            )
    positions = tuple(change.position for change in changes)
    return Applied(batch if changes else "", len(plan.places), len(changes), positions)


def _plan(store: Store, dataset: Dataset, run_id: str, stage: str, spec: Spec) -> _Plan:
    label = _label(dataset, spec.label)
    now = labels_now(store, dataset, run_id, stage)
    code = now.labels.index(label)
    hit = meant(now.forms, spec)[now.words] if len(now.forms) else np.zeros(0, dtype=bool)
    hit &= (now.given != NOBODY) & (now.given != code)
    if spec.how == "form+label":
        hit &= now.given == _number(now.labels, spec.label_before)
    if spec.how == "confidence":
        hit &= now.sure < spec.threshold
    if spec.origin is not None:
        _spare(now, hit, spec.origin)
    kept = hit & now.human & (not spec.human)
    places = np.flatnonzero(hit & ~kept)
    after = dict.fromkeys(places.tolist(), code)
    if dataset.task == "ner":
        places, after = _legal(now, places, label, spec)
    return _Plan(now, places, after, int(kept.sum()))


def _label(dataset: Dataset, label: str) -> str:
    """The label as the data set has it: an entity type alone stands for the beginning of one."""
    for name in (label, f"B-{label}"):
        if name in dataset.labels:
            return name
    raise UnknownName("label", label, dataset.labels)


def _number(labels: Labels, label: str) -> int:
    return labels.index(label) if label in labels else NOBODY - 1


def _spare(now: Now, hit: npt.NDArray[np.bool_], origin: tuple[int, int]) -> None:
    row = int(np.searchsorted(now.positions, origin[0]))
    if row < len(now.positions) and now.positions[row] == origin[0]:
        place = int(now.offsets[row]) + origin[1]
        if origin[1] >= 0 and place < now.offsets[row + 1]:
            hit[place] = False


def _legal(
    now: Now, places: npt.NDArray[np.int64], label: str, spec: Spec
) -> tuple[npt.NDArray[np.int64], dict[int, int]]:
    """The changes with what keeps entities legal: an I- that would continue nothing becomes a B-.

    A change that would need that of a word which a human labelled is left out.
    """
    after: dict[int, int] = {}
    kept = []
    for place in places.tolist():
        first, end = (int(now.offsets[now.owners[place] + step]) for step in (0, 1))
        before = _tag(now, after, place - 1) if place > first else "O"
        mine = label if _continues(before, label) else f"B-{label[2:]}"
        mine = label if not label.startswith("I-") or mine not in now.labels else mine
        following = _tag(now, {}, place + 1) if place + 1 < end else "O"
        broken = following.startswith("I-") and not _continues(mine, following)
        mended = _number(now.labels, f"B-{following[2:]}") if broken else NOBODY
        if broken and (mended < 0 or (now.human[place + 1] and not spec.human)):
            continue
        if mine == _tag(now, {}, place):
            continue
        after[place] = now.labels.index(mine)
        kept.append(place)
        if broken:
            after[place + 1] = mended
    return np.array(kept, dtype=np.int64), after


def _tag(now: Now, after: Mapping[int, int], place: int) -> str:
    code = after.get(place, int(now.given[place]))
    return now.labels[code] if code != NOBODY else "O"


def _continues(before: str, label: str) -> bool:
    """Whether an I- of this label may stand after that one."""
    return before[:2] in {"B-", "I-"} and before[2:] == label[2:]


def _shown(plan: _Plan, place: int) -> dict[str, Any]:
    now = plan.now
    row = int(now.owners[place])
    first, end = int(now.offsets[row]), int(now.offsets[row + 1])

    def text(start: int, stop: int) -> str:
        return " ".join(now.forms[word] for word in now.words[max(first, start) : min(end, stop)].tolist())

    sure = float(now.sure[place])
    return {
        "id": int(now.positions[row]),
        "token": place - first,
        "form": text(place, place + 1),
        "before": now.labels[int(now.given[place])],
        "after": now.labels[plan.after[place]],
        "left": text(place - AROUND, place),
        "right": text(place + 1, place + 1 + AROUND),
        "confidence": None if np.isnan(sure) else sure,
    }


def _message(plan: _Plan) -> str:
    if not plan.left:
        return "" if len(plan.places) else "There is nothing else to change."
    people = "one that a human labelled stays" if plan.left == 1 else f"{plan.left} that humans labelled stay"
    return f"{people} as it is." if plan.left == 1 else f"{people} as they are."


def _changes(store: Store, dataset: str, plan: _Plan, run_id: str, stage: str) -> list[Change]:
    """One row per item: what stood there, and that with all its changes."""
    now = plan.now
    by_row: dict[int, list[tuple[int, int]]] = {}
    for place, code in plan.after.items():
        by_row.setdefault(int(now.owners[place]), []).append((place, code))
    positions = {row: int(now.positions[row]) for row in sorted(by_row)}
    known = versions(store, dataset, list(positions.values()), layer=LAYER)
    changes = []
    for row, position in positions.items():
        before = now.labels_of(row)
        after = list(before)
        for place, code in by_row[row]:
            after[place - int(now.offsets[row])] = now.labels[code]
        changes.append(
            Change(
                position,
                known.get(position, 0),
                before,
                tuple(after),
                run_id=run_id or None,
                stage=stage or None,
            )
        )
    return changes
