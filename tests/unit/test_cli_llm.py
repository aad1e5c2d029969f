"""`ssp llm`, `ssp calls`, `ssp ask-again`: before and after a run against a server on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.settings import with_workspace
from core.store import Store
from tests.fake_llm import FakeLLM, serving
from tests.language_model_project import project as small
from tests.ssp_command import Answer, Ssp

pytestmark = pytest.mark.slow

KEY = "planted-key-0815"
FREE = {"llm.constrain": "none", "llm.logprobs": "off"}
"""Settings that leave nothing to be tried out first."""


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeLLM]:
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One workspace for all tests here."""
    return small(tmp_path_factory.mktemp("project"))


@pytest.fixture
def tmp_path(project: Path) -> Path:
    """Where `ssp` works."""
    return project


def settings(fake: FakeLLM, **more: str) -> dict[str, str]:
    there = {"llm": "endpoint", "llm.base_url": fake.url, "llm.model": fake.model}
    return there | {key.replace("__", "."): value for key, value in more.items()}


def options(table: dict[str, str]) -> list[str]:
    return [part for key, value in table.items() for part in ("--set", f"{key}={value}")]


@pytest.fixture(scope="module")
def run(project: Path, fake: FakeLLM) -> str:
    """A run of SSP; the model did not answer two of the six sentences usably."""
    request = Request("ssp", "mine", settings(fake, k="2", llm__concurrency="1") | FREE, ("theirs",))
    place = with_workspace(project / "workspace")
    fake.script.extend(["refusal", "garbage"])
    with pytest.MonkeyPatch.context() as patch, Store.open(place.workspace) as store:
        patch.setenv("SSP_LLM_KEY", KEY)
        made, _ = run_here(store, place, request, lambda *_: None)
    return made


def test_an_estimate_sends_nothing_and_learns_from_runs(ssp: Ssp, fake: FakeLLM, run: str) -> None:
    before = fake.counts()["asked"]
    asked = options(settings(fake, k="2", llm__seed="7") | FREE)
    found = ssp("llm", "estimate", "ssp", "--dataset", "mine", "--source", "theirs", *asked)
    assert found.code == 0, found.err
    said = found.document
    assert fake.counts()["asked"] == before
    assert said["statement"].startswith("Nothing leaves this machine: fake-model is asked at 127.0.0.1")
    assert (said["leaves"], said["costs"], said["measured_on"], said["cached"]) == (False, False, 6, None)
    assert 6 <= said["calls"]["low"] < 7
    assert said["calls"]["likely"] == pytest.approx(6 * (1 + 1 / 6))
    assert said["seconds"]["likely"] < 6
    assert [row["basis"] for row in said["scale"]] == ["estimated", "projected", "projected", "projected"]
    other = options({**settings(fake, k="2") | FREE, "llm.model": "another"})
    new = ssp("llm", "estimate", "ssp", "--dataset", "mine", "--source", "theirs", *other).document
    assert new["seconds"] is None
    assert "an assumption" in " ".join(new["notes"])


@pytest.mark.parametrize("more", [FREE, {"llm.constrain": "auto"}])
def test_what_is_in_the_log_is_known_where_the_prompts_are(
    ssp: Ssp, fake: FakeLLM, more: dict[str, str]
) -> None:
    zero = ("zeroshot", "--dataset", "mine", *options(settings(fake) | more))
    assert ssp("run", *zero).code == 0
    found = ssp("llm", "estimate", *zero, "--set", "llm.concurrency=2").document
    assert found["cached"] == 6
    assert found["prompt_tokens"]["likely"] == 0
    assert found["per_item"]["prompt_tokens"] > 0


