"""The training loop of prompts: it learns, stops, and goes on after a kill as if nothing had happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.cloze import training
from core.cloze.progress import CURRENT, TRAINED
from core.cloze.training import Checkpoints, Curve, Plan, train
from core.errors import Cancelled, RecipeError, StudioError
from tests.needs import needs

pytestmark = [needs("torch"), pytest.mark.filterwarnings("default")]
STEPS = 30
NOWHERE = Checkpoints()


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


@pytest.fixture(autouse=True)
def every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint at every step."""
    monkeypatch.setattr(training, "EVERY", 0.0)
    monkeypatch.setattr(training, "SPARING", 0)


class Stop:
    """A report that says stop at the given step."""

    def __init__(self, at: int) -> None:
        self.at, self.steps = at, 0

    def __call__(self, message: str, done: int, total: int) -> None:
        assert 0 <= done <= total
        if done == self.at and done < total:
            raise Cancelled("stopped.")
        self.steps += 1


def fitted(
    files: Checkpoints = NOWHERE, report: Any = silent, *, judged: bool = True, **more: Any
) -> tuple[Any, Curve]:
    """A line through drawn points, with dropout: everything random is used."""
    import torch

    weights = {"slope": torch.zeros(3), "layer": torch.zeros(2, 2)}

    def loss(step: int, dice: np.random.Generator) -> dict[str, Any]:
        points = torch.tensor(dice.normal(size=(8, 3)), dtype=torch.float32)
        given = torch.nn.functional.dropout(points, 0.1) @ weights["slope"]
        error = (given - points.sum(1)).square().mean()
        return {"line": error, "layer": 0.1 * (weights["layer"] - 1).square().sum()}

    def judge() -> float:
        return -float((weights["slope"] - 1).abs().sum().round(decimals=1))

    plan = Plan(**{"steps": STEPS, "learning_rate": 0.1, "judge_every": 5, "patience": 0, "seed": 4} | more)
    curve = train(weights, loss, plan, judge=judge if judged else None, files=files, report=report)
    return {name: weight.detach().clone() for name, weight in weights.items()}, curve


def same(one: Any, other: Any) -> bool:
    import torch

    return all(torch.equal(one[name], other[name]) for name in one)


def test_it_learns_and_tells_how() -> None:
    weights, curve = fitted()
    assert float((weights["slope"] - 1).abs().sum()) < 1.0
    assert [point["step"] for point in curve.points] == [5, 10, 15, 20, 25, 30]
    first, last = curve.points[0], curve.points[-1]
    assert last["loss"] < first["loss"]
    assert first["loss"] == pytest.approx(sum(first["parts"].values()))
    assert set(first["parts"]) == {"line", "layer"}
    told = curve.told("held-out")
    assert told["curve"][0]["on"] == "held-out"
    assert (told["best"], told["stopped"]) == (curve.best, "end")


def test_the_same_seed_gives_the_same_weights_and_leaves_dice_alone() -> None:
    import torch

    torch.manual_seed(7)
    wanted = torch.rand(3)
    torch.manual_seed(7)
    one, other = fitted()[0], fitted()[0]
    assert torch.equal(torch.rand(3), wanted)
    assert same(one, other)
    assert not same(one, fitted(seed=5)[0])


@pytest.mark.parametrize("at", [0, 1, 4, 5, 6, 17, 29])
@pytest.mark.parametrize("judged", [True, False])
def test_stopped_at_any_step_it_ends_as_if_nothing_had_happened(
    at: int, judged: bool, tmp_path: Path
) -> None:
    wanted, curve = fitted(judged=judged)
    files = Checkpoints(tmp_path, "mine")
    with pytest.raises(Cancelled):
        fitted(files, Stop(at), judged=judged)
    assert [path.name for path in tmp_path.iterdir()] == [CURRENT]
    again = Stop(-1)
    found, resumed = fitted(files, again, judged=judged)
    assert same(found, wanted)
    assert (resumed.points, resumed.best) == (curve.points, curve.best)
    assert again.steps == STEPS - at + 1
    assert [path.name for path in tmp_path.iterdir()] == [TRAINED]


def test_killed_without_a_word_it_goes_on_from_its_last_checkpoint(tmp_path: Path) -> None:
    def killed(message: str, done: int, total: int) -> None:
        if done == 12:
            raise KeyboardInterrupt

    files = Checkpoints(tmp_path, "mine")
    with pytest.raises(KeyboardInterrupt):
        fitted(files, killed)
    again = Stop(-1)
    assert same(fitted(files, again)[0], fitted()[0])
    assert again.steps == STEPS - 12 + 1


def test_what_is_finished_is_not_trained_again(tmp_path: Path) -> None:
    files = Checkpoints(tmp_path, "mine")
    wanted, curve = fitted(files)
    again = Stop(0)
    found, told = fitted(files, again)
    assert same(found, wanted)
    assert told == curve
    assert not same(fitted(Checkpoints(tmp_path, "another"), seed=9)[0], wanted)


@pytest.mark.parametrize("length", [0, 9, 0.5, 0.99])
def test_a_damaged_checkpoint_counts_as_absent(length: float, tmp_path: Path) -> None:
    files = Checkpoints(tmp_path, "mine")
    with pytest.raises(Cancelled):
        fitted(files, Stop(9))
    path = tmp_path / CURRENT
    whole = path.read_bytes()
    path.write_bytes(whole[: int(length * len(whole) if 0 < length < 1 else length)])
    assert same(fitted(files)[0], fitted()[0])


def test_it_stops_early_and_keeps_the_best() -> None:
    import torch

    weights = {"w": torch.zeros(1)}
    scores = iter([0.1, 0.5, 0.4, 0.5, 0.2, 0.9])
    seen: list[float] = []

    def judge() -> float:
        seen.append(float(weights["w"].detach()))
        return next(scores)

    plan = Plan(60, 0.1, judge_every=10, patience=3, warm_up=0)
    curve = train(
        weights,
        lambda step, dice: {"w": -weights["w"].sum()},
        plan,
        judge=judge,
        files=Checkpoints(),
        report=silent,
    )
    assert curve.stopped == "early"
    assert len(seen) == 5
    assert curve.best == 40  # a tie with step 20, by the smaller loss
    assert float(weights["w"].detach()) == seen[3]


def test_the_rate_rises_and_falls_and_some_weights_have_their_own() -> None:
    plan = Plan(100, 1.0, warm_up=0.1, rates={"backbone.": 0.01})
    assert [plan.pace(step) for step in (0, 4, 9, 10, 55, 99)] == pytest.approx([0.1, 0.5, 1, 1, 0.5, 1 / 90])
    assert Plan(100, 1.0, falling=False).pace(99) == 1
    assert (plan.rate("prompt"), plan.rate("backbone.layer")) == (1.0, 0.01)


def test_a_loss_that_is_no_number_is_an_error() -> None:
    import torch

    weights = {"w": torch.zeros(1)}
    with pytest.raises(RecipeError, match="diverged at step 1"):
        train(
            weights,
            lambda step, dice: {"w": weights["w"].sum() / 0},
            Plan(3, 0.1),
            judge=None,
            files=Checkpoints(),
            report=silent,
        )


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StudioError, match="a checkpoint cannot be written"):
        fitted(Checkpoints(tmp_path / "file", "mine"))
