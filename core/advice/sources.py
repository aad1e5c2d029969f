"""Which data sets to learn from: those at hand, ranked for a target by their text alone.

The cut-off was chosen on source languages, each taken for the target in turn with the others as
candidates. For parts of speech, distant languages beside a close one do harm; for entities every
language in the script helps. For inference and topics nothing was found, so all are taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import median

from core import languages
from core.advice.overlap import Profile, closeness, shared
from core.advice.scripts import overlap, scripts
from core.store import Store, views
from core.types import Dataset, Instance, Record, TaskName

SAMPLE = 400
"""Sentences of each data set that are looked at."""
AS_CLOSE: Mapping[TaskName, float] = {"pos": 0.5}
"""A candidate is taken if its score is at least this part of the best one's; tasks not listed take all."""
RELATED = 1.0
"""Where no candidate is closer to the target than to the other candidates, there is no relative: take all."""
AT_LEAST = 2
"""So many are taken where there are so many; one source alone was never better than all in the trials."""
SAME_SCRIPT = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A labelled data set that could be learned from: a sample of its items, its size and its labels."""

    dataset: str
    language: str
    family: str
    items: Sequence[Instance]
    size: int
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said of one candidate.

    `closeness` is the geometric mean of `words` and `pieces`, the overlap in frequent words and in word
    pieces; `script` is the share of the target's letters in a script of the candidate: all in [0, 1].
    `score` is how many times as close the candidate is to the target as it usually is to the other
    candidates. `reasons` are plain phrases, most important first.
    """

    dataset: str
    language: str
    score: float
    chosen: bool
    reasons: tuple[str, ...]
    closeness: float
    words: float
    pieces: float
    script: float
    family: str
    size: int
    missing: tuple[str, ...] = ()


def advise(store: Store, dataset: str, *, candidates: Sequence[str] | None = None) -> list[Advice]:
    """The labelled data sets of the same task in other languages, best first; empty where there are none.

    Args:
        dataset: the target; of its labels only the names are used.
        candidates: look at these data sets only.

    Raises:
        UnknownName: no such data set.
    """
    target = views.dataset(store, dataset)
    known = (
        views.datasets(store) if candidates is None else [views.dataset(store, name) for name in candidates]
    )
    others = [
        item
        for item in known
        if item.task == target.task and item.id != target.id and item.language != target.language
    ]
    found = [candidate for item in others if (candidate := _candidate(store, item)).items]
    seen = [record.instance for record in _sample(store, target, _asked(target), with_gold=False)]
    return ranked(target.task, seen, found, family=languages.of(target).family, labels=_kinds(target.labels))


def advised(store: Store, dataset: str) -> list[str]:
    """The ids of the data sets that `advise` chooses, best first."""
    return [advice.dataset for advice in advise(store, dataset) if advice.chosen]


def ranked(
    task: TaskName,
    target: Sequence[Instance],
    candidates: Sequence[Candidate],
    *,
    family: str = "",
    labels: frozenset[str] = frozenset(),
) -> list[Advice]:
    """Candidates for a target, best first: score, whether to take it, and why.

    Args:
        target: some items of the target.
        family: of its language, as the catalog spells it.
        labels: what is to be labelled (entity types, not BIO labels); empty = all that any candidate has.
    """
    mine, letters = Profile.of(_words(item) for item in target), scripts(target)
    shares = [overlap(letters, scripts(item.items)) for item in candidates]
    profiles = [Profile.of(_words(instance) for instance in item.items) for item in candidates]
    usual = _backgrounds(candidates, profiles, shares)
    wanted = _wanted(task, candidates, labels)
    found = [
        _rated(item, mine, theirs, usual[at], shares[at], family, wanted)
        for at, (item, theirs) in enumerate(zip(candidates, profiles, strict=True))
    ]
    found.sort(key=lambda item: (item.script < SAME_SCRIPT, -item.score, -item.size, item.dataset))
    return _cut(task, found)


