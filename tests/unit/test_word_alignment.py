"""Words of translations find each other, and their labels follow."""

from __future__ import annotations

import random

import pytest

from core.errors import Cancelled
from core.word_alignment import Links, learn, links
from core.word_alignment.likeness import likeness
from core.word_alignment.linking import SYMMETRIES, Symmetry
from core.word_alignment.model import Pairs
from core.word_alignment.projection import Sentence, spans, tags

LEXICON = {f"s{n}": f"t{chr(97 + n % 26)}{n}" for n in range(60)}


def synthetic(
    count: int, seed: int = 1, swaps: bool = False
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Sentences of a made-up language and their word-by-word translations, neighbours swapped if asked."""
    dice = random.Random(seed)
    found = []
    for _ in range(count):
        source = [dice.choice(list(LEXICON)) for _ in range(dice.randint(3, 10))]
        target = [LEXICON[word] for word in source]
        if swaps:
            for place in range(0, len(target) - 1, 2):
                target[place], target[place + 1] = target[place + 1], target[place]
        found.append((tuple(source), tuple(target)))
    return found


def right(pairs: Pairs, symmetry: Symmetry) -> tuple[float, float]:
    """(precision, recall) of links against the lexicon the pairs were made with; repeated words apart."""
    model = learn(pairs)
    hit = found = wanted = 0
    for source, target in pairs:
        if len(set(source)) < len(source):
            continue
        gold = {
            (source.index(s), place)
            for place, word in enumerate(target)
            for s in source
            if LEXICON[s] == word
        }
        cells = set(links(model, source, target, symmetry).found)
        hit, found, wanted = hit + len(cells & gold), found + len(cells), wanted + len(gold)
    return hit / found, hit / wanted


@pytest.mark.parametrize("symmetry", SYMMETRIES)
@pytest.mark.parametrize("swaps", [False, True])
def test_a_known_lexicon_is_found_again(symmetry: Symmetry, swaps: bool) -> None:
    precision, recall = right(synthetic(200, swaps=swaps), symmetry)
    assert precision > 0.97
    assert recall > 0.97


def test_the_order_of_the_pairs_changes_not_one_bit() -> None:
    pairs = synthetic(40)
    shuffled = random.Random(3).sample(pairs, len(pairs))
    one, other = learn(pairs), learn(shuffled)
    for source, target in pairs:
        assert links(one, source, target).found == links(other, source, target).found


def test_words_that_look_alike_need_no_learning() -> None:
    model = learn([])
    source = ("In", "1997", "Museveni", "met", "Kofi", "Annan", ".")
    target = ("Museveni", "yasisinkana", "Kofi", "Annan", "mu", "1997", ".")
    found = links(model, source, target, "intersection").found
    for word in ("1997", "Museveni", "Kofi", "Annan", "."):
        assert (source.index(word), target.index(word)) in found


def test_likeness_forgives_case_and_marks_and_is_strict_with_short_words() -> None:
    import numpy as np

    one, other = ["KAMPALA", "Gúdrun", "Parliament", "of", "a"], ["Kampala", "Gudrun", "Palamenti", "on", "a"]
    same = np.arange(5)
    found = likeness(one, other, same, same)
    assert found.tolist()[:2] == [1, 1]
    assert 0.5 <= found[2] < 1
    assert found.tolist()[3:] == [0, 1]


def test_empty_sides_have_no_links() -> None:
    model = learn([((), ("a",)), (("a",), ("a",))])
    assert links(model, (), ("a",)).found == {}
    assert links(model, ("a",), ()).found == {}


def test_learning_can_be_stopped() -> None:
    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise Cancelled("stopped by the user.")

    with pytest.raises(Cancelled):
        learn(synthetic(5), alive=stop)


def test_a_tag_follows_the_best_link_and_others_follow_their_form() -> None:
    first = Sentence(("DET", "NOUN"), (0.9, 0.8), ("omusajja", "ono"), Links({(1, 0): 0.5, (0, 1): 1.0}))
    second = Sentence(("VERB",), (0.5,), ("Omusajja", "alaba"), Links({(0, 1): 0.4}))
    (labels, sure), (others, unsure) = tags([first, second], "X")
    assert (labels, sure) == (("NOUN", "DET"), (0.4, 0.9))
    assert others == ("NOUN", "VERB")
    assert unsure == (0.5, 0.2)


def test_a_word_nothing_speaks_for_gets_the_fallback_without_confidence() -> None:
    assert tags([Sentence((), (), ("?",), Links({}))], "X") == [(("X",), (0.0,))]


def test_a_span_is_carried_whole_with_its_gap_filled() -> None:
    sentence = Sentence(
        ("B-PER", "I-PER", "O"),
        (1.0, 1.0, 1.0),
        ("Yoweri", "K.", "Museveni", "agamba"),
        Links({(0, 0): 1.0, (1, 2): 0.8, (2, 3): 0.5}),
    )
    labels, sure = spans(sentence)
    assert labels == ("B-PER", "I-PER", "I-PER", "O")
    assert sure == (0.6, 0.6, 0.6, 0.5)


def test_a_stray_link_far_away_does_not_stretch_a_span() -> None:
    target = tuple("abcdefghij")
    sentence = Sentence(("B-LOC", "I-LOC"), (1.0, 1.0), target, Links({(0, 0): 0.9, (1, 9): 0.2}))
    labels, _ = spans(sentence)
    assert labels == ("B-LOC", *("O",) * 9)


def test_of_two_spans_on_the_same_words_the_surer_stays() -> None:
    links_of = Links({(0, 0): 0.3, (1, 0): 0.9, (1, 1): 0.9})
    labels, _ = spans(Sentence(("B-ORG", "B-LOC"), (1.0, 1.0), ("a", "b"), links_of))
    assert labels == ("B-LOC", "I-LOC")
