"""What the page of methods does: plan and start a run, a sweep, the demo; edit label words; open a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.catalog.method_table import methods
from dashboard import actions, resources, state
from dashboard.widgets.method import demo, opening, words
from tests.method_runs import LABELS, TOPICS, topics
from tests.pages.test_method_page import PAGE
from tests.pages.test_pages import assert_well, filled, texts, visit, workspace

__all__ = ["filled", "workspace"]

pytestmark = pytest.mark.slow


def test_the_form_plans_the_methods_own_recipe_and_starts_it(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics(resources.store(), "more-topics", "deu")
    started: list[Any] = []

    def start(*given: object, **options: object) -> str:
        started.append((given, options))
        return "j"

    monkeypatch.setattr(actions, "start_run", start)
    plan = json.dumps({"recipe": "transfer", "sources": ["more-topics"], "seed": 3})
    app = visit(PAGE, dataset="texts", method="mpt", tab="plan")
    assert "ssp run mpt --dataset texts" in [code.value for code in app.code]
    app = visit(PAGE, dataset="texts", method="mpt", tab="plan", plan=plan)
    assert_well(app)
    next(button for button in app.button if button.label == "Start").click().run()
    given, options = started[0]
    assert given == ("transfer", "texts", {})
    assert (options["seed"], options["sources"]) == (3, ("more-topics",))
    assert app.query_params["job"] in ("j", ["j"])


def test_the_form_can_be_filled_in_for_the_demo_world(workspace: Path) -> None:
    for name, language in (("demo-world-b", "qab"), ("demo-world-a", "qaa")):
        topics(resources.store(), name, language)
    app = visit(PAGE, dataset="demo-world-b", method="xampler", tab="plan")
    next(button for button in app.button if button.label.startswith("Fill in")).click().run()
    assert_well(app)
    rows = json.loads(_one(app.query_params["plan"]))
    assert rows["stage1.labeler"] == "vote"
    assert rows["sources"] == ["demo-world-a:train"]
    assert "embedder.base=demo-world/masked" in " ".join(code.value for code in app.code)
    assert next(button for button in app.button if button.label.startswith("Fill in")).disabled


def test_presentation_starts_nothing(filled: Path) -> None:
    app = visit(PAGE, dataset="texts", method="rosprompt", tab="plan", present="1")
    assert_well(app)
    assert "presentation mode" in app.info[0].value
    assert not {"Start", "Queue them", "Try it", "Add them"} & {button.label for button in app.button}


def test_a_click_looks_at_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[dict[str, object]] = []
    held: dict[str, Any] = {
        "chart": {"selection": {"points": [{"customdata": "r1"}]}},
        "rows": {"selection": {"rows": [1]}},
    }
    monkeypatch.setattr(state, "go", lambda **changes: went.append(changes))
    monkeypatch.setattr(state, "widget", held.get)
    opening.point_to_run("chart")["on_select"]()
    opening.row_to_run("rows", ["a", "b"])["on_select"]()
    held["chart"] = {"selection": {"points": []}}
    held["rows"] = {"selection": {"rows": [7]}}
    opening.point_to_run("chart")["on_select"]()
    opening.row_to_run("rows", ["a", "b"])["on_select"]()
    assert went == [{"run": "r1"}, {"run": "b"}]


def test_label_words_are_edited_class_by_class(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"sports": ["football"]}
    wrote: list[Any] = []
    monkeypatch.setattr(
        state, "edits", lambda _: {0: {"words": "medicine,  doctor doctor"}, 2: {"words": None}}
    )
    monkeypatch.setattr(state, "set_row", lambda *said: wrote.append(said))
    words._edited("key", LABELS, given)
    assert wrote == [("plan", "stage1.words", ["health=medicine", "health=doctor"], [])]
    topics(resources.store())
    plan = json.dumps({"stage1.words": ["sports=football", "sports=ball"]})
    app = visit(PAGE, dataset=TOPICS, method="rosprompt", tab="plan", plan=plan)
    assert_well(app)
    assert "stage1.words=sports=football sports=ball" in " ".join(code.value for code in app.code)


def test_words_in_other_languages_can_be_taken_over(workspace: Path) -> None:
    topics(resources.store())
    app = visit(PAGE, dataset=TOPICS, method="rosprompt", tab="plan")
    assert "not been checked by native speakers" in texts(app)
    box = next(box for box in app.multiselect if box.label == "Words in other languages")
    box.set_value(["deu"]).run()
    next(button for button in app.button if button.label == "Add them").click().run()
    entries = json.loads(_one(app.query_params["plan"]))["stage1.words"]
    assert any(entry.startswith("sports=") for entry in entries)
    assert {entry.partition("=")[0] for entry in entries} <= set(LABELS)


def _one(value: str | list[str]) -> str:
    return value if isinstance(value, str) else value[0]


def test_a_demo_imports_its_data_and_queues_its_runs(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[Any, ...]] = []

    def start(recipe: str, target: str, settings: dict[str, str], **options: Any) -> str:
        done.append((recipe, target, settings["stage1.model"], options["seed"]))
        return f"job-{len(done)}"

    monkeypatch.setattr(actions, "import_dataset", lambda name, report: done.append((name,)))
    monkeypatch.setattr(actions, "start_run", start)
    wanted = methods()["mpt"].demo
    app = visit(PAGE, method="mpt")
    assert_well(app)
    assert "Try MPT on the demo world" in texts(app)
    assert demo._queued(wanted) == f"job-{len(wanted.datasets) + 1}"
    assert [one[0] for one in done if len(one) == 1] == list(wanted.datasets)
    runs = [one for one in done if len(one) > 1]
    assert len(runs) == sum(len(trial.seeds) for trial in wanted.trials)
    assert {one[1:3] for one in runs} == {("demo-world-b", "demo-world/masked")}
    assert "Try it" not in [button.label for button in visit(PAGE, method="mpt", present="1").button]


def test_a_sweep_is_queued_from_the_form(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    topics(resources.store(), "more-topics", "deu")
    asked_for: list[Any] = []

    def start(*given: object, **options: object) -> list[str]:
        asked_for.append((given, options))
        return ["a", "b"]

    monkeypatch.setattr(actions, "start_sweep", start)
    plan = json.dumps({"recipe": "transfer", "sources": ["more-topics"], "seed": 2})
    app = visit(PAGE, dataset="texts", method="mpt", tab="plan", plan=plan)
    box = next(box for box in app.selectbox if box.label == "Setting")
    box.set_value("stage1.strength").run()
    next(box for box in app.text_input if box.label == "Values, with commas").set_value("1, 10,1").run()
    sweep = "ssp sweep transfer --dataset texts --source more-topics --over stage1.strength=1,10 --seeds 3"
    assert sweep in [code.value for code in app.code]
    next(button for button in app.button if button.label == "Queue them").click().run()
    given, options = asked_for[0]
    assert given == ("transfer", "texts", {}, {"stage1.strength": ["1", "10"]}, 3)
    assert options["sources"] == ("more-topics",)
    assert app.success[0].value == "2 runs are queued."


def test_a_demo_is_told_as_commands_that_name_what_it_imports() -> None:
    for method in methods().values():
        lines = demo.commands(method.demo)
        assert [line for line in lines if line.startswith("ssp import")] == [
            f"ssp import {name}" for name in method.demo.datasets
        ]
        assert all(
            f"--dataset {method.demo.target}" in line for line in lines if line.startswith("ssp sweep")
        )
