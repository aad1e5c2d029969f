"""The audit page in a real browser: a bulk action accepted and taken back by clicks, no fault of axe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core.annotators import repeating
from core.store import Store, facts
from tests.e2e.conftest import FIRST, Dashboard, heading
from tests.unit.annotators_project import RUN, project

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ROWS = [("<img/src=http://outside.example/x.png> og so", "A A B"), ("og nú", "B A"), ("بيت كبير", "A A")]
PLACES = [
    ("agreement", 1440),
    *(
        pytest.param(part, width, marks=pytest.mark.thorough)
        for part in ("", "agreement", "history", "effort", "people")
        for width in (1440, 1024)
    ),
]


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Anna and Ben label three sentences each; Eve repeats a word."""
    folder: Path = tmp_path_factory.mktemp("audited") / "workspace"
    with Store.open(folder) as store:
        project(store, ROWS)
        given = {"Anna": ("A A B", "B A", "A C"), "Ben": ("A C B", "B A", "A C")}
        for who, mine in given.items():
            for place, labels in enumerate(mine):
                facts.annotate(
                    store, "d", place, labels.split(), author=who, layer=facts.by(who), seconds=4.0, keys=2
                )
        repeating.apply(store, "d", RUN, "stage1", repeating.Spec("C", form="og"), "Eve")
    running = Dashboard(folder, SSP_ANNOTATOR="Judge")
    yield running
    running.stop()


def settled(tab: Page) -> None:
    """Wait until nothing is computed, out of date or fades in any more."""
    app = tab.locator("[data-testid=stApp]")
    for _ in range(2):
        expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=FIRST)
        expect(tab.locator("[data-stale=true]")).to_have_count(0, timeout=FIRST)
        tab.wait_for_timeout(1_000)


def test_what_is_agreed_is_accepted_and_a_bulk_action_taken_back(labelled: Dashboard, tab: Page) -> None:
    tab.goto(f"{labelled.url}/audit?dataset=d&run={RUN}&audited=agreement")
    heading(tab, "Audit")
    expect(tab.get_by_text("People differ in 1 sentence")).to_be_visible(timeout=FIRST)
    tab.get_by_role("button", name="Accept 2 agreed").click()
    expect(tab.get_by_text("2 sentences accepted as one action")).to_be_visible(timeout=FIRST)
    tab.get_by_role("tab", name="History").click()
    expect(tab.get_by_text("10 entries, newest first")).to_be_visible(timeout=FIRST)
    tab.get_by_role("combobox", name="Bulk action").click(timeout=FIRST)
    tab.get_by_role("option", name="everybody said the same").click()
    tab.get_by_role("button", name="Take all of it back").click(timeout=FIRST)
    expect(tab.get_by_text("Taken back in 2 sentences, as one action.")).to_be_visible(timeout=FIRST)
    expect(tab.get_by_text("0 sentences would change")).to_be_visible(timeout=FIRST)
    assert "where=" in tab.url


@pytest.mark.parametrize(("part", "width"), PLACES)
def test_every_part_fits_and_axe_finds_nothing_serious(
    labelled: Dashboard, tab: Page, part: str, width: int
) -> None:
    tab.set_viewport_size({"width": width, "height": 1000})
    tab.goto(f"{labelled.url}/audit?dataset=d&run={RUN}&audited={part}")
    heading(tab, "Audit")
    settled(tab)
    main = "document.querySelector('[data-testid=stMain]')"
    assert tab.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")
    found = Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [rule for rule in found if rule["impact"] in {"serious", "critical"}]
    assert [f"{rule['id']}: {node['html']}" for rule in serious for node in rule["nodes"]] == []
