"""What the CRF takes beside sources: corrections, unlabelled text, a folder to go on from, calibration."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import Cancelled, RecipeError
from core.labelers import build, setting_names
from core.labelers.calibration import Calibration
from core.labelers.crf import Crf
from core.labelers.crf_features import Usage
from core.labelers.crf_keeping import Kept
from core.labelers.crf_tagger import Part, Tagger
from core.labelers.self_training import own_part
from core.types import Instance, Labels, Prediction, Record

UPOS: Labels = ("DET", "NOUN", "PUNCT", "VERB")
DANISH = [
    (("Katten", "sover", "."), ("NOUN", "VERB", "PUNCT")),
    (("Hunden", "løber", "."), ("NOUN", "VERB", "PUNCT")),
    (("En", "kat", "løber", "."), ("DET", "NOUN", "VERB", "PUNCT")),
] * 4
NORWEGIAN = [
    (("Katten", "søv", "."), ("NOUN", "VERB", "PUNCT")),
    (("Ein", "hund", "spring", "."), ("DET", "NOUN", "VERB", "PUNCT")),
] * 4
TARGET = [
    Instance(at, "test", tuple(text.split()), text)
    for at, text in enumerate(["Katten løber .", "En hund søv .", "zag zig zug"])
]


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


def records(pairs: list[tuple[tuple[str, ...], Labels]]) -> list[Record]:
    return [Record(Instance(at, "train", tokens, ""), labels) for at, (tokens, labels) in enumerate(pairs)]


SOURCES = [("dan", records(DANISH)), ("nno", records(NORWEGIAN))]


def labelled(tagger: Crf, keep: Path | None = None, corrected: tuple[Record, ...] = ()) -> list[Prediction]:
    tagger.fit(SOURCES, TARGET, UPOS, seed=1, report=silent, corrected=corrected, keep=keep)
    return tagger.label(TARGET, silent)


def test_its_settings_are_its_fields() -> None:
    assert setting_names("crf") == ("per_source", "iterations", "lower_case", "calibrate", "self_training")
    assert build("crf", {"self_training": "true", "calibrate": "no"}) == Crf(
        self_training=True, calibrate=False
    )


def test_corrected_sentences_teach_words_no_source_has() -> None:
    human = Record(TARGET[2], ("VERB", "DET", "NOUN"))
    assert labelled(Crf())[2].labels != human.labels
    assert labelled(Crf(), corrected=(human,))[2].labels == human.labels


def test_corrections_alone_are_enough() -> None:
    tagger = Crf()
    tagger.fit([], TARGET, UPOS, seed=0, report=silent, corrected=records(DANISH))
    assert tagger.label(TARGET, silent)[0].labels == ("NOUN", "VERB", "PUNCT")
    assert tagger.calibration == Calibration()
    with pytest.raises(RecipeError, match="no labelled sentences"):
        Crf().fit([], TARGET, UPOS, seed=0, report=silent)


def test_calibration_changes_confidence_and_no_label() -> None:
    plain, tempered = Crf(calibrate=False), Crf()
    before, after = labelled(plain), labelled(tempered)
    assert [item.labels for item in before] == [item.labels for item in after]
    assert before != after
    assert plain.calibration == Calibration()
    assert {held.language for held in tempered.calibration.held_out} == {"dan", "nno"}
    assert all(0 <= held.accuracy <= 1 and held.n_tokens > 20 for held in tempered.calibration.held_out)


def test_one_source_language_cannot_be_calibrated_on() -> None:
    tagger = Crf()
    tagger.fit([SOURCES[0], SOURCES[0]], TARGET, UPOS, seed=0, report=silent)
    assert tagger.calibration == Calibration()


def test_a_later_fit_goes_on_from_what_was_kept(tmp_path: Path) -> None:
    first = labelled(Crf(), tmp_path)
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert [name.rpartition(".")[2] for name in kept] == ["crfsuite", "json"]
    stages: set[str] = set()
    again = Crf()
    again.fit(
        SOURCES, TARGET, UPOS, seed=1, report=lambda stage, done, total: stages.add(stage), keep=tmp_path
    )
    assert again.label(TARGET, silent) == first == labelled(Crf())
    assert stages == set()
    labelled(Crf(), tmp_path, corrected=(Record(TARGET[2], ("VERB", "DET", "NOUN")),))
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("stage", ["training the tagger", "calibrating the confidences"])
def test_what_a_stop_leaves_is_whole_or_nothing(tmp_path: Path, stage: str) -> None:
    def stop(message: str, done: int, total: int) -> None:
        if message == stage:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        Crf().fit(SOURCES, TARGET, UPOS, seed=1, report=stop, keep=tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".json"]
    assert labelled(Crf(), tmp_path) == labelled(Crf())


def test_half_a_file_is_never_read(tmp_path: Path) -> None:
    with Kept(tmp_path, "name") as kept:
        kept.tagger.with_name("crf-name.crfsuite.unfinished").write_bytes(b"half")
        tmp_path.joinpath("crf-name.json.unfinished").write_text("{")
        assert not kept.has_tagger
        assert kept.calibration is None
        kept.store(Calibration(2.0))
        assert kept.calibration == Calibration(2.0)


def test_self_training_uses_the_surest_sentences_and_not_the_corrected_ones() -> None:
    tagger = Crf()
    labelled(tagger)
    assert isinstance(tagger._tagger, Tagger)
    nobody, usage = Part("", (), Usage()), Usage.of(item.tokens for item in TARGET)
    own = own_part(tagger._tagger, TARGET, UPOS, usage, nobody)
    assert own.copies == 2
    assert [tokens for tokens, _ in own.sentences] in (
        [TARGET[0].tokens, TARGET[1].tokens],
        [TARGET[1].tokens, TARGET[0].tokens],
    )
    human = Part("", ((TARGET[0].tokens, ("NOUN", "VERB", "PUNCT")),), usage)
    assert TARGET[0].tokens not in dict(own_part(tagger._tagger, TARGET, UPOS, usage, human).sentences)
    taught = Crf(self_training=True)
    assert labelled(taught) != labelled(Crf())
    assert labelled(taught)[0].labels == ("NOUN", "VERB", "PUNCT")
