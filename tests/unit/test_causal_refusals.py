"""Language models that cannot be used are refused in a sentence; nothing of theirs is run or fetched."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.errors import DownloadError, RecipeError
from core.llms import Frame, Request, build
from core.prompts import prompt_sha256
from core.types import Prompt
from tests.needs import needs
from tests.tiny_llm import language_model

pytestmark = [needs("torch", "transformers"), pytest.mark.slow, pytest.mark.filterwarnings("default")]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return language_model(tmp_path_factory.mktemp("llm"))


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "copy"))


def asked(folder: Path | str, **settings: Any) -> str:
    """The answer to one question."""
    question = Request(Prompt("Reply:", prompt_sha256("Reply:")), Frame("label", ("yes", "no")))
    found = build("transformers", {"model": str(folder), **settings})
    ((_, said),) = found.answers([question], lambda: None)
    return str(said.text)


def test_a_model_needs_a_name() -> None:
    with pytest.raises(RecipeError, match=r"needs a model.*llm\.model"):
        build("transformers", {})


def test_a_folder_that_is_not_there() -> None:
    with pytest.raises(RecipeError, match=r"no folder /no/such with a language model.*llm\.model"):
        build("transformers", {"model": "/no/such"})


def test_nothing_is_fetched_unasked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tried: list[object] = []

    def refuse(*where: object, **_: object) -> None:
        tried.append(where)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    with pytest.raises(RecipeError, match=r"not on this machine.*llm\.download=true"):
        build("transformers", {"model": "Some/thing"})
    assert tried == []
    with pytest.raises(DownloadError, match="could not be fetched"):
        asked("Some/thing", download=True)
    assert tried


def test_weights_in_a_pickle_are_refused_with_the_remedy(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(RecipeError, match=r"not in safetensors.*AutoModelForCausalLM"):
        build("transformers", {"model": str(copy)})


def test_a_pickle_beside_safetensors_is_never_opened(copy: Path) -> None:
    """It would end this test process."""
    (copy / "pytorch_model.bin").write_bytes(b"cos\n_exit\n(I1\ntR.")
    assert asked(copy) in ("yes", "no")


def test_code_that_comes_with_a_model_is_never_run(copy: Path, tmp_path: Path) -> None:
    config = json.loads((copy / "config.json").read_text())
    auto = {"AutoConfig": "own.OwnConfig", "AutoModelForCausalLM": "own.Own"}
    (copy / "config.json").write_text(json.dumps(config | {"model_type": "own", "auto_map": auto}))
    (copy / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(RecipeError, match="could not be loaded"):
        asked(copy)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_damaged_files(copy: Path, name: str) -> None:
    (copy / name).write_bytes((copy / name).read_bytes()[:100])
    with pytest.raises(RecipeError, match="could not be loaded"):
        asked(copy)


def test_an_encoder_is_no_language_model(copy: Path) -> None:
    from transformers import BertConfig, BertModel

    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=448, **size)).save_pretrained(copy)
    with pytest.raises(RecipeError, match=r"weights of the language model.*missing"):
        asked(copy)


def test_a_chat_template_that_cannot_show_a_conversation(copy: Path) -> None:
    (copy / "chat_template.jinja").write_text("{{ raise_exception('only one turn') }}")
    with pytest.raises(RecipeError, match="chat template"):
        asked(copy)


def test_a_card_that_is_not_there(model: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(RecipeError, match=r"llm\.device=cuda"):
        asked(model, device="cuda")


def test_the_identity_changes_with_the_files(copy: Path) -> None:
    before = build("transformers", {"model": str(copy)}).identity()
    assert before == build("transformers", {"model": str(copy), "batch_size": 3}).identity()
    assert before != build("transformers", {"model": str(copy), "free": True}).identity()
    template = copy / "chat_template.jinja"
    template.write_text(template.read_text() + " ")
    assert before != build("transformers", {"model": str(copy)}).identity()
    json.dumps(dict(before))


def test_who_only_wants_to_know_what_a_model_is_loads_no_library(model: Path) -> None:
    """Dashboards count what a run would ask before it is asked."""
    code = (
        "import sys\nfrom core.llms import build\nfrom core.probing import probe\n"
        f"found = build('transformers', {{'model': {str(model)!r}, 'device': 'cpu'}})\n"
        "found.identity(); probe(found, lambda: None)\n"
        "print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
