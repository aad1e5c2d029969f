"""The recorded GPT-4 runs compared: the published figures, and where ZGUL+ makes Hausa worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from seqeval.metrics import f1_score as seqeval_f1
from sklearn.metrics import accuracy_score

from core import catalog
from core.comparison import (
    Comparison,
    Side,
    Where,
    by_form,
    by_label,
    change_counts,
    expected_calibration_error,
    flow,
    found,
    headline,
    load,
    mask,
    scores,
    switches,
)
from core.release import import_release
from core.store import Store, views

pytestmark = [pytest.mark.real, pytest.mark.slow]

CODES = ("fao", "gsw", "hau", "ibo", "lug")
FIXED_BROKEN = {"fao": (61, 23), "gsw": (317, 38), "hau": (118, 28), "ibo": (103, 27), "lug": (94, 39)}
PAPER_F1 = {
    "zgul": {
        "fao": (77.21, 82.15), "gsw": (65.01, 85.57), "hau": (52.17, 71.30), "ibo": (55.95, 82.38),
        "lug": (54.55, 75.36),
    },
    "zgul_plus": {
        "fao": (81.45, 82.71), "gsw": (80.44, 85.97), "hau": (78.53, 74.62), "ibo": (68.85, 84.73),
        "lug": (66.02, 75.36),
    },
}  # fmt: skip
ACCURACY = {
    "fao": (78.53, 83.19), "gsw": (68.28, 87.60), "hau": (90.93, 94.21), "ibo": (90.91, 94.98),
    "lug": (92.12, 94.41),
}  # fmt: skip
TOKEN = "token_accuracy"


@pytest.fixture(scope="module")
def store(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """All five languages of the release."""
    root = mirror / "dair-iitd" / "SSP"
    with Store.open(tmp_path_factory.mktemp("release")) as opened:
        for code in CODES:
            entry = catalog.entry(f"ssp-release-{code}")
            import_release(
                opened,
                entry,
                lambda paths: next((root / path for path in paths if (root / path).is_file()), None),
                lambda *_: None,
            )
        yield opened


def stages(store: Store, code: str, labels: str = "zgul") -> Comparison:
    dataset = f"ssp-release-{code}"
    return load(
        store, dataset, [Side(f"{dataset}/{labels}", stage) for stage in ("stage1", "stage2")], "gold"
    )


@pytest.mark.parametrize("code", CODES)
def test_fixed_and_broken_are_those_of_the_release(store: Store, code: str) -> None:
    compared = stages(store, code)
    counts = change_counts(compared)
    assert (counts["fixed"], counts["broken"]) == FIXED_BROKEN[code]
    kinds = flow(compared).groupby("kind")["count"].sum()
    assert (kinds["fixed"], kinds["broken"]) == FIXED_BROKEN[code]
    table = switches(compared)
    assert (table.fixed.sum(), table.broken.sum()) == FIXED_BROKEN[code]
    print(f"{code}: {counts['fixed']} fixed, {counts['broken']} broken")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("labels", PAPER_F1)
def test_scores_are_the_published_ones(store: Store, code: str, labels: str) -> None:
    compared = stages(store, code, labels)
    for side, published in enumerate(PAPER_F1[labels][code]):
        value = scores(compared, side)
        assert abs(100 * value["paper_f1"] - published) < 0.005
        if labels == "zgul":
            assert abs(100 * value[TOKEN] - ACCURACY[code][side]) < 0.005
    one = headline(compared, draws=200, permutations=200)["paper_f1"]
    first, second = PAPER_F1[labels][code]
    assert abs(100 * one.value - (second - first)) < 0.011
    assert one.low < one.value < one.high
    print(f"{code} {labels}: {100 * one.before:.2f} -> {100 * one.after:.2f}, p {one.p:.3f}")


@pytest.mark.filterwarnings("ignore:.* seems not to be NE tag")
@pytest.mark.parametrize("code", CODES)
def test_scores_from_the_stored_labels_by_seqeval_and_scikit_learn(store: Store, code: str) -> None:
    dataset = f"ssp-release-{code}"
    gold = views.predictions(store, f"{dataset}/gold", "gold")
    compared = stages(store, code)
    for side, stage in enumerate(("stage1", "stage2")):
        given = views.predictions(store, f"{dataset}/zgul", stage)
        rows = [(list(gold[place].labels), list(given[place].labels)) for place in sorted(given)]
        mine, theirs = zip(*rows, strict=True)
        value = scores(compared, side)
        assert value["paper_f1"] == pytest.approx(seqeval_f1(list(mine), list(theirs)), abs=1e-12)
        assert value[TOKEN] == pytest.approx(accuracy_score([*chain(*mine)], [*chain(*theirs)]), abs=1e-12)


def test_hausa_falls_with_zgul_plus_and_on_which_labels(store: Store) -> None:
    compared = stages(store, "hau", "zgul_plus")
    counts = change_counts(compared)
    assert (counts["fixed"], counts["broken"], counts["moved"]) == (17, 39, 6)
    labels = by_label(compared).set_index("group")
    assert labels.fixed.sum() == 17
    assert labels.broken.sum() == 39
    # words outside entities and places are what it breaks; dates it never learns, with no example of one
    assert (labels.broken["O"], labels.broken["LOC"]) == (23, 11)
    assert (labels.n["DATE"], labels.before["DATE"], labels.after["DATE"]) == (91, 0.0, 0.0)
    assert (labels.f1_before["DATE"], labels.f1_after["DATE"]) == (0.0, 0.0)
    assert labels.high["LOC"] < 0
    assert labels.high["O"] < 0
    dates = mask(compared, Where(right="DATE"))
    given = [Counter(compared.labels[code] for code in side[dates]) for side in compared.given]
    assert given[0]["B-DATE"] + given[0]["I-DATE"] == 0
    switched = switches(compared).set_index(["from_label", "to_label"])
    assert switched.broken["O", "B-ORG"] == 8
    print(labels[["n", "fixed", "broken", "gain", "f1_before", "f1_after"]].to_string())


def test_hausa_falls_on_these_words(store: Store) -> None:
    compared = stages(store, "hau", "zgul_plus")
    words = by_form(compared).set_index("group")
    assert (words.fixed["jihar"], words.broken["jihar"]) == (1, 4)
    dataset = "ssp-release-hau"
    items = views.instances(store, dataset, range(100))
    gold, before, after = (
        views.predictions(store, run, stage)
        for run, stage in (
            (f"{dataset}/gold", "gold"),
            (f"{dataset}/zgul_plus", "stage1"),
            (f"{dataset}/zgul_plus", "stage2"),
        )
    )
    broken = Counter(
        (place, word)
        for place, item in items.items()
        for word, right, one, two in zip(
            item.tokens, gold[place].labels, before[place].labels, after[place].labels, strict=True
        )
        if one == right != two
    )
    inside = mask(compared, Where(change="broken"))
    places = compared.positions[compared.owners[inside]]
    told = Counter(
        (int(place), compared.forms[word]) for place, word in zip(places, compared.words[inside], strict=True)
    )
    assert told == broken
    sentences, sizes = found(compared, inside)
    assert set(sentences.tolist()) == {place for place, _ in broken}
    assert int(sizes.sum()) == 39


def test_elsewhere_zgul_plus_gains(store: Store) -> None:
    gains = {
        code: headline(stages(store, code, "zgul_plus"), metrics=["paper_f1"])["paper_f1"] for code in CODES
    }
    assert [code for code, one in gains.items() if one.value < 0] == ["hau"]
    assert {code for code, one in gains.items() if one.low > 0} >= {"gsw", "ibo", "lug"}
    for code, one in gains.items():
        print(
            f"{code}: {100 * one.value:+.2f} ({100 * one.low:+.2f} to {100 * one.high:+.2f}), p {one.p:.4f}"
        )


def test_stage_one_is_as_overconfident_as_methods_say(store: Store) -> None:
    """ECE .084 in Hausa and .136 in Faroese: the release's own confidences against its gold."""
    for code, published in (("hau", 0.084), ("fao", 0.136)):
        value = expected_calibration_error(stages(store, code), 0)
        assert value == pytest.approx(published, abs=0.0006)


def test_zgul_against_zgul_plus(store: Store) -> None:
    dataset = "ssp-release-hau"
    sides = [Side(f"{dataset}/{name}", "stage2") for name in ("zgul", "zgul_plus")]
    compared = load(store, dataset, sides, "gold")
    one = headline(compared, metrics=["paper_f1"])["paper_f1"]
    assert (round(100 * one.before, 2), round(100 * one.after, 2)) == (71.30, 74.62)
    assert np.all(compared.missing == np.zeros(2))
