"""Stage I for items without training: NPPrompt, nonparametric prompting (arXiv 2212.06950).

Each class is scored at the answer place of a template by the words nearest to its name in the model's own
input embeddings. Needs the full installation and a language model on disk. See docs/rosprompt.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from core.cloze import checkpoint as checkpoints
from core.cloze.items import refuse_tokens
from core.cloze.layout import Layout, layout_for
from core.errors import RecipeError
from core.labelers import Beside, labelers
from core.labelers.robust.answering import Answering, refuse_calibration
from core.labelers.robust.words import neighbours_in, refuse_unknown, scorer, task_of, words_for, words_told
from core.types import Instance, Labels, Prediction, Record, Report, TaskName


@labelers.register("npprompt")
@dataclass
class NPPrompt:
    """Scores of label words and their neighbours, nothing trained: the baseline of RoSPrompt.

    Attributes:
        model: a masked or causal language model: a folder, a name in the hub's cache, or of the demo world.
        template: {text}, {text_b} and one {mask}; empty = the one for single texts or pairs.
        words: LABEL=WORD, as often as wanted; a label without any has its name.
        multilingual: add the catalog's label words in several languages (no native speaker has checked them).
        languages: of these words, ISO 639-3; empty = all there are.
        neighbours: tokens nearest to each label word that speak for it; 1 = the word alone; 0 = 12, or 1
            where the vocabulary of the model is small.
        calibration: none, or target: divide out the mean answer on the target's texts.
        max_length: tokens of the model a text is read in; longer ones are cut.
        download: fetch the model when it is not on this machine yet.
    """

    packages: ClassVar[tuple[str, ...]] = ("torch", "transformers")
    required: ClassVar[tuple[str, ...]] = ("model",)
    tasks: ClassVar[tuple[TaskName, ...]] = ("nli", "topic")
    wants_beside: ClassVar[bool] = True
    needs_sources: ClassVar[bool] = False

    model: str = ""
    template: str = ""
    words: tuple[str, ...] = ()
    multilingual: bool = False
    languages: tuple[str, ...] = ()
    neighbours: int = 0
    calibration: str = "none"
    max_length: int = 256
    download: bool = False
    _answering: Answering | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        refuse_calibration("npprompt", self.calibration)
        refuse_unknown(self.languages)
        for name, good, wanted in (
            ("neighbours", 0 <= self.neighbours <= 1000, "0 (chosen for you) to 1000"),
            ("max_length", 8 <= self.max_length <= 8192, "8 to 8192"),
        ):
            if not good:
                raise RecipeError(
                    f"labeler npprompt: {name} cannot be {getattr(self, name)!r}.", f"Give {wanted}."
                )
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
        """See `StageOneLabeler.fit`; sources and corrections are not looked at, the model stays as it is.

        Raises:
            RecipeError: words to label instead of texts; no such model; a label without a usable word.
            NotInstalled: torch or transformers is missing.
        """
        refuse_tokens("npprompt", target)
        model = checkpoints.load(self.model, report=report, download=self.download, length=self.max_length)
        near = neighbours_in(model, self.neighbours)
        words = words_for(
            model, label_set, self.words, task=task_of(target), neighbours=near,
            languages=self.languages if self.multilingual else None,
        )  # fmt: skip
        layout = layout_for(target, self.template, soft=False)
        verbalizer = scorer(model, label_set, words, near)
        self._answering = Answering(model, layout, verbalizer)
        if self.calibration == "target":
            self._answering.calibrate(target, report)
        if beside is not None:
            note = {"method": "npprompt", "curve": [], "model": self.model, "template": layout.template}
            beside.note(
                "training",
                note | {"artefact": None, "seen": None} | words_told(model, label_set, words, verbalizer),
            )

    def label(self, instances: Sequence[Instance], report: Report) -> list[Prediction]:
        """See `StageOneLabeler.label`. Confidence = softmax over the scores of the labels."""
        if self._answering is None:
            raise RecipeError("Stage I (npprompt) has no model yet.", "Call fit before label.")
        return self._answering.label(instances, report)
