"""Bad and odd files, as users bring them: what each is, and how an import must answer.

An answer is `refused` (exit 2, a message that names the file, the workspace unchanged), `decide`
(exit 2, the message says which label and how to decide) or `imported` (kept as it is, exit 0).
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from tests.own_files import DEV, NER, sentence

Outcome = Literal["refused", "decide", "imported"]


@dataclass(frozen=True)
class Odd:
    """One file: `said` is part of the message (or, of an import, a kind of problem that is reported)."""

    what: str
    name: str
    content: bytes | Callable[[], bytes]
    outcome: Outcome
    said: str = ""
    task: str = "pos"
    line: int | None = None
    options: tuple[str, ...] = ()

    def bytes(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content()


def zipped(members: Mapping[str, str | bytes], *, stored: bool = False) -> bytes:
    """A zip file of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def bomb() -> bytes:
    """1.2 GiB of zeros in about a megabyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file, file.open("a.conllu", "w") as member:
        for _ in range(1200):
            member.write(bytes(1 << 20))
    return out.getvalue()


def gzip_bomb() -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as file:
        for _ in range(1200):
            file.write(bytes(1 << 20))
    return out.getvalue()


def linked_zip() -> bytes:
    """A zip whose member is a symbolic link to /etc/passwd."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        info = zipfile.ZipInfo("link.conllu")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        file.writestr(info, "/etc/passwd")
    return out.getvalue()


def locked_zip() -> bytes:
    """A zip that says its member is encrypted."""
    raw = bytearray(zipped({"a.conllu": DEV}, stored=True))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.index(signature) + offset
        raw[at : at + 2] = struct.pack("<H", struct.unpack("<H", raw[at : at + 2])[0] | 1)
    return bytes(raw)


def crowded_zip() -> bytes:
    return zipped({f"{n}.conllu": "x" for n in range(1001)}, stored=True)


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        info = tarfile.TarInfo("a.conllu")
        info.size = len(DEV.encode())
        file.addfile(info, io.BytesIO(DEV.encode()))
    return out.getvalue()


def conllu(*rows: str) -> bytes:
    return ("\n".join(rows) + "\n\n").encode()


def word(number: object, form: str, tag: str = "NOUN") -> str:
    return f"{number}\t{form}\t_\t{tag}\t_\t_\t_\t_\t_\t_"


def one(form: str, tag: str = "NOUN") -> bytes:
    return sentence((form, tag)).encode()


