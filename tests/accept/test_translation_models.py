"""Translation by checkpoints that really generate: random weights, real architectures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import Cancelled, RecipeError
from core.translation import Text, Translated, Way, build
from core.translation.keeping import kept_in
from core.translation.seq2seq import LONG, pieces
from tests.needs import needs
from tests.tiny_translator import marian, nllb

pytestmark = [pytest.mark.slow, needs("torch", "transformers")]

TEXTS = [Text(text) for text in ("ina kwana.", "ruwa", "na gode sosai da aiki.", "ruwa")]
HAUSA = Way("hau", "eng")
LENGTH = 32
"""Sub-words of a text, of which the longest has 26, and of its translation."""


def silent(_stage: str, _done: int, _total: int) -> None:
    return None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nllb(tmp_path_factory.mktemp("nllb"))


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path) -> Iterator[None]:
    with kept_in(tmp_path / "cache"):
        yield


def translated(place: Path, way: Way = HAUSA, texts: list[Text] = TEXTS, **settings: Any) -> list[str]:
    translator = build("seq2seq", {"model": str(place), "max_length": LENGTH, **settings})
    return [row.text for row in translator.translate(texts, way, silent)]


def generated(folder: Path, texts: list[str], first: str = "", **told: str) -> list[str]:
    """What the library itself makes of the texts, one by one."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder, **told)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    asked = {"forced_bos_token_id": tokenizer.convert_tokens_to_ids(first)} if first else {}
    found = []
    for text in texts:
        batch = tokenizer(text, return_tensors="pt", return_token_type_ids=False)
        with torch.inference_mode():
            row = model.generate(**batch, **asked, num_beams=4, do_sample=False, max_new_tokens=LENGTH)
        found += [said.strip() for said in tokenizer.batch_decode(row, skip_special_tokens=True)]
    return found


def test_it_generates_what_the_library_generates_with_both_languages_set(folder: Path) -> None:
    expected = generated(folder, [text.text for text in TEXTS], "eng_Latn", src_lang="hau_Latn")
    assert translated(folder) == expected
    assert len(set(expected)) > 1


@pytest.mark.parametrize("size", [1, 3])
def test_what_is_translated_together_changes_nothing(folder: Path, size: int) -> None:
    assert translated(folder, batch_size=size) == translated(folder, batch_size=16)


def test_the_languages_matter(folder: Path) -> None:
    assert translated(folder) != translated(folder, Way("lug", "eng"))
    assert translated(folder) != translated(folder, Way("hau", "lug"))
    assert translated(
        folder, Way("xho", "zul"), source_code="hau_Latn", target_code="eng_Latn"
    ) == translated(folder)


def test_a_language_it_does_not_know_is_refused(folder: Path) -> None:
    with pytest.raises(RecipeError, match="has no word for Zulu") as found:
        translated(folder, Way("hau", "zul"))
    assert "eng_Latn, hau_Latn, lug_Latn" in found.value.hint


def test_a_finished_translation_is_not_made_again(folder: Path) -> None:
    first = translated(folder)
    again = build("seq2seq", {"model": str(folder), "max_length": LENGTH})
    assert [row.text for row in again.translate(TEXTS, HAUSA, silent)] == first
    assert again._state == {}


def test_it_can_be_stopped(folder: Path) -> None:
    def stop(_stage: str, _done: int, _total: int) -> None:
        raise Cancelled("stopped by the user.")

    with pytest.raises(Cancelled):
        build("seq2seq", {"model": str(folder)}).translate(TEXTS, HAUSA, stop)


def test_marian_of_two_languages_is_told_none_and_of_many_gets_the_target_before_the_text(
    tmp_path: Path,
) -> None:
    two, many = marian(tmp_path / "two"), marian(tmp_path / "many", ">>hau<<", ">>eng<<")
    plain = [text.text for text in TEXTS]
    assert translated(two) == generated(two, plain)
    assert translated(many) == generated(many, [f">>eng<< {text}" for text in plain])
    with pytest.raises(RecipeError, match="has no word for Zulu"):
        translated(many, Way("hau", "zul"))
    with pytest.raises(RecipeError, match="no word for"):
        translated(two, target_code="hau_Latn")


def test_an_empty_text_stays_empty_and_a_long_one_is_cut_into_sentences(folder: Path) -> None:
    assert translated(folder, texts=[Text(""), Text("  ")]) == ["", ""]
    text = "na gode sosai. " * 60
    assert [len(part) <= LONG for part in pieces(text)] == [True] * len(pieces(text))
    assert "".join(pieces(text)).replace(" ", "") == text.replace(" ", "")
    (whole,) = translated(folder, texts=[Text(text)])
    assert len(whole) > LENGTH


def test_weights_that_can_run_code_are_refused(folder: Path, tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(RecipeError, match="not in safetensors"):
        translated(tmp_path)
    with pytest.raises(RecipeError, match="no folder"):
        translated(tmp_path / "nowhere")


def test_a_translation_has_no_outcome_of_a_call(folder: Path) -> None:
    found = build("seq2seq", {"model": str(folder), "beams": 1, "max_length": 8}).translate(
        TEXTS[:1], HAUSA, silent
    )
    assert found == [Translated(found[0].text)]
