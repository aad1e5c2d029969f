"""The import page as its tests use it: visit, upload, press, read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import settings
from core.store import views
from core.types import Dataset
from dashboard import resources
from tests.own_files import sentence

ROOT = Path(__file__).resolve().parents[2]
OWN = {"tab": "file", "task": "pos", "language": "fao"}
TAGS = sentence(("Húsið", "NN"), ("stendur", "VERB"), (".", "PUNCT")) + sentence(("Hon", "CLIT"))
CLEAN = sentence(("Eg", "PRON"), ("lesi", "VERB"))


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty workspace that the dashboard of this test looks at."""
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path))
    settings.reset()
    st.cache_data.clear()
    yield tmp_path
    resources.close()
    settings.reset()


def visit(**params: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=30)
    app.run()
    app.switch_page("../pages/import_data.py")
    for key, value in params.items():
        app.query_params[key] = value
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    return app


def upload(app: AppTest, name: str, content: str | bytes, place: int = 0) -> AppTest:
    raw = content.encode() if isinstance(content, str) else content
    app.file_uploader[place].set_value((name, raw, "text/plain"))
    return run(app)


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label.startswith(label)).click()
    return run(app)


def button(app: AppTest) -> tuple[str, bool]:
    """Label of the import button, and whether it can be pressed."""
    found = app.button(key="import-file")
    return found.label, not found.disabled


def said(app: AppTest) -> str:
    kinds = ("title", "markdown", "text", "caption", "code", "info", "success", "subheader")
    return "\n".join(str(item.value) for kind in kinds for item in app.get(kind))


def stored() -> list[Dataset]:
    return views.datasets(resources.store())


def left_behind(workspace: Path) -> list[Path]:
    return [path for path in (workspace / "uploads").rglob("*") if path.is_file()]


def flat(app: AppTest) -> dict[str, str]:
    """The address, one value per name."""
    return {key: value if isinstance(value, str) else value[0] for key, value in app.query_params.items()}
