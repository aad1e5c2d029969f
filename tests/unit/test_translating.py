"""Translate-test, translate-train, 0-CLT-U and translations beside a sentence, through the whole corridor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from core import pipeline, translating
from core.errors import RecipeError, UnknownName
from core.jobs.prepare import Request, prepare
from core.pipeline import strip_gold
from core.recipes import Context, Imported, resolve
from core.run_input import RunInput, Source
from core.store import Store, facts
from core.types import Dataset, Instance, Prediction, Record
from tests.translated_sample import tagged, translated
from tests.unit.test_pipeline import Facts, silent

FAO, ENG = tagged("sample-pos-fao"), tagged("sample-pos-eng")
LABELS = tuple(sorted({label for record in (*FAO, *ENG) for label in record.labels or ()}))
TARGET = Dataset("fao", "Faroese", "fao", "pos", LABELS)
QUICK = {"stage1.iterations": "8", "stage1.calibrate": "false", "stage2": "none"}


def job(recipe: str, records: Sequence[Record], source: Sequence[Record], **settings: str) -> RunInput:
    resolved = resolve(
        recipe, QUICK | {k.replace("__", "."): v for k, v in settings.items()}, Context(TARGET)
    )
    return RunInput(
        "r", TARGET, resolved, 0, strip_gold(records), sources=[Source("english", "eng", list(source))]
    )


def done(given: RunInput) -> Facts:
    found = Facts()
    pipeline.run(given, found, silent)
    return found


def accuracy(found: Sequence[Prediction], gold: Sequence[Record]) -> float:
    labels = {record.instance.position: record.labels or () for record in gold}
    pairs = [pair for row in found for pair in zip(row.labels, labels[row.position], strict=True)]
    return sum(one == other for one, other in pairs) / len(pairs)


def test_translate_test_labels_the_translation_and_carries_the_labels_back() -> None:
    records = translated(FAO, ENG, "en")
    by_translation = done(job("translate_test", records, ENG))
    plain = done(job("ssp", records, ENG))
    found = by_translation.stages["stage1"]
    assert [row.position for row in found] == [record.instance.position for record in FAO]
    assert all(len(row.confidences or ()) == len(row.labels) for row in found)
    assert accuracy(found, FAO) > 0.7 > 0.5 > accuracy(plain.stages["stage1"], FAO)
    note = by_translation.notes["translation"]
    assert (note["translator"], note["source"], note["target"]) == ("given", "fao", "eng")
    assert (note["texts"], note["without"]) == (len(FAO), 0)


def test_an_item_without_a_translation_is_labelled_as_it_stands_and_says_so() -> None:
    records = [FAO[0], *translated(FAO, ENG, "en")[1:]]
    first, second = done(job("translate_test", records, ENG)).stages["stage1"][:2]
    assert first.error == "no translation: labelled as it stands"
    assert len(first.labels) == len(FAO[0].instance.tokens)
    assert second.error is None


def test_translate_test_needs_a_source_in_the_language_of_the_translations() -> None:
    given = job("translate_test", translated(FAO, ENG, "fra"), ENG, translation__language="fra")
    with pytest.raises(RecipeError, match="no source is in French"):
        done(given)


def test_nothing_given_says_what_to_do() -> None:
    with pytest.raises(
        RecipeError, match="none of the 30 texts came with a translation into English"
    ) as found:
        done(job("translate_test", FAO, ENG))
    assert "translation.data" in found.value.hint


@pytest.mark.parametrize("alone", ["true", "false"])
def test_translate_train_learns_from_sources_in_the_language_of_the_target(alone: str) -> None:
    source = translated(ENG, FAO, "fao")
    given = job("translate_train", FAO, source, translation__name="given", translation__alone=alone)
    found = done(given)
    assert found.notes["translation"] == {"sources": {"english (translated)": len(ENG)}}
    assert accuracy(found.stages["stage1"], FAO) > accuracy(done(job("ssp", FAO, ENG)).stages["stage1"], FAO)


def test_the_sources_stage_one_learns_from() -> None:
    seen: list[RunInput] = []

    def stage_one(inner: RunInput) -> list[Prediction]:
        seen.append(inner)
        return []

    source = translated(ENG, FAO, "fao")
    for alone in ("false", "true"):
        given = job("translate_train", FAO, source, translation__name="given", translation__alone=alone)
        translating.labelled(given, stage_one, Facts(), silent)
    added, alone_ = seen
    assert [item.dataset for item in added.sources] == ["english", "english (translated)"]
    assert [(item.dataset, item.language) for item in alone_.sources] == [("english (translated)", "fao")]
    (made,) = alone_.sources
    for record, origin in zip(made.records, ENG, strict=True):
        assert len(record.instance.tokens) == len(record.labels or ())
        assert record.instance.text == source[origin.instance.position].instance.meta["translations"]["fao"]  # type: ignore[index]


def test_a_lexicon_learned_from_parallel_text_keeps_labels_word_by_word() -> None:
    parallel = [
        Instance(n, "train", (), record.instance.text, meta=record.instance.meta)
        for n, record in enumerate(translated(FAO, ENG, "eng"))
    ]
    given = replace(job("translate_train", FAO, ENG, translation__alone="true"), parallel=parallel)
    seen: list[RunInput] = []
    translating.labelled(given, lambda inner: seen.append(inner) or [], Facts(), silent)  # type: ignore[func-returns-value]
    (made,) = seen[0].sources
    assert [record.labels for record in made.records] == [record.labels for record in ENG]
    changed = [
        one != other
        for record, origin in zip(made.records, ENG, strict=True)
        for one, other in zip(record.instance.tokens, origin.instance.tokens, strict=True)
    ]
    assert sum(changed) > 0.1 * len(changed)


def test_pairs_carry_both_texts_and_labels_stay_as_they_are() -> None:
    dataset = Dataset("gn", "Guarani", "grn", "nli", ("entailment", "neutral", "contradiction"))
    meta = {"translations": {"en": "It rains."}, "translations_b": {"en": "It is dry."}}
    item = Instance(0, "test", (), "Oky.", "Ndokýi.", meta)
    half = Instance(1, "test", (), "Oky.", "Ndokýi.", {"translations": {"en": "It rains."}})
    recipe = resolve("translate_test", {"stage2": "none"}, Context(dataset))
    given = RunInput("r", dataset, recipe, 0, [item, half], sources=[Source("e", "eng", [])])
    seen: list[RunInput] = []

    def stage_one(inner: RunInput) -> list[Prediction]:
        seen.append(inner)
        return [Prediction(row.position, ("neutral",), (0.5,)) for row in inner.instances]

    found = translating.labelled(given, stage_one, Facts(), silent)
    assert [(row.text, row.text_b) for row in seen[0].instances] == [
        ("It rains.", "It is dry."),
        ("Oky.", "Ndokýi."),
    ]
    assert [(row.labels, row.error) for row in found] == [
        (("neutral",), None),
        (("neutral",), "no translation: labelled as it stands"),
    ]


def test_prompts_see_a_translation_only_where_it_is_wanted() -> None:
    records = translated(FAO[:2], ENG, "en")
    given = job("ssp", records, ENG)
    assert all("translations" not in item.meta for item in translating.shown(given).instances)
    table = {"name": "given", "language": "eng", "beside": True}
    wanted = replace(given, recipe={**given.recipe, "translation": table})
    ready = translating.shown(translating.translated(wanted, Facts(), silent))
    for item, record in zip(ready.instances, records, strict=True):
        assert item.meta["translations"] == {"eng": record.instance.meta["translations"]["en"]}  # type: ignore[index]


@pytest.fixture
def workspace(store: Store) -> Store:
    """Faroese in two splits without translations, parallel text beside it, and English."""
    halves = [
        replace(record, instance=replace(record.instance, split="test" if n < 20 else "train", meta={}))
        for n, record in enumerate(FAO)
    ]
    facts.add_dataset(store, TARGET, halves)
    parallel = [replace(record, labels=None) for record in translated(FAO, ENG, "en")]
    facts.add_dataset(store, replace(TARGET, id="beside", name="Parallel"), parallel)
    facts.add_dataset(store, replace(TARGET, id="english", language="eng"), ENG)
    return store


def test_translations_come_from_a_parallel_data_set(workspace: Store) -> None:
    request = Request("translate_test", "fao", QUICK | {"translation.data": "beside"}, ["english"])
    given = prepare(workspace, request)
    assert len(given.parallel) == 30
    assert all(item.meta["translations"] for item in given.instances)
    assert accuracy(done(given).stages["stage1"], FAO) > 0.7
    other = prepare(workspace, Request("translate_test", "fao", QUICK, ["english"]))
    assert given.run_id != other.run_id


def test_what_is_to_be_labelled_is_no_parallel_data_set_of_itself(workspace: Store) -> None:
    request = Request("translate_test", "fao", QUICK | {"translation.data": "fao"}, ["english"])
    with pytest.raises(RecipeError, match="is what is to be labelled"):
        prepare(workspace, request)


def test_unlabelled_sentences_get_stage_one_labels_enter_the_pool_and_are_not_labelled_again(
    workspace: Store,
) -> None:
    settings = {"stage1.iterations": "8", "stage1.calibrate": "false", "k": "2"}
    given = prepare(workspace, Request("clt_u", "fao", settings, ["english"]))
    assert (len(given.instances), len(given.others)) == (20, 10)
    found = done(given)
    assert [row.position for row in found.stages["stage1"]] == list(range(20))
    assert [row.position for row in found.stages["pool"]] == list(range(20, 30))
    assert [row.position for row in found.stages["stage2"]] == list(range(20))
    assert [item.instance.position for item in found.pool if item.origin == "target"] == list(range(30))
    chosen = {found.pool[row].instance.position for one in found.chosen for row in one.chosen[:2]}
    assert chosen & set(range(20, 30))


def test_a_pool_needs_other_splits(workspace: Store) -> None:
    for wanted, error in (("test", "has no unlabelled sentences in test"), ("dev", "unknown split")):
        with pytest.raises((RecipeError, UnknownName), match=error):
            prepare(workspace, Request("clt_u", "fao", {"stage1.pool": wanted}, ["english"]))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"translate": "both"}, "stage1.translate cannot be 'both'"),
        ({"translate": "test", "stage1": "none"}, "translate-test makes Stage-I labels"),
        ({"translate": "test", "translation": "llm"}, "needs one that can be asked"),
        ({"translate": "test", "translation": "gven"}, "unknown translator 'gven'"),
        ({"translate": "test", "translation.beams": "2"}, "has no setting 'beams'"),
        ({"translate": "train", "translation.alone": "perhaps"}, "must be true or false"),
    ],
)
def test_recipes_refuse_what_cannot_be_done(settings: dict[str, str], said: str) -> None:
    with pytest.raises((RecipeError, UnknownName), match=said):
        resolve("ssp", settings, Context(TARGET))


def test_a_recipe_that_translates_nothing_says_nothing_of_it() -> None:
    recipe = resolve("ssp", {}, Context(TARGET))
    assert recipe["translation"] == {}
    assert "translate" not in recipe["stage1"]


def test_translating_makes_labels_even_where_some_were_imported() -> None:
    imported = {"zgul": Imported(frozenset({"stage1"}))}
    assert resolve("translate_test", {}, Context(TARGET, imported))["stage1"]["labeler"] == "crf"
