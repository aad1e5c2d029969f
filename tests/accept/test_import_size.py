"""A million tokens come in within half a minute, and memory does not grow with the file."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

from tests.own_files import sentence

MEASURED = """
import json, resource, sys
from core.cli import main
sys.argv = ["ssp", *sys.argv[1:]]
try:
    main()
except SystemExit as stopped:
    code = int(stopped.code or 0)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"peak_mib": peak}), file=sys.stderr)
raise SystemExit(code)
"""
MOST_GROWTH_MIB = 160
"""What a file five times as long may cost on top. DuckDB keeps what is not yet committed."""


def written(path: Path, sentences: int) -> Path:
    dice = random.Random(5)
    tags = ("NOUN", "VERB", "ADJ", "ADP", "PRON", "PUNCT")
    with path.open("w", encoding="utf8") as file:
        for _ in range(sentences):
            words = [f"orð{dice.randrange(40_000)}" for _ in range(20)]
            file.write(sentence(*((word, dice.choice(tags)) for word in words)))
    return path


def imported(path: Path, workspace: Path) -> tuple[float, float]:
    """Seconds and peak MiB of one import in a process of its own."""
    line = ["import", str(path), "--task", "pos", "--language", "fo", "--json", "--workspace", str(workspace)]
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", MEASURED, *line], capture_output=True, text=True, check=True)
    seconds = time.monotonic() - started
    return seconds, float(json.loads(done.stderr.strip().splitlines()[-1])["peak_mib"])


def test_a_million_tokens(tmp_path: Path) -> None:
    small, big = written(tmp_path / "small.conllu", 10_000), written(tmp_path / "big.conllu", 50_000)
    _, low = imported(small, tmp_path / "a")
    seconds, high = imported(big, tmp_path / "b")
    print(
        f"1,000,000 tokens in 50,000 sentences: {seconds:.1f} s, peak {high:.0f} MiB "
        f"(200,000 tokens: {low:.0f} MiB); file {big.stat().st_size / 2**20:.0f} MiB"
    )
    assert high - low < MOST_GROWTH_MIB
