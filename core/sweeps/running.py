"""The runs of a sweep, one after the other: each an ordinary run of the workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.egress import EgressRefused
from core.errors import Cancelled, RecipeError, StudioError
from core.jobs.prepare import Request, describe
from core.recipes import resolve
from core.store import Store, views
from core.sweeps.planning import Row
from core.types import Report


@dataclass(frozen=True, slots=True)
class Done:
    """One run of a sweep: the place of its row, its seed, its id; `error` says why there is none."""

    row: int
    seed: int
    run: str = ""
    error: str = ""


def checked(store: Store, rows: Sequence[Row]) -> None:
    """See that every row is a recipe that can be had, before the first of them takes an hour.

    Raises:
        StudioError: a row is not; it says which.
    """
    for row in rows:
        dataset = views.dataset(store, row.request.dataset)
        try:
            resolve(row.request.recipe, row.request.overrides, describe(store, dataset))
        except StudioError as error:
            raise RecipeError(f"{row.name}: {error.message}", error.hint) from error


def carried_out(
    rows: Sequence[Row], seeds: Sequence[int], run: Callable[[Request, str], str]
) -> Iterator[Done]:
    """Every row under the first seed, then under the next: what is stopped half-way can be compared.

    Args:
        run: carries a request out, told what it is called; gives the id of the run.

    Yields:
        What became of each. One that fails does not keep the others from being made.

    Raises:
        Cancelled: the user stopped it; the same sweep goes on where it stopped.
        EgressRefused, and nobody having agreed: what stands in the way of one stands in the way of all.
    """
    total = len(rows) * len(seeds)
    for number, (seed, place) in enumerate(
        ((seed, place) for seed in seeds for place in range(len(rows))), 1
    ):
        row = rows[place]
        called = f"{number} of {total}: {row.name}, seed {seed}"
        try:
            yield Done(place, seed, run(replace(row.request, seed=seed), called))
        except (Cancelled, EgressRefused):
            raise
        except StudioError as error:
            if error.code == "not_confirmed":
                raise
            yield Done(place, seed, error=str(error))


def told_as(report: Report, called: str) -> Report:
    """Progress that says which run of the sweep is meant."""

    def told(stage: str, done: int, total: int) -> None:
        report(f"{called}: {stage}", done, total)

    return told
