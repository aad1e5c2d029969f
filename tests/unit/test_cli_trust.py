"""`ssp llm probe`, `contamination`, `formats` and `trust` against a server on this machine."""

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
from tests.ssp_command import Ssp

pytestmark = pytest.mark.slow

AWAY = ["--set", "llm.base_url=https://api.example.org/v1", "--set", "llm.model=m"]


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeLLM]:
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    longer = ("Hon/PRON", "syngur/VERB", "ein/DET", "sang/NOUN")
    return small(tmp_path_factory.mktemp("project"), head=longer, tail=("heima/ADV", "./PUNCT"))


@pytest.fixture
def tmp_path(project: Path) -> Path:
    """Where `ssp` works."""
    return project


@pytest.fixture
def model(fake: FakeLLM) -> list[str]:
    pairs = ("llm=endpoint", f"llm.base_url={fake.url}", f"llm.model={fake.model}")
    return [part for pair in pairs for part in ("--set", pair)]


@pytest.fixture(scope="module")
def run(project: Path, fake: FakeLLM) -> str:
    there = {"llm": "endpoint", "llm.base_url": fake.url, "llm.model": fake.model, "k": "2"}
    place = with_workspace(project / "workspace")
    with Store.open(place.workspace) as store:
        made, _ = run_here(store, place, Request("ssp", "mine", there, ("theirs",)), lambda *_: None)
    return made


def test_a_probe_says_what_the_server_does(ssp: Ssp, model: list[str]) -> None:
    found = ssp("llm", "probe", *model)
    assert found.code == 0, found.err
    states = {row[0]: row[1] for row in found.document["features"]}
    assert states["JSON schema"] == "yes"
    assert states["grammar"] in {"no", "ignored", "refused"}
    assert (found.document["host"], found.document["model"]) == ("127.0.0.1", "fake-model")


def test_contamination_is_asked_counted_kept_and_shown(
    ssp: Ssp, fake: FakeLLM, model: list[str], project: Path
) -> None:
    before = fake.counts()["asked"]
    found = ssp("llm", "contamination", "mine", "--items", "4", *model)
    assert found.code == 0, found.err
    said = found.document
    assert fake.counts()["asked"] - before == said["calls"] == 12
    assert said["verdict"] in {"none", "unclear"}
    assert "calls: 12" in found.err
    assert {one["kind"] for one in said["measures"]} == {"continue", "labels"}
    assert Path(said["file"]).is_file()
    (kept,) = [
        one for one in ssp("llm", "trust", "mine").document["reports"] if one["kind"] == "contamination"
    ]
    assert (kept["words"], kept["model"]) == (said["words"], "fake-model")
    run = ssp("run", "zeroshot", "--dataset", "mine", "--limit", "1", *model)
    assert f"contamination: {said['words']}" in run.err
    with Store.open(project / "workspace") as store:
        assert views.run(store, run.document["run"])["meta"]["contamination"]["words"] == said["words"]
    before += 1
    again = ssp("llm", "contamination", "mine", "--items", "4", *model)
    assert fake.counts()["asked"] - before == 12
    assert again.document["measures"] == said["measures"]


def test_every_form_is_asked_and_compared(ssp: Ssp, fake: FakeLLM, run: str) -> None:
    found = ssp("llm", "formats", run, "--items", "3", "--language", "eng", "--language", "deu")
    assert found.code == 0, found.err
    said = found.document
    assert "calls: 36" in found.err
    assert len(said["score"]) == len(said["outcomes"]) == 12
    assert all(sum(ended.values()) == 3 for ended in said["outcomes"].values())
    assert 0 <= said["agreement"] <= 1
    assert said["spread"] is not None
    shown = ssp("llm", "trust", json_too=False).out
    assert "formats" in shown
    text = ssp("llm", "formats", run, "--items", "3", json_too=False).out
    assert "rows/similar_first/eng" in text


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [
        ("contamination", ["mine"], "which language model?"),
        ("contamination", ["mine", *AWAY], "sentences of mine go to api.example.org (model m)"),
        ("contamination", ["absent", *AWAY], "unknown data set"),
        ("contamination", ["mine", "--split", "no", *AWAY], "has no split"),
        ("probe", ["--set", "k=3"], "no setting of a language model"),
        ("formats", ["absent"], "unknown run"),
    ],
)
def test_what_cannot_be_asked_or_is_not_confirmed(
    ssp: Ssp, command: str, arguments: list[str], words: str
) -> None:
    refused = ssp("llm", command, *arguments)
    assert (refused.code, words in refused.message) == (2, True), refused.err


def test_text_that_has_to_stay_is_not_asked_about(ssp: Ssp) -> None:
    ssp("egress", "mine", "local")
    refused = ssp("llm", "contamination", "mine", "--yes", *AWAY)
    ssp("egress", "mine", "ask")
    assert (refused.code, "stay on this machine" in refused.message) == (2, True)
