"""Exports open in a spreadsheet without running anything."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from dashboard.widgets.export import Later, safe_csv


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_begins_like_a_formula_is_prefixed(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    rows = list(
        csv.reader(io.StringIO(safe_csv(pd.DataFrame({"form": [text]})).decode("utf-8-sig"), newline=""))
    )
    assert rows == [["form"], ["'" + text]]


def test_numbers_and_other_text_stay_as_they_are() -> None:
    table = pd.DataFrame({"n": [-1.5, 2.0], "form": ["húsið", "a=b"]})
    read = pd.read_csv(io.BytesIO(safe_csv(table)))
    assert read.n.tolist() == [-1.5, 2.0]
    assert read.form.tolist() == ["húsið", "a=b"]


def test_a_table_made_later_is_made_when_it_is_asked_for() -> None:
    made: list[int] = []

    def make() -> pd.DataFrame:
        made.append(1)
        return pd.DataFrame({"form": ["=1+1"]})

    later = Later(1, make)
    assert not made
    assert b"'=1+1" in later.csv()


def test_headers_are_made_safe_too() -> None:
    assert safe_csv(pd.DataFrame({"=x": [1]})).decode("utf-8-sig").startswith("'=x")


def test_the_given_table_is_not_changed() -> None:
    table = pd.DataFrame({"form": ["=1"]})
    safe_csv(table)
    assert table.form.iloc[0] == "=1"


def test_columns_of_mixed_kinds_are_made_safe() -> None:
    mixed = pd.DataFrame({"x": [1, "=1", None]}, dtype=object)
    assert "'=1" in safe_csv(mixed).decode("utf-8-sig")


def test_the_file_says_it_is_utf8() -> None:
    assert safe_csv(pd.DataFrame({"x": ["é"]})).startswith(b"\xef\xbb\xbf")
