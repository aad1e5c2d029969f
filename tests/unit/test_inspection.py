"""Looking into a file before it is stored: counts, suggestions, problems with their lines, a preview."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from core.decisions import Decision
from core.errors import Cancelled, FormatError
from core.inspection import LISTED, PREVIEW, inspect
from core.tasks import tasks
from core.types import ReadOptions
from tests.own_files import DEV, NER, choice, put, sentence


def test_what_a_sound_file_holds(tmp_path: Path) -> None:
    found = inspect(choice(put(tmp_path, "x-dev.conllu", DEV), "pos"))
    assert found.importable
    assert (found.format, found.splits, found.n_instances, found.n_tokens) == ("conllu", {"dev": 2}, 2, 5)
    assert found.labels == {"PRON": 2, "VERB": 2, "PUNCT": 1}
    assert (found.problems, found.unknown, found.label_set) == ((), {}, tasks["pos"].labels)
    assert [record.instance.tokens for record in found.preview] == [("Eg", "lesi"), ("Hon", "sá", ".")]


def test_unknown_labels_wait_with_a_suggestion(tmp_path: Path) -> None:
    path = put(tmp_path, "x.conllu", DEV + sentence(("og", "CC"), ("so", "QQ"), ("og", "CC")))
    found = inspect(choice(path, "pos"))
    assert not found.importable
    assert found.unknown == {"CC": 2, "QQ": 1}
    assert found.suggested == (Decision("CC", "map", "CCONJ"), Decision("QQ", "keep"))
    waiting = [(p.severity, p.where) for p in found.problems if p.kind == "unknown_label"]
    assert waiting == [("decide", "x.conllu:11"), ("decide", "x.conllu:12")]
    assert found.label_set == tasks["pos"].labels
    settled = inspect(choice(path, "pos", decisions=found.suggested))
    assert settled.importable
    assert settled.label_set == (*tasks["pos"].labels, "QQ")
    assert settled.preview[-1].labels == ("CCONJ", "QQ", "CCONJ")


def test_a_broken_file_is_a_problem_not_an_exception(tmp_path: Path) -> None:
    found = inspect(choice(put(tmp_path, "x.conllu", DEV + "1\tog\tCCONJ\n\n"), "pos"))
    assert not found.importable
    assert isinstance(found.error, FormatError)
    assert (found.problems[0].severity, found.problems[0].where) == ("error", "x.conllu:10")
    assert "3 columns" in found.problems[0].message
    assert found.n_instances >= 1, "what was read before the fault is still shown"


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "empty"), (b"\x00\x01\x02\xff" * 99, ""), (b"\xff\xfeE\x00g\x00", "")],
)
def test_what_is_no_text_is_a_problem(tmp_path: Path, content: bytes, message: str) -> None:
    found = inspect(choice(put(tmp_path, "x.conllu", content), "pos"))
    assert not found.importable
    assert found.problems[0].severity == "error"
    assert message in found.problems[0].message
    assert found.problems[0].done


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    assert not inspect(choice(tmp_path / "absent.conllu", "pos")).importable


def test_problems_are_counted_in_full_and_listed_in_part(tmp_path: Path) -> None:
    path = put(tmp_path, "x.bio", "".join(f"w{n} I-PER\n\n" for n in range(LISTED + 30)))
    found = inspect(choice(path, "ner"))
    assert found.importable
    assert found.counts["illegal_bio"] == LISTED + 30
    listed = [problem for problem in found.problems if problem.kind == "illegal_bio"]
    assert len(listed) == LISTED
    assert [problem.line for problem in listed[:3]] == [1, 3, 5]
    assert len(found.preview) == PREVIEW


def test_a_decision_that_makes_no_sense_is_an_error(tmp_path: Path) -> None:
    path = put(tmp_path, "x.bio", NER)
    found = inspect(choice(path, "ner", decisions=(Decision("B-LOC", "map", "12"),)))
    assert not found.importable
    assert "'12' is no BIO tag" in found.problems[0].message


def test_an_undecided_entity_type_is_not_yet_a_label(tmp_path: Path) -> None:
    path = put(tmp_path, "x.bio", NER + "Musa PERSON\n\n")
    assert inspect(choice(path, "ner")).label_set == ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")
    mapped = inspect(choice(path, "ner", decisions=(Decision("PERSON", "map", "PERSON"),)))
    assert "I-PERSON" in mapped.label_set


def test_a_label_the_task_knows_can_be_mapped_too(tmp_path: Path) -> None:
    path = put(tmp_path, "x.bio", NER)
    found = inspect(choice(path, "ner", decisions=(Decision("B-LOC", "map", "B-PLACE"),)))
    assert found.label_set == ("O", "B-PER", "I-PER", "B-PLACE", "I-PLACE")
    assert found.labels["B-LOC"] == 1


def test_a_compressed_file(tmp_path: Path) -> None:
    found = inspect(choice(put(tmp_path, "x-train.conllu.gz", gzip.compress(DEV.encode())), "pos"))
    assert (found.format, found.splits) == ("conllu", {"train": 2})


def test_a_zip_of_splits_and_other_things(tmp_path: Path) -> None:
    path = tmp_path / "corpus.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("corpus/train.conllu", DEV)
        file.writestr("corpus/dev.conllu", sentence(("Nei", "INTJ")))
        file.writestr("corpus/notes.tsv", "a\tb\n1\t2\n")
    found = inspect(choice(path, "pos"))
    assert found.importable
    assert (found.format, found.splits) == ("conllu", {"train": 2, "dev": 1})
    assert [(p.kind, p.file) for p in found.problems] == [("left_out", "corpus.zip/corpus/notes.tsv")]


def test_columns_of_a_table_are_named_for_the_mapping(tmp_path: Path) -> None:
    path = put(tmp_path, "mine.csv", "nr,ord,tag\n1,Eg lesi,PRON VERB\n")
    wanted = {"tokens": "ord", "labels": "tag"}
    found = inspect(choice(path, "pos", format="csv", options=ReadOptions(columns=wanted)))
    assert found.columns == ("nr", "ord", "tag")
    assert found.preview[0].labels == ("PRON", "VERB")


def test_translations_beside_the_text(tmp_path: Path) -> None:
    path, other = (
        put(tmp_path, "x.fo", "Eg lesi .\nHon sær .\n"),
        put(tmp_path, "x.en", "I read .\nShe sees .\n"),
    )
    wanted = choice(path, "pos", translations=other, options=ReadOptions(partner_language="eng"))
    found = inspect(wanted)
    assert (found.format, found.n_instances) == ("parallel", 2)
    assert found.preview[1].instance.meta["translations"] == {"eng": "She sees ."}


def test_translations_may_be_compressed_but_not_many(tmp_path: Path) -> None:
    path = put(tmp_path, "x.fo", "Eg lesi .\n")
    other = put(tmp_path, "x.en.gz", gzip.compress(b"I read .\n"))
    options = ReadOptions(partner_language="eng")
    found = inspect(choice(path, "pos", translations=other, options=options))
    assert found.preview[0].instance.meta["translations"] == {"eng": "I read ."}
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as file:
        file.writestr("a.txt", "Eg lesi .\n")
        file.writestr("b.txt", "Eg lesi .\n")
    refused = inspect(choice(many, "pos", translations=other, options=options))
    assert "cannot have translations" in refused.problems[0].message


def test_a_report_can_cancel(tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        raise Cancelled("stopped.")

    with pytest.raises(Cancelled):
        inspect(choice(put(tmp_path, "x.conllu", DEV), "pos"), stop)
