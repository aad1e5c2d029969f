"""The language of a data set, also where no standard has a code for it."""

from __future__ import annotations

from core import languages
from core.types import Dataset, Language


def dataset(code: str, **meta: object) -> Dataset:
    return Dataset("d", "d", code, "pos", (), meta=meta)


def test_a_language_of_the_catalog() -> None:
    assert languages.of(dataset("fao")).name == "Faroese"
    assert languages.of(dataset("fao", script="Latn")).direction == "ltr"


def test_the_script_of_the_text_decides_the_direction() -> None:
    assert languages.of(dataset("kas", script="Deva")).direction == "ltr"
    assert languages.of(dataset("kas", script="Arab")).direction == "rtl"


def test_a_private_language_is_what_its_owner_said() -> None:
    mine = Language("x-hill", "Hill Speech", "Arab", direction="rtl", glottocode="hill1234")
    stored = dataset("x-hill", language=languages.described(mine))
    assert languages.of(stored) == mine
    assert languages.is_private(mine)
    assert not languages.is_private(languages.of(dataset("fao")))


def test_a_code_nobody_knows_is_its_own_name() -> None:
    assert languages.of(dataset("x-lost")) == Language("x-lost", "x-lost")


def test_descriptions_that_make_no_sense_do_no_harm() -> None:
    stored = dataset("x-hill", language={"name": "", "script": None, "direction": "<b>"})
    assert languages.of(stored) == Language("x-hill", "x-hill")
