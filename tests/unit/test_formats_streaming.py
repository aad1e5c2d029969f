"""A million tokens: every token format reads them in seconds, holding a few sentences at a time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.formats import formats
from core.types import Instance, Record, TaskName

TOKENS = 1_000_000
LENGTH = 20
MEASURE = """
import sys, time
from pathlib import Path
from core.formats import formats
from core.types import ReadOptions

name, task, path, way = sys.argv[1:]
options = ReadOptions(tokenization=way, language="und", partner=path)

def peak():  # not ru_maxrss: a new process starts with that of its parent
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024

def records():
    return formats[name].read(Path(path), task=task, split="x", options=options)

next(records())
before, start = peak(), time.perf_counter()
tokens = sum(len(record.instance.tokens) for record in records())
print(tokens, time.perf_counter() - start, peak() - before)
"""
CASES: list[tuple[str, TaskName, str]] = [
    *((name, "pos", "whitespace") for name in ("conllu", "bio", "wordtag", "responses", "jsonl", "csv")),
    ("iob2", "ner", "whitespace"),
    ("parquet", "pos", "whitespace"),
    *((name, "pos", way) for name in ("text", "mafand", "parallel") for way in ("whitespace", "unicode")),
]


def sentences(labels: tuple[str, ...]) -> Iterator[Record]:
    for n in range(TOKENS // LENGTH):
        tokens = tuple(f"ọ̀rọ̀{n}a{k}" for k in range(LENGTH))
        meta = {"translations": {"en": "some words in English"}}
        yield Record(Instance(n, "train", tokens, " ".join(tokens), meta=meta), labels)


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize(("name", "task", "way"), CASES)
def test_a_million_tokens_stream(tmp_path: Path, name: str, task: TaskName, way: str) -> None:
    path = tmp_path / f"x{formats[name].suffixes[0]}"
    with path.open("wb") as out:
        formats[name].write(sentences((("NOUN" if task == "pos" else "B-PER"),) * LENGTH), out, task=task)
    command = [sys.executable, "-c", MEASURE, name, task, str(path), way]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    tokens, seconds, megabytes = (float(number) for number in done.stdout.split())
    assert tokens == TOKENS
    assert seconds < 30, f"{name}: {seconds:.1f} s"
    assert megabytes < 100, f"{name}: {megabytes:.0f} MiB more at the peak"
    print(f"{name:10} {way:10} {seconds:5.1f} s {megabytes:6.1f} MiB")
