"""Tables as files: what is read back is what was there, and nothing in a cell does anything."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from dashboard import latex, shown
from dashboard.widgets.export import Later, file_name, later, parquet, safe_csv, written

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "=cmd()|' /C calc'!A0",
    r"\end{table}\input{/etc/passwd}",
    "100 % & 3 $ #1 _x ^2 ~ {a} [b] *c",
    "a \"b\" 'c' `d` |e|",
    "-- ,, line\nbreak\ttab\x07bell",
    "[2pt] \\\\ % comment\r\n\\write18{rm}",
]
ROWS = pd.DataFrame(
    {
        "form": HOSTILE,
        "count": [1, 22, 333, 4444, 55555, 0, -7],
        "share": [0.7853, 0.7462, 1.0, 0.0, 1e-4, np.nan, -0.0391],
        "points": [78.53, -3.91, 12.5, 0.25, 99.99, 1.0, np.nan],
    }
)
COMMANDS = {
    "begin", "end", "centering", "caption", "label", "toprule", "midrule", "bottomrule", "textbackslash",
    "textasciicircum", "textasciitilde", "textless", "textgreater", "textbar", "textquotedbl",
    "textquotesingle", "textasciigrave", "textendash", "endfirsthead", "endhead", "endfoot",
}  # fmt: skip
PLAIN = {
    "textbackslash": "\\", "textasciicircum": "^", "textasciitilde": "~", "textless": "<", "textgreater": ">",
    "textbar": "|", "textquotedbl": '"', "textquotesingle": "'", "textasciigrave": "`", "textendash": "–",
}  # fmt: skip
TOKEN = re.compile(r"\\([A-Za-z]+)(?:\{\})?|\\(.)|(\$-\$)|(.)", re.DOTALL)


def set_by_latex(source: str) -> str:
    """What TeX would print of a cell; fails on a command, and on a character that is one."""
    text = []
    for command, escaped, minus, plain in TOKEN.findall(source.strip()):
        if command:
            assert command in PLAIN, command
            text.append(PLAIN[command])
        elif escaped:
            assert escaped in "{}$&#%_", escaped
            text.append(escaped)
        elif minus:
            text.append("-")
        else:
            assert plain not in "$&#%_^~\\", plain
            text.append("" if plain in "{}" else plain)
    return "".join(text)


def body(source: str) -> list[list[str]]:
    """The cells of a booktabs table, as TeX would print them; the heading first."""
    inner = re.sub(r"\\(toprule|midrule|bottomrule)", "", source[source.index(r"\toprule") :])
    lines = [line.strip() for line in inner.splitlines() if line.rstrip().endswith("\\\\")]
    return [[set_by_latex(cell) for cell in re.split(r"(?<!\\)&", line[:-2])] for line in lines]


def one_line(text: str) -> str:
    return " ".join(text.split()).replace("\x07", "")


def test_parquet_gives_back_the_same_figures_and_text_and_its_caption() -> None:
    data = parquet(ROWS, caption="Hausa · gold. 9 labels.")
    read = pd.read_parquet(io.BytesIO(data))
    pd.testing.assert_frame_equal(read, ROWS, check_dtype=False)
    assert read["count"].dtype == np.int64
    assert pq.read_schema(io.BytesIO(data)).metadata[b"caption"].decode() == "Hausa · gold. 9 labels."


def test_parquet_takes_columns_of_the_same_name_and_of_mixed_kinds() -> None:
    odd = pd.DataFrame([[1, "a", None], ["x", "b", 2.5]], columns=["k", "k", 3])
    read = pd.read_parquet(io.BytesIO(parquet(odd)))
    assert list(read.columns) == ["k", "k (2)", "3"]
    assert read["k"].tolist() == ["1", "x"]
    assert read["3"].isna().tolist() == [True, False]


def test_parquet_of_lists_and_of_nothing() -> None:
    read = pd.read_parquet(io.BytesIO(parquet(pd.DataFrame({"labels": [["A", "B"], ["C"]]}))))
    assert [list(row) for row in read["labels"]] == [["A", "B"], ["C"]]
    assert pd.read_parquet(io.BytesIO(parquet(ROWS.head(0)))).columns.tolist() == list(ROWS.columns)


def test_csv_gives_back_the_same_figures() -> None:
    read = pd.read_csv(io.BytesIO(safe_csv(ROWS)), lineterminator=None)
    np.testing.assert_array_equal(read["count"], ROWS["count"])
    np.testing.assert_allclose(read["share"], ROWS["share"], rtol=0, atol=0)
    assert not [form for form in read["form"] if str(form).startswith(("=", "+", "-", "@"))]


def test_latex_gives_back_the_figures_as_shown_and_the_text_as_it_was() -> None:
    rows = body(latex.table(ROWS, caption="c", label="tab:x"))
    assert rows[0] == ["form", "count", "share", "points"]
    assert [row[0] for row in rows[1:]] == [one_line(form) for form in HOSTILE]
    assert [int(row[1].replace(",", "")) for row in rows[1:]] == ROWS["count"].tolist()
    told = [None if row[2] == "–" else float(row[2]) for row in rows[1:]]
    assert told == [None if value != value else round(value, 4) for value in ROWS["share"]]
    assert [row[3] for row in rows[1:]] == ["78.53", "-3.91", "12.50", "0.25", "99.99", "1.00", "–"]


def test_no_cell_or_caption_is_a_command() -> None:
    source = latex.table(ROWS, caption=" ".join(HOSTILE), label=latex.label(*HOSTILE))
    told = re.sub(r"\\\\", "", source.partition("\n")[2])
    assert set(re.findall(r"\\([A-Za-z]+)", told)) <= COMMANDS
    assert len(re.findall(r"\\(begin|end)\{table\}", told)) == 2
    assert told.rstrip().endswith(r"\end{table}")
    assert "\n%" not in told
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", re.sub(r"\\[{}]", "", told)):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0


def test_a_row_that_begins_with_a_bracket_or_star_is_no_argument_of_the_row_before() -> None:
    source = latex.table(pd.DataFrame({"x": ["[3cm]", "*"]}), caption="", label="tab:x")
    assert not re.search(r"\\\\\s*[\[*]", source)


def test_a_long_table_may_go_over_pages_and_keeps_every_row() -> None:
    table = pd.DataFrame({"n": range(60)})
    source = latex.table(table, caption="c", label="tab:n")
    assert r"\begin{longtable}{r}" in source
    assert source.count(r"\toprule") == 2
    rows = [int(line.strip()[:-2]) for line in source.splitlines() if re.fullmatch(r"\s*\d+ \\\\", line)]
    assert rows == list(range(60))


@pytest.mark.parametrize(
    ("forms", "said"), [(["húsið"], "textcomp"), (["ሰላም"], "XeLaTeX"), (["מים"], "XeLaTeX")]
)
def test_latex_says_what_letters_need(forms: list[str], said: str) -> None:
    first = latex.table(pd.DataFrame({"x": forms}), caption="", label="tab:x").splitlines()[0]
    assert first.startswith("% needs ")
    assert said in first


def test_labels_are_plain() -> None:
    assert latex.label("ssp-release-hau", "Per label, Stage Ⅱ") == "tab:ssp-release-hau-per-label-stage-ii"
    assert latex.label("日本") == "tab:table"


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ([1, 20_000, -3], ["1", "20,000", "−3"]),
        ([0.5, 0.12345], ["0.5000", "0.1235"]),
        ([78.534, -3.905, None], ["78.53", "−3.90", "–"]),
        ([1234.56, 2.0], ["1,234.6", "2.0"]),
        ([3.0, 4.0, float("nan")], ["3", "4", "–"]),
        ([True, False], ["yes", "no"]),
        (["x", None], ["x", "–"]),
        ([["A", "B"], ["C"]], ["A B", "C"]),
        ([float("inf"), 1.0], ["inf", "1"]),
    ],
)
def test_cells_as_they_are_written(values: list[Any], cells: list[str]) -> None:
    [(_, _, told)] = shown.columns(pd.DataFrame({"x": pd.Series(values, dtype=object)}))
    assert told == cells


def test_columns_of_figures_know_that_they_are() -> None:
    kinds = {name: figures for name, figures, _ in shown.columns(ROWS)}
    assert kinds == {"form": False, "count": True, "share": True, "points": True}


def test_nothing_is_made_before_it_is_asked_for_and_then_once() -> None:
    made: list[int] = []

    def make() -> pd.DataFrame:
        made.append(1)
        return ROWS

    table = later(Later(len(ROWS), make))
    assert not made
    source = written(table, "tex", name="Words", stem="own", caption="Hausa.").decode()
    assert made == [1]
    assert r"\caption{Words. Hausa.}" in source
    assert r"\label{tab:own-words}" in source
    assert written(table, "parquet", name="Words", stem="own")[:4] == b"PAR1"
    assert written(table, "csv", name="Words", stem="own").startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("ssp-release-hau/zgul", "Per label"), "ssp-release-hau-zgul-Per-label.csv"),
        (("../../etc", "pass\x00wd"), "etc-pass-wd.csv"),
        (("", "?"), "table.csv"),
        (("föroyar", "ñ"), "föroyar-ñ.csv"),
    ],
)
def test_file_names_stay_in_their_folder(parts: tuple[str, ...], name: str) -> None:
    assert file_name(*parts, ending="csv") == name
