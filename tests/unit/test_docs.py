"""Documentation is checked against the code: commands run, tables are true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core import catalog
from core.registry import Registry
from tests.fake_llm import serving

ROOT = Path(__file__).resolve().parents[2]


def blocks(marker: str) -> list[str]:
    """The shell lines of the README's block that follows `<!-- test: marker -->`."""
    text = (ROOT / "README.md").read_text("utf8")
    found = re.search(rf"<!-- test: {marker} -->\n```sh\n(.*?)```", text, flags=re.DOTALL)
    assert found, marker
    return [line for line in found.group(1).splitlines() if line.strip()]


def carry_out(lines: list[str], folder: Path) -> None:
    """In one workspace, as a newcomer would type them."""
    binaries = Path(sys.executable).parent
    environment = os.environ | {
        "SSP_WORKSPACE": str(folder / "workspace"),
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
    }
    for line in lines:
        done = subprocess.run(
            ["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"


@pytest.mark.slow
def test_the_readmes_first_commands_run(tmp_path: Path) -> None:
    carry_out(blocks("corridor"), tmp_path)


@pytest.mark.slow
@pytest.mark.thorough
def test_the_readmes_commands_run(tmp_path: Path) -> None:
    """In the README's order, each in the light of those before it."""
    first = ["corridor", "catalog", "own-file", "own-labels", "selecting"]
    parts = [*first, "offline", "labels", "compare", "desk"]
    carry_out([line for part in parts for line in blocks(part)], tmp_path)
    assert (tmp_path / "mine.conllu").exists()
    assert (tmp_path / "penn-again.bio").read_text() == (tmp_path / "penn.bio").read_text().replace("\t", " ")


@pytest.mark.thorough
@pytest.mark.slow
def test_the_commands_of_the_page_on_language_models_run(tmp_path: Path) -> None:
    """As the README's, against a server on this machine."""
    binaries = Path(sys.executable).parent
    page = (ROOT / "docs" / "llms.md").read_text("utf8")
    lines = re.findall(r"<!-- test: llms -->\n```sh\n(.*?)```", page, flags=re.DOTALL)
    assert len(lines) == 5
    with serving() as fake:
        environment = os.environ | {
            "SSP_WORKSPACE": str(tmp_path / "workspace"),
            "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
            "LLM_URL": fake.url,
            "LLM_MODEL": fake.model,
        }
        for line in ["ssp sample", *"".join(lines).splitlines()]:
            done = subprocess.run(
                ["bash", "-c", line],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert (tmp_path / "calls.jsonl").exists()


def test_the_readme_names_make_targets_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf8")
    for target in re.findall(r"`?make (\w+)", (ROOT / "README.md").read_text("utf8")):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_every_licence_of_the_catalog_is_in_the_data_page() -> None:
    page = (ROOT / "docs" / "data.md").read_text("utf8")
    for entry in catalog.entries().values():
        assert entry.licence in page, entry.id


def test_links_between_documents_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_every_room_of_the_adding_page_has_a_registry() -> None:
    from core.embedders import embedders
    from core.formats import formats
    from core.labelers import labelers
    from core.llms import llms
    from core.selectors import selectors
    from core.tasks import tasks

    page = (ROOT / "docs" / "adding.md").read_text("utf8")
    rooms: dict[str, Registry[object]] = {
        "formats": formats,
        "tasks": tasks,
        "selectors": selectors,
        "embedders": embedders,
        "labelers": labelers,
        "llms": llms,
    }  # type: ignore[dict-item]
    for name, registry in rooms.items():
        assert f"`{name}.register(name)`" in page
        assert list(registry)
