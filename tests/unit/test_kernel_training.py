"""Meta-training in small: worlds, episodes, and a kernel that is the same in torch and in numpy."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from core.cli.kernel import _lines
from core.corpora import Corpus
from core.errors import UnknownName
from core.kernel_training import fitting
from core.kernel_training.course import train
from core.kernel_training.episodes import Episode, draw
from core.kernel_training.fitting import Plan, fit
from core.kernel_training.plan import COURSES, Course, course, read_corpora
from core.kernel_training.worlds import Corpora, Cut, World, least_sure, world
from core.labelers.icl_tagger import side_of
from core.labelers.kernel.model import Kernel, read
from core.labelers.kernel.pairs import pair_features
from core.labelers.kernel.words import described
from core.labelers.posteriors import type_table
from core.settings import with_workspace
from core.types import Instance, Labels, Prediction, Record
from tests.needs import needs

pytestmark = pytest.mark.slow

WORDS = {"DET": ("de", "en", "et"), "NOUN": ("kat", "hund", "bil", "sol"), "VERB": ("sover", "ser", "er")}
ENDINGS = {"aaa": "", "bbb": "a", "ccc": "u"}
CUT = Cut(target=12, source=20, helped=4, corrections=(3,))


def silent(message: str, done: int, total: int) -> None:
    assert message


def corpus(language: str) -> list[Record]:
    dice = random.Random(language)
    found = []
    for at in range(26):
        labels: Labels = ("DET", "NOUN", "VERB", "DET", "NOUN")
        tokens = tuple(dice.choice(WORDS[label]) + ENDINGS[language] for label in labels)
        found.append(Record(Instance(at, "train", tokens, " ".join(tokens)), labels))
    return found


CORPORA: Corpora = {code: corpus(code) for code in ENDINGS}


@pytest.fixture(scope="module")
def made() -> World:
    return world("pos", "ccc", ("aaa", "bbb"), CORPORA, CUT, 0, silent)


def test_a_world_is_a_language_labelled_from_others(made: World) -> None:
    assert (len(made.instances), len(made.noisy), len(made.gold)) == (12, 12, 12)
    assert {item.dataset for item in made.sources} == {"aaa", "bbb"}
    assert {item.origin for item in made.sources} == {"source"}
    clean, corrected, raw = made.states
    assert not clean.corrected
    assert len(corrected.corrected) == 3
    assert raw.priors == made.noisy
    for row in corrected.corrected:
        assert corrected.pool[row].origin == "corrected"
        assert corrected.pool[row].labels == made.gold[row]
    assert all(len(shown) == 8 and at not in dict(shown) for at, shown in enumerate(clean.chosen))
    assert made.common.sum() == pytest.approx(1.0)


def test_the_least_sure_first() -> None:
    noisy = [Prediction(at, ("X",), (sure,)) for at, sure in enumerate((0.9, 0.2, 0.5))]
    assert least_sure([*noisy, Prediction(3, (), ())], 2) == [1, 2]


def test_an_episode_never_shows_its_query_nor_asks_for_a_corrected_one(made: World) -> None:
    dice = random.Random(1)
    for _ in range(40):
        episode = draw([made], dice)
        tokens, shown, _ = episode.features.shape
        assert episode.own.shape == (tokens, len(made.labels))
        assert episode.beliefs.shape == (shown, len(made.labels))
        assert len(episode.gold) == tokens
        assert 0 <= episode.corrected <= 1


@needs("torch")
def test_the_same_seed_gives_the_same_weights_and_they_learn(made: World) -> None:
    plan = Plan(steps=40)
    first, again = fit([made], 3, silent, plan), fit([made], 3, silent, plan)
    assert first == again
    assert first != fit([made], 4, silent, plan)
    assert mean_loss(made, first) < mean_loss(made, fit([made], 3, silent, Plan(steps=1)))
    assert min(first["heads"][0]) > 0


def mean_loss(made: World, weights: dict[str, object]) -> float:
    import torch

    numbers = {name: torch.tensor(values) for name, values in weights.items()}
    dice = random.Random(9)
    return float(np.mean([float(fitting._loss(torch, numbers, draw([made], dice), 0.0)) for _ in range(40)]))


@needs("torch")
@pytest.mark.parametrize("corrected", [False, True])
def test_numpy_reads_as_torch_learned(made: World, corrected: bool) -> None:
    """The cross entropy of what `read` answers is the loss of the training, for the same exemplars."""
    import torch

    weights = fit([made], 0, silent, Plan(steps=10))
    state = made.states[1 if corrected else 0]
    query = next(row for row in range(12) if row not in state.corrected)
    table = type_table(made.labels)
    shown = [(state.pool[row], near) for row, near in state.chosen[query]]
    side = side_of([item for item, _ in shown], [near for _, near in shown], made.labels, table)
    assert side is not None
    assert bool(side.corrected.any()) == corrected
    own = np.array(state.priors[query].posterior, dtype=np.float32)
    words = described(made.instances[query].tokens)
    gold = made.columns[query]
    answer = read(Kernel.of(weights), words, own, side).posterior
    features = pair_features(words, own, side)
    episode = Episode(features, own, side.beliefs, gold, float(side.corrected.mean()), made.common)
    numbers = {name: torch.tensor(values) for name, values in weights.items()}
    wanted = float(fitting._loss(torch, numbers, episode, 0.0))
    assert -np.log(answer[np.arange(len(gold)), gold]).mean() == pytest.approx(wanted, rel=1e-4)


@needs("torch")
def test_training_names_its_data_and_what_it_is_worth() -> None:
    entries = dict(zip(ENDINGS, ("ud-danish-ddt", "ud-german-gsd", "ud-english-ewt"), strict=True))
    short = Course(
        "pos",
        tuple(Corpus(entry, ("dev",)) for entry in entries.values()),
        judged=2,
        plan=Plan(steps=4),
        far=CUT,
        near=CUT,
        judge=Cut(target=12, source=20, corrections=(), raw=False),
    )
    texts = dict(zip(("dan", "deu", "eng"), CORPORA.values(), strict=True))
    found = train(short, texts, 0, silent)
    assert [row["language"] for row in found["left_out"]] == ["dan", "deu"]
    assert {part["licence"] for part in found["data"]} == {"CC BY-SA 4.0"}
    assert json.loads(_lines(found)) == found
    Kernel.of(found["weights"])


def test_no_target_of_the_paper_is_learned_from() -> None:
    entries = [corpus.entry for made in COURSES.values() for corpus in made.corpora]
    assert not [
        name for name in entries if any(code in name for code in ("faroese", "swiss", "hau", "ibo", "lug"))
    ]
    with pytest.raises(UnknownName):
        course("nli")


@pytest.mark.real
def test_corpora_are_read_as_any_data_set(mirror: Path, tmp_path: Path) -> None:
    del mirror
    found = read_corpora(COURSES["pos"], with_workspace(tmp_path), silent)
    assert {code: len(texts) for code, texts in found.items()} == dict.fromkeys(
        ("isl", "deu", "eng", "dan", "nno"), 460
    )
