"""axe-core in the real browser, and text from a corpus that would like to be code."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from core.settings import reset
from core.store import Store, facts
from core.types import Dataset, Instance, Prediction, Record
from tests.e2e.conftest import Dashboard

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

HOSTILE = (
    "<script>alert(1)</script>",
    "=1+1",
    "![x](http://example.invalid/x.png)",
    "a\u200bb",
    "<b>",
    "&amp;",
)


@pytest.mark.parametrize(
    "address", ["/?dataset=sample-pos-fao", "/compare?dataset=sample-pos-fao&sentence=5"]
)
def test_our_own_component_has_no_serious_violation(
    dashboard: Dashboard, browser: Browser, address: str
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 1200}, bypass_csp=True)
    page = context.new_page()
    page.goto(dashboard.url + address)
    page.get_by_role("heading", level=1).first.wait_for(timeout=30_000)
    page.wait_for_timeout(2_000)
    found = Axe().run(page).response["violations"]
    serious = [
        f"{rule['id']}: {node['target']}"
        for rule in found
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
        if "strip" in str(node["target"])
    ]
    context.close()
    assert serious == []


def test_hostile_tokens_are_shown_as_text(browser: Browser, tmp_path: Path) -> None:
    reset()
    labels = ("NOUN",) * len(HOSTILE)
    with Store.open(tmp_path / "workspace") as store:
        record = Record(Instance(0, "test", HOSTILE, " ".join(HOSTILE)), labels)
        facts.add_dataset(store, Dataset("hostile", "<i>Hostile</i>", "ara", "pos", ("NOUN",)), [record])
        noisy = [Prediction(0, labels, (0.4,) * len(labels))]
        facts.add_import_run(store, "hostile", "noisy", stage1=noisy, stage2=noisy, selections=[], meta={})
    running = Dashboard(tmp_path / "workspace")
    context = browser.new_context(viewport={"width": 1024, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    try:
        page.goto(f"{running.url}/compare?dataset=hostile&run=hostile/noisy&sentence=0")
        expect(page.get_by_role("listitem").filter(has_text=HOSTILE[0])).to_be_visible(timeout=30_000)
        page.goto(f"{running.url}/stage1?dataset=hostile&run=hostile/noisy&sentence=0")
        expect(page.get_by_role("listitem").filter(has_text=HOSTILE[0])).to_be_visible(timeout=30_000)
    finally:
        context.close()
        running.stop()
    assert not [url for url in asked if "example.invalid" in url]
