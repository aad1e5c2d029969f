"""Small files of a user's own, and the choice a user would make of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core import catalog
from core.inspection import FileChoice
from core.types import TaskName


def sentence(*words: tuple[str, str]) -> str:
    """One sentence of CoNLL-U from (form, tag) pairs."""
    rows = [f"{n}\t{word}\t_\t{tag}\t_\t_\t0\t_\t_\t_" for n, (word, tag) in enumerate(words, 1)]
    return "\n".join(["# text = " + " ".join(word for word, _ in words), *rows, "", ""])


DEV = sentence(("Eg", "PRON"), ("lesi", "VERB")) + sentence(("Hon", "PRON"), ("sá", "VERB"), (".", "PUNCT"))
NER = "Kano B-LOC\nce O\n\nAli B-PER\nya O\n\n"


def put(folder: Path, name: str, content: str | bytes) -> Path:
    """A file with this content."""
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.encode() if isinstance(content, str) else content)
    return target


def choice(path: Path, task: TaskName, language: str = "fo", **more: Any) -> FileChoice:
    """What a user says of a file who says no more than task and language."""
    return FileChoice(path, path.name, task, catalog.language(language), **more)
