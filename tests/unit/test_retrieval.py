"""What decides a retriever, how its pairs are judged and divided, and what a vote of the nearest says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.catalog import recipes
from core.embedders import build as build_embedder
from core.errors import RecipeError
from core.kept import Kept
from core.labelers import Beside, build
from core.retrieval import asks, learns, named, ready
from core.retrieval.judging import Pair, alike, judge_of, nearest, right
from core.retrieval.learning import average_precision, lessons
from core.retrieval.naming import identity, settings_of
from core.run_input import RunInput, Source
from core.source_exemplars import Nearest, source_pool, with_sources
from core.source_exemplars import nearest as nearest_of
from core.types import Dataset, Exemplar, Instance, Record

LABELS = ("sport", "health")
TOPICS = Dataset("t", "T", "fao", "topic", LABELS)
TEXTS = ("ball goal", "ball team", "pill nurse", "pill doctor", "goal team", "nurse doctor")


def silent(_stage: str, _done: int, _total: int) -> None:
    return None


def records(texts: tuple[str, ...] = TEXTS) -> list[Record]:
    named_by = {"ball": "sport", "goal": "sport", "team": "sport"}
    return [
        Record(Instance(at, "train", (), text), (named_by.get(text.split()[0], "health"),))
        for at, text in enumerate(texts)
    ]


def job(**embedder: object) -> RunInput:
    recipe = {
        "stage1": {"labeler": "vote", "k": 2},
        "selector": {"name": "none"},
        "embedder": {"name": "xampler", "base": "", **embedder},
        "stage2": {"labeler": "none", "llm": "none", "from_sources": 0},
        "llm": {},
    }
    rows = records()
    sources = [Source("e", "eng", rows[:3]), Source("d", "deu", rows[3:])]
    items = [Instance(0, "test", (), "ball game"), Instance(1, "test", (), "nurse pill ward")]
    return RunInput("r", TOPICS, recipe, 0, items, sources)


def of(one: RunInput, seed: int = 0) -> str:
    return identity(one.recipe, one.sources, seed, one.dataset.labels, one.template)


def test_the_name_follows_from_what_is_learned_and_from_nothing_else(tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    (base / "config.json").write_text("{}")
    (base / "model.safetensors").write_bytes(b"")
    plain = job(base=str(base))
    other_target = replace(plain, dataset=replace(TOPICS, id="u", language="isl"), instances=[], run_id="s")
    assert of(plain) == of(other_target) == of(job(base=str(base), margin=0.5, trained="whatever"))
    changed = records()
    changed[0] = replace(changed[0], labels=("health",))
    relabelled = replace(plain, sources=[Source("e", "eng", changed[:3]), plain.sources[1]])
    others = [
        of(plain, seed=1),
        of(relabelled),
        of(job(base=str(base), margin=0.4)),
        of(job(base=str(base), source="eng")),
        of(replace(plain, sources=plain.sources[:1])),
    ]
    (base / "config.json").write_text('{"layers": 2}')
    others.append(of(plain))
    assert len({of(plain), *others}) == len(others)
    (base / "config.json").write_text("{}")
    assert of(plain) not in others


def test_a_run_gets_the_name_only_where_there_is_something_to_learn_from(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    one = job(base=str(tmp_path))
    found = named(one.recipe, one.sources, 0, LABELS, "")
    assert found["embedder"]["trained"] == of(one)
    assert "trained" not in one.recipe["embedder"]
    assert named(found, [], 7, LABELS, "") == found
    for sources, labels in (([], LABELS), (one.sources, ("politics",))):
        with pytest.raises(RecipeError, match="learns from labelled sources"):
            named(one.recipe, sources, 0, labels, "")
    only = job(base=str(tmp_path), source="fra").recipe
    with pytest.raises(RecipeError, match="language fra"):
        named(only, one.sources, 0, LABELS, "")


def test_a_random_similarity_is_drawn_by_the_seed_of_the_run() -> None:
    plain = {**job().recipe, "embedder": {"name": "random"}}
    assert named(plain, [], 5, (), "")["embedder"] == {"name": "random", "seed": 5}
    own = {**plain, "embedder": {"name": "random", "seed": 2}}
    assert named(own, [], 5, (), "")["embedder"]["seed"] == 2


def test_a_language_model_is_asked_only_where_pairs_are_mined_with_one() -> None:
    recipe = job().recipe
    live = {**recipe, "stage2": {**recipe["stage2"], "llm": "transformers"}}
    gold = {**live, "embedder": {**live["embedder"], "positives": "gold"}}
    other = {**live, "embedder": {"name": "ngrams"}}
    assert [asks(one) for one in (recipe, live, gold, other)] == [False, True, False, False]
    assert [learns(one) for one in (recipe, other)] == [True, False]


def test_a_retriever_that_is_named_and_gone_is_an_error_and_no_training(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    one = job(base=str(tmp_path), trained="0123456789abcdef")
    with pytest.raises(RecipeError, match="0123456789abcdef is not in"):
        ready(one, None, silent, Kept())  # type: ignore[arg-type]
    with pytest.raises(RecipeError, match="0123456789abcdef is not in"):
        build_embedder("xampler", {"base": "x", "trained": "0123456789abcdef"}).similarity(
            ["a new text"], ["b"]
        )
    other = replace(one, recipe={**one.recipe, "embedder": {"name": "ngrams"}})
    assert ready(other, None, silent, Kept()) is None  # type: ignore[arg-type, func-returns-value]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"positives": "some"}, "mined or gold"),
        ({"candidates": 0}, "a whole number"),
        ({"layer": 0}, "a number from 1, or -1"),
        ({"learning_rate": 0.0}, "a number from 0 to 1"),
        ({"dev_share": 0.9}, "a number from 0 to 0.5"),
        ({"margin": True}, "a number from 0 to 2"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        build_embedder("xampler", {"base": "x", **wrong})


def test_an_encoder_to_start_from_is_needed() -> None:
    with pytest.raises(RecipeError, match="needs a base"):
        build_embedder("xampler", {})
    assert settings_of(recipes()["xampler"])["learning_rate"] == 2e-5


def test_candidates_are_the_nearest_and_never_the_query_itself() -> None:
    angles = np.array([0.0, 0.1, 0.3, 0.35, 3.0])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    texts = ["a", "b", "c", "a", "e"]
    found = list(nearest(rows, [0, 2], 2, texts))
    assert [(query, other) for query, other, _ in found] == [(0, 1), (0, 2), (2, 3), (2, 1)]
    assert found[0][2] == pytest.approx(np.cos(0.1))
    assert len(list(nearest(rows, [0], 10, texts))) == 3


def test_what_counts_as_right() -> None:
    assert right("topic", ("sport",), ("sport",), 0.5)
    assert not right("topic", ("sport",), ("health",), 0.0)
    assert right("pos", ("N", "V"), ("N", "X"), 0.5)
    assert not right("pos", ("N", "V"), ("N", "X"), 0.6)
    assert right("ner", ("O", "O"), ("O", "O"), 1.0)
    assert not right("ner", ("O", "O"), ("B-PER", "O"), 0.1)
    assert not right("pos", ("N", "V"), ("N",), 0.0)
    assert alike("pos", ("N", "V"), ("V", "V")) == 0.5
    assert alike("nli", ("neutral",), ("neutral",)) == 1.0


@pytest.mark.parametrize("positives", ["gold", "mined"])
def test_without_a_language_model_the_label_of_the_exemplar_is_taken_over(positives: str) -> None:
    one = job(positives=positives)
    pool = source_pool(one)
    judge = judge_of(one, pool, settings_of(one.recipe), asked=False)
    assert judge.by == {"gold": "gold", "mined": "vote"}[positives]
    found = judge.pairs([(0, 1, 0.9), (0, 2, 0.8)], silent)
    assert found == [Pair(0, 1, 0.9, right=True), Pair(0, 2, 0.8, right=False)]
    assert judge.calls() == {"asked": 0, "cached": 0}


def test_words_are_judged_by_the_offline_tagger_with_one_exemplar() -> None:
    tags = ("NOUN", "VERB")

    def exemplar(text: str, *labels: str) -> Exemplar:
        return Exemplar("e", Instance(0, "train", tuple(text.split()), text), labels, (1.0, 1.0), "source")

    pool = [
        exemplar("hestur rennur", "NOUN", "VERB"),
        exemplar("hestar renna", "NOUN", "VERB"),
        exemplar("hestar renna", "VERB", "NOUN"),
    ]
    one = replace(job(), dataset=Dataset("t", "T", "fao", "pos", tags))
    judge = judge_of(one, pool, settings_of(one.recipe) | {"threshold": 1.0}, asked=False)
    assert judge.by == "tagger"
    assert [pair.right for pair in judge.pairs([(0, 1, 0.9), (0, 2, 0.9)], silent)] == [True, False]


def pairs(right_of: list[list[bool]]) -> list[Pair]:
    return [Pair(query, at, 0.5, good) for query, row in enumerate(right_of) for at, good in enumerate(row)]


def test_held_out_pairs_share_no_query_with_those_learned_from() -> None:
    given = lessons(pairs([[True, False]] * 40), 0.1, 3)
    assert {pair.query for pair in given.learned}.isdisjoint({pair.query for pair in given.held_out})
    assert (len(given.learned), len(given.held_out)) == (72, 8)
    assert given == lessons(pairs([[True, False]] * 40), 0.1, 3)
    assert given != lessons(pairs([[True, False]] * 40), 0.1, 4)


def test_too_few_held_out_pairs_tell_nothing_and_equal_pairs_teach_nothing() -> None:
    assert lessons(pairs([[True, False]] * 10), 0.1, 0).held_out == []
    for every in (True, False):
        with pytest.raises(RecipeError, match="right" if every else "wrong"):
            lessons(pairs([[every] * 3] * 10), 0.1, 0)


def test_average_precision() -> None:
    assert average_precision([0.9, 0.8, 0.1], [True, True, False]) == 1.0
    assert average_precision([0.9, 0.8, 0.1], [False, True, True]) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert average_precision([0.5, 0.5], [True, False]) == 0.5
    assert average_precision([], []) == 0.0


def vote(k: int = 2, **settings: float) -> tuple[RunInput, object]:
    one = job()
    one = replace(
        one, recipe={**one.recipe, "embedder": {"name": "ngrams"}, "stage1": {"labeler": "vote", "k": k}}
    )
    labeler = build("vote", settings)
    beside = Beside("fao", (), Path(), lambda *_: None, Nearest(one, silent))
    sources = [(source.language, source.records) for source in one.sources]
    labeler.fit(sources, one.instances, LABELS, seed=0, report=silent, beside=beside)
    return one, labeler


def test_the_nearest_source_items_vote_each_by_its_similarity() -> None:
    one, labeler = vote()
    found = labeler.label(one.instances, silent)  # type: ignore[attr-defined]
    assert [row.labels for row in found] == [("sport",), ("health",)]
    for row in found:
        assert sum(row.posterior[0]) == pytest.approx(1.0)
        assert 0.5 < row.confidences[0] < 1.0
    shown = [Exemplar("e", record.instance, record.labels or (), (1.0,), "source") for record in records()]
    even = labeler.votes([shown[0], shown[2]], [0.4, 0.4])  # type: ignore[attr-defined]
    assert even.tolist() == [[0.5, 0.5]]
    nearer = labeler.votes([shown[0], shown[2]], [0.45, 0.4])  # type: ignore[attr-defined]
    assert nearer[0, 0] == pytest.approx((1 + 0.15) / (1 + np.exp(-1) + 0.3))
    assert labeler.votes([], []).tolist() == [[0.5, 0.5]]  # type: ignore[attr-defined]


def test_a_vote_says_what_it_lacks() -> None:
    one, _ = vote()
    with pytest.raises(RecipeError, match="not been fitted"):
        build("vote", {}).label(one.instances, silent)
    beside = Beside("fao", (), Path(), lambda *_: None, Nearest(one, silent))
    sources = [("eng", records())]
    with pytest.raises(RecipeError, match="no items in the sources"):
        build("vote", {}).fit(sources, [], ("x",), seed=0, report=silent, beside=beside)
    with pytest.raises(RecipeError, match="not told what is near"):
        build("vote", {}).fit(sources, [], LABELS, seed=0, report=silent)
    for wrong in ({"temperature": 0.0}, {"doubt": -1.0}):
        with pytest.raises(RecipeError, match="more"):
            build("vote", wrong)


def test_a_run_that_ends_with_stage_one_keeps_what_was_shown() -> None:
    one, _ = vote(k=3)
    chosen, pool = with_sources(one, [], [], silent)
    assert [row.query for row in chosen] == [0, 1]
    assert pool[chosen[0].chosen[0]].instance.text in ("ball goal", "ball team")
    assert all(len(row.chosen) == len(row.similarity) == len(row.covers) == 3 for row in chosen)
    assert chosen[1].covers[0] == ("health",)
    gold = source_pool(one)
    direct = [[float(value) for value in near] for _, (_, near) in nearest_of(one, gold, [0, 1], 3, silent)]
    assert [list(row.similarity) for row in chosen] == direct
    assert [list(near) for _, near in Nearest(one, silent)(one.instances)] == direct
    more = {**one.recipe, "stage2": {**one.recipe["stage2"], "labeler": "icl_tagger"}}
    assert with_sources(replace(one, recipe=more), [], [], silent) == ([], [])


def test_random_similarity_knows_nothing_and_is_repeatable() -> None:
    made = build_embedder("random", {"seed": 3})
    texts = [f"text {at}" for at in range(300)]
    table = made.similarity(texts, texts)
    assert np.allclose(np.diag(table), 1.0)
    assert np.array_equal(table, build_embedder("random", {"seed": 3}).similarity(texts, texts))
    assert not np.array_equal(table, build_embedder("random", {"seed": 4}).similarity(texts, texts))
    top = np.argsort(-(table - 2 * np.eye(300)), axis=1)[:, 0]
    assert len(set(top.tolist())) > 120  # a draw of 300 out of 300 hits 190; a hub would be hit by many
    assert abs(float(table[np.triu_indices(300, 1)].mean())) < 0.01
