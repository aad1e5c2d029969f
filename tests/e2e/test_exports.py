"""Tables and charts saved from a page: every format gives back the same figures."""

from __future__ import annotations

import io
import re
import struct
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import FIRST, Dashboard, heading

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
SAID = {"CSV": "Comma-separated", "Parquet": "Figures in full", "LaTeX": "A booktabs table"}
PAGE = "stage1?dataset=sample-pos-fao"


def saved(tab: Page, kind: str, table: str) -> bytes:
    """A table of the open menu in one format."""
    tab.get_by_role("radio", name=kind, exact=True).click()
    expect(tab.get_by_text(SAID[kind])).to_be_visible(timeout=FIRST)
    button = tab.get_by_role("button", name=re.compile(rf"^(table_view )?{table} \(\d"))
    with tab.expect_download() as download:
        button.click()
    ending = {"CSV": "csv", "Parquet": "parquet", "LaTeX": "tex"}[kind]
    assert download.value.suggested_filename == f"sample-pos-fao-stage1-{table.lower()}.{ending}"
    return download.value.path().read_bytes()


def test_a_table_is_the_same_in_every_format(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(f"{dashboard.url}/{PAGE}")
    heading(tab, "Stage I")
    tab.get_by_role("button", name="Export tables").click(timeout=FIRST)
    read = pd.read_csv(io.BytesIO(saved(tab, "CSV", "Confusion")))
    assert len(read) > 10
    same = pd.read_parquet(io.BytesIO(saved(tab, "Parquet", "Confusion")))
    pd.testing.assert_frame_equal(same, read, check_dtype=False)
    source = saved(tab, "LaTeX", "Confusion").decode()
    rows = re.findall(r"^\s+(\w+) & (\w+) & ([\d,]+) & ([\d.]+) \\\\$", source, flags=re.MULTILINE)
    assert [(gold, given, int(n.replace(",", ""))) for gold, given, n, _ in rows] == [
        row[:3] for row in read.itertuples(index=False, name=None)
    ]
    figures = read.iloc[:, 3].tolist()
    assert [float(figure) for *_, figure in rows] == pytest.approx(figures, abs=0.00005001)
    assert "Right: its gold labels. 17 labels." in re.sub(r"[{}]", "", source)


@pytest.mark.thorough
def test_a_chart_is_saved_as_an_image_with_the_keyboard_alone(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(f"{dashboard.url}/{PAGE}")
    heading(tab, "Stage I")
    chart = tab.locator(".st-key-chart-hist")
    button = chart.get_by_role("button", name="Download plot as a PNG")
    expect(button).to_be_visible(timeout=FIRST)
    button.scroll_into_view_if_needed()
    button.click(trial=True)  # nothing lies over it, and nothing cuts it off
    box, title = button.bounding_box(), chart.get_by_role("heading").bounding_box()
    drawn = chart.locator(".main-svg").first.bounding_box()
    assert box is not None
    assert title is not None
    assert drawn is not None
    assert title["y"] - 8 <= box["y"] <= drawn["y"] - box["height"] + 8  # beside the title, above the chart
    reached = reach(tab, "Download plot as a PNG")
    assert reached
    with tab.expect_download() as download:
        tab.keyboard.press("Enter")
    data = download.value.path().read_bytes()
    assert data.startswith(b"\x89PNG")
    assert download.value.suggested_filename.startswith("sample-pos-fao-")
    assert struct.unpack(">I", data[16:20])[0] > 600


def reach(tab: Page, name: str) -> bool:
    """Step with Tab until a button of that name has the focus."""
    tab.get_by_role("button", name="Export tables").focus()
    for _ in range(60):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.getAttribute('aria-label')") == name:
            return True
    return False


@pytest.mark.thorough
def test_the_report_is_saved_from_the_page_and_says_the_same(
    dashboard: Dashboard, tab: Page, browser: Browser, tmp_path: Path
) -> None:
    tab.goto(f"{dashboard.url}/compare?dataset=sample-pos-fao")
    heading(tab, "Compare")
    tab.get_by_role("button", name="Report", exact=True).wait_for(timeout=FIRST)
    with tab.expect_download(timeout=FIRST) as download:
        tab.get_by_role("button", name="Report", exact=True).click()
    assert download.value.suggested_filename == "sample-pos-fao-comparison.html"
    path = tmp_path / "report.html"
    download.value.save_as(path)
    context = browser.new_context(offline=True)
    reader = context.new_page()
    reader.goto(path.as_uri())
    fixed, broken = (
        tab.locator("[data-testid='stMetric'], button, a").filter(has_text=re.compile(rf"^{name}\s*\d")).first
        for name in ("Fixed", "Broken")
    )
    told = [re.sub(r"\D", "", item.inner_text()) for item in (fixed, broken)]
    expect(reader.get_by_text(f"{told[0]} fixed, {told[1]} broken")).to_be_visible()
    expect(reader.get_by_text("ssp compare")).to_contain_text("--dataset sample-pos-fao --against gold")
    context.close()
