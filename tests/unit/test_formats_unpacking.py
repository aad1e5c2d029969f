"""Archives: unpacked within limits, refused in clear words, and gone afterwards."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import tempfile
import warnings
import zipfile
from pathlib import Path

import pytest

from core import unpacking
from core.errors import FormatError, StudioError
from core.unpacking import unpacked

TEXT = b"a O\nb B-PER\n\n"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that archives are unpacked into; it must be empty after each test."""
    folder = tmp_path / "room"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def put(folder: Path, content: bytes, name: str = "x.zip") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def contents(path: Path, name: str) -> dict[str, bytes]:
    with unpacked(path, name) as members:
        return {member.name: member.path.read_bytes() for member in members}


def refused(path: Path, said: str, room: Path, name: str = "mine.zip") -> FormatError:
    with pytest.raises(FormatError, match=said) as caught, unpacked(path, name):
        raise AssertionError("it was unpacked")
    assert caught.value.path.startswith(name)
    assert (caught.value.line, bool(caught.value.hint)) == (0, True)
    assert list(room.iterdir()) == []
    return caught.value


def test_a_plain_file_is_itself(tmp_path: Path) -> None:
    path = put(tmp_path, TEXT, "x.gz")
    with unpacked(path, "upload.txt") as members:
        assert [(member.path, member.name) for member in members] == [(path, "upload.txt")]
    assert contents(put(tmp_path, b"", "e.txt"), "e.txt") == {"e.txt": b""}


@pytest.mark.parametrize("name", ["x.bio.gz", "x.bio", "X.BIO.GZ"])
def test_gzip_is_known_by_its_bytes(tmp_path: Path, room: Path, name: str) -> None:
    path = put(tmp_path, gzip.compress(TEXT) + gzip.compress(TEXT), "upload")
    with unpacked(path, name) as (member,):
        assert (member.path.suffix, member.name) == (".bio", name)
        assert member.path.read_bytes() == TEXT * 2
        assert member.path.is_relative_to(room)
    assert list(room.iterdir()) == []


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_every_data_file_of_a_zip(tmp_path: Path, room: Path, method: int) -> None:
    left_out = ["d/", "__MACOSX/a.bio", "d/.DS_Store", "README.md", "d/LICENSE", "licence.txt", "d/Thumbs.db"]
    data = {"d/train.bio": TEXT, "b.conllu": b"x", "readme.tsv": b"", "d\\e.csv": b"y"}
    path = put(tmp_path, zipped(dict.fromkeys(left_out, b"no") | data, method))
    found = contents(path, "mine.zip")
    assert found == {
        "mine.zip/d/train.bio": TEXT,
        "mine.zip/b.conllu": b"x",
        "mine.zip/readme.tsv": b"",
        "mine.zip/d\\e.csv": b"y",
    }
    assert list(room.iterdir()) == []


def test_names_in_a_zip_are_words_and_never_paths(tmp_path: Path, room: Path) -> None:
    names = ["../../evil.bio", "/etc/passwd.bio", "C:\\x.bio", "a/../b.bio", "x\x1b[2J.bio", "é\u202e.bio"]
    path = put(tmp_path, zipped(dict.fromkeys(names, TEXT)))
    with unpacked(path, "mine.zip") as members:
        assert len(members) == len(names)
        assert {member.path.parent.parent for member in members} == {room}
        assert all(member.path.resolve().is_relative_to(room.resolve()) for member in members)
        assert all(member.name.isprintable() for member in members)
    assert not (tmp_path.parent / "evil.bio").exists()


