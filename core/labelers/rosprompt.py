"""Stage I for items: RoSPrompt, one soft prompt for classes and languages it never saw (arXiv 2503.19469).

A few vectors are trained on some shots of some classes in one language, the model frozen; any classes of any
language are then scored as NPPrompt does. What the losses are exactly is our reading. See docs/rosprompt.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from core.cloze import checkpoint as checkpoints
from core.cloze import soft_prompt
from core.cloze.checkpoint import Checkpoint
from core.cloze.items import columns, refuse_tokens
from core.cloze.layout import Layout, layout_for
from core.cloze.training import Checkpoints, Curve, Plan, train
from core.errors import RecipeError
from core.labelers import Beside, labelers
from core.labelers.robust.answering import CALIBRATIONS, Answering
from core.labelers.robust.lessons import OBJECTIVES, Lessons, Shots, shots
from core.labelers.robust.words import neighbours_in, refuse_unknown, scorer, task_of, words_for, words_told
from core.types import Instance, Labels, Prediction, Record, Report, TaskName

NAME = "soft"
"""Of the vectors in a file."""
ALIKE = 5
"""Words that are told for each vector."""


@labelers.register("rosprompt")
@dataclass
class RoSPrompt:
    """A soft prompt from few shots, with label words of many languages; it labels with unseen classes, too.

    Attributes:
        model: a masked or causal language model: a folder, a name in the hub's cache, or of the demo world.
        shots: items of each label and source to learn from; 0 = all.
        prompt_length: soft vectors.
        start: words whose vectors the prompt begins with; none = words drawn by the seed.
        smoothing: share of the target that goes to the other label words (contrastive label smoothing).
        drift: price of moving the answer away from that of the model without the prompt.
        neighbours: tokens nearest to each label word that speak for it; 1 = the word alone; 0 = 12, or 1
            where the vocabulary of the model is small.
        multilingual: add the catalog's label words in several languages (no native speaker has checked them).
        languages: of these words, ISO 639-3; empty = all there are.
        words: LABEL=WORD, as often as wanted; a label that has some here has these alone.
        seen: labels to learn from; empty = all that the sources have.
        over: what the label words must win against: vocabulary (every token), or labels (each other).
        template: {text}, {text_b}, {soft} and one {mask}; empty = the one for single texts or pairs.
        epochs: passes over the shots.
        batch_size: items at a time.
        learning_rate: the highest.
        held_out: further items of each label to stop by; 0 = all epochs, the last vectors.
        patience: stop after so many epochs in which the score on these did not rise.
        calibration: none, or target: divide out the mean answer on the target's texts.
        prompt: file of a kept prompt to label with; nothing is trained then.
        max_length: tokens of the model a text is read in; longer ones are cut.
        download: fetch the model when it is not on this machine yet.
    """

    packages: ClassVar[tuple[str, ...]] = ("torch", "transformers")
    required: ClassVar[tuple[str, ...]] = ("model",)
    tasks: ClassVar[tuple[TaskName, ...]] = ("nli", "topic")
    wants_beside: ClassVar[bool] = True

    model: str = ""
    shots: int = 8
    prompt_length: int = 5
    start: tuple[str, ...] = ()
    smoothing: float = 0.05
    drift: float = 0.1
    neighbours: int = 0
    multilingual: bool = True
    languages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    over: str = "vocabulary"
    template: str = ""
    epochs: int = 20
    batch_size: int = 8
    learning_rate: float = 0.005
    held_out: int = 0
    patience: int = 5
    calibration: str = "none"
    prompt: str = ""
    max_length: int = 256
    download: bool = False
    _answering: Answering | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def needs_sources(self) -> bool:
        """Not where a kept prompt labels."""
        return not self.prompt

    def __post_init__(self) -> None:
        rules = (
            ("shots", self.shots >= 0, "0 (all) or more"),
            ("prompt_length", 1 <= self.prompt_length <= 100, "1 to 100"),
            ("smoothing", 0 <= self.smoothing < 1, "a number from 0 to below 1"),
            ("drift", self.drift >= 0, "0 (off) or more"),
            ("neighbours", 0 <= self.neighbours <= 1000, "0 (chosen for you) to 1000"),
            ("over", self.over in OBJECTIVES, " or ".join(OBJECTIVES)),
            ("epochs", 1 <= self.epochs <= 1000, "1 to 1000"),
            ("batch_size", 1 <= self.batch_size <= 4096, "1 to 4096"),
            ("learning_rate", 0 < self.learning_rate < 10, "a number above 0"),
            ("held_out", self.held_out >= 0, "0 (none) or more"),
            ("patience", self.patience >= 0, "0 (never) or more"),
            ("calibration", self.calibration in CALIBRATIONS, " or ".join(CALIBRATIONS)),
            ("max_length", 8 <= self.max_length <= 8192, "8 to 8192"),
        )
        for name, good, wanted in rules:
            if not good:
                raise RecipeError(
                    f"labeler rosprompt: {name} cannot be {getattr(self, name)!r}.", f"Give {wanted}."
                )
        refuse_unknown(self.languages)
        if self.template:
            Layout(self.template)
        if self.model:
            checkpoints.check(self.model, download=self.download)

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
        """See `StageOneLabeler.fit`. Labels of the label set that no source has are labelled all the same.

        Raises:
            RecipeError: words to label instead of texts; too few labels to learn from; no such model
                or prompt; a label without a usable word.
            NotInstalled: torch or transformers is missing. Cancelled: `report` said so.
        """
        refuse_tokens("rosprompt", target)
        drawn = None if self.prompt else self._drawn(sources, corrected, label_set, seed)
        model = checkpoints.load(self.model, report=report, download=self.download, length=self.max_length)
        if drawn is None:
            kept = soft_prompt.read(self.prompt, model)
            layout = Layout(self.template or kept.facts["template"])
            vectors, told = (
                kept.tensors[NAME],
                {**kept.facts, "artefact": Path(self.prompt).name, "curve": []},
            )
        else:
            layout = layout_for(target or [drawn.train[0].instance], self.template)
            vectors, told = self._learned(model, layout, drawn, label_set, seed, report, keep)
            told["artefact"] = None if beside is None else self._kept(vectors, told, model, beside.prompts)
        words = self._words(model, label_set, target, drawn.labels if drawn else ())
        verbalizer = scorer(model, label_set, words, neighbours_in(model, self.neighbours))
        self._answering = Answering(model, layout, verbalizer, vectors)
        if self.calibration == "target":
            self._answering.calibrate(target, report)
        if beside is not None:
            near = {"source prompt": soft_prompt.nearest(model, vectors, ALIKE)}
            beside.note("training", {**told, "near": near, **words_told(model, label_set, words, verbalizer)})

    def label(self, instances: Sequence[Instance], report: Report) -> list[Prediction]:
        """See `StageOneLabeler.label`. Confidence = softmax over the scores of the labels."""
        if self._answering is None:
            raise RecipeError("Stage I (rosprompt) has not been trained.", "Call fit before label.")
        return self._answering.label(instances, report)

    def _drawn(
        self,
        sources: Sequence[tuple[str, Sequence[Record]]],
        corrected: Sequence[Record],
        label_set: Labels,
        seed: int,
    ) -> Shots:
        return shots(
            sources, corrected, label_set, seen=self.seen, count=self.shots, aside=self.held_out, seed=seed
        )

    def _words(
        self, model: Checkpoint, labels: Labels, items: Sequence[Instance], beyond: Labels
    ) -> dict[str, tuple[str, ...]]:
        return words_for(
            model, labels, self.words, task=task_of(items), beyond=beyond,
            neighbours=neighbours_in(model, self.neighbours),
            languages=self.languages if self.multilingual else None,
        )  # fmt: skip

    def _learned(
        self, model: Checkpoint, layout: Layout, drawn: Shots, label_set: Labels, seed: int, report: Report,
        keep: Path | None,
    ) -> tuple[Any, dict[str, Any]]:  # fmt: skip
        """The vectors (length, d), and what is told of their training."""
        items = [record.instance for record in drawn.train]
        words = self._words(model, drawn.labels, items, label_set)
        verbalizer = scorer(model, drawn.labels, words, neighbours_in(model, self.neighbours))
        settings = {"over": self.over, "smoothing": self.smoothing, "price": self.drift}
        lessons = Lessons.of(
            model, layout, verbalizer, drawn, self.prompt_length, settings | {"batch_size": self.batch_size}
        )
        vectors = soft_prompt.start(model, self.prompt_length, seed, self.start)
        plan = Plan(
            steps=self.epochs * lessons.steps,
            learning_rate=self.learning_rate,
            judge_every=lessons.steps,
            patience=self.patience,
            seed=seed,
        )

        def loss(step: int, _dice: np.random.Generator) -> dict[str, Any]:
            return lessons.loss(vectors, lessons.batch(step, seed))

        def judge() -> float:
            held_out = [record.instance for record in drawn.held_out]
            found = Answering(model, layout, verbalizer, vectors).chances(
                held_out, report, "judging the prompt"
            )
            return float((found.argmax(1) == columns(drawn.held_out, drawn.labels)).mean())

        files = Checkpoints(
            keep / "rosprompt" if keep else None, self._identity(model, layout, drawn, words, seed)
        )
        curve = train(
            {NAME: vectors}, loss, plan, judge=judge if drawn.held_out else None, files=files, report=report
        )
        return vectors.detach(), self._told(curve, layout, drawn)

    def _told(self, curve: Curve, layout: Layout, drawn: Shots) -> dict[str, Any]:
        return {
            "method": "rosprompt",
            **curve.told(),
            "model": self.model,
            "template": layout.template,
            "shots": drawn.counts(),
            "seen": list(drawn.labels),
        }

    def _kept(self, vectors: Any, told: dict[str, Any], model: Checkpoint, folder: Path) -> str:
        """The name of the file it is kept in."""
        facts = {name: told[name] for name in ("method", "model", "template", "shots", "seen")}
        return soft_prompt.SoftPrompt({NAME: vectors}, facts).keep(folder, model).name

    def _identity(
        self, model: Checkpoint, layout: Layout, drawn: Shots, words: dict[str, tuple[str, ...]], seed: int
    ) -> str:
        """Everything that decides the outcome of the training."""
        names = [spec.name for spec in fields(self) if spec.init]
        settings = {
            name: getattr(self, name) for name in names if name not in ("model", "download", "template")
        }
        items = [
            (record.instance.text, record.instance.text_b, record.labels)
            for record in (*drawn.train, *drawn.held_out)
        ]
        whole = [model.identity, layout.template, settings, items, drawn.labels, words, seed]
        return hashlib.sha256(json.dumps(whole, default=list).encode()).hexdigest()
