"""The offline in-context tagger reads its exemplars."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.availability import ROOT
from core.errors import FormatError, RecipeError
from core.labelers.icl_tagger import IclTagger
from core.labelers.kernel.model import Kernel
from core.labelers.kernel.pairs import NAMES, cosines
from core.labelers.kernel.weights import SHIPPED, document
from core.labelers.kernel.words import described
from core.labelers.posteriors import spread
from core.types import Exemplar, Instance, Origin, Prediction, TaskName

UPOS = ("NOUN", "VERB", "DET")
BIO = ("O", "B-PER", "I-PER")
TOPICS = ("sport", "health")


def instance(*tokens: str, position: int = 0) -> Instance:
    return Instance(position, "test", tokens, " ".join(tokens))


def shown(words: str, labels: str, sure: float = 1.0, origin: Origin = "corrected") -> Exemplar:
    tags = tuple(labels.split())
    tokens = tuple(words.split()) if len(tags) > 1 or " " not in words else ()
    return Exemplar("d", Instance(9, "test", tokens, words), tags, (sure,) * len(tags), origin)


def prior(labels: str, sure: float, label_set: tuple[str, ...]) -> Prediction:
    tags = tuple(labels.split())
    return Prediction(0, tags, (sure,) * len(tags), tuple(spread(tag, sure, label_set) for tag in tags))


@pytest.mark.parametrize(
    ("task", "labels", "label_set"),
    [
        ("pos", "NOUN VERB", UPOS),
        ("ner", "I-PER O", BIO),
        ("nli", "sport", TOPICS),
        ("topic", "sport", TOPICS),
    ],
)
def test_without_exemplars_the_prior_comes_back_exactly(
    task: TaskName, labels: str, label_set: tuple[str, ...]
) -> None:
    before = prior(labels, 0.6, label_set)
    found, spoke = IclTagger(task).label(instance("a", "b"), before, [], [], label_set)
    assert found is before
    assert spoke is None


def test_a_corrected_exemplar_changes_the_label_of_the_same_word() -> None:
    query, before = instance("kat", "løber"), prior("NOUN NOUN", 0.6, UPOS)
    found, _ = IclTagger("pos").label(query, before, [shown("hun løber", "DET VERB")], [0.4], UPOS)
    assert found.labels == ("NOUN", "VERB")
    assert found.confidences is not None
    assert found.posterior is not None
    assert found.confidences[1] == max(found.posterior[1])
    assert sum(found.posterior[1]) == pytest.approx(1.0)


def test_other_exemplars_give_another_result() -> None:
    query, before = instance("kat", "løber"), prior("NOUN NOUN", 0.6, UPOS)
    tagger = IclTagger("pos")
    first, _ = tagger.label(query, before, [shown("hun løber", "DET VERB")], [0.4], UPOS)
    second, _ = tagger.label(query, before, [shown("et hus", "DET NOUN")], [0.4], UPOS)
    assert first.labels != second.labels
    assert second.confidences != before.confidences


def test_doubtful_exemplars_weigh_less() -> None:
    query, before = instance("løber"), prior("NOUN", 0.6, UPOS)
    confidences = []
    for sure in (0.4, 0.7, 1.0):
        exemplar = shown("hun løber", "DET VERB", sure, "target")
        found, _ = IclTagger("pos").label(query, before, [exemplar], [0.4], UPOS)
        assert found.posterior is not None
        confidences.append(found.posterior[0][UPOS.index("VERB")])
    assert confidences[0] < min(confidences[1:])


def test_a_correction_outweighs_the_posterior_it_replaces() -> None:
    noisy = tuple(spread(tag, 0.9, UPOS) for tag in ("DET", "NOUN"))
    corrected = replace(shown("hun løber", "DET VERB"), posterior=noisy)
    found, _ = IclTagger("pos").label(instance("løber"), prior("NOUN", 0.6, UPOS), [corrected], [0.4], UPOS)
    assert found.labels == ("VERB",)


def test_labels_only_the_exemplars_know_can_be_given() -> None:
    query, before = instance("huh", "løber"), prior("NOUN VERB", 0.5, UPOS)
    found, _ = IclTagger("pos").label(query, before, [shown("huh hun", "INTJ DET")] * 4, [0.2] * 4, UPOS)
    assert found.labels[0] == "INTJ"
    assert found.posterior is not None
    assert {len(row) for row in found.posterior} == {4}


def test_a_label_stays_unless_the_votes_change_the_most_probable_one() -> None:
    """Stage I may prefer a label that is not the most probable one (it reads whole sentences)."""
    before = Prediction(0, ("VERB",), (0.4,), ((0.5, 0.4, 0.1),))
    found, _ = IclTagger("pos").label(instance("zzz"), before, [shown("abc def", "NOUN NOUN")], [0.1], UPOS)
    assert found.labels == ("VERB",)


def test_entities_stay_well_formed() -> None:
    query, before = instance("Anna", "Lund", "ler"), prior("O O O", 0.5, BIO)
    exemplar = shown("Anna Lund ler", "B-PER I-PER O")
    found, _ = IclTagger("ner").label(query, before, [exemplar], [1.0], BIO)
    assert found.labels[0] == "B-PER"
    assert found.labels[1] in ("B-PER", "I-PER")
    assert found.labels[2] == "O"


def test_items_follow_similar_and_confident_exemplars() -> None:
    query, before = Instance(0, "test", (), "a match"), prior("sport", 0.55, TOPICS)
    near, far = shown("the clinic opens", "health"), shown("the final game", "sport")
    towards, _ = IclTagger("topic").label(query, before, [near, far], [0.9, 0.1], TOPICS)
    away, _ = IclTagger("topic").label(query, before, [near, far], [0.1, 0.9], TOPICS)
    assert (towards.labels, away.labels) == (("health",), ("sport",))
    doubtful = replace(near, confidences=(0.5,), origin="target")
    weaker, _ = IclTagger("topic").label(query, before, [doubtful, far], [0.9, 0.1], TOPICS)
    assert weaker.posterior is not None
    assert towards.posterior is not None
    assert weaker.posterior[0][1] < towards.posterior[0][1]


def test_a_prior_without_posterior_and_an_empty_sentence() -> None:
    bare = Prediction(0, ("NOUN",), (0.6,))
    found, _ = IclTagger("pos").label(instance("løber"), bare, [shown("hun løber", "DET VERB")], [0.4], UPOS)
    assert found.labels == ("VERB",)
    empty = Prediction(0, (), (), ())
    assert IclTagger("pos").label(instance(), empty, [shown("hun ler", "DET VERB")], [0.0], UPOS) == (
        empty,
        None,
    )


def test_as_many_similarities_as_exemplars() -> None:
    with pytest.raises(RecipeError, match="1 exemplars and 0 similarities"):
        IclTagger().label(instance("a"), prior("NOUN", 0.5, UPOS), [shown("a b", "DET DET")], [], UPOS)


def test_influence_names_the_tokens_that_spoke() -> None:
    query, before = instance("kat", "løber"), replace(prior("NOUN NOUN", 0.6, UPOS), position=7)
    shown_ones = [shown("et hus", "DET NOUN"), shown("hun løber", "DET VERB")]
    found, spoke = IclTagger("pos").label(query, before, shown_ones, [0.1, 0.4], UPOS)
    assert found.labels == ("NOUN", "VERB")
    assert spoke is not None
    assert spoke.position == 7
    rows = list(zip(spoke.tokens, spoke.ranks, spoke.exemplar_tokens, spoke.shares, strict=True))
    assert next((rank, token) for at, rank, token, _ in rows if at == 1) == (1, 1)
    for at in (0, 1):
        shares = [share for token, _, _, share in rows if token == at]
        assert len(shares) <= 3
        assert shares == sorted(shares, reverse=True)
        assert all(share >= 0.02 for share in shares)
        assert sum(shares) <= 1.0


def test_an_item_names_the_exemplars_that_spoke() -> None:
    query, before = Instance(3, "test", (), "a match"), prior("sport", 0.55, TOPICS)
    near, far = shown("the clinic opens", "health"), shown("the final game", "sport")
    _, spoke = IclTagger("topic").label(query, before, [far, near], [0.1, 0.9], TOPICS)
    assert spoke is not None
    assert (spoke.tokens[0], spoke.ranks[0], spoke.exemplar_tokens[0]) == (0, 1, 0)


def test_labels_are_columns_without_a_name() -> None:
    """The same sentence under permuted and renamed labels gets the same label, renamed."""
    names = {"NOUN": "B", "VERB": "C", "DET": "A"}
    renamed_set = ("A", "B", "C")
    exemplars = [shown("hun løber", "DET VERB"), shown("et hus", "DET NOUN", 0.8, "target")]
    renamed = [replace(item, labels=tuple(names[label] for label in item.labels)) for item in exemplars]
    before, renamed_before = prior("NOUN NOUN", 0.6, UPOS), prior("B B", 0.6, renamed_set)
    tagger, query = IclTagger("pos"), instance("kat", "løber")
    first, _ = tagger.label(query, before, exemplars, [0.4, 0.2], UPOS)
    second, _ = tagger.label(query, renamed_before, renamed, [0.4, 0.2], renamed_set)
    assert second.labels == tuple(names[label] for label in first.labels)
    assert second.confidences == pytest.approx(first.confidences, abs=1e-5)


def test_gold_of_a_source_counts_less_than_a_correction() -> None:
    query, before = instance("løber"), prior("NOUN", 0.6, UPOS)
    sure = []
    for origin in ("source", "corrected"):
        found, _ = IclTagger("pos").label(
            query, before, [shown("hun løber", "DET VERB", 1.0, origin)], [0.4], UPOS
        )
        assert found.posterior is not None
        sure.append(found.posterior[0][UPOS.index("VERB")])
    assert sure[0] < sure[1]


def test_cosines_by_hand() -> None:
    table = cosines(described(("kat", "hus")), described(("kat", "KAT", "hund")))
    assert table[0] == pytest.approx([1.0, 1.0, 0.0])
    assert 0 < table[1, 2] < 1
    assert cosines(described(()), described(("a",))).shape == (0, 1)


def test_weights_of_another_shape_are_refused() -> None:
    table = dict(document("pos")["weights"])
    assert np.array(table["first"]).shape[0] == len(NAMES)
    table["first"] = table["first"][1:]
    with pytest.raises(ValueError, match="do not fit"):
        Kernel.of(table)


@pytest.mark.parametrize("task", SHIPPED)
def test_shipped_weights_say_where_they_are_from(task: TaskName) -> None:
    said = document(task)
    assert said["task"] == task
    assert len(json.dumps(said)) < 15_000
    assert all(part["licence"] and part["sentences"] > 0 for part in said["data"])
    targets = {"fao", "gsw", "hau", "ibo", "lug"}
    assert not targets & {part["language"] for part in said["data"]}
    assert {row["language"] for row in said["left_out"]} <= {part["language"] for part in said["data"]}
    assert {"seed", "date", "mean_gain"} <= said.keys()
    with pytest.raises(KeyError):
        document("nli")


def test_reading_exemplars_needs_no_torch() -> None:
    code = (
        "import sys\n"
        "from core.labelers.icl_tagger import IclTagger\n"
        "from core.types import Exemplar, Instance, Prediction\n"
        "item = Instance(0, 'test', ('a',), 'a')\n"
        "shown = [Exemplar('d', item, ('X',), (1.0,), 'corrected')]\n"
        "IclTagger('pos').label(item, Prediction(0, ('Y',), (0.5,)), shown, [1.0], ('X', 'Y'))\n"
        "sys.exit('torch' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


def test_weights_of_ones_own_are_read_and_refused_by_name(tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    own.write_text(json.dumps(dict(document("pos"))), "utf8")
    asked = (
        instance("kat", "løber"),
        prior("NOUN NOUN", 0.6, UPOS),
        [shown("hun løber", "DET VERB")],
        [0.4],
        UPOS,
    )
    assert IclTagger("pos", weights=str(own)).label(*asked) == IclTagger("pos").label(*asked)
    table = document("ner")["weights"]
    own.write_text(json.dumps({"version": 1, "weights": {**table, "own": [5.0, 0.0]}}), "utf8")
    os.utime(own, ns=(1, 1))
    assert IclTagger("pos", weights=str(own)).label(*asked) != IclTagger("pos").label(*asked)
    for wrong in ("{}", "no json", '{"version": 7, "weights": {}}'):
        own.write_text(wrong, "utf8")
        os.utime(own, ns=(len(wrong), len(wrong)))
        with pytest.raises(FormatError, match=r"own\.json"):
            IclTagger("pos", weights=str(own))
    with pytest.raises(FormatError, match="train-kernel"):
        IclTagger("pos", weights=str(tmp_path / "nowhere.json"))
