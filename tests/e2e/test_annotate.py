"""The desk in a browser: a name, an item, a key, a save; a server that dies, and nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.store import Store, views
from tests.e2e.conftest import FIRST, Dashboard, heading
from tests.typing_at_desk import all_saved, correct_one, head

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_a_name_is_asked_once_and_labels_are_saved_under_it(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(f"{dashboard.url}/annotate?dataset=sample-pos-fao&feed=file")
    heading(tab, "Annotate")
    tab.get_by_label("Your name").fill("Anna Ö")
    tab.keyboard.press("Enter")
    expect(tab.locator(".top .id")).not_to_have_text("", timeout=FIRST)
    tab.locator(".toks").focus()
    typed = [correct_one(tab) for _ in range(3)]
    all_saved(tab)
    assert "Anna" not in tab.url
    tab.reload()
    expect(tab.get_by_text("Annotator: Anna Ö")).to_be_visible(timeout=FIRST)
    expect(tab.locator(".top .id")).not_to_have_text("", timeout=FIRST)
    assert head(tab) not in typed
    dashboard.stop()
    with Store.open(dashboard.workspace) as store:
        log = views.annotation_log(store, "sample-pos-fao")
        names = {
            str(item.meta.get("sent_id") or f"#{at}")
            for at, item in views.instances(store, "sample-pos-fao", [row["position"] for row in log]).items()
        }
    assert names == set(typed)
    assert {row["author"] for row in log} == {"Anna Ö"}


@pytest.mark.thorough
def test_two_kills_lose_nothing(tmp_path: Path, tab: Page) -> None:
    from tests.accept.test_desk_kills import killed_while_typing

    typed, _ = killed_while_typing(tmp_path, tab, 2, 18_631)
    with Store.open(tmp_path) as store:
        log = views.annotation_log(store, "generated")
    assert json.dumps(sorted(typed)) == json.dumps(sorted(f"#{row['position']}" for row in log))
