"""Go, mix or correct first: the thresholds, where they come from, and the reasons in plain words.

POS and NER: measured on source languages, each left out in turn, at several shares of replaced labels
(docs/decisions/0015): up to where exemplars of the target are level with a mix with the sources' gold, and
from where on correcting sentences gains more than mixing. With a language model: the noise study of SSP
(arXiv 2406.18880; figures of its released code), GPT-4 with exemplars of which a share p is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.advice.noise import Share
from core.types import Labels, TaskName

GO: dict[TaskName, float] = {"pos": 0.4, "ner": 0.12}
"""Up to this share of wrong labels among likely exemplars, the target's own exemplars are as good as any."""
CORRECT: dict[TaskName, float] = {"pos": 0.55, "ner": 0.25}
"""Above this share, correcting some sentences first gains more than mixing."""
BARELY = 0.15
"""NLI, topic: a share of the way from chance to perfect below which labels are no better than guesses."""
FEWEST = 10
SAME_SCRIPT = 0.5
GPT4 = {
    1.0: (93.5, 89.9),
    0.8: (91.5, 86.7),
    0.6: (89.7, 83.2),
    0.4: (85.9, 68.5),
    0.2: (75.3, 58.6),
    0.0: (48.3, 40.5),
}
"""SSP's noise study: share of right labels -> F1 of GPT-4 on Faroese and Swiss German."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the advice rests on; see `core.advice.preflight.Preflight`."""

    task: TaskName
    labeler: str
    exemplar_noise: Share
    script_overlap: float | None
    missing: Labels
    chance: float
    n_labels: int
    confidences: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    advice: Literal["go", "mix", "correct"]
    reasons: tuple[str, ...]
    correct_first: int


def decide(seen: Seen, pool: Sequence[tuple[float, float, int]]) -> Verdict:
    """The advice. `pool`: confidence, expected share of wrong labels and number of labels per item."""
    advice, reason = _by_noise(seen)
    if seen.labeler == "crf" and seen.script_overlap is not None and seen.script_overlap < SAME_SCRIPT:
        advice, reason = "correct", _other_script(seen.script_overlap)
    n = correct_first(pool, _goal(seen)) if advice == "correct" else 0
    reasons = [reason, *_notes(seen, n, len(pool))]
    return Verdict(advice, tuple(reasons), n)


def _by_noise(seen: Seen) -> tuple[Literal["go", "mix", "correct"], str]:
    share = seen.exemplar_noise
    said = f"about {_percent(share.value)} of the labels of likely exemplars are wrong ({_interval(share)})"
    if share.value > _limit(seen):
        return "correct", f"Correct first: {said}; exemplars as wrong as that teach Stage II little."
    if share.value > _goal(seen):
        return "mix", f"Mix in gold exemplars of the sources: {said}."
    return "go", f"Go: {said}; the target's own exemplars are worth showing."


def _goal(seen: Seen) -> float:
    return goal_of(seen.task, seen.chance)


def goal_of(task: TaskName, chance: float) -> float:
    """The noise up to which exemplars are good enough; `chance` of labels drawn at random (NLI, topic)."""
    return GO[task] if task in GO else 1 - (chance + 1) / 2


def _limit(seen: Seen) -> float:
    """The noise above which some items should be corrected first."""
    if seen.task in CORRECT:
        return CORRECT[seen.task]
    return 1 - (seen.chance + BARELY * (1 - seen.chance))


def correct_first(pool: Sequence[tuple[float, float, int]], goal: float) -> int:
    """How many items to correct, the probably worst first, until likely exemplars are good enough.

    Corrected items count as right and as the surest of all, so they are among the likely exemplars (the
    surer half of the pool); the rest of that half are the surest of the others. The least number for
    which the labels of that half are expected to be wrong by at most `goal`, between `FEWEST` and half.
    """
    half = max(1, (len(pool) + 1) // 2)
    worst = sorted(range(len(pool)), key=lambda row: -pool[row][1])
    surest = sorted(range(len(pool)), key=lambda row: -pool[row][0])
    low, high = 0, half
    while low < high:
        middle = (low + high) // 2
        if noise_after(pool, worst[:middle], surest, half) <= goal:
            high = middle
        else:
            low = middle + 1
    return min(len(pool), max(low, FEWEST))


def noise_after(
    pool: Sequence[tuple[float, float, int]], corrected: Sequence[int], surest: Sequence[int], half: int
) -> float:
    """The expected share of wrong labels in the likely exemplars (`half` items) once some are corrected."""
    done = set(corrected)
    others = [row for row in surest if row not in done][: half - len(done)]
    labels = sum(pool[row][2] for row in (*corrected, *others))
    return sum(pool[row][1] * pool[row][2] for row in others) / max(labels, 1)


def _other_script(share: float) -> str:
    return (
        f"Correct first: only {_percent(share)} of the target's letters are in a script of the sources, and "
        "the CRF does not cross scripts, however sure of itself it is."
    )


def _notes(seen: Seen, n: int, size: int) -> list[str]:
    notes = []
    if n:
        notes.append(
            f"Correct about {n} of {size} items, the probably worst first: then the likely exemplars are "
            f"expected to be wrong by no more than {_percent(_goal(seen))}."
        )
    if seen.missing:
        names = ", ".join(seen.missing[:8])
        notes.append(f"Never given, though the sources have them: {names}. No exemplar will show these.")
    if not seen.confidences:
        notes.append("The labels came without confidences: exemplars are chosen without them.")
    if seen.task in ("nli", "topic"):
        notes.append(
            f"Drawing labels at random would be right {_percent(seen.chance)} of the time. For this task the "
            "estimate rests on confidences alone; nothing was fitted, so the interval is wide."
        )
    return notes


def with_a_language_model(task: TaskName, noise: Share) -> str:
    """What GPT-4 made of exemplars as noisy as these (Faroese, Swiss German; POS only)."""
    if task not in ("pos", "ner"):
        return ""
    right = min(GPT4, key=lambda share: abs(share - (1 - noise.value)))
    faroese, swiss = GPT4[right]
    best = GPT4[1.0]
    other = "" if task == "pos" else " That study is of parts of speech; entities were not studied."
    return (
        f"With a language model: GPT-4 reached F1 {faroese} on Faroese and {swiss} on Swiss German with "
        f"exemplars {_percent(right)} right, {best[0]} and {best[1]} with perfect ones (arXiv 2406.18880, "
        f"noise study).{other}"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _interval(share: Share) -> str:
    return f"between {100 * share.low:.0f} and {100 * share.high:.0f} %"
