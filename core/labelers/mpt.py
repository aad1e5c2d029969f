"""Stage I by a translated soft prompt: Multilingual Prompt Translator (MPT, arXiv 2403.12407).

A prompt p_S is learned on few shots of the sources. A translator g makes of it the prompt of the target's
language, p_T = g(p_S), so that the model answers alike for a sentence under p_S and for its translation under
p_T; shots of the target, if any, help. The target is labelled with p_T. See docs/mpt.md.

L = L_cls + alpha * L_align: that they are added is our reading, and so is that p_S is learned first and then
stays (`joint` learns both together).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.labelers import Beside, labelers
from core.labelers.prompting.keeping import SOURCE, TARGET
from core.labelers.prompting.learner import Class, Learned, Learner, Rule
from core.labelers.prompting.lessons import Lessons, drawn_pairs, pairs_of
from core.labelers.prompting.networks import ENCODERS, TRANSLATORS, applied, translator, weights_of
from core.labelers.prompting.reading import Reading
from core.labelers.prompting.teaching import Course, Part, Prompt, Vectors, alignment, classification
from core.labelers.prompting.telling import Stage

Tensor = Any


@labelers.register("mpt")
@dataclass
class PromptTranslator(Learner):
    """A soft prompt of the sources, translated into the target's language by sentence pairs.

    Attributes:
        model: a masked or causal language model: a folder, a name in the hub's cache, or of the demo world.
        parallel: a data set of sentences with their translations, one side in the language to be labelled.
        translator: linear-1 | linear-2 | lstm-1 | lstm-2 | transformer-1 | transformer-2.
        alpha: weight of the alignment; 0 = learn the translation from the target's shots alone.
        pairs: so many sentence pairs, drawn by the seed; 0 = all.
        misaligned: share of the pairs whose translation is another sentence's, to see what wrong pairs cost.
        prompt_length: soft vectors.
        encoder: none | lstm: what the vectors go through before the model reads them, while they are learned.
        start: words whose vectors the prompt begins with; none = words drawn by the seed.
        words: label words, entries label=word; none = the names of the labels.
        target_words: label words for texts of the target; none = the same.
        own_words: take them from the table of label words, in the target's language.
        template: with {text}, {text_b} for pairs, {soft} and {mask}; empty = the usual one of the task.
        shots: items of each label of the sources to learn from; 0 = all.
        target_shots: items of each label of the target to learn from, at most; 0 = none.
        steps: at most so many steps on the sources.
        learning_rate: the highest, on the sources.
        translator_steps: steps in which the translation is learned.
        translator_rate: the highest, for the translator.
        joint: go on learning the source prompt while the translation is learned.
        batch_size: texts, and sentence pairs, at a time.
        patience: stop after so many looks at held-out source items without a gain; 0 = never.
        freeze_backbone: train prompts alone; otherwise the language model with the source prompt.
        backbone_rate: the highest rate of the language model's own weights, where they are trained.
        max_length: tokens of a text and its prompt; longer texts are cut.
        prompt: a trained prompt's file to label with; nothing is trained then.
        download: fetch the model when it is not on this machine yet.
    """

    name = "mpt"

    model: str = ""
    parallel: str = ""
    translator: str = "linear-2"
    alpha: float = 1.0
    pairs: int = 0
    misaligned: float = 0.0
    prompt_length: int = 4
    encoder: str = "none"
    start: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    target_words: tuple[str, ...] = ()
    own_words: bool = False
    template: str = ""
    shots: int = 16
    target_shots: int = 1000
    steps: int = 300
    learning_rate: float = 0.03
    translator_steps: int = 150
    translator_rate: float = 0.01
    joint: bool = False
    batch_size: int = 32
    patience: int = 5
    freeze_backbone: bool = True
    backbone_rate: float = 2e-5
    max_length: int = 256
    prompt: str = ""
    download: bool = False
    _state: tuple[Reading, Any] | None = field(default=None, init=False, repr=False, compare=False)

    def _rules(self) -> Sequence[Rule]:
        return (
            ("translator", self.translator in TRANSLATORS, "one of " + ", ".join(TRANSLATORS)),
            ("encoder", self.encoder in ENCODERS, " or ".join(ENCODERS)),
            ("alpha", 0 <= self.alpha <= 1000, "0 to 1000"),
            ("pairs", self.pairs >= 0, "0 (all) or more"),
            ("misaligned", 0 <= self.misaligned <= 1, "a share from 0 to 1"),
            ("translator_steps", 1 <= self.translator_steps <= 100_000, "1 to 100000"),
            ("translator_rate", 0 < self.translator_rate < 1, "a number between 0 and 1"),
        )

    def _paired(self, found: Lessons, beside: Beside, seed: int, *, two: bool) -> Lessons:
        if not self.alpha:
            return found
        pairs = drawn_pairs(pairs_of(beside, self.name), self.pairs, self.misaligned, seed, of_pairs=two)
        return replace(found, pairs=pairs)

    def _learn(self, at: Class) -> Learned:
        source, first = self._source_prompt(at)
        own = source.vectors().detach()
        network = translator(self.translator, own.shape[1], at.seed).to(own.device)
        before: Vectors = source.vectors if self.joint else lambda: own

        def translated() -> Tensor:
            return applied(network, before())

        weights = weights_of(network, "translator")
        if self.joint:
            weights |= source.weights() | dict(at.backbone)
        parts = self._parts(at, source, before, translated)
        if not parts:
            return Learned({SOURCE: own, TARGET: own}, [first])
        plan = self._plan(at, self.translator_steps, self.translator_rate)
        curve = Course(weights, parts).run(plan, at.files("target"), at.report, "learning the translation")
        prompts = {SOURCE: before().detach(), TARGET: translated().detach()}
        return Learned(prompts, [first, Stage(TARGET, curve)])

    def _parts(self, at: Class, source: Prompt, before: Vectors, translated: Vectors) -> dict[str, Part]:
        """The loss of the translation: the target's shots, the alignment, and with `joint` the sources."""
        found: dict[str, Part] = {}
        lessons = at.lessons
        if lessons.target:
            found["target shots"] = classification(at.target, lessons.target, translated, self.batch_size)
        if lessons.pairs[0]:
            left, right = at.source.rows(lessons.pairs[0]), at.target.rows(lessons.pairs[1])
            found["alignment"] = alignment(
                (at.source, left, before),
                (at.target, right, translated),
                self.alpha,
                self.batch_size,
                fixed=not self.joint,
            )
        if self.joint and found:
            found["classification"] = classification(
                at.source, lessons.train, source.vectors, self.batch_size
            )
        return found
