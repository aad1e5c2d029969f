"""Word alignment and translate-test on public parallel text, where something can be checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core import pipeline
from core.formats import formats
from core.formats.words import words
from core.parallel_texts import known
from core.pipeline import strip_gold
from core.recipes import Context, resolve
from core.run_input import RunInput, Source
from core.tasks.pos import UPOS
from core.translation.codes import among
from core.types import Dataset, Labels, Prediction, ReadOptions, Record
from core.word_alignment import learn, links
from core.word_alignment.likeness import plain
from tests.unit.test_pipeline import Facts, silent

pytestmark = pytest.mark.slow

YORUBA = "UniversalDependencies/UD_Yoruba-YTB/yo_ytb-ud-test.conllu"
ENGLISH = "UniversalDependencies/UD_English-EWT/en_ewt-ud-train.conllu"
LUGANDA = "masakhane-io/lafand-mt/data/tsv_files/en-lug/test.tsv"


def treebank(path: Path, split: str = "test") -> list[Record]:
    return list(formats["conllu"].read(path, task="pos", split=split))


@pytest.fixture
def yoruba(mirror: Path) -> list[Record]:
    """The 224 verses of the treebank that come with an English translation."""
    return [record for record in treebank(mirror / YORUBA) if known(record.instance)]


def glossed(record: Record) -> Iterator[tuple[int, int]]:
    """(English word, Yoruba word) where the treebank's gloss occurs exactly once in the translation."""
    english = [plain(word) for word in words(among(known(record.instance), "eng"), "unicode")]
    glosses = record.instance.meta.get("glosses")
    for place, gloss in enumerate(glosses if isinstance(glosses, list | tuple) else ()):
        if english.count(plain(gloss)) == 1 and gloss.isalpha():
            yield english.index(plain(gloss)), place


def test_words_are_linked_to_their_glosses(yoruba: list[Record]) -> None:
    pairs = [(words(among(known(r.instance), "eng"), "unicode"), r.instance.tokens) for r in yoruba]
    model = learn(pairs)
    hits = found = wanted = 0
    for (source, target), record in zip(pairs, yoruba, strict=True):
        gold = dict(glossed(record))
        sure = {other: one for one, other in links(model, source, target, "intersection").found}
        for one, other in glossed(record):
            wanted += 1
            found += other in sure
            hits += sure.get(other) == one
        assert len(gold) <= len(source)
    assert wanted > 1_500
    assert hits / found > 0.85
    assert hits / wanted > 0.5


def test_numbers_and_names_that_stand_on_both_sides_are_linked(mirror: Path) -> None:
    options = ReadOptions(language="lug", tokenization="unicode")
    rows = list(formats["mafand"].read(mirror / LUGANDA, task="pos", split="test", options=options))
    pairs = [(words(among(known(r.instance), "eng"), "unicode"), r.instance.tokens) for r in rows]
    model = learn(pairs)
    hits = wanted = 0
    for source, target in pairs:
        once = [w for w in source if source.count(w) == target.count(w) == 1]
        linked = set(links(model, source, target, "intersection").found)
        for word in once:
            if word.isdigit() or (word[0].isupper() and len(word) > 3):
                wanted += 1
                hits += (source.index(word), target.index(word)) in linked
    assert wanted > 2_000
    assert hits / wanted > 0.95


def accuracy(found: Sequence[Prediction], gold: Sequence[Labels]) -> float:
    pairs = [p for row, labels in zip(found, gold, strict=True) for p in zip(row.labels, labels, strict=True)]
    return sum(one == other for one, other in pairs) / len(pairs)


def test_labels_by_way_of_english_beat_those_of_an_english_tagger(mirror: Path, yoruba: list[Record]) -> None:
    dataset = Dataset("yor", "Yoruba", "yor", "pos", UPOS)
    english = treebank(mirror / ENGLISH, "train")[:300]
    quick = {"stage1.iterations": "20", "stage1.calibrate": "false", "stage2": "none"}
    gold = [record.labels or () for record in yoruba]
    scores = {}
    for recipe in ("ssp", "translate_test"):
        resolved = resolve(recipe, quick, Context(dataset))
        job = RunInput("r", dataset, resolved, 0, strip_gold(yoruba), sources=[Source("en", "eng", english)])
        facts = Facts()
        pipeline.run(replace(job), facts, silent)
        scores[recipe] = accuracy(facts.stages["stage1"], gold)
    assert scores["translate_test"] > scores["ssp"] + 0.25
