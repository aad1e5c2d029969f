"""What a light installation leaves out is named, with its remedy, before anything is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.availability import NotInstalled, is_installed, require
from core.embedders import build
from core.errors import FormatError
from core.release.arrays import read_confidences
from tests.needs import needs
from tests.ssp_command import Ssp, filled, ssp

__all__ = ["ssp"]


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the light requirements were installed; where they are, nothing changes."""
    monkeypatch.setattr("core.availability.is_installed", lambda _: False)


def test_a_package_that_is_there_passes() -> None:
    require("sqlalchemy", purpose="the store")
    require("duckdb-sqlalchemy", purpose="the store")


def test_a_package_that_is_missing_is_named_with_its_remedy() -> None:
    assert not is_installed("no-such-package")
    with pytest.raises(NotInstalled) as caught:
        require("no-such-package", purpose="the thing")
    assert "the thing needs no-such-package" in str(caught.value)
    assert "python start.py --full" in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.usefixtures("light")
def test_the_neural_embedder_says_so_when_it_is_built() -> None:
    with pytest.raises(NotInstalled, match="sentence_transformer needs sentence-transformers"):
        build("sentence_transformer", {"model": "anything"})
    build("ngrams", {})


@pytest.mark.usefixtures("light")
def test_a_run_says_so_before_it_does_anything(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    before = ssp("runs").document
    done = ssp(
        *("run", "ssp", "--dataset", target, "--source", "theirs"),
        *("--set", "embedder=sentence_transformer", "--set", "embedder.model=somewhere"),
    )
    assert done.code == 2
    assert done.out == ""
    assert len(done.err.strip().splitlines()) == 1
    assert "python start.py --full" in done.message
    assert ssp("runs").document == before


@pytest.mark.usefixtures("light")
def test_a_torch_file_says_so_before_a_process_is_started(tmp_path: Path) -> None:
    with pytest.raises(NotInstalled, match=r"reading probabilities\.pth needs torch"):
        read_confidences(tmp_path / "probabilities.pth", [1])


@needs("torch")
@pytest.mark.slow
def test_with_torch_the_same_file_is_read(tmp_path: Path) -> None:
    broken = tmp_path / "probabilities.pth"
    broken.write_bytes(b"not a torch file")
    with pytest.raises(FormatError, match="not a readable torch file"):
        read_confidences(broken, [1])
