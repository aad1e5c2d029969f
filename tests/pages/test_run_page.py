"""The run page: a form made from the recipe's fields, what it says before it starts, what it starts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import catalog
from core.llms import LIVE
from core.store import facts, views
from core.types import Dataset, Instance, Record
from dashboard import actions, plans, queries, resources
from dashboard.field_texts import described, text
from tests.pages.test_page_actions import TARGET, job, press, said, visit, workspace

__all__ = ["workspace"]
pytestmark = pytest.mark.slow
SOURCES = ["sample-topic-deu", "sample-topic-eng"]


def planned(**rows: Any) -> AppTest:
    return visit("run.py", dataset=TARGET, plan=json.dumps(rows))


def told(app: AppTest) -> list[str]:
    return [item.value for item in app.text]


def plan_of(app: AppTest) -> dict[str, Any]:
    found = app.query_params.get("plan", "{}")
    rows: dict[str, Any] = json.loads(found if isinstance(found, str) else found[0])
    return rows


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would have been started."""
    asked: list[Any] = []
    monkeypatch.setattr(
        actions.jobs, "start", lambda *given, **options: asked.append((given[2:], options)) or "j"
    )
    return asked


def test_every_field_of_every_part_has_a_widget(workspace: Path) -> None:
    for labeler in plans.stage1_names("topic"):
        app = planned(**{"stage1.labeler": labeler})
        kinds = ("number_input", "checkbox", "text_input", "selectbox", "multiselect")
        labels = {item.label for kind in kinds for item in app.get(kind)}
        part = plans.part("stage1", labeler)
        for name in plans.labelers.setting_names(labeler):
            assert text("stage1", name, part).label in labels, name


def test_what_is_changed_is_in_the_address_and_goes_into_the_run(workspace: Path, started: list[Any]) -> None:
    app = visit("run.py", dataset=TARGET)
    next(box for box in app.selectbox if box.label == "Chosen by").set_value("random").run()
    next(box for box in app.number_input if box.label == "Seed").set_value(3).run()
    next(box for box in app.number_input if box.label.startswith("Items per source")).set_value(50).run()
    rows = {"selector.name": "random", "seed": 3, "stage1.per_source": 50}
    assert plan_of(app) == rows
    press(app, "Start")
    (recipe, dataset, overrides), options = started[0]
    assert (recipe, dataset) == ("ssp", TARGET)
    assert overrides == {"selector.name": "random", "stage1.per_source": "50"}
    assert options == {"sources": (), "split": None, "limit": None, "seed": 3}
    assert app.query_params["job"] in ("j", ["j"])


def test_back_at_its_default_a_field_leaves_the_address(workspace: Path) -> None:
    app = planned(**{"selector.k": 4, "seed": 2})
    next(box for box in app.number_input if box.label.startswith("Exemplars per")).set_value(8).run()
    assert plan_of(app) == {"seed": 2}


def test_another_labeler_forgets_the_settings_of_the_last(workspace: Path) -> None:
    app = planned(**{"stage1.strength": 3.0, "selector.k": 4})
    next(box for box in app.selectbox if box.label == "Labelled by").set_value("ngram_lr").run()
    assert plan_of(app) == {"stage1.labeler": "ngram_lr", "selector.k": 4}


def test_it_says_what_will_happen_and_the_same_command(workspace: Path) -> None:
    app = planned(**{"sources": SOURCES[:1], "limit": 5, "stage2.llm": "none"})
    lines = told(app)
    assert "5 items of Sample: Swiss German topics will be labelled." in lines
    assert "Stage I: n-gram classifier trained on the sources, which learns from:" in lines
    assert any("German: 20 items (train)" in line for line in lines)
    assert "It ends with Stage I: no exemplars, no Stage II." in lines
    assert "Nothing leaves this machine, and nothing costs money." in lines
    command = f"ssp run ssp --dataset {TARGET} --source {SOURCES[0]} --limit 5 --set stage2.llm=none"
    assert command in [code.value for code in app.code]


def test_the_command_of_the_page_makes_the_run_of_the_page(workspace: Path) -> None:
    """The words of the command, read as the command line reads them, are the request."""
    import shlex

    app = planned(**{"sources": SOURCES, "selector.k": 3, "selector.pin": ["1", "2"]})
    words = shlex.split(next(code.value for code in app.code if code.value.startswith("ssp run")))
    assert [words[place + 1] for place, word in enumerate(words) if word == "--source"] == SOURCES
    assert [words[place + 1] for place, word in enumerate(words) if word == "--set"] == [
        "selector.k=3",
        "selector.pin=1 2",
    ]


def test_the_time_is_that_of_earlier_runs_and_only_of_those(workspace: Path) -> None:
    assert any(line.startswith("Time: One run of this kind took about") for line in told(planned()))
    assert not any(line.startswith("Time:") for line in told(planned(**{"selector.name": "dpp"})))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ({"selector.k": -3}, "k"),
        ({"selector.coverage": "maybe"}, "coverage"),
        ({"stage1.nonsense": 1}, "nonsense"),
        ({"stage1.labeler": "imported"}, "came without Stage-I labels"),
        ({"stage2.llm": "replay"}, "no recorded calls"),
        ({"sources": ["sample-pos-eng"]}, "pos data set"),
        ({"split": "dev"}, "nothing to label"),
        ({"embedder.name": "endpoint"}, "needs a"),
    ],
)
def test_what_stands_in_the_way_is_said_before_anything_starts(
    workspace: Path, rows: dict[str, Any], expected: str
) -> None:
    other = Record(Instance(0, "train", ("a",), "a"), ("NOUN",))
    facts.add_dataset(resources.store(), Dataset("sample-pos-eng", "Other", "eng", "pos", ("NOUN",)), [other])
    app = planned(**rows)
    assert any(expected in line for line in told(app)), told(app)
    assert next(button for button in app.button if button.label == "Start").disabled


