"""Acceptance: words of real Breton and Swiss German split, merged, re-spelled, taken back; and exported."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from core.formats import formats
from core.formats.conllu_rows import MISC, attribute, parsed
from core.store import Store, facts, views
from core.types import Dataset, Instance, Record

pytest.importorskip("udtools", reason="the official validator is not installed")
from tests.conllu_levels import Finding, findings

pytestmark = [pytest.mark.real, pytest.mark.slow]

FILES = {"br": "UD_Breton-KEB/br_keb-ud-test.conllu", "gsw": "UD_Swiss_German-UZH/gsw_uzh-ud-test.conllu"}
N = 80
"""Sentences of each language."""
SPACE = "invalid-word-with-space"
"""Level 4: whether a language has words with spaces is for its guidelines to say."""
Edit = Callable[[Instance, random.Random], tuple[int, int, list[str]] | None]


def split(item: Instance, dice: random.Random) -> tuple[int, int, list[str]] | None:
    """A word of letters alone in two, wherever."""
    places = [n for n, form in enumerate(item.tokens) if len(form) > 1 and form.isalpha()]
    if not places:
        return None
    place = dice.choice(places)
    form = item.tokens[place]
    cut = dice.randrange(1, len(form))
    return place, place, [form[:cut], form[cut:]]


def _pair(item: Instance, dice: random.Random, *, spaced: bool) -> int | None:
    block = parsed(item.raw or "")
    assert block is not None
    inside = {place for first, (_, stop) in block.ranges.items() for place in range(first, stop)}
    words = [attribute(row.columns[MISC], "SpaceAfter") != "No" for row in block.words[:-1]]
    places = [
        place
        for place, space in enumerate(words)
        if space == spaced
        and not {place, place + 1} & inside
        and any(letter.isalpha() for letter in item.tokens[place])
        and (spaced or " " not in item.tokens[place] + item.tokens[place + 1])
    ]
    return dice.choice(places) if places else None


def merge(item: Instance, dice: random.Random) -> tuple[int, int, list[str]] | None:
    """Two words with no space between them."""
    place = _pair(item, dice, spaced=False)
    return None if place is None else (place, place + 1, ["".join(item.tokens[place : place + 2])])


def merge_over_space(item: Instance, dice: random.Random) -> tuple[int, int, list[str]] | None:
    place = _pair(item, dice, spaced=True)
    return None if place is None else (place, place + 1, ["".join(item.tokens[place : place + 2])])


def respell(item: Instance, dice: random.Random) -> tuple[int, int, list[str]] | None:
    place = dice.randrange(len(item.tokens))
    return place, place, [item.tokens[place] + "x"]


@pytest.fixture(params=sorted(FILES))
def treebank(
    request: pytest.FixtureRequest, mirror: Path, tmp_path: Path
) -> Iterator[tuple[str, Store, bytes]]:
    """Language, a workspace with the first sentences (all of them corrected by hand), and their bytes."""
    path = mirror / "UniversalDependencies" / FILES[request.param]
    rows = list(islice(formats["conllu"].read(path, task="pos", split="test"), N))
    with Store.open(tmp_path / "workspace") as store:
        labels = tuple(sorted({label for row in rows for label in row.labels or ()}))
        facts.add_dataset(store, Dataset("d", "D", request.param, "pos", labels), rows)
        with store.write():
            for row in rows:
                facts.annotate(store, "d", row.instance.position, row.labels, author="Anna")
        yield request.param, store, written(rows)


def written(rows: list[Record]) -> bytes:
    out = io.BytesIO()
    formats["conllu"].write(rows, out, task="pos")
    return out.getvalue()


def export(store: Store) -> bytes:
    """The sentences of now with what humans say."""
    said = views.annotations(store, "d")
    rows = views.records(store, "d")
    return written([Record(row.instance, said[row.instance.position]) for row in rows])


def checked(text: bytes, language: str, path: Path) -> Counter[Finding]:
    path.write_bytes(text)
    return findings(path, language)


@pytest.mark.parametrize("kind", [split, merge, merge_over_space, respell])
def test_changed_words_are_valid_and_come_back(
    treebank: tuple[str, Store, bytes], kind: Edit, tmp_path: Path
) -> None:
    language, store, before = treebank
    dice = random.Random(8)
    changed = 0
    for position, item in views.instances(store, "d", range(N)).items():
        if (one := kind(item, dice)) is not None:
            facts.retokenize(store, "d", position, *one, author="Anna", expected_version=0)
            changed += 1
    exported = export(store)
    path = tmp_path / "now.conllu"
    new = checked(exported, language, path) - checked(before, language, tmp_path / "before.conllu")
    told = Counter((level, test) for level, test, _ in new.elements())
    print(f"{language} {kind.__name__}: {changed} of {N} changed, new findings {dict(told)}")
    assert changed > (2 if kind is merge else N / 2)
    if kind is merge_over_space:
        assert min((level for level, _ in told), default=5) > 2, "any two words: their tree may be odd"
        assert sum(told.values()) - told[4, SPACE] < changed / 10
    else:
        assert not told
    back = list(formats["conllu"].read(path, task="pos", split="test"))
    assert written(back) == exported
    if kind is not respell:
        spaced = kind is merge_over_space
        for row, now in zip(back, views.records(store, "d"), strict=True):
            mine = [form.replace(" ", "") if spaced else form for form in row.instance.tokens]
            theirs = [form.replace(" ", "") if spaced else form for form in now.instance.tokens]
            assert mine == theirs
            assert row.labels == views.annotations(store, "d")[now.instance.position]
    for position in views.edited(store, "d"):
        facts.undo_tokenization(store, "d", position, author="Beat", expected_version=1)
    assert export(store) == before, "undo brings every byte and every label back"


def test_many_changes_of_one_sentence_are_valid(treebank: tuple[str, Store, bytes], tmp_path: Path) -> None:
    language, store, before = treebank
    dice = random.Random(9)
    done: Counter[str] = Counter()
    for position in range(N):
        for kind in dice.choices([split, respell, split], k=3):
            item = views.instances(store, "d", [position])[position]
            if (one := kind(item, dice)) is not None:
                facts.retokenize(store, "d", position, *one, author="Anna")
                done[kind.__name__] += 1
    exported = export(store)
    path = tmp_path / "now.conllu"
    new = checked(exported, language, path) - checked(before, language, tmp_path / "before.conllu")
    print(f"{language}: {dict(done)}, new findings {dict(new)}")
    assert not new
    assert written(list(formats["conllu"].read(path, task="pos", split="test"))) == exported
