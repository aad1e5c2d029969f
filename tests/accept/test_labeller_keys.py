"""Keys per correction of a perfect annotator, on real Stage-I output; prints its figures (`pytest -s`).

All keys count, Enter included. What the simulation says is checked in Chromium on a sample: the same keys,
pressed there, leave the same labels and are counted the same.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from core.labelers.crf import Crf
from core.types import Labels, Prediction, Record, TaskName
from tests.e2e.conftest import QUIET, find_browser
from tests.e2e.labelling import Served, head, opened, press
from tests.keystrokes import Keys, Line, entities, legal, words
from tests.labeller_scenes import labels, scene, sentence, token
from tests.stage_one_data import BIO, UPOS, ner_sources, ner_target, pos_sources, pos_target, silent

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.e2e]
SAMPLE = 40
Rows = list[tuple[Record, Prediction]]


@pytest.fixture
def tab() -> Iterator[Page]:
    found = find_browser()
    if found is None:
        pytest.skip("NO BROWSER: install chromium to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser.new_page(viewport={"width": 1440, "height": 1000})
        browser.close()


def labelled(task: TaskName, mirror: Path) -> Rows:
    """400 Faroese or 300 Hausa sentences as the CRF labels them."""
    gold = pos_target(mirror, "fao") if task == "pos" else ner_target(mirror, "hau")
    sources = pos_sources(mirror) if task == "pos" else ner_sources(mirror)
    tagger, target = Crf(), [row.instance for row in gold]
    tagger.fit(sources, target, UPOS if task == "pos" else BIO, seed=0, report=silent)
    return list(zip(gold, tagger.label(target, silent), strict=True))


def line(task: TaskName, said: Sequence[str], sure: Sequence[float] | None) -> Line:
    keys = {label["n"]: label["k"] for label in labels(task)}
    return Line(list(said), sure or [None] * len(said), keys, spans=task == "ner")


def gold_of(row: Record) -> Labels:
    assert row.labels
    return row.labels


def in_the_browser(tab: Page, folder: Path, task: TaskName, rows: Rows, plans: list[Keys]) -> None:
    """Press the planned keys of every item; labels and counts must be those that were planned."""
    items = [
        sentence(
            at,
            [
                token(f, tag, sure)
                for f, tag, sure in zip(row.instance.tokens, told.labels, told.confidences or (), strict=True)
            ],
        )
        for at, (row, told) in enumerate(rows)
    ]
    served = Served(folder, {"real": copy.deepcopy(scene(task, items))})
    try:
        opened(tab, served, "real")
        for at, keys in enumerate(plans):
            assert head(tab) == f"s-{at}"
            press(tab, *keys)
            if at + 1 < len(plans):
                tab.get_by_text(f"s-{at + 1}", exact=True).wait_for()
        heard = served.wait_for("real", len(plans))
    finally:
        served.kill()
    assert [row["labels"] for row in heard] == [
        legal(gold_of(row)) if task == "ner" else list(gold_of(row)) for row, _ in rows
    ]
    assert [row["keys"] for row in heard] == [len(keys) for keys in plans]


def planned(task: TaskName, rows: Rows) -> list[Keys]:
    plan: Callable[[Line, Sequence[str]], Keys] = words if task == "pos" else entities
    return [plan(line(task, told.labels, told.confidences), gold_of(row)) for row, told in rows]


def test_keys_per_corrected_word(mirror: Path, tab: Page, tmp_path: Path) -> None:
    rows = labelled("pos", mirror)
    plans = planned("pos", rows)
    wrong = sum(a != b for row, told in rows for a, b in zip(gold_of(row), told.labels, strict=True))
    pressed = sum(map(len, plans))
    print(
        f"\n400 Faroese sentences, {wrong} wrong words of {sum(len(gold_of(row)) for row, _ in rows)}: "
        f"{pressed} keys, {pressed / wrong:.2f} per correction, Enter included"
    )
    in_the_browser(tab, tmp_path, "pos", rows[:SAMPLE], plans[:SAMPLE])
    print(f"the first {SAMPLE} pressed in Chromium: the same labels, the same counts")
    assert pressed / wrong <= 2.7


def spans(said: Sequence[str]) -> list[tuple[int, int]]:
    """First and last word of every entity of legal tags."""
    begins = [at for at, label in enumerate(said) if label.startswith("B-")]
    found: list[tuple[int, int]] = []
    for first in begins:
        last = first
        while last + 1 < len(said) and said[last + 1].startswith("I-"):
            last += 1
        found.append((first, last))
    return found


def one_span(rows: Rows) -> list[tuple[int, int]]:
    """(words of the span, keys) of each span the CRF got wrong, all else in its sentence being right."""
    found: list[tuple[int, Any]] = []
    for row, told in rows:
        gold = legal(gold_of(row))
        for first, last in spans(gold):
            if list(told.labels[first : last + 1]) == gold[first : last + 1]:
                continue
            said = legal([*gold[:first], *told.labels[first : last + 1], *gold[last + 1 :]])
            found.append((last - first + 1, len(entities(line("ner", said, told.confidences), gold))))
    return found


def test_keys_per_span(mirror: Path, tab: Page, tmp_path: Path) -> None:
    rows = labelled("ner", mirror)
    found = one_span(rows)
    more = sorted(keys - words_of for words_of, keys in found)
    mean, median, within = sum(more) / len(more), more[len(more) // 2], sum(n <= 3 for n in more) / len(more)
    print(
        f"\nHausa, {len(found)} wrong spans: keys beyond the span's length, Enter included: "
        f"mean {mean:.2f}, median {median}, at most 3 in {within:.0%}"
    )
    plans = planned("ner", rows[:SAMPLE])
    in_the_browser(tab, tmp_path, "ner", rows[:SAMPLE], plans)
    print(f"the first {SAMPLE} pressed in Chromium: the same labels, the same counts")
    assert mean <= 3
