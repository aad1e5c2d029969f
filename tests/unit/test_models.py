"""Encoders of the catalog, and fetching one: only when it is said, and nothing that could run code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import catalog
from core.availability import NotInstalled
from core.hub import local_folder
from tests.needs import needs
from tests.small_hub import MODEL, SmallHub, small_hub
from tests.ssp_command import Ssp, ssp

__all__ = ["ssp"]

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "config.json": b"{}",
    "model.safetensors": b"w" * 300_000,
    "tokenizer.json": b"[]",
    "sentencepiece.bpe.model": b"m" * 50,
    "vocab.txt": b"a",
    "README.md": b"# small",
    "pytorch_model.bin": b"cos\n_exit\n(I1\ntR.",
    "training_args.bin": b"pickle",
    "tf_model.h5": b"other",
    "modeling_own.py": b"raise SystemExit",
    "onnx/model.onnx": b"other",
    "checkpoint-1/model.safetensors": b"older",
}
WANTED = [
    "README.md",
    "config.json",
    "model.safetensors",
    "sentencepiece.bpe.model",
    "tokenizer.json",
    "vocab.txt",
]


def test_every_entry_says_what_it_is_and_where_that_stands() -> None:
    found = catalog.models()
    assert len(found) == 8
    for name, entry in found.items():
        assert name.count("/") == 1
        assert 50 < entry.parameters < 1000
        assert entry.megabytes == 4 * entry.parameters
        assert entry.source
        assert entry.best_for
        assert entry.languages


def test_the_two_lists_of_encoders_name_them_alike() -> None:
    """Those with a published list of languages are found in it by the same name."""
    known = {name for found in catalog.coverage("hau") for name in found.models}
    assert {name for name in catalog.models() if name in known} == {
        "FacebookAI/xlm-roberta-base",
        "FacebookAI/xlm-roberta-large",
        "Davlan/afro-xlmr-large-76L",
    }


def test_they_are_listed_with_their_sizes(ssp: Ssp) -> None:
    rows = ssp("models").document["models"]
    assert [row["name"] for row in rows] == list(catalog.models())
    assert all(row["saw_language"] is None for row in rows)
    text = ssp("models", json_too=False).out
    assert "FacebookAI/xlm-roberta-base" in text
    assert "about 1,112 MB" in text


def test_they_say_whether_they_saw_a_language(ssp: Ssp) -> None:
    rows = {row["name"]: row["saw_language"] for row in ssp("models", "--language", "ig").document["models"]}
    assert rows["Davlan/afro-xlmr-large-76L"] is True
    assert rows["FacebookAI/xlm-roberta-base"] is False
    assert rows["jhu-clsp/mmBERT-base"] is None
    text = ssp("models", "--language", "ig", json_too=False).out
    assert "saw ig" in text
    assert "no list" in text


def test_a_light_installation_says_what_it_lacks(ssp: Ssp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.availability.is_installed", lambda _: False)
    done = ssp("models", "download", MODEL)
    assert done.code == NotInstalled.exit_code
    assert "needs transformers" in done.message
    assert "start.py --full" in done.message
    assert ssp("models").code == 0


@pytest.fixture
def hub() -> Iterator[SmallHub]:
    with small_hub(dict(FILES)) as served:
        yield served


def download(hub: SmallHub, home: Path, name: str = MODEL) -> subprocess.CompletedProcess[str]:
    """`ssp models download`, in a process that knows no hub but this one."""
    variables = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    variables |= {"HF_ENDPOINT": hub.address, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    return subprocess.run(
        [sys.executable, "-m", "core.cli", "models", "download", name],
        cwd=ROOT,
        env=variables | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@needs("torch", "transformers")
@pytest.mark.slow
def test_a_download_takes_weights_settings_and_vocabulary_alone(hub: SmallHub, tmp_path: Path) -> None:
    done = download(hub, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "fetching somebody/small: 0 MB" in done.stderr
    assert "stage1.model=somebody/small" in done.stdout
    assert sorted(hub.fetched) == WANTED
    kept = {path.name for path in (tmp_path / "hub").rglob("snapshots/*/*")}
    assert kept == set(WANTED)
    again = download(hub, tmp_path)
    assert "(0 MB fetched)" in again.stdout
    assert sorted(hub.fetched) == WANTED


@needs("torch", "transformers")
@pytest.mark.slow
def test_a_model_without_safetensors_is_not_fetched_at_all(hub: SmallHub, tmp_path: Path) -> None:
    del hub.files["model.safetensors"]  # type: ignore[attr-defined]
    done = download(hub, tmp_path)
    assert done.returncode == 2
    assert "no weights in safetensors on the hub; nothing was fetched" in done.stderr
    assert hub.fetched == []


@needs("torch", "transformers")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "down", "said"),
    [
        ("somebody/else", False, "the hub has no model somebody/else"),
        ("no name", False, "is not the name of a model"),
        (MODEL, True, "could not be fetched"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    hub: SmallHub, tmp_path: Path, name: str, down: bool, said: str
) -> None:
    hub.down = down
    done = download(hub, tmp_path, name)
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@needs("transformers")
def test_a_folder_is_found_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    assert local_folder(str(tmp_path)) == tmp_path.resolve()
    assert local_folder("somebody/small") is None
    assert local_folder("not a name") is None
