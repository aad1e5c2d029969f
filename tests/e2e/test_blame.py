"""An exemplar that broke labels is banned on the page Compare: only what it touches is labelled again."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.store import Store, views
from tests.e2e.conftest import FIRST, Dashboard, heading

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.thorough]
DATASET, N = "sample-ner-hau", 30


def most_used(workspace: Path) -> tuple[int, int]:
    """The exemplar of the target that stands in most prompts, and how many these are."""
    with Store.open(workspace) as store:
        (run,) = [run for run in views.runs(store, DATASET) if run["kind"] == "run"]
        used = Counter(
            item["position"]
            for selection in views.selections(store, run["id"])
            for item in selection["exemplars"]
            if item["dataset"] == DATASET
        )
    return used.most_common(1)[0]


def test_an_exemplar_is_banned_and_the_runs_are_compared(
    sample_workspace: Path, dashboard: Dashboard, tab: Page
) -> None:
    position, uses = most_used(sample_workspace)
    tab.goto(f"{dashboard.url}/compare?dataset={DATASET}&part=blame&blamed={DATASET}@{position}")
    heading(tab, "Compare")
    again = tab.get_by_role("button", name=re.compile(r"^Label [\d,]+ sentences? again$"), disabled=False)
    expect(again).to_be_visible(timeout=FIRST)
    n = int(re.findall(r"\d+", again.inner_text())[0])
    assert 0 < n <= uses < N
    expect(
        tab.get_by_text(re.compile(rf"{n} sentences? changes?, no calls; all others keep"))
    ).to_be_visible()
    again.click()
    compare = tab.get_by_role("button", name="Compare before and after", disabled=False)
    expect(compare).to_be_visible(timeout=4 * FIRST)
    compare.click()
    expect(tab).to_have_url(re.compile(r"sides=[0-9a-f]{16}(@|%40)stage2(,|%2C)[0-9a-f]{16}(@|%40)stage2"))
    heading(tab, "Compare")
    expect(tab.get_by_text("Changed in all").first).to_be_visible(timeout=FIRST)
