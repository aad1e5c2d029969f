"""The menu that hands a data set over: what it offers is what is downloaded; presentation only looks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import settings
from core.errors import StudioError
from core.formats.provenance import HUMAN
from core.handover.pieces import Asked
from core.store import Store, views
from dashboard import resources
from dashboard.widgets import hand_over
from tests.unit.handed_over import put


@pytest.fixture
def looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path))
    settings.reset()
    st.cache_data.clear()
    yield resources.store()
    resources.close()
    settings.reset()


def menu() -> None:
    from dashboard import queries
    from dashboard.current import Here
    from dashboard.widgets.hand_over import hand_over

    hand_over(Here(queries.dataset("own"), queries.run("own/guess"), None))


@pytest.mark.parametrize(("task", "n"), [("pos", 7), ("ner", 6), ("nli", 5), ("topic", 5)])
def test_the_menu_offers_the_formats_of_the_task(looked_at: Store, task: str, n: int) -> None:
    put(looked_at, task)  # type: ignore[arg-type]
    shown = AppTest.from_function(menu).run(timeout=60)
    assert not shown.exception
    choice = shown.selectbox(key=f"{hand_over.KEY}-format")
    assert len(choice.options) == n
    for value in [name for name in hand_over.OFFERED if hand_over.OFFERED[name] in choice.options]:
        assert not choice.select(value).run(timeout=60).exception
        text = hand_over.exported(Asked("own", "own/guess"), value)
        assert text
    assert [one.label for one in shown.button] == ["Take it in"]


def test_files_are_as_of_the_command_line_and_come_in_again(looked_at: Store) -> None:
    put(looked_at, "ner")
    rows = hand_over.exported(Asked("own", "own/guess", human=True), "jsonl").decode().splitlines()
    assert [json.loads(row)["meta"]["provenance"]["sources"][0] for row in rows] == [HUMAN, HUMAN]
    assert hand_over.archived("own").startswith(b"PK")
    content = hand_over.exported(Asked("own", "own/guess"), "argilla")
    told = hand_over.told(hand_over.received("own", "argilla", content, skip_bad=False))
    assert told == "2 labelled items of 2 people. 2 said what was known already."
    with pytest.raises(StudioError):
        hand_over.received("own", "argilla", b"[]", skip_bad=False)


def test_presentation_mode_takes_nothing_in(looked_at: Store) -> None:
    put(looked_at, "topic")
    page = AppTest.from_function(menu)
    page.query_params["present"] = "1"
    shown = page.run(timeout=60)
    assert not shown.exception
    assert not shown.button
    assert views.datasets(looked_at)
