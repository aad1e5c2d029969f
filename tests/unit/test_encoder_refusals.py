"""Encoders that cannot be used are refused in one sentence, before anything is trained, and offline."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from core.availability import NotInstalled
from core.errors import DownloadError, RecipeError
from core.labelers import build
from core.types import Labels, Record
from tests.needs import needs
from tests.tiny_encoder import BIO, TOPICS, UPOS, encoder, named, right, tagged, topics

pytestmark = [needs("torch", "transformers"), pytest.mark.slow, pytest.mark.filterwarnings("default")]
HUB_NAME = "FacebookAI/xlm-roberta-base"


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


def fit(model: Path | str, records: list[Record] | None = None, labels: Labels = UPOS, **more: Any) -> Any:
    labeler = build("encoder", {"model": str(model), "epochs": 1, **more})
    labeler.fit([("aaa", records or tagged(20, 1))], [], labels, seed=0, report=silent)
    return labeler


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encoder(tmp_path_factory.mktemp("encoder"), layers=1)


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "copy"))


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[object]:
    """An empty cache, and every attempt to reach another machine noted and refused."""
    tried: list[object] = []

    def refuse(*where: object, **_: object) -> None:
        tried.append(where)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    return tried


@pytest.mark.parametrize("path", ["/no/such/folder", "./nothing", "nothing", "~/nothing/here"])
def test_a_wrong_path(path: str) -> None:
    with pytest.raises(RecipeError) as caught:
        build("encoder", {"model": path})
    assert f"no folder {path}" in caught.value.message
    assert "config.json" in caught.value.hint


def test_a_name_of_the_hub_is_not_fetched_unasked(offline: list[object]) -> None:
    with pytest.raises(RecipeError) as caught:
        build("encoder", {"model": HUB_NAME})
    assert "not on this machine" in caught.value.message
    assert "about 1,112 MB" in caught.value.hint
    assert f"ssp models download {HUB_NAME}" in caught.value.hint
    assert "stage1.download=true" in caught.value.hint
    with pytest.raises(RecipeError, match="unknown size"):
        build("encoder", {"model": "some/thing"})
    assert offline == []


def test_it_is_fetched_when_somebody_said_so(offline: list[object]) -> None:
    with pytest.raises(DownloadError, match=r"could not be fetched.*[Cc]heck the network"):
        fit(HUB_NAME, download=True)
    assert offline


def test_a_folder_is_used_without_asking_anybody(model: Path, offline: list[object]) -> None:
    fit(model, download=True)
    assert offline == []


def test_a_folder_without_configuration(copy: Path) -> None:
    (copy / "config.json").unlink()
    with pytest.raises(RecipeError, match=r"no config\.json"):
        build("encoder", {"model": str(copy)})


def test_weights_in_a_pickle_are_refused_with_the_remedy(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(RecipeError) as caught:
        build("encoder", {"model": str(copy)})
    assert "not in safetensors" in caught.value.message
    assert "save_pretrained" in caught.value.hint


def test_the_remedy_works(model: Path, copy: Path) -> None:
    import torch
    from safetensors.torch import load_file
    from transformers import AutoModel

    torch.save(load_file(copy / "model.safetensors"), copy / "pytorch_model.bin")
    (copy / "model.safetensors").unlink()
    AutoModel.from_pretrained(copy).save_pretrained(copy)
    build("encoder", {"model": str(copy)})


def test_a_pickle_beside_safetensors_is_never_opened(copy: Path) -> None:
    """It would end this test process."""
    (copy / "pytorch_model.bin").write_bytes(b"cos\n_exit\n(I1\ntR.")
    fit(copy)


def test_no_weights_at_all(copy: Path) -> None:
    (copy / "model.safetensors").unlink()
    with pytest.raises(RecipeError, match="has no weights"):
        build("encoder", {"model": str(copy)})


def test_adapters_alone_are_no_encoder(copy: Path) -> None:
    (copy / "adapter_config.json").write_text("{}")
    with pytest.raises(RecipeError, match="set of adapters"):
        build("encoder", {"model": str(copy)})


def test_code_that_comes_with_a_model_is_never_run(copy: Path, tmp_path: Path) -> None:
    config = json.loads((copy / "config.json").read_text())
    auto = {f"AutoModelFor{kind}Classification": "own.Own" for kind in ("Token", "Sequence")}
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.OwnConfig", **auto}}
    (copy / "config.json").write_text(json.dumps(config))
    (copy / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(RecipeError, match="could not be loaded"):
        fit(copy)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_damaged_files(copy: Path, name: str) -> None:
    (copy / name).write_bytes((copy / name).read_bytes()[:100])
    with pytest.raises(RecipeError, match="could not be loaded"):
        fit(copy)


def test_weights_of_another_architecture(copy: Path) -> None:
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 3}))
    with pytest.raises(RecipeError, match=r"weights of the encoder .* are missing"):
        fit(copy)


def test_a_tokenizer_that_tells_no_places(copy: Path) -> None:
    from transformers import ByT5Tokenizer

    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        (copy / name).unlink(missing_ok=True)
    ByT5Tokenizer().save_pretrained(copy)
    with pytest.raises(RecipeError, match="fast tokenizer"):
        fit(copy)


def test_a_head_for_other_labels_is_replaced(model: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    folder = tmp_path / "headed"
    AutoModelForTokenClassification.from_pretrained(model, num_labels=9).save_pretrained(folder)
    AutoTokenizer.from_pretrained(model).save_pretrained(folder)
    gold = tagged(40, 9)
    labeler = fit(folder, tagged(200, 1), epochs=6, learning_rate=5e-3)
    found = labeler.label([record.instance for record in gold], silent)
    assert right([prediction.labels for prediction in found], gold) > 0.9
    labeler = fit(folder, topics(20, 1), TOPICS)
    assert len(labeler.label([topics(1, 1)[0].instance], silent)[0].posterior[0]) == 2


def test_sources_with_other_labels(model: Path) -> None:
    with pytest.raises(RecipeError, match="the source aaa has none of the labels of this data set"):
        fit(model, named(20, 1), UPOS)
    with pytest.raises(RecipeError, match="the source aaa has none"):
        fit(model, tagged(20, 1), BIO)


@pytest.mark.parametrize(
    "setting",
    [
        {"epochs": 0},
        {"learning_rate": -1},
        {"batch_size": 0},
        {"max_length": 7},
        {"patience": 0},
        {"dev_share": 0.9},
        {"per_source": -1},
        {"precision": "fp8"},
        {"lora": -1},
        {"epochs": "many"},
        {"epoch": 3},
    ],
)
def test_settings_out_of_range(model: Path, setting: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match=next(iter(setting))):
        build("encoder", {"model": str(model), **setting})


def test_mixed_precision_needs_a_graphics_card(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(RecipeError, match="precision=bf16 needs a graphics card"):
        fit(model, precision="bf16")


def test_a_model_is_asked_for() -> None:
    with pytest.raises(RecipeError, match=r"needs a model.*stage1\.model"):
        build("encoder", {})


def test_what_is_not_installed_is_named(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.availability.is_installed", lambda package: package != "peft")
    with pytest.raises(NotInstalled, match=r"LoRA .* needs peft.*pip install"):
        fit(model, lora=4)
    monkeypatch.setattr("core.availability.is_installed", lambda package: package != "torch")
    with pytest.raises(NotInstalled, match=r"the labeler encoder needs torch.*start\.py --full"):
        build("encoder", {"model": str(model)})


def test_none_of_it_is_loaded_before_it_is_used() -> None:
    import subprocess

    code = (
        "import sys, core.labelers.encoder, core.cli.models; print(sorted({'torch', 'transformers', 'peft', "
    )
    code += "'huggingface_hub', 'safetensors'} & set(sys.modules)))"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"
