"""Which sources are advised, from texts made for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.advice.overlap import Profile, closeness, shared
from core.advice.script_gap import script_warning
from core.advice.sources import Advice, Candidate, advise, advised, ranked
from core.errors import UnknownName
from core.store import Store, facts
from core.types import Dataset, Instance, Record
from tests.ssp_command import Ssp

NEAR = ["der hund und die katze", "die katze schläft und der hund bellt", "das haus ist alt und klein"]
TARGET = ["de hund und d katze", "d katze schlaft und de hund bellt", "s haus isch alt und chli"]
NORTH = ["hunden og katten", "katten sover og hunden bjæffer", "huset er gammelt og lille"]
NORTH_TOO = ["hunden og katten", "katten søv og hunden bjeffar", "huset er gammalt og lite"]
FAR = ["talo on vanha ja pieni", "kissa nukkuu ja koira haukkuu"]
ETHIOPIC = ["ሰላም ለሁሉም", "ውሻ እና ድመት"]


def items(texts: list[str]) -> list[Instance]:
    return [Instance(at, "train", tuple(text.split()), text) for at, text in enumerate(texts)]


def candidate(name: str, texts: list[str], labels: str = "", family: str = "") -> Candidate:
    return Candidate(name, name[:3], family, items(texts), len(texts), frozenset(labels.split()))


def names(found: list[Advice], *, chosen: bool = True) -> list[str]:
    return [item.dataset for item in found if item.chosen == chosen]


ALL = [
    candidate("dan", NORTH),
    candidate("amh", ETHIOPIC),
    candidate("deu", NEAR, family="Indo-European, Germanic"),
    candidate("fin", FAR),
    candidate("nno", NORTH_TOO),
]


def test_the_closest_language_comes_first_and_another_script_last() -> None:
    found = ranked("pos", items(TARGET), ALL, family="Indo-European, Germanic")
    assert found[0].dataset == "deu"
    assert found[-1].dataset == "amh"
    assert (found[-1].score, found[-1].script, found[-1].chosen) == (0.0, 0.0, False)
    assert found[-1].reasons[0].startswith("other script")
    assert "same family (Germanic)" in found[0].reasons
    assert found[0].score > 2 * found[1].score


def test_distant_languages_are_left_out_beside_a_close_one_but_two_are_taken() -> None:
    found = ranked("pos", items(TARGET), ALL)
    assert names(found)[0] == "deu"
    assert len(names(found)) == 2
    assert names(ranked("pos", items(NORTH_TOO), [item for item in ALL if item.dataset != "nno"]))[0] == "dan"


def test_without_a_relative_all_in_the_script_are_taken() -> None:
    found = ranked("pos", items(["vrk prst skrz", "krk vlk"]), ALL)
    assert sorted(names(found)) == ["dan", "deu", "fin", "nno"]


def test_for_entities_every_language_in_the_script_is_taken_and_a_missing_type_is_said() -> None:
    some = [
        candidate("deu", NEAR, "O PER"),
        candidate("fin", FAR, "O PER DATE"),
        candidate("amh", ETHIOPIC, "O PER"),
    ]
    found = ranked("ner", items(TARGET), some)
    assert names(found) == ["deu", "fin"]
    assert found[0].missing == ("DATE",)
    assert "lacks DATE" in found[0].reasons
    assert ranked("ner", items(TARGET), some, labels=frozenset({"O", "PER"}))[0].missing == ()


def test_nothing_to_choose_from() -> None:
    assert ranked("pos", items(TARGET), []) == []
    (only,) = ranked("pos", [], [candidate("deu", NEAR)])
    assert only.chosen


def test_overlap_by_hand() -> None:
    mine, same = Profile.of([("Ab", "ab", "c", ".")]), Profile.of([("ab", "AB", "c")])
    assert mine == same
    assert closeness(mine, same) == pytest.approx(1.0)
    assert shared(mine.words, Profile.of([("ab", "d")]).words) == pytest.approx(0.5)
    assert shared(mine.words, Profile.of([]).words) == 0.0
    assert set(Profile.of([("abc",)]).pieces) == {"<abc", "abc>"}


def test_a_warning_only_where_scripts_do_not_meet() -> None:
    latin, ethiopic = [text.split() for text in NEAR], [text.split() for text in ETHIOPIC]
    assert script_warning(latin, latin) is None
    assert script_warning(latin, [*ethiopic, *latin]) is None
    assert script_warning([["12", "."]], latin) is None
    warning = script_warning(ethiopic, latin)
    assert warning is not None
    assert warning.startswith("100% of the target's letters are Ethiopic, which no source uses")
    mixed = script_warning([*latin, *ethiopic], latin)
    assert mixed is not None
    assert "Latin" in mixed


def put(store: Store, name: str, language: str, texts: list[str], *, gold: bool = True) -> None:
    rows = [Record(item, ("X",) * len(item.tokens) if gold else None) for item in items(texts)]
    facts.add_dataset(store, Dataset(name, name, language, "pos", ("X",)), rows)


def filled(folder: Path) -> Store:
    """A workspace with a target without labels, two data sets in its language, and four sources."""
    store = Store.open(folder / "workspace")
    put(store, "mine", "gsw", TARGET, gold=False)
    put(store, "mine-too", "gsw", TARGET)
    put(store, "unlabelled", "deu", NEAR, gold=False)
    for name, texts in (("deu", NEAR), ("dan", NORTH), ("nno", NORTH_TOO), ("amh", ETHIOPIC)):
        put(store, f"{name}-pos", name, texts)
    return store


def test_advice_from_a_workspace(tmp_path: Path) -> None:
    with filled(tmp_path) as store:
        found = advise(store, "mine")
        assert {item.dataset for item in found} == {"deu-pos", "dan-pos", "nno-pos", "amh-pos"}
        assert (found[0].dataset, found[0].size) == ("deu-pos", 3)
        assert advised(store, "mine") == names(found)
        assert [item.dataset for item in advise(store, "mine", candidates=["dan-pos"])] == ["dan-pos"]
        with pytest.raises(UnknownName):
            advise(store, "mine", candidates=["no-such"])


def test_the_command_prints_the_ranked_table(ssp: Ssp, tmp_path: Path) -> None:
    filled(tmp_path).close()
    rows = ssp("advise", "mine").document["advice"]
    assert [row["chosen"] for row in rows] == [True, True, False, False]
    text = ssp("advise", "mine", json_too=False).out
    assert text.splitlines()[2].startswith("take    deu-pos   deu")
    assert "of running words" in text
    assert "No labelled data set" in ssp("advise", "mine", "--candidate", "mine-too", json_too=False).out
    assert ssp("advise", "nothing").code != 0
