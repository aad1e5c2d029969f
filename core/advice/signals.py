"""What labels say of their own quality without gold: how far they agree with themselves.

Occurrences of one word form mostly share a label, words of one shape and ending often do, and
neighbouring labels follow each other as in other languages. Labels that are wrong in another way each
time wear all of it down, whatever confidences say; labels that are wrong in the same way each time do not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from core.labelers.crf_features import norm, shape
from core.types import Labels

FloatArray = npt.NDArray[np.float64]
Pairs = Mapping[tuple[str, str], float]
EDGE = 0.003
"""Shares are kept this far from 0 and 1 where their log odds are taken."""
PRIOR = 2.0
"""Occurrences that a label's overall share stands for in the support of a single token."""
USUAL = 0.9
"""Agreement of the occurrences of a form that is assumed before any was seen, worth `PRIOR` of them."""
BEGIN, END = "^", "$"


def log_odds(share: FloatArray | float) -> FloatArray:
    """log p / (1 - p), p kept `EDGE` away from 0 and 1."""
    inside = np.clip(share, EDGE, 1 - EDGE)
    return np.asarray(np.log(inside / (1 - inside)))


def plain(label: str) -> str:
    """An entity label without its type: B, I or O; any other label as it is."""
    return label[0] if label.startswith(("B-", "I-")) else label


def disagreement(sentences: Sequence[Sequence[str]], labels: Sequence[Labels]) -> float:
    """Log odds of 1 - sqrt(a); a = how often two occurrences of one form have one label.

    Labels right with probability p and otherwise at random agree with p squared, hence the root.
    """
    table = _table(
        [norm(word) for sentence in sentences for word in sentence], [_kind(x) for row in labels for x in row]
    )
    repeated = [counts for counts in table.values() if counts.total() > 1]
    same = sum(sum(n * (n - 1) for n in counts.values()) / (counts.total() - 1) for counts in repeated)
    total = sum(counts.total() for counts in repeated)
    return float(log_odds(1 - np.sqrt((same + PRIOR * USUAL) / (total + PRIOR))))


def evenness(labels: Sequence[Labels]) -> float:
    """Log odds of 1 - sqrt(c); c = how often any two labels (entities by edge alone) are the same one."""
    counts = Counter(plain(label) for row in labels for label in row)
    n = max(counts.total(), 1)
    return float(log_odds(1 - np.sqrt(sum((count / n) ** 2 for count in counts.values()))))


def neighbours(labels: Sequence[Labels]) -> Pairs:
    """Shares of pairs of neighbouring labels, the edges of sentences among them; entities by edge alone."""
    rows = [[BEGIN, *map(plain, row), END] for row in labels if row]
    counts = Counter(pair for row in rows for pair in pairwise(row))
    n = counts.total()
    return {pair: count / n for pair, count in counts.items()}


def divergence(first: Pairs, second: Pairs) -> float:
    """Log odds of the Jensen-Shannon divergence in bits, between 0 (equal) and 1 (nothing shared)."""
    names = sorted({*first, *second})
    p, q = (np.array([shares.get(name, 0.0) for name in names]) for shares in (first, second))
    middle = (p + q) / 2
    return float(log_odds((_relative(p, middle) + _relative(q, middle)) / 2))


def _relative(share: FloatArray, middle: FloatArray) -> float:
    there = share > 0
    return float((share[there] * np.log2(share[there] / middle[there])).sum())


def supports(sentences: Sequence[Sequence[str]], labels: Sequence[Labels]) -> FloatArray:
    """(N, 4): how far each of the N labels is what its surroundings suggest.

    By other occurrences of the form, other words of its shape and ending, the label before and the one
    after: log of the label's share among the others of its group over its share overall.
    """
    words = [norm(word) for sentence in sentences for word in sentence]
    endings = [(shape(word), norm(word)[-3:]) for sentence in sentences for word in sentence]
    kinds = [_kind(label) for row in labels for label in row]
    flat = [label for row in labels for label in row]
    before = [other for row in labels if row for other in (BEGIN, *row[:-1])]
    after = [other for row in labels if row for other in (*row[1:], END)]
    pairs: Iterable[tuple[Sequence[Hashable], Sequence[str]]]
    pairs = ((words, kinds), (endings, kinds), (before, flat), (after, flat))
    return np.column_stack([_support(groups, names) for groups, names in pairs])


def _support(groups: Sequence[Hashable], labels: Sequence[str]) -> FloatArray:
    table, overall, n = _table(groups, labels), Counter(labels), len(labels)
    found = np.empty(n)
    for place, (group, label) in enumerate(zip(groups, labels, strict=True)):
        share, counts = overall[label] / n, table[group]
        others = counts.total() - 1
        found[place] = (counts[label] - 1 + PRIOR * share) / ((others + PRIOR) * share)
    return np.log(found)


def _kind(label: str) -> str:
    """An entity's type: B-PER and I-PER of one form agree."""
    return label[2:] if label.startswith(("B-", "I-")) else label


def _table(groups: Sequence[Hashable], labels: Sequence[str]) -> Mapping[Hashable, Counter[str]]:
    table: defaultdict[Hashable, Counter[str]] = defaultdict(Counter)
    for group, label in zip(groups, labels, strict=True):
        table[group][label] += 1
    return table
