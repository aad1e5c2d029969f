"""The model of a run: through the gate first, then its calls are kept, counted and noted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.calls import BudgetReached, CallLog
from core.calls import noting as noting_module
from core.calls.pricing import Price, save_price
from core.calls.spending import Account
from core.egress import EgressRefused
from core.errors import RecipeError
from core.language_model import Kept, connect_model, connected, remembered, shown
from core.llms.replay import Replay
from core.run_input import RunInput, Source
from core.settings import with_workspace
from core.types import Completion, Egress
from tests import llm_client
from tests.fake_llm import FakeLLM
from tests.llm_client import SECRET, completed, dataset, request, requests, silent

fake = llm_client.fake
FIXED = {"constrain": "none", "logprobs": "off"}


def connect(fake: FakeLLM, workspace: Path, run: str = "", folder: Path | None = None, **more: Any) -> Kept:
    said = {"base_url": fake.url, "model": fake.model, "timeout": 5.0, "retries": 1, **FIXED, **more}
    return connect_model("endpoint", said, [dataset("local")], workspace, run=run, folder=folder)


def job(fake: FakeLLM, folder: Path | None = None, **stages: Any) -> RunInput:
    recipe: dict[str, Any] = {
        "stage1": {"labeler": "none"},
        "stage2": {"llm": "endpoint", "from_sources": 0},
        "llm": {"base_url": fake.url, "model": fake.model, **FIXED},
    } | stages
    source = Source("theirs", "isl", [], egress="local")
    return RunInput("run", dataset("any"), recipe, 0, [], [source], folder=folder)


def test_calls_are_kept_in_the_workspace(fake: FakeLLM, tmp_path: Path) -> None:
    first = completed(connect(fake, tmp_path).llm, 5)
    again = connect(fake, tmp_path)
    assert completed(again.llm, 5) == first
    assert fake.counts()["asked"] == 5
    log = CallLog(with_workspace(tmp_path).calls)
    assert [log.find(call.key) for call in first] == first
    assert (again.spent().cached, again.spent().calls, again.host) == (5, 0, "127.0.0.1")


def test_an_answer_is_kept_when_it_comes_and_not_when_it_is_read(fake: FakeLLM, tmp_path: Path) -> None:
    """Whoever reads slowly loses nothing by dying."""
    model = connect(fake, tmp_path, concurrency=4)
    answers = model.llm.answers(requests(50), silent)
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    kept = len(list(CallLog(with_workspace(tmp_path).calls).lines()))
    assert kept == fake.counts()["finished"]
    assert 1 <= kept <= 9


def test_what_cannot_be_kept_is_not_used(fake: FakeLLM, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, where a folder should be")
    model = connect(fake, tmp_path)
    with pytest.raises(Exception, match="log of calls"):
        completed(model.llm, 2)


@pytest.mark.parametrize(
    ("base_url", "egress", "agreed", "allowed"),
    [
        ("https://api.example.org/v1", "local", "api.example.org", False),
        ("https://api.example.org/v1", "ask", "", False),
        ("https://api.example.org/v1", "ask", "example.org", False),
        ("https://api.example.org/v1", "ask", "https://api.example.org", True),
        ("https://api.example.org/v1", "any", "", True),
        ("http://[::1]:9/v1", "local", "", True),
    ],
)
def test_the_gate(tmp_path: Path, base_url: str, egress: Egress, agreed: str, allowed: bool) -> None:
    said = {"base_url": base_url, "model": "m", "agreed": agreed}
    owners = [dataset("any"), dataset(egress, "theirs")]
    if allowed:
        assert connect_model("endpoint", said, owners, tmp_path).host
    else:
        with pytest.raises(EgressRefused, match="theirs"):
            connect_model("endpoint", said, owners, tmp_path)


def test_whose_text_is_shown(fake: FakeLLM) -> None:
    assert [one.id for one in shown(job(fake))] == ["mine"]
    by_stage1 = job(fake, stage1={"labeler": "incontext"})
    assert [(one.id, one.egress) for one in shown(by_stage1)] == [("mine", "any"), ("theirs", "local")]
    by_stage2 = job(fake, stage2={"llm": "endpoint", "from_sources": 8})
    assert [one.id for one in shown(by_stage2)] == ["mine", "theirs"]
    away = {"llm": {"base_url": "https://api.example.org/v1", "model": "m"}}
    assert connected(job(fake, **away)).host == "api.example.org"
    for run in (by_stage1, by_stage2):
        with pytest.raises(EgressRefused, match="theirs is set to stay"):
            connected(replace(run, recipe={**run.recipe, **away}))


def test_other_data_sets_can_be_named(fake: FakeLLM) -> None:
    run = job(fake, llm={"base_url": "https://api.example.org/v1", "model": "m"})
    with pytest.raises(EgressRefused, match="quiet"):
        connected(run, silent, [dataset("local", "quiet")])


def test_models_that_cannot_be_asked(fake: FakeLLM) -> None:
    call = Completion("k", "m", request(1).prompt.sha256, "p", "t")
    replayed = connected(replace(job(fake, stage2={"llm": "replay"}), completions=[call]))
    assert isinstance(replayed.llm, Replay)
    assert (replayed.host, replayed.capabilities(), replayed.spent().calls) == ("", None, 0)
    with pytest.raises(RecipeError, match="offline cannot be asked"):
        connected(job(fake, stage2={"llm": "offline"}))


def test_what_is_spent_is_noted_in_the_folder(fake: FakeLLM, tmp_path: Path) -> None:
    folder = tmp_path / "jobs" / "j1"
    folder.mkdir(parents=True)
    save_price(tmp_path, Price(fake.model, "127.0.0.1", 1.0, 2.0, "EUR", "me", "2026-01-01"))
    model = connected(job(fake, folder))
    model.expect(8)
    found = completed(model.llm, 4)
    said = json.loads((folder / "llm.json").read_text())
    prompt, answer = (
        sum(getattr(call, key) or 0 for call in found) for key in ("prompt_tokens", "completion_tokens")
    )
    assert (said["model"], said["host"], said["calls"], said["failed"]) == ("fake-model", "127.0.0.1", 4, 0)
    assert (said["prompt_tokens"], said["completion_tokens"]) == (prompt, answer)
    assert said["price"] == pytest.approx((prompt + 2 * answer) / 1e6)
    assert said["projected"] == pytest.approx(2 * said["price"])
    assert said["currency"] == "EUR"
    again = connected(job(fake, folder))
    completed(again.llm, 5)
    assert (again.spent().calls, again.spent().cached) == (5, 4)


def test_notes_are_written_once_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Any] = []
    monkeypatch.setattr(noting_module, "replace_json", lambda *said, **_: written.append(said))
    now, account = [0.0], Account()
    note = noting_module.Noting(tmp_path, account, "m", "", clock=lambda: now[0])
    account.reserve("k", (1, 1))
    for now[0] in (0.0, 0.3, 0.9, 1.1, 1.2):
        note()
    assert len(written) == 2
    account.release(["k"])
    note()
    assert len(written) == 3


def test_a_budget_is_that_of_the_run(fake: FakeLLM, tmp_path: Path) -> None:
    with pytest.raises(BudgetReached):
        completed(connect(fake, tmp_path, "run", max_calls=3).llm, 10)
    with pytest.raises(BudgetReached):
        completed(connect(fake, tmp_path, "run", max_calls=5).llm, 10)
    assert fake.counts()["asked"] == 5
    completed(connect(fake, tmp_path, "another", max_calls=5).llm, 10)
    assert fake.counts()["asked"] == 10


def test_a_lost_attempt_may_not_pass_the_budget(fake: FakeLLM, tmp_path: Path) -> None:
    fake.script.append("timeout")
    model = connect(fake, tmp_path, timeout=0.3, retries=5, max_calls=1)
    (call,) = completed(model.llm, 1)
    assert call.status == "failed"
    assert (model.spent().lost, fake.counts()["asked"]) == (1, 1)


def test_money_is_limited_only_where_a_price_is_known(tmp_path: Path) -> None:
    said = {"base_url": "https://api.example.org/v1", "model": "unheard-of", "max_price": 1.0}
    with pytest.raises(RecipeError, match="none is known"):
        connect_model("endpoint", said, [dataset("any")], tmp_path)


def test_auto_is_decided_by_trying_once(fake: FakeLLM, tmp_path: Path) -> None:
    fake.set(dialect="vllm")
    auto = {"constrain": "auto", "logprobs": "auto"}
    assert remembered("endpoint", {"base_url": fake.url, "model": fake.model}, tmp_path)[1] is None
    first = connect(fake, tmp_path, **auto)
    assert not fake.paths
    found = first.capabilities()
    assert found is not None
    assert (found.structured, found.logprobs) == (True, True)
    identity = first.llm.identity()
    assert identity["constrain"][0] == "structured"
    assert identity["logprobs"]
    asked = fake.counts()["asked"]
    second = connect(fake, tmp_path, **auto)
    assert second.llm.identity() == identity
    known = remembered("endpoint", {"base_url": fake.url, "model": fake.model}, tmp_path)
    assert (known[0].identity(), known[1]) == (identity, found)
    assert fake.counts()["asked"] == asked
    second.capabilities(anew=True)
    assert fake.counts()["asked"] > asked


def test_a_remembered_probe_that_cannot_be_read_is_made_anew(fake: FakeLLM, tmp_path: Path) -> None:
    auto = {"constrain": "auto"}
    connect(fake, tmp_path, **auto).capabilities()
    (kept,) = (tmp_path / "cache" / "capabilities").iterdir()
    kept.write_text("{broken")
    assert connect(fake, tmp_path, **auto).capabilities() is not None
    assert json.loads(kept.read_text())["model"] == fake.model


def test_nothing_is_tried_where_nothing_depends_on_it(fake: FakeLLM, tmp_path: Path) -> None:
    assert connect(fake, tmp_path).capabilities() is None
    assert not fake.paths


def test_the_key_goes_with_the_request_and_nowhere_else(
    fake: FakeLLM, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSP_LLM_KEY", SECRET)
    model = connect(fake, tmp_path)
    (call,) = completed(model.llm)
    assert fake.headers[-1]["authorization"] == f"Bearer {SECRET}"
    seen = [repr(call), repr(model.model), repr(vars(model)), str(model.llm.identity())]
    seen += [path.read_bytes().decode("latin1") for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(SECRET in text for text in seen)
