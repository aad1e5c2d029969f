"""Stage I for POS and NER: a linear-chain CRF on features that carry over between languages.

Trains in seconds on a laptop and needs no weights. It does not cross scripts: on a target in
another script than every source its labels are worthless at high confidence.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.errors import RecipeError
from core.labelers import labelers
from core.labelers.absent_types import completed
from core.labelers.calibration import Calibration, calibration_of, tempered
from core.labelers.crf_features import Usage
from core.labelers.crf_keeping import Kept, fingerprint
from core.labelers.crf_tagger import Part, Tagger, Training, sentence_of, train
from core.labelers.crf_trials import trials
from core.labelers.posteriors import decided, is_bio
from core.labelers.self_training import SOURCE_SENTENCES, own_part
from core.types import Instance, Labels, Prediction, Record, Report

CORRECTED_COPIES = 8
"""How often a corrected sentence of the target is shown (chosen leaving source languages out in turn)."""
AIDING = Training(iterations=30, penalty=0.1, lower_case=0.0, stage="reading the sources")
AIDING_SENTENCES = 300


@labelers.register("crf")
@dataclass
class Crf:
    """A CRF trained by L-BFGS.

    Attributes:
        per_source: at most so many sentences of each source language, drawn by the seed.
        iterations: of L-BFGS.
        lower_case: share of sentences that are seen once more in lower case, without punctuation.
        calibrate: temper the posteriors as fits source languages left out of the training.
        self_training: train once more on the labels of the target that the tagger is sure of.
    """

    per_source: int = 1600
    iterations: int = 50
    lower_case: float = 0.3
    calibrate: bool = True
    self_training: bool = False
    _tagger: Tagger | None = field(default=None, repr=False)
    _usage: Usage = field(default_factory=Usage, repr=False)
    _labels: Labels = ()
    _calibration: Calibration = field(default_factory=Calibration, repr=False)

    @property
    def calibration(self) -> Calibration:
        """The temperature in use, and how well the tagger did on source languages left out."""
        return self._calibration

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
        """See `StageOneLabeler.fit`. With `keep`, a tagger is trained once for the same arguments."""
        self._labels = label_set
        self._usage = Usage.of(instance.tokens for instance in target)
        parts = [_drawn(language, records, self.per_source, seed) for language, records in sources]
        human = _part("", corrected, self._usage, CORRECTED_COPIES)
        if not any(part.sentences for part in (*parts, human)):
            raise RecipeError(
                "Stage I (crf) found no labelled sentences in the sources.",
                "Choose a --source whose data set has labels for this task.",
            )
        settings = (self.iterations, self.lower_case, self.self_training, self.calibrate, seed)
        with Kept(keep, fingerprint(settings, parts, human, target, label_set)) as kept:
            if not kept.has_tagger:
                self._teach([part for part in parts if part.sentences], human, target, kept, seed, report)
            self._tagger = Tagger(kept.tagger, label_set)
            self._calibration = kept.calibration or self._calibrated(parts, seed, report)
            kept.store(self._calibration)

    def label(self, instances: Sequence[Instance], report: Report) -> list[Prediction]:
        """See `StageOneLabeler.label`. Confidence = tempered marginal probability of the label given."""
        if self._tagger is None:
            raise RecipeError("Stage I (crf) has not been trained.", "Call fit before label.")
        predictions = []
        for done, instance in enumerate(instances):
            labels, posterior = self._tagger.labelled(instance.tokens, self._usage)
            posterior = tempered(posterior, self._calibration.temperature)
            predictions.append(decided(instance.position, labels, posterior, self._labels))
            if done % 50 == 49:
                report("labelling", done + 1, len(instances))
        report("labelling", len(instances), len(instances))
        return predictions

    def _teach(
        self,
        parts: list[Part],
        human: Part,
        target: Sequence[Instance],
        kept: Kept,
        seed: int,
        report: Report,
    ) -> None:
        parts = completed(parts, self._labels, lambda some: self._aid(some, kept.aid, seed, report))
        training = self._training()
        everything = [*parts, human]
        if self.self_training:
            train(everything, training, kept.aid, _dice(seed), report)
            own = own_part(Tagger(kept.aid, self._labels), target, self._labels, self._usage, human)
            everything = [*(_fewer(part, SOURCE_SENTENCES) for part in parts), human, own]
        train(everything, training, kept.tagger, _dice(seed), report)

    def _aid(self, parts: Sequence[Part], path: Path, seed: int, report: Report) -> Tagger:
        train([_fewer(part, AIDING_SENTENCES) for part in parts], AIDING, path, _dice(seed), report)
        return Tagger(path, self._labels)

    def _calibrated(self, parts: Sequence[Part], seed: int, report: Report) -> Calibration:
        if not self.calibrate:
            return Calibration()
        return calibration_of(trials(parts, self._labels, self._training(), _dice(seed), report))

    def _training(self) -> Training:
        return Training(self.iterations, 0.1 if is_bio(self._labels) else 0.05, self.lower_case)


def _drawn(language: str, records: Sequence[Record], limit: int, seed: int) -> Part:
    """The labelled sentences of a source, at most `limit`; its word statistics come from all its text."""
    part = _part(language, records, Usage.of(record.instance.tokens for record in records))
    if len(part.sentences) <= limit:
        return part
    return replace(part, sentences=tuple(_dice(seed).sample(part.sentences, limit)))


def _part(language: str, records: Sequence[Record], usage: Usage, copies: int = 1) -> Part:
    found = (sentence_of(record.instance, record.labels) for record in records)
    return Part(language, tuple(sentence for sentence in found if sentence), usage, copies)


def _fewer(part: Part, limit: int) -> Part:
    return replace(part, sentences=part.sentences[:limit])


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a reproducible draw, no secret
