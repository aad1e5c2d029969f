"""Reading never fails, whatever a model writes; what is written is read back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.asking.styles import OF_ITEMS, OF_WORDS, read, writing
from core.tasks import tasks
from core.types import Instance

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
JSONISH = st.text("{}[]\"',:wordtagNOUN \n\t\\/1", max_size=120)
WORD = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="\t"),
    min_size=1,
    max_size=6,
)
CASES = [
    (name, style)
    for name in sorted(tasks)
    for style in (OF_WORDS if tasks[name].unit == "token" else OF_ITEMS)
]


@given(case=st.sampled_from(CASES), text=ANY | JSONISH, words=st.lists(ANY, max_size=5))
def test_any_answer_is_read(case: tuple[str, str], text: str, words: list[str]) -> None:
    task = tasks[case[0]]
    instance = Instance(0, "test", tuple(words) if task.unit == "token" else (), " ".join(words))
    found = read(case[1], text, task, instance, task.labels)  # type: ignore[arg-type]
    assert len(found.labels) == len(found.known) == (len(words) if task.unit == "token" else 1)
    assert len(found.spans) == len(found.labels)
    for label, known, span in zip(found.labels, found.known, found.spans, strict=True):
        assert label in task.labels if known else label == task.fallback
        assert span is None or (known and text[slice(*span)].casefold() == label.casefold())
    assert (found.problem is None) == found.complete == (found.fault is None)


@given(
    case=st.sampled_from(CASES),
    words=st.lists(WORD, min_size=1, max_size=6),
    data=st.data(),
    prose=st.booleans(),
)
def test_what_is_written_is_read(
    case: tuple[str, str], words: list[str], data: st.DataObject, prose: bool
) -> None:
    task = tasks[case[0]]
    tokens = tuple(words) if task.unit == "token" else ()
    instance = Instance(0, "test", tokens, " ".join(words))
    size = len(words) if tokens else 1
    labels = tuple(data.draw(st.sampled_from(task.labels)) for _ in range(size))
    text = (writing(case[1], task).write or task.render)(instance, labels)  # type: ignore[arg-type]
    text = f"```\n{text}\n```" if prose else text
    found = read(case[1], text, task, instance, task.labels)  # type: ignore[arg-type]
    assert (found.labels, found.problem) == (labels, None)
