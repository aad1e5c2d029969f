"""Labels and selections that the release stores, matched to the rows of its gold file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from core.errors import FormatError
from core.formats import formats
from core.formats.labels import words_and_tags
from core.release.arrays import read_selection
from core.tasks import Task
from core.types import Labels, Prediction, Record, Selection

Rows = Mapping[int, tuple[int, ...]]
Tagged = tuple[tuple[str, ...], Labels]
HINT = "The file belongs to another data set or another version of it."


def read_tagged(path: Path, gold: Sequence[Record], task: Task) -> list[Labels]:
    """Labels of a word_TAG file that has the same sentences as the gold file, row by row.

    Raises:
        FormatError: another number of rows, other words, or a row without labels.
    """
    rows = list(formats["wordtag"].read(path, task=task.name, split="test"))
    if len(rows) != len(gold):
        raise FormatError(path.name, 0, f"{len(rows)} sentences, expected {len(gold)} as in test.tsv.", HINT)
    for number, (row, wanted) in enumerate(zip(rows, gold, strict=True), 2):
        if row.instance.tokens != wanted.instance.tokens:
            raise FormatError(path.name, number, "other words than in test.tsv.", HINT)
        if row.labels is None:
            raise FormatError(path.name, number, "a sentence without labels.", HINT)
    return [row.labels for row in rows if row.labels is not None]


def read_responses(
    path: Path, gold: Sequence[Record], task: Task
) -> tuple[list[Prediction], dict[int, list[str]]]:
    """Stored answers by position: labels as they stand, and the examples that were shown.

    Rows are matched by their words, in order, because sentences may have been skipped. An answer
    that was never given (an API failure) becomes the task's fallback with an error.
    """
    unused: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for record in reversed(gold):
        unused[record.instance.tokens].append(record.instance.position)
    labels, examples = {}, {}
    for row in formats["responses"].read(path, task=task.name, split="test"):
        if not unused[row.instance.tokens]:
            message = f"row {row.instance.position + 1} is not a sentence of test.tsv, or is there twice."
            raise FormatError(path.name, row.instance.position + 1, message, HINT)
        position = unused[row.instance.tokens].pop()
        labels[position] = _prediction(row, position, task)
        examples[position] = _strings(row.instance.meta.get("examples"))
    return [labels[position] for position in sorted(labels)], examples


def _prediction(row: Record, position: int, task: Task) -> Prediction:
    if row.labels is None:
        return Prediction(
            position, (task.fallback,) * len(row.instance.tokens), error="no answer was stored (failed call)"
        )
    failed = "stored after a failed call" if row.instance.meta.get("label_pairs") else None
    return Prediction(position, row.labels, error=failed)


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def read_examples(
    path: str, examples: Mapping[int, Sequence[str]], gold: Sequence[Record], stage1: Sequence[Labels]
) -> Rows | None:
    """Row numbers of the examples shown for each sentence; None if one is not a row of the Stage-I file.

    Where two rows are equal, the first stands for both: the prompt is the same.
    """
    index: dict[Tagged, int] = {}
    for record, labels in zip(gold, stage1, strict=True):
        index.setdefault((record.instance.tokens, labels), record.instance.position)
    found = {}
    for position, shown in examples.items():
        rows = [index.get(words_and_tags(text, path, position + 1)) for text in shown]
        if not rows or None in rows:
            return None
        found[position] = tuple(row for row in rows if row is not None)
    return found or None


def decide_selection(
    candidates: Iterable[Path],
    examples: Mapping[int, Sequence[str]],
    gold: Sequence[Record],
    stage1: Sequence[Labels],
) -> tuple[Rows | None, str]:
    """The exemplars that were shown, as row numbers, and where they come from.

    The examples of the answers are what was really in the prompts. A recorded matrix is taken when
    it shows exactly these (it also covers sentences without an answer), or when there are none.
    """
    shown = read_examples("responses.json", examples, gold, stage1)
    tagged = [(record.instance.tokens, labels) for record, labels in zip(gold, stage1, strict=True)]
    problem: FormatError | None = None
    for path in candidates:
        try:
            rows = dict(enumerate(read_selection(path, len(gold))))
        except FormatError as error:
            problem = problem or error
            continue
        if not examples or (shown is not None and _same(rows, shown, tagged)):
            return rows, path.name
    if problem and shown is None:
        raise problem
    return shown, "responses.json" if shown else ""


def _same(rows: Rows, shown: Rows, tagged: Sequence[Tagged]) -> bool:
    return all(
        [tagged[row] for row in rows[position]] == [tagged[row] for row in chosen]
        for position, chosen in shown.items()
    )


def as_selections(rows: Rows, stage1: Sequence[Prediction], task: Task, labels: Labels) -> list[Selection]:
    """Recorded exemplars with what Stage I says of them; similarities were not released (NaN)."""
    names = task.coverage_labels(labels)
    carried = [_carried(prediction, task, names) for prediction in stage1]
    anywhere = {name for have in carried for name in have}
    uncoverable = tuple(name for name in names if name not in anywhere)
    selections = []
    for position, chosen in sorted(rows.items()):
        have = {name for row in chosen for name in carried[row]}
        selections.append(
            Selection(
                query=position,
                chosen=chosen,
                similarity=(float("nan"),) * len(chosen),
                confidence=tuple(_mean(stage1[row].confidences) for row in chosen),
                covers=tuple(carried[row] for row in chosen),
                value=None,
                upper_bound=None,
                status="recorded",
                uncovered=tuple(name for name in names if name not in have),
                uncoverable=uncoverable,
            )
        )
    return selections


def _carried(prediction: Prediction, task: Task, names: Labels) -> Labels:
    have = {task.coverage_label(label) for label in prediction.labels}
    return tuple(name for name in names if name in have)


def _mean(values: Sequence[float] | None) -> float:
    return sum(values) / len(values) if values else float("nan")
