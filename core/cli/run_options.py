"""What a run is asked for with: the same options for everything that runs, or says what a run would take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from core.errors import StudioError
from core.jobs.prepare import Request

Named = Annotated[str, typer.Option("--dataset", help="Id of the data set to label.")]
Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source", help="Labelled source data: ID, ID:SPLIT+SPLIT, or advised (see ssp advise); repeatable."
    ),
]
Split = Annotated[str | None, typer.Option(help="Split to label (default: test)")]
Limit = Annotated[int | None, typer.Option(min=1, help="Only the first N instances")]
Seed = Annotated[int, typer.Option(help="Seed of everything random")]
Set = Annotated[
    list[str] | None, typer.Option("--set", help="key=value, for example llm=replay or k=4; repeatable.")
]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Go on without asking: to the host named, at the price told.")
]


def settings_of(pairs: Sequence[str]) -> dict[str, str]:
    """`key=value` options as a table. Raises StudioError where there is no `=`."""
    settings = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise StudioError(f"--set {pair!r} is not key=value.", "For example --set llm=replay.")
        settings[key.strip()] = value
    return settings


def request_of(
    recipe: str,
    dataset: str,
    source: list[str] | None,
    split: str | None,
    limit: int | None,
    seed: int,
    setting: list[str] | None,
) -> Request:
    """The request that these options ask for. Raises StudioError."""
    return Request(recipe, dataset, settings_of(setting or []), source or [], split, limit, seed)
