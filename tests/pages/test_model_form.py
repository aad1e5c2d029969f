"""The run page with a language model: what is chosen, seen, estimated and agreed to before it starts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.calls.pricing import Price, prices, save_price
from core.store import facts
from dashboard import background, resources
from tests.fake_llm import FakeLLM, serving
from tests.pages.test_page_actions import TARGET, job, press, said, visit, workspace
from tests.pages.test_run_page import plan_of, planned, started, told

__all__ = ["started", "workspace"]
pytestmark = pytest.mark.slow
AWAY = {"stage2.llm": "endpoint", "llm.base_url": "https://api.example.org/v1", "llm.model": "m"}


@pytest.fixture
def server() -> Iterator[FakeLLM]:
    with serving(dialect="vllm") as fake:
        yield fake


def here(server: FakeLLM, **more: Any) -> dict[str, Any]:
    return {"stage2.llm": "endpoint", "llm.base_url": server.url, "llm.model": server.model, **more}


def settled(**rows: Any) -> AppTest:
    """The page once everything behind it has been worked out."""
    app = planned(**rows)
    _wait()
    return app.run()


def _wait() -> None:
    end = time.monotonic() + 30
    while any(not work.done for work in background._desk().values()):
        assert time.monotonic() < end
        time.sleep(0.05)


def box(app: AppTest, label: str) -> Any:
    kinds = ("selectbox", "text_input", "number_input")
    return next(item for kind in kinds for item in app.get(kind) if item.label == label)


def start_button(app: AppTest) -> Any:
    return next(button for button in app.button if button.label == "Start")


def test_a_provider_fills_in_its_address_and_nothing_else(workspace: Path) -> None:
    app = planned(**{"stage2.llm": "endpoint", "llm.concurrency": 2})
    box(app, "Provider").set_value("ollama").run()
    assert plan_of(app) == {
        "stage2.llm": "endpoint",
        "llm.concurrency": 2,
        "llm.base_url": "http://127.0.0.1:11434/v1",
    }
    assert "Start it with: ollama serve" in said(app)
    assert any("no language model is chosen yet" in line for line in told(app))
    assert start_button(app).disabled


def test_another_answerer_forgets_the_settings_of_the_model(workspace: Path) -> None:
    app = planned(**AWAY, **{"selector.k": 3})
    box(app, "Answered by").set_value("none").run()
    assert plan_of(app) == {"stage2.llm": "none", "selector.k": 3}


def test_every_setting_of_a_model_has_a_field(workspace: Path) -> None:
    for name in ("endpoint", "transformers"):
        app = planned(**{"stage2.llm": name, "llm.model": "m"})
        assert box(app, "Model").value == "m"
        for label in ("Answers written as", "Confidence from", "Times to point out a mistake"):
            assert box(app, label)
    app = planned(**AWAY)
    for label in ("Calls at a time", "Money at most", "Tokens at most", "Calls at most", "Temperature"):
        assert box(app, label)


def test_whether_there_is_a_key_is_told_and_never_which(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("SSP_LLM_KEY", raising=False)
    assert "There is no key in the environment" in said(planned(**AWAY))
    monkeypatch.setenv("SSP_LLM_KEY", "sk-planted-and-secret")
    app = planned(**AWAY)
    assert "environment variable SSP_LLM_KEY will be used" in said(app)
    assert "planted" not in repr(app.main)


def test_a_data_set_that_stays_here_says_so_at_once(workspace: Path) -> None:
    facts.set_egress(resources.store(), TARGET, "local")
    app = planned(**{key: value for key, value in AWAY.items() if key != "llm.model"})
    assert any("set to stay on this machine" in warning.value for warning in app.warning)
    app = settled(**AWAY)
    assert any("is set to stay on this machine" in line for line in told(app))
    assert start_button(app).disabled


def test_text_goes_to_a_model_only_after_somebody_agreed_here(workspace: Path, started: list[Any]) -> None:
    assert start_button(settled(**AWAY, **{"llm.agreed": "api.example.org"})).disabled
    app = settled(**AWAY)
    assert start_button(app).disabled
    assert any("go to api.example.org (model m)" in line for line in told(app))
    question = next(item for item in app.checkbox if "may be sent to" in item.label)
    assert "cost what its owner asks" in question.label
    question.check().run()
    press(app, "Start")
    assert started[0][0][2]["llm.agreed"] == "api.example.org"
    assert "agreed" not in str(plan_of(app))


def test_money_is_agreed_to_even_on_this_machine(
    workspace: Path, started: list[Any], server: FakeLLM
) -> None:
    app = settled(**here(server))
    assert not start_button(app).disabled, "it stays here and costs nothing"
    save_price(workspace, Price(server.model, "127.0.0.1", 1.0, 2.0, "EUR"))
    app = settled(**here(server, seed=1))
    question = next(item for item in app.checkbox if item.label.startswith("This may cost"))
    assert "EUR" in question.label
    assert start_button(app).disabled
    question.check().run()
    press(app, "Start")
    assert "llm.agreed" not in started[0][0][2]


def test_a_server_is_looked_at_without_any_text_of_the_data(workspace: Path, server: FakeLLM) -> None:
    app = planned(**{key: value for key, value in here(server).items() if key != "llm.model"})
    press(app, "Look at the server")
    _wait()
    app.run()
    assert plan_of(app)["llm.model"] == server.model, "the only one there is"
    _wait()
    app.run()
    assert ":red-badge[silently ignored]" in said(app)
    assert ":green-badge[works] **structured outputs**" in said(app)
    sent = repr(list(server.requests))
    assert "Swiss" not in sent
    assert not any(item.text in sent for item in _texts())


def _texts() -> list[Any]:
    from core.store import views

    return [record.instance for record in views.records(resources.store(), TARGET)]


def test_a_server_that_is_not_there_is_told(workspace: Path) -> None:
    app = planned(**{"stage2.llm": "endpoint", "llm.base_url": "http://127.0.0.1:9/v1", "llm.model": "m"})
    press(app, "Look at the server")
    _wait()
    assert any("gave no answer" in line for line in told(app.run()))


def test_stage_one_by_the_same_model(workspace: Path, server: FakeLLM) -> None:
    app = settled(**here(server, **{"stage1.labeler": "incontext", "sources": ["sample-topic-deu"]}))
    assert box(app, "Exemplars of the sources per sentence").value == 8
    box(app, "After Stage I").set_value("none").run()
    assert plan_of(app)["stage2.labeler"] == "none"
    assert any("ends with Stage I" in line for line in told(app))


def test_what_a_job_spends_and_a_budget_that_is_raised(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = {"model": "m", "host": "example.org", "calls": 40, "cached": 2, "failed": 1}
    spent |= {"prompt_tokens": 30_000, "completion_tokens": 1_000, "price": 0.5, "currency": "USD"}
    failed = {"state": "failed", "message": "the next call could pass the budget.", "code": "budget"}
    job(workspace, "20260101-a", error=failed, llm=spent)
    app = visit("jobs.py")
    assert "m at example.org: 40 calls, 2 from the log, 1 failed · 31,000 tokens · 0.500 USD" in said(app)
    assert "budget used up" in said(app)
    assert not any(button.label == "Resume" for button in app.button)
    asked: list[Any] = []
    monkeypatch.setattr("dashboard.actions.raise_budget", lambda *given: asked.append(given))
    box(app, "Calls at most").set_value(100)
    press(app, "Raise and go on")
    assert asked[0][1]["max_calls"] == 100


def test_a_price_is_kept_and_forgotten(workspace: Path) -> None:
    def page() -> None:
        from dashboard.widgets.language_model import prices

        prices.editor("m", "api.example.org")

    app = AppTest.from_function(page, default_timeout=30).run()
    box(app, "Prompt tokens").set_value(0.5)
    press(app, "Save the price")
    assert "must be a number from 0 on" in "".join(told(app)), "an answer's price is not nothing"
    box(app, "Answer tokens").set_value(1.5)
    press(app, "Save the price")
    own = [listed.price for listed in prices(workspace) if listed.own]
    assert [(price.model, price.host, price.prompt) for price in own] == [("m", "api.example.org", 0.5)]
    press(app, "Delete")
    assert not any(listed.own for listed in prices(workspace))
