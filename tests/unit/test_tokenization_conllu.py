"""CoNLL-U of sentences whose words were changed: ranges, heads, enhanced dependencies, spaces."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.formats import formats
from core.formats.conllu_tokens import with_words_of_now
from core.tokenization import Tokens, edit, imported, of_now
from core.types import Instance, Record

CONLLU = formats["conllu"]
Edit = tuple[int, int, list[str]]


def row(name: str, form: str, head: str = "_", deprel: str = "_", deps: str = "_", misc: str = "_") -> str:
    word = name.isdecimal()
    upos = "X" if word else "_"
    return "\t".join([name, form, "l" if word else "_", upos, "_", "_", head, deprel, deps, misc]) + "\n"


TREE = "".join(
    [
        "# sent_id = 1\n",
        "# text = zum Huus, abgaa\n",
        row("1", "zum", "2", "case"),
        row("2", "Huus", "5", "obl", misc="Gloss=house|SpaceAfter=No"),
        row("3", ",", "5", "punct"),
        row("4", "ab", "5", "advmod", misc="SpaceAfter=No"),
        row("5", "gaa", "0", "root"),
        "\n",
    ]
)
RANGES = "".join(
    [
        "# text = zum Huus gaa\n",
        row("1-2", "zum", misc="SpaceAfter=No|Ref=1"),
        row("1", "zu", "3", "case", "3:case"),
        row("2", "em", "3", "det", "3:det"),
        row("3", "Huus", "4", "obl", "3.1:obl|4:obl"),
        row("3.1", "goes", deps="0:root"),
        row("4", "gaa", "0", "root", "0:root"),
        "\n",
    ]
)


def block(raw: str, tmp_path: Path) -> Record:
    path = tmp_path / "in.conllu"
    path.write_bytes(raw.encode())
    (found,) = CONLLU.read(path, task="pos", split="test")
    return found


def changed(record: Record, edits: Sequence[Edit]) -> Record:
    versions: list[Tokens] = [imported(record.instance.tokens)]
    for one in edits:
        versions.append(edit(versions[-1], *one))
    return of_now(record, versions)


def written(record: Record) -> str:
    out = io.BytesIO()
    CONLLU.write([record], out, task="pos")
    return out.getvalue().decode()


def after(raw: str, tmp_path: Path, *edits: Edit) -> list[list[str]]:
    """id, form, head, relation, enhanced, MISC of the rows; what was written reads and writes the same."""
    record = changed(block(raw, tmp_path), edits)
    text = written(record)
    assert written(block(text, tmp_path)) == text
    rows = [line.split("\t") for line in text.split("\n") if "\t" in line]
    return [[line[n] for n in (0, 1, 6, 7, 8, 9)] for line in rows]


def test_a_split_is_a_range_with_the_form_of_the_text(tmp_path: Path) -> None:
    assert after(TREE, tmp_path, (1, 1, ["Hu", "us"])) == [
        ["1", "zum", "2", "case", "_", "_"],
        ["2-3", "Huus", "_", "_", "_", "Gloss=house|SpaceAfter=No"],
        ["2", "Hu", "6", "obl", "_", "_"],
        ["3", "us", "2", "dep", "_", "_"],
        ["4", ",", "6", "punct", "_", "_"],
        ["5", "ab", "6", "advmod", "_", "SpaceAfter=No"],
        ["6", "gaa", "0", "root", "_", "_"],
    ]


def test_what_is_split_off_a_word_without_dependents_hangs_on_its_head(tmp_path: Path) -> None:
    found = after(TREE, tmp_path, (0, 0, ["zu", "m"]))
    assert found[:3] == [
        ["1-2", "zum", "_", "_", "_", "_"],
        ["1", "zu", "3", "case", "_", "_"],
        ["2", "m", "3", "dep", "_", "_"],
    ]


def test_punctuation_split_off_is_punctuation(tmp_path: Path) -> None:
    found = after(TREE, tmp_path, (4, 4, ["«", "gaa"]))
    assert found[-3:] == [
        ["5-6", "gaa", "_", "_", "_", "_"],
        ["5", "«", "6", "punct", "_", "_"],
        ["6", "gaa", "0", "root", "_", "_"],
    ]
    assert found[0][2] == "2"
    assert found[1][2] == "6", "the dependents hang on the word, not on the bracket"


def test_a_merge_joins_what_stands_together(tmp_path: Path) -> None:
    found = after(TREE, tmp_path, (3, 4, ["abgaa"]))
    assert found[-1] == ["4", "abgaa", "0", "root", "_", "_"]
    assert found[1] == ["2", "Huus", "4", "obl", "_", "Gloss=house|SpaceAfter=No"]


def test_a_merge_over_a_space_keeps_the_text(tmp_path: Path) -> None:
    found = after(TREE, tmp_path, (0, 1, ["zumHuus"]))
    assert found[0] == ["1", "zum Huus", "4", "obl", "_", "Gloss=house|SpaceAfter=No|CorrectForm=zumHuus"]


def test_another_spelling_stands_beside_the_form_of_the_text(tmp_path: Path) -> None:
    found = after(TREE, tmp_path, (0, 0, ["z|m\\"]))
    assert found[0] == ["1", "zum", "2", "case", "_", "CorrectForm=z\\pm\\\\"]
    assert after(TREE, tmp_path, (1, 1, ["Haus"]))[1][5] == "Gloss=house|SpaceAfter=No|CorrectForm=Haus"


def test_a_range_of_the_file_grows_shrinks_and_goes(tmp_path: Path) -> None:
    assert after(RANGES, tmp_path, (1, 1, ["e", "m"]))[:4] == [
        ["1-3", "zum", "_", "_", "_", "SpaceAfter=No|Ref=1"],
        ["1", "zu", "4", "case", "4:case", "_"],
        ["2", "e", "4", "det", "4:det", "_"],
        ["3", "m", "4", "dep", "4:dep", "_"],
    ]
    whole = after(RANGES, tmp_path, (0, 1, ["zum"]))
    assert whole[0] == ["1", "zum", "2", "case", "2:case|2:det", "SpaceAfter=No"]
    inside = after(RANGES, tmp_path, (1, 1, ["dem"]))
    assert inside[2] == ["2", "em", "3", "det", "3:det", "CorrectForm=dem"]


def test_empty_nodes_and_enhanced_dependencies_are_numbered_anew(tmp_path: Path) -> None:
    found = after(RANGES, tmp_path, (2, 2, ["Hu", "us"]))
    assert found[3:7] == [
        ["3-4", "Huus", "_", "_", "_", "_"],
        ["3", "Hu", "5", "obl", "4.1:obl|5:obl", "_"],
        ["4", "us", "3", "dep", "3:dep", "_"],
        ["4.1", "goes", "_", "_", "0:root", "_"],
    ]
    merged = after(RANGES, tmp_path, (2, 3, ["Huusgaa"]))
    assert merged[3:] == [
        ["3", "Huus gaa", "0", "root", "0:root|3.1:obl", "CorrectForm=Huusgaa"],
        ["3.1", "goes", "_", "_", "0:root", "_"],
    ]


def test_a_part_merged_with_the_next_word_leaves_the_text_as_it_is(tmp_path: Path) -> None:
    found = after(TREE, tmp_path, (0, 0, ["zu", "m"]), (1, 2, ["mHuus"]))
    assert found[:2] == [
        ["1", "zum", "5", "obl", "_", "Gloss=house|CorrectForm=zu"],
        ["2", "Huus", "1", "dep", "_", "SpaceAfter=No|CorrectForm=mHuus"],
    ]


def test_line_endings_marks_and_labels_stay(tmp_path: Path) -> None:
    raw = "\ufeff" + TREE.replace("\n", "\r\n")
    record = changed(block(raw, tmp_path), [(0, 0, ["zu", "m"])])
    text = written(replace(record, labels=("A", "B", "C", "D", "E", "F")))
    assert text.startswith("\ufeff# sent_id")
    assert text.count("\r\n") == text.count("\n") == TREE.count("\n") + 2
    assert [line.split("\t")[3] for line in text.split("\n") if "\t" in line] == ["_", *"ABCDEF"]
    assert "\t_\t" in written(record), "what nobody knows of is no label"


def test_what_was_taken_back_is_written_as_it_was(tmp_path: Path) -> None:
    record = block(TREE, tmp_path)
    now = edit(imported(record.instance.tokens), 0, 0, ["zu", "m"])
    back = Tokens(2, record.instance.tokens, tuple(range(5)), tuple(range(5)))
    undone = of_now(record, [imported(record.instance.tokens), now, back])
    assert written(undone) == TREE
    assert with_words_of_now(undone.instance) == record.instance


def test_a_sentence_of_another_format_has_ranges_too(tmp_path: Path) -> None:
    plain = Record(Instance(0, "test", ("zum", "Huus"), "zum Huus", meta={"glosses": ["to.the", "house"]}))
    text = written(changed(plain, [(0, 0, ["zu", "m"])]))
    assert [line.split("\t")[:2] for line in text.split("\n") if "\t" in line] == [
        ["1-2", "zum"],
        ["1", "zu"],
        ["2", "m"],
        ["3", "Huus"],
    ]
    assert block(text, tmp_path).instance.tokens == ("zu", "m", "Huus")


@pytest.mark.parametrize("meta", [{}, {"tokenization": 3}, {"tokenization": {"version": 1, "tokens": ["x"]}}])
def test_meta_that_is_not_ours_changes_nothing(meta: dict[str, object], tmp_path: Path) -> None:
    record = block(TREE, tmp_path)
    strange = replace(record, instance=replace(record.instance, meta=meta))
    assert written(strange) == TREE
