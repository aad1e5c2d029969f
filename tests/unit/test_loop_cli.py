"""`ssp loop` and `ssp audit`, as a script would use them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.store import Store, facts, views
from tests.ssp_command import Ssp, filled

pytestmark = pytest.mark.slow


def correct(workspace: Path, *positions: int, layer: str = facts.LAYER) -> None:
    with Store.open(workspace) as store:
        gold = views.predictions(store, "mine/gold", "gold")
        for at in positions:
            facts.annotate(store, "mine", at, gold[at].labels, author="Anna", layer=layer)


def test_a_loop_from_a_script(ssp: Ssp, tmp_path: Path) -> None:
    filled(ssp, tmp_path)
    run = ssp("run", "ssp", "--dataset", "mine", "--source", "theirs", "--set", "k=2").document["run"]
    first = ssp("loop", "queue", run, "--limit", "2").document
    assert len(first) == 2
    assert first[0]["value"] >= first[1]["value"]
    refused = ssp("loop", "round", run)
    assert refused.code != 0
    assert "nothing was corrected" in refused.err
    correct(tmp_path / "workspace", first[0]["position"])
    told = ssp("loop", "affected", run).document
    assert told["corrections"] == 1
    made = ssp("loop", "round", run).document
    assert (made["parent"], made["computed"]) == (run, True)
    assert ssp("loop", "affected", made["run"]).document["positions"] == []
    known = ssp("loop", "status", run).document
    assert [point["run"] for point in known["points"]] == [run, made["run"]]
    assert [point["corrections"] for point in known["points"]] == [0, 1]
    assert (known["measured_by"], known["items"]) == ("gold", 5)
    assert known["points"][1]["relabelled"] == len(told["positions"])
    text = ssp("loop", "status", run, json_too=False).out
    assert "labelled anew" in text
    assert "Not known yet" in text


def test_an_audit_from_a_script(ssp: Ssp, tmp_path: Path) -> None:
    filled(ssp, tmp_path)
    run = ssp("run", "ssp", "--dataset", "mine", "--source", "theirs", "--set", "k=2").document["run"]
    assert ssp("loop", "audit", run).document == []
    assert "nothing was labelled blind" in ssp("loop", "audit", run, json_too=False).out
    with Store.open(tmp_path / "workspace") as store:
        facts.add_queue(store, "mine", "Audit", [4, 1, 0, 5, 2], "at random", kind=facts.AUDIT)
    correct(tmp_path / "workspace", 4, 1, 0, 5, 2, layer=facts.BLIND)
    (found,) = ssp("loop", "audit", run, "--stage", "stage1").document
    assert (found["stage"], found["metric"], found["n_items"], found["of_items"]) == (
        "stage1",
        "token_accuracy",
        5,
        6,
    )
    assert found["combined"]["low"] <= found["combined"]["value"] <= found["combined"]["high"]
    assert "5 of 6 items labelled blind" in ssp("loop", "audit", run, json_too=False).out
