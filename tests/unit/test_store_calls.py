"""What the store tells of the calls of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.store import Store, facts, views
from core.types import Completion, Dataset, Instance, Prediction, Record

TEXTS = ["Eg lesi.", "Hon syngur.", "Tú kemur.", "Vit fara."]


def call(key: str, prompt: str, **more: object) -> Completion:
    made = {"model": "m", "prompt": prompt, "text": "NOUN", "seconds": 0.5, **more}
    return Completion(key=key, prompt_sha256=f"sha-{prompt}", **made)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Four items: one asked once, one mended, one failed, one never asked."""
    made = Store.open(tmp_path)
    records = [Record(Instance(place, "test", (), text), ("NOUN",)) for place, text in enumerate(TEXTS)]
    facts.add_dataset(made, Dataset("d", "D", "fao", "topic", ("NOUN",)), records)
    facts.add_completions(
        made,
        "d",
        [
            call("k0", "p0", prompt_tokens=7, completion_tokens=1),
            call("k1", "p1", text="?", parameters='{"then":[]}'),
            call("k1b", "p1", parameters='{"then":[["assistant","?"],["user","A label, please."]]}'),
            call("k2", "p2", text="", status="failed", error="no answer"),
            call("other", "p9"),
            call("k0-of-another-model", "p0", model="n"),
        ],
    )
    rows = [
        Prediction(0, ("NOUN",), completion_key="k0", outcome="ok"),
        Prediction(1, ("NOUN",), completion_key="k1b", error="mended", outcome="repaired"),
        Prediction(2, ("",), completion_key="k2", outcome="failed"),
        Prediction(3, ("NOUN",)),
    ]
    facts.add_import_run(made, "d", "asked", stage1=rows[3:], stage2=rows)
    return made


def test_outcomes_are_counted_where_a_model_was_asked(store: Store) -> None:
    assert views.outcomes(store, "d/asked", "stage2") == {"ok": 1, "repaired": 1, "failed": 1}
    assert views.outcomes(store, "d/asked", "stage1") == {}


def test_calls_are_listed_in_file_order_with_what_was_wrong(store: Store) -> None:
    rows = views.calls(store, "d/asked", "stage2", limit=10, offset=0)
    assert rows.position.tolist() == [0, 1, 2]
    assert rows.text.tolist() == TEXTS[:3]
    assert rows.problem.isna().tolist() == [True, False, False]
    assert rows.problem.tolist()[1:] == ["mended", "no answer"]
    assert rows.key.tolist() == ["k0", "k1b", "k2"]
    assert rows.prompt_tokens[0] == 7


def test_they_are_filtered_and_paged(store: Store) -> None:
    only = views.calls(store, "d/asked", "stage2", limit=10, offset=0, outcome="failed")
    assert only.position.tolist() == [2]
    assert views.calls(store, "d/asked", "stage2", limit=1, offset=1).position.tolist() == [1]
    assert views.asked_positions(store, "d/asked", "stage2") == [0, 1, 2]
    assert views.asked_positions(store, "d/asked", "stage2", "repaired") == [1]


def test_a_call_whose_text_is_not_stored_is_listed_all_the_same(store: Store) -> None:
    rows = [Prediction(0, ("NOUN",), completion_key="gone", outcome="ok")]
    facts.add_import_run(store, "d", "bare", stage1=None, stage2=rows)
    found = views.calls(store, "d/bare", "stage2", limit=5, offset=0)
    assert found.outcome.tolist() == ["ok"]
    assert found.seconds.isna().all()


def test_attempts_share_the_prompt_the_shorter_conversation_first(store: Store) -> None:
    assert [made.key for made in views.attempts(store, "d", "sha-p1")] == ["k1", "k1b"]
    assert views.attempts(store, "d", "sha-nothing") == []


def test_the_log_holds_every_attempt_of_the_run_and_nothing_else(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.views_calls._CALLS_PER_PAGE", 2)
    assert [made.key for made in views.call_log(store, "d/asked", ["stage2"])] == ["k0", "k1", "k1b", "k2"]
    assert list(views.call_log(store, "d/asked", ["stage1"])) == []
