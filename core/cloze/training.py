"""The one training loop of prompts: AdamW, a warm-up, early stop, and nothing random but by the step.

What a step draws follows from the seed and its number. So a training that is stopped after any step and goes
on from its checkpoint ends with the same weights, on a processor with the same number of threads bit for bit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.cloze.progress import CURRENT, TRAINED, Checkpoints, Curve, State
from core.errors import Cancelled, RecipeError
from core.types import Report

__all__ = ["Checkpoints", "Curve", "Plan", "train"]

Tensor = Any
Loss = Callable[[int, np.random.Generator], Mapping[str, Tensor]]
"""Step (from 0) and its dice -> the parts of the loss, whose sum falls."""
EVERY = 30.0
"""Seconds between checkpoints: what a kill may cost."""
SPARING = 10
"""But at least so many times as long as the last one took to write."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes:
        steps: at most so many.
        learning_rate: the highest.
        warm_up: share of the steps in which the rate rises.
        judge_every: steps between two points of the curve (and judgements, where there is a judge).
        patience: stop after so many judgements in which the score did not rise; 0 = never.
        seed: of everything that is drawn.
        decay: weight decay of AdamW.
        clip: the norm that gradients are clipped to.
        falling: the rate falls to 0 after the warm-up; else it stays.
        rates: beginning of a weight's name -> its own highest rate (`backbone.` -> 1e-5).
    """

    steps: int
    learning_rate: float
    warm_up: float = 0.1
    judge_every: int = 20
    patience: int = 5
    seed: int = 0
    decay: float = 0.0
    clip: float = 1.0
    falling: bool = True
    rates: Mapping[str, float] = field(default_factory=dict)

    def pace(self, step: int) -> float:
        """Share of the highest rate at a step."""
        rising = max(1, round(self.warm_up * self.steps))
        if step < rising:
            return (step + 1) / rising
        return max(0.0, (self.steps - step) / max(1, self.steps - rising)) if self.falling else 1.0

    def rate(self, name: str) -> float:
        """The highest rate of a weight."""
        own = [rate for start, rate in self.rates.items() if name.startswith(start)]
        return own[0] if own else self.learning_rate


def train(
    weights: Mapping[str, Tensor],
    loss: Loss,
    plan: Plan,
    *,
    judge: Callable[[], float] | None,
    files: Checkpoints,
    report: Report,
    doing: str = "training the prompt",
) -> Curve:
    """Train to the end, or to where it no longer helps; the weights then hold the best.

    Args:
        weights: what is trained, changed in place.
        judge: the score of the weights as they are, higher is better; None = the last weights are kept.
        doing: what `report` says of it.

    Raises:
        RecipeError: the loss is no number any more.
        Cancelled: `report` said that the user stopped it; it goes on from there when it is called again.
    """
    import torch

    cards = sorted({weight.device.index or 0 for weight in weights.values() if weight.is_cuda})
    with torch.random.fork_rng(devices=cards):
        return _Training(weights, plan, files).run(loss, judge, report, doing)


class _Training:
    def __init__(self, weights: Mapping[str, Tensor], plan: Plan, files: Checkpoints) -> None:
        import torch

        self.weights, self.plan, self.files = dict(weights), plan, files
        for weight in self.weights.values():
            weight.requires_grad_(requires_grad=True)
        groups = [
            {"params": [weight], "lr": plan.rate(name), "weight_decay": plan.decay}
            for name, weight in self.weights.items()
        ]
        self.optimizer = torch.optim.AdamW(groups)
        self.best: dict[str, Tensor] = {}
        self.state = State()

    def run(self, loss: Loss, judge: Callable[[], float] | None, report: Report, doing: str) -> Curve:
        done = self.files.read(TRAINED)
        if done:
            self._load(done[0])
            return done[1].curve
        self._resume()
        began, before, saved = time.monotonic(), self.state.curve.seconds, time.monotonic()
        pause = EVERY
        while self.state.step < self.plan.steps and not self._stalled():
            try:
                report(doing, self.state.step, self.plan.steps)
            except Cancelled:
                self._keep()
                raise
            self._step(loss)
            if self.state.step % self.plan.judge_every == 0 or self.state.step == self.plan.steps:
                self._judge(judge)
            self.state.curve.seconds = before + time.monotonic() - began
            if (now := time.monotonic()) - saved >= pause:
                self._keep()
                saved = time.monotonic()
                pause = max(EVERY, SPARING * (saved - now))
        return self._finish(report, doing)

    def _finish(self, report: Report, doing: str) -> Curve:
        curve = self.state.curve
        curve.stopped = "early" if self.state.step < self.plan.steps else "end"
        if self.best:
            self._load(self.best)
        else:
            curve.best = self.state.step
        self.files.finish(self.weights, self.state)
        report(doing, self.plan.steps, self.plan.steps)
        return curve

    def _stalled(self) -> bool:
        since = (self.state.step - self.state.risen) // self.plan.judge_every
        return bool(self.plan.patience and self.best and since >= self.plan.patience)

    def _step(self, loss: Loss) -> None:
        import torch

        step, seed = self.state.step, abs(self.plan.seed)
        torch.manual_seed(int(np.random.SeedSequence([seed, step]).generate_state(1)[0]))
        for group, name in zip(self.optimizer.param_groups, self.weights, strict=True):
            group["lr"] = self.plan.rate(name) * self.plan.pace(step)
        with torch.enable_grad():
            parts = loss(step, np.random.default_rng([seed, step]))
            whole = sum(parts.values(), torch.zeros(()))
        if not math.isfinite(float(whole.detach())):
            raise RecipeError(
                f"the training diverged at step {step + 1}: the loss is no number any more.",
                "Give a smaller stage1.learning_rate.",
            )
        self.optimizer.zero_grad(set_to_none=True)
        whole.backward()
        torch.nn.utils.clip_grad_norm_(list(self.weights.values()), self.plan.clip)
        self.optimizer.step()
        for name, value in parts.items():
            self.state.sums[name] = self.state.sums.get(name, 0.0) + float(value.detach())
        self.state.step += 1

    def _judge(self, judge: Callable[[], float] | None) -> None:
        import torch

        state, count = self.state, (self.state.step - 1) % self.plan.judge_every + 1
        parts = {name: value / count for name, value in state.sums.items()}
        state.sums = {}
        mean = sum(parts.values())
        score = None
        if judge is not None:
            with torch.no_grad():
                score = float(judge())
            self._compare(score, mean)
        state.curve.points.append({"step": state.step, "loss": mean, "parts": parts, "score": score})

    def _compare(self, score: float, mean: float) -> None:
        """On a tie the smaller loss is better, but no rise."""
        state = self.state
        rise = state.best_score is None or score > state.best_score
        if rise:
            state.risen = state.step
        if rise or (score == state.best_score and mean < state.best_loss):
            state.best_score, state.best_loss, state.curve.best = score, mean, state.step
            self.best = {name: weight.detach().clone() for name, weight in self.weights.items()}

    def _keep(self) -> None:
        """Weights, the optimizer's moments (`moment|NAME|exp_avg`) and the best weights (`best|NAME`)."""
        if self.files.folder is None:
            return
        tensors = {f"now|{name}": weight for name, weight in self.weights.items()}
        tensors |= {f"best|{name}": weight for name, weight in self.best.items()}
        for name, weight in self.weights.items():
            for kind, value in self.optimizer.state.get(weight, {}).items():
                tensors[f"moment|{name}|{kind}"] = value
        self.files.write(CURRENT, tensors, self.state)

    def _resume(self) -> None:
        found = self.files.read(CURRENT)
        if found is None:
            return
        tensors, self.state = found
        self._load({key[4:]: value for key, value in tensors.items() if key.startswith("now|")})
        self.best = {key[5:]: value for key, value in tensors.items() if key.startswith("best|")}
        order = list(self.weights)
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            if key.startswith("moment|"):
                _, name, kind = key.split("|")
                moments.setdefault(order.index(name), {})[kind] = value
        self.optimizer.load_state_dict(
            {"state": moments, "param_groups": self.optimizer.state_dict()["param_groups"]}
        )

    def _load(self, weights: Mapping[str, Tensor]) -> None:
        import torch

        with torch.no_grad():
            for name, value in self.weights.items():
                value.copy_(weights[name])
