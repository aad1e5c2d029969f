"""The study of what exemplars are worth, on sentences of the embedded sample."""

from __future__ import annotations

import json

import pytest

from core import catalog, corpora
from core.cli.study import _rows
from core.run_input import Source
from core.study.exemplars import CORRECTED, VARIANTS, trial
from core.study.worth import Figures, figures
from tests.sample_sentences import sample_sentences, silent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found() -> Figures:
    target = sample_sentences("sample-pos-fao", 24)
    source = Source("sample-pos-isl", "isl", sample_sentences("sample-pos-isl", 40))
    corpus = corpora.Corpus("sample-pos-fao", ("test",))
    return figures("pos", (corpora.dataset(corpus, target), target, [source]), (0, 1), silent, left_out=False)


def test_every_step_has_a_score_and_every_variant_a_gain(found: Figures) -> None:
    assert set(found.score) == {"Stage I", "consensus", *VARIANTS}
    assert all(row.low <= row.value <= row.high for row in found.score.values())
    assert found.gain["all"].value == pytest.approx(
        found.gain["consensus"].value + found.gain["exemplars"].value
    )
    assert found.score["no exemplars"] == found.score["consensus"]
    assert (found.n_sentences, found.seeds, found.n_corrected) == (24, (0, 1), 12)
    assert {"corrections", "random over no exemplars", "ILP without coverage over no exemplars"} <= set(
        found.gain
    )


def test_the_figures_are_plain_json_and_rows_of_a_table(found: Figures) -> None:
    assert json.loads(json.dumps(found.as_document()))["task"] == "pos"
    rows = _rows(found)
    assert len(rows) == len(found.score) + 1
    assert rows[-1][1] == "12 corrected, the others"


def test_the_corrected_sentences_are_those_least_sure() -> None:
    target = sample_sentences("sample-pos-fao", 6)
    source = Source("sample-pos-isl", "isl", sample_sentences("sample-pos-isl", 20))
    corpus = corpora.Corpus("sample-pos-fao", ("test",))
    done = trial(corpora.dataset(corpus, target), target, [source], 0, silent)
    assert len(done.corrected) == min(CORRECTED, 3)
    gold = {record.instance.position: record.labels for record in target}
    assert done.corrected <= set(gold)
    assert set(done.variants) == set(VARIANTS)
    assert all(set(answers) == set(gold) for answers in done.variants.values())


def test_the_benches_name_what_the_catalog_has() -> None:
    for bench in (corpora.POS, corpora.NER):
        for corpus in (*bench.sources, *bench.targets):
            entry = catalog.entry(corpus.entry)
            assert entry.task == bench.task
            assert set(corpus.splits) <= {file.split for file in entry.files}
