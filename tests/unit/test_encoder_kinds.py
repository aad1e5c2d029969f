"""Encoders of several architectures, and LoRA: what is trained, and what a checkpoint of it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.labelers import build
from core.labelers.fine_tuning.device import Device, device
from core.types import Instance, Labels, Record
from tests.needs import needs
from tests.tiny_encoder import NLI, UPOS, encoder, pairs, right, tagged

pytestmark = [needs("torch", "transformers"), pytest.mark.slow, pytest.mark.filterwarnings("default")]
SIZES = {
    "vocab_size": 64,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 40,
    "pad_token_id": 0,
}
KINDS: dict[str, dict[str, Any]] = {
    "xlm-roberta": {"type_vocab_size": 1},
    "deberta-v2": {"relative_attention": True, "position_buckets": 16, "pos_att_type": ["p2c", "c2p"]},
    "modernbert": {
        "cls_token_id": 2,
        "sep_token_id": 3,
        "bos_token_id": 2,
        "eos_token_id": 3,
        "local_attention": 16,
    },
    "distilbert": {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64},
}
TASKS = [(tagged, UPOS, 8), (pairs, NLI, 1)]


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encoder(tmp_path_factory.mktemp("encoder"))


def of_kind(kind: str, folder: Path) -> Path:
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    AutoTokenizer.from_pretrained(encoder(folder)).save_pretrained(folder)
    AutoModel.from_config(AutoConfig.for_model(kind, **SIZES, **KINDS[kind])).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_architectures(kind: str, tmp_path: Path) -> None:
    """Tokens and items; a sentence longer than the encoder reads at once too."""
    folder = of_kind(kind, tmp_path)
    for make, label_set, words in TASKS:
        labeler = build("encoder", {"model": str(folder), "epochs": 1, "batch_size": 8})
        labeler.fit([("aaa", make(40, 1))], [], label_set, seed=0, report=silent)
        long = Instance(0, "test", ("mmm",) * 60, "m " * 60, "v " * 60)
        (found,) = labeler.label([long], silent)
        assert len(found.labels) == (60 if words > 1 else 1)


@needs("peft")
@pytest.mark.parametrize("kind", ["modernbert", "deberta-v2"])
def test_lora_on_architectures(kind: str, tmp_path: Path) -> None:
    folder = of_kind(kind, tmp_path)
    for make, label_set, _ in TASKS:
        labeler = build("encoder", {"model": str(folder), "epochs": 1, "lora": 4})
        labeler.fit([("aaa", make(40, 1))], [], label_set, seed=0, report=silent)
        assert len(labeler.label([make(1, 2)[0].instance], silent)) == 1


def with_lora(model: Path, records: list[Record], label_set: Labels, keep: Path | None = None) -> Any:
    settings = {"model": str(model), "lora": 8, "epochs": 8, "learning_rate": 2e-2, "patience": 5}
    labeler = build("encoder", settings)
    labeler.fit([("aaa", records)], [], label_set, seed=0, report=silent, keep=keep)
    return labeler


@pytest.mark.thorough
@needs("peft")
@pytest.mark.parametrize(("make", "label_set"), [(tagged, UPOS), (pairs, NLI)])
def test_lora_learns_and_keeps_little(model: Path, tmp_path: Path, make: Any, label_set: Labels) -> None:
    gold = make(60, 9)
    labeler = with_lora(model, make(300, 1), label_set, tmp_path)
    found = labeler.label([record.instance for record in gold], silent)
    assert right([prediction.labels for prediction in found], gold) > 0.8
    assert (tmp_path / "encoder" / "trained.safetensors").stat().st_size < (
        model / "model.safetensors"
    ).stat().st_size
    again = with_lora(model, make(300, 1), label_set, tmp_path)
    assert again.label([record.instance for record in gold], silent) == found


def test_precision_is_chosen_by_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert device("auto") == device("fp32") == Device("cpu", "fp32")
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    for able, chosen in ((True, "bf16"), (False, "fp16")):
        monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda able=able: able)
        assert device("auto") == Device("cuda", chosen)
    assert device("fp32") == Device("cuda", "fp32")
