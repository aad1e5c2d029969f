"""The networks, sentence pairs and dictionaries of MPT and its baselines."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import UnknownName
from core.labelers.prompting.code_switching import dictionary, switched
from core.labelers.prompting.lessons import drawn_pairs
from core.labelers.prompting.networks import (
    ENCODERS,
    TRANSLATORS,
    applied,
    prompt_encoder,
    translator,
    weights_of,
)
from core.types import Instance
from tests.needs import needs

PAIRS = [(f"one {at}", f"two {at}") for at in range(20)]


@needs("torch")
@pytest.mark.parametrize("kind", TRANSLATORS)
@pytest.mark.parametrize("width", [6, 8])
def test_a_translator_adds_nothing_before_it_is_trained_and_all_of_it_is_trained(
    kind: str, width: int
) -> None:
    import torch

    vectors = torch.randn(3, width, generator=torch.Generator().manual_seed(1))
    made = translator(kind, width, 0)
    assert torch.equal(applied(made, vectors), vectors)
    weights = weights_of(made, "translator")
    optimizer = torch.optim.SGD(list(weights.values()), 1.0)
    for _ in range(2):
        optimizer.zero_grad()
        (applied(made, vectors) - 1).square().sum().backward()
        optimizer.step()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in weights.values())
    assert not torch.equal(applied(made, vectors), vectors)


@needs("torch")
def test_networks_follow_from_the_seed_and_leave_other_dice_alone() -> None:
    import torch

    state = torch.random.get_rng_state()
    one, same, other = (weights_of(translator("lstm-2", 8, seed), "t") for seed in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(one[key], same[key]) for key in one)
    assert not all(torch.equal(one[key], other[key]) for key in one)
    assert prompt_encoder("none", 8, 0) is None
    assert len(ENCODERS) == 2
    for make in (translator, prompt_encoder):
        with pytest.raises(UnknownName):
            make("linear-7", 8, 0)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_so_many_pairs_are_given_another_translation(share: float) -> None:
    left, right = drawn_pairs(PAIRS, 0, share, 3, of_pairs=False)
    wrong = [one.text[4:] != other.text[4:] for one, other in zip(left, right, strict=True)]
    assert sum(wrong) == share * 20
    assert sorted(item.text for item in right) == sorted(text for _, text in PAIRS)


def test_fewer_pairs_are_among_more_and_follow_from_the_seed() -> None:
    few, more, other = (
        [item.text for item in drawn_pairs(PAIRS, count, 0.0, seed, of_pairs=False)[0]]
        for count, seed in ((5, 1), (10, 1), (10, 2))
    )
    assert few == more[:5]
    assert more != other


def test_pairs_of_texts_stand_beside_the_same_texts_in_both_languages() -> None:
    left, right = drawn_pairs(PAIRS[:4], 0, 0.0, 0, of_pairs=True)
    for one, other in zip(left, right, strict=True):
        assert one.text_b is not None
        assert other.text_b is not None
        assert (one.text[4:], one.text_b[4:]) == (other.text[4:], other.text_b[4:])
        assert one.text != one.text_b


def test_a_dictionary_is_learned_from_pairs_and_puts_words_in_the_other_language() -> None:
    words = {"ka": "do", "lu": "re", "mi": "fa", "no": "so"}
    dice = np.random.default_rng(0)
    texts = [dice.choice(list(words), 3).tolist() for _ in range(60)]
    known = dictionary([(" ".join(text), " ".join(words[word] for word in text)) for text in texts])
    assert known == words
    item = Instance(4, "train", (), "ka lu xx", "mi no")
    assert switched(item, known, 1.0, dice) == Instance(4, "train", (), "do re xx", "fa so")
    assert switched(item, known, 0.0, dice) == item
    assert dictionary([]) == {}
