"""Differences by label, length, confidence and word: where the change helped, and where it did harm.

Each gain comes with a paired sentence bootstrap interval (95 %, percentile; Efron and Tibshirani 1993,
chapter 13). Sentences that are alike (as many tokens of the group, as many more of them right) are drawn
together: how often each kind is in a draw is multinomial, so the interval is that of drawing one by one.
Groups in fewer than `FEW` sentences have none: drawing so few again and again knows nothing of others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.comparison.counting import Judged, counted, judged, whole
from core.comparison.scores import coded_of, label_hits, span_hits
from core.comparison.sides import Codes, Comparison, Places
from core.comparison.where import BINS, LENGTHS, Where, bins, lengths
from core.intervals import DRAWS, LEVEL

if TYPE_CHECKING:
    import pandas as pd

FORMS = 200
FEW = 10
SEED = 0
COLUMNS = (
    "group", "key", "n", "changed", "before", "after", "gain", "low", "high", "fixed", "broken"
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """What tokens are told apart by: `codes` (K,), numbers of `names` or -1; `keys` go into a `Where`."""

    codes: Codes
    names: Sequence[str]
    keys: Sequence[str | int]


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The tokens that are told of (K,): all that can be judged, or simply all; `n` sentences."""

    at: Any
    owners: Codes
    n: int
    before: Codes
    after: Codes
    right: Codes | None


def by_label(compared: Comparison, before: int = 0, after: int = 1) -> pd.DataFrame:
    """By the label held to be right (entities: by type; without a reference: by that of `before`).

    Columns: group, key, n, changed, before, after, gain, low, high, fixed, broken, and F1 of both sides:
    f1_before, f1_after (entities: of whole spans read leniently, as in `paper_f1`; NaN for O).
    """
    tokens = _tokens(compared, before, after)
    entities = compared.dataset.task == "ner"
    names = [_type(name) if entities else name for name in compared.labels]
    groups = list(dict.fromkeys(names))
    table = np.array([groups.index(name) for name in names], dtype=np.int32)
    source = tokens.before if tokens.right is None else tokens.right
    frame = _frame(tokens, Groups(table[source], groups, groups))
    known = judged(compared)
    for column, side in (("f1_before", before), ("f1_after", after)):
        found = _f1(compared, known, side) if known else {}
        frame[column] = [found.get(group, float("nan")) for group in frame["group"]]
    return frame


def by_length(compared: Comparison, before: int = 0, after: int = 1) -> pd.DataFrame:
    """By the length of the sentence, in tokens; `key` is the first length of a group of LENGTHS."""
    tokens = _tokens(compared, before, after)
    names = [f"{first}-{last}" if last else f"{first}+" for first, last in LENGTHS]
    owners = compared.owners[tokens.at]
    return _frame(tokens, Groups(lengths(compared)[owners], names, [first for first, _ in LENGTHS]))


def by_confidence(compared: Comparison, before: int = 0, after: int = 1) -> pd.DataFrame:
    """By how sure side `after` was; `key` is the part of [0, 1] from 0. Empty where it does not say."""
    tokens = _tokens(compared, before, after)
    places = bins(compared, after)
    codes = np.full(len(tokens.owners), -1, dtype=np.int32) if places is None else places[tokens.at]
    names = [f"{place / BINS:.1f}-{(place + 1) / BINS:.1f}" for place in range(BINS)]
    return _frame(tokens, Groups(codes, names, range(BINS)))


def by_form(compared: Comparison, before: int = 0, after: int = 1, *, limit: int = FORMS) -> pd.DataFrame:
    """By word: the `limit` words with the largest |fixed - broken|, then most changed, then most frequent."""
    tokens = _tokens(compared, before, after)
    words, n = compared.words[tokens.at], len(compared.forms)
    state = _state(tokens)
    sizes, changed = np.bincount(words, minlength=n), np.bincount(words[_changed(tokens)], minlength=n)
    net = np.bincount(words[state == FIXED], minlength=n) - np.bincount(words[state == BROKEN], minlength=n)
    order = np.lexsort((-sizes, -changed, -np.abs(net)))[:limit]
    chosen = order[sizes[order] > 0]
    table = np.full(n, -1, dtype=np.int32)
    table[chosen] = np.arange(len(chosen))
    names = [compared.forms[word] for word in chosen]
    return _frame(tokens, Groups(table[words], names, names))


def where_of(part: str, key: str | int, before: int = 0, after: int = 1) -> Where:
    """What a row of these tables is about. `part` is labels, lengths, confidence or words."""
    if part == "lengths":
        return Where(before, after, length=int(key))
    if part == "confidence":
        return Where(before, after, bin=int(key))
    return Where(before, after, form=str(key)) if part == "words" else Where(before, after, right=str(key))


FIXED, BROKEN, RIGHT = 1, 2, 3


