"""The official validator over the export of every treebank of the mirror; round trips (`pytest -s`)."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import catalog
from core.exporting import export
from core.handover.human import export_human
from core.handover.pieces import Asked
from core.importing import import_file
from core.inspection import FileChoice
from core.store import Store, facts, views
from core.types import Language, Prediction
from tests.conllu_levels import findings, level
from tests.needs import needs

pytestmark = [pytest.mark.real, pytest.mark.slow, needs("udtools")]

FORMAT = 2
"""The level up to which the format, and not the linguistics, is looked at."""
NOUN_OR_VERB = ("NOUN", "VERB")


def treebanks(mirror: Path) -> list[Path]:
    found = sorted((mirror / "UniversalDependencies").glob("*/*.conllu"))
    assert len(found) >= 25
    return found


def imported(store: Store, path: Path, name: str) -> str:
    choice = FileChoice(path, path.name, "pos", tongue(path), format="conllu", dataset_id=name)
    return str(import_file(store, choice)["dataset"])


def tongue(path: Path) -> Language:
    """Which language it is does not matter to the format; not every treebank's is in the catalog."""
    return catalog.language("fo")


def say(store: Store, dataset: str, *, wrong: float) -> str:
    """Two people say gold of every third sentence, a run of the others; some are wrong, on purpose."""
    draw = random.Random(8)
    rest: list[Prediction] = []
    with store.write():
        for record in views.records(store, dataset):
            labels = list(record.labels or ())
            if not labels:
                continue
            if wrong:
                labels = [draw.choice(NOUN_OR_VERB) if draw.random() < wrong else label for label in labels]
            position = record.instance.position
            if position % 3 == 0:
                facts.annotate(store, dataset, position, labels, author=("Anna", "Bo|=\t B")[position % 2])
            else:
                sure = tuple(draw.random() for _ in labels)
                rest.append(Prediction(position, tuple(labels), sure))
    return facts.add_import_run(store, dataset, "run", stage1=rest, stage2=None)


def rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text("utf8").split("\n"):
        yield line.split("\t")


def test_every_treebank_is_exported_as_valid_as_it_came(mirror: Path, tmp_path: Path) -> None:
    table: list[tuple[str, int, int, int, int, float]] = []
    for path in treebanks(mirror):
        began = time.process_time()
        language = path.name.partition("_")[0]
        was = findings(path, language)
        with Store.open(tmp_path / path.stem) as store:
            name = imported(store, path, "came")
            plain, out, again = (tmp_path / f"{path.stem}-{n}.conllu" for n in ("plain", "out", "again"))
            export(store, name, "conllu", plain)
            assert plain.read_bytes() == path.read_bytes(), path.name
            run = say(store, name, wrong=0)
            done = export_human(store, Asked(name, run), "conllu", out)
            assert {"human", run} <= done["sources"].keys()
            now = findings(out, language)
            assert now == was, (path.name, now - was)
            back = imported(store, out, "back")
            export_human(store, Asked(back), "conllu", again)
            assert again.read_bytes() == out.read_bytes(), path.name
            export(store, back, "conllu", plain)
            assert plain.read_bytes() == out.read_bytes(), path.name
            assert views.annotations(store, back) == views.annotations(store, name)
            n = views.dataset(store, name).n_tokens
        table.append((path.stem, n, level(was), level(now), sum(was.values()), time.process_time() - began))
    assert sum(row[4] for row in table), "a validator that finds nothing anywhere looks at nothing"
    print(f"\n{'treebank':32}{'words':>9}{'in':>4}{'out':>4}{'errors':>8}{'CPU s':>7}")
    for stem, n, before, after, errors, seconds in table:
        print(f"{stem:32}{n:>9,}{before:>4}{after:>4}{errors:>8}{seconds:>7.1f}")
    words = sum(row[1] for row in table)
    print(f"{len(table)} treebanks, {words:,} words, {sum(row[5] for row in table):.0f} CPU s")
    print("levels of the input:", dict(sorted(Counter(row[2] for row in table).items())))


@pytest.mark.parametrize("stem", ["br_keb-ud-test", "gsw_uzh-ud-test", "fo_oft-ud-test", "cs_cltt-ud-dev"])
def test_corrections_change_tags_and_origins_only(mirror: Path, tmp_path: Path, stem: str) -> None:
    (path,) = (path for path in treebanks(mirror) if path.stem == stem)
    with Store.open(tmp_path / "workspace") as store:
        name = imported(store, path, "came")
        out = tmp_path / "out.conllu"
        export_human(store, Asked(name, say(store, name, wrong=0.2)), "conllu", out)
    was = {one for one in findings(path, stem.partition("_")[0]) if one[0] <= FORMAT}
    now = {one for one in findings(out, stem.partition("_")[0]) if one[0] <= FORMAT}
    assert now <= was, now - was
    changed = 0
    for before, after in zip(rows(path), rows(out), strict=True):
        assert len(before) == len(after)
        differs = [n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
        assert set(differs) <= {3, 9}, (before, after)
        changed += 3 in differs
    print(f"\n{stem}: {changed} tags changed, errors of levels 1 and 2: {len(was)} -> {len(now)}")
    assert changed > 20