def test_the_same_name_twice_gets_a_number(tmp_path: Path, room: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings(action="ignore"):
        for content in (b"1", b"2", b"3"):
            archive.writestr("a.bio", content)
    expected = {"z/a.bio": b"1", "z/a.bio (2)": b"2", "z/a.bio (3)": b"3"}
    assert contents(put(tmp_path, out.getvalue()), "z") == expected


def test_nothing_stays_when_the_reader_fails(tmp_path: Path, room: Path) -> None:
    there = []
    with pytest.raises(KeyError), unpacked(put(tmp_path, gzip.compress(TEXT)), "x.gz"):  # noqa: PT012
        there += list(room.iterdir())
        raise KeyError
    assert (len(there), list(room.iterdir())) == (1, [])


def test_a_paper_beside_the_data_is_left_to_the_formats(tmp_path: Path, room: Path) -> None:
    path = put(tmp_path, zipped({"a.bio": TEXT, "paper.pdf": b"%PDF-1.7"}))
    assert set(contents(path, "z")) == {"z/a.bio", "z/paper.pdf"}


def tar(content: bytes = TEXT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("x.bio")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bz2.compress(TEXT), "this is bzip2,"),
        (lzma.compress(TEXT), "this is xz,"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "this is 7-Zip,"),
        (b"Rar!\x1a\x07\x01\x00", "this is RAR,"),
        (b"\x28\xb5\x2f\xfd\x00", "this is Zstandard,"),
        (b"%PDF-1.7\n", "this is PDF,"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "this is an old Office document"),
        (tar(), "this is tar,"),
        (gzip.compress(tar()), "this is tar,"),
        (zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), "this is an office document"),
        (zipped({"mimetype": b"application/epub+zip"}), "this is an office document or e-book"),
        (zipped({}), "holds no data file"),
        (zipped({"README": b"x", "__MACOSX/a": b"x"}), "holds no data file"),
        (zipped({"a.bio": TEXT, "b.zip": zipped({"a": TEXT})}), "an archive within an archive"),
        (gzip.compress(b"%PDF-1.7")[:-1], "cut short"),
        (zipped({"b.bio": gzip.compress(TEXT)}), "an archive within an archive"),
        (zipped({"b.bio": bz2.compress(TEXT)}), "this is bzip2,"),
        (gzip.compress(gzip.compress(TEXT)), "an archive within an archive"),
        (gzip.compress(TEXT)[:-9], "cut short or damaged"),
        (gzip.compress(TEXT)[:20] + b"\xff" + gzip.compress(TEXT)[21:], "cut short or damaged"),
        (b"\x1f\x8b", "cut short or damaged"),
        (b"PK\x03\x04", "broken zip"),
        (zipped({"a.bio": TEXT * 999})[:-40], "broken zip"),
    ],
)
def test_what_is_not_read_is_named(tmp_path: Path, room: Path, content: bytes, said: str) -> None:
    refused(put(tmp_path, content), said, room)


def test_a_damaged_member_is_named(tmp_path: Path, room: Path) -> None:
    content = zipped({"a.bio": TEXT * 99}, zipfile.ZIP_STORED).replace(
        TEXT * 99, TEXT * 98 + b"x" * len(TEXT)
    )
    error = refused(put(tmp_path, content), "cut short or damaged", room)
    assert error.path == "mine.zip/a.bio"


def patched(content: bytes, offset: int, value: bytes, magic: bytes = b"PK\x01\x02") -> bytes:
    """A zip with other bytes in the (first) header that begins with `magic`."""
    at = content.index(magic) + offset
    return content[:at] + value + content[at + len(value) :]


def test_encryption_links_and_unknown_methods_are_refused(tmp_path: Path, room: Path) -> None:
    content = zipped({"a.bio": TEXT})
    refused(put(tmp_path, patched(content, 8, b"\x01")), "encrypted", room)
    link = struct.pack("<I", (0o120777 << 16) & 0xFFFFFFFF)
    refused(put(tmp_path, patched(content, 38, link)), r"holds a link \(a.bio\)", room)
    strange = patched(content, 10, b"\x63\x00")
    refused(put(tmp_path, patched(strange, 8, b"\x63\x00", b"PK\x03\x04")), "cannot be unpacked", room)


def test_bombs_are_stopped(tmp_path: Path, room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flat = b"\n" * (unpacking.RATIO_FROM + 1)
    refused(put(tmp_path, gzip.compress(flat)), "unpacks to more than 200 times its size", room)
    refused(put(tmp_path, zipped({"a.bio": flat})), "unpacks to more than 200 times", room)
    lying = patched(zipped({"a.bio": flat}), 24, struct.pack("<I", 100))
    refused(put(tmp_path, lying), "damaged", room)
    monkeypatch.setattr(unpacking, "LARGEST", 1024**2)
    rather = bytes(range(256)) * 8192
    for content in (gzip.compress(rather), zipped({"a": rather[: 2**20], "b": b"x"}, zipfile.ZIP_STORED)):
        refused(put(tmp_path, content), "holds more than 1 MiB", room)
    monkeypatch.setattr(unpacking, "MEMBERS", 3)
    refused(put(tmp_path, zipped({f"{n}.bio": TEXT for n in range(4)})), "holds 4 members, more than 3", room)


def test_well_packed_text_within_the_limits_is_read(tmp_path: Path, room: Path) -> None:
    flat = b"\n" * unpacking.RATIO_FROM
    assert contents(put(tmp_path, gzip.compress(flat)), "x.gz") == {"x.gz": flat}


def test_a_missing_file_and_no_room(tmp_path: Path, room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(tmp_path / "absent", "cannot be opened", room)
    refused(tmp_path, "cannot be opened", room)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = put(tmp_path, gzip.compress(TEXT))
    monkeypatch.setattr(unpacking, "_write", full)
    with pytest.raises(StudioError, match="cannot be unpacked: No space left"), unpacked(path, "x.gz"):
        pass
    assert list(room.iterdir()) == []
