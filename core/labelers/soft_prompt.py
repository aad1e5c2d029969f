"""Stage I for inference and topics: a soft prompt, learned on few shots of the sources.

The baseline of MPT (arXiv 2403.12407) and, without target shots, the plain soft prompt of RoSPrompt (arXiv
2503.19469). Needs the full installation and a masked or causal language model. See docs/mpt.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.labelers import labelers
from core.labelers.prompting.keeping import SOURCE, TARGET
from core.labelers.prompting.learner import Class, Learned, Learner, Rule
from core.labelers.prompting.networks import ENCODERS
from core.labelers.prompting.reading import Reading


@labelers.register("soft_prompt")
@dataclass
class SoftPrompting(Learner):
    """A prompt of learnable vectors: trained on the sources, then tuned on shots of the target, if any.

    Attributes:
        model: a masked or causal language model: a folder, a name in the hub's cache, or of the demo world.
        prompt_length: soft vectors.
        encoder: none | lstm: what the vectors go through before the model reads them, while they are learned.
        start: words whose vectors the prompt begins with; none = words drawn by the seed.
        words: label words, entries label=word; none = the names of the labels.
        target_words: label words for texts of the target; none = the same.
        own_words: take them from the table of label words, in the target's language.
        template: with {text}, {text_b} for pairs, {soft} and {mask}; empty = the usual one of the task.
        shots: items of each label of the sources to learn from; 0 = all.
        target_shots: items of each label of the target to tune on, at most; 0 = none.
        steps: at most so many steps on the sources.
        learning_rate: the highest, on the sources.
        tuning_steps: steps on the target's shots.
        tuning_rate: the highest, on the target's shots.
        batch_size: texts at a time.
        patience: stop after so many looks at held-out source items without a gain; 0 = never.
        freeze_backbone: train the prompt alone; otherwise the language model with it (fine-tuning).
        backbone_rate: the highest rate of the language model's own weights, where they are trained.
        max_length: tokens of a text and its prompt; longer texts are cut.
        prompt: a trained prompt's file to label with; nothing is trained then.
        download: fetch the model when it is not on this machine yet.
    """

    name = "soft_prompt"

    model: str = ""
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
    tuning_steps: int = 150
    tuning_rate: float = 0.03
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
            ("encoder", self.encoder in ENCODERS, " or ".join(ENCODERS)),
            ("tuning_steps", 1 <= self.tuning_steps <= 100_000, "1 to 100000"),
            ("tuning_rate", 0 < self.tuning_rate < 1, "a number between 0 and 1"),
        )

    def _learn(self, at: Class) -> Learned:
        prompt, first = self._source_prompt(at)
        own = prompt.vectors().detach()
        tuned, second = self._tuned(at, own, self.tuning_steps, self.tuning_rate)
        if second is None:
            return Learned({SOURCE: own}, [first])
        return Learned({SOURCE: own, TARGET: tuned}, [first, second])
