"""An encoder with random weights, made here, and small languages it can learn; nothing is downloaded."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from core.types import Instance, Labels, Record
from tests.tiny_model import LETTERS, WORDS

UPOS = ("ADJ", "NOUN", "PUNCT", "VERB")
BIO = ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")
NLI = ("contradiction", "entailment", "neutral")
TOPICS = ("health", "sports")
FIRST = {"a": "ADJ", "b": "ADJ", "m": "NOUN", "n": "NOUN", "o": "NOUN", "v": "VERB", "w": "VERB"}
"""What a word is follows from its first letter; `z` opens a name of a person, `y` of a place."""


def encoder(folder: Path, layers: int = 2, positions: int = 64) -> Path:
    """A BERT of width 32 that reads letter by letter, without a head and without a pooler."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(2)
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizerFast(vocab=str(vocabulary)).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=positions,
        initializer_range=0.1,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


def word(dice: random.Random, first: str) -> str:
    return first + "".join(dice.choice(LETTERS[:26]) for _ in range(dice.randint(0, 2)))


def tagged(count: int, seed: int) -> list[Record]:
    """Sentences whose words tell their part of speech by their first letter."""
    dice = random.Random(seed)
    records = []
    for position in range(count):
        tokens = [word(dice, dice.choice(list(FIRST))) for _ in range(dice.randint(2, 6))] + [":"]
        labels = [*(FIRST[token[0]] for token in tokens[:-1]), "PUNCT"]
        records.append(record(position, tokens, labels))
    return records


def named(count: int, seed: int) -> list[Record]:
    """Sentences with names of two words: `z...`, `y...` and what follows."""
    dice = random.Random(seed)
    records = []
    for position in range(count):
        tokens: list[str] = []
        labels: list[str] = []
        for _ in range(dice.randint(1, 3)):
            kind = dice.choice(["", "PER", "LOC"])
            first = {"": "m", "PER": "z", "LOC": "y"}[kind]
            tokens += [word(dice, first), word(dice, "u" if kind else "v")]
            labels += [f"B-{kind}", f"I-{kind}"] if kind else ["O", "O"]
        records.append(record(position, tokens, labels))
    return records


def pairs(count: int, seed: int) -> list[Record]:
    """Pairs whose hypothesis says with its first letter what it is to the premise."""
    dice = random.Random(seed)
    records = []
    for position in range(count):
        label = dice.choice(NLI)
        premise = " ".join(word(dice, dice.choice("abmnvw")) for _ in range(3))
        hypothesis = {"contradiction": "k", "entailment": "e", "neutral": "q"}[label] + " " + word(dice, "m")
        records.append(Record(Instance(position, "train", (), premise, hypothesis), (label,)))
    return records


def topics(count: int, seed: int) -> list[Record]:
    """Texts that mention one letter of their topic."""
    dice = random.Random(seed)
    records = []
    for position in range(count):
        label = dice.choice(TOPICS)
        words = [word(dice, dice.choice("abmn")) for _ in range(4)]
        words.insert(dice.randint(0, 4), {"health": "h", "sports": "s"}[label] * 2)
        records.append(Record(Instance(position, "train", (), " ".join(words)), (label,)))
    return records


def record(position: int, tokens: Sequence[str], labels: Sequence[str]) -> Record:
    return Record(Instance(position, "train", tuple(tokens), " ".join(tokens)), tuple(labels))


def right(found: Sequence[Labels], gold: Sequence[Record]) -> float:
    """Share of labels that are those of the gold."""
    both = [
        a == b
        for labels, record in zip(found, gold, strict=True)
        for a, b in zip(labels, record.labels or (), strict=True)
    ]
    return sum(both) / len(both)
