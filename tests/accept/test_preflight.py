"""Acceptance: what preflight advises, against what Stage II then did, each source language left out in turn.

The coefficients of the noise estimate were fitted on these languages together; `noise.json` holds the errors
for each one left out of the fit, and `test_noise_targets` the languages nothing was fitted on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from core.advice.preflight import Preflight, preflight
from core.types import Prediction, Record, TaskName
from tests.lolo import corrupted, each_left_out, label_set
from tests.stage_two import Bench

pytestmark = [pytest.mark.real, pytest.mark.slow]

RATES = (0.0, 0.3, 0.7)
HOPELESS = 0.7
QUERIES = 40
CLEANISH: dict[TaskName, float] = {"pos": 0.35, "ner": 0.12}
HEADER = "language  replaced  advice        expected (90 %)        actual  stage1  target   mixed  corrected"


@dataclass(frozen=True)
class Case:
    code: str
    rate: float
    found: Preflight
    actual: float
    before: dict[str, float]
    after: dict[str, float] | None
    """Scores once the items that preflight names, of those nobody asks about, were corrected."""

    @property
    def covered(self) -> bool:
        return self.found.noise.low <= self.actual <= self.found.noise.high

    def row(self) -> str:
        noise, scores = self.found.noise, (100 * value for value in self.before.values())
        advice = f"{self.found.advice} {self.found.correct_first or ''}"
        interval = f"{noise.value:.3f} ({noise.low:.2f} to {noise.high:.2f})"
        figures = "  ".join(f"{score:6.1f}" for score in scores)
        after = f"{100 * self.after['target']:6.1f}" if self.after else ""
        told = f"{self.code:8s}  {self.rate:8.1f}  {advice:12s}  {interval:21s}"
        return f"{told}  {self.actual:.3f}  {figures}  {after}"


@pytest.mark.parametrize("task", ["pos", "ner"])
def test_advice_against_what_happened(mirror: Path, task: str) -> None:
    cases = list(_cases(mirror, cast(TaskName, task)))
    print(
        "\n"
        + "\n".join([f"{task}: accuracy (POS) or span F1 (NER), percent", HEADER, *(c.row() for c in cases)])
    )
    covered = sum(case.covered for case in cases) / len(cases)
    print(f"the interval held the actual share in {100 * covered:.0f} % of {len(cases)} cases")
    for case in cases:
        if case.rate >= HOPELESS:
            assert case.found.advice == "correct", case.row()
            assert 10 <= case.found.correct_first <= case.found.n_items // 2
        if case.actual <= CLEANISH[cast(TaskName, task)]:
            assert case.found.advice != "correct", case.row()
    gains = [case.after["target"] - case.before["target"] for case in cases if case.after]
    assert sum(gains) / len(gains) > 0, "correcting first was worth it"
    assert covered >= 0.8


def _cases(mirror: Path, task: TaskName) -> Iterator[Case]:
    names = label_set(task)
    for left in each_left_out(mirror, task):
        sources = [record for _, records in left.others for record in records]
        bench = Bench(task, left.records, sources, names, QUERIES)
        for rate in RATES:
            noisy = corrupted(left.labels, rate, names, f"{left.code}{rate}")
            items = [record.instance for record in left.records]
            found = preflight(task, items, noisy, names, sources=sources, labeler="crf")
            wanted = [at for at in found.order if at >= QUERIES][: found.correct_first]
            human = {at: left.records[at].labels or () for at in wanted}
            before, after = bench.scores(noisy), bench.scores(noisy, human) if human else None
            yield Case(left.code, rate, found, _wrong(noisy, left.records), before, after)


def _wrong(noisy: Sequence[Prediction], records: Sequence[Record]) -> float:
    pairs = [
        mine != gold
        for row, record in zip(noisy, records, strict=True)
        for mine, gold in zip(row.labels, record.labels or (), strict=True)
    ]
    return sum(pairs) / len(pairs)
