"""The run page in a real browser: the form, the advice, the start, and what comes of it."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import FIRST, Dashboard, heading

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
RUN = "/run?dataset=sample-pos-fao"


def opened(tab: Page, dashboard: Dashboard, **rows: object) -> None:
    tab.goto(f"{dashboard.url}{RUN}&plan={quote(json.dumps(rows))}" if rows else f"{dashboard.url}{RUN}")
    heading(tab, "Run")
    expect(tab.get_by_role("button", name="Start", exact=True)).to_be_visible(timeout=FIRST)


def command(tab: Page) -> str:
    return " ".join(tab.locator(".st-key-outcome code").inner_text().split())


def test_from_the_overview_to_a_finished_run(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(f"{dashboard.url}/?dataset=sample-pos-fao")
    heading(tab, "Overview")
    tab.locator(".st-key-card-sample-pos-fao").get_by_role("link", name="Run").click(timeout=FIRST)
    heading(tab, "Run")
    number = tab.get_by_role("spinbutton", name="Exemplars per sentence (K)")
    number.fill("3")
    number.press("Enter")
    tab.wait_for_url(re.compile("plan="))
    tab.get_by_role("button", name="Use the advised sources").click()
    expect(tab.locator(".st-key-outcome code")).to_contain_text("--source", timeout=FIRST)
    assert "--set selector.k=3" in command(tab)
    assert "ILP, K = 3" in tab.locator(".st-key-outcome").inner_text()
    tab.get_by_role("button", name="Start", exact=True).click()
    expect(tab.get_by_text("the run is finished").first).to_be_visible(timeout=90_000)
    tab.locator(".st-key-started").get_by_role("link", name="Its Stage I").click()
    heading(tab, "Stage I")
    expect(tab.get_by_text("Scores, and how far to trust them")).to_be_visible(timeout=FIRST)
    expect(tab.get_by_text("K = 3").first).to_be_visible()


@pytest.mark.thorough
def test_a_view_of_the_form_can_be_sent(dashboard: Dashboard, tab: Page) -> None:
    opened(tab, dashboard, **{"selector.name": "mmr", "selector.relevance": 0.4, "limit": 7})
    expect(tab.get_by_text("7 sentences of", exact=False).first).to_be_visible(timeout=FIRST)
    expect(tab.get_by_role("spinbutton", name="Relevance")).to_have_value("0.4")
    tab.get_by_role("button", name="Reset").click()
    expect(tab.get_by_text("30 sentences of", exact=False).first).to_be_visible(timeout=FIRST)


@pytest.mark.thorough
def test_what_stands_in_the_way_is_there_before_start(dashboard: Dashboard, tab: Page) -> None:
    opened(tab, dashboard, **{"selector.percentile": 7})
    expect(tab.get_by_text("not ready")).to_be_visible(timeout=FIRST)
    expect(tab.get_by_role("button", name="Start", exact=True)).to_be_disabled()
    field = tab.get_by_role("spinbutton", name="Threshold percentile")
    field.fill("0.5")
    field.press("Enter")
    expect(tab.get_by_text("not ready")).to_have_count(0, timeout=FIRST)
    expect(tab.get_by_role("button", name="Start", exact=True)).to_be_enabled()


def test_presenting_starts_nothing(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(f"{dashboard.url}{RUN}&present=1")
    heading(tab, "Run")
    expect(tab.get_by_text("This is presentation mode")).to_be_visible(timeout=FIRST)
    expect(tab.get_by_role("button", name="Start", exact=True)).to_have_count(0)
