"""CoNLL-U (Universal Dependencies): lossless, every sentence keeps its block of the file verbatim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from core.errors import FormatError
from core.formats import DEFAULT, formats
from core.formats.conllu_meta import MISC as MISC_NAMES
from core.formats.conllu_meta import comments, of_words, written_comments, written_miscs
from core.formats.conllu_tokens import with_words_of_now
from core.formats.labels import EMPTY, token_labels
from core.formats.text_input import BLANK, at_least_one, numbered_lines, starts_with_bom, without_ending
from core.formats.text_output import checked_labels, checked_tokens, encode, inexpressible
from core.tokenization import WORDS, words_of
from core.types import Instance, ReadOptions, Record, TaskName

BOM_CHARACTER = "\ufeff"
Block = tuple[int, list[str]]
"""First line number, and lines with their endings: comments, rows, the blank lines after them."""


@dataclass(frozen=True, slots=True)
class Conllu:
    """Ten tab-separated columns, comments with `#`, a blank line after each sentence.

    Reading keeps the words (rows `n`; not the ranges `n-m` nor the empty nodes `n.1`), UPOS as
    labels, the comment `text` as text (the words joined by spaces where it is missing). In meta are
    `sent_id`, the translations (comments `text_<code>`), the transliteration (`translit`), and of
    MISC the glosses and transliterations of words (`Gloss=`, `Translit=`). `Instance.raw` is the
    verbatim block: the raws of a file joined are the file, byte for byte. Writing a record with raw
    changes its UPOS column only, and only where the labels differ (no labels = `_`). A record
    without raw is written anew, with all of the above; other meta and confidences cannot be said.
    A word may hold spaces, no tab. Of a sentence whose words humans changed see `conllu_tokens`.
    """

    name: str = "conllu"
    suffixes: tuple[str, ...] = (".conllu", ".conll")
    tasks: tuple[TaskName, ...] = ("pos",)
    title: str = "CoNLL-U (Universal Dependencies)"

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
        return at_least_one(_records(path, where, split), where, "rows of ten tab-separated columns")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        last = ""
        for record in rows:
            text = _with_labels(record)
            if last:
                text = _gap_after(last) + text.removeprefix(BOM_CHARACTER)
            out.write(encode(text, record, self.name))
            last = text

    def sniff(self, head: str, path: Path) -> int:
        """Share of the lines that are comments or have ten columns; the suffix alone is a good guess."""
        lines = [line for line in head.split("\n")[:200] if line.strip(BLANK)]
        rows = sum(line.count("\t") == 9 for line in lines)
        share = (rows + sum(line.startswith("#") for line in lines)) / max(len(lines), 1)
        by_content = round(98 * share) if rows and share > 0.5 else 0
        return max(by_content, 50 if path.suffix == ".conllu" else 0)


def _records(path: Path, name: str, split: str) -> Iterator[Record]:
    for position, (first, lines) in enumerate(_sentences(numbered_lines(path, name))):
        tokens, tags, numbers, miscs = _words(first, lines, name)
        mark = BOM_CHARACTER if first == 1 and starts_with_bom(path) else ""
        text, meta = comments(lines)
        meta |= of_words(miscs, len(tokens))
        instance = Instance(
            position=position,
            split=split,
            tokens=tuple(tokens),
            text=" ".join(tokens) if text is None else text,
            meta=meta,
            raw=mark + "".join(lines),
        )
        yield Record(instance, token_labels(tags), lines=tuple(numbers))


def _sentences(lines: Iterable[tuple[int, str]]) -> Iterator[Block]:
    """Blocks that hold at least one row; what stands alone joins the next block, or the last."""
    ready: Block | None = None
    start, block, rows, ended = 1, list[str](), False, False
    for number, line in lines:
        blank = line[0] in BLANK and not line.strip(BLANK)
        if ended and rows and not blank:
            if ready:
                yield ready
            ready = (start, block)
            start, block, rows = number, [], False
        block.append(line)
        ended = blank
        rows = rows or not (blank or line[0] == "#")
    if ready:
        if not rows:
            ready[1].extend(block)
        yield ready
    if rows:
        yield start, block


def _words(first: int, lines: list[str], name: str) -> tuple[list[str], list[str], list[int], dict[int, str]]:
    """Forms, UPOS and line numbers of the word rows, and MISC of those that may hold a gloss."""
    forms: list[str] = []
    tags: list[str] = []
    numbers: list[int] = []
    miscs: dict[int, str] = {}
    for number, line in enumerate(lines, first):
        if line[0] == "#" or (line[0] in BLANK and not line.strip(BLANK)):
            continue
        if line.count("\t") != 9:
            raise _columns(name, number, line)
        word, form, _lemma, upos, rest = line.split("\t", 4)
        if word != str(len(forms) + 1):
            _check_other_row(name, number, word, len(forms))
            continue
        if not form or not upos:
            what = "token in column 2 (FORM)" if not form else "tag in column 4 (UPOS)"
            raise FormatError(name, number, f"an empty {what}.", "Fill it in, or write _.")
        if "Gloss=" in rest or "Translit=" in rest:
            miscs[len(forms)] = without_ending(rest).rpartition("\t")[2]
        forms.append(form)
        tags.append(upos)
        numbers.append(number)
    if not forms:
        raise FormatError(name, first, "a sentence without words.", "Give each word a row numbered 1, 2, ...")
    return forms, tags, numbers, miscs


def _columns(name: str, number: int, line: str) -> FormatError:
    found = without_ending(line).count("\t") + 1
    message = f"{found} column{'s' * (found != 1)}, expected 10 separated by tabs."
    return FormatError(name, number, message, "Check for spaces in place of tabs, or a missing blank line.")


def _check_other_row(name: str, number: int, word: str, seen: int) -> None:
    for mark in "-.":
        first, _, second = word.partition(mark)
        if first.isdecimal() and second.isdecimal():
            return
    message = f"word number {word!r}, expected {seen + 1}."
    raise FormatError(name, number, message, "Number words 1, 2, ... and end each sentence by a blank line.")


def _with_labels(record: Record) -> str:
    record = _of_now(record)
    raw = record.instance.raw
    if raw is None:
        return _fresh(record)
    mark = BOM_CHARACTER if raw.startswith(BOM_CHARACTER) else ""
    lines = raw.removeprefix(mark).split("\n")
    rows = [n for n, line in enumerate(lines) if line.count("\t") == 9 and line.split("\t", 1)[0].isdecimal()]
    if len(rows) != len(record.instance.tokens):
        return _fresh(record)
    labels = checked_labels(record, "conllu", len(rows)) or (EMPTY,) * len(rows)
    for n, label in zip(rows, labels, strict=True):
        columns = lines[n].split("\t")
        if columns[3] != label:
            columns[3] = label
            lines[n] = "\t".join(columns)
    return mark + "\n".join(lines)


def _of_now(record: Record) -> Record:
    """A record whose block has the words that humans changed; what nobody knows of them is no label."""
    words = words_of(record.instance)
    if words is None:
        return record
    if record.labels is not None:
        record = replace(record, labels=tuple(label or EMPTY for label in record.labels))
    item = record.instance
    if item.raw is None:
        meta = {key: value for key, value in item.meta.items() if key not in MISC_NAMES and key != WORDS}
        before = replace(item, tokens=words.imported.tokens, meta=meta)
        item = replace(item, raw=_fresh(Record(before)))
    return replace(record, instance=with_words_of_now(item))


def _fresh(record: Record) -> str:
    tokens = checked_tokens(record, "conllu", "\t\n\r\x00")
    labels = checked_labels(record, "conllu", len(tokens)) or (EMPTY,) * len(tokens)
    words = enumerate(zip(tokens, labels, written_miscs(record), strict=True), 1)
    rows = [f"{n}\t{form}\t_\t{upos}" + "\t_" * 5 + f"\t{misc}\n" for n, (form, upos, misc) in words]
    if record.labels is not None and EMPTY in labels:
        raise inexpressible(record, "conllu", "it has the label '_', which means none")
    return "".join([*written_comments(record), *rows, "\n"])


def _gap_after(text: str) -> str:
    r"""What is missing at the end of a block, as of a last one cut short, before another may follow."""
    tail = text[-8:].replace("\r", "")
    newline = "\r\n" if "\r\n" in text else "\n"
    if not tail.endswith("\n"):
        return newline * 2
    last_line = text.rstrip("\n").rpartition("\n")[2] if not tail.endswith("\n\n") else ""
    return newline if last_line.strip(BLANK) else ""


formats.register("conllu")(Conllu())
