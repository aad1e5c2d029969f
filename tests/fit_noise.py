"""Fit the coefficients of `core/advice/noise.json` anew: python -m tests.fit_noise MIRROR OUT.json

Episodes: a source language labelled by a CRF that learned from the others, and from 0, 40 or 300 of its
own sentences; 25, 100 or 400 sentences; confidences at three temperatures or none; 0 to 90 % of the
labels replaced. Every language is left out of the fit in turn to measure what is left open.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.advice.evidence import Evidence, evidence
from core.advice.signals import Pairs, log_odds, neighbours
from core.types import Labels, Prediction, Record, TaskName
from tests.lolo import SIZE, SOURCES, corrupted, label_set, read, stage_one

RATES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
SIZES = (25, 100, 400)
OWN = (0, 40, 300)
TEMPERATURES = (1.0, 1.5, 2.2)
VARIANTS = ("neighbours+confidence", "neighbours", "confidence", "agreement")
RIDGE, DRAWN = 1.0, 150


@dataclass(frozen=True)
class Episode:
    code: str
    rate: float
    own: int
    seen: Evidence
    wrong: np.ndarray[Any, np.dtype[np.float64]]


def main(mirror: Path, out: Path) -> None:
    found: dict[str, Any] = {"provenance": {}}
    for task in SOURCES:
        data = {code: read(mirror, task, code, 2 * SIZE) for code in SOURCES[task]}
        pairs = {code: neighbours([r.labels or () for r in data[code][:SIZE]]) for code in data}
        episodes = list(_episodes(task, data, pairs))
        models, report = {}, {}
        for variant in VARIANTS:
            models[variant], report[variant] = _fitted([_as(e, variant) for e in episodes])
            print(task, variant, report[variant], flush=True)
        shown = {
            " ".join(pair): round(share, 6) for pair, share in sorted(mean_pairs(pairs.values()).items())
        }
        found[task] = {"models": models, "usual": _usual(episodes), "neighbours": shown}
        found["provenance"][task] = {
            "languages": list(data),
            "left_out_in_turn": report,
            "episodes": len(episodes),
        }
    out.write_text(json.dumps(found, indent=1) + "\n", "utf8")


def mean_pairs(found: Any) -> Pairs:
    tables = list(found)
    names = {name for table in tables for name in table}
    return {name: sum(table.get(name, 0.0) for table in tables) / len(tables) for name in names}


def _episodes(
    task: TaskName, data: Mapping[str, list[Record]], pairs: Mapping[str, Pairs]
) -> Iterator[Episode]:
    for code in data:
        reference = mean_pairs(pairs[other] for other in data if other != code)
        target = data[code][:SIZE]
        for own in OWN:
            sources = [(other, data[other][:SIZE]) for other in data if other != code]
            sources += [(code, data[code][SIZE : SIZE + own])] if own else []
            labelled = stage_one(task, sources, target)
            for rate in RATES:
                for size in SIZES:
                    name = f"{code}{own}{rate}{size}"
                    rows = sorted(random.Random(name).sample(range(len(target)), min(size, len(target))))
                    drawn = [labelled[row] for row in rows]
                    noisy = corrupted(drawn, rate, label_set(task), name)
                    seen, wrong = _seen([target[row] for row in rows], noisy, reference)
                    for warmth in TEMPERATURES:
                        yield Episode(code, rate, own, _doubting(seen, drawn, warmth, label_set(task)), wrong)


def _doubting(seen: Evidence, drawn: Sequence[Prediction], temperature: float, names: Labels) -> Evidence:
    """The evidence with the confidences that a temperature gives the labels before they were replaced."""
    rows = np.concatenate([np.array(row.posterior).reshape(-1, len(names)) for row in drawn]) + 1e-12
    rows = rows ** (1 / temperature)
    given = [names.index(label) for row in drawn for label in row.labels]
    doubts = 1 - (rows / rows.sum(axis=1, keepdims=True))[np.arange(len(given)), given]
    return replace(seen, doubt=float(log_odds(float(doubts.mean()))), doubts=log_odds(doubts))


def _seen(
    records: Sequence[Record], noisy: Sequence[Prediction], reference: Pairs
) -> tuple[Evidence, np.ndarray[Any, np.dtype[np.float64]]]:
    wrong = [
        float(mine != gold)
        for row, record in zip(noisy, records, strict=True)
        for mine, gold in zip(row.labels, record.labels or (), strict=True)
    ]
    return evidence([record.instance for record in records], noisy, reference), np.array(wrong)


def _as(episode: Episode, variant: str) -> Episode:
    """The episode without the evidence a variant does not have."""
    seen = episode.seen
    if "neighbours" not in variant:
        seen = replace(seen, divergence=None)
    if "confidence" not in variant:
        seen = replace(seen, doubt=None, doubts=None)
    assert seen.variant == variant
    return replace(episode, seen=seen)


def _fitted(episodes: Sequence[Episode]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = list(episodes[0].seen.whole())
    table = np.array([[e.seen.whole()[name] for name in names] for e in episodes])
    goal = log_odds(np.array([e.wrong.mean() for e in episodes]))
    codes = np.array([e.code for e in episodes])
    left = np.zeros(len(goal))
    for code in sorted(set(codes)):
        inside = codes != code
        intercept, weights = _ridge(table[inside], goal[inside])
        left[~inside] = intercept + table[~inside] @ weights - goal[~inside]
    intercept, weights = _ridge(table, goal)
    low, high = table.min(axis=0), table.max(axis=0)
    terms = {
        n: [round(float(x), 6) for x in rest] for n, *rest in zip(names, low, high, weights, strict=True)
    }
    model = {
        "intercept": round(float(intercept), 6),
        "terms": terms,
        "single": _single(episodes),
        "spread": _spread(left, np.array([len(e.wrong) for e in episodes])),
    }
    return model, _report(left, goal, episodes)


def _usual(episodes: Sequence[Episode]) -> dict[str, float]:
    """How far neighbours diverge from the reference where the rest of the evidence is what it is."""
    names = ("forms", "forms^2", "evenness", "size")
    table = np.array([[e.seen.whole()[name] for name in names] for e in episodes])
    goal = np.array([e.seen.divergence for e in episodes], dtype=np.float64)
    intercept, weights = _ridge(table, goal)
    left = goal - intercept - table @ weights
    found = {"1": intercept, **dict(zip(names, weights, strict=True)), "sd": left.std()}
    return {name: round(float(value), 6) for name, value in found.items()}


def _ridge(table: Any, goal: Any) -> tuple[float, Any]:
    middle, scale = table.mean(axis=0), table.std(axis=0) + 1e-9
    rows = np.column_stack([np.ones(len(table)), (table - middle) / scale])
    penalty = np.eye(rows.shape[1]) * RIDGE
    penalty[0, 0] = 0
    found = np.linalg.solve(rows.T @ rows + penalty, rows.T @ goal)
    weights = found[1:] / scale
    return float(found[0] - middle @ weights), weights


def _spread(left: Any, sizes: Any) -> list[float]:
    """Variance of what is left open, as a + b / N labels."""
    rows = np.column_stack([np.ones(len(sizes)), 1 / sizes])
    a, b = np.linalg.lstsq(rows, left**2, rcond=None)[0]
    return [round(float(max(a, 1e-3)), 6), round(float(max(b, 0.0)), 6)]


def _single(episodes: Sequence[Episode]) -> list[float]:
    """Logistic regression of single labels; what an episode has of noise in all is given."""
    dice = np.random.default_rng(0)
    rows, goal = [], []
    for episode in episodes:
        drawn = dice.integers(0, len(episode.wrong), DRAWN)
        level = np.full(DRAWN, float(log_odds(episode.wrong.mean())))
        rows.append(np.column_stack([np.ones(DRAWN), level, episode.seen.single()[drawn]]))
        goal.append(episode.wrong[drawn])
    table, wrong = np.concatenate(rows), np.concatenate(goal)
    weights = np.zeros(table.shape[1])
    for _ in range(15):
        chance = 1 / (1 + np.exp(-np.clip(table @ weights, -30, 30)))
        pull = table.T @ (wrong - chance) - RIDGE * weights
        weights += np.linalg.solve(
            (table * (chance * (1 - chance))[:, None]).T @ table + RIDGE * np.eye(len(weights)), pull
        )
    return [round(float(weight), 6) for weight in weights[2:]]


def _report(left: Any, goal: Any, episodes: Sequence[Episode]) -> dict[str, Any]:
    """Mean absolute error of the share, by language left out and by how much was replaced."""
    error = np.abs(1 / (1 + np.exp(-(goal + left))) - 1 / (1 + np.exp(-goal)))
    codes, rates = np.array([e.code for e in episodes]), np.array([e.rate for e in episodes])
    parts = {str(code): codes == code for code in sorted(set(codes))}
    parts |= {
        "replaced 0": rates == 0,
        "replaced .05 to .4": (rates > 0) & (rates < 0.5),
        "replaced .5 to .9": rates >= 0.5,
    }
    return {"mean absolute error": round(float(error.mean()), 4)} | {
        name: round(float(error[part].mean()), 4) for name, part in parts.items()
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
