"""Every registered task keeps the promises of its protocol."""

from __future__ import annotations

import pytest

from core.tasks import Task, tasks
from core.types import Instance, Labels

TOKENS = ("Hon", "sá", "Tórshavn", ".")


@pytest.fixture(params=sorted(tasks))
def task(request: pytest.FixtureRequest) -> Task:
    return tasks[request.param]


def example(task: Task) -> tuple[Instance, Labels]:
    if task.unit == "token":
        labels = tuple(task.labels[index % len(task.labels)] for index in range(len(TOKENS)))
        return Instance(0, "test", TOKENS, " ".join(TOKENS)), labels
    return Instance(0, "test", (), "Hon sá Tórshavn .", "Hon var í Føroyum ."), (task.labels[-1],)


def test_the_four_tasks_are_there() -> None:
    assert {"pos", "ner", "nli", "topic"} <= set(tasks)


def test_name_title_unit(task: Task) -> None:
    assert tasks[task.name] is task
    assert task.title
    assert task.unit in {"token", "item"}
    assert len(set(task.labels)) == len(task.labels) > 1


def test_what_it_renders_it_parses(task: Task) -> None:
    instance, labels = example(task)
    assert task.parse(task.render(instance, labels), instance, task.labels) == (labels, None)


@pytest.mark.parametrize(
    "answer", ["", "\n", "I cannot help with that.", "\t\t\t", "\x00", "```", "a\tb\tc\n" * 50]
)
def test_a_useless_answer_is_data(task: Task, answer: str) -> None:
    instance, labels = example(task)
    found, problem = task.parse(answer, instance, task.labels)
    assert found == (task.fallback,) * len(labels)
    assert problem


def test_coverage_labels_cover_every_label(task: Task) -> None:
    covered = task.coverage_labels(task.labels)
    assert len(set(covered)) == len(covered)
    assert {task.coverage_label(label) for label in task.labels} == set(covered)


def test_check(task: Task) -> None:
    _, labels = example(task)
    assert [problem for problem in task.check(labels, task.labels) if "unknown" in problem] == []
    (problem,) = [text for text in task.check(("nonsense",) * len(labels), task.labels) if "unknown" in text]
    assert "nonsense" in problem
