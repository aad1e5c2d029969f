"""Label words of one or several languages: those of the user, the label's name, and those of the catalog."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from core.catalog.label_word_table import known_languages, label_words
from core.cloze.checkpoint import Checkpoint
from core.cloze.verbalizer import Verbalizer, Word, checked, read_words, told, verbalizer
from core.errors import UnknownName
from core.types import Instance, Labels

USUAL, LARGE = 12, 10_000
"""Neighbours of a label word (the paper's), in a vocabulary of so many tokens.

In a smaller one the tokens nearest to a class's name are the names of other classes.
"""
FINEST = 4
"""Digits of a weight that is told."""


def refuse_unknown(languages: Sequence[str]) -> None:
    """Raises UnknownName where a language has no label words in the catalog."""
    for code in languages:
        if code not in known_languages():
            raise UnknownName("language of label words", code, known_languages())


def neighbours_in(checkpoint: Checkpoint, wanted: int) -> int:
    """As many as are wanted; 0 = what suits the vocabulary."""
    return wanted or (USUAL if len(checkpoint.vectors) >= LARGE else 1)


def task_of(items: Sequence[Instance]) -> str:
    """Pairs are inference, single texts topic."""
    return "nli" if any(item.text_b is not None for item in items) else "topic"


def words_for(
    checkpoint: Checkpoint,
    labels: Labels,
    entries: Sequence[str],
    *,
    task: str,
    languages: Collection[str] | None,
    neighbours: int,
    beyond: Labels = (),
) -> dict[str, tuple[str, ...]]:
    """Label -> its words.

    A label that has entries (`sports=football`) has these alone. Any other has its own name and, unless
    `languages` is None, the catalog's words in these languages (empty = all) that are single tokens of the
    model.

    Args:
        beyond: further labels that entries may be of.

    Raises:
        RecipeError: an entry that is no `LABEL=WORD`, or of a label that there is not.
    """
    every = tuple(dict.fromkeys([*labels, *beyond]))
    own = read_words(every, entries)
    given = {entry.rpartition("=")[0].strip() for entry in entries}
    table = label_words(task, languages) if languages is not None else {}
    found = {
        label: own[label] if label in given else _more(own[label], table.get(label, {})) for label in labels
    }
    usable = _usable(checkpoint, labels, found, own, neighbours)
    return {label: own[label] if label in given else usable[label] for label in labels}


def _more(own: Sequence[str], by_language: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*own, *(word for words in by_language.values() for word in words)]))


def _usable(
    checkpoint: Checkpoint,
    labels: Labels,
    words: Mapping[str, tuple[str, ...]],
    own: Mapping[str, Sequence[str]],
    neighbours: int,
) -> dict[str, tuple[str, ...]]:
    """Without words the model cannot use. A word of two labels is that one's which is named by it, and by
    little else. A label that is left with none has its own back, so that what is wrong with them is said.
    """

    def claim(word: Word) -> tuple[bool, int]:
        return word.text in own[word.label], -len(own[word.label])

    def is_usable(word: Word) -> bool:
        pieced = neighbours > 1 and word.text in own[word.label]
        return word.single or (pieced and checkpoint.tokenizer.unk_token not in word.pieces)

    read = checked(checkpoint, labels, words)
    owners = {word.pieces: word.label for word in sorted(read, key=claim)}
    mine = [word for word in read if owners[word.pieces] == word.label and is_usable(word)]
    return {
        label: tuple(word.text for word in mine if word.label == label) or tuple(own[label])
        for label in labels
    }


def scorer(
    checkpoint: Checkpoint, labels: Labels, words: Mapping[str, Sequence[str]], neighbours: int
) -> Verbalizer:
    """The scorer of NPPrompt (arXiv 2212.06950) over these words."""
    return verbalizer(checkpoint, labels, words, neighbours)


def words_told(
    checkpoint: Checkpoint, labels: Labels, words: Mapping[str, Sequence[str]], used: Verbalizer
) -> dict[str, object]:
    """As the note of a run has them: the words with their pieces, and what each is scored by."""
    owners = used.owners.tolist()
    near: dict[str, list[list[object]]] = {label: [] for label in labels}
    for at, column in enumerate(owners):
        near[labels[column]] += [
            [checkpoint.word(token), round(weight, FINEST)]
            for token, weight in zip(used.ids[at].tolist(), used.weights[at].tolist(), strict=True)
        ]
    return {"words": told(checked(checkpoint, labels, words)), "neighbours": near}
