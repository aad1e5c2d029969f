"""Acceptance: RoSPrompt and its parts in the demo world: classes and languages that training never saw."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from core import settings
from core.comparison.seen import seen_scores
from core.labelers import labelers
from core.types import Labels, Record
from core.world import LANGUAGES, WORLD, ensure
from core.world.concepts import concepts
from core.world.corpora import items
from tests.needs import needs

pytestmark = needs("torch", "transformers")

SEEDS, SEEN, TRAIN, TEST = (1, 2, 3), 6, 1000, 300
COMMON: dict[str, Any] = {"neighbours": 1, "multilingual": False, "template": "{text} {mask} ."}
TRAINED: dict[str, Any] = {
    "neighbours": 1, "multilingual": False, "smoothing": 0.0, "drift": 0.0,
    "start": (".",), "epochs": 60, "learning_rate": 0.02,
}  # fmt: skip
MANY: dict[str, Any] = {"multilingual": True}
ARMS: dict[str, tuple[str, dict[str, Any]]] = {
    "NPPrompt": ("npprompt", COMMON),
    "NPPrompt, all languages": ("npprompt", COMMON | MANY),
    "NPPrompt, all, calibrated": ("npprompt", COMMON | MANY | {"calibration": "target"}),
    "NPPrompt, all, cue of A": ("npprompt", COMMON | MANY | {"template": "{text} CUE {mask} ."}),
    "soft prompt": ("rosprompt", TRAINED),
    "+ all languages": ("rosprompt", TRAINED | MANY),
    "+ all, smoothing": ("rosprompt", TRAINED | MANY | {"smoothing": 0.05}),
    "+ all, drift": ("rosprompt", TRAINED | MANY | {"drift": 0.1}),
    "RoSPrompt (all three)": ("rosprompt", TRAINED | MANY | {"smoothing": 0.05, "drift": 0.1}),
    "without languages": ("rosprompt", TRAINED | {"smoothing": 0.05, "drift": 0.1}),
    "RoSPrompt, calibrated": (
        "rosprompt",
        TRAINED | MANY | {"smoothing": 0.05, "drift": 0.1, "calibration": "target"},
    ),
}
Figures = dict[str, tuple[float, float, float, float]]
"""Language -> accuracy on all, seen and unseen classes and the harmonic mean of these, in points."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of the world's masked model, trained now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSP_WORKSPACE", str(tmp_path_factory.mktemp("world")))
        settings.settings.cache_clear()
        place = ensure("demo-world/masked", quiet)
    settings.settings.cache_clear()
    return str(place)


@pytest.fixture(scope="module")
def table(model: str) -> dict[str, Figures]:
    """Mean over the seeds; a seed draws the six seen classes, the shots and the first vectors."""
    found = {}
    for name, (labeler, chosen) in ARMS.items():
        began = time.process_time()
        found[name] = mean([figures(model, labeler, chosen, seed) for seed in SEEDS])
        seconds = (time.process_time() - began) / len(SEEDS)
        print(f"\n{name:28s}", row(found[name]), f"{seconds:5.1f} s", end="")
    return found


def quiet(_doing: str, _done: int, _total: int) -> None:
    """Progress nobody watches."""


def seen_classes(seed: int) -> Labels:
    """Six of the ten classes."""
    names = concepts(WORLD).names_in(LANGUAGES[0])
    return tuple(names[at] for at in sorted(np.random.default_rng([seed, 6]).permutation(len(names))[:SEEN]))


def figures(model: str, labeler: str, chosen: Mapping[str, Any], seed: int) -> Figures:
    """Trained on A where there is something to train, and tested on all three languages."""
    names, seen = concepts(WORLD).names_in(LANGUAGES[0]), seen_classes(seed)
    cue = concepts(WORLD).cue(LANGUAGES[0], "topic")
    given = {"template": chosen.get("template", "").replace("CUE", cue)}
    made = labelers[labeler](
        model=model, **{**chosen, **given}, **({"seen": seen} if labeler == "rosprompt" else {})
    )
    test = {code: items(WORLD, code, "test", TEST) for code in LANGUAGES}
    sources = [(LANGUAGES[0], items(WORLD, LANGUAGES[0], "train", TRAIN))]
    found: Figures = {}
    fitted = False
    for code, records in test.items():
        if not fitted or chosen.get("calibration") == "target":
            made.fit(sources, [one.instance for one in records], names, seed=seed, report=quiet)
            fitted = True
        found[code] = scored(made, records, seen)
    return found


def scored(made: Any, records: list[Record], seen: Labels) -> tuple[float, float, float, float]:
    given = [one.labels[0] for one in made.label([record.instance for record in records], quiet)]
    gold = [(record.labels or ("",))[0] for record in records]
    parts = seen_scores(gold, given, seen)
    right = sum(one == other for one, other in zip(gold, given, strict=True)) / len(gold)
    return tuple(100 * (part or 0.0) for part in (right, parts.seen, parts.unseen, parts.harmonic))  # type: ignore[return-value]


def mean(rows: list[Figures]) -> Figures:
    return {code: tuple(np.mean([one[code] for one in rows], axis=0).tolist()) for code in LANGUAGES}


def row(found: Figures) -> str:
    return " | ".join("/".join(f"{value:5.1f}" for value in found[code]) for code in LANGUAGES)


def across(found: Figures, column: int = 0) -> float:
    """Mean of the two languages that are not the one of training."""
    return sum(found[code][column] for code in LANGUAGES[1:]) / len(LANGUAGES[1:])


def test_words_of_all_languages_carry_a_soft_prompt_across(table: dict[str, Figures]) -> None:
    gain = across(table["+ all languages"]) - across(table["soft prompt"])
    print(f"\nmultilingual label words over the vanilla soft prompt, across languages: {gain:+.1f}")
    assert gain >= 5


def test_the_full_form_beats_the_unprompted_model_where_it_was_trained(table: dict[str, Figures]) -> None:
    full, none = table["RoSPrompt (all three)"]["qaa"], table["NPPrompt"]["qaa"]
    gains = [round(one - other, 1) for one, other in zip(full, none, strict=True)]
    print(f"\nRoSPrompt over NPPrompt in A, all / seen / unseen / harmonic: {gains}")
    assert full[0] - none[0] >= 3
    assert full[2] > none[2], "on unseen classes alone, too"


def test_the_full_form_beats_the_unprompted_model_across_languages(table: dict[str, Figures]) -> None:
    gain = across(table["RoSPrompt (all three)"]) - across(table["NPPrompt, all languages"])
    print(f"\nRoSPrompt over NPPrompt with the same words, across languages: {gain:+.1f}")
    assert gain > 0


def test_what_smoothing_and_drift_cost_is_told(table: dict[str, Figures]) -> None:
    """A negative result: they may cost, but not what the label words give."""
    cost = across(table["+ all languages"]) - across(table["RoSPrompt (all three)"])
    gain = across(table["RoSPrompt (all three)"]) - across(table["without languages"])
    print(f"\nacross languages: smoothing and drift cost {cost:.1f}, the languages give {gain:.1f}")
    assert gain >= 5
