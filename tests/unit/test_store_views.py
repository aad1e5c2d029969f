"""Aggregates, each against the same figure computed by hand or by plain Python."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from pathlib import Path

import pandas as pd
import pytest

from core.store import Store, facts, views
from core.types import Dataset, Instance, Prediction, Record, Selection
from tests.bench.generate import generate
from tests.unit.plain_project import N, Plain

Project = tuple[Store, str, str]


def test_the_generated_project_is_whole_and_repeatable(generated: Project, tmp_path: Path) -> None:
    store, dataset, run = generated
    stored = views.dataset(store, dataset)
    records = list(views.records(store, dataset))
    assert (
        [record.instance.position for record in records] == list(range(N)) == list(range(stored.n_instances))
    )
    assert sum(len(record.instance.tokens) for record in records) == stored.n_tokens
    assert dict(Counter(record.instance.split for record in records)) == stored.splits
    assert views.run(store, run)["stages"] == ["stage1", "stage2"]
    with Store.open(tmp_path) as other:
        generate(other, N)
        assert list(views.records(other, dataset)) == records


def test_summary(generated: Project, plain: Plain) -> None:
    store, _, run = generated
    values = [token[-1] for token in plain.tokens()]
    found = views.stage_summary(store, run, "stage2")
    assert (found["n"], found["n_tokens"], found["n_errors"]) == (N, len(values), 0)
    assert found["mean_confidence"] == pytest.approx(sum(values) / len(values), abs=1e-5)
    assert found["min_confidence"] == min(values)


def test_label_counts(generated: Project, plain: Plain) -> None:
    store, _, run = generated
    found = views.label_counts(store, run, "stage2")
    expected = Counter(token[4] for token in plain.tokens())
    assert dict(zip(found.label, found["count"], strict=True)) == expected
    assert list(found["count"]) == sorted(expected.values(), reverse=True)
    first = found.iloc[0]
    values = [token[5] for token in plain.tokens() if token[4] == first.label]
    assert first.mean_confidence == pytest.approx(sum(values) / len(values), abs=1e-5)


def test_histogram(generated: Project, plain: Plain) -> None:
    store, _, run = generated
    found = views.confidence_histogram(store, run, "stage2", bins=4)
    assert list(found.bin_left) == [0, 0.25, 0.5, 0.75]
    expected = Counter(min(3, int(token[5] * 4)) for token in plain.tokens())
    assert list(found["count"]) == [expected[place] for place in range(4)]
    assert views.confidence_histogram(store, f"{generated[1]}/gold", "gold").empty


def test_confusion(generated: Project, plain: Plain) -> None:
    store, dataset, run = generated
    found = views.confusion(store, run, "stage2", f"{dataset}/gold")
    expected = Counter((token[2], token[4]) for token in plain.tokens())
    pairs = zip(found.gold, found.predicted, strict=True)
    assert dict(zip(pairs, found["count"], strict=True)) == expected
    assert found.mean_confidence.between(0, 1).all()


def test_reliability(generated: Project, plain: Plain) -> None:
    store, dataset, run = generated
    found = views.reliability(store, run, "stage2", f"{dataset}/gold", bins=5)
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for token in plain.tokens():
        bins[min(4, int(token[5] * 5 + 1e-6))].append((token[5], token[2] == token[4]))
    assert list(found.bin) == sorted(bins)
    for row in found.itertuples():
        inside = bins[row.bin]
        assert row[4] == len(inside)
        assert row.confidence == pytest.approx(sum(value for value, _ in inside) / len(inside), abs=1e-5)
        assert row.accuracy == pytest.approx(sum(right for _, right in inside) / len(inside))


def test_ambiguous_forms(generated: Project, plain: Plain) -> None:
    store, _, run = generated
    found = views.ambiguous_forms(store, run, "stage2", limit=5)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for token in plain.tokens():
        forms[token[1]][token[4]] += 1

    def bits(labels: Counter[str]) -> float:
        total = sum(labels.values())
        return -sum(n / total * math.log2(n / total) for n in labels.values())

    expected = sorted(forms, key=lambda form: (-bits(forms[form]) * sum(forms[form].values()), form))[:5]
    assert list(found.form) == expected
    for row in found.itertuples(index=False):
        labels = forms[row.form]
        assert row[1] == sum(labels.values())
        assert row.entropy == pytest.approx(bits(labels))
        assert (
            Counter({name: int(n) for name, n in (item.split() for item in row.labels.split(", "))}) == labels
        )


def test_use_of_exemplars(generated: Project) -> None:
    store, dataset, run = generated
    chosen = [item["position"] for row in views.selections(store, run) for item in row["exemplars"]]
    uses = Counter(chosen)
    found = views.exemplar_use(store, run, limit=10)
    expected = sorted(uses.items(), key=lambda item: (-item[1], item[0]))[:10]
    assert list(zip(found.position, found.uses, strict=True)) == expected
    assert set(found.dataset) == {dataset}
    assert found.text[0] == views.instances(store, dataset, [expected[0][0]])[expected[0][0]].text
    whole = views.selection_diagnostics(store, run)
    assert (whole["n_queries"], whole["k"], whole["distinct"]) == (N // 10, 8, len(uses))
    assert whole["core_share"] == pytest.approx(sum(n for _, n in uses.most_common(8)) / len(chosen))
    assert whole["mean_similarity"] == pytest.approx(
        sum(item["similarity"] for row in views.selections(store, run) for item in row["exemplars"])
        / len(chosen)
    )


def test_of_nothing_there_is_nothing(generated: Project) -> None:
    store, _, run = generated
    gold = f"{generated[1]}/gold"
    assert views.selection_diagnostics(store, gold)["core_share"] is None
    assert views.exemplar_use(store, gold).empty
    assert views.stage_summary(store, run, "consensus")["mean_confidence"] is None
    assert views.label_counts(store, run, "consensus").empty
    assert views.sentences(store, run, "consensus").empty
    assert views.n_sentences(store, run, "consensus") == 0
    assert views.ambiguous_forms(store, run, "consensus").empty
    assert list(views.confusion(store, run, "consensus", gold).columns) == [
        "gold",
        "predicted",
        "count",
        "mean_confidence",
    ]


def test_topics_without_gold_and_answers_that_failed(store: Store) -> None:
    topic = Dataset("t", "T", "fao", "topic", ("x", "y"))
    texts = ("same text", "same text", "another")
    facts.add_dataset(
        store, topic, [Record(Instance(i, "test", (), text, "b%b")) for i, text in enumerate(texts)]
    )
    rows = [Prediction(0, ("x",), (0.5,)), Prediction(1, ("y",), (1.0,)), Prediction(2, (), error="refused")]
    chosen = Selection(0, (2,), (0.5,), (0.5,), ((),), 1.0, 1.0, "optimal")
    run = facts.add_import_run(store, "t", "r", stage1=rows, stage2=None, selections=[(chosen, (2,))])
    stored = views.selection(store, run, 0)
    assert stored is not None
    assert stored["status"] == "optimal", "what older versions wrote of every proven choice"
    summary = views.stage_summary(store, run, "stage1")
    assert (summary["n"], summary["n_tokens"], summary["n_errors"], summary["mean_confidence"]) == (
        3,
        2,
        1,
        0.75,
    )
    assert dict(zip(*views.label_counts(store, run, "stage1")[["label", "count"]].T.values, strict=True)) == {
        "x": 1,
        "y": 1,
    }
    forms = views.ambiguous_forms(store, run, "stage1")
    assert list(forms.itertuples(index=False, name=None)) == [("same text", 2, "x 1, y 1", 1.0)]
    page = views.sentences(store, run, "stage1", order="least_confident")
    assert list(page.position) == [0, 1, 2]
    assert page.n_errors.isna().all()
    assert page.n_changed.isna().all()
    assert views.n_sentences(store, run, "stage1", gold_label="x") == 0
    assert views.n_sentences(store, run, "stage1", text="B%") == 3
    histogram = views.confidence_histogram(store, run, "stage1", bins=20)
    assert list(histogram.bin_left[histogram["count"] > 0]) == [0.5, 0.95]
    assert isinstance(views.exemplar_use(store, run), pd.DataFrame)


def test_a_confidence_on_the_edge_of_a_bin_belongs_above_it(store: Store) -> None:
    data = Dataset("t", "T", "fao", "topic", ("x",))
    facts.add_dataset(store, data, [Record(Instance(i, "test", (), f"{i}"), ("x",)) for i in range(20)])
    rows = [Prediction(i, ("x",), (i / 20,)) for i in range(20)]
    run = facts.add_import_run(store, "t", "r", stage1=rows, stage2=None)
    assert list(views.confidence_histogram(store, run, "stage1")["count"]) == [1] * 20
    assert list(views.reliability(store, run, "stage1", "t/gold")["count"]) == [2] * 10
