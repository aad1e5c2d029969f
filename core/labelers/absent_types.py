"""Entity types a source was never annotated for: its O tokens say nothing about them.

A tagger trained on such a source beside others learns that its dates are no dates. Tokens in doubt are
therefore settled by a tagger trained on the sources that have the type: labelled where it finds
one, and whole sentences left out where it is not sure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from core.labelers.crf_tagger import Part, Sentence, Tagger
from core.labelers.posteriors import is_bio
from core.types import Labels

OUTSIDE = "O"
EXPECTED = 5.0
"""A type is absent from a source, not rare in it, if the other sources' rate lets expect so many."""
SURE, POSSIBLE = 0.5, 0.2

Teach = Callable[[Sequence[Part]], Tagger]


def completed(parts: Sequence[Part], label_set: Labels, teach: Teach) -> list[Part]:
    """The parts with what they lack filled in, as far as other parts have it.

    Only BIO labels have a class of their own for "none of these"; other label sets come back as they are.
    """
    lacking = absent(parts, label_set)
    found = []
    for part, types in zip(parts, lacking, strict=True):
        donors = [other for other, lacks in zip(parts, lacking, strict=True) if not lacks & types]
        found.append(_completed(part, types, teach(donors), label_set) if types and donors else part)
    return found


def absent(parts: Sequence[Part], label_set: Labels) -> list[frozenset[str]]:
    """Per part, the entity types of the label set that it lacks while the others have them."""
    if not is_bio(label_set):
        return [frozenset() for _ in parts]
    types = {label[2:] for label in label_set if label != OUTSIDE}
    begun = [Counter(kind for _, labels in part.sentences for kind in _begun(labels)) for part in parts]
    sizes = [sum(len(tokens) for tokens, _ in part.sentences) for part in parts]
    lacking = []
    for counts, size in zip(begun, sizes, strict=True):
        having = {kind: [at for at in range(len(parts)) if begun[at][kind]] for kind in types}
        lacking.append(
            frozenset(
                kind
                for kind, places in having.items()
                if not counts[kind] and size * _rate(kind, places, begun, sizes) >= EXPECTED
            )
        )
    return lacking


def _rate(kind: str, places: Sequence[int], begun: Sequence[Counter[str]], sizes: Sequence[int]) -> float:
    """Entities of a type per token, in the parts that have it."""
    return sum(begun[at][kind] for at in places) / max(sum(sizes[at] for at in places), 1)


def _begun(labels: Labels) -> list[str]:
    return [
        label[2:]
        for before, label in zip((OUTSIDE, *labels), labels, strict=False)
        if label[:2] == "B-" or (label[:2] == "I-" and before[2:] != label[2:])
    ]


def _completed(part: Part, types: frozenset[str], tagger: Tagger, label_set: Labels) -> Part:
    settled = (_settled(sentence, part, types, tagger, label_set) for sentence in part.sentences)
    return replace(part, sentences=tuple(sentence for sentence in settled if sentence is not None))


def _settled(
    sentence: Sentence, part: Part, types: frozenset[str], tagger: Tagger, label_set: Labels
) -> Sentence | None:
    """The sentence with entities of these types, or None where it is unclear whether it has one."""
    tokens, labels = sentence
    _, posterior = tagger.labelled(tokens, part.usage)
    columns = [at for at, label in enumerate(label_set) if label[2:] in types]
    mass = posterior[:, columns].sum(axis=1)
    settled = list(labels)
    for at, label in enumerate(labels):
        if label != OUTSIDE or mass[at] <= POSSIBLE:
            continue
        if mass[at] <= SURE:
            return None
        settled[at] = label_set[columns[int(posterior[at, columns].argmax())]]
    return tokens, _well_formed(settled)


def _well_formed(labels: Sequence[str]) -> Labels:
    """Labels in which an I- that continues nothing is a B-."""
    found: list[str] = []
    for label in labels:
        goes_on = bool(found) and found[-1][:1] in ("B", "I") and found[-1][2:] == label[2:]
        found.append(f"B-{label[2:]}" if label.startswith("I-") and not goes_on else label)
    return tuple(found)
