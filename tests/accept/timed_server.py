"""The dashboard, saying after every run of a page's script how long that took: `SCRIPT <milliseconds>`."""

from __future__ import annotations

import sys
import time
from typing import Any

import uvicorn
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

_run = ScriptRunner._run_script


def timed(self: ScriptRunner, data: Any) -> None:
    started, worked = time.perf_counter(), time.thread_time()
    _run(self, data)
    wall, cpu = time.perf_counter() - started, time.thread_time() - worked
    print(f"SCRIPT {1000 * wall:.1f} {1000 * cpu:.1f}", flush=True)


ScriptRunner._run_script = timed  # type: ignore[method-assign]
uvicorn.run("dashboard.asgi:app", host="127.0.0.1", port=int(sys.argv[1]), log_level="critical")
