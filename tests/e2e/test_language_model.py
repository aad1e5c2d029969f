"""A language model from the browser: chosen, looked at, estimated, asked, stopped, opened, asked again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from core.calls.pricing import Price, save_price
from tests.e2e.conftest import FIRST, Dashboard, heading
from tests.fake_llm import FakeLLM, serving

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
RUN = "/run?dataset=sample-topic-gsw"
LONG = 60_000


@pytest.fixture(scope="module")
def server() -> Iterator[FakeLLM]:
    """A server that accepts what it then ignores, and refuses some questions."""
    with serving(dialect="vllm", faults={"refusal": 0.2}, seed=2) as fake:
        yield fake


def settled(tab: Page) -> None:
    app = tab.locator("[data-testid=stApp]")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=FIRST)


def choose(tab: Page, label: str, option: str) -> None:
    """A list that is open closes when the page runs anew: then it is opened once more."""
    for _ in range(5):
        settled(tab)
        tab.get_by_role("combobox", name=label).click(timeout=FIRST)
        try:
            tab.get_by_role("option", name=option).click(timeout=5_000)
        except Error:
            tab.keyboard.press("Escape")
        else:
            return
    pytest.fail(f"{option} could not be chosen")


def typed(field: Locator, text: str) -> None:
    field.fill(text, timeout=FIRST)
    field.press("Enter")


@pytest.mark.thorough
def test_chosen_looked_at_asked_stopped_resumed_opened_and_asked_again(
    dashboard: Dashboard, tab: Page, server: FakeLLM
) -> None:
    save_price(dashboard.workspace, Price(server.model, "127.0.0.1", 1.0, 2.0, "USD", "this test"))
    tab.goto(f"{dashboard.url}{RUN}")
    heading(tab, "Run")
    choose(tab, "Answered by", "a language model on a server")
    expect(tab.get_by_text("no language model is chosen yet")).to_be_visible(timeout=FIRST)
    choose(tab, "Provider", "llama.cpp server")
    address = tab.get_by_role("textbox", name="Server address")
    expect(address).to_have_value("http://127.0.0.1:8080/v1", timeout=FIRST)
    typed(address, server.url)
    expect(tab.locator(".st-key-outcome code")).to_contain_text(server.url, timeout=FIRST)
    settled(tab)
    tab.get_by_role("button", name="Look at the server").click(timeout=FIRST)
    expect(tab.get_by_text(f"{server.model} answers")).to_be_visible(timeout=FIRST)
    expect(tab.get_by_text("silently ignored").first).to_be_visible()

    box = tab.locator(".st-key-estimate")
    expect(box).to_contain_text("Nothing leaves this machine", timeout=FIRST)
    expect(box).to_contain_text("Prompt tokens")
    start = tab.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_disabled()
    tab.get_by_text("This may cost").click()
    server.set(held=True)
    expect(start).to_be_enabled(timeout=FIRST)
    start.click()
    expect(tab.locator(".st-key-started")).to_be_visible(timeout=FIRST)
    tab.get_by_role("link", name="Jobs", exact=True).click()
    heading(tab, "Jobs")
    expect(tab.get_by_text("Stage II · 0 of 20")).to_be_visible(timeout=LONG)
    tab.get_by_role("button", name="Stop").click()
    tab.get_by_role("button", name="Resume").click(timeout=FIRST)
    server.set(held=False)
    expect(tab.get_by_role("link", name="Its calls")).to_be_visible(timeout=LONG)
    expect(tab.get_by_text(re.compile("fake-model at 127.0.0.1: .*calls .* tokens · .* USD"))).to_be_visible()
    tab.get_by_role("link", name="Its calls").click()

    heading(tab, "Calls")
    tab.locator(".st-key-url-outcome").get_by_text("refused").click(timeout=FIRST)
    expect(tab.get_by_text("I cannot help").first).to_be_visible(timeout=FIRST)
    tab.get_by_role("tab", name="The template").click()
    template = tab.get_by_role("textbox", name="Template", exact=True)
    text = template.input_value(timeout=FIRST)
    template.fill("{{ labels }}\n{{ nothing }}")
    expect(tab.locator(".st-key-template-problem")).to_contain_text("line 2", timeout=FIRST)
    template.fill(text.replace("Topic:", "Theme:"))
    expect(tab.get_by_text("Theme:").first).to_be_visible(timeout=FIRST)
    tab.get_by_text("This may cost").click(timeout=FIRST)
    tab.get_by_role("button", name="Ask again with this template").click(timeout=FIRST)
    expect(tab.get_by_text(re.compile(r"Item \d+: refused before, now"))).to_be_visible(timeout=LONG)
    assert server.counts()["repeated"] == 0


@pytest.mark.thorough
def test_a_budget_that_is_used_up_is_raised_and_the_run_goes_on(
    dashboard: Dashboard, tab: Page, server: FakeLLM
) -> None:
    save_price(dashboard.workspace, Price(server.model, "127.0.0.1", 1.0, 2.0, "USD", "this test"))
    plan = f'{{"stage2.llm":"endpoint","llm.base_url":"{server.url}","llm.model":"{server.model}","limit":9,'
    tab.goto(f'{dashboard.url}{RUN}&plan={plan}"llm.max_calls":3,"llm.constrain":"none"}}')
    heading(tab, "Run")
    expect(tab.locator(".st-key-estimate")).to_contain_text("Calls", timeout=FIRST)
    tab.get_by_text("This may cost").click(timeout=FIRST)
    tab.get_by_role("button", name="Start", exact=True).click(timeout=FIRST)
    expect(tab.locator(".st-key-started")).to_be_visible(timeout=FIRST)
    tab.get_by_role("link", name="Jobs", exact=True).click()
    expect(tab.get_by_text("budget used up")).to_be_visible(timeout=LONG)
    tab.get_by_role("spinbutton", name="Calls at most").fill("100")  # Enter would send the form already
    tab.get_by_role("button", name="Raise and go on").click(timeout=FIRST)
    expect(tab.get_by_text("budget used up")).to_have_count(0, timeout=FIRST)
    expect(tab.get_by_role("link", name="Its calls").first).to_be_visible(timeout=LONG)
