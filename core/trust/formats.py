"""The same items asked in several forms: what a run's prompts would have brought, written otherwise."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from core import catalog
from core.asking import Manner, Question, ask, calls_per_item, opening
from core.costs.leaving import Text, owners
from core.errors import RecipeError
from core.in_context import manner_of
from core.jobs.prepare import prepare
from core.llms import LLM, Alive, Request
from core.pipeline import pool_of
from core.run_input import RunInput
from core.source_exemplars import source_pool
from core.store import Store, views
from core.tokenization import UNKNOWN
from core.trust.runs import with_settings
from core.trust.spread import Found, Preset, Sensitivity, presets, sensitivity
from core.types import Dataset, Exemplar, Labels

ITEMS = 20
"""Items that are asked in every form unless said otherwise."""
SETTLED = ("consensus", "stage1")
"""Whose labels the exemplars had: the first of these that a run holds."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What would be asked: some items of a run, each in every form."""

    job: RunInput
    questions: Sequence[Question]
    forms: Mapping[str, Manner]
    gold: Found

    @property
    def calls(self) -> int:
        """Calls without repairs."""
        each = (calls_per_item(manner.asking)[0] for manner in self.forms.values())
        return len(self.questions) * sum(each)

    @property
    def texts(self) -> tuple[Text, ...]:
        """Whose text would be sent: the items, and what else is shown with them."""
        target = self.job.dataset
        asked = {question.instance.position for question in self.questions}
        shown = {(item.dataset, item.instance.position) for one in self.questions for item in one.exemplars}
        here = asked | {position for name, position in shown if name == target.id}
        sizes = Counter(name for name, _ in shown if name != target.id)
        others = [
            Text(one.dataset, sizes[one.dataset], one.egress, "exemplar")
            for one in self.job.sources
            if sizes[one.dataset]
        ]
        return (Text(target.id, len(here), target.egress), *others)

    @property
    def owners(self) -> list[Dataset]:
        """The data sets of `texts`."""
        names = {text.dataset for text in self.texts}
        return [one for one in owners(self.job) if one.id in names]

    def requests(self) -> Iterator[Request]:
        """The first request of every item in every form."""
        for manner in self.forms.values():
            for number, question in enumerate(self.questions):
                yield opening(manner, number, question)


def trial(
    store: Store,
    run_id: str,
    *,
    n: int = ITEMS,
    seed: int = 0,
    languages: Sequence[str] = ("eng",),
    overrides: Mapping[str, str] | None = None,
) -> Trial:
    """The items of a stored run with the exemplars it showed, and every form to ask about them in.

    Args:
        languages: of the instructions; those our own templates are written in.
        overrides: settings in the place of the run's own, for example another model.

    Raises:
        UnknownName: no such run. RecipeError: it holds no selections, or the settings do not fit it.
    """
    run = views.run(store, run_id)
    job = prepare(store, with_settings(store, run_id, overrides or {}))
    pool = _pool(store, run_id, run["stages"], job)
    dice = random.Random(seed)  # noqa: S311  a sample, no secret
    chosen = sorted(dice.sample(range(len(job.instances)), min(n, len(job.instances))))
    questions = [_question(store, run_id, job, row, pool) for row in chosen]
    if not any(question.exemplars for question in questions):
        raise RecipeError(f"run {run_id} chose no exemplars to ask with.", "Take a run with a Stage II.")
    small = replace(job, instances=[question.instance for question in questions])
    wanted = presets(manner_of(small, "stage2").task.unit, languages)
    return Trial(small, questions, forms(small, wanted), _gold(store, job, chosen))


def forms(job: RunInput, wanted: Sequence[Preset]) -> dict[str, Manner]:
    """A manner of asking for each form; instructions are our own, confidences are not asked for."""
    base = manner_of(job, "stage2")
    return {preset.name: _manner(base, preset) for preset in wanted}


def _manner(base: Manner, preset: Preset) -> Manner:
    asking = replace(
        base.asking,
        output=preset.output,
        order=preset.order,
        language=preset.language,
        confidence="none",
        again=(),
        again_template="",
    )
    return replace(
        base,
        template=catalog.prompt_template(base.task.name, preset.language),
        style=preset.output,
        order=preset.order,
        asking=asking,
        method=None,
        again={},
        again_template="",
    )


def _pool(store: Store, run_id: str, stages: Sequence[str], job: RunInput) -> dict[tuple[str, int], Exemplar]:
    stage = next((name for name in SETTLED if name in stages), None)
    settled = list(views.predictions(store, run_id, stage, hand_on=True).values()) if stage else []
    found = [*pool_of(job, settled), *source_pool(job)]
    return {(item.dataset, item.instance.position): item for item in found}


def _question(
    store: Store, run_id: str, job: RunInput, row: int, pool: Mapping[tuple[str, int], Exemplar]
) -> Question:
    item = job.instances[row]
    chosen = views.selection(store, run_id, item.position) or {"exemplars": []}
    places = [(shown["dataset"], shown["position"]) for shown in chosen["exemplars"]]
    return Question(item, [pool[place] for place in places if place in pool])


def _gold(store: Store, job: RunInput, rows: Sequence[int]) -> dict[int, Labels]:
    name = f"{job.dataset.id}/gold"
    if not any(run["id"] == name for run in views.runs(store, job.dataset.id)):
        return {}
    positions = [job.instances[row].position for row in rows]
    found = views.predictions(store, name, "gold", positions)
    return {position: row.labels for position, row in found.items() if UNKNOWN not in row.labels}


def tried(llm: LLM, what: Trial, alive: Alive, *, seed: int = 0) -> dict[str, object]:
    """Ask in every form and compare; the report as JSON.

    Raises:
        RecipeError, BudgetReached, Cancelled: as `LLM.answers`.
    """
    found: dict[str, dict[int, Labels]] = {}
    outcomes: dict[str, dict[str, int]] = {}
    for name, manner in what.forms.items():
        answers = list(ask(llm, manner, what.questions, alive))
        found[name] = {one.prediction.position: one.prediction.labels for one in answers}
        outcomes[name] = dict(Counter(str(one.prediction.outcome) for one in answers))
    said: Sensitivity = sensitivity(what.job.dataset.task, found, what.gold, seed=seed)
    return {**asdict(said), "outcomes": outcomes, "seed": seed}