CSV = b"text,label\n"
NLI = b"premise\thypothesis\toutput\tlanguage\n"
SIB = b"index_id\tcategory\ttext\n"
CONTAINERS = [
    Odd("gzip", "x.conllu.gz", gzip.compress(DEV.encode()), "imported"),
    Odd("gzip under a plain name", "x.conllu", gzip.compress(DEV.encode()), "imported"),
    Odd(
        "gzip cut in the middle",
        "x.conllu.gz",
        gzip.compress(DEV.encode() * 99)[:60],
        "refused",
        "x.conllu.gz",
    ),
    Odd("plain text called gz", "x.conllu.gz", DEV.encode(), "imported"),
    Odd("gzip of nothing", "x.conllu.gz", gzip.compress(b""), "refused", "empty"),
    Odd("gzip bomb", "x.conllu.gz", gzip_bomb, "refused", "x.conllu.gz"),
    Odd("zip", "x.zip", zipped({"a/train.conllu": DEV, "a/test.conllu": DEV}), "imported"),
    Odd("zip bomb", "x.zip", bomb, "refused", "x.zip"),
    Odd("zip cut in the middle", "x.zip", zipped({"a.conllu": DEV * 9})[:100], "refused", "x.zip"),
    Odd("zip of nothing", "x.zip", zipped({}), "refused", "x.zip"),
    Odd("zip of a picture", "x.zip", zipped({"a.png": b"\x89PNG\r\n\x1a\n" + bytes(99)}), "refused", "x.zip"),
    Odd("zip in a zip", "x.zip", zipped({"inner.zip": zipped({"a.conllu": DEV})}), "refused", "x.zip"),
    Odd("zip with a climbing path", "x.zip", zipped({"../../evil.conllu": DEV}), "imported"),
    Odd("zip with a link", "x.zip", linked_zip, "refused", "x.zip"),
    Odd("locked zip", "x.zip", locked_zip, "refused", "x.zip"),
    Odd("zip of 1,001 files", "x.zip", crowded_zip, "refused", "x.zip"),
    Odd("a broken file in a zip", "x.zip", zipped({"a.conllu": DEV + "1\tx\n\n"}), "refused", "a.conllu:10"),
    Odd("tar", "x.tar", tarred, "refused", "x.tar"),
    Odd("bzip2", "x.conllu.bz2", bz2.compress(DEV.encode()), "refused", "x.conllu.bz2"),
    Odd("xz", "x.conllu.xz", lzma.compress(DEV.encode()), "refused", "x.conllu.xz"),
    Odd(
        "docx",
        "x.docx",
        zipped({"[Content_Types].xml": "<x/>", "word/document.xml": "<w/>"}),
        "refused",
        "x.docx",
    ),
    Odd("pdf", "x.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(40), "refused", "x.pdf"),
    Odd("a database", "x.db", b"SQLite format 3\x00" + bytes(400), "refused", "x.db"),
    Odd("a picture", "x.conllu", b"\x89PNG\r\n\x1a\n" + bytes(99), "refused", "x.conllu"),
]
ENCODINGS = [
    Odd("empty", "x.conllu", b"", "refused", "x.conllu: the file is empty"),
    Odd("blank lines only", "x.conllu", b"\n\n \n", "refused", "x.conllu"),
    Odd("byte order mark", "x.conllu", b"\xef\xbb\xbf" + DEV.encode(), "imported"),
    Odd("UTF-16", "x.conllu", DEV.encode("utf-16"), "refused", "x.conllu"),
    Odd("Latin-1", "x.conllu", DEV.replace("sá", "så").encode("latin-1"), "refused", "UTF-8", line=5),
    Odd("NUL in a word", "x.conllu", one("a\0b"), "refused", "NUL", line=1),
    Odd(
        "binary behind a sound start", "x.conllu", DEV.encode() + bytes(range(256)), "refused", "x.conllu:10"
    ),
    Odd("a line of 10 MB", "x.conllu", lambda: one("a" * 10_000_000), "imported"),
    Odd("a line of 70 MB", "x.conllu", lambda: one("a" * 70_000_000), "refused", "longer than"),
    Odd("Windows line ends", "x.conllu", DEV.replace("\n", "\r\n").encode(), "imported"),
    Odd("old Mac line ends", "x.conllu", DEV.replace("\n", "\r").encode(), "refused", "x.conllu"),
    Odd("no last line end", "x.conllu", DEV.rstrip("\n").encode(), "imported"),
    Odd("U+2028 in a word", "x.conllu", one("a\u2028b"), "imported", "invisible"),
    Odd("U+0085 in a word", "x.conllu", one("a\u0085b"), "imported"),
    Odd("right-to-left marks", "x.conllu", one("\u202eabc\u202c"), "imported", "invisible"),
    Odd("zero-width spaces", "x.conllu", one("a\u200bb"), "imported", "invisible"),
    Odd("decomposed letters", "x.conllu", one("e\u0301g"), "imported", "not_nfc"),
    Odd("Cyrillic o in a Latin word", "x.conllu", one("w\u043erd"), "imported", "mixed_script"),
    Odd(
        "half a surrogate pair",
        "x.jsonl",
        b'{"tokens": ["\\ud800"], "labels": ["X"]}\n',
        "refused",
        "half a character",
    ),
    Odd("emoji", "x.conllu", one("\U0001f9d1\u200d\U0001f33e"), "imported"),
    Odd("HTML in a word", "x.conllu", one("<script>alert(1)</script>"), "imported"),
    Odd("a formula in a word", "x.conllu", one("=HYPERLINK(1)"), "imported"),
    Odd("an image in Markdown", "x.conllu", one("![x](http://h/i.png)"), "imported"),
]
ROWS = [
    Odd("nine columns", "x.conllu", conllu("1\ta\t_\tX\t_\t_\t_\t_\t_"), "refused", "9 columns", line=1),
    Odd("spaces for tabs", "x.conllu", DEV.replace("\t", "    ").encode(), "refused", "x.conllu", line=2),
    Odd("numbers out of order", "x.conllu", conllu(word(1, "a"), word(3, "b")), "refused", "expected 2",
        line=2),
    Odd("an empty word", "x.conllu", conllu(word(1, "")), "refused", "empty token", line=1),
    Odd("comments only", "x.conllu", b"# text = a\n\n", "refused", "x.conllu"),
    Odd("a word with a space", "x.conllu", one("New York"), "imported"),
    Odd("an unknown tag", "x.conllu", one("a", "NN"), "decide", '--map "NN=NOUN"', line=2),
    Odd("a tag in lower case", "x.conllu", one("a", "noun"), "decide", '--map "noun=NOUN"'),
    Odd("a tag of mark-up", "x.conllu", one("a", "<b>"), "decide", "<b>"),
    Odd("three columns of BIO", "x.bio", b"Kano x B-LOC\nce x O\n", "refused", "x.bio", task="ner"),
    Odd("an empty tag", "x.bio", b"Kano B-LOC\nce \n", "refused", "empty tag", "ner", 2),
    Odd("two spaces", "x.bio", b"Kano B-LOC\nce  O\n", "refused", "3 columns", "ner", 2),
    Odd("illegal BIO", "x.bio", b"Kano I-LOC\nce O\n", "imported", "illegal_bio", "ner"),
    Odd("BIOES", "x.bio", NER.replace("B-LOC", "S-LOC").encode(), "decide", '--map "S-LOC=B-LOC"', "ner"),
    Odd("bare types", "x.bio", b"Kano LOC\nce O\nAli B-PER\n", "decide", '--map "LOC=LOC"', "ner", 1),
    Odd("the same id twice", "x.conllu", ("# sent_id = a\n" + sentence(("a", "X"))).encode() * 2, "imported",
        "duplicate_id"),
    Odd("the same sentence twice", "x.bio", NER.encode() * 2, "imported", "duplicate_text", "ner"),
    Odd("plain words as CoNLL-U", "x.conllu", b"Eg lesi.\nHon les.\n", "refused", "x.conllu:1"),
]  # fmt: skip
TABLES = [
    Odd("quotes that do not close", "x.csv", CSV + b'"a,sports\n', "refused", "x.csv", "topic", 2),
    Odd("too many cells", "x.csv", CSV + b"a,b,sports\n", "refused", "3 columns", "topic", 2),
    Odd("a column twice", "x.csv", b"text,text\na,b\n", "refused", "x.csv:1", "topic"),
    Odd("no known column", "x.csv", b"a,b\n1,2\n", "refused", "x.csv", "topic"),
    Odd("header only", "x.csv", CSV, "refused", "x.csv", "topic"),
    Odd("a formula", "x.csv", CSV + b"=1+1,sports\n", "imported", "", "topic"),
    Odd("line break in a cell", "x.csv", CSV + b'"a\nb",sports\n', "imported", "", "topic"),
    Odd("tokens and labels that differ", "x.csv", b"tokens,labels\na b,NOUN\n", "refused", "1 labels",
        line=2),
    Odd("a column that is not there", "x.csv", b"ord,tag\na,NOUN\n", "refused", "nowhere",
        options=("--format", "csv", "--column", "tokens=nowhere")),
    Odd("an unknown inference label", "x.tsv", NLI + b"a\tb\tmaybe\tgn\n", "decide", "maybe", "nli", 2),
    Odd("short inference labels", "x.tsv", NLI + b"a\tb\te\tgn\n", "decide", '--map "e=entailment"', "nli"),
    Odd("an empty hypothesis", "x.tsv", NLI + b"a\t\tneutral\tgn\n", "refused", "hypothesis", "nli", 2),
    Odd("a new topic", "x.tsv", SIB + b"1\tspace travel\ta\n", "imported", "", "topic"),
    Odd("an empty text", "x.tsv", SIB + b"1\tsports\t\n", "refused", "x.tsv", "topic", 2),
    Odd("JSON that breaks off", "x.jsonl", b'{"tokens": ["a"]\n', "refused", "x.jsonl:1"),
    Odd("a JSON list", "x.jsonl", b'["a"]\n', "refused", "x.jsonl", line=1),
    Odd("numbers for labels", "x.jsonl", b'{"tokens": ["a"], "labels": [3]}\n', "refused", "x.jsonl:1"),
    Odd("deeply nested JSON", "x.jsonl", b"[" * 100_000 + b"\n", "refused", "x.jsonl"),
    Odd("a confidence of 7", "x.jsonl", b'{"tokens":["a"],"labels":["X"],"confidences":[7]}\n', "refused",
        "x.jsonl:1"),
    Odd("no parquet", "x.parquet", b"PAR1" + bytes(40) + b"PAR1", "refused", "x.parquet"),
    Odd("plain text", "x.txt", "Eg lesi.\nمن می‌خوانم\n".encode(), "imported", "unlabelled"),
]  # fmt: skip
ODD = [*CONTAINERS, *ENCODINGS, *ROWS, *TABLES]
