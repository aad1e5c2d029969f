"""`ssp ARGS` in this process, as a script would use it, and a small project to use it on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.cli import main

Ssp = Callable[..., "Answer"]


def sentence(*tagged: str) -> str:
    """A CoNLL-U sentence from `form/UPOS` words."""
    words = [word.split("/") for word in tagged]
    rows = [f"{n}\t{form}\t_\t{upos}" + "\t_" * 6 for n, (form, upos) in enumerate(words, 1)]
    return "\n".join([f"# text = {' '.join(form for form, _ in words)}", *rows, "", ""])


TARGET = sentence("Hon/PRON", "syngur/VERB", "nú/ADV", "./PUNCT")
SOURCE = sentence("Hún/PRON", "syngur/VERB", "þar/ADV", "./PUNCT")


class Answer:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def message(self) -> str:
        return self.err.strip().splitlines()[-1]


@pytest.fixture
def ssp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ssp:
    """Call `ssp ARGS --workspace TMP` in this process."""

    def call(*arguments: str, json_too: bool = True) -> Answer:
        flags = ["--json"] if json_too else []
        line = ["ssp", *arguments, *flags, "--workspace", str(tmp_path / "workspace")]
        monkeypatch.setattr(sys, "argv", line)
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return Answer(int(stopped.value.code or 0), captured.out, captured.err)

    return call


def filled(ssp: Ssp, folder: Path) -> str:
    """Import a source and a target; returns the target's id."""
    (folder / "mine.conllu").write_text(TARGET * 3 + TARGET.replace("nú", "væl") * 3, "utf8")
    (folder / "theirs.conllu").write_text(SOURCE * 4, "utf8")
    ssp("import", str(folder / "theirs.conllu"), "--task", "pos", "--language", "is", "--split", "train")
    done = ssp("import", str(folder / "mine.conllu"), "--task", "pos", "--language", "fo")
    assert done.code == 0, done.err
    return str(done.document["dataset"])
