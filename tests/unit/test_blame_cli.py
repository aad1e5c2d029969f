"""`ssp blame` and `ssp rerun`, with the offline tagger and with a server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.settings import with_workspace
from core.store import Store, views
from tests.fake_llm import FakeLLM, serving
from tests.language_model_project import project as small
from tests.ssp_command import Ssp, filled

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeLLM]:
    with serving() as server:
        yield server


def test_blame_tells_of_a_run_and_of_a_sentence(ssp: Ssp, tmp_path: Path) -> None:
    filled(ssp, tmp_path)
    run = ssp("run", "ssp", "--dataset", "mine", "--source", "theirs", "--set", "k=2").document["run"]
    found = ssp("blame", run).document
    assert (found["run"], found["against"], found["recorded"]) == (run, "gold", True)
    assert set(found["errors"]) >= {"errors", "recorded", "same_word", "none"}
    assert {row["dataset"] for row in found["exemplars"]} == {"mine", "theirs"}
    assert all(row["uses"] >= 1 for row in found["exemplars"])
    one = ssp("blame", run, "--position", "0").document
    assert (one["position"], one["suspects"]) == (0, []) or one["wrong"]
    text = ssp("blame", run, json_too=False).out
    assert "exemplar" in text
    assert "wrong labels" in text


def test_blame_says_what_is_missing(ssp: Ssp, tmp_path: Path) -> None:
    filled(ssp, tmp_path)
    assert ssp("blame", "nowhere").code == 2
    assert "no Stage II" in ssp("blame", "mine/gold").message


def test_a_run_without_an_exemplar(ssp: Ssp, tmp_path: Path) -> None:
    filled(ssp, tmp_path)
    run = ssp("run", "ssp", "--dataset", "mine", "--source", "theirs", "--set", "k=2").document["run"]
    rows = ssp("selections", run).document["selections"]
    out = rows[0]["ids"][0]
    showed = [row["query"] for row in rows if out in row["ids"]]
    done = ssp("rerun", run, "--ban", str(out))
    assert done.code == 0, done.err
    assert f"{len(showed):,} sentences get other exemplars" in done.err
    assert done.document["parent"] == run
    new = ssp("selections", done.document["run"]).document["selections"]
    assert [row["query"] for row in new if out in row["ids"]] == []
    assert ssp("rerun", run, "--ban", str(out)).document["computed"] is False
    said = ssp("rerun", run, "--ban", str(out), json_too=False).out
    assert f"ssp compare {run}@stage2 {done.document['run']}@stage2" in said
    assert "no exemplar is named" in ssp("rerun", run).message
    assert "no prompt of run" in ssp("rerun", run, "--ban", "77").message
    assert "with other exemplars" in ssp("iterate", done.document["run"]).message


def test_a_model_is_asked_once_for_each_sentence_that_changes(
    ssp: Ssp, tmp_path: Path, fake: FakeLLM
) -> None:
    small(tmp_path)
    there = {"llm": "endpoint", "llm.base_url": fake.url, "llm.model": fake.model, "k": "2"}
    free = {"llm.constrain": "none", "llm.logprobs": "off"}
    place = with_workspace(tmp_path / "workspace")
    with Store.open(place.workspace) as store:
        run, _ = run_here(store, place, Request("ssp", "mine", there | free, ("theirs",)), lambda *_: None)
        shown = {
            row["position"]: [item["position"] for item in row["exemplars"]]
            for row in views.selections(store, run)
        }
    out = shown[0][0]
    changed = [at for at, row in shown.items() if out in row]
    before = fake.counts()["asked"]
    done = ssp("rerun", run, "--ban", str(out))
    assert done.code == 0, done.err
    assert fake.counts()["asked"] - before == len(changed) < 6
    assert f"{len(changed)} items" in done.err or f"{len(changed)} sentences" in done.err
    assert ssp("rerun", run, "--ban", str(out)).document["run"] == done.document["run"]
    assert fake.counts()["asked"] - before == len(changed)
