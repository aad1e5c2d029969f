"""Finished pieces of a run: read back bit by bit, never mistaken for what they are not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Cancelled, StudioError
from core.kept import Kept, _read, _write, shifted
from core.pipeline import run
from core.types import Influence, Prediction, Selection
from tests.unit.test_pipeline import Facts, job, silent

numbers = st.floats(allow_nan=False, width=64)
labels = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
posteriors = st.lists(st.lists(numbers, max_size=3).map(tuple), max_size=3).map(tuple)
predictions = st.builds(
    Prediction,
    position=st.integers(0, 2**40),
    labels=st.lists(labels, max_size=4).map(tuple),
    confidences=st.none() | st.lists(numbers, max_size=4).map(tuple),
    posterior=st.none() | posteriors,
    completion_key=st.none() | labels,
    error=st.none() | labels,
)


@settings(deadline=None, max_examples=60)
@given(st.lists(predictions, max_size=4))
def test_predictions_come_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Prediction]
) -> None:
    path = tmp_path_factory.mktemp("kept") / "piece.parquet"
    _write(path, rows, (Prediction,))
    assert repr(_read(path, (Prediction,))) == repr(rows)


def test_pairs_and_selections_come_back_exactly(tmp_path: Path) -> None:
    said = Influence(3, (0, 1), (0, 0), (2, 1), (0.1, 1 / 3))
    pairs = [(Prediction(3, ("X",), (math.pi,)), said), (Prediction(4, ("Y",)), None)]
    _write(tmp_path / "a", pairs, (Prediction, Influence))
    assert _read(tmp_path / "a", (Prediction, Influence)) == pairs
    chosen = Selection(1, (4, 2), (0.5, 0.25), (1.0, 0.1), (("X",), ()), None, 2.0, "milp", ("Y",), ())
    _write(tmp_path / "b", [chosen], (Selection,))
    assert _read(tmp_path / "b", (Selection,)) == [chosen]


def labelled(calls: list[int]):  # type: ignore[no-untyped-def]
    def work(start: int, block: Sequence[int]) -> list[Prediction]:
        calls.append(start)
        return [Prediction(item, (str(start),), (1 / (item + 1),)) for item in block]

    return work


def test_a_finished_piece_is_not_computed_again(tmp_path: Path) -> None:
    first, again, without = [], [], []  # type: ignore[var-annotated]
    items = range(5)
    made = Kept(tmp_path).pieces("s", items, 2, labelled(first), (Prediction,))
    (tmp_path / "s" / "000000002-000000004.parquet").unlink()
    assert Kept(tmp_path).pieces("s", items, 2, labelled(again), (Prediction,)) == made
    assert (first, again) == ([0, 2, 4], [2])
    assert Kept().pieces("s", items, 2, labelled(without), (Prediction,)) == made
    assert without == [0, 2, 4]


@pytest.mark.parametrize("content", [b"", b"PAR1 nonsense", None])
def test_a_damaged_piece_is_computed_again(tmp_path: Path, content: bytes | None) -> None:
    made = Kept(tmp_path).pieces("s", range(2), 2, labelled([]), (Prediction,))
    (path,) = (tmp_path / "s").iterdir()
    path.write_bytes(path.read_bytes()[:-9] if content is None else content)
    again: list[int] = []
    assert Kept(tmp_path).pieces("s", range(2), 2, labelled(again), (Prediction,)) == made
    assert again == [0]


def test_pieces_of_another_size_or_kind_do_not_mix(tmp_path: Path) -> None:
    Kept(tmp_path).pieces("s", range(4), 2, labelled([]), (Prediction,))
    calls: list[int] = []
    Kept(tmp_path).pieces("s", range(4), 4, labelled(calls), (Prediction,))
    assert calls == [0]
    assert _read(tmp_path / "s" / "000000000-000000002.parquet", (Selection,)) is None


def test_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.kept.pq.write_table", full)
    with pytest.raises(StudioError, match="No space left on device"):
        Kept(tmp_path).pieces("s", range(1), 1, labelled([]), (Prediction,))
    assert list((tmp_path / "s").iterdir()) == []


def test_progress_of_a_block_is_progress_of_all() -> None:
    said: list[tuple[str, int, int]] = []
    within = shifted(lambda *told: said.append(told), 200, 50, 250)
    within("labelling", 50, 50)
    within("loading the model", 0, 1)
    assert said == [("labelling", 250, 250), ("loading the model", 0, 1)]


@pytest.mark.parametrize("stage", ["similarities", "choosing exemplars", "Stage II"])
def test_a_run_goes_on_where_it_stopped_and_ends_the_same(
    tmp_path: Path, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.pipeline.ITEMS_AT_A_TIME", 2)
    monkeypatch.setattr("core.choosing.QUERIES_AT_A_TIME", 2)
    whole, resumed, heard = Facts(), Facts(), []
    run(job(k="2"), whole, silent)

    def stopping(now: str, done: int, total: int) -> None:
        if now == stage and done >= min(3, total - 1):
            raise Cancelled("stopped.")

    with pytest.raises(Cancelled):
        run(job(k="2"), Facts(), stopping, tmp_path)
    run(job(k="2"), resumed, lambda now, done, _: heard.append((now, done)), tmp_path)
    timeless = [[{**vars_of(row), "seconds": 0} for row in facts.chosen] for facts in (whole, resumed)]
    assert timeless[0] == timeless[1]
    assert whole.stages == resumed.stages
    if stage == "Stage II":
        assert min(done for now, done in heard if now == "Stage II") == 3
        assert not any(now == "choosing exemplars" for now, _ in heard)


def vars_of(row: Selection) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__slots__}
