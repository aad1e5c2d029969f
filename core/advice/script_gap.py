"""A warning where target and sources are written in different scripts: nothing learned carries over then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from core.advice.scripts import overlap, scripts
from core.types import Instance

ENOUGH = 0.9
"""Share of the target's letters that should be in a script of the sources."""
LOOKED_AT = 1000
"""Sentences of each side that are looked at."""


def script_warning(
    target_tokens: Iterable[Sequence[str]], source_tokens: Iterable[Sequence[str]]
) -> str | None:
    """What to tell the user where much of the target is in a script that no source uses; else None."""
    target, sources = (scripts(_texts(side)) for side in (target_tokens, source_tokens))
    shared = overlap(target, sources)
    if not target or shared >= ENOUGH:
        return None
    apart = ", ".join(name.title() for name in target if name not in sources)
    theirs = ", ".join(name.title() for name in sources) or "no letters"
    return (
        f"{1 - shared:.0%} of the target's letters are {apart}, which no source uses (they use {theirs}). "
        "Labels from such sources are worthless, however confident: choose a source in the target's "
        "script, import labels, or label some sentences by hand."
    )


def _texts(sentences: Iterable[Sequence[str]]) -> Iterable[Instance]:
    return (Instance(at, "", (), " ".join(tokens)) for at, tokens in enumerate(islice(sentences, LOOKED_AT)))
