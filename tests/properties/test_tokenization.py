"""Whatever is split, merged and re-spelled: ranges stay sound, untouched words keep what was said of them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.errors import StudioError
from core.tokenization import (
    UNKNOWN,
    Tokens,
    changed,
    edit,
    groups,
    handed_on,
    imported,
    moved,
    pieces,
)

forms = st.text("ab", min_size=1, max_size=3)
sentences = st.lists(forms, min_size=1, max_size=7)
edits = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.lists(forms, min_size=1, max_size=4)))
BIO = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


@st.composite
def chains(draw: st.DrawFn) -> list[tuple[Tokens, int, int, int]]:
    """Versions of one sentence: each with the edit that made it (first, last, number of parts)."""
    found = [(imported(draw(sentences)), 0, 0, 0)]
    for at, more, parts in draw(edits):
        now = found[-1][0]
        first = at % len(now.tokens)
        last = min(first + more, len(now.tokens) - 1)
        try:
            found.append((edit(now, first, last, parts), first, last, len(parts)))
        except StudioError:
            assert now.tokens[first : last + 1] == tuple(parts)
    return found


@st.composite
def legal(draw: st.DrawFn, n: int) -> tuple[str, ...]:
    labels: list[str] = []
    for _ in range(n):
        last = labels[-1] if labels else "O"
        labels.append(draw(st.sampled_from([x for x in BIO if x[0] != "I" or x[2:] == last[2:]])))
    return tuple(labels)


def is_legal(labels: tuple[str, ...]) -> bool:
    before = ("O", *labels)
    return all(
        not label.startswith("I-") or last[2:] == label[2:]
        for last, label in zip(before, labels, strict=False)
    )


@given(chains())
def test_every_imported_word_is_of_one_group_and_in_order(chain: list[tuple[Tokens, int, int, int]]) -> None:
    n = len(chain[0][0].tokens)
    for version, (now, *_) in enumerate(chain):
        assert now.version == version
        assert len(now.tokens) == len(now.first) == len(now.last)
        assert list(now.first) == sorted(now.first)
        assert list(now.last) == sorted(now.last)
        assert all(first <= last for first, last in zip(now.first, now.last, strict=True))
        parts = groups(now)
        assert [place for words, _ in parts for place in words] == list(range(len(now.tokens)))
        assert [place for _, made in parts for place in made] == list(range(n))


@given(chains())
def test_one_edit_leaves_the_words_outside_it_alone(chain: list[tuple[Tokens, int, int, int]]) -> None:
    for (old, *_), (new, first, last, n) in pairwise(chain):
        said = [f"{place}" for place in range(len(old.tokens))]
        kept = moved(said, old, new, UNKNOWN)
        outside = [*said[:first], *(None for _ in range(n)), *said[last + 1 :]]
        alone = {place for words, _ in groups(old) for place in words if len(words) == 1}
        for place, (was, now) in enumerate(zip(outside, kept, strict=True)):
            if was is not None and int(was) in alone:
                assert now == was, "a word that hangs together with no other keeps its label"
            if was is None and n != last + 1 - first:
                assert now == UNKNOWN or old.tokens[int(now)] == new.tokens[place]


@given(chains(), st.data())
def test_labels_handed_on_are_as_many_as_words_and_legal(
    chain: list[tuple[Tokens, int, int, int]], data: st.DataObject
) -> None:
    labels = data.draw(legal(len(chain[0][0].tokens)))
    for (old, *_), (new, *_) in pairwise(chain):
        labels = handed_on(labels, old, new)
        assert len(labels) == len(new.tokens)
        assert UNKNOWN not in labels
        assert is_legal(labels)


@given(chains())
def test_pieces_are_all_words_of_both_sides_once(chain: list[tuple[Tokens, int, int, int]]) -> None:
    old, new = chain[0][0], chain[-1][0]
    for one, other in ((old, new), (new, old)):
        found = pieces(one, other)
        assert [n for piece in found for n in piece.old] == list(range(len(one.tokens)))
        assert [n for piece in found for n in piece.new] == list(range(len(other.tokens)))
        for piece in found:
            if piece.known:
                assert one.tokens[piece.old.start] == other.tokens[piece.new.start]
                assert (one.first[piece.old.start], one.last[piece.old.start]) == (
                    other.first[piece.new.start],
                    other.last[piece.new.start],
                )


@given(chains())
def test_there_and_back_nothing_is_lost_of_untouched_words(
    chain: list[tuple[Tokens, int, int, int]],
) -> None:
    old, new = chain[0][0], chain[-1][0]
    said = tuple(map(str, range(len(old.tokens))))
    there = moved(said, old, new, UNKNOWN)
    back = moved(there, new, old, UNKNOWN)
    assert all(now in {UNKNOWN, was} for was, now in zip(said, back, strict=True))
    assert len(changed(old, new)) == there.count(UNKNOWN)
    assert moved(said, old, old, UNKNOWN) == said
