"""Stage I by cross-lingual templates: a prompt that answers alike in two languages (PCT).

A baseline of MPT: Qi et al. 2022, Enhancing Cross-lingual Natural Language Inference by Prompt-learning
from Cross-lingual Templates (ACL). One prompt serves both languages. It is learned on few shots of the
sources, read in their own template, and on the same shots with words put in the target's language, read in
the target's template; both must answer alike. Our reading: the prompt is made of soft vectors beside the
words of either template, the dictionary is learned from the run's sentence pairs, and
L = CE + CE' + alpha * (KL(P || P') + KL(P' || P)) / 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.cloze.items import columns
from core.labelers import Beside, labelers
from core.labelers.prompting.code_switching import dictionary, switched
from core.labelers.prompting.keeping import SOURCE, TARGET
from core.labelers.prompting.learner import Class, Learned, Learner, Rule
from core.labelers.prompting.lessons import Lessons, drawn_pairs
from core.labelers.prompting.reading import Reading
from core.labelers.prompting.teaching import Course, Part, Prompt, accuracy, batch
from core.labelers.prompting.telling import Stage

Tensor = Any


@labelers.register("pct")
@dataclass
class CrossLingualTemplates(Learner):
    """A soft prompt that answers alike in the templates of both languages, text code-switched in one of them.

    Attributes:
        model: a masked or causal language model: a folder, a name in the hub's cache, or of the demo world.
        parallel: a data set of sentences with their translations, to learn a dictionary from; empty = none.
        alpha: weight of the consistency of both languages.
        pairs: so many sentence pairs, drawn by the seed; 0 = all.
        switched: share of a source's words that are put in the target's language, where the dictionary can.
        prompt_length: soft vectors.
        start: words whose vectors the prompt begins with; none = words drawn by the seed.
        words: label words, entries label=word; none = the names of the labels.
        target_words: label words for texts of the target; none = the same.
        own_words: take them from the table of label words, in the target's language.
        template: of the sources: {text}, {text_b}, {soft} and {mask}; empty = the usual one of the task.
        target_template: the template in the target's language; empty = the same.
        shots: items of each label of the sources to learn from; 0 = all.
        target_shots: items of each label of the target to tune on, at most; 0 = none.
        steps: at most so many steps on the sources.
        learning_rate: the highest, on the sources.
        tuning_steps: steps on the target's shots.
        tuning_rate: the highest, on the target's shots.
        batch_size: texts at a time.
        patience: stop after so many looks at held-out source items without a gain; 0 = never.
        freeze_backbone: train the prompt alone; otherwise the language model with it.
        backbone_rate: the highest rate of the language model's own weights, where they are trained.
        max_length: tokens of a text and its prompt; longer texts are cut.
        prompt: a trained prompt's file to label with; nothing is trained then.
        download: fetch the model when it is not on this machine yet.
    """

    name = "pct"
    encoder = "none"

    model: str = ""
    parallel: str = ""
    alpha: float = 1.0
    pairs: int = 0
    switched: float = 0.5
    prompt_length: int = 4
    start: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    target_words: tuple[str, ...] = ()
    own_words: bool = False
    template: str = ""
    target_template: str = ""
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
            ("alpha", 0 <= self.alpha <= 1000, "0 to 1000"),
            ("pairs", self.pairs >= 0, "0 (all) or more"),
            ("switched", 0 <= self.switched <= 1, "a share from 0 to 1"),
            ("tuning_steps", 1 <= self.tuning_steps <= 100_000, "1 to 100000"),
            ("tuning_rate", 0 < self.tuning_rate < 1, "a number between 0 and 1"),
        )

    def _target_template(self) -> str:
        return self.target_template

    def _paired(self, found: Lessons, beside: Beside, seed: int, *, two: bool) -> Lessons:
        if not beside.pairs or not self.switched:
            return found
        return replace(found, pairs=drawn_pairs(beside.pairs, self.pairs, 0.0, seed, of_pairs=False))

    def _learn(self, at: Class) -> Learned:
        prompt = self._begun(at)
        course = Course(
            prompt.weights() | dict(at.backbone),
            self._parts(at, prompt),
            accuracy(at.source, at.lessons.held_out, prompt.vectors),
        )
        plan = self._plan(at, self.steps, self.learning_rate, patience=self.patience)
        curve = course.run(plan, at.files("source"), at.report, "training the prompt of both languages")
        own = prompt.vectors().detach()
        tuned, second = self._tuned(at, own, self.tuning_steps, self.tuning_rate)
        first = Stage(SOURCE, curve)
        if second is None:
            return Learned({SOURCE: own}, [first])
        return Learned({SOURCE: own, TARGET: tuned}, [first, second])

    def _parts(self, at: Class, prompt: Prompt) -> dict[str, Part]:
        """Both cross-entropies and their consistency; texts are switched anew at every step."""
        import torch

        train, labels = at.lessons.train, at.source.verbalizer.labels
        items = [record.instance for record in train]
        gold = torch.as_tensor(columns(train, labels), device=at.model.device)
        rows = at.source.rows(items)
        left, right = ([item.text for item in side] for side in at.lessons.pairs)
        known = dictionary(list(zip(left, right, strict=True)))

        def both(dice: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
            chosen = batch(len(rows), self.batch_size, dice)
            others = at.target.rows([switched(items[place], known, self.switched, dice) for place in chosen])
            vectors = prompt.vectors()
            one = at.source.log_shares([rows[place] for place in chosen], vectors)
            return one, at.target.log_shares(others, vectors), gold[chosen]

        return _parts(both, self.alpha)


def _parts(both: Any, alpha: float) -> dict[str, Part]:
    """The parts of the loss over one batch: the first draws it, the others stand on the same."""
    import torch

    divergence, likelihood = torch.nn.functional.kl_div, torch.nn.functional.nll_loss
    now: list[tuple[Tensor, Tensor, Tensor]] = []

    def classification(dice: np.random.Generator) -> Tensor:
        now[:] = [both(dice)]
        one, other, gold = now[0]
        return likelihood(one, gold) + likelihood(other, gold)

    def consistency(_dice: np.random.Generator) -> Tensor:
        one, other, _ = now[0]
        there = divergence(other, one, log_target=True, reduction="batchmean")
        back = divergence(one, other, log_target=True, reduction="batchmean")
        return alpha * (there + back) / 2

    return {"classification": classification, "alignment": consistency}
