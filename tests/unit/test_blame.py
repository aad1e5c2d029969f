"""Blame: exemplars behind wrong labels, on a project made by hand and against counting in plain Python."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from core import blame
from core.errors import StudioError
from core.store import Store, facts, views
from core.types import Dataset, Instance, Labels, Prediction, Record, Selection
from tests.influence_rows import add_influence

NER = ("O", "B-PER", "I-PER", "B-DATE", "I-DATE")
WORDS = (
    ("Anna", "came", "Monday"),
    ("Monday", "is", "late"),
    ("Otto", "saw", "Anna"),
    ("May", "is", "warm"),
)
GOLD: tuple[Labels, ...] = (
    ("B-PER", "O", "B-DATE"),
    ("B-DATE", "O", "O"),
    ("B-PER", "O", "B-PER"),
    ("B-DATE", "O", "O"),
)
STAGE1: tuple[Labels, ...] = (
    ("B-PER", "O", "B-DATE"),
    ("B-PER", "O", "O"),
    ("B-PER", "O", "B-PER"),
    ("B-PER", "O", "O"),
)
STAGE2: tuple[Labels, ...] = (
    ("I-PER", "O", "B-PER"),
    ("B-DATE", "O", "O"),
    ("B-PER", "O", "B-PER"),
    ("B-DATE", "O", "B-DATE"),
)


def made(
    store: Store, name: str, shown: dict[int, tuple[int, ...]], stage2: tuple[Labels, ...] = STAGE2
) -> str:
    first = [Prediction(at, labels, (0.9,) * 3) for at, labels in enumerate(STAGE1)]
    second = [Prediction(at, labels) for at, labels in enumerate(stage2)]
    chosen = [
        (Selection(query, rows, (), (), (), None, None, "recorded"), rows) for query, rows in shown.items()
    ]
    return facts.add_import_run(store, "ner", name, stage1=first, stage2=second, selections=chosen)


@pytest.fixture
def people(store: Store) -> Store:
    items = [
        Record(Instance(at, "test", words, " ".join(words)), gold)
        for at, (words, gold) in enumerate(zip(WORDS, GOLD, strict=True))
    ]
    facts.add_dataset(store, Dataset("ner", "People", "hau", "ner", NER), items)
    return store


def rows(store: Store, run: str, position: int, against: str = "gold") -> list[tuple[object, ...]]:
    found = blame.suspects(blame.load(store, run, against), position)
    names = ["token", "given", "right", "exemplar", "place", "grade", "theirs"]
    return [tuple(row) for row in found[names].itertuples(index=False)]


def test_an_exemplar_with_the_word_so_labelled_is_graver_than_one_that_has_it_wrong_or_has_it(
    people: Store,
) -> None:
    run = made(people, "zgul", {0: (2, 3, 1)})
    assert rows(people, run, 0) == [
        (2, "B-PER", "B-DATE", 1, 3, 1, "Monday"),
        (2, "B-PER", "B-DATE", 3, 2, 2, "May"),
        (2, "B-PER", "B-DATE", 2, 1, 3, "Otto, Anna"),
    ]


def test_where_only_b_or_i_is_wrong_that_very_label_is_looked_for(people: Store) -> None:
    """Token 0 is I-PER instead of B-PER: exemplars with B-PER did not say so."""
    run = made(people, "zgul", {0: (2, 3, 1)})
    assert all(token != 0 for token, *_ in rows(people, run, 0))


def test_everybody_carries_o_so_only_the_word_or_an_error_counts(people: Store) -> None:
    stage2 = (("O", "O", "B-DATE"), *STAGE2[1:])
    run = made(people, "zgul", {0: (2, 3, 1)}, stage2)
    assert rows(people, run, 0) == []
    assert blame.told(blame.load(people, run))["none"] == 1


def test_errors_are_counted_once_for_the_gravest(people: Store) -> None:
    run = made(people, "zgul", {0: (2, 3, 1)})
    assert blame.told(blame.load(people, run)) == {
        "errors": 3,
        "recorded": 0,
        "same_word": 1,
        "itself_wrong": 0,
        "carries": 0,
        "none": 1,
        "no_prompt": 1,
    }


def test_what_was_recorded_comes_first_and_decides_who_spoke(people: Store) -> None:
    run = made(people, "zgul", {0: (2, 3, 1)})
    add_influence(people, run, 0, [(2, 0, 0, 0.5), (2, 0, 2, 0.2), (2, 2, 0, 0.1), (1, 1, 1, 0.9)])
    material = blame.load(people, run)
    found = blame.suspects(material, 0)
    assert list(zip(found.exemplar, found.share, found.grade, found.theirs, strict=True)) == [
        (2, 0.7, 3, "Otto, Anna"),
        (1, 0.1, 1, "Monday"),
        (3, 0.0, 2, "May"),
    ]
    assert blame.told(material)["recorded"] == 1
    table = blame.by_exemplar(material).set_index("position")
    assert table.errors.to_dict() == {1: 1, 2: 1, 3: 0}
    assert table.broken.to_dict() == {1: 1, 2: 1, 3: 0}
    assert table.same_word.to_dict() == {1: 1, 2: 0, 3: 0}


def test_shares_of_words_with_another_label_are_no_evidence(people: Store) -> None:
    run = made(people, "zgul", {0: (2, 3, 1)})
    add_influence(people, run, 0, [(2, 0, 1, 0.6), (2, 9, 0, 0.3)])
    assert blame.suspects(blame.load(people, run), 0).share.max() == 0


def test_an_exemplar_that_breaks_one_and_fixes_another(people: Store) -> None:
    """Sentence 3 is fixed to B-DATE by sentence 0, which carries it, and broken in its last word."""
    run = made(people, "zgul", {3: (0,), 1: (0, 2)})
    (zero, two) = blame.by_exemplar(blame.load(people, run)).to_dict("records")
    assert (zero["position"], zero["uses"], zero["errors"], zero["broken"], zero["fixed"], zero["net"]) == (
        0, 2, 1, 1, 2, 1,
    )  # fmt: skip
    assert (two["position"], two["uses"], two["errors"], two["broken"], two["fixed"]) == (2, 1, 0, 0, 0)
    assert (zero["wrong"], two["wrong"]) == (0.0, 0.0)


def test_the_share_of_an_exemplars_own_labels_that_are_wrong(people: Store) -> None:
    run = made(people, "zgul", {0: (1, 3)})
    table = blame.by_exemplar(blame.load(people, run)).set_index("position")
    assert table.wrong.to_dict() == {1: pytest.approx(1 / 3), 3: pytest.approx(1 / 3)}


def test_errors_of_one_exemplar(people: Store) -> None:
    run = made(people, "zgul", {3: (0,), 1: (0, 2), 0: (1,)})
    material = blame.load(people, run)
    held = blame.held_against(material, "ner", 0)
    assert list(zip(held.position, held.token, held.given, held.right, strict=True)) == [
        (3, 2, "B-DATE", "O")
    ]
    assert blame.held_against(material, "nowhere", 0).empty


def _make_corrected(store: Store, run: str, exemplar: int) -> None:
    from sqlalchemy import update

    from core.store.schema import exemplar as table

    change = update(table).where(table.c.run_id == run, table.c.exemplar_position == exemplar)
    with store.write() as connection:
        connection.execute(change.values(origin="corrected"))


def test_a_corrected_exemplar_showed_what_humans_had_said_by_then(people: Store) -> None:
    facts.annotate(people, "ner", 1, ("B-DATE", "O", "O"), author="x")
    run = made(people, "zgul", {0: (1,)})
    _make_corrected(people, run, 1)
    facts.annotate(people, "ner", 1, ("B-PER", "O", "O"), author="x")
    assert rows(people, run, 0) == []
    assert blame.by_exemplar(blame.load(people, run)).wrong.tolist() == [0.0]


def test_humans_can_be_what_is_held_to_be_right(people: Store) -> None:
    facts.annotate(people, "ner", 3, ("B-DATE", "O", "O"), author="x")
    run = made(people, "zgul", {3: (0,), 0: (1,)})
    material = blame.load(people, run, "human")
    assert blame.told(material)["errors"] == 1
    assert rows(people, run, 3, "human") == [(2, "B-DATE", "O", 0, 1, 3, "Monday")]
    assert blame.by_exemplar(material).set_index("position").wrong.isna().to_dict() == {0: True, 1: True}


def test_what_is_held_to_be_right(people: Store) -> None:
    assert blame.reference_of(people, "ner") == "gold"
    bare = Dataset("bare", "Bare", "hau", "ner", NER)
    facts.add_dataset(people, bare, [Record(Instance(0, "test", ("a",), "a"), None)])
    assert blame.reference_of(people, "bare") == ""
    facts.annotate(people, "bare", 0, ("O",), author="x")
    assert blame.reference_of(people, "bare") == "human"


def test_without_prompts_a_stage_two_or_anything_right_it_says_what_is_missing(people: Store) -> None:
    plain = made(people, "plain", {})
    with pytest.raises(StudioError, match="no exemplars are stored"):
        blame.load(people, plain)
    with pytest.raises(StudioError, match="no Stage II"):
        blame.load(people, "ner/gold")
    with pytest.raises(StudioError, match="no gold labels and no corrected"):
        blame.load(people, plain, "")
    only = facts.add_import_run(people, "ner", "only", stage1=[Prediction(0, STAGE1[0])], stage2=None)
    with pytest.raises(StudioError, match="no Stage II"):
        blame.load(people, only)


def test_without_a_stage_one_it_is_not_known_what_was_broken(people: Store) -> None:
    second = [Prediction(at, labels) for at, labels in enumerate(STAGE2)]
    chosen = [(Selection(0, (1,), (), (), (), None, None, "recorded"), (1,))]
    run = facts.add_import_run(people, "ner", "codec", stage1=None, stage2=second, selections=chosen)
    table = blame.by_exemplar(blame.load(people, run))
    assert table.broken.isna().all()
    assert table.errors.tolist() == [0]
    assert table.tokens.tolist() == [0]


@dataclass
class Counted:
    """The same in plain Python."""

    uses: Counter[int]
    errors: Counter[int]
    broken: Counter[int]
    fixed: Counter[int]
    same: Counter[int]
    best: Counter[str]


Generated = tuple[Store, str, str]


def counted(generated: Generated) -> Counted:
    store, dataset, run = generated
    words = {item.instance.position: item.instance.tokens for item in views.records(store, dataset)}
    gold = {at: row.labels for at, row in views.predictions(store, f"{dataset}/gold", "gold").items()}
    first, second = (
        {at: row.labels for at, row in views.predictions(store, run, stage).items()}
        for stage in ("stage1", "stage2")
    )
    shown = {
        row["position"]: [item["position"] for item in row["exemplars"]]
        for row in views.selections(store, run)
    }
    found = Counted(Counter(), Counter(), Counter(), Counter(), Counter(), Counter())
    for exemplars in shown.values():
        found.uses.update(set(exemplars))
    for at, labels in second.items():
        for place, given in enumerate(labels):
            graded = {}
            for other in shown.get(at, ()):
                theirs = list(zip(words[other], first[other], gold[other], strict=True))
                if any(word == words[at][place] and label == given for word, label, _ in theirs):
                    graded[other] = "same_word"
                elif any(label == given != right for _, label, right in theirs):
                    graded[other] = "itself_wrong"
                elif any(label == given for _, label, _ in theirs):
                    graded[other] = "carries"
            right, before = gold[at][place], first[at][place]
            if given != right:
                order = ("same_word", "itself_wrong", "carries")
                best = next((name for name in order if name in graded.values()), "none")
                found.best[best if shown.get(at) else "no_prompt"] += 1
                found.errors.update(list(graded))
                found.broken.update(list(graded) if before == right else ())
                found.same.update(other for other, name in graded.items() if name == "same_word")
            elif before != right:
                found.fixed.update(list(graded))
    return found


def test_everything_equals_counting_it_in_plain_python(generated: Generated) -> None:
    material = blame.load(generated[0], generated[2])
    expected, told = counted(generated), blame.told(material)
    assert told["errors"] == sum(expected.best.values()) > 100
    assert {name: told[name] for name in blame.KINDS} == {name: expected.best[name] for name in blame.KINDS}
    listed = {name: blame.errors_of_kind(material, name) for name in blame.KINDS}
    assert {name: len(rows) for name, rows in listed.items()} == {name: told[name] for name in blame.KINDS}
    assert all((rows.given != rows.right).all() for rows in listed.values())
    table = blame.by_exemplar(material).set_index("position")
    assert table.uses.to_dict() == dict(expected.uses)
    for name, counts in (
        ("errors", expected.errors),
        ("broken", expected.broken),
        ("fixed", expected.fixed),
        ("same_word", expected.same),
    ):
        assert {at: n for at, n in table[name].to_dict().items() if n} == dict(counts), name
    assert (table.net == table.fixed - table.broken).all()


def test_blocks_do_not_change_the_counts(generated: Generated, monkeypatch: pytest.MonkeyPatch) -> None:
    material = blame.load(generated[0], generated[2])
    whole = blame.by_exemplar(material)
    monkeypatch.setattr("core.blame.grades.AT_ONCE", 7)
    assert blame.by_exemplar(material).equals(whole)
