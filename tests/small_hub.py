"""A hub on this machine with one model, as huggingface_hub asks it: what was asked for is kept."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODEL = "somebody/small"
COMMIT = "a" * 40


class SmallHub:
    """`fetched` are the files that were transferred. `down`: it answers 503 to everything."""

    def __init__(self, address: str, files: Mapping[str, bytes]) -> None:
        self.address, self.files = address, files
        self.fetched: list[str] = []
        self.down = False


@contextmanager
def small_hub(files: Mapping[str, bytes]) -> Iterator[SmallHub]:
    """Serves while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    hub = SmallHub(f"http://127.0.0.1:{server.server_port}", files)
    server.hub = hub  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Not to the screen."""

    def do_HEAD(self) -> None:
        self._answer(whole=False)

    def do_GET(self) -> None:
        self._answer(whole=True)

    def _answer(self, whole: bool) -> None:
        hub: SmallHub = self.server.hub  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        if hub.down:
            self._send(503, b"", whole)
        elif path == f"/api/models/{MODEL}/revision/main":
            self._send(200, json.dumps({"id": MODEL, "sha": COMMIT, "siblings": []}).encode(), whole)
        elif path == f"/api/models/{MODEL}/tree/{COMMIT}":
            self._send(200, json.dumps([_listed(*file) for file in hub.files.items()]).encode(), whole)
        elif (name := path.removeprefix(f"/{MODEL}/resolve/{COMMIT}/")) in hub.files:
            if whole:
                hub.fetched.append(name)
            self._send(200, hub.files[name], whole, ETag=f'"{_digest(hub.files[name])}"')
        else:
            self._send(404, b"{}", whole, **{"X-Error-Code": "RepoNotFound"})

    def _send(self, code: int, body: bytes, whole: bool, **headers: str) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Repo-Commit", COMMIT)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if whole:
            self.wfile.write(body)


def _digest(body: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()


def _listed(name: str, body: bytes) -> dict[str, object]:
    return {"type": "file", "path": name, "size": len(body), "oid": _digest(body)}
