"""Descriptions, keys and colours of labels: the catalog's, a file's, and both together."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import tagsets
from core.errors import FormatError
from core.types import Dataset, LabelInfo
from tests.own_files import put

GOOD = '[NOUN]\ndescription = "A thing."\nkey = "n"\ncolor = "#0072B2"\n\n["V.PRS"]\nkey = "w"\n'


def dataset(*labels: str, tagset: tuple[LabelInfo, ...] = ()) -> Dataset:
    return Dataset("d", "d", "fao", "pos", labels, tagset=tagset)


def test_a_file_of_guidelines(tmp_path: Path) -> None:
    found = tagsets.read(put(tmp_path, "tags.toml", "\ufeff" + GOOD))
    assert found == (LabelInfo("NOUN", "A thing.", "n", "#0072B2"), LabelInfo("V.PRS", key="w"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("NOUN = 1", "other fields"),
        ("[NOUN]\nkey = 1", "every field is text"),
        ("[NOUN]\nkey = 'nn'", "no single character"),
        ("[NOUN]\nkey = ' '", "no single character"),
        ("[NOUN]\nkey = 'n'\n[VERB]\nkey = 'N'", "same key"),
        ("[NOUN]\ncolor = 'red'", "#RRGGBB"),
        ("[NOUN]\nshape = 'x'", "other fields"),
        ("[NOUN", "no readable TOML"),
    ],
)
def test_files_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        tagsets.read(put(tmp_path, "tags.toml", text))


def test_every_label_is_explained_and_has_its_own_key() -> None:
    found = tagsets.of(dataset("NOUN", "VERB", "V.PRS"))
    assert [info.label for info in found] == ["NOUN", "VERB", "V.PRS"]
    assert all(info.description for info in found[:2])
    keys = [info.key for info in found]
    assert len(set(keys)) == 3
    assert all(keys)


def test_the_owners_words_come_first() -> None:
    own = LabelInfo("NOUN", "Mine.", "v", "#000000")
    noun, verb = tagsets.of(dataset("NOUN", "VERB", tagset=(own,)))
    assert noun == own
    assert verb.key != "v"
    assert verb.description
