"""Trains the kernel of a task, and measures it on languages left out of everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from statistics import fmean
from typing import Any

from core.kernel_training.figures import Figures, figures
from core.kernel_training.fitting import fit
from core.kernel_training.plan import Course, origin, others
from core.kernel_training.worlds import Corpora, World, world
from core.labelers.kernel.model import Kernel
from core.labelers.kernel.weights import VERSION
from core.types import Report


def train(course: Course, corpora: Corpora, seed: int, report: Report) -> dict[str, Any]:
    """The document of `core.labelers.kernel.weights`: weights, where they are from, what they are worth.

    Raises:
        NotInstalled: torch is not there. Cancelled: `report` said so.
    """
    kernels = left_out_kernels(course, corpora, seed, report)
    judged = [judge(course, corpora, code, kernel, seed, report) for code, kernel in kernels.items()]
    weights = fit(_worlds(course, corpora, list(corpora), seed, report), seed, report, course.plan)
    return {
        "version": VERSION,
        "task": course.task,
        "seed": seed,
        "date": date.today().isoformat(),
        "data": origin(course, corpora),
        "left_out": [_as_row(found) for found in judged],
        "mean_gain": round(fmean(found.gain for found in judged), 4),
        "weights": weights,
    }


def left_out_kernels(course: Course, corpora: Corpora, seed: int, report: Report) -> Mapping[str, Kernel]:
    """Judged language -> a kernel of worlds in which it is neither target nor source."""
    kernels = {}
    for code in list(corpora)[: course.judged]:
        kernels[code] = Kernel.of(weights_without(course, corpora, code, seed, report))
    return kernels


def weights_without(course: Course, corpora: Corpora, code: str, seed: int, report: Report) -> dict[str, Any]:
    """Weights of a kernel of worlds in which language `code` is neither target nor source."""
    said = _named(report, f"without {code}")
    worlds = _worlds(course, corpora, others(list(corpora), code), seed, said)
    return fit(worlds, seed, said, course.plan)


def judge(course: Course, corpora: Corpora, code: str, kernel: Kernel, seed: int, report: Report) -> Figures:
    """Stage I from the other judged languages, consensus and Stage II on `code`."""
    return figures(judged_world(course, corpora, code, seed, report), kernel)


def judged_world(course: Course, corpora: Corpora, code: str, seed: int, report: Report) -> World:
    """The judged language as target of the other judged ones."""
    sources = others(list(corpora)[: course.judged], code)
    return world(course.task, code, sources, corpora, course.judge, seed, _named(report, f"judging {code}"))


def _worlds(course: Course, corpora: Corpora, codes: Sequence[str], seed: int, report: Report) -> list[World]:
    return list(_each(course, corpora, codes, seed, report))


def _each(
    course: Course, corpora: Corpora, codes: Sequence[str], seed: int, report: Report
) -> Iterator[World]:
    for code in codes:
        for cut in (course.far, course.near):
            yield world(course.task, code, others(codes, code), corpora, cut, seed, _named(report, code))


def _named(report: Report, name: str) -> Report:
    return lambda message, done, total: report(f"{name}: {message}", done, total)


def _as_row(found: Figures) -> dict[str, Any]:
    return {
        "language": found.language,
        "sentences": found.sentences,
        "stage1": round(found.stage_one, 4),
        "consensus": round(found.consensus, 4),
        "stage2": round(found.stage_two, 4),
    }
