"""CoNLL-U of a sentence whose words humans changed: ranges, heads and enhanced dependencies numbered anew.

The text stays, so every surface token keeps its form. A split becomes a range (multiword token) with the
form of the file; a merge joins what stands together, with the space of the text where there is one; another
spelling stands in MISC as `CorrectForm`, as UD has it for typos (universaldependencies.org/u/overview/typos).
Words that are new have no lemma and no features; the first of them that is no punctuation has the place in
the tree of the word they come from, the others hang on it, or beside it under its head, by `dep`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.formats.conllu_rows import (
    DEPREL,
    DEPS,
    FORM,
    HEAD,
    ID,
    MISC,
    NONE,
    Block,
    Row,
    attribute,
    parsed,
    with_attribute,
)
from core.formats.conllu_surface import Token, tokens_of
from core.tokenization import WORDS, Piece, Words, pieces, words_of
from core.types import Instance

LEAVES = frozenset({"aux", "case", "cc", "clf", "cop", "det", "fixed", "goeswith", "mark", "punct"})
"""Relations of words that have no dependents, so that what is split off hangs on their head."""
BOM = "\ufeff"
CORRECT, SPACE = "CorrectForm", "SpaceAfter"


def with_words_of_now(instance: Instance) -> Instance:
    """An instance whose `raw` has the words of now, and meta nothing of a change; others as they are."""
    words = words_of(instance)
    if words is None or instance.raw is None:
        return instance
    meta = {key: value for key, value in instance.meta.items() if key != WORDS}
    if words.imported.tokens == words.now.tokens:
        return replace(instance, meta=meta)
    mark = BOM if instance.raw.startswith(BOM) else ""
    block = parsed(instance.raw.removeprefix(mark))
    if block is None or len(block.words) != len(words.imported.tokens):
        return replace(instance, meta=meta, raw=None)
    return replace(instance, meta=meta, raw=mark + _Anew(block, words).text())


@dataclass(slots=True)
class _Anew:
    """One sentence written anew; words are counted from 0, rows and heads from 1."""

    block: Block
    words: Words
    places: list[int] = field(default_factory=list)
    lasts: list[int] = field(default_factory=list)
    empty: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        found = pieces(self.words.imported, self.words.now)
        self._number(found)
        rows: list[Row] = []
        for piece in found:
            rows += self._known(piece) if len(piece.old) == len(piece.new) == 1 else self._fresh(piece)
        tokens = tokens_of(self.block, found)
        for token in tokens:
            self._spell(token, rows)
        return self._joined(rows, {token.words.start: token for token in tokens})

    def _number(self, found: Sequence[Piece]) -> None:
        """Where each word of the file, and each empty node, is now."""
        for piece in found:
            main = _main(self.words, piece)
            self.places += [main] * len(piece.old)
            self.lasts += [piece.new.stop - 1] * len(piece.old)
        counts: dict[int, int] = {}
        for after, nodes in sorted(self.block.empty.items()):
            place = self.lasts[after - 1] + 1 if after else 0
            for row in nodes:
                counts[place] = counts.get(place, 0) + 1
                self.empty[row.columns[ID]] = f"{place}.{counts[place]}"

    def _known(self, piece: Piece) -> list[Row]:
        row = self.block.words[piece.old.start]
        columns = list(row.columns)
        columns[HEAD], columns[DEPS] = self._head(columns[HEAD]), self._deps([row], piece)
        return [Row(columns, row.ending, row.before)]

    def _fresh(self, piece: Piece) -> list[Row]:
        """The rows of words that are new: the main one in the place of what was there, the others below."""
        old = [self.block.words[place] for place in piece.old]
        top = self._top(piece)
        head, relation = self._head(top.columns[HEAD]), top.columns[DEPREL]
        main = self.places[piece.old.start]
        beside = _relation(top) in LEAVES and head != "0"
        rows = []
        for place in piece.new:
            form = self.words.now.tokens[place]
            columns = [NONE, form, *[NONE] * 8]
            if place == main:
                columns[HEAD], columns[DEPREL] = head, relation
                columns[DEPS] = self._deps(old, piece)
                columns[MISC] = _misc(top, old) if len(old) > 1 else old[0].columns[MISC]
            elif head != NONE:
                columns[HEAD] = head if beside else str(main + 1)
                columns[DEPREL] = _split_off(form, relation)
                columns[DEPS] = f"{columns[HEAD]}:{columns[DEPREL]}" if top.columns[DEPS] != NONE else NONE
            rows.append(Row(columns, top.ending, old[0].before if place == piece.new.start else []))
        return rows

    def _top(self, piece: Piece) -> Row:
        """Of words that become one, the one above the others: its way to the root meets none of them.

        Of several such words one that may have dependents.
        """
        over = [place for place in piece.old if not any(one in piece.old for one in self._above(place))]
        rows = [self.block.words[place] for place in over or piece.old]
        return next((row for row in rows if _relation(row) not in LEAVES), rows[0])

    def _above(self, place: int) -> list[int]:
        found: list[int] = []
        while True:
            head = self.block.words[place].columns[HEAD]
            place = int(head) - 1 if head.isdecimal() else -1
            if not 0 <= place < len(self.block.words) or place in found:
                return found
            found.append(place)

    def _head(self, head: str) -> str:
        if head.isdecimal() and 0 < int(head) <= len(self.places):
            return str(self.places[int(head) - 1] + 1)
        return self.empty.get(head, head)

    def _deps(self, rows: Sequence[Row], piece: Piece | None) -> str:
        """Enhanced dependencies, those of words that are one now together, without those among them."""
        own = {str(self.places[place] + 1) for place in piece.old} if piece and len(rows) > 1 else set()
        said = {
            (self._head(head), relation)
            for row in rows
            if row.columns[DEPS] != NONE
            for head, _, relation in (one.partition(":") for one in row.columns[DEPS].split("|"))
        }
        kept = sorted((pair for pair in said if pair[0] not in own), key=_by_head)
        return "|".join(f"{head}:{relation}" for head, relation in kept) or NONE

    def _spell(self, token: Token, rows: list[Row]) -> None:
        """A surface token's form and spacing, on the row of its only word, or on a range."""
        inside = [rows[place].columns for place in token.words]
        if len(inside) > 1:
            for columns in inside:
                columns[MISC] = with_attribute(columns[MISC], SPACE, "")
        else:
            inside[0][FORM] = token.form
            inside[0][MISC] = with_attribute(inside[0][MISC], SPACE, "" if token.space else "No")
        for columns, wanted in zip(inside, self.words.now.tokens[token.words.start :], strict=False):
            if wanted != columns[FORM]:
                columns[MISC] = with_attribute(columns[MISC], CORRECT, wanted)

    def _joined(self, rows: Sequence[Row], tokens: dict[int, Token]) -> str:
        lines = [*self.block.head, *self._nodes(0)]
        ended: dict[int, list[int]] = {}
        for after, last in enumerate(self.lasts, 1):
            ended.setdefault(last, []).append(after)
        for place, row in enumerate(rows):
            row.columns[ID] = str(place + 1)
            lines += row.before
            token = tokens.get(place)
            if token and len(token.words) > 1:
                lines.append(self._range(token, rows, row.ending))
            lines.append(row.text())
            lines += [line for after in ended.get(place, ()) for line in self._nodes(after)]
        return "".join([*lines, *self.block.tail])

    def _range(self, token: Token, rows: Sequence[Row], ending: str) -> str:
        columns = [f"{token.words.start + 1}-{token.words.stop}", token.form, *[NONE] * 8]
        if token.row is not None:
            columns[2:] = token.row.columns[2:]
        elif token.misc:
            columns[MISC] = token.misc
            for place in token.words:
                rows[place].columns[MISC] = NONE
        columns[MISC] = with_attribute(columns[MISC], SPACE, "" if token.space else "No")
        return Row(columns, ending).text()

    def _nodes(self, after: int) -> list[str]:
        lines = []
        for row in self.block.empty.get(after, ()):
            columns = list(row.columns)
            columns[ID] = self.empty[columns[ID]]
            columns[DEPS] = self._deps([row], None)
            lines.append(Row(columns, row.ending, row.before).text())
        return lines


