"""What every part of the registries promises, whoever wrote it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest

from core.embedders import embedders
from core.errors import UnknownName
from core.labelers import Beside, labelers
from core.selectors import SelectionProblem, build, selectors, setting_names
from core.selectors.words import WordRecall, Words
from core.types import Exemplar, Instance, Prediction, Record

STAGE_ONE = {"crf": "pos", "overlap": "nli", "ngram_lr": "topic", "vote": "topic"}
NEEDS_WEIGHTS = {"encoder", "hard_prompt", "soft_prompt", "mpt", "pct", "rosprompt", "npprompt"}
"""Held to the same in tests/unit/test_encoder.py and tests/contract/test_prompt_learners.py, with weights
made there.
"""
TOKENS = ("a", "b", "c")
ITEMS = [Instance(at, "train", TOKENS, f"a b c {at}", f"b c {at % 3}") for at in range(12)]


def silent(message: str, done: int, total: int) -> None:
    assert message
    assert 0 <= done <= total


@pytest.mark.parametrize("name", sorted(selectors))
def test_a_selector_is_a_frozen_dataclass_with_defaults(name: str) -> None:
    made = build(name, {})
    assert made == build(name, {})
    assert made.name == name
    assert selectors[name].__doc__
    assert "k" in setting_names(name)
    assert all(spec.default is not None for spec in fields(made))  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        made.k = 3  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(selectors))
def test_a_selector_answers_every_query_in_order(name: str) -> None:
    generator = np.random.default_rng(0)
    counts = generator.integers(0, 2, (20, 3))
    alike = generator.random((20, 20))
    texts = [f"a{at % 3} b{at % 7}" for at in range(20)]
    problem = SelectionProblem(
        alike[:4],
        np.arange(4),
        counts,
        counts * 0.5,
        np.full(20, 0.5),
        ("A", "B", "C"),
        between=lambda rows, columns: alike[np.ix_(rows, columns)],
        recall=WordRecall(lambda: Words(texts), texts[:4]),
    )
    found = build(name, {"k": 5}).select(problem, seed=0, report=silent)
    assert [selection.query for selection in found] == [0, 1, 2, 3]
    assert all(
        len(selection.chosen) == 5 and query not in selection.chosen for query, selection in enumerate(found)
    )


@pytest.mark.parametrize("name", sorted(embedders))
def test_an_embedder_is_a_frozen_dataclass(name: str) -> None:
    assert is_dataclass(embedders[name])
    assert embedders[name]() == embedders[name]()
    assert embedders[name]().similarity([], []).shape == (0, 0)


def beside(records: list[Record]) -> Beside:
    """Beside a run: every item is near to the first three of the sources."""
    near = [Exemplar("s", record.instance, record.labels or (), (1.0,), "source") for record in records[:3]]
    return Beside(
        "bbb", (), Path("nowhere"), lambda *_: None, lambda items: [(near, (0.9, 0.8, 0.7)) for _ in items]
    )


@pytest.mark.parametrize("name", sorted(STAGE_ONE))
def test_a_stage_one_labeler_labels_every_instance(name: str) -> None:
    token_task = STAGE_ONE[name] == "pos"
    label_set = ("X", "Y", "Z")
    answers = [("X", "Y", "X") if token_task else (("X", "Y")[at % 2],) for at in range(12)]
    records = [Record(item, answer) for item, answer in zip(ITEMS, answers, strict=True)]
    labeler = labelers[name]()
    more = {"beside": beside(records)} if getattr(labeler, "wants_beside", False) else {}
    labeler.fit([("aaa", records)], ITEMS, label_set, seed=0, report=silent, **more)
    found = labeler.label(ITEMS[:5], silent)
    assert [prediction.position for prediction in found] == [0, 1, 2, 3, 4]
    for prediction in found:
        assert len(prediction.labels) == len(prediction.confidences) == len(prediction.posterior)
        assert len(prediction.labels) == (len(TOKENS) if token_task else 1)
        assert set(prediction.labels) <= set(label_set)
        assert all(len(row) == 3 and sum(row) == pytest.approx(1.0) for row in prediction.posterior)
        assert all(0 <= sure <= 1 + 1e-12 for sure in prediction.confidences)


@pytest.mark.parametrize("task", ["pos", "ner", "nli", "topic"])
@pytest.mark.parametrize("name", sorted(set(labelers) - set(STAGE_ONE) - NEEDS_WEIGHTS))
def test_an_in_context_labeler_reads_its_exemplars(name: str, task: str) -> None:
    tokens = task in ("pos", "ner")
    labels = ("O", "B-P", "O") if tokens else ("O",)
    prior = Prediction(0, labels, (0.5,) * len(labels))
    exemplar = Exemplar(
        "d", ITEMS[1], ("B-P", "O", "O") if tokens else ("B-P",), (1.0,) * len(labels), "corrected"
    )
    labeler = labelers[name](task=task)
    assert labeler.label(ITEMS[0], prior, [], [], ("O", "B-P")) == (prior, None)
    after, _ = labeler.label(ITEMS[0], prior, [exemplar], [0.9], ("O", "B-P"))
    assert after.position == 0
    assert len(after.labels) == len(labels)
    assert after.confidences != prior.confidences


@pytest.mark.parametrize("registry", [selectors, embedders, labelers])
def test_unknown_names_are_told_apart(registry: object) -> None:
    with pytest.raises(UnknownName):
        registry["no such part"]  # type: ignore[index]


def test_importing_the_registries_loads_nothing_heavy() -> None:
    code = (
        "import sys; from core.selectors import selectors; from core.embedders import embedders;"
        "from core.labelers import labelers; [list(r) for r in (selectors, embedders, labelers)];"
        "heavy = {'torch', 'sklearn', 'scipy', 'pulp', 'highspy', 'pycrfsuite', 'transformers',"
        "'sentence_transformers', 'safetensors'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True, text=True)
    assert run.stdout.strip() == "[]"
