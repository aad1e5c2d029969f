"""A sentence of CoNLL-U as rows: words, ranges and empty nodes, with whatever stands between them."""

from __future__ import annotations

from dataclasses import dataclass, field

ID, FORM, LEMMA, UPOS, XPOS, FEATS, HEAD, DEPREL, DEPS, MISC = range(10)
NONE = "_"


@dataclass(slots=True)
class Row:
    """Ten columns, how the line ends, and the comment lines that stand before it among the rows."""

    columns: list[str]
    ending: str
    before: list[str] = field(default_factory=list)

    def text(self) -> str:
        return "\t".join(self.columns) + self.ending


@dataclass(slots=True)
class Block:
    """What a verbatim block holds.

    Attributes:
        head, tail: lines before the first row and after the last one.
        words: word rows, in order.
        ranges: number of a range's first word, from 0 -> its row and the number of the word after its last.
        empty: number of the word before (0: none) -> empty nodes.
    """

    head: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    words: list[Row] = field(default_factory=list)
    ranges: dict[int, tuple[Row, int]] = field(default_factory=dict)
    empty: dict[int, list[Row]] = field(default_factory=dict)


def parsed(text: str) -> Block | None:
    """The block of one sentence; None where it is none."""
    block, waiting = Block(), list[str]()
    for line in _lines(text):
        columns = line.rstrip("\r\n").split("\t")
        if len(columns) != 10 or line.startswith("#"):
            waiting.append(line)
            continue
        if not block.words and not block.empty and not block.ranges:
            block.head, waiting = waiting, []
        if not _add(block, Row(columns, line[len("\t".join(columns)) :], waiting)):
            return None
        waiting = []
    block.tail = waiting
    return block


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _add(block: Block, row: Row) -> bool:
    name = row.columns[ID]
    if name.isdecimal():
        block.words.append(row)
        return int(name) == len(block.words)
    for mark in "-.":
        first, found, last = name.partition(mark)
        if not found or not (first.isdecimal() and last.isdecimal()):
            continue
        if mark == "-":
            block.ranges[int(first) - 1] = (row, int(last))
            return int(first) == len(block.words) + 1 and int(last) >= int(first)
        block.empty.setdefault(int(first), []).append(row)
        return int(first) == len(block.words)
    return False


def attribute(misc: str, key: str) -> str | None:
    """What MISC says under a key; None where it says nothing."""
    for pair in misc.split("|"):
        name, equals, value = pair.partition("=")
        if equals and name == key:
            return value
    return None


def with_attribute(misc: str, key: str, value: str) -> str:
    """MISC that says this under a key ("": nothing), in the place where it said something else."""
    said = f"{key}={escaped(value)}" if value else ""
    pairs = [] if misc == NONE else misc.split("|")
    at = next((n for n, pair in enumerate(pairs) if pair.partition("=")[0] == key), len(pairs))
    pairs[at : at + 1] = [said] if said else []
    return "|".join(pairs) or NONE


def escaped(value: str) -> str:
    r"""A value that may stand in MISC: `|` is `\p` there, a backslash is doubled."""
    return value.replace("\\", "\\\\").replace("|", "\\p")
