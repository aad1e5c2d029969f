"""Lists of sentences: filters, orders and pages, against the same lists made by plain Python."""

from __future__ import annotations

import pytest

from core.errors import UnknownName
from core.store import Store, views
from tests.unit.plain_project import N, Plain, kind

Project = tuple[Store, str, str]

FILTERS = [
    {},
    {"gold_label": "NOUN"},
    {"predicted_label": "INTJ"},
    {"gold_label": "NOUN", "predicted_label": "VERB"},
    {"changed": "changed"},
    {"changed": "fixed"},
    {"changed": "broken"},
    {"changed": "moved"},
    {"changed": "fixed", "gold_label": "VERB"},
    {"changed": "broken", "predicted_label": "ADJ"},
    {"changed": "changed", "predicted_label": "ADJ", "gold_label": "NOUN"},
    {"text": "WORD33 "},
    {"text": "word1", "changed": "moved"},
    {"text": "100%"},
    {"text": "word_"},
]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("stage", ["stage1", "stage2"])
def test_sentences_that_pass_filters(
    generated: Project, plain: Plain, filters: dict[str, str], stage: str
) -> None:
    store, _, run = generated
    place = 3 if stage == "stage1" else 4
    expected = sorted({
        token[0]
        for token in plain.tokens()
        if filters.get("text", "").lower() in plain.items[token[0]].text.lower()
        and filters.get("gold_label", token[2]) == token[2]
        and filters.get("predicted_label", token[place]) == token[place]
        and is_kind(filters.get("changed"), kind(*token[2:5]))
    })  # fmt: skip
    rows = views.sentences(store, run, stage, limit=N, **filters)
    assert list(rows.position) == expected
    assert views.n_sentences(store, run, stage, **filters) == len(expected)
    assert list(views.sentences(store, run, stage, limit=5, offset=3, **filters).position) == expected[3:8]


def is_kind(asked: str | None, found: str) -> bool:
    if asked == "changed":
        return found in {"fixed", "broken", "moved"}
    return asked in {None, found}


def test_a_page_of_sentences(generated: Project, plain: Plain) -> None:
    store, _, run = generated
    rows = views.sentences(store, run, "stage1", order="least_confident", limit=20, offset=10)
    means = {p: sum(row.confidences or ()) / len(row.labels) for p, row in plain.one.items()}
    expected = sorted(means, key=lambda position: (means[position], position))[10:30]
    assert [means[p] for p in rows.position] == pytest.approx([means[p] for p in expected], abs=1e-6)
    for row in rows.itertuples(index=False):
        gold, one, two = (side[row.position].labels for side in (plain.gold, plain.one, plain.two))
        assert row.text == plain.items[row.position].text
        assert row.split == plain.items[row.position].split
        assert row.n_tokens == len(one)
        assert row.n_errors == sum(a != b for a, b in zip(gold, one, strict=True))
        assert row.n_changed == sum(a != b for a, b in zip(one, two, strict=True))
        assert row.min_confidence == min(plain.one[row.position].confidences or ())
        assert row.mean_confidence == pytest.approx(means[row.position], abs=1e-6)


def test_unknown_orders_and_runs(generated: Project) -> None:
    store, _, run = generated
    with pytest.raises(UnknownName, match="order"):
        views.sentences(store, run, "stage1", order="position desc")
    with pytest.raises(UnknownName, match="kind of change"):
        views.n_sentences(store, run, "stage1", changed="better")
    with pytest.raises(UnknownName, match="run"):
        views.sentences(store, "nothing", "stage1")
