"""Exemplars: gold ones of other languages, and which words spoke for a label."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.store import facts
from core.types import Dataset, Instance, Prediction, Record, Selection
from dashboard import current, queries, resources
from dashboard.widgets import exemplars
from tests.influence_rows import add_influence
from tests.pages.test_pages import POS, assert_well, exports, filled, texts, visit, workspace

__all__ = ["filled", "workspace"]


@pytest.fixture
def mixed(filled: Path) -> str:
    """A run on `words` whose first sentence has an exemplar of its own and two of an Arabic source."""
    store = resources.store()
    items = [Record(Instance(p, "train", ("بيت", "كبير", "."), "بيت كبير ."), POS) for p in range(2)]
    facts.add_dataset(store, Dataset("arabic", "Arabic words", "arb", "pos", POS), items)
    labels = [Prediction(p, ("NOUN", "NOUN", "PUNCT"), (0.9, 0.4, 0.7)) for p in range(3)]
    chosen = Selection(
        0, (1, 2, 3), (0.5, 0.3, 0.2), (0.9, 1.0, 1.0), (("NOUN",), ("VERB",), ()), 0.5, 0.5, "search"
    )
    run = facts.add_import_run(
        store, "words", "mixed", stage1=labels, stage2=labels, selections=[(chosen, (1, 0, 1))], meta={}
    )
    _make_sources(run)
    return run


def _make_sources(run: str) -> None:
    """The second and third exemplar are those of the source, as a run stores them."""
    from sqlalchemy import update

    from core.store.schema import exemplar

    change = update(exemplar).where(exemplar.c.run_id == run, exemplar.c["rank"] > 0)
    with resources.store().write() as connection:
        connection.execute(change.values(exemplar_dataset="arabic", origin="source"))


def drawn(run: str, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The cards of the first sentence, as the component gets them."""
    got: list[dict[str, Any]] = []
    monkeypatch.setattr(exemplars, "strip", lambda blocks, **_: got.extend(blocks))
    here = current.Here(queries.dataset("words"), queries.run(run), "words/gold")
    found = queries.selection(run, 0)
    assert found is not None
    spoke = {(0, 1): 0.4, (2, 0): 0.25}
    exemplars.cards(
        here, found["exemplars"], exemplars.stored(here, found["exemplars"]), key="x", spoke=spoke
    )
    json.dumps(got, allow_nan=False)
    return got


def test_exemplars_of_a_source_show_its_gold_its_language_and_its_direction(
    mixed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, source, _ = drawn(mixed, monkeypatch)
    assert [token["l"][0][0] for token in own["tokens"]] == ["NOUN", "NOUN", "PUNCT"]
    assert "tag" not in own
    assert [token["l"][0][0] for token in source["tokens"]] == list(POS)
    assert (source["rows"], source["dir"]) == (["gold label"], "rtl")
    assert source["tag"].endswith(" · Arabic words")
    assert "gold labels" in source["note"]


def test_words_that_spoke_carry_their_share(mixed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shares = [[token.get("s") for token in block["tokens"]] for block in drawn(mixed, monkeypatch)]
    assert shares == [[None, 0.4, None], [None, None, None], [0.25, None, None]]


def test_a_source_that_was_deleted_is_still_named(mixed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    facts.delete_dataset(resources.store(), "arabic")
    cards = drawn(mixed, monkeypatch)
    assert [card.get("tag") for card in cards] == [None, "arabic", "arabic"]
    assert "no longer in this workspace" in cards[1]["texts"][0]["t"]
    assert_well(visit("exemplars.py", dataset="words", run=mixed, sentence="0"))


def test_the_objective_is_that_of_the_targets_own_exemplars(mixed: str) -> None:
    found = queries.selection(mixed, 0)
    assert found is not None
    assert exemplars.objective(found)["Sum of similarities"] == "0.500"
    app = visit("exemplars.py", dataset="words", run=mixed, sentence="0")
    assert "The 1 sentence it learns from, and 2 of other languages" in [s.value for s in app.subheader]


def test_a_chosen_word_lists_what_spoke_for_it(mixed: str) -> None:
    entries = [(0, 0, 0, 0.5), (1, 2, 1, 0.25), (1, 0, 2, 0.125)]
    add_influence(resources.store(), mixed, 0, entries)
    app = visit("exemplars.py", dataset="words", run=mixed, sentence="0", token="1")
    assert_well(app)
    shown = next(item.value for item in app.dataframe if "share" in item.value.columns)
    assert list(shown.columns) == ["token", "exemplar", "word", "label", "share"]
    assert shown.to_numpy().tolist() == [
        ["\u200bBär", 3, "كبير", "VERB", 0.25],
        ["\u200bBär", 1, "![x](http://x/y.png)", "PUNCT", 0.125],
    ]
    assert "“\u200bBär”: Stage II gave NOUN." in texts(app)
    assert "Evidence (3 rows)" in exports(app)


def test_without_a_chosen_word_one_line_says_how(mixed: str) -> None:
    add_influence(resources.store(), mixed, 0, [(0, 0, 0, 0.5)])
    for token in ("-1", "99"):
        said = texts(visit("exemplars.py", dataset="words", run=mixed, sentence="0", token=token))
        assert "Choose a word of the sentence above" in said


def test_a_word_nothing_spoke_for_says_so(mixed: str) -> None:
    add_influence(resources.store(), mixed, 0, [(0, 0, 0, 0.5)])
    said = texts(visit("exemplars.py", dataset="words", run=mixed, sentence="0", token="2"))
    assert "No exemplar spoke for it noticeably" in said


def test_a_run_without_evidence_says_nothing_of_it(mixed: str) -> None:
    said = texts(visit("exemplars.py", dataset="words", run=mixed, sentence="0", token="1"))
    assert "What spoke" not in said
    assert "Choose a word" not in said


def test_the_way_from_a_changed_token_leads_to_its_evidence(filled: Path) -> None:
    links = visit("compare.py", dataset="words", sentence="1").get("page_link")
    its = next(link.proto for link in links if link.proto.label == "Its exemplars")
    assert "token=1" in its.query_string
