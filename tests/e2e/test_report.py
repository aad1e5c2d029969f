"""The report opened from disk, as a reader without the application has it: offline, printed, by keyboard."""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from core import comparison, settings
from core.comparison import Comparison, Side, load
from core.store import Store
from dashboard import resources
from dashboard.report import build
from dashboard.report.comparison import of
from dashboard.report.told import Told
from dashboard.widgets.report_button import made
from tests.e2e.conftest import FIRST, SSP
from tests.hostile_comparison import NAMES, WORDS, hostile_comparison

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comparison]:
    """Two stages of hostile text, in a workspace that the dashboard's code looks at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSP_WORKSPACE", str(tmp_path_factory.mktemp("hostile")))
        settings.reset()
        yield hostile_comparison(resources.store())
        resources.close()
    settings.reset()


@pytest.fixture(scope="module")
def told(compared: Comparison) -> dict[str, comparison.Difference]:
    return comparison.headline(compared, draws=200, permutations=200)


@pytest.fixture(scope="module")
def file(
    compared: Comparison,
    told: dict[str, comparison.Difference],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_bytes(made(compared, NAMES, (0, 1), lambda: told))
    return path


@pytest.fixture(params=[1440, pytest.param(1024, marks=pytest.mark.thorough)])
def reader(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page without a network; what it asks for and complains of is kept."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 900}, offline=True, accept_downloads=True
    )
    page = context.new_page()
    yield page
    context.close()


def opened(page: Page, file: Path) -> tuple[list[str], list[str]]:
    """Open the report and wait for its charts; what was requested, and what went wrong."""
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-drawn]", timeout=FIRST, state="attached")
    expect(page.locator(".chart .main-svg").first).to_be_visible()
    return asked, wrong


def test_it_opens_from_disk_and_asks_for_nothing(reader: Page, file: Path) -> None:
    asked, wrong = opened(reader, file)
    assert asked == [file.as_uri()]
    assert wrong == []
    assert (
        int(reader.locator("html").get_attribute("data-drawn") or 0) == reader.locator(".chart").count() > 3
    )
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_shows_the_figures_of_the_comparison(
    reader: Page, file: Path, compared: Comparison, told: dict[str, comparison.Difference]
) -> None:
    opened(reader, file)
    rows = {row[0]: row[1:] for row in cells(reader, "Scores of every side")}
    names = {"token_accuracy": "Token accuracy", "macro_f1": "Macro F1", "paper_f1": "Paper-compatible F1"}
    for metric, name in names.items():
        scores = [100 * comparison.scores(compared, side)[metric] for side in (0, 1)]
        found = told[metric]
        wanted = [*scores, *(100 * value for value in (found.value, found.low, found.high))]
        assert [plain(cell) for cell in rows[name][:5]] == pytest.approx(wanted, abs=0.0051)
        assert plain(rows[name][5]) == pytest.approx(found.p, abs=0.00005001)
    switches = comparison.switches(compared, 0, 1)
    assert [[int(plain(cell)) for cell in row[2:]] for row in cells(reader, "Label switches")] == (
        switches[["count", "fixed", "broken", "moved"]].astype(int).to_numpy().tolist()
    )
    for side in (0, 1):
        counted = comparison.confusion(compared, side)
        wanted = zip(counted["gold"], counted["predicted"], counted["count"], strict=True)
        assert numbers_of(reader, f"{side + 1} {NAMES[side]}") == {(a, b): int(n) for a, b, n in wanted}


def numbers_of(page: Page, title: str) -> dict[tuple[str, str], int]:
    """What is written in the cells of a confusion matrix: (right, given) -> count."""
    found = page.locator(".chart").evaluate_all(
        "(places, title) => places.filter(place => place.getAttribute('aria-label') === title)"
        ".flatMap(place => place.data.filter(trace => trace.mode === 'text'))"
        ".flatMap(trace => trace.text.map((text, at) => [trace.y[at], trace.x[at], text]))",
        title,
    )
    return {(right, given): int(text.replace(",", "")) for right, given, text in found}


def cells(page: Page, title: str) -> list[list[str]]:
    rows = page.get_by_role("region", name=title, exact=True).locator("tbody tr").all()
    return [[cell.inner_text() for cell in row.locator("td").all()] for row in rows]


def plain(cell: str) -> float:
    return float(cell.replace("−", "-").replace(",", ""))


def test_hostile_text_is_text(reader: Page, file: Path) -> None:
    opened(reader, file)
    assert reader.evaluate("window.hostile") is None
    assert reader.locator("img, iframe, object, [onerror], [onload], a[href^='http']").count() == 0
    for word in (*WORDS[0], *WORDS[1]):
        expect(reader.get_by_text(word, exact=True).first).to_be_visible()


@pytest.mark.thorough
def test_its_policy_stops_what_should_slip_through(reader: Page, file: Path, tmp_path: Path) -> None:
    slipped = tmp_path / "slipped.html"
    bad = "<body><script>window.hostile=1</script><img src='http://127.0.0.1:9/x' onerror='window.hostile=2'>"
    slipped.write_bytes(file.read_bytes().replace(b"<body>", bad.encode(), 1))
    stopped: list[tuple[str, str | None]] = []
    reader.on("requestfailed", lambda request: stopped.append((request.url, request.failure)))
    _, wrong = opened(reader, slipped)
    assert stopped == [("http://127.0.0.1:9/x", "csp")]
    assert sum("Content Security Policy" in text for text in wrong) == 3
    assert reader.evaluate("window.hostile") is None


@pytest.mark.thorough
def test_it_is_printed_on_paper_with_its_charts(reader: Page, file: Path) -> None:
    opened(reader, file)
    reader.evaluate(
        "addEventListener('beforeprint', () => { window.widths = "
        "[...document.querySelectorAll('.chart .main-svg')].map(svg => +svg.getAttribute('width')) })"
    )
    document = reader.pdf(prefer_css_page_size=True, print_background=True)
    assert document.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", document)) >= 2
    assert {width <= 688 for width in reader.evaluate("window.widths")} == {True}
    reader.wait_for_function(
        "[...document.querySelectorAll('.chart .main-svg')].every(svg => +svg.getAttribute('width') > 688)"
    )


@pytest.mark.thorough
def test_a_chart_is_saved_as_an_image_by_keyboard(reader: Page, file: Path) -> None:
    opened(reader, file)
    button = reader.locator(".chart .modebar-btn").first
    button.focus()
    with reader.expect_download() as download:
        reader.keyboard.press("Enter")
    data = download.value.path().read_bytes()
    assert download.value.suggested_filename == "from-label-to-label.png"
    assert data.startswith(b"\x89PNG")
    width = reader.locator(".chart").first.bounding_box()
    assert width is not None
    assert struct.unpack(">I", data[16:20])[0] == pytest.approx(2 * width["width"], abs=3)


@pytest.mark.thorough
def test_everybody_can_read_it(reader: Page, file: Path) -> None:
    opened(reader, file)
    found = Axe().run(reader, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.thorough
@pytest.mark.real
def test_hausa_falls_with_the_stronger_stage_one(
    mirror: Path, tmp_path: Path, reader: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSP_MIRROR", str(mirror))
    command = [*SSP, "import", "ssp-release-hau", "--workspace", str(tmp_path / "workspace")]
    subprocess.run(command, check=True, cwd="/", capture_output=True)
    with Store.open(tmp_path / "workspace") as store:
        run = "ssp-release-hau/zgul_plus"
        falling = load(store, "ssp-release-hau", [Side(run, "stage1"), Side(run, "stage2")], "gold")
    document = of(falling, Told(("Stage I: ZGUL+", "Stage II: GPT-4")))
    path = tmp_path / "hausa.html"
    path.write_bytes(build(document))
    opened(reader, path)
    row = next(row for row in cells(reader, "Scores of every side") if row[0] == "Paper-compatible F1")
    assert row[1:3] == ["78.53", "74.62"]
    labels = {row[0]: row for row in cells(reader, "Labels: figures")}
    assert labels["DATE"][3:5] == ["0.00", "0.00"]
    assert plain(labels["LOC"][3]) > plain(labels["LOC"][4])
