"""MAFAND-MT: sentences and their translations in two columns, csv-quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import FormatError
from core.formats import DEFAULT, formats
from core.formats.extras import UNKNOWN, translated, translations_of
from core.formats.fields import Place, unlabelled
from core.formats.tables import quoted, quoted_rows, read_table
from core.formats.text_input import at_least_one
from core.formats.text_output import inexpressible
from core.types import ReadOptions, Record, TaskName

CODE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Mafand:
    """Tab-separated; the header names the languages of the two columns by their codes.

    The column in the language of the data set (`ReadOptions.language`; `en` and `eng` are the same,
    and several spellings may be given, separated by spaces) is the text, the other its translation
    in meta; `und` stands for a language nobody named. A row may lack its translation. Words are told
    as the options say. Writing gives the texts only, with the code that meta has under `language`
    (else `und`) and the translation in the first language that the first record has one in: labels,
    confidences and other meta are left out on purpose.
    """

    name: str = "mafand"
    suffixes: tuple[str, ...] = (".tsv",)
    tasks: tuple[TaskName, ...] = ("pos", "ner", "topic")
    title: str = "sentence and translation table (MAFAND-MT)"

    def read(
        self,
        path: Path,
        *,
        task: TaskName,
        split: str,
        name: str | None = None,
        options: ReadOptions = DEFAULT,
    ) -> Iterator[Record]:
        """See `Format.read`."""
        where = name or path.name
        return at_least_one(_records(path, where, task, split, options), where, "rows after the header")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        other = ""
        for record in rows:
            if not other:
                other, own = _header(record)
                out.write(quoted((other, own), "\t", record, self.name))
            out.write(quoted(_cells(record, other), "\t", record, self.name))

    def sniff(self, head: str, path: Path) -> int:
        """A header of two codes over rows of sentences: most cells of one column hold a space."""
        header, *rows = [line.rstrip("\r") for line in head.split("\n")[:50]]
        codes = header.split("\t")
        if len(codes) != 2 or not all(CODE.fullmatch(code) for code in codes):
            return 0
        pairs = [row.split("\t") for row in rows if row.count("\t") == 1]
        sentences = sum(" " in first.strip() or " " in second.strip() for first, second in pairs)
        return 92 if pairs and sentences > len(pairs) / 2 else 0


def _records(path: Path, name: str, task: TaskName, split: str, options: ReadOptions) -> Iterator[Record]:
    own, other = _sides(next(quoted_rows(path, name, "\t"))[1], options.language, name)
    for position, (line, cells) in enumerate(read_table(path, name, "\t", ())):
        if not cells[own].strip():
            raise FormatError(
                name, line, f"an empty sentence in column {own}.", "Remove the row, or fill it in."
            )
        meta = {"language": own, **translated(other, cells[other])}
        yield unlabelled(cells[own], meta, Place(name, line, task, split, position, options))


def _sides(header: Sequence[str], spoken: str, name: str) -> tuple[str, str]:
    """The columns of the text and of its translation."""
    if len(header) != 2:
        message = (
            f"{len(header)} column{'s' * (len(header) != 1)}, expected two languages separated by a tab."
        )
        raise FormatError(name, 1, message, "Write their codes in the first line, such as: en<tab>lug.")
    first, second = header
    for own, other in ((first, second), (second, first)):
        if any(same_language(own, code) for code in spoken.split()):
            return own, other
    if UNKNOWN in header:
        return (first, second) if first == UNKNOWN else (second, first)
    asked = f"is {spoken}" if spoken else "was not said"
    message = f"the columns are in {first} and {second}, and the language of the data set {asked}."
    raise FormatError(name, 1, message, f"Import it as {first} or as {second}, or correct the header.")


def same_language(code: str, other: str) -> bool:
    """Whether two codes name one language: `ha` and `hau`, `en-GB` and `eng`."""
    import langcodes

    if code.casefold() == other.casefold():
        return True
    try:
        return bool(langcodes.Language.get(code).to_alpha3() == langcodes.Language.get(other).to_alpha3())
    except (LookupError, ValueError):
        return False


def _header(first: Record) -> tuple[str, str]:
    other = next(iter(translations_of(first)), "")
    if not other:
        raise inexpressible(first, "mafand", "it has no translation", "Write jsonl, csv or text.")
    own = str(first.instance.meta.get("language") or UNKNOWN)
    return other, own if own != other else UNKNOWN


def _cells(record: Record, other: str) -> tuple[str, str]:
    instance = record.instance
    if instance.text_b is not None or not instance.text.strip():
        why = "its text is blank" if instance.text_b is None else "it has two texts"
        raise inexpressible(record, "mafand", why)
    return translations_of(record).get(other, ""), instance.text


formats.register("mafand")(Mafand())
