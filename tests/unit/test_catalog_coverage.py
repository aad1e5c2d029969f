"""Which encoders saw a language: only what a published list says."""

from __future__ import annotations

import pytest

from core import catalog

ENCODERS = {
    "XLM-R": 93,
    "mBERT": 103,
    "LaBSE": 109,
    "paraphrase-multilingual-MiniLM": 50,
    "AfroXLMR": 20,
    "AfroXLMR-76L": 76,
    "AfriBERTa": 11,
}
"""Sizes of the lists; Chinese counts once."""


def covered(code: str) -> set[str]:
    return {found.encoder for found in catalog.coverage(code) if found.covered}


def note(code: str, encoder: str) -> str:
    return next(found.note for found in catalog.coverage(code) if found.encoder == encoder)


def test_lists_are_whole_and_no_language_is_in_one_twice() -> None:
    from core.catalog.coverage import _encoders

    assert {encoder.title: len(encoder.listed) for encoder in _encoders().values()} == ENCODERS


def test_every_answer_names_source_and_checkpoints() -> None:
    for found in catalog.coverage("fao"):
        assert found.source
        assert all("/" in model for model in found.models)
        assert found.models
    assert [found.encoder for found in catalog.coverage("fao")] == list(ENCODERS)


@pytest.mark.parametrize(
    ("code", "encoders"),
    [
        ("eng", set(ENCODERS) - {"AfriBERTa"}),
        ("isl", {"XLM-R", "mBERT", "LaBSE"}),
        ("hau", {"XLM-R", "LaBSE", "AfroXLMR", "AfroXLMR-76L", "AfriBERTa"}),
        ("luo", {"AfroXLMR-76L"}),
        ("nqo", {"AfroXLMR-76L"}),
        ("yor", {"mBERT", "LaBSE", "AfroXLMR", "AfroXLMR-76L", "AfriBERTa"}),
        ("fao", set()),
        ("got", set()),
        ("grn", set()),
        ("aym", set()),
    ],
)
def test_languages_of_the_lists(code: str, encoders: set[str]) -> None:
    assert covered(code) == encoders


@pytest.mark.parametrize(
    ("member", "whole"),
    [("swh", "swa"), ("arb", "ara"), ("pes", "fas"), ("khk", "mon"), ("zsm", "msa"), ("ekk", "est")],
)
def test_a_macrolanguage_and_the_member_that_stands_for_it_are_one(member: str, whole: str) -> None:
    assert covered(member) == covered(whole)
    assert "XLM-R" in covered(member)


def test_other_members_are_not_covered_but_noted() -> None:
    assert "XLM-R" not in covered("ary")
    assert note("ary", "XLM-R") == "The list names Arabic, which takes in Moroccan Arabic."
    assert note("nno", "XLM-R") == "The list names Norwegian, which takes in Norwegian Nynorsk."
    assert note("nno", "mBERT") == ""
    assert note("hbs", "LaBSE") == "The list names Bosnian, Croatian, Serbian, part of Serbo-Croatian."
    assert note("fao", "XLM-R") == ""


def test_an_encoder_that_was_trained_on_says_what_it_began_with() -> None:
    assert note("deu", "AfroXLMR") == "It was trained on from XLM-R, which saw it."
    assert note("fao", "AfroXLMR") == ""
    assert note("hau", "AfroXLMR") == ""


def test_any_spelling_of_a_language_will_do() -> None:
    assert catalog.coverage("ha") == catalog.coverage("Hausa") == catalog.coverage("haus1257")


@pytest.mark.parametrize("code", ["qad", "x-hill", "zzzz9999", "no language"])
def test_of_a_language_no_standard_names_nothing_is_said(code: str) -> None:
    assert catalog.coverage(code) == ()
