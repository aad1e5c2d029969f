"""What XAMPLER, MPT and RoSPrompt cost those who do not use them: starts of command line and dashboard.

Seconds of a busy machine mean little, so it is CPU seconds beside those of the same process: the rooms of the
methods may add a tenth to what a start imports, and load no learning library.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, MOST = 3, 1.10
HEAVY = ("torch", "transformers", "sentence_transformers", "safetensors")
ROOMS = "core.cloze.checkpoint, core.cloze.training, core.retrieval, core.world, core.sweeps"
STARTS = {
    "ssp": "core.cli.app, core.cli.runs, core.jobs.prepare",
    "dashboard": "dashboard.asgi, dashboard.plans, dashboard.actions",
}


def main() -> bool:
    """Print CPU seconds of each start; True if the rooms add no more than they may, and nothing heavy."""
    good = True
    for name, modules in STARTS.items():
        before, after, loaded = _start(modules)
        good &= after / before <= MOST and not loaded
        said = " ".join(loaded) or "no learning library"
        print(f"start {name:10} {before:5.2f} CPU s, with the methods' rooms {after / before:.3f} x   {said}")
    return good


def _start(modules: str) -> tuple[float, float, list[str]]:
    """CPU seconds to import these, and with ROOMS; the middle of several. What of HEAVY came with them."""
    code = (
        f"import sys, time, {modules}; before = time.process_time(); import {ROOMS};"
        f"print(before, time.process_time(), *sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.split()
        for _ in range(ROUNDS)
    ]
    return median(float(words[0]) for words in said), median(float(words[1]) for words in said), said[0][2:]


if __name__ == "__main__":
    sys.exit(not main())
