"""Texts and documents that must not change unnoticed, kept as files beside this one.

A change on purpose: `python -m tests.golden.test_golden` writes the files anew; read the diff.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core import catalog, prompts
from core.recipes import Context, Imported, resolve
from core.tasks import tasks
from core.types import Dataset, Exemplar, Instance, Labels, TaskName

FOLDER = Path(__file__).parent


def tagged(position: int, *words: str) -> tuple[Instance, Labels]:
    forms, labels = zip(*(word.rsplit("/", 1) for word in words), strict=True)
    return Instance(position, "test", tuple(forms), " ".join(forms)), tuple(labels)


CASES: dict[TaskName, tuple[Labels, list[tuple[Instance, Labels]], Instance]] = {
    "pos": (
        ("NOUN", "VERB", "PRON", "PUNCT"),
        [tagged(0, "Hon/PRON", "syngur/VERB", "./PUNCT"), tagged(1, "Báturin/NOUN", "siglir/VERB")],
        tagged(2, "Hann/PRON", "rør/VERB", "./PUNCT")[0],
    ),
    "ner": (
        ("O", "B-PER", "I-PER", "B-LOC", "I-LOC"),
        [tagged(0, "Amina/B-PER", "Yusuf/I-PER", "ta/O", "tafi/O", "Kano/B-LOC")],
        tagged(1, "Musa/B-PER", "ya/O", "zo/O")[0],
    ),
    "nli": (
        ("entailment", "neutral", "contradiction"),
        [(Instance(0, "test", (), "Li fè cho.", "Li pa fè fwèt."), ("entailment",))],
        Instance(1, "test", (), "Lapli ap tonbe.", "Solèy la klere."),
    ),
    "topic": (
        ("health", "sports"),
        [(Instance(0, "test", (), "D Mannschaft het gwunne."), ("sports",))],
        Instance(1, "test", (), "Dr Dokter hilft."),
    ),
}


def rendered(task: TaskName) -> str:
    labels, demos, query = CASES[task]
    exemplars = [Exemplar("d", instance, given, (1.0,) * len(given)) for instance, given in demos]
    return prompts.render(catalog.prompt_template(task), tasks[task], exemplars, query, labels).text


def resolved(recipe: str) -> str:
    released = {"zgul": Imported(frozenset({"stage1", "stage2"}), selections=True)}
    contexts = {
        "plain": Context(Dataset("d", "d", "fao", "pos", ("NOUN",))),
        "items": Context(Dataset("n", "n", "aym", "nli", ("neutral",))),
        "released": Context(
            Dataset("r", "r", "fao", "pos", ("NOUN",)), released, 100, frozenset({"ssp-release"})
        ),
    }
    found = {name: resolve(recipe, {}, context) for name, context in contexts.items()}
    return json.dumps(found, indent=1, sort_keys=True)


@pytest.mark.parametrize("task", CASES)
def test_the_prompt_of_a_task(task: TaskName) -> None:
    assert rendered(task) == (FOLDER / f"prompt-{task}.txt").read_text("utf8")


@pytest.mark.parametrize("recipe", ["ssp", "transfer", "nearest", "random"])
def test_what_a_recipe_resolves_to(recipe: str) -> None:
    assert resolved(recipe) == (FOLDER / f"recipe-{recipe}.json").read_text("utf8")


def write() -> None:
    for task in CASES:
        (FOLDER / f"prompt-{task}.txt").write_text(rendered(task), "utf8")
    for recipe in ("ssp", "transfer", "nearest", "random"):
        (FOLDER / f"recipe-{recipe}.json").write_text(resolved(recipe), "utf8")


if __name__ == "__main__":
    write()
