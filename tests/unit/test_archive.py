"""A whole data set as one file: the same bytes after opening it elsewhere, and nothing of a changed one."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import FormatError, StudioError, UnknownName
from core.handover.archive import MANIFEST, archive, member
from core.handover.opening import described, is_archive, unarchive
from core.store import Store, facts, views
from core.store.archive_tables import TABLES
from core.types import Completion, Dataset, Instance, LabelInfo, Record, Score
from tests.unit.handed_over import GOLD, put

pytestmark = pytest.mark.slow

Tables = dict[str, list[dict[str, Any]]]


def full(store: Store) -> None:
    """A project with something in every table that a test can fill."""
    put(store, "pos", "first")
    run = put(store, "pos")
    facts.annotate(store, "own", 0, GOLD["pos"][1], author="C\u0301y \u202e", batch="b", reverts=4)
    facts.annotate(store, "own", 1, GOLD["pos"][1], author="Bo", layer=facts.BLIND, comment="=1\t\n\u2028")
    facts.add_remark(store, "own", 1, "translation", author="Bo", text="en:x", token=1)
    facts.add_queue(store, "own", "audit", [3, 0, 1], "why", kind=facts.AUDIT, meta={"seed": 7, "of": [1.5]})
    facts.once(store, "window", 3, "own", lambda: {"status": "saved", "id": 1})
    facts.add_template(store, "own", "mine", "{text}", "own")
    call = Completion("k", "m", "p", "prompt \u0001", "text", seconds=0.1 + 0.2, parameters='{"a": 1}')
    facts.add_completions(store, "own", [call])
    facts.put_scores(store, run, [Score("accuracy", 1 / 3, "stage1", "own/gold", ("NOUN",), 3)])
    facts.set_tagset(store, "own", [LabelInfo("NOUN", "a thing", "n", "#112233")])
    facts.set_egress(store, "own", "local")
    with store.write() as connection:
        connection.exec_driver_sql(
            "insert into tokenization (dataset_id, position, version, author, created_at, action, tokens, "
            "first, last) values ('own', 3, 1, 'Bo', now(), 'split', ['c', 'd', 'e', 'f'], [0, 1, 2, 2], "
            "[0, 1, 2, 2])"
        )
        connection.exec_driver_sql(
            "insert into assignment (dataset_id, position, author, state, created_at) "
            "values ('own', 3, 'Bo', 'open', now())"
        )
        connection.exec_driver_sql("insert into influence values ('own/guess', 1, [0], [1], [2], [0.1])")
        connection.exec_driver_sql(
            "insert into selection values ('own/guess', 1, 'milp', 0.1, 1e300, 2, [], [])"
        )
        connection.exec_driver_sql(
            "insert into exemplar values ('own/guess', 1, 0, 'first', 2, 0.3, null, ['NOUN'], 'source')"
        )
        connection.exec_driver_sql(
            "insert into job values ('j', 'own/guess', 'own', 'ssp', 'done', 1.5, now())"
        )


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of that project."""
    folder = tmp_path_factory.mktemp("archived")
    with Store.open(folder / "workspace") as store:
        full(store)
        archive(store, "own", folder / "1")
    return folder / "1"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A workspace that refuses all it is given here, and stays empty."""
    with Store.open(tmp_path_factory.mktemp("empty")) as opened:
        yield opened


def test_out_and_in_and_out_is_the_same_file(store: Store, tmp_path: Path) -> None:
    full(store)
    one, two, three = tmp_path / "1", tmp_path / "2", tmp_path / "3"
    done = archive(store, "own", one)
    assert [name for name, n in done["rows"].items() if not n] == []
    assert done["elsewhere"] == ["first"]
    archive(store, "own", two)
    assert two.read_bytes() == one.read_bytes()
    with Store.open(tmp_path / "empty") as empty:
        assert unarchive(empty, one)["rows"] == done["rows"]
        archive(empty, "own", two)
        assert two.read_bytes() == one.read_bytes()
        assert views.dataset(empty, "own") == views.dataset(store, "own")
        assert list(views.records(empty, "own")) == list(views.records(store, "own"))
        assert views.predictions(empty, "own/guess", "stage1") == views.predictions(
            store, "own/guess", "stage1"
        )
        assert views.remarks(empty, "own") == [
            {**row, "id": n} for n, row in enumerate(views.remarks(store, "own"), 1)
        ]
        assert views.run(empty, "own/guess") == views.run(store, "own/guess")
    with Store.open(tmp_path / "full") as other:
        put(other, "ner", "stranger")
        unarchive(other, one)
        archive(other, "own", three)
        assert three.read_bytes() == one.read_bytes()
        version = facts.annotate(other, "own", 0, GOLD["pos"][2], author="after")
        ids = [row["id"] for row in views.annotation_log(other, "own")]
        assert version == 3
        assert len(set(ids)) == len(ids)
        reverting = next(row for row in views.annotation_log(other, "own") if row["reverts"])
        assert reverting["reverts"] == views.annotation_log(other, "own", 0)[0]["id"]


def test_a_second_one_of_the_same_name_is_refused(store: Store, tmp_path: Path) -> None:
    full(store)
    archive(store, "own", tmp_path / "1")
    log = views.annotation_log(store, "own")
    with pytest.raises(StudioError, match="in this workspace already"):
        unarchive(store, tmp_path / "1")
    assert views.annotation_log(store, "own") == log
    facts.delete_dataset(store, "own", force=True)
    unarchive(store, tmp_path / "1")
    archive(store, "own", tmp_path / "2")
    assert (tmp_path / "2").read_bytes() == (tmp_path / "1").read_bytes()
    with pytest.raises(UnknownName):
        archive(store, "none", tmp_path / "3")
    with pytest.raises(StudioError):
        archive(store, "own", store.path)


def test_what_is_the_same_again_and_again_is_no_bomb(store: Store, tmp_path: Path) -> None:
    records = (Record(Instance(n, "test", ("a",) * 4_000, "a")) for n in range(20))
    facts.add_dataset(store, Dataset("own", "own", "fao", "pos", ("NOUN",)), records)
    archive(store, "own", tmp_path / "1")
    with zipfile.ZipFile(tmp_path / "1") as packed:
        assert packed.getinfo(member("instance")).compress_type == zipfile.ZIP_STORED
    with Store.open(tmp_path / "empty") as empty:
        unarchive(empty, tmp_path / "1")
        assert views.dataset(empty, "own").n_tokens == 80_000


def bare(info: zipfile.ZipInfo, content: bytes) -> Any:
    if info.filename == MANIFEST:
        content = json.dumps(json.loads(content) | {"tables": []}).encode()
    return info.filename, content


def repacked(source: Path, target: Path, change: Callable[[Tables, dict[str, Any]], None]) -> None:
    """An archive with other rows and a manifest that fits them."""
    with zipfile.ZipFile(source) as packed:
        manifest = json.loads(packed.read(MANIFEST))
        rows = {
            name: [json.loads(line) for line in packed.read(member(name)).splitlines()] for name in TABLES
        }
        names = packed.namelist()
        others = {name: packed.read(name) for name in names if not name.startswith("data/")}
    change(rows, manifest)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, found in rows.items():
            text = "".join(json.dumps(row) + "\n" for row in found).encode()
            told = {"rows": len(found), "bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()}
            manifest["tables"][name] = told | manifest["tables"][name].get("said", {})
            packed.writestr(member(name), text)
        for name in others:
            packed.writestr(name, json.dumps(manifest) if name == MANIFEST else others[name])


def put_in(table: str, row: int, **values: Any) -> Callable[[Tables, dict[str, Any]], None]:
    def change(rows: Tables, manifest: dict[str, Any]) -> None:
        rows[table][row].update(values)

    return change


def without(table: str) -> Callable[[Tables, dict[str, Any]], None]:
    return lambda rows, manifest: rows[table].clear()


def told(**values: Any) -> Callable[[Tables, dict[str, Any]], None]:
    return lambda rows, manifest: manifest.update(values)


CHANGES = [
    put_in("dataset", 0, id="../../etc/passwd"),
    put_in("dataset", 0, id="a/b"),
    put_in("dataset", 0, task="evil"),
    put_in("dataset", 0, n_instances=5),
    put_in("dataset", 0, name=None),
    put_in("dataset", 0, evil=1),
    put_in("dataset", 0, created_at="yesterday"),
    without("dataset"),
    without("instance"),
    put_in("instance", 1, position=0),
    put_in("instance", 1, tokens=["a"]),
    put_in("instance", 1, text=7),
    put_in("instance", 1, text="\ud800"),
    put_in("run", 0, id="other/run"),
    put_in("run", 0, id="first/guess"),
    without("run"),
    put_in("prediction", 0, run_id="first/guess"),
    put_in("prediction", 0, position=99),
    put_in("prediction", 0, labels=["NOUN"]),
    put_in("prediction", 0, labels="NOUN"),
    put_in("prediction", 0, confidences=["x"]),
    put_in("annotation", 0, id=7),
    put_in("annotation", 0, reverts=1),
    put_in("annotation", 0, labels_after=["NOUN"] * 9),
    put_in("queue", 0, positions=[0, 99]),
    put_in("queue", 0, positions=["0"]),
    put_in("tokenization", 0, first=[0]),
    put_in("saved", 0, seq=2**70),
    put_in("exemplar", 0, similarity=float("nan")),
    told(version=2),
    told(kind="other"),
]


@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_nothing_of_a_changed_archive_is_stored(
    archived: Path, empty: Store, tmp_path: Path, change: Callable[[Tables, dict[str, Any]], None]
) -> None:
    repacked(archived, tmp_path / "2", change)
    with pytest.raises(StudioError):
        unarchive(empty, tmp_path / "2")
    assert views.datasets(empty) == []
    assert views.runs(empty) == []


def test_what_was_unpacked_and_packed_again_unchanged_is_taken(
    archived: Path, store: Store, tmp_path: Path
) -> None:
    repacked(archived, tmp_path / "2", lambda rows, manifest: None)
    unarchive(store, tmp_path / "2")
    archive(store, "own", tmp_path / "3")
    assert (tmp_path / "3").read_bytes() == archived.read_bytes()


def rezipped(source: Path, target: Path, spoil: Callable[[zipfile.ZipInfo, bytes], Any]) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if (changed := spoil(info, old.read(info))) is not None:
                new.writestr(*changed)


def spoilt_row(info: zipfile.ZipInfo, content: bytes) -> Any:
    text = content.replace(b"Anna", b"Eve ") if "annotation" in info.filename else content
    return info.filename, text


def outside(info: zipfile.ZipInfo, content: bytes) -> Any:
    return info.filename.replace("data/saved", "../../saved"), content


def missing(info: zipfile.ZipInfo, content: bytes) -> Any:
    return None if "saved" in info.filename else (info.filename, content)


def link(info: zipfile.ZipInfo, content: bytes) -> Any:
    if "saved" in info.filename:
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, content


def bomb(info: zipfile.ZipInfo, content: bytes) -> Any:
    if info.filename == MANIFEST:
        said = json.loads(content)
        said["tables"]["saved"]["bytes"] = 50_000_000
        content = json.dumps(said).encode()
    return info.filename, b" " * 50_000_000 if "saved" in info.filename else content


@pytest.mark.parametrize("spoil", [spoilt_row, bare, outside, missing, link, bomb])
def test_a_damaged_or_hostile_file_is_refused(
    archived: Path, empty: Store, tmp_path: Path, spoil: Callable[[zipfile.ZipInfo, bytes], Any]
) -> None:
    rezipped(archived, tmp_path / "2", spoil)
    before = set(tmp_path.parent.rglob("*"))
    with pytest.raises(FormatError):
        unarchive(empty, tmp_path / "2")
    assert views.datasets(empty) == []
    assert set(tmp_path.parent.rglob("*")) == before


@pytest.mark.parametrize("cut", [0, 1, 100, 3_000, -1])
def test_a_file_cut_short_is_refused(archived: Path, empty: Store, tmp_path: Path, cut: int) -> None:
    (tmp_path / "2").write_bytes(archived.read_bytes()[:cut])
    with pytest.raises(FormatError):
        unarchive(empty, tmp_path / "2")
    assert is_archive(archived)
    assert not is_archive(tmp_path / "2")
    assert described(archived)["dataset"] == "own"
