"""A file of one's own becomes a data set whole, as the user decided, or leaves the workspace as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import languages
from core.decisions import Decision
from core.errors import FormatError, StudioError
from core.importing import UndecidedLabels, import_file
from core.store import Store, views
from core.tasks import tasks
from core.types import LabelInfo, Language
from tests.own_files import DEV, NER, choice, put, sentence

pytestmark = pytest.mark.slow

PENN = sentence(("Dogs", "NNS"), ("bark", "VBP"), (".", "PUNCT")) + sentence(("Ugh", "QQ"))
MAPPED = (Decision("NNS", "map", "NOUN"), Decision("VBP", "map", "VERB"), Decision("QQ", "keep"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "work") as opened:
        yield opened


def test_it_needs_only_task_and_language(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "My Own Corpus.dev.conllu", DEV)
    done = import_file(store, choice(path, "pos", "syr"))
    assert (done["dataset"], done["instances"], done["tokens"]) == ("my-own-corpus-dev", 2, 5)
    assert done["splits"] == {"dev": 2}
    found = views.dataset(store, done["dataset"])
    assert (found.language, found.name, found.source) == ("syr", "My Own Corpus.dev", path.name)
    assert (found.meta["direction"], found.meta["format"], found.egress) == ("rtl", "conllu", "ask")


def test_id_split_and_format_can_be_said(store: Store, tmp_path: Path) -> None:
    said = choice(put(tmp_path, "x", NER), "ner", "ha", format="bio", dataset_id="mine", split="train")
    done = import_file(store, said)
    assert (done["dataset"], done["splits"]) == ("mine", {"train": 2})


@pytest.mark.parametrize("bad", ["a/b", "a b", "../x", "-x", "."])
def test_an_id_is_a_plain_word(store: Store, tmp_path: Path, bad: str) -> None:
    with pytest.raises(StudioError, match="cannot be the id"):
        import_file(store, choice(put(tmp_path, "x.bio", NER), "ner", "ha", dataset_id=bad))


@pytest.mark.parametrize("name", ["conlu", "nli"])
def test_a_format_that_cannot_carry_the_task_is_refused(store: Store, tmp_path: Path, name: str) -> None:
    with pytest.raises(StudioError, match="conllu"):
        import_file(store, choice(put(tmp_path, "x.conllu", DEV), "pos", format=name))


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n\n"])
def test_a_file_without_sentences_is_refused(store: Store, tmp_path: Path, text: str) -> None:
    with pytest.raises(FormatError, match=r"x\.conllu"):
        import_file(store, choice(put(tmp_path, "x.conllu", text), "pos", format="conllu"))
    assert views.datasets(store) == []


def test_a_broken_line_is_named_and_nothing_is_stored(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "x.conllu", DEV + "1\tog\tCCONJ\n\n")
    with pytest.raises(FormatError, match=r"x\.conllu:10: 3 columns"):
        import_file(store, choice(path, "pos"))
    assert views.datasets(store) == []


def test_an_unknown_label_asks_for_a_decision(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UndecidedLabels) as caught:
        import_file(store, choice(put(tmp_path, "x.conllu", PENN), "pos"))
    assert "x.conllu:2: 'NNS'" in str(caught.value)
    assert '--map "NNS=NOUN"' in str(caught.value)
    assert views.datasets(store) == []


def test_decisions_are_carried_out_kept_and_can_be_undone(store: Store, tmp_path: Path) -> None:
    done = import_file(store, choice(put(tmp_path, "x.conllu", PENN), "pos", decisions=MAPPED))
    found = views.dataset(store, done["dataset"])
    assert found.labels == (*tasks["pos"].labels, "QQ")
    assert found.meta["label_mapping"] == [decision.as_json() for decision in MAPPED]
    first, second = views.records(store, found.id)
    assert first.labels == ("NOUN", "VERB", "PUNCT")
    assert first.instance.meta["original_labels"] == ["NNS", "VBP", "PUNCT"]
    assert second.labels == ("QQ",)
    assert "original_labels" not in second.instance.meta


def test_what_a_label_means_is_stored_with_it(store: Store, tmp_path: Path) -> None:
    said = LabelInfo("QQ", "An exclamation of disgust.", "q", "#112233")
    wanted = choice(put(tmp_path, "x.conllu", PENN), "pos", decisions=MAPPED, tagset=(said,), egress="local")
    done = import_file(store, wanted)
    found = views.dataset(store, done["dataset"])
    assert (found.tagset, found.egress) == ((said,), "local")


def test_a_language_nobody_has_a_code_for_is_described_in_the_data_set(store: Store, tmp_path: Path) -> None:
    mine = Language("x-hill", "Hill Speech", "Arab", direction="rtl")
    path = put(tmp_path, "hill.bio", NER)
    done = import_file(store, replace(choice(path, "ner"), language=mine))
    stored = views.dataset(store, done["dataset"])
    assert languages.of(stored) == mine
    assert languages.own(views.datasets(store)) == {"x-hill": mine}


def test_text_without_labels_gets_the_usual_label_set(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "plain.txt", "Ali ya tafi Kano .\n")
    done = import_file(store, choice(path, "ner", "hau", format="text"))
    assert views.dataset(store, done["dataset"]).labels == tasks["ner"].labels
    assert done["problems"] == {"unlabelled": 1}


def test_the_normal_form_lies_beside_the_text(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "plain.txt", "e\u0301g\u200b\u00a0lesi\nplain\n")
    done = import_file(store, choice(path, "pos", format="text"))
    first, second = views.records(store, done["dataset"])
    assert first.instance.text == "e\u0301g\u200b\u00a0lesi"
    assert first.instance.meta["normal"] == "ég lesi"
    assert "normal" not in second.instance.meta


@pytest.mark.parametrize("asked", ["ÉG", "e\u0301g", "\u00e9g"])
def test_search_finds_the_normal_form(store: Store, tmp_path: Path, asked: str) -> None:
    path = put(tmp_path, "x.bio", "e\u0301\u00adg PRON\nlesi VERB\n\nplain X\n\n")
    done = import_file(store, choice(path, "pos"))
    assert views.n_sentences(store, f"{done['dataset']}/gold", "gold", text=asked) == 1


def test_importing_again_never_loosens_where_text_may_go(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "x.bio", NER)
    for wanted, kept in (("ask", "ask"), ("local", "local"), ("any", "local")):
        done = import_file(store, choice(path, "ner", "ha", egress=wanted))
        assert views.dataset(store, done["dataset"]).egress == kept
