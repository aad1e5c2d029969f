"""Whole runs whose exemplars are chosen by a server's vectors, and what may be sent to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import settings
from core.sending import KEYS
from tests.embedding_server import Server, serving, status
from tests.ssp_command import Answer, Ssp, filled

pytestmark = pytest.mark.slow

SECRET = "sk-this-is-the-key"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv(KEYS[0], SECRET)
    settings.reset()
    yield tmp_path / "workspace"
    settings.reset()


def run(ssp: Ssp, target: str, url: str, *more: str) -> Answer:
    chosen = {"embedder": "endpoint", "embedder.base_url": url, "embedder.model": "x", "k": "2"}
    options = [word for pair in (*(f"{k}={v}" for k, v in chosen.items()), *more) for word in ("--set", pair)]
    return ssp("run", "ssp", "--dataset", target, "--source", "theirs", *options)


def test_a_whole_run(ssp: Ssp, tmp_path: Path, server: Server, workspace: Path) -> None:
    target = filled(ssp, tmp_path)
    done = run(ssp, target, server.url)
    assert done.code == 0, done.err
    assert done.document["stages"] == ["stage1", "consensus", "stage2"]
    assert sorted(server.texts) == ["Hon syngur nú .", "Hon syngur væl .", "Hún syngur þar ."]
    assert server.headers[0]["Authorization"] == f"Bearer {SECRET}"
    stored = ssp("selections", done.document["run"]).document["selections"]
    assert [len(row["ids"]) for row in stored] == [2] * 6
    assert list((workspace / "cache" / "embeddings").glob("*/*.npy"))
    files = [path for path in workspace.rglob("*") if path.is_file()]
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
    assert SECRET not in done.out + done.err


def test_the_second_run_and_a_question_about_the_first_need_no_server(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    with serving() as server:
        first = run(ssp, target, server.url).document["run"]
        stored = ssp("selections", first).document["selections"]
    other = run(ssp, target, server.url, "k=3")
    assert other.code == 0, other.err
    assert other.document["run"] != first
    again = ssp("select", first)
    assert again.code == 0, again.err
    assert [row["ids"] for row in again.document["selections"]] == [row["ids"] for row in stored]


def test_vectors_lie_in_the_workspace_that_a_command_names(
    ssp: Ssp, tmp_path: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = filled(ssp, tmp_path)
    with serving() as server:
        first = run(ssp, target, server.url).document["run"]
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path / "elsewhere"))
    settings.reset()
    again = ssp("select", first, "--workspace", str(workspace))
    assert again.code == 0, again.err
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("metric", ["cosine", "dot", "euclidean"])
def test_every_metric_chooses(ssp: Ssp, tmp_path: Path, server: Server, metric: str) -> None:
    done = run(ssp, filled(ssp, tmp_path), server.url, f"embedder.metric={metric}")
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("egress", "agreed", "message"),
    [
        ("local", "", "set to stay on this machine"),
        ("local", "embeddings.invalid", "set to stay on this machine"),
        ("ask", "", "nobody agreed"),
        ("ask", "127.0.0.1", "nobody agreed"),
        ("ask", "embeddings.invalid", "embeddings.invalid could not be reached"),
        ("any", "", "embeddings.invalid could not be reached"),
    ],
)
def test_where_text_may_not_go_the_run_ends(
    ssp: Ssp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, egress: str, agreed: str, message: str
) -> None:
    """The host is a name that never has an address: whoever is let through fails to reach it."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    target = filled(ssp, tmp_path)
    assert ssp("egress", target, egress).code == 0
    more = ["embedder.retries=0", *([f"embedder.agreed={agreed}"] if agreed else [])]
    done = run(ssp, target, "http://embeddings.invalid:9/v1", *more)
    assert done.code == 2
    assert message in done.message


def test_a_server_on_this_machine_is_always_allowed(ssp: Ssp, tmp_path: Path, server: Server) -> None:
    target = filled(ssp, tmp_path)
    ssp("egress", target, "local")
    assert run(ssp, target, server.url).code == 0


def test_a_server_that_refuses_is_one_line(ssp: Ssp, tmp_path: Path, server: Server) -> None:
    server.always = status(401)
    done = run(ssp, filled(ssp, tmp_path), server.url)
    assert done.code == 2
    assert "127.0.0.1 does not accept the key in SSP_EMBEDDINGS_KEY" in done.message
    assert "Traceback" not in done.err
    assert SECRET not in done.err


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("embedder.base_url=nowhere", "plain http or https address"),
        ("embedder.base_url=", "needs a base_url"),
        ("embedder.metric=l2", "cosine, dot or euclidean"),
        ("embedder.colour=blue", "unknown setting of embedder endpoint 'colour'"),
    ],
)
def test_what_cannot_be_is_refused_before_stage_one(
    ssp: Ssp, tmp_path: Path, server: Server, pair: str, message: str
) -> None:
    done = run(ssp, filled(ssp, tmp_path), server.url, pair)
    assert done.code == 2
    assert message in done.message
    assert server.asked == []
