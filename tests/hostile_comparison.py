"""A small data set whose words, labels and names would do harm wherever they are read as more than text."""

from __future__ import annotations

from core.comparison import Comparison, Side, load
from core.store import Store, facts
from core.types import Dataset, Instance, LabelInfo, Prediction, Record

DATASET = "own"
BAD = "<b onmouseover=alert(1)>B</b>"
SCRIPT = "</script><script>window.hostile=1</script>"
LABELS = ("NOUN", "=cmd()", BAD, SCRIPT)
LINK = "<a href='https://outside.example'>x</a>"
IMAGE = "<img src=x onerror=window.hostile=1>"
WORDS = [
    (IMAGE, "=cmd()", "\\end{table}", "{{ 7*7 }}"),
    ('"><svg onload=window.hostile=1>', "https://outside.example/x.png", LINK, "&lt;"),
    ("بيت", "\u202eevil", "<style>*{display:none}</style>", "-- [3cm]"),
    ("<!--", "-->", "%x", "url(https://outside.example/y)"),
] * 3  # fmt: skip
GOLD = (0, 1, 2, 3)
FIRST = ((0, 0, 2, 3), (0, 1, 2, 2), (1, 1, 0, 3), (0, 1, 2, 3))
SECOND = ((0, 1, 2, 0), (0, 1, 2, 3), (2, 1, 2, 3), (0, 3, 2, 3))
NAMES = ("Stage I <script>window.hostile=1</script>", "Stage II & {{ 7*7 }}")


def hostile_run(store: Store) -> str:
    """Add the data set and a run of both stages; its id."""
    colors = (LabelInfo("NOUN", color="#0072B2"), LabelInfo(BAD, color="#D55E00"))
    dataset = Dataset(
        DATASET,
        f"Own {IMAGE}",
        "arb",
        "pos",
        LABELS,
        licence="<script>window.hostile=1</script>",
        tagset=colors,
    )
    records = [
        Record(Instance(place, "test", words, " ".join(words)), tuple(LABELS[label] for label in GOLD))
        for place, words in enumerate(WORDS)
    ]
    facts.add_dataset(store, dataset, records)
    first, second = (
        [
            Prediction(place, tuple(LABELS[label] for label in rows[place % len(rows)]), confidences)
            for place in range(len(WORDS))
        ]
        for rows, confidences in ((FIRST, (0.9, 0.4, 0.7, 0.6)), (SECOND, None))
    )
    return facts.add_import_run(store, DATASET, "theirs", stage1=first, stage2=second, meta={})


def hostile_comparison(store: Store, against: str = "gold") -> Comparison:
    """Its stages, held against each other."""
    run = hostile_run(store)
    return load(store, DATASET, [Side(run, "stage1"), Side(run, "stage2")], against)
