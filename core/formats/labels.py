"""The labels that belong to a task, and how files write labels beside words."""

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


def token_labels(labels: Sequence[str]) -> Labels | None:
    """The labels of one sentence as they stand, known or not; None when every one is empty (`_`)."""
    return None if all(label == EMPTY for label in labels) else tuple(labels)


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
