"""Compare in a real browser: a click on any figure opens its sentences; keyboard, narrow, light and dark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import FIRST, Dashboard, heading
from tests.e2e.test_accessibility import nodes, settled

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

HERE = "/compare?dataset=sample-pos-fao"
PARTS = {"": "Label switches", "labels": "Confusion of Stage II", "words": "Words that changed most"}
PARTS |= {"sure": "Can it be believed?", "agree": "Pairs", "price": "Changes are counted over"}
LISTED = "Sentence by sentence"
CHIP = ".toks .chip"


def where(page: Page) -> dict[str, str]:
    found = parse_qs(urlsplit(page.url).query).get("where", ["{}"])[0]
    return dict(json.loads(found))


def opened(page: Page, **wanted: str) -> None:
    """The address says so, the list is in sight, and it holds sentences."""
    page.wait_for_function("wanted => decodeURIComponent(location.search).includes(wanted)", arg='"change"')
    assert wanted.items() <= where(page).items()
    title = page.get_by_role("heading", name=LISTED)
    expect(title).to_be_in_viewport(timeout=FIRST)
    expect(page.locator(CHIP).first).to_be_visible(timeout=FIRST)


def chart(page: Page, key: str) -> Locator:
    found = page.locator(f".st-key-{key} .js-plotly-plot").first
    expect(found).to_be_visible(timeout=FIRST)
    return found


def click_datum(page: Page, key: str, test: str) -> None:
    """Click where the chart draws the first datum that passes a test in JavaScript."""
    figure = chart(page, key)
    figure.scroll_into_view_if_needed()
    place = figure.evaluate(
        """(figure, test) => {
            const passes = new Function("d", "return " + test);
            for (const trace of figure._fullData) {
                const at = (trace.customdata || []).findIndex((d) => d && passes(d));
                if (at < 0) continue;
                const { xaxis, yaxis } = figure._fullLayout, box = figure.getBoundingClientRect();
                return [box.left + xaxis._offset + xaxis.d2p(trace.x[at]),
                        box.top + yaxis._offset + yaxis.d2p(trace.y[at])];
            }
            return null;
        }""",
        test,
    )
    assert place, f"no datum of {key} passes {test}"
    page.mouse.move(*place)
    page.mouse.click(*place)


@pytest.mark.thorough
def test_a_figure_opens_its_sentences_by_mouse_and_by_keyboard(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(dashboard.url + HERE)
    heading(tab, "Compare")
    fixed = tab.get_by_role("button", name=re.compile(r"^Fixed"))
    fixed.click(timeout=FIRST)
    opened(tab, change="fixed")
    broken = tab.get_by_role("button", name=re.compile(r"^Broken"))
    broken.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("broken"))
    opened(tab, change="broken")
    tab.go_back()
    tab.wait_for_url(re.compile("fixed"))
    expect(tab.get_by_text("fixed from Stage I to Stage II").first).to_be_visible(timeout=FIRST)


def test_a_ribbon_opens_its_sentences(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(dashboard.url + HERE)
    click_datum(tab, "sankey", "d[0] && d[1] && d[3] === 'fixed'")
    tab.wait_for_url(re.compile("where="))
    assert {"given0", "given1"} & set(where(tab))  # where ribbons cross, the nearest one is taken
    expect(tab.get_by_role("heading", name=LISTED)).to_be_in_viewport(timeout=FIRST)
    expect(tab.get_by_text(re.compile(r"Stage II?: \w+")).first).to_be_visible(timeout=FIRST)


@pytest.mark.thorough
def test_a_cell_of_the_confusion_opens_its_sentences(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(f"{dashboard.url}{HERE}&part=labels")
    click_datum(tab, "confusion-0", "d[0] !== d[1]")
    tab.wait_for_url(re.compile("given0"))
    assert set(where(tab)) == {"right", "given0"}
    expect(tab.get_by_role("heading", name=LISTED)).to_be_in_viewport(timeout=FIRST)
    expect(tab.get_by_text(re.compile(r"right: \w+ · Stage I: \w+")).first).to_be_visible(timeout=FIRST)


@pytest.mark.thorough
def test_a_gain_opens_its_sentences(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(f"{dashboard.url}{HERE}&part=labels")
    click_datum(tab, "by-label", "true")
    opened(tab, change="changed")
    assert "right" in where(tab)


@pytest.mark.thorough
def test_a_point_of_the_calibration_opens_its_sentences(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(f"{dashboard.url}{HERE}&part=sure")
    click_datum(tab, "calibration", "true")
    tab.wait_for_url(re.compile("bin"))
    expect(tab.get_by_text(re.compile(r"confidence of Stage I+ 0\.\d to")).first).to_be_visible(timeout=FIRST)


@pytest.mark.thorough
def test_a_number_of_a_table_opens_its_sentences(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(dashboard.url + HERE)
    table = tab.locator(".st-key-switches canvas").first
    expect(table).to_be_visible(timeout=FIRST)
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    tab.mouse.click(box["x"] + 190, box["y"] + 52)
    opened(tab, change="changed")
    assert {"given0", "given1"} <= set(where(tab))


def test_a_link_that_is_sent_shows_the_same(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(f'{dashboard.url}{HERE}&where={{"change":"broken"}}&pair=1-0&part=labels')
    expect(tab.get_by_text("broken", exact=True).first).to_be_visible(timeout=FIRST)
    expect(tab.get_by_role("tab", name="Labels")).to_have_attribute("aria-selected", "true")


@pytest.fixture(params=[("light", 1440), ("dark", 1024)], ids=["light-1440", "dark-1024"])
def looks(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    shade, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=shade)
    yield context.new_page()
    context.close()


@pytest.mark.thorough
@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_read_by_everybody(dashboard: Dashboard, looks: Page, part: str) -> None:
    looks.goto(f"{dashboard.url}{HERE}&part={part}")
    expect(looks.get_by_text(PARTS[part]).first).to_be_visible(timeout=FIRST)
    expect(looks.locator(CHIP).first).to_be_visible(timeout=FIRST)
    answer = settled(looks)
    assert nodes(answer["violations"], "serious", "critical") == []
    wide = looks.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth")
    assert wide <= 0, "the page is wider than the window"