@pytest.mark.parametrize(
    "plan", ["no json", "[]", '{"limit":"x","seed":[],"sources":"y","recipe":7}', '{"selector.k":"x","a":1}']
)
def test_any_address_is_a_page(workspace: Path, plan: str) -> None:
    app = visit("run.py", dataset=TARGET, plan=plan)
    assert not app.exception
    assert "What will happen" in said(app)


def test_sources_are_advised_and_taken_with_one_press(workspace: Path) -> None:
    advised = [row["dataset"] for row in queries.advice(TARGET) if row["chosen"]]
    app = press(visit("run.py", dataset=TARGET), "Use the advised sources")
    assert plan_of(app) == {"sources": advised}
    assert next(box for box in app.multiselect if box.label == "Source languages").value == advised


def test_text_goes_out_only_after_somebody_agreed_here(workspace: Path, started: list[Any]) -> None:
    away = {
        "embedder.name": "endpoint",
        "embedder.model": "m",
        "embedder.base_url": "https://api.example.org/v1",
    }
    app = planned(**away, **{"embedder.agreed": "api.example.org"})
    assert next(button for button in app.button if button.label == "Start").disabled
    app = planned(**away)
    assert any("goes to api.example.org" in line for line in told(app))
    next(box for box in app.checkbox if "may be sent" in box.label).check().run()
    press(app, "Start")
    assert started[0][0][2]["embedder.agreed"] == "api.example.org"
    assert "agreed" not in str(plan_of(app))


def test_a_data_set_that_stays_here_cannot_be_sent(workspace: Path) -> None:
    facts.set_egress(resources.store(), TARGET, "local")
    app = planned(
        **{"embedder.name": "endpoint", "embedder.model": "m", "embedder.base_url": "https://example.org"}
    )
    assert any("is set to stay on this machine" in line for line in told(app))


def test_settings_become_a_recipe_that_is_offered(workspace: Path) -> None:
    app = planned(**{"selector.k": 3, "stage1.strength": 2.0})
    next(box for box in app.text_input if box.label == "Name").set_value("three")
    press(app, "Save")
    written = (workspace / "recipes" / "three.toml").read_text("utf8")
    assert "k = 3" in written
    assert "strength = 2.0" in written
    app = planned(recipe="three")
    assert next(box for box in app.number_input if box.label.startswith("Exemplars per")).value == 3


def test_a_finished_job_leads_to_its_results(workspace: Path) -> None:
    run = next(row["id"] for row in views.runs(resources.store(), TARGET) if row["kind"] == "run")
    job(workspace, "20260101-a", job={"run_id": run, "dataset_id": TARGET, "recipe": {"name": "ssp"}})
    (workspace / "jobs" / "20260101-a" / "ingested").touch()
    links = [link.proto.label for link in visit("run.py", dataset=TARGET, job="20260101-a").get("page_link")]
    assert "Its Stage I" in links


def test_a_failed_job_says_why_where_it_was_started(workspace: Path) -> None:
    job(workspace, "20260101-a", error={"state": "failed", "message": "the disk is full."})
    assert "the disk is full." in told(visit("run.py", dataset=TARGET, job="20260101-a"))


def test_the_run_links_elsewhere_lead_here_with_the_data_set(workspace: Path) -> None:
    for page in ("overview.py", "stage1.py"):
        links = visit(page, dataset=TARGET).get("page_link")
        run = [link.proto for link in links if link.proto.label == "Run"]
        assert any(f"dataset={TARGET}" in proto.query_string for proto in run), page


def test_a_docstring_speaks_for_a_field_without_a_text() -> None:
    class Part:
        """A part.

        Attributes:
            first, second_: what both are
                in two lines.
            third: another.
        """

    assert described(Part) == {
        "first": "what both are in two lines.",
        "second": "what both are in two lines.",
        "third": "another.",
    }
    assert text("stage1", "third", Part).label == "Third"
    assert text("stage1", "third", Part).help == "Another."


def test_every_recipe_of_the_catalog_can_be_planned_or_says_what_it_lacks(workspace: Path) -> None:
    for name, found in catalog.recipes().items():
        asks = found["stage2"]["llm"] in LIVE
        needed = getattr(plans.part("stage1", found["stage1"]["labeler"]), "required", ())
        needed = (*needed, *getattr(plans.part("embedder", found["embedder"]["name"]), "required", ()))
        app = planned(recipe=name)
        lacks = bool(asks or needed)
        assert next(button for button in app.button if button.label == "Start").disabled is lacks, name
        said = " ".join(told(app))
        assert not lacks or any(f"needs a {key}" in said for key in needed) or "language model" in said, name
