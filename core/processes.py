"""Who a process is: its number and when it was born, because numbers are used again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

LONGEST = 90
"""Characters of a command line that a message shows."""
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """One process. `born` tells it from a later one of the same number."""

    pid: int
    born: str

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Process | None:
        """What a file of this program says of a process; None where it says nothing."""
        pid, born = said.get("pid"), said.get("born")
        return cls(pid, born) if isinstance(pid, int) and isinstance(born, str) else None


def this() -> Process:
    return Process(os.getpid(), born(os.getpid()) or "")


def alive(process: Process | None) -> bool:
    """Whether exactly this process still runs; one that has ended but was not waited for does not."""
    return process is not None and born(process.pid) == process.born


def born(pid: int) -> str | None:
    """When a process began, as its system tells; None where there is none."""
    if not PROC.joinpath("self", "stat").exists():
        return _asked_of_ps(pid, "stat=,lstart=")
    try:
        state, *rest = PROC.joinpath(str(pid), "stat").read_text("utf8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if state in "ZX" else f"{_boot()}-{rest[18]}"


def command(pid: int) -> str:
    """The command line of a process, shortened; "" where it is not told."""
    if not PROC.joinpath("self", "stat").exists():
        text = _asked_of_ps(pid, "command=") or ""
    else:
        try:
            text = (
                PROC.joinpath(str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode("utf8", "replace")
            )
        except OSError:
            return ""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


@lru_cache(maxsize=1)
def _boot() -> str:
    try:
        return PROC.joinpath("sys", "kernel", "random", "boot_id").read_text("utf8")[:8]
    except OSError:
        return ""


def _asked_of_ps(pid: int, fields: str) -> str | None:
    asked = ["ps", "-p", str(pid), "-o", fields]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    state, _, rest = answer.partition(" ") if "stat=" in fields else ("", "", answer)
    return None if not answer or state.startswith("Z") else rest.strip()
