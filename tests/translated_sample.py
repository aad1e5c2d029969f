"""The embedded sample with translations made here: every word stands for one of the other language.

Which one follows from the word's own part of speech, so that labels carried over links can be right.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.parallel_texts import with_translation
from core.types import Dataset, Instance, Record
from tests.sample_sentences import sample_sentences

TARGET = Dataset("fao", "Faroese", "fao", "pos", ("ADJ", "NOUN", "VERB"), n_instances=30)


def tagged(entry: str) -> list[Record]:
    return sample_sentences(entry)


def lexicon(own: Sequence[Record], other: Sequence[Record]) -> Mapping[tuple[str, str], str]:
    """(word, tag) -> a word of the other language that had this tag there."""
    forms: dict[str, set[str]] = defaultdict(set)
    for record in other:
        for word, tag in zip(record.instance.tokens, record.labels or (), strict=True):
            if word.isalnum() or tag == "PUNCT":
                forms[tag].add(word.lower())
    found = {}
    for record in own:
        for word, tag in zip(record.instance.tokens, record.labels or (), strict=True):
            choice = sorted(forms[tag]) or [word]
            found[word, tag] = choice[zlib.crc32(word.lower().encode()) % len(choice)]
    return found


def translated(own: Sequence[Record], other: Sequence[Record], language: str) -> list[Record]:
    """The records with a translation of each in their meta."""
    words = lexicon(own, other)
    return [
        replace(record, instance=with_translation(record.instance, language, text))
        for record in own
        for text in [
            " ".join(words[pair] for pair in zip(record.instance.tokens, record.labels or (), strict=True))
        ]
    ]


def bare(records: Sequence[Record]) -> list[Instance]:
    return [record.instance for record in records]
