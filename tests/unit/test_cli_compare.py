"""`ssp compare`: sides named in every way, one JSON document, tables for people, and errors in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.comparison import Side, by_label, flow, headline, load, scores
from core.store import Store, facts
from core.types import Dataset, Instance, Prediction, Record
from tests.bench.generate import generate
from tests.ssp_command import Ssp

pytestmark = pytest.mark.slow

HOSTILE = "\x1b[31mred\x1b[0m"


@pytest.fixture
def run(tmp_path: Path) -> str:
    """A generated project with 80 sentences in the workspace of `ssp`."""
    with Store.open(tmp_path / "workspace") as store:
        return generate(store, 80)[1]


def test_a_run_is_its_last_stage_and_gold_is_what_is_right(ssp: Ssp, run: str, tmp_path: Path) -> None:
    found = ssp("compare", f"{run}@stage1", run)
    assert found.code == 0, found.err
    said = found.document
    assert said["sides"] == [f"{run}@stage1", f"{run}@stage2"]
    assert (said["against"], said["dataset"], said["n_sentences"]) == ("gold", "generated", 80)
    with Store.open(tmp_path / "workspace") as store:
        compared = load(store, "generated", [Side(run, "stage1"), Side(run, "stage2")], "gold")
    assert said["scores"] == {
        f"{run}@stage{place + 1}": pytest.approx(scores(compared, place)) for place in (0, 1)
    }
    expected = headline(compared)
    assert [row["metric"] for row in said["differences"]] == list(expected)
    for row in said["differences"]:
        one = expected[row["metric"]]
        assert (row["value"], row["low"], row["high"], row["p"]) == (one.value, one.low, one.high, one.p)
    (changes,) = said["changes"]
    assert changes["side"] == f"{run}@stage2"
    assert changes["fixed"] + changes["broken"] + changes["moved"] == changes["changed"]


def test_people_are_shown_the_same_figures(ssp: Ssp, run: str) -> None:
    said = ssp("compare", f"{run}@stage1", f"{run}@stage2").document
    text = ssp("compare", f"{run}@stage1", f"{run}@stage2", json_too=False).out
    assert "80 sentences" in text
    assert "held against gold labels" in text
    for row in said["differences"]:
        assert f"{100 * row['value']:+.2f}" in text
        assert f"{100 * row['low']:+.2f} to {100 * row['high']:+.2f}" in text
    assert f"{100 * said['scores'][f'{run}@stage2']['token_accuracy']:.2f}" in text


@pytest.mark.parametrize(
    "part", ["changes", "switches", "labels", "lengths", "words", "confidence", "agreement", "price"]
)
def test_every_part_is_a_table(ssp: Ssp, run: str, part: str) -> None:
    found = ssp("compare", f"{run}@stage1", run, "--part", part)
    assert found.code == 0, found.err
    assert found.document["part"] == part
    rows = found.document["rows"]
    assert rows
    text = ssp("compare", f"{run}@stage1", run, "--part", part, json_too=False).out
    assert all(name in text for name in rows[0])
    assert ("more: --json has all" in text) == (len(rows) > 20)


def test_parts_hold_what_the_engine_counts(ssp: Ssp, run: str, tmp_path: Path) -> None:
    labels = ssp("compare", f"{run}@stage1", run, "--part", "labels").document["rows"]
    changes = ssp("compare", f"{run}@stage1", run, "--part", "changes").document["rows"]
    agreed = ssp("compare", f"{run}@stage1", run, "--part", "agreement").document["rows"]
    with Store.open(tmp_path / "workspace") as store:
        compared = load(store, "generated", [Side(run, "stage1"), Side(run, "stage2")], "gold")
    assert [row["fixed"] for row in labels] == by_label(compared).fixed.tolist()
    assert [row["count"] for row in changes] == flow(compared)["count"].tolist()
    assert (agreed[0]["a"], agreed[0]["b"]) == (f"{run}@stage1", f"{run}@stage2")


def test_without_gold_agreement_is_told(ssp: Ssp, run: str) -> None:
    said = ssp("compare", f"{run}@stage1", run, "--against", "none")
    assert said.document["against"] is None
    assert set(said.document["scores"].values()) == {None}
    assert said.document["differences"] == []
    assert 0 < said.document["agreement"][0]["kappa"] < 1
    text = ssp("compare", f"{run}@stage1", run, "--against", "none", json_too=False).out
    assert "Krippendorff" in text
    rows = ssp("compare", f"{run}@stage1", run, "--against", "none", "--part", "labels").document["rows"]
    assert rows[0]["fixed"] is None
    assert rows[0]["before"] is None
    assert rows[0]["changed"] >= 0


def test_humans_are_a_side_and_a_judge(ssp: Ssp, run: str, tmp_path: Path) -> None:
    with Store.open(tmp_path / "workspace") as store:
        gold = load(store, "generated", [Side("generated/gold", "gold")])
        for place in range(12):
            first, last = gold.offsets[place : place + 2]
            labels = [gold.labels[code] for code in gold.given[0][first:last]]
            facts.annotate(store, "generated", int(gold.positions[place]), labels, author="a")
    side = ssp("compare", run, "human").document
    assert side["n_sentences"] == 12
    assert side["left_out"] == [68, 0]
    assert "68 sentences of" in ssp("compare", run, "human", json_too=False).out
    judge = ssp("compare", f"{run}@stage1", run, "--against", "human")
    assert judge.document["differences"][0]["n"] == 12
    assert "not drawn at random" in judge.document["remark"]
    assert (
        "not drawn at random"
        in ssp("compare", f"{run}@stage1", run, "--against", "human", json_too=False).out
    )


def test_a_data_set_without_gold_is_compared_without(ssp: Ssp, tmp_path: Path) -> None:
    with Store.open(tmp_path / "workspace") as store:
        records = [Record(Instance(n, "test", ("a", HOSTILE), f"a {HOSTILE}"), None) for n in range(3)]
        facts.add_dataset(store, Dataset("bare", "Bare", "fao", "pos", ("A", "B")), records)
        runs = [
            facts.add_import_run(
                store, "bare", name, stage1=[Prediction(n, ("A", last)) for n in range(3)], stage2=None
            )
            for name, last in (("one", "A"), ("two", "B"))
        ]
    assert ssp("compare", *runs).document["against"] is None
    words = ssp("compare", *runs, "--part", "words", json_too=False).out
    assert "\x1b" not in words
    assert "\\x1b[31mred" in words
    said = ssp("compare", *runs, "--against", "gold")
    assert said.code == 2
    assert said.message == "error: bare has no gold labels. Compare without them, or add some first."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("human",), "nothing says whose labels are compared. Give --dataset, or name a run."),
        (("NO",), "unknown run"),
        (("RUN@stage9", "RUN"), "unknown stage"),
        (("RUN", "RUN@stage2"), "is to be compared with itself"),
        (("RUN@stage1", "RUN", "--part", "luck"), "unknown part"),
        (("RUN@stage1", "RUN", "--against", "me"), "unknown reference"),
        (("RUN", "--part", "labels"), "one labeling cannot differ from itself"),
        (("human", "--dataset", "generated"), "human has no labels"),
        (("RUN@stage1", "RUN", "--against", "human"), "has no corrected sentences"),
    ],
)
def test_what_cannot_be_compared_is_said_in_one_line(
    ssp: Ssp, run: str, arguments: tuple[str, ...], message: str
) -> None:
    said = ssp("compare", *(text.replace("RUN", run) for text in arguments))
    assert said.code == 2
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert message in said.message


def test_one_side_alone_has_scores(ssp: Ssp, run: str) -> None:
    said = ssp("compare", run).document
    assert said["differences"] == said["changes"] == said["agreement"] == []
    assert said["scores"][f"{run}@stage2"]["token_accuracy"] > 0.5
    assert ssp("compare", run, json_too=False).code == 0
