"""Every recipe that asks a language model, from a request to stored facts; the test writes the answers."""

from __future__ import annotations

import re

import pytest

from core.errors import RecipeError, UnknownName
from core.jobs.launch import run_here
from core.jobs.prepare import GOLD_SHOWN, Request, prepare
from core.settings import Settings
from core.store import Store, facts, views
from core.types import Dataset, Instance, Record
from tests.scripted_llm import tagged
from tests.unit.job_project import WORDS, chosen, project
from tests.unit.llm_project import LLM, Asked, answer, asked, quiet, run, told

pytestmark = pytest.mark.slow

__all__ = ["asked", "chosen", "project"]


def test_ssp_in_context_in_both_stages(project: Store, chosen: Settings, asked: Asked) -> None:
    run_id = run(project, chosen, "ssp", stage1="incontext", k="2", stage1__k="3")
    found = views.run(project, run_id)
    assert found["stages"] == ["stage1", "stage2"]
    first, second = asked.texts()[:6], asked.texts()[6:]
    assert all(text.count("Text: ") == 4 for text in first)
    assert all(text.count("Text: ") == 3 for text in second)
    rows = views.predictions(project, run_id, "stage2")
    assert [row.outcome for row in rows.values()] == ["ok"] * 6
    assert all(views.completion(project, str(row.completion_key)) for row in rows.values())
    assert told(project, run_id)["outcomes"] == {
        "ok": 6, "repaired": 0, "unparseable": 0, "refused": 0, "truncated": 0, "failed": 0,
    }  # fmt: skip
    assert told(project, run_id, "stage1")["order"] == "similar_last"
    assert told(project, run_id)["order"] == "similar_first"
    assert {score.metric: score.value for score in views.scores(project, run_id)}
    assert views.selection(project, run_id, 0) is not None


def test_source_exemplars_of_several_languages_are_mixed(
    project: Store, chosen: Settings, asked: Asked
) -> None:
    other = Dataset("other", "Other", "dan", "pos", ("NOUN", "VERB", "PRON", "ADV", "PUNCT"))
    words = (*(word for word, _ in WORDS), "ord1", "ord1")
    near = Instance(0, "train", words, " ".join(words))
    facts.add_dataset(project, other, [Record(near, (*(tag for _, tag in WORDS), "NOUN", "NOUN"))])
    request = Request("source_icl", "target", LLM | {"stage1.k": "4"}, ["source", "other"])
    run_id, _ = run_here(project, chosen, request, quiet)
    assert views.run(project, run_id)["stages"] == ["stage1"]
    text = next(text for text in asked.texts() if text.rstrip("`\n").endswith("ord1\nWords:"))
    assert "Text: Hon syngur væl . ord1 ord1\n" in text
    assert text.count("Text: ") == 5


def test_zero_shot_shows_nothing(project: Store, chosen: Settings, asked: Asked) -> None:
    run_id = run(project, chosen, "zeroshot")
    assert views.run(project, run_id)["stages"] == ["stage2"]
    assert all(text.count("Text: ") == 1 for text in asked.texts())
    assert not asked.jobs[0].sources
    assert views.selection(project, run_id, 0) is None


def test_skyline_shows_gold_but_never_an_items_own(project: Store, chosen: Settings, asked: Asked) -> None:
    run_id = run(project, chosen, "skyline", k="3")
    found = views.run(project, run_id)
    assert found["stages"] == ["stage2"]
    assert GOLD_SHOWN in found["meta"]["warnings"]
    for query, text in enumerate(asked.texts()):
        shown = re.findall(r"^ord(\d)\tNOUN$", text, re.MULTILINE)
        assert len(shown) == 3
        assert str(query) not in shown


def test_skyline_needs_gold_and_a_model(project: Store, asked: Asked) -> None:
    bare = Dataset("bare", "Bare", "fao", "pos", ("NOUN",))
    facts.add_dataset(project, bare, [Record(Instance(0, "test", ("a",), "a"))])
    with pytest.raises(RecipeError, match="no gold labels"):
        prepare(project, Request("skyline", "bare", LLM))
    with pytest.raises(RecipeError, match="offline tagger corrects"):
        prepare(project, Request("skyline", "target", {"llm": "offline", "stage2": "auto"}))


