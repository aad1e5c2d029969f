"""What every labeler with a soft prompt does: read a model, draw lessons, learn, keep, note, label."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from core.catalog.label_word_table import label_words
from core.cloze.checkpoint import Checkpoint
from core.cloze.soft_prompt import start
from core.cloze.training import Checkpoints, Plan
from core.errors import RecipeError
from core.labelers import Beside
from core.labelers.prompting import keeping
from core.labelers.prompting.keeping import SOURCE, TARGET
from core.labelers.prompting.lessons import Lessons, lessons, of_pairs
from core.labelers.prompting.networks import prompt_encoder
from core.labelers.prompting.reading import Reading, load, reading
from core.labelers.prompting.teaching import Course, Prompt, accuracy, classification
from core.labelers.prompting.telling import Stage, training_note
from core.types import Instance, Labels, Prediction, Record, Report, TaskName

Tensor = Any
JUDGED = 15
"""Steps between two looks at the held-out items."""
Rule = tuple[str, bool, str]
"""A setting, whether it can be worked with, and what is wanted."""


@dataclass(frozen=True)
class Class:
    """All that a training of one labeler goes by."""

    source: Reading
    target: Reading
    lessons: Lessons
    seed: int
    files: Callable[[str], Checkpoints]
    report: Report
    backbone: Mapping[str, Tensor]

    @property
    def model(self) -> Checkpoint:
        """The language model."""
        return self.source.checkpoint


@dataclass(frozen=True)
class Learned:
    """The prompts by name, and how each training went."""

    prompts: Mapping[str, Tensor]
    stages: Sequence[Stage]


class Learner:
    """A labeler that learns a soft prompt. Its dataclass has the fields below, and says what they mean."""

    packages: ClassVar[tuple[str, ...]] = ("torch", "transformers")
    required: ClassVar[tuple[str, ...]] = ("model",)
    tasks: ClassVar[tuple[TaskName, ...]] = ("nli", "topic")
    wants_beside: ClassVar[bool] = True
    name: ClassVar[str]

    model: str
    prompt_length: int
    encoder: str
    start: tuple[str, ...]
    words: tuple[str, ...]
    target_words: tuple[str, ...]
    own_words: bool
    template: str
    shots: int
    target_shots: int
    steps: int
    learning_rate: float
    batch_size: int
    patience: int
    freeze_backbone: bool
    backbone_rate: float
    max_length: int
    prompt: str
    download: bool
    _state: tuple[Reading, Tensor] | None

    def __post_init__(self) -> None:
        for field, good, wanted in (*self._shared_rules(), *self._rules()):
            if not good:
                raise RecipeError(
                    f"labeler {self.name}: {field} cannot be {getattr(self, field)!r}.", f"Give {wanted}."
                )

    @property
    def needs_sources(self) -> bool:
        """Whether it has nothing to go by without labelled sources."""
        return not self.prompt

    @abstractmethod
    def _rules(self) -> Sequence[Rule]:
        """What its own settings may be."""

    @abstractmethod
    def _learn(self, at: Class) -> Learned:
        """Train on the lessons."""

    def _paired(self, found: Lessons, beside: Beside, seed: int, *, two: bool) -> Lessons:
        """The lessons with the sentence pairs it learns from: none."""
        return found

    def _target_template(self) -> str:
        """Of texts in the target's language; "" = as those of the sources."""
        return ""

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
        beside: Beside,
    ) -> None:
        """See `StageOneLabeler.fit`. Sources in the target's language, and `corrected`, are its shots.

        Raises:
            RecipeError: no such model, label words that are no single tokens of it, no labels to learn from,
                or a kept prompt that does not fit.
        """
        model = load(self.model, download=self.download, length=self.max_length, report=report)
        if self.prompt:
            self._take_up(model, target, label_set, beside)
            return
        report("drawing the shots", 0, 1)
        found = lessons(
            self.name, sources, target, corrected, label_set, beside.language,
            shots=self.shots, target_shots=self.target_shots, seed=seed,
        )  # fmt: skip
        two = of_pairs(target, found.train)
        found = self._paired(found, beside, seed, two=two)
        answers = self._words_of_target(label_set, beside.language, two=two)
        at = self._class(model, found, label_set, answers, seed, report, keep, target)
        learned = self._learn(at)
        vectors = learned.prompts.get(TARGET, learned.prompts[SOURCE]).detach()
        facts = self._facts(at.target, label_set, beside.language)
        artefact = keeping.keep(beside.prompts, model, learned.prompts, facts, at.backbone)
        self._state = (at.target, vectors)
        beside.note(
            "training",
            training_note(self.name, model, learned.stages, learned.prompts, at.target, found, artefact),
        )

    def label(self, instances: Sequence[Instance], report: Report) -> list[Prediction]:
        """See `StageOneLabeler.label`. Confidence = probability among the label words at the mask."""
        if self._state is None:
            raise RecipeError(f"Stage I ({self.name}) has not been trained.", "Call fit before label.")
        read, vectors = self._state
        return read.label(instances, vectors, report) if instances else []

    def _class(
        self,
        model: Checkpoint,
        found: Lessons,
        label_set: Labels,
        answers: Sequence[str],
        seed: int,
        report: Report,
        keep: Path | None,
        target: Sequence[Instance],
    ) -> Class:
        name = keeping.identity(self.name, self, model, found, (*label_set, *answers), seed)
        items = [*target, *(record.instance for record in found.train)]
        source = self._reading(model, label_set, items, self.template, self.words)
        other = self._reading(model, label_set, items, self._target_template() or self.template, answers)

        def files(stage: str) -> Checkpoints:
            return Checkpoints(keep / "prompt" / stage if keep else None, f"{name} {stage}")

        backbone = {} if self.freeze_backbone else model.thaw()
        return Class(source, other, found, seed, files, report, backbone)

    def _words_of_target(self, labels: Labels, language: str, *, two: bool) -> Sequence[str]:
        """Label words for texts of the target, as entries. Raises RecipeError: none are known."""
        if self.target_words or not self.own_words:
            return self.target_words or self.words
        known = label_words("nli" if two else "topic", [language])
        if bare := [label for label in labels if not known.get(label, {}).get(language)]:
            raise RecipeError(
                f"no word of the language {language} is known for the label {bare[0]}.",
                "Give stage1.target_words, one LABEL=WORD for each label, or leave stage1.own_words off.",
            )
        return [f"{label}={word}" for label in labels for word in known[label][language]]

    def _reading(
        self,
        model: Checkpoint,
        labels: Labels,
        items: Sequence[Instance],
        template: str,
        words: Sequence[str],
    ) -> Reading:
        return reading(
            model, labels, items,
            template=template, words=words, length=self.prompt_length, batch_size=self.batch_size,
        )  # fmt: skip

    def _take_up(
        self, model: Checkpoint, target: Sequence[Instance], label_set: Labels, beside: Beside
    ) -> None:
        """Label with a prompt that was kept."""
        found = keeping.kept(self.prompt, model, label_set)
        read = self._reading(model, label_set, target, found.template, found.words)
        self._state = (replace(read, length=len(found.vectors)), found.vectors)
        note = training_note(self.name, model, [], {TARGET: found.vectors}, read, Lessons((), (), ()), None)
        beside.note("training", note | {"prompt": Path(self.prompt).name})

    def _facts(self, read: Reading, label_set: Labels, language: str) -> dict[str, Any]:
        """What it takes to label with the prompt again."""
        return {
            "method": self.name,
            "language": language,
            "labels": list(label_set),
            "template": read.layout.template,
            "words": [f"{word.label}={word.text}" for word in read.words],
        }

    def _source_prompt(self, at: Class) -> tuple[Prompt, Stage]:
        """p_S: vectors from the vocabulary, trained on the source shots."""
        prompt = self._begun(at)
        course = Course(
            prompt.weights() | dict(at.backbone),
            {"classification": classification(at.source, at.lessons.train, prompt.vectors, self.batch_size)},
            accuracy(at.source, at.lessons.held_out, prompt.vectors),
        )
        plan = self._plan(at, self.steps, self.learning_rate, patience=self.patience)
        curve = course.run(plan, at.files("source"), at.report, "training the source prompt")
        return prompt, Stage(SOURCE, curve)

    def _begun(self, at: Class) -> Prompt:
        """The prompt before it is trained: vectors from the vocabulary."""
        free = start(at.model, self.prompt_length, at.seed, self.start)
        network = prompt_encoder(self.encoder, free.shape[1], at.seed)
        return Prompt(free, network.to(free.device) if network is not None else None)

    def _tuned(self, at: Class, begin: Tensor, steps: int, rate: float) -> tuple[Tensor, Stage | None]:
        """The vectors, trained on with the target's shots; as they were where there are none."""
        if not at.lessons.target:
            return begin, None
        vectors = begin.detach().clone()
        course = Course(
            {"vectors": vectors} | dict(at.backbone),
            {"target shots": classification(at.target, at.lessons.target, lambda: vectors, self.batch_size)},
        )
        curve = course.run(
            self._plan(at, steps, rate), at.files("target"), at.report, "tuning on the target's shots"
        )
        return vectors, Stage(TARGET, curve)

    def _plan(self, at: Class, steps: int, rate: float, patience: int = 0) -> Plan:
        return Plan(
            steps=steps,
            learning_rate=rate,
            judge_every=JUDGED,
            patience=patience,
            seed=at.seed,
            rates={"backbone.": self.backbone_rate},
        )

    def _shared_rules(self) -> Sequence[Rule]:
        return (
            ("prompt_length", 1 <= self.prompt_length <= 100, "1 to 100"),
            ("shots", self.shots >= 0, "0 (all) or more"),
            ("target_shots", self.target_shots >= 0, "0 (none) or more"),
            ("steps", 1 <= self.steps <= 100_000, "1 to 100000"),
            ("learning_rate", 0 < self.learning_rate < 1, "a number between 0 and 1"),
            ("batch_size", 1 <= self.batch_size <= 4096, "1 to 4096"),
            ("patience", self.patience >= 0, "0 (never stop early) or more"),
            ("backbone_rate", 0 < self.backbone_rate < 1, "a number between 0 and 1"),
            ("max_length", 16 <= self.max_length <= 8192, "16 to 8192"),
        )
