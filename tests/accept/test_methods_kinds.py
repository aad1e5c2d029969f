"""Acceptance: every cloze method on five architectures made here: the same again, after a stop, reloaded.

The models have random weights and the texts a handful of words, so nothing is said of how well a method does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import Cancelled
from core.labelers import Beside, build, setting_names
from core.types import Instance, Prediction, Record
from tests.needs import needs
from tests.tiny_masked import CONTENT, KINDS, TOPICS, cloze_model

pytestmark = [needs("torch", "transformers"), pytest.mark.slow, pytest.mark.filterwarnings("default")]
METHODS = ("hard_prompt", "soft_prompt", "mpt", "pct", "rosprompt", "npprompt")
QUICK: dict[str, Any] = {
    "steps": 12,
    "epochs": 2,
    "translator_steps": 12,
    "target_steps": 12,
    "shots": 4,
    "target_shots": 1,
    "batch_size": 8,
    "prompt_length": 3,
    "neighbours": 2,
    "max_length": 48,
}
KEPT = ("soft_prompt", "mpt", "pct", "rosprompt")
"""Methods whose prompt is a file that another run can label with."""


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


def texts(count: int, seed: int) -> list[Record]:
    dice = np.random.default_rng(seed)
    found = []
    for at in range(count):
        topic = TOPICS[at % 3]
        words = [*dice.choice(CONTENT[topic], 2), *dice.choice(["the", "a", "is"], 3)]
        found.append(Record(Instance(at, "train", (), " ".join(dice.permutation(words))), (topic,)))
    return found


GOLD = [record.instance for record in texts(9, 9)]
PAIRS = tuple(
    (one.instance.text, other.instance.text) for one, other in zip(texts(9, 5), texts(9, 6), strict=True)
)


@pytest.fixture(scope="module", params=KINDS)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(cloze_model(request.param, tmp_path_factory.mktemp(request.param)))


class Told:
    """Notes of a run, and a report that says stop after some steps of training."""

    def __init__(self, stop_after: int = 0) -> None:
        self.notes: dict[str, Any] = {}
        self.stop_after, self.reports, self.stopped = stop_after, 0, False

    def __call__(self, message: str, done: int, total: int) -> None:
        assert 0 <= done <= total
        self.reports += total > 1
        if 0 < self.stop_after == self.reports and not self.stopped:
            self.stopped = True
            raise Cancelled("stopped.")


def labelled(
    method: str, model: str, prompts: Path, told: Told, keep: Path | None = None, **more: Any
) -> list[Prediction]:
    known = {key: value for key, value in QUICK.items() if key in setting_names(method)}
    labeler = build(method, {"model": model, **known, **more})
    labeler.fit(
        [("eng", texts(60, 1)), ("hau", texts(12, 3))],
        GOLD,
        TOPICS,
        seed=5,
        report=told,
        keep=keep,
        **({"beside": Beside("hau", PAIRS, prompts, told.notes.__setitem__)} if labeler.wants_beside else {}),
    )
    found: list[Prediction] = labeler.label(GOLD, silent)
    return found


@pytest.mark.parametrize("method", METHODS)
def test_the_same_again_after_a_stop_and_reloaded(method: str, model: str, tmp_path: Path) -> None:
    more: dict[str, Any] = {"freeze_backbone": False} if method == "hard_prompt" else {}
    first = Told()
    wanted = labelled(method, model, tmp_path, first, **more)
    assert [one.position for one in wanted] == [item.position for item in GOLD]
    for one in wanted:
        assert one.posterior is not None
        assert sum(one.posterior[0]) == pytest.approx(1.0)
    assert labelled(method, model, tmp_path, Told(), **more) == wanted
    if first.reports > 4:
        stopped = Told(first.reports // 2)
        with pytest.raises(Cancelled):
            labelled(method, model, tmp_path, stopped, tmp_path / "keep", **more)
        assert labelled(method, model, tmp_path, stopped, tmp_path / "keep", **more) == wanted
    if method in KEPT:
        artefact = first.notes["training"]["artefact"]
        reloaded = labelled(method, model, tmp_path, Told(), prompt=str(tmp_path / artefact))
        assert reloaded == wanted
        assert (tmp_path / artefact).stat().st_size < 200_000
