"""Labelling by a language model: Stage II with the exemplars chosen, Stage I with those of the sources.

Source: SSP, arXiv 2406.18880, section 3. A run that was interrupted asks again in the same way; what was
answered before comes from the log of calls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any, Literal

from core.asking import Answer, Asking, Manner, Question, ask, asked_again, calls_per_item
from core.asking.calibrated import calibrated
from core.asking.confidence import UNRELIABLE, method_of
from core.asking.order import Order, order_of
from core.asking.styles import style_of
from core.errors import RecipeError
from core.language_model import Connected, connected
from core.llms import LIVE, Alive, Style
from core.part_settings import typed
from core.prompts import prompt_sha256
from core.recipes import asking_settings
from core.run_input import RunInput, Sink
from core.source_exemplars import nearest, source_pool
from core.tasks import Task, tasks
from core.trust_reports import known
from core.types import OUTCOMES, Completion, Exemplar, Prediction, Report, Selection

Stage = Literal["stage1", "stage2"]
TITLES: dict[Stage, str] = {"stage1": "Stage I", "stage2": "Stage II"}


def stage_one(job: RunInput, sink: Sink, report: Report) -> list[Prediction]:
    """Label every instance in view of the gold exemplars of the sources that are nearest to it.

    Raises:
        RecipeError: there are no sources, or what `stage_two` raises.
        EgressRefused: text of the target or of a source may not go where the model is.
    """
    return _labelled(job, "stage1", questions_stage_one(job, report), sink, report)


def stage_two(
    job: RunInput, pool: Sequence[Exemplar], chosen: Sequence[Selection], sink: Sink, report: Report
) -> list[Prediction]:
    """Render, ask, parse: one prediction per instance, in order; every call goes to the sink.

    Raises:
        RecipeError: the template cannot be rendered, or the model cannot be asked.
        EgressRefused: text may not go where the model is.
    """
    return _labelled(job, "stage2", questions_stage_two(job, pool, chosen), sink, report)


def questions_stage_one(job: RunInput, report: Report) -> Iterator[Question]:
    """Every instance with the nearest of all source exemplars, most similar first; `stage1.k` of them."""
    gold = source_pool(job)
    if not gold:
        raise RecipeError(
            "Stage I by a language model shows it exemplars of the sources, and there are none.",
            "Add --source DATASET (a labelled data set of the same task in a related language).",
        )
    queries = range(len(job.instances))
    for query, (rows, _) in nearest(job, gold, queries, int(job.recipe["stage1"]["k"]), report):
        yield Question(job.instances[query], [gold[row] for row in rows])


def questions_stage_two(
    job: RunInput, pool: Sequence[Exemplar], chosen: Sequence[Selection]
) -> Iterator[Question]:
    """Every instance with the exemplars chosen for it, in their order."""
    selections = {selection.query: selection for selection in chosen}
    for query, instance in enumerate(job.instances):
        rows = selections[query].chosen if query in selections else ()
        yield Question(instance, [pool[row] for row in rows])


def manner_of(job: RunInput, stage: Stage, capabilities: object | None = None) -> Manner:
    """How a stage of a run asks, with every `auto` decided.

    Args:
        capabilities: what a probe found, with `schema`, `grammar`, `structured`, `scoring` and `logprobs`.

    Raises:
        RecipeError, UnknownName: the settings do not fit the task or the model.
    """
    name = str(job.recipe["stage2"]["llm"])
    asking = Asking(**typed("asking", name, Asking, asking_settings(job.recipe)))
    task = tasks[job.dataset.task]
    by_nearness = stage == "stage1" or job.recipe["selector"]["name"] == "similarity"
    usual: Order = "similar_last" if by_nearness and name in LIVE else "similar_first"
    return Manner(
        task=task,
        labels=job.dataset.labels,
        template=job.template,
        style=style_of(asking.output, task, _suited(task, capabilities)),
        asking=asking,
        order=order_of(asking.order, usual),
        method=method_of(asking.confidence, capabilities),
        seed=job.seed,
        again=asked_again(asking),
        again_template=job.again_template,
    )


def _suited(task: Task, capabilities: object | None) -> Style | None:
    """JSON for words where nothing but a schema holds the model; else what answers are by nature."""
    freer = any(getattr(capabilities, name, None) for name in ("grammar", "structured", "choice"))
    return "json" if task.unit == "token" and getattr(capabilities, "schema", None) and not freer else None


@dataclass
class _Tally:
    """What is counted while answers come in."""

    found: dict[int, Prediction] = field(default_factory=dict)
    methods: Counter[str] = field(default_factory=Counter)
    repairs: int = 0

    def take(self, answer: Answer) -> None:
        self.found[answer.prediction.position] = answer.prediction
        self.methods[answer.method or "none"] += 1
        self.repairs += sum('"then":[[' in call.parameters for call in answer.calls)


def _labelled(
    job: RunInput, stage: Stage, questions: Iterable[Question], sink: Sink, report: Report
) -> list[Prediction]:
    tally = _Tally()

    def alive() -> None:
        report(TITLES[stage], len(tally.found), len(job.instances))

    model = connected(job, alive)
    manner = manner_of(job, stage, model.capabilities())
    model.expect(len(job.instances) * calls_per_item(manner.asking)[0])
    calls = _calls(ask(model.llm, manner, questions, alive), tally, alive)
    sink.completions(calls)
    for _ in calls:  # a sink need not take what it has no use for
        pass
    rows = [tally.found[item.position] for item in job.instances]
    rows, fitted = calibrated(rows, job.corrections, job.dataset.labels)
    sink.note("llm", {stage: _told(model, manner, tally, fitted)})
    if job.folder and (seen := known(job.folder.parents[1], job.dataset.id, model.llm.name, model.host)):
        sink.note("contamination", seen)
    return rows


def _calls(answers: Iterable[Answer], tally: _Tally, alive: Alive) -> Iterator[Completion]:
    """The calls of each answer as it comes; none is kept."""
    for answer in answers:
        tally.take(answer)
        alive()
        yield from answer.calls


def _told(model: Connected, manner: Manner, tally: _Tally, fitted: dict[str, Any] | None) -> dict[str, Any]:
    """What is kept of how the model was asked, for the eyes of whoever reads the run."""
    outcomes = Counter(row.outcome for row in tally.found.values())
    methods = dict(tally.methods)
    return {
        "model": model.llm.name,
        "host": model.host,
        "style": manner.style,
        "order": manner.order,
        "language": manner.asking.language,
        "confidence": methods,
        "unreliable": any(name in methods for name in UNRELIABLE),
        "calibration": fitted,
        "outcomes": {outcome: outcomes.get(outcome, 0) for outcome in OUTCOMES},
        "repairs": tally.repairs,
        "again": {str(position): times for position, times in manner.again.items()},
        "template": manner.template,
        "template_sha256": prompt_sha256(manner.template),
        "capabilities": _document(model.capabilities()),
        "spent": _document(model.spent()),
    }


def _document(value: object | None) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
