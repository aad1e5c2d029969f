"""The training loop: AdamW, a warm-up, early stopping on held-out items, and nothing random but by the step.

The order of an epoch follows from the seed and the epoch, dropout from the seed and the step. So a training
that is stopped after any step and goes on from its checkpoint ends with the same weights, on a processor
with the same number of threads bit for bit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.cloze.tensor_files import Tensors
from core.errors import RecipeError
from core.labelers.fine_tuning.checkpoints import Checkpoints, Progress
from core.labelers.fine_tuning.device import Device
from core.labelers.fine_tuning.inference import scores
from core.labelers.fine_tuning.material import UNKNOWN, Lesson
from core.labelers.fine_tuning.windows import Window
from core.types import Report

WARM_UP, DECAY, LONGEST_GRADIENT = 0.1, 0.01, 1.0
"""Share of steps in which the rate rises, weight decay, and the norm gradients are clipped to."""
GROUP = 16
"""Batches among which windows are sorted by length, so that little is filled up."""
EVERY = 120.0
"""Seconds between checkpoints within an epoch: what a kill may cost."""
SPARING = 10
"""But at least so many times as long as the last one took to write."""
STATE = "optimizer"

Judge = Callable[[str], tuple[float, float]]
"""Stage, for its progress -> score and loss of the model on the held-out items."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train. `outside` is the column of O, -1 where there is none."""

    epochs: int
    batch_size: int
    learning_rate: float
    patience: int
    seed: int
    outside: int
    padding: int


