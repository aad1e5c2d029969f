"""Stage I for every task: a pretrained encoder, fine-tuned on the labelled source languages.

Needs the full installation and an encoder on disk. On a processor it takes minutes to hours; it labels a
target no better than the encoder knows the language. See docs/encoders.md.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import ClassVar

from core.availability import require
from core.errors import RecipeError
from core.labelers import labelers
from core.labelers.fine_tuning.adapters import require_lora, with_lora
from core.labelers.fine_tuning.checkpoints import Checkpoints
from core.labelers.fine_tuning.device import PRECISIONS, Device, device, own_dice
from core.labelers.fine_tuning.identity import identity
from core.labelers.fine_tuning.material import OUTSIDE, UNKNOWN, Material, material
from core.labelers.fine_tuning.pretrained import agree_on_inputs, classifier, folder_of, longest, tokenizer_of
from core.labelers.fine_tuning.reader import Reader
from core.labelers.fine_tuning.training import Plan
from core.labelers.posteriors import chosen, is_bio
from core.types import Instance, Labels, Prediction, Record, Report

RATE, LORA_RATE = 5e-5, 5e-4
AT_A_TIME = 2000
"""Instances labelled before the next are read."""


@labelers.register("encoder")
@dataclass
class Encoder:
    """Token or item classification by a fine-tuned encoder. One that cannot be used is refused at once.

    Attributes:
        model: a folder, or the name of an encoder in the hub's cache.
        epochs: at most so many passes over the sources.
        learning_rate: the highest; 0 = 5e-5, or 5e-4 with LoRA.
        batch_size: windows of text at a time.
        max_length: sub-words read at once; longer sentences are read in overlapping windows.
        patience: stop after so many epochs in which the score on the held-out items did not rise.
        dev_share: share of each source that is held out to stop by; 0 = all epochs, the last weights.
        per_source: at most so many items of each source language, drawn by the seed; 0 = all.
        precision: auto | fp32 | bf16 | fp16; the last two on a graphics card only, which auto does by itself.
        lora: rank of low-rank additions to train in place of the encoder; 0 = train all of it.
        download: fetch the encoder when it is not on this machine yet.
    """

    packages: ClassVar[tuple[str, ...]] = ("torch", "transformers")
    required: ClassVar[tuple[str, ...]] = ("model",)

    model: str = ""
    epochs: int = 5
    learning_rate: float = 0.0
    batch_size: int = 16
    max_length: int = 256
    patience: int = 2
    dev_share: float = 0.1
    per_source: int = 2000
    precision: str = "auto"
    lora: int = 0
    download: bool = False
    _state: Reader | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rules = (
            ("epochs", 1 <= self.epochs <= 1000, "1 to 1000"),
            ("learning_rate", 0 <= self.learning_rate < 1, "0 (chosen for you) or a number below 1"),
            ("batch_size", 1 <= self.batch_size <= 4096, "1 to 4096"),
            ("max_length", 8 <= self.max_length <= 8192, "8 to 8192"),
            ("patience", self.patience >= 1, "1 or more"),
            ("dev_share", 0 <= self.dev_share <= 0.5, "a number from 0 to 0.5"),
            ("per_source", self.per_source >= 0, "0 (all) or more"),
            ("precision", self.precision in PRECISIONS, ", ".join(PRECISIONS)),
            ("lora", 0 <= self.lora <= 1024, "0 (off) to 1024"),
        )
        for name, good, wanted in rules:
            if not good:
                raise RecipeError(
                    f"labeler encoder: {name} cannot be {getattr(self, name)!r}.", f"Give {wanted}."
                )
        if self.model and not self.download:
            folder_of(self.model, download=False)

    def fit(
        self,
        sources: Sequence[tuple[str, Sequence[Record]]],
        target: Sequence[Instance],
        label_set: Labels,
        *,
        seed: int,
        report: Report,
        corrected: Sequence[Record] = (),
        keep: Path | None = None,
    ) -> None:
        """See `StageOneLabeler.fit`. `corrected` items are trained on like those of a source.

        Raises:
            RecipeError: no such encoder, or one that cannot be used; no source labels of the label set.
            NotInstalled: torch, transformers, or for LoRA `peft` is missing.
        """
        self._ask_for_packages()
        report("reading the sources", 0, 1)
        found = material(
            sources, corrected, label_set, limit=self.per_source, dev_share=self.dev_share, seed=seed
        )
        machine = device(self.precision)
        report("loading the encoder", 0, 1)
        folder = folder_of(self.model, download=self.download, report=report)
        with own_dice(machine):
            reader = self._reader(folder, found, label_set, seed, machine)
            training = reader.training(found, self._plan(reader, label_set, seed))
            with _files(keep, identity(self._deciding(), folder, found, label_set, seed, machine)) as files:
                judge = reader.judge(found.held_out, report) if found.held_out else None
                training.run(judge, files, report)
        self._state = reader

    def label(self, instances: Sequence[Instance], report: Report) -> list[Prediction]:
        """See `StageOneLabeler.label`. Confidence = softmax probability at the first sub-word."""
        if self._state is None:
            raise RecipeError("Stage I (encoder) has not been trained.", "Call fit before label.")
        predictions: list[Prediction] = []
        for start in range(0, len(instances), AT_A_TIME):
            part = instances[start : start + AT_A_TIME]
            rows = self._state.rows(part, _of_all(report, start, len(part), len(instances)), "labelling")
            predictions += [
                chosen(instance.position, row, self._state.labels)
                for instance, row in zip(part, rows, strict=True)
            ]
        report("labelling", len(instances), len(instances))
        return predictions

    def _ask_for_packages(self) -> None:
        for package in self.packages:
            require(package, purpose="the labeler encoder")
        if self.lora:
            require_lora()

    def _reader(self, folder: Path, found: Material, label_set: Labels, seed: int, machine: Device) -> Reader:
        tokenizer = tokenizer_of(self.model, folder)
        model = classifier(self.model, folder, label_set, tokens=found.tokens, seed=abs(seed))
        agree_on_inputs(tokenizer, model)
        length = longest(tokenizer, model, self.max_length)
        if self.lora:
            model = with_lora(model, self.lora)
        model.to(machine.name)
        return Reader(
            tokenizer, model, length, label_set, found.tokens, found.prior, machine, self.batch_size
        )

    def _plan(self, reader: Reader, label_set: Labels, seed: int) -> Plan:
        return Plan(
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate or (LORA_RATE if self.lora else RATE),
            patience=self.patience,
            seed=seed,
            outside=label_set.index(OUTSIDE) if is_bio(label_set) and OUTSIDE in label_set else UNKNOWN,
            padding=reader.padding,
        )

    def _deciding(self) -> dict[str, object]:
        """The settings that decide the outcome."""
        names = [spec.name for spec in fields(self) if spec.init]
        return {name: getattr(self, name) for name in names if name not in ("model", "download")}


def _of_all(report: Report, start: int, part: int, total: int) -> Report:
    """Progress in the windows of one part as progress in all instances."""

    def passed_on(stage: str, done: int, windows: int) -> None:
        report(stage, start + part * done // max(windows, 1), total)

    return passed_on


@contextmanager
def _files(keep: Path | None, name: str) -> Iterator[Checkpoints]:
    """Where checkpoints go: the folder that is kept, or one that is gone afterwards."""
    if keep is not None:
        yield Checkpoints(keep / "encoder", name, resumable=True)
        return
    with tempfile.TemporaryDirectory() as passing:
        yield Checkpoints(Path(passing), name, resumable=False)
