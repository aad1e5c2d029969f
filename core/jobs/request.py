"""What a run is asked for with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for. A source is a data set id, optionally `ID:SPLIT+SPLIT`, or `advised`.

    With `parent`, a run with other exemplars in some sentences of that run (`core.jobs.without`): everything
    else is asked for as it was there, `ban` and `pin` name exemplars as `POSITION` or `DATASET@POSITION`, and
    `overrides` may say who answers. With `corrected` it is that run with the corrections made since
    (`core.jobs.rounds`).
    """

    recipe: str = ""
    dataset: str = ""
    overrides: Mapping[str, str] = field(default_factory=dict)
    sources: Sequence[str] = ()
    split: str | None = None
    limit: int | None = None
    seed: int = 0
    parent: str = ""
    ban: Sequence[str] = ()
    pin: Sequence[str] = ()
    corrected: bool = False
