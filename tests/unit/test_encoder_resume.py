"""A fine-tuning that was stopped or killed goes on and ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.errors import Cancelled, StudioError
from core.labelers import build
from core.labelers.fine_tuning.checkpoints import CURRENT, TRAINED, Checkpoints, Progress
from core.labelers.fine_tuning.device import Device
from core.types import Prediction
from tests.needs import needs
from tests.tiny_encoder import UPOS, encoder, right, tagged

pytestmark = [needs("torch", "transformers"), pytest.mark.slow, pytest.mark.filterwarnings("default")]
ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {"epochs": 3, "learning_rate": 5e-3, "batch_size": 16, "patience": 3}
STEPS = "fine-tuning the encoder"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(autouse=True)
def every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint at every step."""
    monkeypatch.setattr("core.labelers.fine_tuning.training.EVERY", 0.0)
    monkeypatch.setattr("core.labelers.fine_tuning.training.SPARING", 0)


class Stop:
    """A report that says stop at the given step; counts the steps it saw."""

    def __init__(self, after: int | None = None) -> None:
        self.after, self.steps = after, 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        assert 0 <= done <= total
        if stage.startswith(STEPS):
            self.steps += 1
            if self.steps - 1 == self.after:
                raise Cancelled("stopped.")


def kept(folder: Path) -> list[Path]:
    """The files of a training, in the folder it was given; others there are nobody's business."""
    return sorted((folder / "encoder").iterdir())


def trained(model: Path, keep: Path | None, report: Any, **more: Any) -> list[Prediction]:
    labeler = build("encoder", {"model": str(model), **SETTINGS} | more)
    labeler.fit([("aaa", tagged(60, 1))], [], UPOS, seed=3, report=report, keep=keep)
    found: list[Prediction] = labeler.label([record.instance for record in tagged(20, 9)], report)
    return found


@pytest.mark.parametrize("after", [0, 1, 3, 4, 5, 8, 11])
def test_stopped_after_any_step_and_started_again(model: Path, tmp_path: Path, after: int) -> None:
    undisturbed = Stop()
    wanted = trained(model, None, undisturbed)
    with pytest.raises(Cancelled):
        trained(model, tmp_path, Stop(after))
    again = Stop()
    assert trained(model, tmp_path, again) == wanted
    assert again.steps == undisturbed.steps - after
    assert [path.name for path in kept(tmp_path)] == [TRAINED]


@pytest.mark.thorough
@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_in_16_bits_too(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, precision: str) -> None:
    """On the processor, which computes in them too, only slower; what a graphics card does is not shown."""
    monkeypatch.setattr("core.labelers.encoder.device", lambda _: Device("cpu", precision))
    wanted = trained(model, None, Stop())
    assert right([one.labels for one in wanted], tagged(20, 9)) > 0.6
    with pytest.raises(Cancelled):
        trained(model, tmp_path, Stop(6))
    assert trained(model, tmp_path, Stop()) == wanted


def test_without_the_best_weights_a_checkpoint_is_of_no_use(model: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        trained(model, tmp_path, Stop(5))
    (tmp_path / "encoder" / "best-0000.safetensors").unlink()
    assert trained(model, tmp_path, Stop()) == trained(model, None, Stop())


def test_a_finished_training_is_not_repeated(model: Path, tmp_path: Path) -> None:
    wanted, second = trained(model, tmp_path, Stop()), Stop()
    assert trained(model, tmp_path, second) == wanted
    assert second.steps == 0


@pytest.mark.parametrize("more", [{"epochs": 2}, {"learning_rate": 1e-3}, {"dev_share": 0.3}])
def test_what_another_training_left_is_not_taken_over(
    model: Path, tmp_path: Path, more: dict[str, Any]
) -> None:
    with pytest.raises(Cancelled):
        trained(model, tmp_path, Stop(5), **more)
    assert trained(model, tmp_path, Stop()) == trained(model, None, Stop())


@pytest.mark.parametrize("length", [0, 7, 100, 0.5, 0.99])
def test_a_damaged_checkpoint_counts_as_absent(model: Path, tmp_path: Path, length: float) -> None:
    with pytest.raises(Cancelled):
        trained(model, tmp_path, Stop(5))
    for path in kept(tmp_path):
        whole = path.read_bytes()
        path.write_bytes(whole[: int(length * len(whole) if 0 < length < 1 else length)])
    (tmp_path / "encoder" / ".part-left").write_bytes(b"half a checkpoint")
    assert trained(model, tmp_path, Stop()) == trained(model, None, Stop())
    assert [path.name for path in kept(tmp_path)] == [TRAINED]


def test_checkpoints_hold_tensors_and_numbers_alone(model: Path, tmp_path: Path) -> None:
    from safetensors import safe_open

    with pytest.raises(Cancelled):
        trained(model, tmp_path, Stop(6))
    assert {path.name for path in kept(tmp_path)} == {CURRENT, "best-0000.safetensors"}
    with safe_open(tmp_path / "encoder" / CURRENT, framework="pt") as file:
        notes = file.metadata()
        names = set(file.keys())
    assert json.loads(notes["progress"])["batch"] == 2
    assert {"classifier.weight", "optimizer|0|exp_avg", "optimizer|0|step"} <= names


def test_a_folder_that_cannot_be_written_is_an_error(model: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StudioError, match="a checkpoint cannot be written"):
        trained(model, tmp_path / "file", Stop())


def test_best_weights_that_vanish_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="was removed"):
        Checkpoints(tmp_path, "x", resumable=True).best(0)


def test_progress_takes_the_better_score_and_on_a_tie_the_smaller_loss() -> None:
    first = Progress().after(0, 0.5, 1.0)
    assert (first.epoch, first.best_epoch, first.risen_epoch) == (1, 0, 0)
    tie = first.after(1, 0.5, 0.9)
    assert (tie.best_epoch, tie.risen_epoch) == (1, 0)
    assert tie.after(2, 0.5, 0.95).best_epoch == 1
    assert tie.after(2, 0.4, 0.1).best_epoch == 1
    assert tie.after(2, 0.6, 9.0).risen_epoch == 2


@pytest.mark.thorough
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_random_moments_and_started_again(model: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.killed_training", str(model), str(tmp_path), "4"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    digests = json.loads(done.stdout)
    assert len(digests) == 5
    assert set(digests) == {digests[0]}
