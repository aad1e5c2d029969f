"""Stage I for inference and topic: a cloze question in words, asked of a masked or causal language model.

Nothing is learned unless `freeze_backbone` is off: then the model itself is tuned on a few items of the
sources (PET, Schick and Schuetze 2021, arXiv 2001.07676; one pattern, no unlabelled text: our reading).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import ClassVar

import numpy as np

from core.cloze import checkpoint as models
from core.cloze import items, layout, training, verbalizer
from core.cloze.checkpoint import Checkpoint
from core.cloze.layout import Layout
from core.cloze.tensor_files import as_json
from core.cloze.verbalizer import Verbalizer
from core.errors import RecipeError
from core.labelers import Beside, labelers
from core.labelers.posteriors import chosen
from core.types import Instance, Labels, Prediction, Record, Report, TaskName

METHOD = "hard_prompt"


@dataclass(frozen=True, slots=True)
class _Ready:
    checkpoint: Checkpoint
    layout: Layout
    verbalizer: Verbalizer
    labels: Labels


@labelers.register(METHOD)
@dataclass
class HardPrompt:
    """A template in words and label words; no soft vectors. Baseline of the soft-prompt methods.

    Attributes:
        model: a masked or causal language model: a folder, a name in the hub's cache, or of the demo world.
        template: with {text}, {text_b} for pairs and {mask} for the answer; empty = ours for the task.
        words: label words, LABEL=WORD; empty = the names in the labels (inference: yes, maybe, no).
        neighbours: tokens near a label word that count with it, itself included; 1 = the word alone.
        freeze_backbone: ask the model as it is; off = tune it on items of the sources first.
        shots: items per label to tune it on, and as many to stop by; 0 = all.
        steps: of tuning, at most.
        learning_rate: of tuning, the highest.
        batch_size: texts at a time.
        max_length: tokens read at once; longer texts are cut, the prompt never.
        patience: stop after so many judgements in which the score on held-out items did not rise.
        download: fetch the model when it is not on this machine yet.
    """

    packages: ClassVar[tuple[str, ...]] = ("torch", "transformers")
    required: ClassVar[tuple[str, ...]] = ("model",)
    tasks: ClassVar[tuple[TaskName, ...]] = ("nli", "topic")
    wants_beside: ClassVar[bool] = True

    model: str = ""
    template: str = ""
    words: tuple[str, ...] = ()
    neighbours: int = 1
    freeze_backbone: bool = True
    shots: int = 16
    steps: int = 200
    learning_rate: float = 2e-5
    batch_size: int = 8
    max_length: int = 128
    patience: int = 5
    download: bool = False
    _state: _Ready | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rules = (
            ("neighbours", 1 <= self.neighbours <= 1000, "1 to 1000"),
            ("shots", self.shots >= 0, "0 (all) or more"),
            ("steps", 1 <= self.steps <= 100_000, "1 to 100000"),
            ("learning_rate", 0 < self.learning_rate < 1, "a number between 0 and 1"),
            ("batch_size", 1 <= self.batch_size <= 4096, "1 to 4096"),
            ("max_length", 8 <= self.max_length <= 8192, "8 to 8192"),
            ("patience", self.patience >= 0, "0 (never) or more"),
        )
        for name, good, wanted in rules:
            if not good:
                raise RecipeError(
                    f"labeler {METHOD}: {name} cannot be {getattr(self, name)!r}.", f"Give {wanted}."
                )
        if self.template:
            Layout(self.template)
        if self.model:
            models.check(self.model, download=self.download)

    @property
    def needs_sources(self) -> bool:
        """Whether it learns anything."""
        return not self.freeze_backbone

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
        beside: Beside | None = None,
    ) -> None:
        """See `StageOneLabeler.fit`.

        Raises:
            RecipeError: the labels belong to words; no such model, or one that cannot be used; a label word
                that is no single token; nothing to tune on.
        """
        items.refuse_tokens(METHOD, target)
        records = [record for _, rows in sources for record in rows] + list(corrected)
        learned = [] if self.freeze_backbone else items.item_records(METHOD, records, label_set)
        if not self.freeze_backbone and not learned:
            raise RecipeError(
                f"Stage I ({METHOD}) found no items in the sources with a label of this data set.",
                f"Its labels are {', '.join(label_set)}; choose a --source that has them.",
            )
        model = models.load(self.model, report=report, download=self.download, length=self.max_length)
        words = verbalizer.read_words(label_set, self.words)
        found = verbalizer.verbalizer(model, label_set, words, self.neighbours)
        asked = layout.layout_for(
            target or [record.instance for record in records], self.template, soft=False
        )
        self._state = _Ready(model, asked, found, label_set)
        told = self._tune(self._state, learned, seed, report, keep) if learned else training.Curve().told()
        if beside is not None:
            shots = dict.fromkeys(label_set, 0) | _counted(items.few(learned, self.shots, seed)[0])
            facts = {
                "method": METHOD,
                "model": self.model,
                "artefact": None,
                "template": asked.template,
                "words": verbalizer.told(verbalizer.checked(model, label_set, words)),
                "shots": shots,
                "seen": None,
            }
            beside.note("training", {**facts, **told})

    def label(self, instances: Sequence[Instance], report: Report) -> list[Prediction]:
        """See `StageOneLabeler.label`. Confidence = softmax over the labels' scores at the mask."""
        ready = self._state
        if ready is None:
            raise RecipeError(f"Stage I ({METHOD}) has not been fitted.", "Call fit before label.")
        rows = ready.layout.rows(ready.checkpoint, instances, 0)
        found = items.probabilities(
            ready.checkpoint, ready.verbalizer, rows, batch_size=self.batch_size, report=report
        )
        return [
            chosen(instance.position, row[None], ready.labels)
            for instance, row in zip(instances, found, strict=True)
        ]

    def _tune(
        self, ready: _Ready, records: Sequence[Record], seed: int, report: Report, keep: Path | None
    ) -> dict[str, object]:
        import torch

        train, held_out = items.few(records, self.shots, seed)
        rows = ready.layout.rows(ready.checkpoint, [record.instance for record in train], 0)
        judged = ready.layout.rows(ready.checkpoint, [record.instance for record in held_out], 0)
        wanted = items.columns(held_out, ready.labels)
        columns = torch.tensor(items.columns(train, ready.labels), device=ready.checkpoint.device)

        def loss(step: int, dice: np.random.Generator) -> dict[str, torch.Tensor]:
            at = dice.choice(len(rows), min(self.batch_size, len(rows)), replace=False).tolist()
            scores = ready.verbalizer.scores(ready.checkpoint.answers([rows[one] for one in at]))
            return {"classification": torch.nn.functional.cross_entropy(scores, columns[at])}

        def judge() -> float:
            given = items.probabilities(
                ready.checkpoint, ready.verbalizer, judged, batch_size=self.batch_size
            )
            return float((given.argmax(1) == wanted).mean())

        plan = training.Plan(
            self.steps, self.learning_rate, patience=self.patience, seed=seed, decay=0.01, judge_every=20
        )
        files = training.Checkpoints(keep / METHOD if keep else None, self._identity(ready, train, seed))
        doing = "tuning the language model"
        curve = training.train(
            ready.checkpoint.thaw(),
            loss,
            plan,
            judge=judge if held_out else None,
            files=files,
            report=report,
            doing=doing,
        )
        return curve.told()

    def _identity(self, ready: _Ready, train: Sequence[Record], seed: int) -> str:
        """Of everything that decides what is learned."""
        settings = {
            spec.name: getattr(self, spec.name)
            for spec in fields(self)
            if spec.init and spec.name not in ("model", "download")
        }
        texts = [(row.instance.text, row.instance.text_b, row.labels) for row in train]
        stated = [settings, ready.checkpoint.identity, ready.layout.template, ready.labels, seed, texts]
        return hashlib.sha256(as_json(stated).encode()).hexdigest()


def _counted(records: Sequence[Record]) -> dict[str, int]:
    found: dict[str, int] = {}
    for record in records:
        label = (record.labels or ("",))[0]
        found[label] = found.get(label, 0) + 1
    return found