def _wanted(task: TaskName, candidates: Sequence[Candidate], labels: frozenset[str]) -> frozenset[str]:
    """Labels a source should have: entity types only, as a rare part of speech may be missing by chance."""
    if task != "ner":
        return frozenset()
    return labels or frozenset().union(*(item.labels for item in candidates))


def _backgrounds(
    candidates: Sequence[Candidate], profiles: Sequence[Profile], shares: Sequence[float]
) -> list[float | None]:
    """How close each candidate is to the candidates of other languages (median); None without such."""
    usable = [at for at, share in enumerate(shares) if share >= SAME_SCRIPT]
    between = {(a, b): closeness(profiles[a], profiles[b]) for a, b in combinations(usable, 2)}
    found: list[float | None] = []
    for at, item in enumerate(candidates):
        others = [b for b in usable if b != at and candidates[b].language != item.language]
        values = [between.get((min(at, b), max(at, b)), 0.0) for b in others]
        found.append(median(values) if values else None)
    return found


def _rated(
    item: Candidate,
    mine: Profile,
    theirs: Profile,
    usual: float | None,
    script: float,
    family: str,
    wanted: frozenset[str],
) -> Advice:
    words, pieces = shared(mine.words, theirs.words), shared(mine.pieces, theirs.pieces)
    close = closeness(mine, theirs)
    missing = tuple(sorted(wanted - item.labels))
    reasons = (
        *((f"other script: shares {script:.0%} of the target's letters",) if script < SAME_SCRIPT else ()),
        *((f"lacks {', '.join(missing)}",) if missing else ()),
        f"shares {words:.0%} of running words and {pieces:.0%} of word pieces",
        *((f"usually {usual:.0%} with other sources, {close:.0%} here",) if usual else ()),
        *_kinship(family, item.family),
        f"{item.size:,} labelled",
    )
    return Advice(
        dataset=item.dataset,
        language=item.language,
        score=close / usual if usual else float(close > 0),
        chosen=False,
        reasons=reasons,
        closeness=close,
        words=words,
        pieces=pieces,
        script=script,
        family=item.family,
        size=item.size,
        missing=missing,
    )


def _cut(task: TaskName, found: Sequence[Advice]) -> list[Advice]:
    """Mark those to take, among those in the target's script."""
    usable = [item for item in found if item.script >= SAME_SCRIPT]
    best = max((item.score for item in usable), default=0.0)
    needed = AS_CLOSE.get(task, 0.0) * best if best >= RELATED else 0.0
    taken = {item.dataset for at, item in enumerate(usable) if at < AT_LEAST or item.score >= needed}
    return [replace(item, chosen=item.dataset in taken) for item in found]


def _kinship(family: str, other: str) -> tuple[str, ...]:
    """The narrowest group both languages belong to, as the catalog says it."""
    groups = [group for group in family.split(", ") if group and group in other.split(", ")]
    return (f"same family ({groups[-1]})",) if groups else ()


def _candidate(store: Store, item: Dataset) -> Candidate:
    splits = ["train"] if "train" in item.splits else None
    records = [record for record in _sample(store, item, splits, with_gold=True) if record.labels]
    size = sum(item.splits.get(name, 0) for name in splits) if splits else item.n_instances
    names = {label for record in records for label in record.labels or ()}
    return Candidate(
        item.id,
        item.language,
        languages.of(item).family,
        [record.instance for record in records],
        size,
        _kinds(names),
    )


def _sample(store: Store, item: Dataset, splits: list[str] | None, *, with_gold: bool) -> list[Record]:
    return list(views.records(store, item.id, splits=splits, limit=SAMPLE, with_gold=with_gold))


def _asked(target: Dataset) -> list[str] | None:
    return ["test"] if "test" in target.splits else None


def _kinds(labels: object) -> frozenset[str]:
    """Entity types of BIO labels; other labels are their own kind."""
    names = [str(name) for name in labels] if isinstance(labels, (tuple, set, frozenset, list)) else []
    return frozenset(name[2:] if name[:2] in ("B-", "I-") else name for name in names)


def _words(item: Instance) -> Sequence[str]:
    return item.tokens or f"{item.text} {item.text_b or ''}".split()
