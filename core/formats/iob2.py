"""IOB2 as Universal NER publishes it: number, token, tag, other annotator's tag, annotator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import FormatError
from core.formats import DEFAULT, formats
from core.formats.labels import token_labels
from core.formats.text_input import BLANK, at_least_one, blocks, numbered_lines
from core.formats.text_output import checked_tokens, encode, line_safe, written_labels
from core.types import Instance, ReadOptions, Record, TaskName


@dataclass(frozen=True, slots=True)
class Iob2:
    """Five tab-separated columns; comments with `#`, of which `text` and `sent_id` are kept.

    A token may hold spaces, no tab. Columns 4 and 5 (annotation history), other comments,
    confidences and other meta are not kept and written as `-`.
    """

    name: str = "iob2"
    suffixes: tuple[str, ...] = (".iob2",)
    tasks: tuple[TaskName, ...] = ("ner",)
    title: str = "IOB2, five columns (Universal NER)"

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
        return at_least_one(_records(path, where, split), where, "rows of five tab-separated columns")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        for record in rows:
            tokens = checked_tokens(record, self.name, "\t\n\r\x00")
            pairs = enumerate(zip(tokens, written_labels(record, self.name), strict=True), 1)
            lines = [f"{n}\t{token}\t{label}\t-\t-\n" for n, (token, label) in pairs]
            out.write(encode("".join([*_head(record), *lines, "\n"]), record, self.name))

    def sniff(self, head: str, path: Path) -> int:
        """Share of the rows that have five columns, the first a number and the third a tag."""
        lines = [line for line in head.split("\n")[:200] if line.strip(BLANK) and line[0] != "#"]
        good = sum(_looks_tagged(line) for line in lines)
        share = good / max(len(lines), 1)
        return max(round(96 * share) if share > 0.6 else 0, 50 if path.suffix == ".iob2" else 0)


def _looks_tagged(line: str) -> bool:
    columns = line.split("\t")
    return len(columns) == 5 and columns[0].isdecimal() and columns[2].strip() != ""


def _records(path: Path, name: str, split: str) -> Iterator[Record]:
    position = 0
    for block in blocks(numbered_lines(path, name)):
        rows = [(number, _columns(line, name, number)) for number, line in block if line[0] != "#"]
        if not rows:
            continue
        tokens = tuple(columns[1] for _, columns in rows)
        labels = token_labels([row[2] for _, row in rows])
        meta = _comments([line for _, line in block if line[0] == "#"])
        text = meta.pop("text", " ".join(tokens))
        lines = tuple(number for number, _ in rows)
        yield Record(Instance(position, split, tokens, text, meta=meta), labels, lines=lines)
        position += 1


def _columns(line: str, name: str, number: int) -> list[str]:
    columns = line.split("\t")
    if len(columns) != 5:
        message = f"{len(columns)} column{'s' * (len(columns) != 1)}, expected 5 separated by tabs."
        raise FormatError(name, number, message, "Write: number, token, tag, -, annotator.")
    if not columns[1] or not columns[2]:
        what = "token in column 2" if not columns[1] else "tag in column 3"
        raise FormatError(name, number, f"an empty {what}.", "Fill it in, or remove the row.")
    return columns


def _comments(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        key, equals, value = line[1:].partition("=")
        if equals and (key := key.strip()) in ("text", "sent_id"):
            found[key] = value.removeprefix(" ")
    return found


def _head(record: Record) -> list[str]:
    sent_id = record.instance.meta.get("sent_id")
    head = [] if sent_id is None else [f"# sent_id = {line_safe(str(sent_id), record, 'iob2')}\n"]
    return [*head, f"# text = {line_safe(record.instance.text, record, 'iob2')}\n"]


formats.register("iob2")(Iob2())
