"""10,000 mutilated copies of real files: every one is imported, or waits for a decision, or is refused
with one message - never a traceback."""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from core.errors import FormatError
from core.importing import UndecidedLabels, import_file
from core.inspection import FileChoice, inspect
from core.store import Store, views
from core.types import ReadOptions, TaskName
from tests.own_files import choice

FILES = int(os.environ.get("SSP_FUZZ_FILES", "10000"))
STORED_EVERY = 50
"""Every such file goes all the way into a workspace; the others through the same reading and checks."""
LONGEST = 6_000
SPICES = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n\n", b"\t", b'"', b"_", b"\xe2\x80\xa8", b"\xc2\x85",
    b"\xe2\x80\x8b", b"<script>", b"=1+1", b"1-2\tx\n", b"{", b"[" * 50, b"\\ud800", b"-1", b"NaN",
    b"B-\n", b"I-X\n", b"#", b"\xf0\x9f\xa7\x91", b"PK\x03\x04", b"\x1f\x8b\x08", b"%PDF", b"PAR1",
]  # fmt: skip
TASK_OF = (
    ("UniversalDependencies", "pos"), ("masakhane-pos", "pos"), ("masakhane-ner", "ner"),
    ("UniversalNER", "ner"), ("americasnli", "nli"), ("sib-200", "topic"), ("masakhane-news", "topic"),
    ("lafand-mt", "pos"), ("dair-iitd/SSP/data/processed", "nli"), ("dair-iitd/SSP/data/SSP", "ner"),
    ("AmericasNLP", "topic"),
)  # fmt: skip


def seeds(mirror: Path) -> list[tuple[Path, bytes, TaskName]]:
    """Beginnings of the mirror's own data files, with the task each is for."""
    found = []
    for path in sorted(mirror.rglob("*")):
        task = next((task for part, task in TASK_OF if part in path.as_posix()), None)
        if task and path.is_file() and path.suffix in {".conllu", ".txt", ".tsv", ".iob2", ".json", ".jsonl"}:
            with path.open("rb") as file:
                content = file.read(LONGEST)
            found.append((path, content[: content.rfind(b"\n") + 1], task))
    return found


def language_of(path: Path) -> str:
    """The other language of a MAFAND pair; any language would do for the other files."""
    pair = re.search(r"/en-(\w+)/", path.as_posix())
    return pair[1] if pair else "fo"


def mutilated(content: bytes, dice: random.Random, other: bytes) -> bytes:
    """The content after one to four accidents."""
    data = bytearray(content[: dice.choice([200, 1000, LONGEST])])
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(data) + 1)
        accident = dice.randrange(6)
        if accident == 0:
            data[at:at] = dice.choice(SPICES) * dice.choice([1, 1, 3])
        elif accident == 1:
            del data[at : at + dice.choice([1, 2, 7, 200])]
        elif accident == 2:
            data[at : at + 1] = bytes([dice.randrange(256)])
        elif accident == 3:
            data[at:at] = other[: dice.choice([5, 80, 400])]
        elif accident == 4:
            data = data[:at]
        else:
            data[at:at] = data[max(0, at - dice.choice([3, 40])) : at]
    return bytes(data)


@pytest.mark.real
def test_no_mutilated_file_ends_in_a_traceback(mirror: Path, tmp_path: Path) -> None:
    originals = seeds(mirror)
    assert len(originals) > 100
    dice = random.Random(3)
    outcomes = Counter[str]()
    with Store.open(tmp_path / "workspace") as store:
        for number in range(FILES):
            path, content, task = dice.choice(originals)
            broken = tmp_path / f"f{number}{path.suffix}"
            broken.write_bytes(mutilated(content, dice, dice.choice(originals)[1]))
            options = ReadOptions(tokenization=dice.choice(["whitespace", "unicode"]))
            wanted = choice(broken, task, language_of(path), options=options)
            outcomes[_outcome(store, wanted, stored=number % STORED_EVERY == 0)] += 1
            broken.unlink()
        n_stored = len(views.datasets(store))
    print(f"{FILES:,} fuzzed files of {len(originals)} originals: {dict(outcomes)}; {n_stored} stored")
    assert sum(outcomes.values()) == FILES
    assert min(outcomes["importable"] + outcomes["stored"], outcomes["refused"]) > FILES / 100


def _outcome(store: Store, wanted: FileChoice, *, stored: bool) -> str:

    before = {dataset.id for dataset in views.datasets(store)} if stored else set()
    if stored:
        try:
            import_file(store, wanted)
        except UndecidedLabels as error:
            _check_advice(error)
            assert {dataset.id for dataset in views.datasets(store)} == before
            return "undecided"
        except FormatError as error:
            assert {dataset.id for dataset in views.datasets(store)} == before
            return _refused(error)
        return "stored"
    found = inspect(wanted)
    if found.error is None:
        return "undecided" if found.unknown else "importable"
    assert isinstance(found.error, FormatError), found.error
    return _refused(found.error)


def _refused(error: FormatError) -> str:
    assert error.path.startswith("f")
    assert error.problem
    assert error.hint
    return "refused"


def _check_advice(error: UndecidedLabels) -> None:
    assert "--" in error.hint
