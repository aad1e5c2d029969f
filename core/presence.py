"""Whether a dashboard has the workspace open, and where: `server.json` in the workspace."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from core import processes
from core.processes import Process
from core.whole_files import read_json, replace_json

FILE = "server.json"


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard that is running."""

    process: Process
    url: str


@contextmanager
def announced(workspace: Path, url: str) -> Iterator[None]:
    """Say that this process is the workspace's dashboard, for as long as it is."""
    me, path = processes.this(), workspace / FILE
    replace_json(path, asdict(me) | {"started": time.time(), "url": url})
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            if Process.read(read_json(path)) == me:
                path.unlink(missing_ok=True)


def dashboard(workspace: Path) -> Dashboard | None:
    """The workspace's dashboard; None where there is none, or one was killed and left its file."""
    try:
        said = read_json(workspace / FILE)
    except (OSError, ValueError):
        return None
    process = Process.read(said)
    if process is None or not processes.alive(process):
        return None
    return Dashboard(process, str(said.get("url", "")))