def _tokens(compared: Comparison, before: int, after: int) -> Tokens:
    known = judged(compared)
    if known is not None:
        given = known.given(compared, before), known.given(compared, after)
        return Tokens(known.tokens, known.owners, known.n, *given, known.right)
    sides = compared.given[before], compared.given[after]
    if compared.reference is None:
        return Tokens(slice(None), compared.owners, compared.n_sentences, *sides, None)
    none = slice(0, 0)
    return Tokens(none, compared.owners[none], 0, sides[0][none], sides[1][none], compared.reference[none])


def _changed(tokens: Tokens) -> npt.NDArray[np.bool_]:
    return np.asarray(tokens.before != tokens.after)


def _state(tokens: Tokens) -> npt.NDArray[np.int8]:
    """Per token whether it was FIXED, BROKEN, RIGHT on both sides, or (0) wrong on both."""
    if tokens.right is None:
        return np.zeros(len(tokens.owners), dtype=np.int8)
    was, now = tokens.before == tokens.right, tokens.after == tokens.right
    return np.asarray(was * np.int8(BROKEN) + now * np.int8(FIXED), dtype=np.int8)


def _frame(tokens: Tokens, groups: Groups) -> pd.DataFrame:
    """A row per group that some token is in."""
    import pandas as pd

    width = len(groups.names)
    inside = groups.codes >= 0
    state = _state(tokens)
    mixed = groups.codes * 8 + state + 4 * _changed(tokens)
    table = np.bincount(mixed if inside.all() else mixed[inside], minlength=8 * width).reshape(width, 8)
    n = table.sum(axis=1)
    known = tokens.right is not None
    fixed, broken, right = (table[:, kind] + table[:, kind + 4] for kind in (FIXED, BROKEN, RIGHT))
    low, high = _intervals(tokens, groups, state) if known else (np.full(width, np.nan),) * 2
    share = np.divide(1.0, n, out=np.full(width, np.nan), where=(n > 0) & known)
    columns = {
        "group": list(groups.names),
        "key": list(groups.keys),
        "n": n,
        "changed": table[:, 4:].sum(axis=1),
        "before": (right + broken) * share,
        "after": (right + fixed) * share,
        "gain": (fixed - broken) * share,
        "low": low,
        "high": high,
    }
    counts = {"fixed": fixed, "broken": broken}
    frame = pd.DataFrame(columns | counts)
    for name in counts:
        frame[name] = whole(frame[name].to_numpy(), known=known)
    held: pd.DataFrame = frame.loc[n > 0].reset_index(drop=True)
    return held


def _f1(compared: Comparison, known: Judged, side: int) -> dict[str, float]:
    if compared.dataset.task == "ner":
        hits = span_hits(*coded_of(compared, known, side).lenient()[:2])
    else:
        hits = label_hits(compared, known, side)
    return dict(zip(hits.names, hits.f1().tolist(), strict=True))


def _type(name: str) -> str:
    return name[2:] if name[:2] in {"B-", "I-"} else name


def _intervals(
    tokens: Tokens, groups: Groups, state: npt.NDArray[np.int8]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The bounds of each group's gain (G,)."""
    group, size, net, count = _sentences(tokens, groups, state)
    bounds = np.full((2, len(groups.names)), np.nan)
    dice = np.random.default_rng(SEED)
    for place in np.flatnonzero(np.bincount(group, count) >= FEW):
        mine = group == place
        bounds[:, place] = _interval(size[mine], net[mine], count[mine], tokens.n, dice)
    return bounds[0], bounds[1]


def _sentences(
    tokens: Tokens, groups: Groups, state: npt.NDArray[np.int8]
) -> tuple[Places, Places, Places, Places]:
    """Kinds of sentences: group, tokens of it, how many more of them are right, and how many sentences."""
    inside = np.flatnonzero(groups.codes >= 0)
    codes = groups.codes[inside]
    # a stable sort of small numbers is a radix sort: tokens of a sentence stay together in their group
    kind: Any = np.uint8 if len(groups.names) < 256 else np.uint16 if len(groups.names) < 65_536 else np.int32
    order = inside[np.argsort(codes.astype(kind), kind="stable")]
    codes, owners = groups.codes[order], tokens.owners[order]
    first = np.flatnonzero((np.diff(codes, prepend=-1) != 0) | (np.diff(owners, prepend=-1) != 0))
    if not len(first):
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing, nothing
    step = np.array([0, 1, -1, 0], dtype=np.int8)[state[order]]
    net = np.add.reduceat(step, first, dtype=np.int64)
    size = np.diff(first, append=len(order))
    most = int(size.max())
    widths = (len(groups.names), most + 1, 2 * most + 1)
    (group, n, more), count = counted([codes[first], size, net + most], widths)
    return group, n, more - most, count


def _interval(
    size: Places, net: Places, count: Places, n: int, dice: np.random.Generator
) -> npt.NDArray[np.float64]:
    """(2,) bounds; a draw without any token of the group says nothing and is left out."""
    share = count / n
    drawn = dice.multinomial(n, [*share, max(0.0, 1.0 - share.sum())], size=DRAWS)[:, :-1]
    tokens = drawn @ size
    gains = (drawn @ net)[tokens > 0] / tokens[tokens > 0]
    return np.quantile(gains, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(gains) else np.full(2, np.nan)
