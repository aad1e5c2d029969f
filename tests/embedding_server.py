"""A server of embeddings on this machine: answers as OpenAI's does, or as badly as it is told to."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

WIDTH = 16
Misbehaviour = Callable[["Handler", list[str]], None]


def vector(text: str, model: str = "x") -> list[float]:
    """What the server says of a text."""
    seed = int.from_bytes(hashlib.sha256(f"{model} {text}".encode()).digest()[:8], "big")
    return [float(number) for number in np.random.default_rng(seed).normal(size=WIDTH)]


class Server(ThreadingHTTPServer):
    """`asked` holds what was received; `script` what to do instead of answering, request by request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.script: list[Misbehaviour] = []
        self.always: Misbehaviour | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def texts(self) -> list[str]:
        return [text for document in self.asked for text in document["input"]]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(document)
        self.server.headers.append(dict(self.headers))
        self.server.paths.append(self.path)
        act = self.server.script.pop(0) if self.server.script else self.server.always or well
        with suppress(BrokenPipeError, ConnectionResetError):
            act(self, document["input"])

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Silent."""


def well(handler: Handler, texts: list[str]) -> None:
    """As it should be, with the entries in reverse order."""
    model = handler.server.asked[-1]["model"]
    said(*reversed([{"index": at, "embedding": vector(text, model)} for at, text in enumerate(texts)]))(
        handler, texts
    )


def said(*entries: Any) -> Misbehaviour:
    """These entries, whatever the question."""
    return body(json.dumps({"object": "list", "data": list(entries)}).encode())


def body(content: bytes) -> Misbehaviour:
    return lambda handler, _: handler.answer(200, content)


def status(code: int, **headers: str) -> Misbehaviour:
    """An error that repeats all it was sent, as careless servers do."""

    def act(handler: Handler, texts: list[str]) -> None:
        told = {"error": {"message": f"{texts} {handler.headers.get('Authorization')}"}}
        handler.answer(code, json.dumps(told).encode(), **headers)

    return act


def slow(seconds: float) -> Misbehaviour:
    """Says nothing for a while."""

    def act(handler: Handler, texts: list[str]) -> None:
        time.sleep(seconds)
        well(handler, texts)

    return act


def dripping(handler: Handler, _: list[str]) -> None:
    """A byte now and then: no single read ever times out."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def endless(handler: Handler, _: list[str]) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * (1 << 16))


def breaking_off(handler: Handler, _: list[str]) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"{")
    handler.close_connection = True


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
