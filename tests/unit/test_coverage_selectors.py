"""Set-BSR and vote-k by hand, and against their papers' rules written down plainly."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RecipeError
from core.selectors import SelectionProblem, build, vote_k
from core.selectors.set_bsr import greedy
from core.selectors.vote_k import elected, nearest
from core.selectors.words import LETTERS, WordRecall, Words
from core.types import Selection

FloatArray = np.ndarray


def silent(message: str, done: int, total: int) -> None:
    assert message
    assert 0 <= done <= total


def problem(similarity: FloatArray, **given: object) -> SelectionProblem:
    """Items that all carry one label; `similarity` (Q, N)."""
    items = similarity.shape[1]
    ones = np.ones((items, 1))
    plain = SelectionProblem(
        similarity, np.full(len(similarity), -1), ones.astype(int), ones, np.ones(items), ("A",)
    )
    return replace(plain, **given)  # type: ignore[arg-type]


def choose(asked: SelectionProblem, name: str, **settings: object) -> list[Selection]:
    return build(name, settings).select(asked, seed=0, report=silent)


class Table:
    """Matches and rarities of one query, as given."""

    def __init__(self, matches: list[list[float]], rarity: list[float]) -> None:
        self._matches, self._rarity = np.array(matches), np.array(rarity)

    def __call__(self, query: int, rows: FloatArray) -> FloatArray:
        return self._matches[:, rows]

    def rarity(self, query: int) -> FloatArray:
        return self._rarity


def test_set_bsr_takes_what_adds_most_to_what_is_met() -> None:
    matches = [[1.0, 1.0, 0.0], [0.9, 0.8, 0.0], [0.0, 0.0, 0.6]]
    asked = problem(np.array([[0.9, 0.8, 0.1]]), recall=Table(matches, [1.0, 1.0, 9.0]))
    assert choose(asked, "set_bsr", k=2)[0].chosen == (0, 2)
    assert choose(asked, "set_bsr", k=1, weights="uniform")[0].chosen == (0,)
    assert choose(asked, "set_bsr", k=1, weights="idf")[0].chosen == (2,)
    assert choose(asked, "set_bsr", k=2, among=2)[0].chosen == (0, 1)
    assert choose(asked, "set_bsr", k=2)[0].status == "heuristic"


def test_what_adds_nothing_is_taken_by_nearness() -> None:
    asked = problem(np.array([[0.1, 0.9, 0.5]]), recall=Table([[1.0, 0.0, 0.0]], [1.0]))
    assert set(choose(asked, "set_bsr", k=2)[0].chosen) == {0, 1}
    wordless = replace(asked, recall=WordRecall(lambda: Words(["a", "b", "c"]), [""]))
    assert choose(wordless, "set_bsr", k=2)[0].chosen == (1, 2)


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 7), st.integers(1, 3))
def test_greedy_reaches_its_proven_share_of_the_best(seed: int, tokens: int, items: int, k: int) -> None:
    dice = np.random.default_rng(seed)
    matches, weights = dice.integers(0, 4, (tokens, items)) / 3, dice.integers(1, 4, tokens) / 1.0
    k = min(k, items)

    def covered(chosen: tuple[int, ...]) -> float:
        return float(weights @ matches[:, list(chosen)].max(axis=1))

    best = max(covered(chosen) for chosen in itertools.combinations(range(items), k))
    chosen = greedy(matches, weights, k)
    assert len(set(chosen)) == k
    assert best + 1e-9 >= covered(tuple(chosen)) >= (1 - 1 / np.e) * best - 1e-9
    assert chosen[0] == int(np.argmax(np.round(weights @ matches, 6)))


def test_set_bsr_needs_words() -> None:
    with pytest.raises(RecipeError, match="compares words"):
        choose(problem(np.ones((1, 3))), "set_bsr")
    with pytest.raises(RecipeError, match="weights"):
        build("set_bsr", {"weights": "bert"})


TEXTS = ["Hestur og hestar", "", "ein bátur", "hestur"]


def test_words_are_met_by_their_most_similar_word() -> None:
    words = Words(TEXTS)
    recall = WordRecall(lambda: words, ["HESTUR bátar óþekt", ""])
    found = recall(0, np.array([2, 0, 1]))
    assert found.shape == (3, 3)
    assert found[0, 1] == pytest.approx(1.0)
    assert (found[:, 2] == 0).all()
    vectors = words.vectors(["hestur", "bátar", "óþekt"])
    for column, text in ((0, TEXTS[2]), (1, TEXTS[0])):
        cosine = (vectors @ words.vectors(text.lower().split()).T).toarray()
        assert found[:, column] == pytest.approx(np.minimum(cosine.max(axis=1), 1.0), abs=1e-12)
    assert recall(1, np.array([0, 2])).shape == (0, 2)
    assert found.max() <= 1.0
    assert LETTERS.low == 1


def test_rare_words_weigh_more() -> None:
    recall = WordRecall(lambda: Words(TEXTS), ["hestur ein óþekt"])
    expected = [np.log(5 / 3) + 1, np.log(5 / 2) + 1, np.log(5 / 1) + 1]
    assert recall.rarity(0) == pytest.approx(expected)
    assert WordRecall(lambda: Words([]), ["a"]).rarity(0) == pytest.approx([1.0])


def plainly(graph: FloatArray, keep: int, rho: float) -> list[int]:
    """The rule of the paper, word for word, over the edges v -> u."""
    size = len(graph)
    left, kept = list(range(size)), []
    for _ in range(keep):
        shrunk = {v: rho ** -sum(u in kept for u in graph[v]) for v in left}
        score = {u: round(sum(shrunk[v] for v in left if u in graph[v]), 9) for u in left}
        kept.append(max(left, key=lambda u: (score[u], -u)))
        left.remove(kept[-1])
    return kept


@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.integers(1, 4), st.sampled_from([2.0, 10.0]))
def test_the_election_is_that_of_the_paper(seed: int, size: int, width: int, rho: float) -> None:
    dice = np.random.default_rng(seed)
    width = min(width, size - 1)
    graph = np.array(
        [dice.permutation([u for u in range(size) if u != v])[:width] for v in range(size)], dtype=np.int64
    )
    found = elected(graph, min(size, 5), rho).tolist()
    expected = plainly(graph, min(size, 5), rho)
    assert len(set(found)) == len(found)
    assert found == expected


def test_a_vote_shrinks_with_every_neighbour_kept() -> None:
    graph = np.array([[1], [0], [1], [1], [5], [4], [4]])  # 1 has three votes, 4 two, 0 that of 1 alone
    assert elected(graph, 3, 10.0).tolist() == [1, 4, 0]


@pytest.mark.parametrize("block", [1, 3, 256])
def test_neighbours_are_the_most_similar_others(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vote_k, "BLOCK", block)
    table = np.random.default_rng(3).integers(0, 4, (20, 20)) / 4  # many ties
    rows = np.arange(0, 20, 2)
    found = nearest(lambda some, others: table[np.ix_(some, others)], rows, 4, silent)
    for place, row in enumerate(rows):
        others = [at for at in range(len(rows)) if at != place]
        ranked = sorted(others, key=lambda at: (-table[row, rows[at]], at))
        assert set(found[place].tolist()) == set(ranked[:4])
    assert nearest(lambda some, others: table[np.ix_(some, others)], rows, 150, silent).shape == (10, 9)


def clustered() -> tuple[FloatArray, Callable[[FloatArray, FloatArray], FloatArray]]:
    """Twenty points about four centres, and their cosines."""
    centres = np.repeat(np.eye(4), 5, axis=0) + np.random.default_rng(0).normal(0, 0.05, (20, 4))
    unit = centres / np.linalg.norm(centres, axis=1, keepdims=True)
    table = unit @ unit.T
    return table, lambda rows, columns: table[np.ix_(rows, columns)]


def test_vote_k_keeps_one_of_every_kind() -> None:
    table, between = clustered()
    asked = problem(table[:3], between=between, own=np.arange(3))
    found = choose(asked, "vote_k", k=4, keep=4, neighbours=4)
    assert {row // 5 for row in found[2].chosen} == {0, 1, 2, 3}
    nearest_alone = choose(asked, "similarity", k=4)
    assert choose(asked, "vote_k", k=4, keep=20)[0].chosen == nearest_alone[0].chosen


def test_the_vote_is_held_once_for_a_pool() -> None:
    table, between = clustered()
    asked: list[int] = []

    def counted(rows: FloatArray, columns: FloatArray) -> FloatArray:
        asked.append(len(rows))
        return between(rows, columns)

    kept: dict[object, object] = {}
    blocks = [problem(table[at : at + 5], between=counted, kept=kept) for at in range(0, 20, 5)]
    found = [choose(block, "vote_k", k=2, keep=4, neighbours=4) for block in blocks]
    assert asked == [20]
    assert found[1] != found[0]
    choose(blocks[0], "vote_k", k=2, keep=5, neighbours=4)
    assert asked == [20, 20]


def test_of_a_large_pool_an_even_part_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    table, between = clustered()
    monkeypatch.setattr(vote_k, "LARGEST_POOL", 7)
    asked = problem(table[:1], between=between)
    found = choose(asked, "vote_k", k=3, keep=3, neighbours=2)
    assert set(found[0].chosen) <= {0, 3, 6, 9, 12, 15, 19}


def test_the_queries_may_be_the_pool() -> None:
    table, between = clustered()
    order = np.random.default_rng(1).permutation(20)
    settings = {"k": 4, "keep": 4, "neighbours": 4}
    square = choose(problem(table[order], own=order), "vote_k", **settings)
    asked = choose(problem(table[order], own=order, between=between), "vote_k", **settings)
    assert [found.chosen for found in square] == [found.chosen for found in asked]
    with pytest.raises(RecipeError, match="compares the items of the pool"):
        choose(problem(table[:2]), "vote_k", **settings)


def test_there_are_always_k() -> None:
    table, between = clustered()
    allowed = np.arange(20) % 5 != 0
    asked = problem(table[:1], between=between, allowed=allowed)
    assert len(choose(asked, "vote_k", k=8, keep=3)[0].chosen) == 8


@pytest.mark.parametrize("settings", [{"keep": 0}, {"neighbours": 0}, {"rho": 1}, {"rho": "nan"}, {"k": 0}])
def test_votes_that_make_no_sense_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(RecipeError):
        build("vote_k", settings)
