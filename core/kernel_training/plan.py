"""What the shipped kernels are learned from, and how long. No language that is a target of the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core import catalog
from core.corpora import Corpus, records
from core.errors import UnknownName
from core.kernel_training.fitting import Plan
from core.kernel_training.worlds import Corpora, Cut
from core.settings import Settings
from core.types import Report, TaskName

SOURCE, HELPED = 400, 60
FAR = Cut(target=300, source=SOURCE, corrections=(30,))
NEAR = replace(FAR, helped=HELPED, raw=False)
SMALL = Cut(target=150, source=250, corrections=(30,))
"""For entities larger worlds and longer training were no better on languages left out."""
JUDGE = Cut(target=SOURCE, source=SOURCE, corrections=(), raw=False)


@dataclass(frozen=True, slots=True)
class Course:
    """One task's training.

    Attributes:
        corpora: of the languages that play the target in turn.
        judged: how many of them, from the first, are left out in turn to measure what the kernel is worth;
            Stage I then learns from the others of these.
    """

    task: TaskName
    corpora: tuple[Corpus, ...]
    judged: int
    plan: Plan
    far: Cut = FAR
    near: Cut = NEAR
    judge: Cut = JUDGE


def _first(entry: str, *splits: str) -> Corpus:
    return Corpus(entry, splits, SOURCE + HELPED)


COURSES: dict[str, Course] = {
    "pos": Course(
        "pos",
        (
            _first("ud-icelandic-modern", "dev", "test"),
            _first("ud-german-gsd", "dev", "test"),
            _first("ud-english-ewt", "dev", "test"),
            _first("ud-danish-ddt", "dev", "test"),
            _first("ud-norwegian-nynorsk", "dev"),
        ),
        judged=5,
        plan=Plan(),
    ),
    "ner": Course(
        "ner",
        (
            _first("masakhaner1-swa", "train"),
            _first("masakhaner1-wol", "train"),
            _first("uner-english-ewt", "dev", "test"),
            _first("masakhaner1-pcm", "train"),
            _first("masakhaner1-yor", "train"),
        ),
        judged=3,
        plan=Plan(steps=400, balance=0.4),
        far=SMALL,
        near=replace(SMALL, helped=HELPED, raw=False),
    ),
}


def course(task: str) -> Course:
    """The course of a task. Raises UnknownName where it has none."""
    if task not in COURSES:
        raise UnknownName("task with a kernel", task, COURSES)
    return COURSES[task]


def read_corpora(course: Course, settings: Settings, report: Report) -> Corpora:
    """Language -> its sentences, by the product's own download and readers.

    Raises:
        DownloadError: a file cannot be had. FormatError: it is not what its format promises.
    """
    return {language(corpus): records(corpus, settings, report) for corpus in course.corpora}


def language(corpus: Corpus) -> str:
    """Code of a corpus's language."""
    return catalog.entry(corpus.entry).language


def origin(course: Course, corpora: Corpora) -> list[dict[str, object]]:
    """Data set, splits, sentences read and licence of everything the weights were learned from."""
    return [
        {
            "dataset": corpus.entry,
            "language": language(corpus),
            "splits": list(corpus.splits),
            "sentences": len(corpora[language(corpus)]),
            "licence": catalog.entry(corpus.entry).licence,
        }
        for corpus in course.corpora
    ]


def others(codes: Sequence[str], *left_out: str) -> list[str]:
    """The codes but those left out, in order."""
    return [code for code in codes if code not in left_out]
