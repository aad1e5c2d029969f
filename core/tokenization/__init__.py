"""Another tokenisation of a sentence than the imported one: splitting, merging and re-spelling words.

The imported words never change: every word of now knows the range of imported ones that it is made of, and a
part of a split word shares its range with its siblings. Labels move along: those outside an edit keep their
words; inside they are unknown (what somebody said of other words), or handed on (so that work goes on).
"""

from core.tokenization.labels import UNKNOWN, Pair, changed, handed_on, known, moved
from core.tokenization.records import (
    EVERY,
    WORDS,
    Words,
    as_imported,
    of_now,
    relabelled,
    source_key,
    words_of,
)
from core.tokenization.words import Piece, Tokens, edit, groups, imported, operation, pieces

__all__ = [
    "EVERY",
    "UNKNOWN",
    "WORDS",
    "Pair",
    "Piece",
    "Tokens",
    "Words",
    "as_imported",
    "changed",
    "edit",
    "groups",
    "handed_on",
    "imported",
    "known",
    "moved",
    "of_now",
    "operation",
    "pieces",
    "relabelled",
    "source_key",
    "words_of",
]
