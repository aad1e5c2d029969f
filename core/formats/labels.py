"""Which labels a file may hold for a task, and the error that names the one it may not."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import FormatError
from core.types import Labels, TaskName

UPOS = frozenset(
    "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split()  # noqa: SIM905
)
NLI_LABELS = frozenset({"entailment", "contradiction", "neutral"})
EMPTY = "_"
"""What token formats write where there is no label."""


def is_known(task: TaskName, label: str) -> bool:
    """Whether `label` belongs to the task. For ner any type, and any order of tags, is accepted."""
    if task == "pos":
        return label in UPOS
    if task == "ner":
        return label == "O" or (len(label) > 2 and label[:2] in ("B-", "I-"))
    return label in NLI_LABELS if task == "nli" else bool(label)


def check_label(task: TaskName, label: str, name: str, line: int) -> str:
    """The label itself, or FormatError saying which labels were expected."""
    if is_known(task, label):
        return label
    raise FormatError(name, line, f"unknown {task} label {label!r}, expected {_expected(task)}.", _hint(task))


def token_labels(task: TaskName, labels: Sequence[str], name: str, lines: Sequence[int]) -> Labels | None:
    """Labels of one sentence, checked; None when every one is empty (`_`).

    `lines` are the line numbers parallel to `labels`, or one for all of them.
    """
    if all(label == EMPTY for label in labels):
        return None
    for row, label in enumerate(labels):
        if not is_known(task, label):
            check_label(task, label, name, lines[row] if len(lines) > 1 else lines[0])
    return tuple(labels)


def words_and_tags(output: str, name: str, line: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split `word_TAG word_TAG` at each last underscore; FormatError where a word or tag is missing."""
    words, tags = [], []
    for item in output.rstrip(" ").split(" "):
        word, _, tag = item.rpartition("_")
        if not word or not tag:
            message = f"{item!r} in column output, expected word_TAG separated by one space."
            raise FormatError(name, line, message, "Give each word a tag after an underscore.")
        words.append(word)
        tags.append(tag)
    return tuple(words), tuple(tags)


def _expected(task: TaskName) -> str:
    if task == "pos":
        return f"one of the 17 UPOS tags ({' '.join(sorted(UPOS))})"
    if task == "ner":
        return "O, B-<type> or I-<type>"
    return "entailment, neutral or contradiction" if task == "nli" else "a name"


def _hint(task: TaskName) -> str:
    if task == "pos":
        return "Map the tags to UPOS, or import the file for another task."
    if task == "ner":
        return "Write the entities as BIO tags, or import the file for another task."
    return "Write the label's name in full."
