"""The study of `core.study.exemplars` over all targets and seeds, as figures with intervals."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.corpora import NER, POS, Bench, Corpus, dataset, records, source
from core.intervals import Counts, Interval, counts, difference, interval
from core.kernel_training.course import weights_without
from core.kernel_training.plan import course, read_corpora
from core.labelers.kernel.weights import VERSION
from core.run_input import Source
from core.settings import Settings
from core.study.exemplars import VARIANTS, Answers, Trial, trial
from core.types import Dataset, Record, Report, TaskName

BENCHES: Mapping[TaskName, Bench] = {"pos": POS, "ner": NER}
DEFAULT = "ILP"
LEFT_OUT = 200
"""Sentences that are labelled of a source language which plays the target."""
Language = tuple[Dataset, Sequence[Record], Sequence[Source]]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one target showed, all seeds together; every interval is a 95 % sentence bootstrap.

    `score` holds Stage I, consensus and every variant. `gain` holds differences on the same sentences:
    consensus over Stage I, exemplars (the default) over consensus, corrections over the default (on the
    sentences corrected under no seed), and each variant over no exemplars. `left_out`: a source language that
    plays the target.
    """

    task: TaskName
    target: str
    language: str
    sources: tuple[str, ...]
    left_out: bool
    n_sentences: int
    n_labels: int
    seeds: tuple[int, ...]
    score: Mapping[str, Interval]
    gain: Mapping[str, Interval]
    n_corrected: int

    def as_document(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)


def study(
    settings: Settings, seeds: Sequence[int], report: Report, tasks: Sequence[TaskName] = ("pos", "ner")
) -> Iterator[Figures]:
    """The figures of every target and of every source language left out in turn.

    Where a language is left out, Stage II reads weights that were learned without it, too.

    Raises:
        DownloadError: the public data cannot be had. NotInstalled: torch is not there.
    """
    for task in tasks:
        bench = BENCHES[task]
        found = {corpus: records(corpus, settings, report) for corpus in (*bench.sources, *bench.targets)}
        chosen = course(task)
        corpora = read_corpora(chosen, settings, report)
        for left_out, language in _languages(bench, found):
            if not left_out:
                yield figures(task, language, seeds, report, left_out=False)
                continue
            with tempfile.TemporaryDirectory() as folder:
                weights = weights_without(chosen, corpora, language[0].language, 0, report)
                path = Path(folder) / "weights.json"
                path.write_text(json.dumps({"version": VERSION, "weights": weights}), "utf8")
                yield figures(task, language, seeds, report, left_out=True, weights=str(path))


def _languages(bench: Bench, found: Mapping[Corpus, Sequence[Record]]) -> Iterator[tuple[bool, Language]]:
    for corpus in (*bench.targets, *bench.sources):
        others = [source(other, found[other]) for other in bench.sources if other != corpus]
        given = found[corpus][:LEFT_OUT] if corpus in bench.sources else found[corpus]
        yield corpus in bench.sources, (dataset(corpus, given), given, others)


def figures(
    task: TaskName,
    language: Language,
    seeds: Sequence[int],
    report: Report,
    *,
    left_out: bool,
    weights: str = "",
) -> Figures:
    """One target under all seeds; `weights` is a file for the in-context tagger ("" = its own)."""
    target, given, sources = language

    def said(doing: str, done: int, total: int) -> None:
        report(f"{target.id}, {doing}", done, total)

    trials = [trial(target, given, sources, seed, said, weights) for seed in seeds]
    steps: dict[str, Counts] = {
        "Stage I": _counted(task, given, [run.stage1 for run in trials]),
        "consensus": _counted(task, given, [run.consensus for run in trials]),
        **{name: _counted(task, given, [run.variants[name] for run in trials]) for name in VARIANTS},
    }
    return Figures(
        task=task,
        target=target.id,
        language=target.language,
        sources=tuple(item.dataset for item in sources),
        left_out=left_out,
        n_sentences=len(given),
        n_labels=sum(len(record.labels or ()) for record in given),
        seeds=tuple(seeds),
        score={name: interval(rows) for name, rows in steps.items()},
        gain={**_gains(steps), "corrections": _of_corrections(task, given, trials)},
        n_corrected=len(trials[0].corrected),
    )


def _gains(steps: Mapping[str, Counts]) -> dict[str, Interval]:
    own = "no exemplars"
    over = {f"{name} over {own}": difference(steps[own], steps[name]) for name in VARIANTS if name != own}
    return {
        "consensus": difference(steps["Stage I"], steps["consensus"]),
        "exemplars": difference(steps["consensus"], steps[DEFAULT]),
        "all": difference(steps["Stage I"], steps[DEFAULT]),
        **over,
    }


def _of_corrections(task: TaskName, given: Sequence[Record], trials: Sequence[Trial]) -> Interval:
    """What corrections of some sentences did to those that were corrected under no seed."""
    touched = frozenset().union(*(run.corrected for run in trials))
    others = [record for record in given if record.instance.position not in touched]
    before = _counted(task, others, [run.variants[DEFAULT] for run in trials])
    return difference(before, _counted(task, others, [run.corrections for run in trials]))


def _counted(task: TaskName, given: Sequence[Record], answers: Sequence[Answers]) -> Counts:
    """Counts per sentence, summed over seeds: a sentence is drawn with all its seeds."""
    gold = [record.labels or () for record in given]
    found = [[answer[record.instance.position] for record in given] for answer in answers]
    return np.asarray(sum(counts(task, gold, labels) for labels in found))
