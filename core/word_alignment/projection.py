"""Labels carried over links from the words of one sentence to those of its translation.

Annotation projection as in Yarowsky and Ngai (2001, aclanthology.org/N01-1026). A confidence is the product
of the label's own and the link's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.types import Labels
from core.word_alignment.likeness import plain
from core.word_alignment.linking import Links
from core.word_alignment.model import Words

Carried = tuple[Labels, tuple[float, ...]]
"""Labels and their confidences, one per target word."""
LONGEST_GAP = 1
"""Words between two parts of a carried span that are taken as belonging to it."""
GUESSED = 0.5
"""Factor on the confidence of what was not carried but guessed from other words."""
ENDING = 3


@dataclass(frozen=True, slots=True)
class Sentence:
    """Source words' labels and confidences, the target's words, and the links between them."""

    labels: Labels
    confidences: Sequence[float]
    target: Words
    links: Links


def tags(sentences: Sequence[Sentence], fallback: str) -> list[Carried]:
    """One tag per target word of each sentence.

    A word takes the tag of the source word it is linked to best. A word without a link takes the tag its
    form got most often elsewhere, else that of the words with its ending, else `fallback`.
    """
    carried = [_linked(sentence) for sentence in sentences]
    votes = _votes(sentences, carried)
    return [
        _filled(sentence.target, row, votes, fallback)
        for sentence, row in zip(sentences, carried, strict=True)
    ]


def spans(sentence: Sentence) -> Carried:
    """BIO tags of the target words: every span of the source becomes one unbroken span, or none.

    Gaps of up to `LONGEST_GAP` words are filled; of spans that would overlap the surer one stays. A word
    outside all spans is as sure as the source words it is linked to, or as all of them together.
    """
    taken: dict[int, tuple[str, float]] = {}
    for sure, kind, words in sorted(_carried_spans(sentence), key=lambda row: (-row[0], row[2], row[1])):
        if not any(word in taken for word in words):
            taken |= {word: (f"{'B' if word == words[0] else 'I'}-{kind}", sure) for word in words}
    rows = [taken.get(word) or ("O", _outside(sentence, word)) for word in range(len(sentence.target))]
    return tuple(label for label, _ in rows), tuple(sure for _, sure in rows)


def _linked(sentence: Sentence) -> list[tuple[str, float] | None]:
    rows: list[tuple[str, float] | None] = []
    for word in range(len(sentence.target)):
        found = sentence.links.of_target(word)
        best = max(found, key=lambda link: link[1] * sentence.confidences[link[0]], default=None)
        rows.append(best and (sentence.labels[best[0]], best[1] * sentence.confidences[best[0]]))
    return rows


class _Votes:
    """How much speaks for each tag, by form and by ending."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))

    def add(self, word: str, label: str, weight: float) -> None:
        for key in _keys(word):
            self._counts[key][label] += weight

    def best(self, word: str) -> tuple[str, float] | None:
        """The tag most votes are for, and its share of them."""
        for key in _keys(word):
            if found := self._counts.get(key):
                label = max(sorted(found), key=lambda name: found[name])
                return label, found[label] / sum(found.values())
        return None


def _keys(word: str) -> Iterable[str]:
    form = plain(word)
    return (
        (f"={form}", f"-{form[-ENDING:]}") if form.isalpha() else (f"={form}", "#" if _digits(form) else "!")
    )


def _digits(form: str) -> bool:
    return any(char.isdigit() for char in form)


def _votes(sentences: Sequence[Sentence], carried: Iterable[Sequence[tuple[str, float] | None]]) -> _Votes:
    votes = _Votes()
    for sentence, row in zip(sentences, carried, strict=True):
        for word, found in zip(sentence.target, row, strict=True):
            if found:
                votes.add(word, *found)
    return votes


def _filled(target: Words, row: Sequence[tuple[str, float] | None], votes: _Votes, fallback: str) -> Carried:
    rows = [found or _guess(word, votes, fallback) for word, found in zip(target, row, strict=True)]
    return tuple(label for label, _ in rows), tuple(sure for _, sure in rows)


def _guess(word: str, votes: _Votes, fallback: str) -> tuple[str, float]:
    label, share = votes.best(word) or (fallback, 0.0)
    return label, GUESSED * share


def _carried_spans(sentence: Sentence) -> Iterable[tuple[float, str, tuple[int, ...]]]:
    """(confidence, type, target words) of each source span that has links."""
    for kind, first, last in _source_spans(sentence.labels):
        shares = {
            word: share * sentence.confidences[one]
            for one in range(first, last + 1)
            for word, share in sentence.links.of_source(one)
        }
        if shares:
            words = _unbroken(shares, 2 * (last - first + 1) + LONGEST_GAP)
            sure = sum(shares.get(word, 0.0) for word in words) / len(words)
            yield sure, kind, words


def _source_spans(labels: Labels) -> list[tuple[str, int, int]]:
    """(type, first, last), an I- that continues nothing opening a span."""
    found: list[tuple[str, int, int]] = []
    for place, label in enumerate(labels):
        kind = label[2:]
        if label[:2] not in ("B-", "I-"):
            continue
        if label[:2] == "I-" and found and found[-1][0] == kind and found[-1][2] == place - 1:
            found[-1] = (kind, found[-1][1], place)
        else:
            found.append((kind, place, place))
    return found


def _unbroken(shares: Mapping[int, float], longest: int) -> tuple[int, ...]:
    """The surest run of words, gaps filled, of at most `longest` words."""
    runs: list[list[int]] = []
    for word in sorted(shares):
        near = runs and word - runs[-1][-1] <= LONGEST_GAP + 1 and word - runs[-1][0] < longest
        runs[-1].append(word) if near else runs.append([word])
    best = max(runs, key=lambda run: (sum(shares[word] for word in run), -run[0]))
    return tuple(range(best[0], best[-1] + 1))


def _outside(sentence: Sentence, word: int) -> float:
    found = sentence.links.of_target(word)
    outside = [share * sentence.confidences[one] for one, share in found if sentence.labels[one] == "O"]
    if outside:
        return max(outside)
    return GUESSED * min(sentence.confidences, default=0.0)
