"""What figures were made from, said in one line."""

from __future__ import annotations

from core.comparison import Side, load
from core.store import Store, facts
from core.types import Dataset, Instance, Prediction, Record
from dashboard import captions, queries
from dashboard.current import Here
from tests.hostile_comparison import IMAGE, hostile_comparison


def test_the_caption_says_data_split_gold_label_set_and_size(looked_at: Store) -> None:
    said = captions.caption(hostile_comparison(looked_at))
    assert said == (
        f"Standard Arabic · POS: Own {IMAGE} (own), split test. Right: its gold labels. 4 labels. "
        "Sides: own/theirs@stage1, own/theirs@stage2. 12 sentences, 48 tokens."
    )


def test_the_caption_names_seed_code_splits_and_what_is_known_to_be_right(looked_at: Store) -> None:
    labels = ("A", "B")
    splits = ["train", "test", "test"]
    records = [Record(Instance(p, split, ("x",), "x"), labels[:1]) for p, split in enumerate(splits)]
    facts.add_dataset(looked_at, Dataset("two", "Two", "fao", "pos", labels, illustrative=True), records)
    stage = [Prediction(p, ("B",)) for p in range(3)]
    run = facts.add_import_run(looked_at, "two", "r", stage1=stage, stage2=stage, meta={})
    facts.annotate(looked_at, "two", 1, ("A",), author="me")
    compared = load(looked_at, "two", [Side(run, "stage1"), Side(run, "stage2")], "human")
    said = captions.caption(compared)
    assert "illustrative sentences, splits test, train" in said
    assert "Right: what humans corrected, known for 1 of 3 tokens" in said
    assert "Seed" not in said
    assert "Nothing is held to be right" in captions.caption(load(looked_at, "two", compared.sides))


def test_the_caption_of_a_run_names_it_with_seed_and_code(looked_at: Store) -> None:
    records = [Record(Instance(p, "test" if p else "train", ("x",), "x"), ("A",)) for p in range(3)]
    facts.add_dataset(looked_at, Dataset("two", "Two", "fao", "pos", ("A", "B")), records)
    stage = [Prediction(p, ("B",)) for p in (1, 2)]
    run = facts.add_import_run(looked_at, "two", "r", stage1=stage, stage2=None, meta={})
    row = queries.run(run) | {"kind": "run", "seed": 7, "code_version": "0.1.0+abcdef01"}
    said = captions.of_run(Here(queries.dataset("two"), row, "two/gold"))
    assert said == (
        "Faroese · POS: Two (two), split test. Right: its gold labels. 2 labels. Run two/r. Seed 7. "
        "2 sentences. Code 0.1.0+abcdef01."
    )
    assert "1 sentence." in captions.of_run(Here(queries.dataset("two"), row, None), n=1)
