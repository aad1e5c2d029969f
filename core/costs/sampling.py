"""The questions of a run before there are any: real items, with exemplars as the recipe would show them.

What is known is used: imported labels, recorded exemplars, the recipe's own selector. Labels that Stage I has
yet to give are drawn from those of the sources, so that exemplars are as long as they will be, not as right.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from core.asking import Manner, Question
from core.choosing import choose
from core.embedders.xampler import is_kept
from core.in_context import manner_of, questions_stage_one, questions_stage_two
from core.pipeline import pool_of
from core.retrieval import asks
from core.retrieval.judging import question
from core.retrieval.making import pool_of as pool_of_sources
from core.retrieval.naming import settings_of
from core.run_input import RunInput
from core.source_exemplars import with_sources
from core.types import Exemplar, Instance, Labels, Prediction

T = TypeVar("T")
LIKE = ("ngrams",)
"""Embedders that are quick and ask nobody: other ones are stood in for by the first."""
POOL = 2_000
"""Items of a pool, and of the sources, that a sample chooses its exemplars from."""
OUTSIDE = "O"
SAMPLE = 50
"""Pairs of a retriever's training that are rendered and counted."""
RARE = 9
"""So many times as often as all labels together a word is in no entity, where nothing tells."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A stage in which a language model is asked: some of its items, with what would be shown.

    `certain`: the exemplars are those of the run itself, so the calls are, too.
    """

    stage: str
    manner: Manner
    questions: Sequence[Question]
    items: int
    certain: bool


def sampled(job: RunInput, n: int, seed: int = 0, seen: object | None = None) -> list[Asked]:
    """The stages of a run that ask a language model, each with the questions of up to `n` items.

    Args:
        seen: what the model was seen to do, where that is known: the form of answers depends on it.

    Raises:
        RecipeError: the recipe cannot be carried out on this data.
    """
    dice = random.Random(seed)  # noqa: S311  a sample, no secret
    rows = sorted(dice.sample(range(len(job.instances)), min(n, len(job.instances))))
    found = [] if not mines(job) else [_mining(job, dice, seen)]
    if job.recipe["stage1"]["labeler"] == "incontext" and not job.rerun:
        found.append(_stage_one(job, rows, dice, seen))
    if job.recipe["stage2"]["labeler"] == "incontext":
        found.append(_stage_two(job, rows, dice, seen))
    return found


def mines(job: RunInput) -> bool:
    """Whether the run's language model will judge the pairs that its retriever learns from."""
    if job.rerun or not asks(job.recipe):
        return False
    return not is_kept(str(job.recipe["embedder"].get("trained") or ""))


def _mining(job: RunInput, dice: random.Random, seen: object | None) -> Asked:
    """Every source item with each of its candidates: others stand in for these."""
    table = settings_of(job.recipe)
    pool = pool_of_sources(job, str(table["source"]))
    queries = min(int(table["queries"]) or len(pool), len(pool))
    calls = queries * min(int(table["candidates"]), max(0, len(pool) - 1))
    drawn = [dice.sample(range(len(pool)), 2) for _ in range(min(SAMPLE, calls))] if len(pool) > 1 else []
    asked = [question(pool, at, query, other) for at, (query, other) in enumerate(drawn)]
    return Asked("mining", manner_of(job, "stage1", seen), asked, calls, certain=False)


def _stage_one(job: RunInput, rows: Sequence[int], dice: random.Random, seen: object | None) -> Asked:
    small, quick = _quick(_only(job, rows))
    small, whole = _fewer_sources(small, dice)
    asked = list(questions_stage_one(small, _silent))
    return Asked("stage1", manner_of(job, "stage1", seen), asked, len(job.instances), certain=quick and whole)


def _stage_two(job: RunInput, rows: Sequence[int], dice: random.Random, seen: object | None) -> Asked:
    known = bool(job.stage1) or bool(job.recorded)
    pool = pool_of(job, [] if known else _placeholders(job, dice))
    small, quick = _quick(_only(job, rows))
    small, whole = _fewer_sources(small, dice)
    pool, all_of_it = _fewer(pool, job, dice)
    chosen, pool = with_sources(small, pool, choose(small, pool, _silent), _silent)
    asked = list(questions_stage_two(small, pool, chosen))
    certain = not chosen or (known and quick and whole and all_of_it)
    return Asked("stage2", manner_of(job, "stage2", seen), asked, len(job.instances), certain=certain)


def _silent(doing: str, done: int, total: int) -> None:
    """Nobody waits for a sample."""


def _only(job: RunInput, rows: Sequence[int]) -> RunInput:
    return replace(job, instances=[job.instances[row] for row in rows])


def _quick(job: RunInput) -> tuple[RunInput, bool]:
    """The run with an embedder that is quick, and whether that is its own."""
    if job.recipe["embedder"]["name"] in LIKE:
        return job, True
    return replace(job, recipe={**job.recipe, "embedder": {"name": LIKE[0]}}), False


def _fewer_sources(job: RunInput, dice: random.Random) -> tuple[RunInput, bool]:
    if all(len(source.records) <= POOL for source in job.sources):
        return job, True
    cut = [replace(one, records=_some(one.records, dice)) for one in job.sources]
    return replace(job, sources=cut), False


def _fewer(pool: list[Exemplar], job: RunInput, dice: random.Random) -> tuple[list[Exemplar], bool]:
    """The pool, or a sample of it; recorded exemplars need all of it."""
    if len(pool) <= POOL or job.recorded:
        return pool, True
    return _some(pool, dice), False


def _some(items: Sequence[T], dice: random.Random) -> list[T]:
    if len(items) <= POOL:
        return list(items)
    return [items[row] for row in sorted(dice.sample(range(len(items)), POOL))]


def _placeholders(job: RunInput, dice: random.Random) -> list[Prediction]:
    """Labels for every item, as frequent as in the sources; without any, entities are taken to be rare."""
    seen = [label for one in job.sources for record in one.records[:POOL] for label in record.labels or ()]
    if not seen:
        seen = list(job.dataset.labels)
        seen += [OUTSIDE] * (RARE * len(seen)) if OUTSIDE in seen else []
    return [_placeholder(item, seen, dice) for item in job.instances]


def _placeholder(item: Instance, among: Sequence[str], dice: random.Random) -> Prediction:
    labels: Labels = tuple(dice.choice(among) for _ in item.tokens or ("",))
    return Prediction(item.position, labels, (1.0,) * len(labels))