def test_the_cost_of_a_run_is_told_per_label(ssp: Ssp, run: str) -> None:
    ssp("llm", "prices", "--set", "*=10/30", "--host", "127.0.0.1", "--source", "mine")
    cost = ssp("llm", "cost", run)
    spent, changes = cost.document["spending"], cost.document["changes"]
    paid = (spent["prompt_tokens"] * 10 + spent["completion_tokens"] * 30) / 1e6
    assert spent["worth"] == pytest.approx(paid)
    assert changes["against"] == "gold"
    assert cost.document["scale"][0]["basis"] == "measured"
    assert ssp("llm", "cost", run, json_too=False).out.count("projected") == 3
    ssp("llm", "prices", "--delete", "*", "--host", "127.0.0.1")


def test_every_call_is_exported_verbatim(ssp: Ssp, fake: FakeLLM, run: str, tmp_path: Path) -> None:
    out = tmp_path / "calls.jsonl"
    done = ssp("calls", "export", run, "--out", str(out))
    assert done.code == 0, done.err
    lines = [json.loads(line) for line in out.read_text("utf8").splitlines()]
    assert len(lines) == done.document["calls"] == 7
    assert sum(bool(line["parameters"]["then"]) for line in lines) == 1
    sent = {body["messages"][0]["content"] for body in fake.requests}
    assert {line["prompt"] for line in lines} <= sent
    assert any(KEY in headers.get("authorization", "") for headers in fake.headers)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert ssp("calls", "export", run, "--out", str(tmp_path)).code == 2
    assert ssp("calls", "export", run, "--out", str(tmp_path / "no" / "x.jsonl")).code == 2


def test_items_without_a_usable_answer_are_listed_and_asked_again(ssp: Ssp, fake: FakeLLM, run: str) -> None:
    listed = ssp("calls", "list", run, "--outcome", "refused").document
    assert listed["outcomes"] == {"ok": 4, "refused": 1, "repaired": 1}
    (item,) = listed["items"]
    assert (item["outcome"], item["position"]) == ("refused", 0)
    before = fake.counts()["asked"]
    again = ssp("ask-again", run)
    assert (again.code, again.document["asked_again"]) == (0, 1), again.err
    assert again.document["run"] != run
    assert fake.counts()["asked"] == before + 1
    after = ssp("calls", "list", again.document["run"]).document
    assert after["outcomes"] == {"ok": 5, "repaired": 1}
    two = ssp("ask-again", run, "--position", "0", "--position", "3")
    assert two.document["asked_again"] == 2
    for arguments, words in (
        (["--outcome", "bad"], "unknown outcome"),
        (["--position", "99"], "did not ask about item 99"),
        (["--outcome", "truncated"], "no items to ask again"),
    ):
        refused = ssp("ask-again", run, *arguments)
        assert (refused.code, words in refused.message) == (2, True), refused.err


def test_a_run_without_a_model_has_no_calls(ssp: Ssp, tmp_path: Path) -> None:
    asked = ("ssp", "--dataset", "mine", "--source", "theirs", "--set", "k=2")
    run = ssp("run", *asked).document["run"]
    for arguments in (["calls", "export", run, "--out", str(tmp_path / "no.jsonl")], ["llm", "cost", run]):
        refused: Answer = ssp(*arguments)
        assert (refused.code, "asked no language model" in refused.message) == (2, True)
    assert not (tmp_path / "no.jsonl").exists()
    assert ssp("llm", "estimate", *asked).document["calls"]["high"] == 0


def test_prices_are_kept_and_forgotten(ssp: Ssp) -> None:
    shipped = ssp("llm", "prices").document
    assert "Prices change" in shipped["remark"]
    mine = ("--host", "llm.example.org", "--currency", "EUR")
    own = ssp("llm", "prices", "--set", "m=1/2", *mine, "--source", "contract").document["prices"][0]
    assert (own["model"], own["prompt"], own["completion"], own["currency"], own["own"]) == (
        "m", 1, 2, "EUR", True,
    )  # fmt: skip
    assert not any(row["own"] for row in ssp("llm", "prices", "--delete", "m", *mine).document["prices"])
    for wrong in (["--set", "m"], ["--set", "m=a/b"], ["--set", "m=1/-2"], ["--delete", "m"]):
        assert ssp("llm", "prices", *wrong, *mine).code == 2
