"""The what-if tabs in a real browser: settings that answer while they move, and what comes of them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import FIRST, Dashboard, heading
from tests.embedding_server import serving

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
ONE = "/exemplars?dataset=sample-pos-fao&sentence=3&tab=try"


def opened(tab: Page, dashboard: Dashboard, address: str = ONE) -> None:
    tab.goto(f"{dashboard.url}{address}")
    heading(tab, "Exemplars")
    expect(tab.get_by_role("button", name="Export tables")).to_be_visible(timeout=FIRST)


def slider(tab: Page, name: str) -> Locator:
    return tab.get_by_role("slider", name=name)


def test_it_answers_while_the_slider_moves(dashboard: Dashboard, tab: Page) -> None:
    opened(tab, dashboard)
    expect(tab.get_by_text("the same exemplars as in this run")).to_be_visible(timeout=FIRST)
    expect(tab.get_by_role("heading", name="The 8 chosen")).to_be_visible()
    box = slider(tab, "Exemplars (K)").bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + box["width"] * 7.5 / 23, y)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 0.5, y, steps=4)
    expect(tab.get_by_role("heading", name=re.compile(r"The 1[234] chosen"))).to_be_visible(timeout=FIRST)
    assert "tries" not in tab.evaluate("location.search")
    tab.mouse.up()
    tab.wait_for_url(re.compile("tries="))
    tab.go_back()
    expect(tab.get_by_role("heading", name="The 8 chosen")).to_be_visible(timeout=FIRST)


@pytest.mark.thorough
def test_the_address_holds_the_settings(dashboard: Dashboard, tab: Page) -> None:
    opened(tab, dashboard)
    slider(tab, "Exemplars (K)").focus()
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("ArrowLeft")
    expect(tab.get_by_role("heading", name="The 6 chosen")).to_be_visible(timeout=FIRST)
    tab.wait_for_url(re.compile("tries="))
    address = tab.evaluate("location.pathname + location.search")
    opened(tab, dashboard, address)
    expect(tab.get_by_role("heading", name="The 6 chosen")).to_be_visible(timeout=FIRST)
    expect(tab.get_by_text(re.compile("as in this run")).first).to_be_visible()
    tab.get_by_role("button", name="Reset").click()
    expect(tab.get_by_role("heading", name="The 8 chosen")).to_be_visible(timeout=FIRST)


def test_a_candidate_is_looked_at_pinned_and_banned(dashboard: Dashboard, tab: Page) -> None:
    opened(tab, dashboard)
    expect(tab.get_by_text("Click a point to see that sentence")).to_be_visible(timeout=FIRST)
    point = tab.locator(".st-key-candidates .scatterlayer .trace").first.locator(".point").nth(3)
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    assert box
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(tab.get_by_text("the objective would lose")).to_be_visible(timeout=FIRST)
    tab.get_by_role("button", name="Always show it", exact=True).click()
    expect(tab.get_by_text(re.compile("· pinned")).first).to_be_visible(timeout=FIRST)
    expect(tab.get_by_text(re.compile("^It is exemplar"))).to_be_visible()
    tab.get_by_role("button", name="No longer: always show it").click()
    tab.get_by_role("button", name="Never show it", exact=True).click()
    expect(tab.get_by_text("banned", exact=True)).to_be_visible(timeout=FIRST)


@pytest.mark.thorough
def test_it_is_proven_by_a_solver_on_the_whole_pool(dashboard: Dashboard, tab: Page) -> None:
    opened(tab, dashboard)
    tab.get_by_role("button", name="Prove it").click()
    expect(tab.get_by_text(re.compile("20 of 20 equal"))).to_be_visible(timeout=4 * FIRST)


@pytest.mark.thorough
def test_settings_become_a_recipe_that_can_be_run(dashboard: Dashboard, tab: Page) -> None:
    opened(tab, dashboard, f"{ONE}&tries=%7B%22k%22%3A5%2C%22coverage%22%3A%22hard%22%7D")
    expect(tab.get_by_role("heading", name="The 5 chosen")).to_be_visible(timeout=FIRST)
    tab.get_by_role("button", name="Save as recipe").click()
    tab.get_by_role("textbox", name="Name").fill("Five!")
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.get_by_text("cannot be the name of a recipe")).to_be_visible(timeout=FIRST)
    tab.get_by_role("textbox", name="Name").fill("five-first")
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.get_by_text("ssp run five-first --dataset sample-pos-fao")).to_be_visible(timeout=FIRST)
    written = (dashboard.workspace / "recipes" / "five-first.toml").read_text("utf8")
    assert 'coverage = "hard"' in written
    tab.goto(f"{dashboard.url}/run?dataset=sample-pos-fao")
    heading(tab, "Run")
    tab.get_by_role("combobox", name="Recipe").click(timeout=FIRST)
    expect(tab.get_by_role("option", name="five-first")).to_be_visible(timeout=FIRST)


@pytest.mark.thorough
def test_the_whole_set_and_other_ways_of_choosing(dashboard: Dashboard, tab: Page) -> None:
    opened(tab, dashboard, "/exemplars?dataset=sample-pos-fao&sentence=3&tab=set")
    expect(tab.get_by_text("Who is used how often")).to_be_visible(timeout=FIRST)
    expect(tab.get_by_text("Labels shown against the pool")).to_be_visible()
    tab.get_by_role("button", name="Work them out").click()
    expect(tab.get_by_role("button", name="Work them out")).to_have_count(0, timeout=FIRST)
    expect(tab.get_by_test_id("stDataFrame").last).to_be_visible(timeout=FIRST)
    slider(tab, "Weight of confidence (λ)").focus()
    tab.keyboard.press("End")
    expect(tab.get_by_text(re.compile("solved in"))).to_be_visible(timeout=FIRST)


@pytest.mark.thorough
def test_presenting_saves_nothing(dashboard: Dashboard, tab: Page) -> None:
    opened(tab, dashboard, f"{ONE}&present=1")
    expect(tab.get_by_role("button", name="Save as recipe")).to_have_count(0)
    expect(tab.get_by_role("slider", name="Exemplars (K)")).to_be_visible(timeout=FIRST)


@pytest.mark.thorough
def test_a_run_by_a_servers_similarities_started_from_the_page(dashboard: Dashboard, tab: Page) -> None:
    with serving() as server:
        tab.goto(
            f"{dashboard.url}/run?dataset=sample-pos-fao&plan=%7B%22embedder.name%22%3A%22endpoint%22%7D"
        )
        heading(tab, "Run")
        expect(tab.get_by_text("not ready")).to_be_visible(timeout=FIRST)
        for name, value in (("Model", "toy"), ("Server address", server.url)):
            field = tab.get_by_role("textbox", name=name)
            field.fill(value, timeout=FIRST)
            field.press("Enter")
        # while the page is made anew, the disabled button of the last time may still stand beside it
        start = tab.get_by_role("button", name="Start", exact=True, disabled=False)
        expect(start).to_be_visible(timeout=FIRST)
        start.click()
        kept = dashboard.workspace / "cache" / "embeddings"
        for _ in range(240):
            tab.wait_for_timeout(250)
            if len(set(server.texts)) >= 120 and list(kept.glob("*/*.npy")):
                break
    assert (
        len(set(server.texts)) == 120
    )  # 30 sentences, and 90 of the sources, exemplars of which stand behind
