"""Actions: what a form becomes, what presentation forbids, what the server sends along."""

from __future__ import annotations

import pytest

from dashboard import actions, asgi, state
from dashboard.widgets.catalog import matching
from dashboard.widgets.run_form import overrides


@pytest.fixture
def presenting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "view", lambda: state.View(present=True))


@pytest.mark.usefixtures("presenting")
def test_presentation_refuses_every_change() -> None:
    def silent(*_: object) -> None:
        return None

    for change in (
        lambda: actions.import_dataset("x", silent),
        lambda: actions.start_run("ssp", "x", {}),
        lambda: actions.cancel("x"),
        lambda: actions.reset_demo(silent),
    ):
        with pytest.raises(actions.ReadOnly):
            change()


def test_a_form_left_alone_overrides_nothing() -> None:
    assert overrides("auto", 8, "auto") == {}
    assert overrides("ilp", 4, "none") == {"selector": "ilp", "llm": "none", "k": "4"}


def test_the_policy_allows_only_our_own_scripts_and_images() -> None:
    rules = dict(rule.split(" ", 1) for rule in asgi.content_policy().split("; "))
    assert "'unsafe-inline'" not in rules["script-src"]
    assert "sha256-" in rules["script-src"]
    assert rules["img-src"] == "'self' data: blob:"
    assert rules["frame-ancestors"] == "'none'"


def test_the_catalog_is_searched_by_every_word() -> None:
    import pandas as pd

    table = pd.DataFrame(
        {
            "id": ["a-fao", "b-hau"],
            "name": ["UD Faroese", "Hausa (NER)"],
            "language": ["Faroese", "Hausa"],
            "code": ["fao", "hau"],
            "task": ["pos", "ner"],
        }
    )
    assert list(matching(table, "ud far", "", "").id) == ["a-fao"]
    assert list(matching(table, "(ner", "", "").id) == ["b-hau"]
    assert list(matching(table, "", "hau", "").id) == ["b-hau"]
    assert matching(table, "", "hau", "pos").empty
