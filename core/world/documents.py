"""The text the world's models are trained on: sentences, most of them with a cue and the name it asks for."""

from __future__ import annotations

import numpy as np

from core.world.concepts import MARKS, SPECIAL, Ids, concepts
from core.world.plan import World
from core.world.sentences import NONE, Sentences, draw, switched

PAD, CLS, SEP, MASK = (SPECIAL.index(name) for name in ("[PAD]", "[CLS]", "[SEP]", "[MASK]"))
STOP = len(SPECIAL) + MARKS.index(".")
NAMED_ABOVE = 2
"""The first of the cues that ask for the name used above."""


def plain(world: World, count: int, dice: np.random.Generator) -> tuple[Ids, Ids]:
    """(n, longest + 5) ids from [CLS] to [SEP], [PAD] behind, and (n,) the place of the name, 0 = none."""
    known = concepts(world)
    topics, tones = dice.integers(0, world.classes, (2, count))
    languages = dice.choice(len(known.ids), count, p=world.languages)
    of_tone = dice.integers(0, 2, count)
    named = np.where(of_tone == 1, tones, topics)
    asked = dice.random(count) < world.asked
    stop = asked & (dice.random(count) < world.stopped)
    ends = np.column_stack([known.cues[of_tone], known.names[named]])
    ends[~asked] = NONE
    text = switched(world, draw(world, topics, tones, dice), ends, languages, dice)
    rows = np.column_stack([np.full(count, CLS), text, np.where(stop, STOP, NONE), np.full(count, SEP)])
    packed = together(rows)
    lengths = (packed != PAD).sum(axis=1)
    return packed, np.where(asked, lengths - 2 - stop, 0)


def likewise(world: World, count: int, above: int, dice: np.random.Generator) -> tuple[Ids, Ids]:
    """Texts that show how they name classes, and ask in the end: (n, width) ids, and the places of the names.

    Each names topics - or tones - anew, so that nobody can know the last name but from the lines above. Its
    sentences are in languages of their own, cue and names in A; places: (n, above + 1).
    """
    known, rows = concepts(world), np.arange(count)
    of_tone = (dice.random(count) < world.toned).astype(np.int64)
    classes, others = dice.integers(0, world.classes, (2, count, above + 1))
    copied = classes[rows, dice.integers(0, above, count)]
    classes[:, -1] = np.where(dice.random(count) < world.shown, copied, classes[:, -1])
    called = dice.permuted(np.tile(known.ids[0, known.names], (count, 1)), axis=1)
    cue = known.ids[0, known.cues[NAMED_ABOVE + of_tone]]
    lines = [np.full((count, 1), CLS)]
    for place in range(above + 1):
        pair = classes[:, place], others[:, place]
        said = draw(world, np.choose(of_tone, pair), np.choose(of_tone, pair[::-1]), dice)
        name = called[rows, classes[:, place]]
        lines.append(np.column_stack([_said(world, said, dice), cue, name, np.full(count, _line(world))]))
    packed = together(np.concatenate(lines, axis=1))
    ends = np.nonzero(packed == _line(world))[1].reshape(count, above + 1)
    return packed, ends - 1


def _said(world: World, said: Sentences, dice: np.random.Generator) -> Ids:
    languages = dice.choice(len(world.languages), len(said.said), p=world.languages)
    return switched(world, said, np.zeros((len(said.said), 0), np.int64), languages, dice)


def _line(world: World) -> int:
    """The end of a line: the one piece more that the causal model knows."""
    return len(concepts(world).vocabulary)


def together(rows: Ids) -> Ids:
    """Rows with their gaps (-1) closed, [PAD] behind."""
    order = np.argsort(rows == NONE, axis=1, kind="stable")
    closed = np.take_along_axis(rows, order, axis=1)
    return np.where(closed == NONE, PAD, closed)
