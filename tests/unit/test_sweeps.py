"""What stored runs tell of a setting: means, spreads, paired differences, and which settings vary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import RecipeError
from core.jobs.request import Request
from core.store import Store, facts
from core.sweeps import Done, Figures, checked, figures, found, rows_of, table, varying
from core.types import Dataset, Instance, Record
from tests.stored_runs import stored_run

N = 40
LABELS = ("a", "b")
GOLD = [LABELS[at % 2] for at in range(N)]
Make = Callable[..., str]


@pytest.fixture
def news(store: Store) -> Store:
    """Forty items with two labels."""
    records = [Record(Instance(at, "test", (), f"text {at}"), (GOLD[at],)) for at in range(N)]
    facts.add_dataset(store, Dataset("news", "News", "fao", "topic", LABELS), records)
    return store


@pytest.fixture
def run(news: Store, tmp_path: Path) -> Make:
    """A run of Stage I that is wrong on its first items."""

    def make(
        name: str, wrong: int, *, seed: int = 0, alpha: float = 0.0, code: str = "1", **settings: object
    ) -> str:
        labels = [LABELS[(at + (at < wrong)) % 2] for at in range(N)]
        recipe = {
            "name": "mpt",
            "stage1": {"labeler": "mpt", "alpha": alpha, "words": ["a=x"], "agreed": "host", **settings},
            "embedder": {"name": "ngrams", "trained": f"t{seed}"},
            "stage2": {"labeler": "none"},
        }
        sources = [{"dataset": "s", "splits": ["dev", "train"]}]
        return stored_run(
            news, tmp_path / name, name, "news", recipe, labels, seed=seed, code=code, sources=sources
        )

    return make


def swept(store: Store, *runs: tuple[int, int, str]) -> Figures:
    """The table of these (row, seed, run)."""
    rows = rows_of(Request("mpt", "news"), {"stage1.alpha": ["0", "1"]})
    return figures(
        store, "news", rows, [Done(*one) for one in ((row, seed, name) for row, seed, name in runs)]
    )


def test_a_row_has_mean_spread_and_its_runs(news: Store, run: Make) -> None:
    told = swept(news, (0, 0, run("a", 8)), (0, 1, run("b", 12, seed=1)), (1, 0, run("c", 4, alpha=1.0)))
    first, second = told.lines
    assert (told.metric, told.n, told.labels, told.gold) == ("accuracy", N, 2, "news/gold")
    assert told.floor is not None
    assert (told.floor.majority, told.floor.chance) == (0.5, 0.5)
    assert first.runs == ((0, "a", 0.8), (1, "b", 0.7))
    assert first.mean == pytest.approx(0.75)
    assert first.sd == pytest.approx(0.0707, abs=1e-4)
    assert (second.mean, second.sd) == (0.9, None)
    assert first.gain is None


def test_the_difference_is_paired_by_seed_and_by_item(news: Store, run: Make) -> None:
    told = swept(
        news,
        (0, 0, run("a", 8)),
        (0, 1, run("b", 8, seed=1)),
        (1, 0, run("c", 4, alpha=1.0)),
        (1, 1, run("d", 4, seed=1, alpha=1.0)),
        (1, 2, run("e", 40, seed=2, alpha=1.0)),
    )
    gain = told.lines[1].gain
    assert gain is not None
    assert (gain.value, gain.better, gain.seeds) == (pytest.approx(0.1), 2, 2)
    assert 0.0 <= gain.low < gain.value < gain.high < 0.25, "four of forty items are what it hangs on"


def test_an_interval_knows_that_another_seed_could_have_said_otherwise(news: Store, run: Make) -> None:
    sure = swept(
        news, (0, 0, run("a", 10)), (0, 1, run("b", 10, seed=1)), (1, 0, run("c", 5)), (1, 1, run("d", 5))
    )
    torn = swept(news, (0, 0, "a"), (0, 1, "b"), (1, 0, run("e", 0)), (1, 1, run("f", 10)))
    first, second = sure.lines[1].gain, torn.lines[1].gain
    assert first is not None
    assert second is not None
    assert first.value == second.value
    assert second.high - second.low > first.high - first.low
    assert (first.better, second.better) == (2, 1)


def test_runs_that_failed_are_named_and_the_rest_is_counted(news: Store, run: Make) -> None:
    rows = rows_of(Request("mpt", "news"), {"stage1.alpha": ["0", "1"]})
    told = figures(news, "news", rows, [Done(0, 0, error="no model."), Done(1, 0, run("c", 4))])
    assert told.lines[0].failed == ((0, "no model."),)
    assert (told.lines[0].mean, told.lines[1].mean, told.lines[1].gain) == (None, 0.9, None)


def test_without_gold_there_is_no_figure(store: Store, tmp_path: Path) -> None:
    records = [Record(Instance(at, "test", (), f"text {at}")) for at in range(3)]
    facts.add_dataset(store, Dataset("bare", "Bare", "fao", "topic", LABELS), records)
    made = stored_run(store, tmp_path / "r", "r", "bare", {"name": "mpt"}, ["a"] * 3)
    told = figures(store, "bare", rows_of(Request("mpt", "bare"), {}), [Done(0, 0, made)])
    assert (told.metric, told.unscored, told.lines[0].runs) == ("", ("r",), ())
    assert found(store, "bare") == []


def test_stored_runs_say_what_varies(news: Store, run: Make) -> None:
    run("a", 8)
    run("b", 12, seed=1)
    run("c", 4, alpha=1.0)
    runs = found(news, "news", ["mpt"])
    assert [one.run for one in runs] == ["c", "b", "a"]
    assert varying(runs) == ("stage1.alpha",)
    assert varying(runs[1:]) == ()
    first = runs[-1]
    assert first.settings["stage1.words"] == ("a=x",)
    assert first.settings["sources"] == ("s:dev+train",)
    assert not {"embedder.trained", "stage1.agreed"} & set(first.settings)
    assert (first.score, first.metric, first.stage, first.n, first.labels, first.seed) == (
        0.8, "accuracy", "stage1", N, 2, 0,
    )  # fmt: skip
    run("d", 2, joint=True)
    assert varying(found(news, "news")) == ("stage1.alpha", "stage1.joint")
    assert found(news, "news", ["rosprompt"]) == []


def test_runs_as_a_table(news: Store, run: Make) -> None:
    run("a", 8, alpha=0.5)
    rows = table(found(news, "news"), ["stage1.alpha", "stage1.words", "stage1.nothing"])
    assert rows.iloc[0][["stage1.alpha", "stage1.words", "run", "score"]].tolist() == [0.5, "a=x", "a", 0.8]
    assert rows["stage1.nothing"].isna().all()
    assert table([]).empty


def test_what_no_recipe_does_is_told_before_anything_is_run(news: Store) -> None:
    rows = rows_of(Request("ssp", "news"), {"k": ["2"]}, {"good": {}, "bad": {"selector.nonsense": "1"}})
    checked(news, rows[:1])
    with pytest.raises(RecipeError, match=r"bad, k = 2: .*nonsense"):
        checked(news, rows)
