"""What the official validator of Universal Dependencies says of a file of CoNLL-U."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

LEVELS = 5
Finding = tuple[int, str, str]
"""(level, id of the test, id of the sentence)."""


def findings(path: Path, language: str = "ud", *, upto: int = LEVELS) -> Counter[Finding]:
    """The errors (no warnings) of the levels up to `upto`, with the tests of that language (its code in UD).

    From level 3 on the validator itself breaks at a word without a tag (`_`).
    """
    from udtools import Validator
    from udtools.incident import Error

    state = Validator(lang=language, level=upto, output=None, max_store=0).validate_files([str(path)])
    return Counter(
        (found.level, found.testid, str(found.sentid))
        for found in state.error_tracker
        if isinstance(found, Error)
    )


def level(found: Counter[Finding]) -> int:
    """The highest level that is passed with no error in it or below it: 0 (not even the columns) to 5."""
    return min((one for one, _, _ in found), default=LEVELS + 1) - 1
