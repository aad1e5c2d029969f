"""Noise budget: how many more corrections until the exemplars are right often enough to teach.

How often pool labels are wrong is known from blind items alone (`core.loop.audit`). Which items are wrong
follows from confidences, scaled so that together they are as wrong as the blind items say. Up to which share
target exemplars win was measured on source languages (docs/decisions/0015, `core.advice.verdict`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.advice.verdict import goal_of, noise_after
from core.loop.audit import estimates
from core.loop.inference import FEWEST, Estimate
from core.loop.material import Said, said_of
from core.store import Store, views
from core.types import TaskName

Floats = npt.NDArray[np.float64]
NOISY = ("consensus", "stage1", "stage2")
"""Whose labels exemplars are shown with: the first of these that a run holds."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Shares in [0, 1], each with its 95 % interval; None where too few blind items are labelled.

    Attributes:
        goal: up to this share of wrong labels, exemplars of the target win.
        noise: share of pool labels that are wrong, before human labels take their places.
        exemplars: the same among likely exemplars (the surer half, corrected items first) as they are now.
        more: items to correct, the probably worst first, until `exemplars` is within `goal`: best guess,
            fewest and most.
        n_blind: blind items it rests on. reach: whether correcting all of the pool's items gets there.
    """

    goal: float
    noise: Estimate | None
    exemplars: Estimate | None
    more: tuple[int, int, int] | None
    n_blind: int

    @property
    def remark(self) -> str:
        """In one line what is to be done, or why that cannot be known."""
        if self.more is None or self.exemplars is None:
            left = max(FEWEST - self.n_blind, 1)
            return f"Not known yet: label {left} more item{'s' if left > 1 else ''} of a random sample blind."
        best, least, most = self.more
        now = f"about {self.exemplars.value:.0%} of the labels of likely exemplars are wrong"
        within = f"up to {self.goal:.0%} they are worth showing"
        if not most:
            return f"Within the budget: {now}, {within}."
        if not best:
            return f"Probably within the budget: {now}, {within}; to be sure, {most} more corrections."
        return f"{best} more corrections (between {least} and {most}): {now}, {within}."


def budget(store: Store, run_id: str) -> Budget:
    """The noise budget of a run. Raises UnknownName."""
    run = views.run(store, run_id)
    task: TaskName = views.dataset(store, run["dataset"]).task
    stage = next((name for name in NOISY if name in run["stages"]), "")
    found = {row.metric: row for row in estimates(store, run_id, stage)} if stage else {}
    right = found.get("token_accuracy") or found.get("accuracy")
    if not stage:
        return Budget(goal_of(task, 0.0), None, None, None, 0)
    said = said_of(views.column(store, run_id, stage))
    goal = goal_of(task, _chance(said))
    if right is None or right.combined is None:
        return Budget(goal, None, None, None, right.n_items if right else 0)
    wrong = _wrong(right.combined)
    done = np.isin(said.positions, list(views.annotations(store, run["dataset"])))
    pools = [_pool(said, share, done) for share in (wrong.value, wrong.low, wrong.high)]
    now = [noise_after(pool, [], _surest(pool), _half(pool)) for pool in pools]
    more = [_more(pool, goal) for pool in pools]
    exemplars = Estimate(now[0], min(now), max(now), wrong.power)
    return Budget(goal, wrong, exemplars, (more[0], min(more), max(more)), right.n_items)


def _wrong(right: Estimate) -> Estimate:
    return Estimate(1.0 - right.value, 1.0 - right.high, 1.0 - right.low, right.power)


def _chance(said: Said) -> float:
    """Accuracy of labels drawn at random with the shares that were given."""
    shares = np.bincount(said.codes, minlength=1) / max(len(said.codes), 1)
    return float((shares**2).sum())


Pool = list[tuple[float, float, int]]
"""Confidence, expected share of wrong labels and number of labels of every item."""


def _pool(said: Said, share: float, done: npt.NDArray[np.bool_]) -> Pool:
    """The items, wrong together as often as `share`; what a human labelled is right and surest of all."""
    sizes = np.maximum(np.diff(said.offsets), 1)
    sure, _ = said.expected("token_accuracy")
    doubts = 1.0 - sure / sizes
    mean = float((doubts * sizes).sum() / sizes.sum())
    scaled = np.clip(doubts * share / mean, 0.0, 1.0) if mean > 0 else np.full(len(doubts), share)
    scaled[done] = 0.0
    certainty = np.where(done, 2.0, 1.0 - doubts)
    return list(zip(certainty.tolist(), scaled.tolist(), sizes.tolist(), strict=True))


def _half(pool: Pool) -> int:
    return max(1, (len(pool) + 1) // 2)


def _surest(pool: Pool) -> list[int]:
    return sorted(range(len(pool)), key=lambda row: -pool[row][0])


def _more(pool: Pool, goal: float) -> int:
    """The least number of items, the probably worst first, after which likely exemplars are good enough."""
    worst, surest = sorted(range(len(pool)), key=lambda row: -pool[row][1]), _surest(pool)
    low, high = 0, len(pool)
    while low < high:
        middle = (low + high) // 2
        half = max(_half(pool), middle)
        if noise_after(pool, worst[:middle], surest, half) <= goal:
            high = middle
        else:
            low = middle + 1
    return low
