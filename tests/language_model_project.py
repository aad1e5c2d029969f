"""A small workspace for commands about language models: a source, and a target whose sentences all differ."""

from __future__ import annotations

from pathlib import Path

from core.importing import import_file
from core.store import Store
from tests.own_files import choice, put
from tests.ssp_command import SOURCE, sentence

WORDS = ("nú", "væl", "her", "har", "tá", "so")
HEAD = ("Hon/PRON", "syngur/VERB")
TAIL = ("./PUNCT",)


def project(place: Path, *, head: tuple[str, ...] = HEAD, tail: tuple[str, ...] = TAIL) -> Path:
    """`place/workspace` with the data sets mine (Faroese) and theirs (Icelandic); returns `place`."""
    target = "".join(sentence(*head, f"{word}/ADV", *tail) for word in WORDS)
    with Store.open(place / "workspace") as store:
        import_file(store, choice(put(place, "mine.conllu", target), "pos", "fo"))
        import_file(store, choice(put(place, "theirs.conllu", SOURCE * 4), "pos", "is", split="train"))
    return place
