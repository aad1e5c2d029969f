"""Labelling by a language model: Stage II with the exemplars chosen, Stage I with those of the sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.asking import Answer, Question, ask
from core.language_model import connected
from core.run_input import RunInput, Sink
from core.tasks import tasks
from core.types import Exemplar, Prediction, Report, Selection


def stage_two(
    job: RunInput, pool: Sequence[Exemplar], chosen: Sequence[Selection], sink: Sink, report: Report
) -> list[Prediction]:
    """Render, ask, parse: one prediction per instance, in order; what was asked goes to the sink.

    Raises:
        RecipeError: the template cannot be rendered, or the model cannot be asked.
        EgressRefused: text may not go where the model is.
    """
    answers = list(_answers(job, _questions(job, pool, chosen), "Stage II", report))
    sink.completions([call for answer in answers for call in answer.calls])
    found = {answer.prediction.position: answer.prediction for answer in answers}
    return [found[item.position] for item in job.instances]


def _questions(job: RunInput, pool: Sequence[Exemplar], chosen: Sequence[Selection]) -> Iterator[Question]:
    selections = {selection.query: selection for selection in chosen}
    for query, instance in enumerate(job.instances):
        rows = selections[query].chosen if query in selections else ()
        yield Question(instance, [pool[row] for row in rows])


def _answers(job: RunInput, questions: Iterator[Question], stage: str, report: Report) -> Iterator[Answer]:
    done, total = 0, len(job.instances)

    def alive() -> None:
        report(stage, done, total)

    task = tasks[job.dataset.task]
    for answer in ask(connected(job).llm, job.template, task, job.dataset.labels, questions, alive):
        done += 1
        alive()
        yield answer
