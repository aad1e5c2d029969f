"""What people did in another annotation program, into a data set that is here, or as a new one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from core import languages
from core.errors import StudioError, UnknownName
from core.formats.words import words
from core.handover import argilla, label_studio
from core.handover.spans import Unfit, labels_of, same_labels, text_of
from core.handover.tasks import Task, Vote
from core.sources import label_set
from core.store import Store, facts, views
from core.types import Dataset, Instance, Labels, Language, Prediction, Record, TaskName

READERS: Mapping[str, Callable[[Path], tuple[list[Task], list[str]]]] = {
    "label-studio": label_studio.read,
    "argilla": argilla.read,
}
ACTION = "received"
SHOWN = 5


@dataclass(slots=True)
class Received:
    """What a file held. `people` counts items per name, `same` those that say what was known already."""

    people: Counter[str] = field(default_factory=Counter)
    same: int = 0
    apart: int = 0
    problems: list[str] = field(default_factory=list)
    batch: str = ""


def receive(
    store: Store, path: Path, program: str, dataset_id: str, *, skip_bad: bool = False
) -> dict[str, Any]:
    """Add what people said in another program to a data set. All or nothing.

    An item that one person labelled, and that nobody labelled here, is theirs. Where several did, or
    somebody here says otherwise, each keeps a layer of their own, for adjudication; nothing is overwritten.

    Args:
        program: `label-studio` or `argilla`.
        skip_bad: leave out items that cannot be read, in place of refusing the file.

    Returns:
        dataset, people (name -> items), same, apart (labels kept beside those of others), problems (in
        words) and batch (the name of this bulk action, to undo it).

    Raises:
        FormatError: not a file of that program. UnknownName: no such program or data set.
        StudioError: items that cannot be read, named.
    """
    dataset = views.dataset(store, dataset_id)
    found, problems = _reader(program)(path)
    received = Received(problems=problems, batch=f"{ACTION}-{uuid4().hex[:12]}")
    items = {record.instance.position: record.instance for record in views.records(store, dataset_id)}
    ready = list(_placed(dataset, items, found, received))
    if received.problems and not skip_bad:
        raise _refused(path, received.problems)
    with store.write():
        _save_all(store, dataset, ready, received)
    return _answer(dataset_id, received)


def receive_new(
    store: Store, path: Path, program: str, dataset: Dataset, *, skip_bad: bool = False
) -> dict[str, Any]:
    """Store the items of another program as a new data set, with what people said as annotations.

    Args:
        dataset: id, name, language and task of it. What a model said becomes the run `<id>/<model>`.

    Raises:
        As `receive`.
    """
    found, problems = _reader(program)(path)
    if problems and not skip_bad:
        raise _refused(path, problems)
    received = Received(batch=f"{ACTION}-{uuid4().hex[:12]}")
    instances = [_instance(n, task, dataset) for n, task in enumerate(found)]
    dataset = dataset if dataset.labels else replace(dataset, labels=_label_set(dataset, found))
    ready = [
        (item, _votes(dataset, item, task, received)) for item, task in zip(instances, found, strict=True)
    ]
    if received.problems and not skip_bad:
        raise _refused(path, received.problems)
    received.problems = [*problems, *received.problems]
    with store.write():
        records = (Record(item) for item in instances)
        dataset_id, created = facts.add_dataset(store, dataset, records)
        if not created:
            raise StudioError(f"the same items are here as {dataset_id}.", f"Say --dataset {dataset_id}.")
        _save_all(store, views.dataset(store, dataset_id), ready, received)
        _add_models(store, dataset_id, dataset, zip(instances, found, strict=True))
    return _answer(dataset_id, received)


def new_dataset(name: str, task: TaskName, language: Language) -> Dataset:
    """A data set to receive into. Raises StudioError for a name that cannot be an id."""
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise StudioError(
            f"{name!r} cannot be the id of a data set.", "Use letters, digits, '-', '_' and '.'."
        )
    meta: dict[str, Any] = {"script": language.script, "direction": language.direction}
    if languages.is_private(language):
        meta[languages.KEY] = languages.described(language)
    return Dataset(name, name, language.code, task, (), meta=meta)


def _reader(program: str) -> Callable[[Path], tuple[list[Task], list[str]]]:
    if program not in READERS:
        raise UnknownName("annotation program", program, READERS)
    return READERS[program]


def _refused(path: Path, problems: Sequence[str]) -> StudioError:
    more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
    return StudioError(
        f"{path.name}: {'; '.join(problems[:SHOWN])}{more}.",
        "Correct them there, or leave them out with --skip-bad; nothing was stored.",
    )


def _answer(dataset_id: str, received: Received) -> dict[str, Any]:
    return {
        "dataset": dataset_id,
        "people": dict(received.people),
        "same": received.same,
        "apart": received.apart,
        "problems": received.problems,
        "batch": received.batch,
    }


def _placed(
    dataset: Dataset, items: Mapping[int, Instance], found: Sequence[Task], received: Received
) -> Iterator[tuple[Instance, dict[str, Labels]]]:
    by_text: dict[tuple[str, str], list[Instance]] = {}
    for item in items.values():
        by_text.setdefault(_shown(item), []).append(item)
    taken: set[int] = set()
    for task in found:
        same = _same(dataset, items, by_text, task)
        if same is None:
            received.problems.append(f"{task.where}: no item of {dataset.id} has this text")
        elif same.position in taken:
            received.problems.append(f"{task.where}: item {same.position} is in the file twice")
        else:
            taken.add(same.position)
            yield same, _votes(dataset, same, task, received)


def _shown(item: Instance) -> tuple[str, str]:
    return (text_of(item)[0] if item.tokens else item.text), item.text_b or ""


def _same(
    dataset: Dataset,
    items: Mapping[int, Instance],
    by_text: Mapping[tuple[str, str], Sequence[Instance]],
    task: Task,
) -> Instance | None:
    """The item that a task is about: by our own number where its text is the same, else by its text alone."""
    said = (task.text, task.text_b or "")
    ours = items.get(task.position) if task.dataset == dataset.id and task.position is not None else None
    if ours is not None and _shown(ours) == said:
        return ours
    named = by_text.get(said, ())
    return named[0] if len(named) == 1 else None


def _instance(position: int, task: Task, dataset: Dataset) -> Instance:
    per_token = dataset.task in {"pos", "ner"}
    tokens = (task.tokens or words(task.text, "whitespace")) if per_token else ()
    return Instance(position, task.split or "unlabelled", tokens, task.text, task.text_b)


def _label_set(dataset: Dataset, found: Sequence[Task]) -> Labels:
    """The labels that a task has in any case, and those that somebody gave."""
    votes = [vote for task in found for vote in (*task.people, *task.models)]
    given = {mark.label for vote in votes for mark in vote.marks} | {
        vote.label for vote in votes if vote.label
    }
    if dataset.task == "ner":
        given = {f"{edge}-{kind}" for kind in given for edge in "BI"} | {"O"}
    return label_set(dataset.task, given)


def _votes(dataset: Dataset, item: Instance, task: Task, received: Received) -> dict[str, Labels]:
    """Name -> labels; of one who labelled an item twice, the last."""
    found: dict[str, Labels] = {}
    for vote in task.people:
        try:
            found[vote.who] = _labels(dataset, item, vote)
        except Unfit as error:
            received.problems.append(f"{task.where}: {error} ({vote.who})")
    return found


def _labels(dataset: Dataset, item: Instance, vote: Vote) -> Labels:
    labels = labels_of(dataset.task, vote.marks, *text_of(item)) if item.tokens else (vote.label,)
    odd = [label for label in labels if not _is_known(dataset, label)]
    if odd:
        raise Unfit(f"the label {odd[0][:40]!r} is not one of {dataset.id}" if odd[0] else "it has no label")
    return labels


def _is_known(dataset: Dataset, label: str) -> bool:
    if not dataset.labels:
        return bool(label)
    if dataset.task == "ner":
        kinds = {known.partition("-")[2] for known in dataset.labels}
        return label == "O" or label.partition("-")[2] in kinds
    return label in dataset.labels


def _save_all(
    store: Store, dataset: Dataset, ready: Sequence[tuple[Instance, Mapping[str, Labels]]], received: Received
) -> None:
    counts = views.annotations(store, dataset.id)
    apart = views.independent(store, dataset.id)
    for item, votes in ready:
        now = counts.get(item.position)
        for who, labels in votes.items():
            received.people[who] += 1
            alone = len(votes) == 1 and now is None
            known = (now, apart.get(who, {}).get(item.position))
            if any(one is not None and same_labels(dataset.task, one, labels) for one in known):
                received.same += 1
                continue
            received.apart += not alone
            facts.annotate(
                store,
                dataset.id,
                item.position,
                labels,
                author=who,
                action=ACTION,
                layer=facts.LAYER if alone else facts.by(who),
                batch=received.batch,
            )


def _add_models(
    store: Store, dataset_id: str, dataset: Dataset, found: Iterator[tuple[Instance, Task]]
) -> None:
    """What models said, a run for each; an item whose marks do not fit is left out of it."""
    said: dict[str, list[Prediction]] = {}
    for item, task in found:
        for vote in task.models:
            try:
                labels = _labels(dataset, item, vote)
            except Unfit:
                continue
            sure = [mark.score for mark in vote.marks]
            full = len(sure) == len(labels) and None not in sure
            scores = tuple(value for value in sure if value is not None) if full else None
            said.setdefault(vote.who, []).append(Prediction(item.position, labels, scores))
    for name, predictions in said.items():
        plain = "".join(c if c.isalnum() or c in "-_." else "-" for c in name)[:60] or "model"
        facts.add_import_run(store, dataset_id, plain, stage1=predictions, stage2=None)
