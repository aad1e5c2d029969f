"""Translation by a local encoder-decoder checkpoint: NLLB, M2M100, MADLAD, Marian and their kin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from core.availability import require
from core.errors import RecipeError
from core.pretrained import Kind, folder_of, loaded
from core.translation import Text, Translated, Way, translators
from core.translation.codes import first_known, name_of
from core.translation.keeping import KeptTranslations
from core.types import Report

KIND = Kind("translation model", "translation.model", "AutoModelForSeq2SeqLM", "translation.download")
TAGS = ("{}", "__{}__", "{}_XX")
"""A language where a decoder begins with it: hau_Latn (NLLB), __ha__ (M2M100), ha_XX (mBART)."""
PREFIXES = (">>{}<<", "<2{}>")
"""How it is written before the text: Marian, MADLAD."""
CODE = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}|__[a-z]{2,3}__|[a-z]{2}_XX|>>[A-Za-z_]+<<|<2[A-Za-z_]+>")
SENTENCE = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s+|\n+")
WITHOUT_TOKENIZER = (
    "Install it with: python -m pip install sentencepiece. "
    "Checkpoints that hold a tokenizer.json (NLLB, MADLAD) do without."
)
LONG = 400
"""Characters above which a text is translated sentence by sentence."""


@translators.register("seq2seq")
@dataclass
class Seq2Seq:
    """Beam search with a checkpoint on this machine. Nothing random, nothing sent anywhere.

    Attributes:
        model: its folder, or its name where the hub's cache has it. Weights in safetensors only.
        source_code: the checkpoint's own word for the source language; "" = found in its vocabulary.
        target_code: the same for the language to translate into.
        beams: of the search; 1 = greedy.
        max_length: sub-words a text and its translation may have.
        batch_size: texts that are translated at once.
        download: fetch the checkpoint if it is not here.
    """

    packages: ClassVar[tuple[str, ...]] = ("torch", "transformers")
    required: ClassVar[tuple[str, ...]] = ("model",)

    model: str = ""
    source_code: str = ""
    target_code: str = ""
    beams: int = 4
    max_length: int = 256
    batch_size: int = 16
    download: bool = False
    _state: dict[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if min(self.beams, self.batch_size) < 1 or self.max_length < 8:
            raise RecipeError(
                "translator seq2seq: beams and batch_size are at least 1, max_length at least 8.",
                "Correct them: --set translation.beams=4",
            )

    def translate(self, texts: Sequence[Text], way: Way, report: Report) -> list[Translated]:
        """See `Translator.translate`. What is translated is kept, and not translated again.

        Raises:
            RecipeError: the checkpoint is not here, cannot be read, or does not know a language.
        """
        folder = folder_of(KIND, self.model, download=self.download)
        parts = [pieces(text.text) for text in texts]
        kept = KeptTranslations(self._identity(folder.as_posix(), way))
        flat = [part for row in parts for part in row]
        found = iter(
            kept.of(
                flat,
                lambda some: self._computed(folder, some, way),
                lambda done, total: report("translating", done, total),
            )
        )
        report("translating", len(flat), len(flat))
        return [Translated(" ".join(next(found) for _ in row).strip()) for row in parts]

    def _identity(self, folder: str, way: Way) -> Mapping[str, Any]:
        return {
            "model": folder,
            "source": self.source_code or way.source,
            "target": self.target_code or way.target,
            "beams": self.beams,
            "max_length": self.max_length,
        }

    def _computed(self, folder: Path, texts: Sequence[str], way: Way) -> list[str]:
        if "model" not in self._state:
            self._state |= _read(self.model, folder)
            self._state |= self._spoken(way)
        found: list[str] = []
        for at in range(0, len(texts), self.batch_size):
            found += self._generated(texts[at : at + self.batch_size])
        return found

    def _spoken(self, way: Way) -> dict[str, Any]:
        """How the checkpoint is told the languages: of the source, a tag or prefix of the target."""
        tokenizer = self._state["tokenizer"]
        vocabulary = tokenizer.get_vocab()
        source = _word(self.source_code, way.source, TAGS, vocabulary)
        tag = _word(self.target_code, way.target, TAGS, vocabulary)
        prefix = "" if tag else _word(self.target_code, way.target, PREFIXES, vocabulary)
        if not tag and not prefix:
            self._refuse_unknown(way.target, vocabulary)
        if source and hasattr(tokenizer, "src_lang"):
            tokenizer.src_lang = source.strip("_")
        return {"first": vocabulary[tag] if tag else None, "prefix": f"{prefix} " if prefix else ""}

    def _refuse_unknown(self, language: str, vocabulary: Mapping[str, int]) -> None:
        """A checkpoint of many languages that does not know this one would answer in another."""
        known = sorted(word for word in vocabulary if CODE.fullmatch(word))
        if known or self.target_code:
            some = ", ".join(known[:8])
            raise RecipeError(
                f"the translation model {self.model} has no word for {name_of(language)} ({language}).",
                f"Give the one it uses (--set translation.target_code=...; it has {some} ...)."
                if known
                else "It is not told a language: leave translation.target_code empty.",
            )

    def _generated(self, texts: Sequence[str]) -> list[str]:
        import torch

        tokenizer, model = self._state["tokenizer"], self._state["model"]
        batch = tokenizer(
            [self._state["prefix"] + (text or " ") for text in texts],
            return_tensors="pt",
            padding=True,
            truncation=True,
            max_length=self.max_length,
        ).to(model.device)
        asked: dict[str, Any] = {"input_ids": batch["input_ids"], "attention_mask": batch["attention_mask"]}
        if self._state["first"] is not None:
            asked["forced_bos_token_id"] = self._state["first"]
        with torch.inference_mode():
            found = model.generate(
                **asked, num_beams=self.beams, do_sample=False, max_new_tokens=self.max_length
            )
        said = tokenizer.batch_decode(found, skip_special_tokens=True)
        return [
            text.strip() if asked_text.strip() else "" for text, asked_text in zip(said, texts, strict=True)
        ]


def pieces(text: str) -> list[str]:
    """A long text in parts of whole sentences, a short one as it is."""
    if len(text) <= LONG:
        return [text]
    rows: list[str] = []
    for sentence in filter(None, map(str.strip, SENTENCE.split(text))):
        if rows and len(rows[-1]) + len(sentence) < LONG:
            rows[-1] = f"{rows[-1]} {sentence}"
        else:
            rows.append(sentence)
    return rows or [text]


def _word(given: str, language: str, patterns: Sequence[str], vocabulary: Mapping[str, int]) -> str:
    """The checkpoint's word for a language; "" = it has none of these patterns."""
    if given:
        return next((form for pattern in patterns if (form := pattern.format(given)) in vocabulary), "")
    known = {word: number for word, number in vocabulary.items() if CODE.fullmatch(word)}
    pair = first_known(language, patterns, known)
    return pair[1] if pair else ""


def _read(name: str, folder: Path) -> dict[str, Any]:
    """Tokenizer and model, the model where torch computes fastest and at rest."""
    if not (folder / "tokenizer.json").is_file():
        require("sentencepiece", purpose=f"the vocabulary of {name}", remedy=WITHOUT_TOKENIZER)
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    def tokenizer() -> Any:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)

    card = torch.cuda.is_available()

    def model() -> Any:
        return AutoModelForSeq2SeqLM.from_pretrained(
            folder,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float16 if card else torch.float32,
        )

    found = loaded(KIND, name, "weights", model).to("cuda" if card else "cpu").eval()
    return {"tokenizer": loaded(KIND, name, "tokenizer", tokenizer), "model": found}
