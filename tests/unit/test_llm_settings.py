"""What table `llm` of a recipe changes: identities, styles, confidences; and what it may not hold."""

from __future__ import annotations

import pytest

from core.errors import RecipeError, UnknownName
from core.jobs.prepare import Request, prepare
from core.llms import Request as Call
from core.settings import Settings
from core.store import Store, facts, views
from core.types import Completion
from tests.unit.job_project import chosen, project, records
from tests.unit.llm_project import LLM, Asked, answer, asked, run, told

pytestmark = pytest.mark.slow

__all__ = ["asked", "chosen", "project"]


def test_settings_that_change_no_answer_are_no_part_of_a_run(
    project: Store, chosen: Settings, asked: Asked
) -> None:
    def identity(**more: str) -> str:
        said = LLM | {key.replace("__", "."): value for key, value in more.items()}
        return prepare(project, Request("zeroshot", "target", said)).run_id

    assert identity() == identity(llm__timeout="5") == identity(llm__base_url="http://127.0.0.1:10/v1")
    others = {identity(llm__model="n"), identity(llm__temperature="1"), identity(llm__language="deu")}
    assert len({identity(), *others}) == 4


def test_a_model_may_be_called_like_a_number(project: Store, asked: Asked) -> None:
    job = prepare(project, Request("zeroshot", "target", LLM | {"llm.model": "1e5", "llm.again": "3"}))
    assert (job.recipe["llm"]["model"], job.recipe["llm"]["again"]) == ("1e5", ["3"])


def test_what_the_settings_of_a_model_may_not_be(project: Store, asked: Asked) -> None:
    for key, value, said in (
        ("llm.output", "label", "cannot be written as 'label'"),
        ("llm.order", "sorted", "unknown order of exemplars"),
        ("llm.confidence", "sure", "unknown way"),
        ("llm.language", "fao", "there are deu, eng, fra, spa, swa"),
        ("llm.samples", "1", "at least two"),
        ("llm.modle", "m", "has no setting 'modle'"),
        ("llm.model", "", "needs a model"),
    ):
        with pytest.raises((RecipeError, UnknownName), match=said):
            prepare(project, Request("zeroshot", "target", LLM | {key: value}))
    with pytest.raises(RecipeError, match="needs a language model"):
        prepare(project, Request("ssp", "target", {"llm.model": "m"}, ["source"]))


def test_no_confidences_and_the_integer_program_still_chooses(
    project: Store, chosen: Settings, asked: Asked
) -> None:
    run_id = run(project, chosen, "ssp", stage1="incontext", k="2", llm__confidence="none")
    assert all(row.confidences is None for row in views.predictions(project, run_id, "stage1").values())
    found = list(views.selections(project, run_id))
    assert len(found) == 6
    assert all(row["status"] in {"certificate", "search", "milp"} for row in found)
    assert all(item["confidence"] == 1.0 for row in found for item in row["exemplars"])


def test_confidences_of_scored_labels_reach_the_pool(project: Store, chosen: Settings, asked: Asked) -> None:
    def scored(call: Call) -> Completion:
        rows = tuple((0.6, 0.1, 0.1, 0.1, 0.1) for _ in call.frame.words)
        return asked.model.completion(call, answer(call), label_probabilities=rows)

    asked.model.script = scored
    run_id = run(project, chosen, "ssp", stage1="incontext", k="2")
    row = views.predictions(project, run_id, "stage1")[0]
    assert row.confidences == pytest.approx((0.1, 0.1, 0.1, 0.1, 0.6))
    assert told(project, run_id, "stage1")["confidence"] == {"scoring": 6}


def test_confidences_are_calibrated_on_what_people_corrected(
    project: Store, chosen: Settings, asked: Asked
) -> None:
    for item in records(6, "test"):
        facts.annotate(project, "target", item.instance.position, item.labels or (), author="a")
    asked.model.script = lambda call: asked.model.completion(
        call, answer(call), logprobs=tuple((sign, -0.7 / 4) for sign in answer(call))
    )
    run_id = run(project, chosen, "zeroshot")
    fitted = told(project, run_id)["calibration"]
    assert isinstance(fitted, dict)
    assert (fitted["method"], fitted["n"]) == ("platt", 30)
    assert fitted["ece_after"] < fitted["ece_before"]


@pytest.mark.parametrize("style", ["rows", "inline"])
def test_output_styles(project: Store, chosen: Settings, asked: Asked, style: str) -> None:
    run_id = run(project, chosen, "ssp", stage1="incontext", k="2", llm__output=style)
    assert told(project, run_id)["style"] == style
    assert ("Hon/PRON" in asked.texts()[0]) is (style == "inline")
    assert {row.outcome for row in views.predictions(project, run_id, "stage2").values()} == {"ok"}