def test_a_third_stage_takes_the_labels_of_an_earlier_run(
    project: Store, chosen: Settings, asked: Asked
) -> None:
    with pytest.raises(RecipeError, match="no finished run"):
        prepare(project, Request("iterate", "target", LLM))
    asked.model.script = lambda call: tagged(call, lambda _: "ADV")
    first = run(project, chosen, "zeroshot")
    asked.model.script = answer
    second = run(project, chosen, "iterate", k="2")
    assert views.run(project, second)["recipe"] == "iterate"
    noisy = views.predictions(project, second, "stage1")
    assert {label for row in noisy.values() for label in row.labels} == {"ADV"}
    third = run(project, chosen, "ssp", stage1__labels=first, k="2")
    assert views.predictions(project, third, "stage1")[0].labels == ("ADV",) * 5
    assert third != second
    with pytest.raises(RecipeError, match="none of its finished runs is called 1234567890123456"):
        prepare(project, Request("ssp", "target", LLM | {"stage1.labels": "1234567890123456"}))


def test_labels_that_saw_gold_are_not_shown_again_unasked(
    project: Store, chosen: Settings, asked: Asked
) -> None:
    skyline = run(project, chosen, "skyline", k="2")
    with pytest.raises(RecipeError, match="no finished run"):
        prepare(project, Request("iterate", "target", LLM))
    again = run(project, chosen, "iterate", stage1__labels=skyline, k="2")
    assert GOLD_SHOWN in views.run(project, again)["meta"]["warnings"]
    plain = run(project, chosen, "zeroshot")
    newest = prepare(project, Request("iterate", "target", LLM))
    assert newest.recipe["stage1"]["labels"] == plain
    assert GOLD_SHOWN not in newest.warnings


def test_useless_answers_of_an_earlier_run_are_no_exemplars_either(
    project: Store, chosen: Settings, asked: Asked
) -> None:
    asked.model.script = lambda call: "no" if "ord2" in call.frame.words else answer(call)
    run(project, chosen, "zeroshot", llm__repairs="0")
    asked.model.asked.clear()
    run(project, chosen, "iterate", k="3")
    assert not any("ord2\t" in text for text in asked.texts())


def test_iterating_offline_needs_no_language_model(project: Store, chosen: Settings, asked: Asked) -> None:
    run(project, chosen, "zeroshot")
    asked.model.asked.clear()
    request = Request("iterate", "target", {"k": "2", "stage2.from_sources": "0"})
    run_id, _ = run_here(project, chosen, request, quiet)
    assert asked.model.asked == []
    assert views.run(project, run_id)["stages"] == ["stage1", "consensus", "stage2"]


def test_useless_answers_never_become_exemplars(project: Store, chosen: Settings, asked: Asked) -> None:
    asked.model.script = lambda call: "no" if "ord2" in call.frame.words else answer(call)
    run_id = run(project, chosen, "ssp", stage1="incontext", k="2", llm__repairs="0")
    rows = views.predictions(project, run_id, "stage1")
    assert rows[2].outcome == "unparseable"
    assert rows[2].labels == ("X",) * 5
    assert not any("ord2\tX" in text for text in asked.texts())
    assert told(project, run_id, "stage1")["outcomes"] == {
        "ok": 5, "repaired": 0, "unparseable": 1, "refused": 0, "truncated": 0, "failed": 0,
    }  # fmt: skip


def test_items_are_asked_anew_alone_and_with_a_template_of_their_own(
    project: Store, chosen: Settings, asked: Asked
) -> None:
    first = run(project, chosen, "zeroshot")
    facts.save_template(project, "target", "terse", "Tags: {{ labels | join(', ') }}.\n{{ sentence }}")
    keys = {call.number: call for call in asked.model.asked}
    asked.model.asked.clear()
    second = run(project, chosen, "zeroshot", llm__again="2", llm__again_template="terse")
    third = run(project, chosen, "zeroshot", llm__again="2 2", llm__again_template="terse")
    assert len({first, second, third}) == 3
    again = {call.number: call for call in asked.model.asked[:6]}
    assert [n for n in range(6) if keys[n] != again[n]] == [2]
    assert again[2].prompt.text.startswith("Tags: NOUN")
    assert [call.again for call in asked.model.asked if call.number == 2] == [1, 2]
    with pytest.raises(UnknownName, match="Did you mean terse"):
        run(project, chosen, "zeroshot", llm__again_template="ters")
