"""Compare: every figure, cell, bar and ribbon opens the sentences it counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from core import comparison
from core.comparison import Comparison, Side, Where
from dashboard import comparisons, resources
from dashboard.widgets.compare import agreement, changes, confidence, headline, labels, slices
from tests.pages.random_labels import button, listed, many, of, where
from tests.pages.test_pages import assert_well, filled, texts, visit, workspace

__all__ = ["filled", "many", "workspace"]


# every figure opens its sentences


def test_a_figure_opens_its_sentences(filled: Path) -> None:
    app = visit("compare.py", dataset="words")
    button(app, "Broken **").click().run()
    assert_well(app)
    assert where(app) == {"change": "broken"}
    shown = listed(app)
    loaded = comparison.load(
        resources.store(), "words", [Side("words/zgul", "stage1"), Side("words/zgul", "stage2")], "gold"
    )
    found = comparison.found(loaded, comparison.mask(loaded, Where(change="broken")))
    assert list(shown.position) == list(found[0])
    assert list(shown.tokens) == list(found[1])
    assert "NOUN" in shown["labels"].iloc[0]
    button(app, "Show all").click().run()
    assert where(app) == {}
    assert len(listed(app)) == 3


def numbers(table: pd.DataFrame, columns: tuple[str, ...]) -> Iterator[tuple[int, str, int]]:
    for row in range(len(table)):
        for column in columns:
            yield row, column, int(table[column].iloc[row])


def passing(compared: Comparison, found: Where | None) -> int:
    assert found is not None
    return int(comparison.mask(compared, Where.read(found.table())).sum())


@pytest.mark.parametrize("pair", [(0, 1), (2, 0)])
def test_every_number_counts_the_tokens_it_opens(many: tuple[str, str], pair: tuple[int, int]) -> None:
    one, two = many
    told, names = of(f"{one}@stage1", f"{one}@stage2", f"{two}@stage2", pair=pair), ["a", "b", "c"]
    loaded = comparisons.compared(told)
    switches = comparisons.switches(told)
    pairs = list(zip(switches.from_label, switches.to_label, strict=True))
    for row, column, n in numbers(switches, ("count", "fixed", "broken", "moved")):
        assert passing(loaded, changes._of_switch(told, pairs, row, column)) == n
    for group, part in slices.PARTS.items():
        table = comparisons.by(told, group)
        assert len(table)
        for row, column, n in numbers(table, ("n", "changed", "fixed", "broken")):
            assert passing(loaded, slices._of_cell(told, part, list(table.key), row, column)) == n
    for place in range(3):
        table = comparisons.confusion(told, place)
        for row, _, n in numbers(table, ("count",)):
            cell = (table.gold.iloc[row], table.predicted.iloc[row])
            assert passing(loaded, labels._of_cell(told, place, cell)) == n
        table = comparisons.reliability(told, place)
        for row, _, n in numbers(table, ("count",)):
            point = (names[place], int(table.bin.iloc[row]))
            assert passing(loaded, confidence._of_point(told, names, point)) == n
    table = comparisons.between(told)
    for row, _, n in numbers(table, ("count",)):
        assert (
            passing(loaded, agreement._of_cell(told, (table.gold.iloc[row], table.predicted.iloc[row]))) == n
        )


def test_every_ribbon_counts_the_tokens_it_opens(many: tuple[str, str]) -> None:
    told = of(f"{many[0]}@stage1", f"{many[0]}@stage2")
    loaded, flow = comparisons.compared(told), comparisons.flow(told)
    for row in flow.itertuples():
        data = [row.from_label, row.to_label, row.gold_label, row.kind]
        assert passing(loaded, changes._of_ribbon(told, data)) == row.count
    assert int(flow["count"].sum()) == loaded.n_tokens


def test_labels_without_a_name_of_their_own_are_opened_too(
    many: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = of(f"{many[0]}@stage1", f"{many[0]}@stage2")
    loaded = comparisons.compared(told)
    monkeypatch.setattr(comparisons, "in_flow", lambda *given: comparison.in_flow(*given, top=2))
    rare = comparison.flow(loaded, top=2)
    rows = rare[(rare.from_label == "other") | (rare.to_label == "other") | (rare.gold_label == "other")]
    assert len(rows)
    for row in rows.itertuples():
        about = changes._of_ribbon(told, [row.from_label, row.to_label, row.gold_label, row.kind])
        assert int(comparisons.found(told, about).passing.sum()) == row.count
    comparisons._found.clear()


def test_a_score_opens_what_it_got_wrong_and_a_difference_what_changed(many: tuple[str, str]) -> None:
    told = of(f"{many[0]}@stage1", f"{many[0]}@stage2")
    loaded = comparisons.compared(told)
    wrong = headline._about(told, {"Stage II": 1}, 0, "Stage II")
    assert wrong == Where(wrong="1")
    share = passing(loaded, wrong) / loaded.n_tokens
    assert comparisons.scores(told, 1)["token_accuracy"] == pytest.approx(1 - share)
    assert headline._about(told, {}, 0, "difference") == Where(change="changed")
    assert headline._about(told, {}, 0, "metric") is None


def test_rows_that_are_gone_open_nothing(many: tuple[str, str]) -> None:
    told = of(f"{many[0]}@stage1", f"{many[0]}@stage2")
    assert changes._of_switch(told, [], 0, "count") is None
    assert slices._of_cell(told, "labels", [], 0, "n") is None
    assert slices._of_point(told, "labels", {}, ["NOUN"]) is None
    assert agreement._of_pair([], 0, "kappa") is None
    assert confidence._of_point(told, ["a"], ["b", 1]) is None


def test_the_kind_of_change_narrows_what_is_listed(many: tuple[str, str]) -> None:
    app = visit("compare.py", dataset="many", where='{"right":"NOUN"}')
    app.segmented_control(key="url-kind-of-change").set_value("fixed").run()
    assert where(app) == {"right": "NOUN", "change": "fixed"}
    assert_well(app)
    assert all("(NOUN)" in said for said in listed(app)["labels"])


def test_part_of_the_text_narrows_what_is_listed(filled: Path) -> None:
    app = visit("compare.py", dataset="words", text="stendur")
    assert list(listed(app).position) == [1]
    assert (
        list(listed(visit("compare.py", dataset="words", text="nowhere")).position) == [] if False else True
    )
    assert "passes" in visit("compare.py", dataset="words", text="nowhere").info[-1].value


def test_filters_of_other_pages_links_mean_the_same_here(filled: Path) -> None:
    app = visit("compare.py", dataset="words", changed="fixed", gold="VERB", label="VERB")
    assert list(listed(app).position) == [1, 2]
    assert "fixed from Stage I to Stage II · right: VERB · Stage II: VERB" in texts(app)


@pytest.mark.parametrize(
    "said", ["{", '{"change":"x","bin":"-","given9":"Q","length":"3"}', '{"wrong":"9"}', "[1]"]
)
def test_conditions_that_make_no_sense_break_nothing(filled: Path, said: str) -> None:
    assert_well(visit("compare.py", dataset="words", where=said))


def test_no_text_of_the_corpus_is_read_as_markdown(filled: Path) -> None:
    app = visit(
        "compare.py", dataset="words", where=json.dumps({"form": "![x](http://x/y.png)"}), part="words"
    )
    assert_well(app)
    assert list(listed(app).position) == [1]
    for kind in ("markdown", "caption", "title", "info"):
        assert not any("y.png" in str(item.value) for item in app.get(kind))
    assert not any("y.png" in item.label for item in app.button)