class Training:
    """One training of one model."""

    def __init__(
        self, model: Any, windows: Sequence[Window], lessons: Sequence[Lesson], plan: Plan, device: Device
    ) -> None:
        self.model, self.lessons, self.plan, self.device = model, lessons, plan, device
        self.windows = [
            window
            for window in windows
            if any(lessons[window.owner].targets[word] != UNKNOWN for word in window.words)
        ]
        self.trained = {name: value for name, value in model.named_parameters() if value.requires_grad}
        self.optimizer = _optimizer(list(self.trained.values()), plan.learning_rate)
        self.scaler = device.scaler()
        self.batches = math.ceil(len(self.windows) / plan.batch_size)

    def run(self, judge: Judge | None, files: Checkpoints, report: Report) -> None:
        """Train to the end, or to where it no longer helps; the model then has the best weights.

        Args:
            judge: None = there is nothing to stop by; the last weights are kept.

        Raises:
            RecipeError: the loss is no number any more.
            Cancelled: `report` said that the user stopped it; the last checkpoint stays.
        """
        done = files.trained()
        if done:
            self._load(done[0])
            return
        progress = self._resumed(files)
        while progress.epoch < self.plan.epochs and not self._stalled(progress):
            progress = self._epoch(progress, judge, files, report)
        if progress.epoch < self.plan.epochs:
            total = self.plan.epochs * self.batches
            report(f"fine-tuning stopped early, after epoch {progress.epoch}", total, total)
        if progress.best_epoch >= 0:
            self._load(files.best(progress.best_epoch))
        files.finish(self.trained, progress)

    def _epoch(self, progress: Progress, judge: Judge | None, files: Checkpoints, report: Report) -> Progress:
        epoch = progress.epoch
        order = self._order(epoch)
        stage = f"fine-tuning the encoder, epoch {epoch + 1} of {self.plan.epochs}"
        saved, pause = time.monotonic(), EVERY
        self.model.train()
        for batch in range(progress.batch, self.batches):
            step = epoch * self.batches + batch
            report(stage, step, self.plan.epochs * self.batches)
            start = batch * self.plan.batch_size
            self._step([self.windows[at] for at in order[start : start + self.plan.batch_size]], step)
            began = time.monotonic()
            if batch + 1 < self.batches and began - saved >= pause:
                self._keep(replace(progress, batch=batch + 1), files)
                saved = time.monotonic()
                pause = max(EVERY, SPARING * (saved - began))
        return self._judged(progress, judge, files)

    def _judged(self, progress: Progress, judge: Judge | None, files: Checkpoints) -> Progress:
        epoch = progress.epoch
        if judge is None:
            after = replace(progress, epoch=epoch + 1, batch=0)
        else:
            stage = f"labelling held-out items after epoch {epoch + 1}"
            after = progress.after(epoch, *judge(stage))
        if after.best_epoch == epoch:
            files.keep_best(self.trained, after)
        self._keep(after, files)
        return after

    def _step(self, batch: Sequence[Window], step: int) -> None:
        import torch

        torch.manual_seed(_mixed(self.plan.seed, step))
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.learning_rate * self._pace(step)
        with self.device.autocast():
            logits = scores(self.model, batch, self.device, self.plan.padding)
        loss = self._loss(logits, batch)
        if not math.isfinite(float(loss.detach())):
            raise RecipeError(
                f"fine-tuning diverged at step {step + 1}: the loss is no number any more.",
                "Give a smaller stage1.learning_rate, or stage1.precision=fp32.",
            )
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        self.scaler.unscale_(self.optimizer)
        torch.nn.utils.clip_grad_norm_(list(self.trained.values()), LONGEST_GRADIENT)
        self.scaler.step(self.optimizer)
        self.scaler.update()

    def _loss(self, logits: Any, batch: Sequence[Window]) -> Any:
        """Mean over words of -log of the probability of what the label may mean.

        That is cross-entropy, but for an O of a source that never marks some entity types: it may be one of
        those.
        """
        import torch

        allowed = torch.tensor(
            [self._meant(window.owner, word, logits.shape[1]) for window in batch for word in window.words],
            device=logits.device,
        )
        known = allowed.any(dim=1)
        chances = torch.log_softmax(logits[known], dim=-1)
        return -chances.masked_fill(~allowed[known], -math.inf).logsumexp(dim=-1).mean()

    def _meant(self, owner: int, word: int, size: int) -> list[bool]:
        lesson = self.lessons[owner]
        target = lesson.targets[word]
        columns = {target, *lesson.hidden} if target == self.plan.outside else {target}
        return [column in columns for column in range(size)] if target != UNKNOWN else [False] * size

    def _order(self, epoch: int) -> list[int]:
        """Windows by batch: drawn anew every epoch, then sorted by length among `GROUP` batches at a time."""
        dice = np.random.default_rng([abs(self.plan.seed), epoch])
        drawn = dice.permutation(len(self.windows)).tolist()
        size = self.plan.batch_size * GROUP
        groups = [drawn[at : at + size] for at in range(0, len(drawn), size)]
        order = [at for group in groups for at in sorted(group, key=lambda at: -len(self.windows[at]))]
        full = [order[at : at + self.plan.batch_size] for at in range(0, len(order), self.plan.batch_size)]
        last = [full.pop()] if len(full[-1]) < self.plan.batch_size else []
        shuffled = [full[at] for at in dice.permutation(len(full))]
        return [at for batch in shuffled + last for at in batch]

    def _pace(self, step: int) -> float:
        """Share of the learning rate: rises over the first tenth of all steps, then falls to 0."""
        total = self.plan.epochs * self.batches
        rising = max(1, round(WARM_UP * total))
        return (step + 1) / rising if step < rising else max(0.0, (total - step) / max(1, total - rising))

    def _stalled(self, progress: Progress) -> bool:
        return progress.best_epoch >= 0 and progress.epoch - 1 - progress.risen_epoch >= self.plan.patience

    def _keep(self, progress: Progress, files: Checkpoints) -> None:
        """The optimizer's moments beside the weights: `optimizer|3|exp_avg` is that of the fourth weight."""
        moments = {
            f"{STATE}|{at}|{name}": value
            for at, state in self.optimizer.state_dict()["state"].items()
            for name, value in state.items()
        }
        scaling = self.scaler.state_dict()  # empty unless losses are scaled
        progress = replace(progress, scale=scaling.get("scale", 0.0), grown=scaling.get("_growth_tracker", 0))
        files.keep_current(self.trained | moments, progress)

    def _resumed(self, files: Checkpoints) -> Progress:
        found = files.current()
        if found is None:
            return Progress()
        tensors, progress = found
        state: dict[int, dict[str, Any]] = {}
        for key in [key for key in tensors if key.startswith(f"{STATE}|")]:
            _, at, name = key.split("|")
            state.setdefault(int(at), {})[name] = tensors.pop(key)
        self._load(tensors)
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": state, "param_groups": groups})
        if progress.scale:
            known = {"scale": progress.scale, "_growth_tracker": progress.grown}
            self.scaler.load_state_dict(self.scaler.state_dict() | known)
        return progress

    def _load(self, weights: Tensors) -> None:
        import torch

        with torch.no_grad():
            for name, value in self.trained.items():
                value.copy_(weights[name])


def _optimizer(weights: Sequence[Any], rate: float) -> Any:
    """AdamW; biases and norms do not decay."""
    import torch

    return torch.optim.AdamW(
        [
            {"params": [weight for weight in weights if weight.dim() > 1], "weight_decay": DECAY},
            {"params": [weight for weight in weights if weight.dim() <= 1], "weight_decay": 0.0},
        ],
        lr=rate,
    )


def _mixed(seed: int, step: int) -> int:
    return int(np.random.SeedSequence([abs(seed), step]).generate_state(1)[0])
