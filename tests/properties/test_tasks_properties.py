"""Parsing never fails, and the alignment is a longest common subsequence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.tasks import tasks
from core.tasks.alignment import align
from core.types import Instance

WORDS = st.lists(st.sampled_from("abc"), max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(name=st.sampled_from(sorted(tasks)), completion=TEXTS, words=st.lists(TEXTS, max_size=6))
def test_any_text_parses(name: str, completion: str, words: list[str]) -> None:
    task = tasks[name]
    instance = Instance(0, "test", tuple(words) if task.unit == "token" else (), " ".join(words))
    labels, problem = task.parse(completion, instance, task.labels)
    assert len(labels) == (len(words) if task.unit == "token" else 1)
    assert set(labels) <= {*task.labels, task.fallback}
    assert problem is None or problem.strip()


@given(words=WORDS, generated=WORDS)
def test_alignment_is_a_longest_common_subsequence(words: list[str], generated: list[str]) -> None:
    matched = align(words, generated)
    pairs = [(mine, theirs) for mine, theirs in enumerate(matched) if theirs is not None]
    assert all(words[mine] == generated[theirs] for mine, theirs in pairs)
    assert [theirs for _, theirs in pairs] == sorted({theirs for _, theirs in pairs})
    assert len(pairs) == _lcs(words, generated)


def _lcs(a: list[str], b: list[str]) -> int:
    row = [0] * (len(b) + 1)
    for x in a:
        previous = row
        row = [0]
        for j, y in enumerate(b):
            row.append(previous[j] + 1 if x == y else max(previous[j + 1], row[j]))
    return row[-1]


@given(data=st.data(), drop=st.sets(st.integers(0, 9)))
def test_dropped_rows_cost_only_themselves(data: st.DataObject, drop: set[int]) -> None:
    task = tasks["pos"]
    tokens = tuple(f"w{index}" for index in range(10))
    labels = tuple(data.draw(st.sampled_from(task.labels)) for _ in tokens)
    rows = task.render(Instance(0, "test", tokens, ""), labels).split("\n")
    kept = "\n".join(row for index, row in enumerate(rows) if index not in drop)
    found, problem = task.parse(f"```\n{kept}\n```", Instance(0, "test", tokens, ""), task.labels)
    assert found == tuple("X" if index in drop else label for index, label in enumerate(labels))
    assert (problem is None) == (not drop)
