"""Translations of a row carry its label: nothing may learn from them (FORMATS.md, trap 11)."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import RecipeError
from core.importing import import_file
from core.jobs.prepare import Request, prepare
from core.parallel_rows import without_translations
from core.store import Store
from core.types import Dataset, Instance, Record
from tests.own_files import choice, put
from tests.ssp_command import Ssp

HEAD = "index_id\tcategory\ttext\n"


def dataset(name: str, language: str, key: str | None = "index_id") -> Dataset:
    return Dataset(name, name, language, "topic", ("a", "b"), meta={"parallel_key": key} if key else {})


def rows(*ids: str) -> list[Record]:
    return [
        Record(Instance(n, "test", (), f"t{name}", meta={"index_id": name}), ("a",))
        for n, name in enumerate(ids)
    ]


def test_rows_that_translate_what_is_labelled_are_left_out() -> None:
    asked = [record.instance for record in rows("1", "2")]
    source, target = dataset("s", "eng"), dataset("t", "fao")
    kept = without_translations(source, rows("2", "3"), target, asked)
    assert [record.instance.meta["index_id"] for record in kept] == ["3"]


def test_nothing_left_is_an_error_with_a_remedy() -> None:
    asked = [record.instance for record in rows("1", "2")]
    with pytest.raises(RecipeError, match="--source s:train"):
        without_translations(dataset("s", "eng"), rows("1"), dataset("t", "fao"), asked)


@pytest.mark.parametrize(
    "source", [dataset("s", "eng", None), dataset("s", "eng", "id"), dataset("s", "fao")]
)
def test_rows_that_only_look_alike_stay(source: Dataset) -> None:
    asked = [record.instance for record in rows("1")]
    assert len(without_translations(source, rows("1", "2"), dataset("t", "fao"), asked)) == 2


def test_the_command_line_says_how_many_were_left_out(ssp: Ssp, tmp_path: Path) -> None:
    for code, split in (("fo", "test"), ("en", "train")):
        path = put(
            tmp_path,
            f"{code}-{split}.tsv",
            HEAD + "".join(f"{n}\t{'ab'[n % 2]}\t{code} {n}\n" for n in range(9)),
        )
        assert ssp("import", str(path), "--task", "topic", "--language", code, "--id", code).code == 0
    extra = put(
        tmp_path, "more-train.tsv", HEAD + "".join(f"{n}\t{'ab'[n % 2]}\tmore {n}\n" for n in range(5, 20))
    )
    assert ssp("import", str(extra), "--task", "topic", "--language", "de", "--id", "de").code == 0
    done = ssp("run", "ssp", "--dataset", "fo", "--source", "de", "--set", "k=2")
    assert (done.code, done.document["left_out"]) == (0, 4), done.err
    refused = ssp("run", "ssp", "--dataset", "fo", "--source", "en", "--set", "k=2")
    assert refused.code == 2
    assert "translation" in refused.message


def test_a_run_takes_only_what_is_no_translation(tmp_path: Path) -> None:
    target = HEAD + "1\tsports\tBólturin\n2\tgeography\tFjallið\n"
    source = HEAD + "2\tgeography\tThe mountain\n3\tsports\tThe goal\n"
    with Store.open(tmp_path / "w") as store:
        import_file(store, choice(put(tmp_path, "fo-test.tsv", target), "topic", "fo", dataset_id="fo"))
        import_file(store, choice(put(tmp_path, "en-train.tsv", source), "topic", "en", dataset_id="en"))
        (found,) = prepare(store, Request("ssp", "fo", sources=["en"])).sources
    assert [record.instance.text for record in found.records] == ["The goal"]
    assert found.left_out == 1