def _main(words: Words, piece: Piece) -> int:
    """Of new words the one in the place of those they come from: the first that is no punctuation."""
    said = (place for place in piece.new if not _is_punctuation(words.now.tokens[place]))
    return next(said, piece.new.start)


def _relation(row: Row) -> str:
    return row.columns[DEPREL].partition(":")[0]


def _split_off(form: str, relation: str) -> str:
    """How a word hangs in the tree that was split off one with this relation."""
    if _is_punctuation(form):
        return "punct"
    return relation if relation in {"fixed", "goeswith"} else "dep"


def _is_punctuation(form: str) -> bool:
    return all(unicodedata.category(letter)[0] == "P" for letter in form)


def _by_head(pair: tuple[str, str]) -> tuple[list[int], str]:
    head, relation = pair
    return [int(part) if part.isdecimal() else 0 for part in head.split(".")], relation


def _misc(top: Row, rows: Sequence[Row]) -> str:
    """What MISC says of words that are one now: of the upper one, and what the others alone say."""
    misc = top.columns[MISC]
    for row in rows:
        for pair in row.columns[MISC].split("|"):
            key, _, value = pair.partition("=")
            if key not in {CORRECT, NONE} and attribute(misc, key) is None:
                misc = with_attribute(misc, key, value)
    return misc
