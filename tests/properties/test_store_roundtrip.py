"""What goes into the store comes out of it, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.store import Store, facts, views
from core.types import Completion, Dataset, Instance, Prediction, Record

pytestmark = pytest.mark.slow

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
PROBABILITY = st.floats(0, 1, width=32)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
NUMBER = count()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("store")
    with Store.open(folder) as opened:
        yield opened


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    found = []
    for position in range(draw(st.integers(1, 4))):
        tokens = tuple(draw(st.lists(TEXT, max_size=4)))
        n = len(tokens)
        labels = draw(st.none() | st.lists(TEXT, min_size=n, max_size=n).map(tuple))
        given_confidences = st.none() | st.lists(PROBABILITY, min_size=n, max_size=n).map(tuple)
        confidences = draw(given_confidences) if labels is not None else None
        instance = Instance(
            position,
            draw(st.sampled_from(["train", "test", "dév"])),
            tokens,
            draw(TEXT),
            draw(st.none() | TEXT),
            draw(st.dictionaries(TEXT, JSON, max_size=3)),
            draw(st.none() | TEXT),
        )
        found.append(Record(instance, labels, confidences))
    return found


@settings(deadline=None, max_examples=60)
@given(records())
def test_records(store: Store, found: list[Record]) -> None:
    dataset = Dataset(f"d{next(NUMBER)}", "n", "fao", "pos", ("A",))
    name, new = facts.add_dataset(store, dataset, found)
    stored = list(views.records(store, name))
    if new:
        assert stored == found
    else:
        assert [(item.instance.tokens, item.labels) for item in stored] == [
            (item.instance.tokens, item.labels) for item in found
        ]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.lists(TEXT, max_size=4), st.none() | TEXT, st.none() | TEXT), max_size=4))
def test_predictions(store: Store, rows: list[tuple[list[str], str | None, str | None]]) -> None:
    number = next(NUMBER)
    plain = [Record(Instance(i, "test", (f"{number}",), "x")) for i in range(4)]
    name, _ = facts.add_dataset(store, Dataset(f"p{number}", "n", "fao", "pos", ("A",)), plain)
    found = {
        i: Prediction(i, tuple(labels), tuple(0.5 for _ in labels), completion_key=key, error=error)
        for i, (labels, key, error) in enumerate(rows)
    }
    run_id = facts.add_import_run(store, name, "x", stage1=found.values(), stage2=None)
    assert views.predictions(store, run_id, "stage1") == found


@settings(deadline=None, max_examples=40)
@given(prompt=TEXT, answer=TEXT | st.just("a\0b"), tokens=st.none() | st.integers(0, 2**40))
def test_calls(store: Store, prompt: str, answer: str, tokens: int | None) -> None:
    number = next(NUMBER)
    plain = [Record(Instance(0, "test", (f"{number}",), "x"))]
    name, _ = facts.add_dataset(store, Dataset(f"c{number}", "n", "fao", "pos", ("A",)), plain)
    call = Completion(f"k{number}", "m", "h", prompt, answer, "stop", tokens, None, "unparseable")
    assert facts.add_completions(store, name, [call]) == 1
    assert list(views.completions(store, name)) == [call]
