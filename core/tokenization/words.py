"""How a sentence is split, changes of that, and which words stay the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.errors import StudioError

MOST_PARTS = 50
UNPRINTABLE = frozenset("\t\n\r\v\f\x00\x1c\x1d\x1e\x85\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Tokens:
    """How a sentence is split, N words made of M imported ones.

    Attributes:
        version: 0 is as imported.
        tokens: (N,) forms.
        first, last: (N,) each, both ascending: the imported words, from 0, that a word is made of.
    """

    version: int
    tokens: tuple[str, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """What is the same, or not, in two tokenisations: words `old` of the one are words `new` of the other.

    `known`: it is one word, made of the same and spelled the same. Neither range is empty.
    """

    old: range
    new: range
    known: bool


def imported(tokens: Sequence[str]) -> Tokens:
    """The sentence as the file has it."""
    places = tuple(range(len(tokens)))
    return Tokens(0, tuple(tokens), places, places)


def edit(now: Tokens, first: int, last: int, forms: Sequence[str]) -> Tokens:
    """Let the words `first` to `last` (from 0, both included) be `forms` instead: the next version.

    Fewer forms merge, more split, as many re-spell each word where it is.

    Raises:
        StudioError: no such words, a form that is none, too many parts, or nothing would change.
    """
    if not 0 <= first <= last < len(now.tokens):
        raise StudioError(f"there are no words {first + 1} to {last + 1} among {len(now.tokens)}.")
    said = tuple(forms)
    _check(said, now.tokens[first : last + 1])
    if len(said) == last + 1 - first:
        starts, ends = now.first[first : last + 1], now.last[first : last + 1]
    else:
        starts = (now.first[first],) * len(said)
        ends = (now.last[last],) * len(said)
    return Tokens(
        now.version + 1,
        (*now.tokens[:first], *said, *now.tokens[last + 1 :]),
        (*now.first[:first], *starts, *now.first[last + 1 :]),
        (*now.last[:first], *ends, *now.last[last + 1 :]),
    )


def _check(forms: Sequence[str], before: Sequence[str]) -> None:
    if not forms or len(forms) > MOST_PARTS:
        raise StudioError(f"a word has between 1 and {MOST_PARTS} parts, not {len(forms)}.")
    for form in forms:
        if not form.strip() or form != form.strip():
            raise StudioError(f"{form!r} is no word.", "Words are not empty and have no space around them.")
        if not UNPRINTABLE.isdisjoint(form) or any("\ud800" <= letter <= "\udfff" for letter in form):
            raise StudioError(f"{form!r} is no word.", "A word has no tab, no line break and no half letter.")
    if tuple(forms) == tuple(before):
        raise StudioError("nothing changes: the words are these already.")


def operation(before: int, after: int) -> str:
    """What becoming `after` words is to `before` words: split, merge or respell."""
    if before == after:
        return "respell"
    return "split" if after > before else "merge"


def groups(now: Tokens) -> list[tuple[range, range]]:
    """Words that hang together and the imported ones they are made of, as ranges, in order.

    No imported word is in two groups; a group is one word, or comes of a split.
    """
    found: list[tuple[range, range]] = []
    start, low, high = 0, -1, -1
    for place, (first, last) in enumerate(zip(now.first, now.last, strict=True)):
        if place and first <= high:
            high = max(high, last)
            continue
        if place:
            found.append((range(start, place), range(low, high + 1)))
        start, low, high = place, first, last
    if now.tokens:
        found.append((range(start, len(now.tokens)), range(low, high + 1)))
    return found


def pieces(old: Tokens, new: Tokens) -> list[Piece]:
    """Two tokenisations of one sentence side by side, in order; together the pieces are all words of both."""
    if old.tokens == new.tokens and old.first == new.first and old.last == new.last:
        return [Piece(range(n, n + 1), range(n, n + 1), known=True) for n in range(len(new.tokens))]
    mine, theirs = _signatures(old), _signatures(new)
    found: list[Piece] = []
    for left, right in _together(groups(old), groups(new)):
        found += _aligned(mine, theirs, left, right)
    return found


def _signatures(now: Tokens) -> list[tuple[str, int, int, bool]]:
    """Of each word what must be the same for it to be the same word; the last: nothing was split off it."""
    alone = [len(words) == 1 for words, _ in groups(now) for _ in words]
    return list(zip(now.tokens, now.first, now.last, alone, strict=True))


def _together(
    old: Sequence[tuple[range, range]], new: Sequence[tuple[range, range]]
) -> Iterator[tuple[range, range]]:
    """The words of both that are made of the same imported ones: as few as can be at a time."""
    rest, i = iter(new), 0
    while i < len(old):
        words, made = old[i]
        others, of = next(rest)
        i += 1
        while made.stop != of.stop:
            if made.stop < of.stop:
                more, made = old[i]
                words, i = range(words.start, more.stop), i + 1
            else:
                more, of = next(rest)
                others = range(others.start, more.stop)
        yield words, others


def _aligned(
    mine: Sequence[tuple[str, int, int, bool]],
    theirs: Sequence[tuple[str, int, int, bool]],
    left: range,
    right: range,
) -> Iterator[Piece]:
    """What is the same at the start and at the end, and what is left between as one piece."""
    shorter = min(len(left), len(right))
    head = 0
    while head < shorter and mine[left[head]] == theirs[right[head]]:
        head += 1
    tail = 0
    while tail < shorter - head and mine[left[-1 - tail]] == theirs[right[-1 - tail]]:
        tail += 1
    if len(left) != len(right) and shorter == head + tail:
        head, tail = (head - 1, tail) if head else (head, tail - 1)
    yield from _same(left.start, right.start, head)
    if len(left) > head + tail or len(right) > head + tail:
        inner = range(left.start + head, left.stop - tail)
        yield Piece(inner, range(right.start + head, right.stop - tail), known=False)
    yield from _same(left.stop - tail, right.stop - tail, tail)


def _same(old: int, new: int, n: int) -> Iterator[Piece]:
    return (Piece(range(old + k, old + k + 1), range(new + k, new + k + 1), known=True) for k in range(n))
