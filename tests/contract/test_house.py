"""The house rules that no other tool checks: who imports what in pages, how long files get."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "pages").glob("*.py"))
SOURCES = sorted(
    path for room in ("core", "dashboard", "pages", "tests") for path in (ROOT / room).rglob("*.py")
)
WIDGETS = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for room in ("run_form", "compare", "method")
    for path in (ROOT / "dashboard" / "widgets" / room).glob("*.py")
    if path.stem != "__init__"
)
"""Of the pages that speak of methods that learn."""
PAGE_MAY_IMPORT = ("__future__", "streamlit", "dashboard", "core.catalog", "core.types")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_asks_shows_and_does_and_is_short(page: Path) -> None:
    text = page.read_text("utf8")
    assert len(text.splitlines()) <= 120
    assert "session_state" not in text
    assert not re.search(r"^\s*(try|def|class)\b", text, flags=re.MULTILINE)
    for name in imports(page):
        assert name.startswith(PAGE_MAY_IMPORT), f"{page.name} imports {name}"


def test_no_file_grows_into_a_god_module() -> None:
    long = {str(path): n for path in SOURCES if (n := len(path.read_text("utf8").splitlines())) > 300}
    assert long == {}


def test_corpus_text_never_becomes_html() -> None:
    for path in SOURCES:
        if path != Path(__file__):
            assert "unsafe_allow_html=True" not in path.read_text("utf8"), path


@pytest.mark.slow
@pytest.mark.parametrize(
    "modules",
    [
        ["dashboard.asgi"],
        ["core.cli.app", "core.jobs", "core.importing"],
        ["core.sweeps", "core.retrieval", "core.cloze.checkpoint", "core.cloze.training", "core.world"],
        ["dashboard.plans", "dashboard.actions", *WIDGETS],
    ],
    ids=lambda modules: modules[0],
)
def test_what_the_dashboard_and_the_command_line_load_is_light(modules: list[str]) -> None:
    """Whoever learns loads what it takes to learn: in a worker, or when it begins."""
    heavy = (
        "{'torch', 'transformers', 'sentence_transformers', 'safetensors', 'sklearn', 'pulp', 'pycrfsuite'}"
    )
    code = f"import sys, {', '.join(modules)}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip().splitlines()[-1] == "[]"
