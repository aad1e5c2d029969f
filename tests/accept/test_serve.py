"""Acceptance: the real `transformers serve` on a tiny model, asked by our client; prints what it measured.

The model has random weights and is made here; the server is a process of its own, on this machine, offline.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from core.language_model import connect_model
from core.llms import Frame, Request, Style
from core.prompts import prompt_sha256
from core.tasks import tasks
from core.types import Completion, Prompt
from tests.needs import needs
from tests.tiny_llm import language_model

pytestmark = [needs("torch", "transformers"), pytest.mark.slow, pytest.mark.filterwarnings("default")]
SKIPPED = "SERVER TEST SKIPPED: transformers serve needs fastapi (install requirements-dev.txt)"
PATIENCE = 120.0
WORDS = ("Hon", "syngur", "í", "dag", ".")


@dataclass(frozen=True)
class Server:
    """Where it listens, what its model is called there, and where calls of the tests are kept."""

    url: str
    model: str
    workspace: Path
    seconds: float


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    from transformers.utils.import_utils import is_serve_available

    if not is_serve_available():
        pytest.skip(SKIPPED)
    home = tmp_path_factory.mktemp("home")
    (home / "hub").mkdir()
    folder = language_model(tmp_path_factory.mktemp("llm"))
    port, began = free_port(), time.monotonic()
    command = Path(sys.executable).with_name("transformers")
    where = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    environment = os.environ | {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [command, "serve", str(folder), *where], env=environment, stdout=log, stderr=log
        )
    try:
        url = f"http://127.0.0.1:{port}/v1"
        wait(process, url, home / "log")
        seconds = time.monotonic() - began
        print(f"\ntransformers serve: up after {seconds:.1f} s")
        yield Server(url, str(folder), tmp_path_factory.mktemp("workspace"), seconds)
    finally:
        process.terminate()
        process.wait(20)


def wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        try:
            httpx.get(f"{url}/models", timeout=5.0, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"transformers serve did not start: {log.read_text()[-2000:]}")


def request(text: str, style: Style, labels: Sequence[str], words: Sequence[str] = ()) -> Request:
    return Request(Prompt(text, prompt_sha256(text)), Frame(style, tuple(labels), tuple(words)))


def ask(server: Server, requests: Sequence[Request], **settings: object) -> dict[str, Completion]:
    """Prompt -> completion, by our client."""
    said = {"base_url": server.url, "model": server.model, "max_tokens": 12, **settings}
    model = connect_model("endpoint", said, (), server.workspace)
    return {one.prompt.text: call for one, call in model.llm.answers(requests, lambda: None)}


def test_chat_for_all_four_tasks(server: Server) -> None:
    requests = []
    for name in ("pos", "ner", "nli", "topic"):
        task = tasks[name]
        tokens = task.unit == "token"
        requests.append(
            request(f"{name}:", "rows" if tokens else "label", task.labels, WORDS if tokens else ())
        )
    found = ask(server, requests)
    assert len(found) == 4
    for call in found.values():
        assert call.status in ("ok", "truncated")
        assert call.text
        assert call.host == "127.0.0.1"
        assert call.seconds is not None
        assert (call.prompt_tokens or 0) > 0
        assert 1 <= (call.completion_tokens or 0) <= 12


def test_eight_at_once_say_what_each_says_alone(server: Server) -> None:
    requests = [request(f"Reply {number}:", "label", ("yes", "no")) for number in range(16)]
    seconds = []
    found = []
    for at_once in (1, 8):
        began = time.monotonic()
        fresh = Server(server.url, server.model, server.workspace / str(at_once), server.seconds)
        found.append(ask(fresh, requests, concurrency=at_once))
        seconds.append(time.monotonic() - began)
    print(f"16 calls: {seconds[0]:.1f} s one by one, {seconds[1]:.1f} s eight at once")
    assert {text: call.text for text, call in found[0].items()} == {
        text: call.text for text, call in found[1].items()
    }


def test_a_finished_call_is_not_repeated(server: Server) -> None:
    requests = [request("Once:", "label", ("yes", "no"))]
    first, again = ask(server, requests), ask(server, requests)
    assert first == again


def test_an_answer_comes_in_pieces(server: Server) -> None:
    """The library that our client is made of, asked to stream."""
    from openai import AsyncOpenAI

    async def both() -> tuple[str, str, int]:
        said = {
            "model": server.model,
            "messages": [{"role": "user", "content": "Words:"}],
            "max_tokens": 12,
            "temperature": 0.0,
        }
        async with AsyncOpenAI(base_url=server.url, api_key="none", max_retries=0) as client:
            whole = await client.chat.completions.create(**said)
            pieces = [
                event.choices[0].delta.content or ""
                async for event in await client.chat.completions.create(**said, stream=True)
                if event.choices
            ]
        return whole.choices[0].message.content or "", "".join(pieces), len(pieces)

    whole, joined, count = asyncio.run(both())
    assert whole
    assert joined.strip() == whole.strip()
    assert count > 2


def test_the_probe_finds_what_is_ignored(server: Server) -> None:
    said = {"base_url": server.url, "model": server.model}
    began = time.monotonic()
    found = connect_model("endpoint", said, (), server.workspace).capabilities(anew=True)
    assert found is not None
    print(f"probe: {time.monotonic() - began:.1f} s, {dict(found.found)}, {list(found.notes)}")
    assert (found.found["logprobs"], found.found["schema"]) == ("ignored", "ignored")
    assert {found.found[name] for name in ("grammar", "choice", "structured")} == {"refused"}
    assert found.found["several"] == "ignored"
    assert found.served.startswith(server.model)
