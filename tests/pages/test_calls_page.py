"""The page of calls: outcomes, one call word for word, the template beside its prompt, asking again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import settings
from core.importing import import_catalog
from core.store import facts
from core.types import Completion
from dashboard import actions, call_queries, queries, resources, state, wordings
from dashboard.current import Here
from dashboard.widgets.calls import one
from tests.pages.answered_run import HOSTILE, answered_run
from tests.pages.test_page_actions import TARGET, job, press, said, visit

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A run whose items ended ok, repaired, unparseable, refused, truncated, failed, and again."""
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path / "workspace"))
    settings.reset()
    st.cache_data.clear()
    import_catalog(resources.store(), settings.settings(), TARGET, lambda *_: None)
    for source in ("sample-topic-deu", "sample-topic-eng"):
        import_catalog(resources.store(), settings.settings(), source, lambda *_: None)
    yield answered_run(resources.store(), TARGET, tmp_path / "job")
    resources.close()
    settings.reset()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The requests that would have been given."""
    found: list[Any] = []
    monkeypatch.setattr(actions, "submit", lambda _store, _settings, request: found.append(request) or "j")
    return found


def opened(run: str, **more: str) -> AppTest:
    return visit("calls.py", dataset=TARGET, run=run, **more)


def here(run: str) -> Here:
    return Here(queries.dataset(TARGET), queries.run(run), queries.gold_run(TARGET))


def shown(app: AppTest) -> list[str]:
    return [code.value for code in app.code if not code.value.startswith("ssp llm")]


def control(app: AppTest, label: str) -> Any:
    return next(item for item in app.get("button_group") if item.label == label)


def test_outcomes_are_counted_and_the_list_is_filtered_by_them(run: str) -> None:
    app = opened(run)
    assert control(app, "How they ended").options == [
        "all 20", "usable 4", "repaired 4", "not usable 3", "refused 3", "cut off 3", "no answer 3",
    ]  # fmt: skip
    assert "20 calls" in said(app)
    assert "3 calls" in said(opened(run, outcome="refused"))
    assert "#### Item 3" in said(opened(run, outcome="refused")), "the first of them is open"


def test_a_call_is_shown_word_for_word(run: str) -> None:
    app = opened(run, sentence="2")
    (prompt, answer, *_) = shown(app)
    made = call_queries.call(str(queries.prediction(run, "stage2", 2).completion_key))  # type: ignore[union-attr]
    assert made is not None
    assert (prompt, answer) == (made.prompt, HOSTILE)
    assert "No known label in the answer" in said(app)
    assert "tiny-model at 127.0.0.1 · 300 prompt and 4 answer tokens · 0.25 s" in said(app)
    assert any('"temperature": 0.0' in text for text in shown(app))


def test_no_answer_is_rendered_as_anything_but_text(run: str) -> None:
    for place in ("1", "2"):
        app = opened(run, sentence=place)
        markdown = [str(item.value) for kind in ("markdown", "caption", "title") for item in app.get(kind)]
        assert HOSTILE in shown(app)
        assert not any("onerror" in text or "![x]" in text for text in markdown)


def test_what_was_said_before_the_answer_that_counts(run: str) -> None:
    app = opened(run, sentence="1")
    assert "The model answered" in said(app)
    assert "Name one of the labels." in shown(app)
    assert "1 more with this prompt" in [item.label for item in app.expander]


def test_the_log_is_exported_line_by_line(run: str) -> None:
    lines = call_queries.log_file(queries.run(run)).decode("utf8").splitlines()
    found = [json.loads(line) for line in lines]
    assert len(found) == 24, "twenty answers, four of them after another"
    assert {"prompt", "text", "parameters", "prompt_tokens", "seconds", "error", "host"} <= set(found[0])
    assert {row["status"] for row in found} >= {"ok", "refused", "failed", "truncated"}


def test_one_item_is_asked_again(run: str, asked: list[Any]) -> None:
    app = press(opened(run, sentence="3"), "Ask again")
    assert asked[0].overrides["llm.again"] == "3"
    assert asked[0].overrides["llm.model"] == "tiny-model"
    assert app.query_params["job"] in ("j", ["j"])


def test_all_that_ended_alike_are_asked_again(run: str, asked: list[Any]) -> None:
    app = opened(run, sentence="3")
    control(app, "Ask about").set_value("alike")
    app.run()
    press(app, "Ask again")
    assert asked[0].overrides["llm.again"] == "3 9 15"


def test_text_goes_away_again_only_after_somebody_agreed_again(
    run: str, asked: list[Any], tmp_path: Path
) -> None:
    away = {"base_url": "https://api.example.org/v1", "agreed": "api.example.org"}
    other = answered_run(resources.store(), TARGET, tmp_path / "away", run_id="e" * 16, llm=away)
    app = opened(other, sentence="3")
    assert next(button for button in app.button if button.label == "Ask again").disabled
    next(box for box in app.checkbox if "api.example.org" in box.label).check().run()
    press(app, "Ask again")
    assert asked[0].overrides["llm.agreed"] == "api.example.org"


def test_the_template_is_tried_on_this_very_item(run: str) -> None:
    app = opened(run, sentence="3", tab="wording")
    text = queries.instances(TARGET, (3,))[3].text
    assert shown(app)[0].rstrip().endswith(f"Text: {text}\nTopic:")
    assert "The same as the template that comes along." in said(app)
    wrong = wordings.preview(here(run), "stage2", 3, "{{ labels }}\n{{ nothing }}")
    assert wrong.line == 2
    assert "nothing" in wrong.problem


def test_a_template_of_ones_own_is_saved_and_asked_with(run: str, asked: list[Any]) -> None:
    mine = wordings.default(here(run), "stage2").replace("Topic:", "Theme:")
    facts.save_template(resources.store(), TARGET, "mine-1", mine)
    app = opened(run, sentence="3", tab="wording")
    next(box for box in app.selectbox if box.label == "Begin with").set_value("mine-1").run()
    assert shown(app)[0].rstrip().endswith("Theme:")
    assert any("+Theme:" in text for text in shown(app)), "the difference"
    press(app, "Ask again with this template")
    assert asked[0].overrides["llm.again_template"] == "mine-1"


def test_presenting_asks_nothing_and_changes_nothing(run: str) -> None:
    app = opened(run, sentence="3", present="1")
    assert not {"Ask again", "Save"} & {button.label for button in app.button}
    assert "Ask again" not in [button.label for button in opened(run, present="1", tab="wording").button]


def test_the_new_answer_is_shown_beside_the_old(run: str, tmp_path: Path) -> None:
    other = answered_run(resources.store(), TARGET, tmp_path / "new", run_id="d" * 16)
    folder = settings.settings().workspace
    job(folder, "20260101-a")
    (folder / "jobs" / "20260101-a" / "job.json").write_text(
        json.dumps({"run_id": other, "dataset_id": TARGET, "recipe": {"name": "ssp"}})
    )
    (folder / "jobs" / "20260101-a" / "ingested").touch()
    app = opened(run, sentence="3", job="20260101-a")
    assert "Item 3: refused before, now refused; the same labels." in said(app)


def test_a_run_without_a_model_says_so(run: str) -> None:
    gold = f"{TARGET}/gold"
    app = visit("calls.py", dataset=TARGET, run=gold)
    assert "No language model was asked" in said(app) or "unknown run" in said(app)


def test_a_call_from_the_table_of_another_page_has_its_link(run: str) -> None:
    links = visit("exemplars.py", dataset=TARGET, run=run, sentence="3").get("page_link")
    assert any(link.proto.label == "Its call" for link in links)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("", "First answer"),
        ("not json", "First answer"),
        ("[]", "First answer"),
        ('{"again":2}', "Asked again (2)"),
        ('{"sample":1}', "Answer 2 of several"),
        ('{"then":[["assistant","?"]]}', "After a mistake was pointed out"),
    ],
)
def test_what_kind_of_call_it_was(parameters: str, expected: str) -> None:
    assert one._kind(Completion("k", "m", "s", "p", "t", parameters=parameters)) == expected


def test_what_a_call_took_is_told_as_far_as_it_is_known() -> None:
    bare = Completion("k", "*m*", "s", "p", "t", finish_reason="")
    assert one.took(bare) == "\\*m\\*"
    assert state.View(outcome="ok").outcome == "ok"
