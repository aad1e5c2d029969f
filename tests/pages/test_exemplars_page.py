"""The what-if tabs of the exemplars page, under whatever settings an address may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages.test_pages import assert_well, filled, texts, visit, workspace

__all__ = ["filled", "workspace"]


@pytest.mark.parametrize("tab", ["try", "set"])
@pytest.mark.parametrize(
    "tries",
    [
        "",
        '{"k":1,"coverage":"hard","budget":50}',
        '{"name":"random"}',
        '{"name":"mmr","k":2}',
        '{"preset":"ssp_nli","pin":["1"]}',
        '{"k":"nonsense","price":[],"x":1}',
        "no json",
    ],
)
def test_any_settings_in_the_address_are_tried_or_left_out(filled: Path, tab: str, tries: str) -> None:
    for dataset in ("words", "pairs"):
        assert_well(visit("exemplars.py", dataset=dataset, tab=tab, tries=tries, sentence="0", peek="1"))


def test_a_pin_that_is_no_sentence_is_one_clear_error(filled: Path) -> None:
    app = visit("exemplars.py", dataset="words", tab="try", tries='{"pin":["77"]}', sentence="0")
    assert not app.exception
    assert "the pinned sentence 77 is not in the pool" in texts(app)


def test_a_run_without_exemplars_can_still_be_tried(filled: Path) -> None:
    assert "This run chose no exemplars" in texts(visit("exemplars.py", dataset="pairs"))
    said = texts(visit("exemplars.py", dataset="pairs", tab="try", sentence="0"))
    assert "Why these: the swap test" in said
