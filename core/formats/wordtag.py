"""word_TAG tables of the SSP release: `input`, `output`, `language`, tab-separated, never quoted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import FormatError
from core.formats import DEFAULT, formats
from core.formats.labels import token_labels, words_and_tags
from core.formats.text_input import BLANK, at_least_one, numbered_lines, without_ending
from core.formats.text_output import checked_labels, checked_tokens, encode, line_safe
from core.types import Instance, ReadOptions, Record, TaskName

HEADER = "input\toutput\tlanguage"


@dataclass(frozen=True, slots=True)
class WordTag:
    """One sentence per row; `output` holds `word_TAG` separated by one space.

    The tag follows the *last* underscore; nothing is quoted, so a field may begin with `"`.
    `text` is the `input` field exactly, spaces at its end included; `language` goes to meta. An
    empty `output` means no labels. Writing cannot say tokens with spaces, a text that is not the
    tokens joined by spaces (that is what is written then), other meta, or confidences.
    """

    name: str = "wordtag"
    suffixes: tuple[str, ...] = (".tsv",)
    tasks: tuple[TaskName, ...] = ("pos", "ner")
    title: str = "word_TAG table (SSP release)"

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
        return at_least_one(_records(path, where, split), where, "rows after the header")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        out.write(f"{HEADER}\n".encode())
        for record in rows:
            out.write(encode("\t".join(_fields(record)) + "\n", record, self.name))

    def sniff(self, head: str, path: Path) -> int:
        """Certain by its header."""
        return 97 if head.partition("\n")[0].rstrip("\r") == HEADER else 0


def _records(path: Path, name: str, split: str) -> Iterator[Record]:
    position = -1
    for number, line in numbered_lines(path, name):
        if position < 0:
            _check_header(without_ending(line), name, number)
            position = 0
        elif line.strip(BLANK):
            yield _record(without_ending(line), name, number, split, position)
            position += 1


def _check_header(line: str, name: str, number: int) -> None:
    if line != HEADER:
        message = f"header {line[:60]!r}, expected the columns input, output, language separated by tabs."
        raise FormatError(name, number, message, "Add the header line, or choose another format.")


def _record(line: str, name: str, number: int, split: str, position: int) -> Record:
    columns = line.split("\t")
    if len(columns) != 3:
        message = f"{len(columns)} column{'s' * (len(columns) != 1)}, expected 3 separated by tabs."
        raise FormatError(name, number, message, "Write: input, output, language; nothing is quoted.")
    text, output, language = columns
    given = _words(text)
    if not given:
        raise FormatError(
            name, number, "an empty input, expected a sentence.", "Remove the row, or fill it in."
        )
    meta = {"language": language} if language else {}
    if not output.strip(" "):
        return Record(Instance(position, split, given, text, meta=meta), lines=(number,))
    tokens, tags = words_and_tags(output, name, number)
    if len(tokens) != len(given):
        message = f"{len(given)} words in input, {len(tokens)} in output, expected as many."
        raise FormatError(name, number, message, "Give each word of the input one word_TAG.")
    if tokens != given:
        pair = next((a, b) for a, b in zip(given, tokens, strict=True) if a != b)
        message = f"the word {pair[0][:40]!r} of the input is {pair[1][:40]!r} in the output."
        raise FormatError(name, number, message, "Write the same words in both columns.")
    instance = Instance(position, split, tokens, text, meta=meta)
    return Record(instance, token_labels(tags), lines=(number,))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split(" ") if word)


def _fields(record: Record) -> tuple[str, str, str]:
    tokens = checked_tokens(record, "wordtag", " \t\n\r\x00")
    labels = checked_labels(record, "wordtag", len(tokens), "_ \t\n\r\x00")
    text = record.instance.text
    if _words(text) != tokens:
        text = " ".join(tokens)
    output = ""
    if labels is not None:
        # The release repeats the spaces at the end of the input (gsw, row 33) at the end of the output.
        tail = text[len(text.rstrip(" ")) :]
        output = " ".join(f"{word}_{tag}" for word, tag in zip(tokens, labels, strict=True)) + tail
    language = str(record.instance.meta.get("language", ""))
    return text, output, line_safe(language, record, "wordtag", "\t\n\r\x00")


formats.register("wordtag")(WordTag())
