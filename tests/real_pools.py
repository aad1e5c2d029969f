"""Selection problems from the public files of the mirror: the paper's own, and large ones."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.embedders import build as build_embedder
from core.selectors.problem import SelectionProblem
from core.selectors.statistics import counts_and_confidence

UPOS = "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split()  # noqa: SIM905
TYPES = ("PER", "LOC", "ORG", "O")
PAIR_LABELS = ("entailment", "neutral", "contradiction")


def tagged(path: Path, column: str = "output") -> list[tuple[str, tuple[str, ...]]]:
    """Sentences and tags of a word_TAG file."""
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line]
    place = lines[0].split("\t").index(column)
    rows = []
    for line in lines[1:]:
        pairs = [word.rpartition("_") for word in line.split("\t")[place].split(" ") if word]
        rows.append((" ".join(word for word, _, _ in pairs), tuple(tag for _, _, tag in pairs)))
    return rows


def tagger_pool(mirror: Path, language: str, plus: bool) -> SelectionProblem:
    """100 sentences as ZGUL (or ZGUL+) labelled them; similarities are ours."""
    release = mirror / "dair-iitd/SSP"
    folder = release / ("translation/zgul_plus_outputs" if plus else "zgul_outputs")
    labelled = folder if plus else release / f"data/SSP/{language}"
    rows = tagged(labelled / f"{language}_pred.tsv")
    (probabilities,) = folder.glob(f"{language}_*max_probs_all.npy")
    padded = np.load(probabilities, allow_pickle=False)
    sure = [tuple(float(p) for p in row[: len(tags)]) for row, (_, tags) in zip(padded, rows, strict=True)]
    plain = [tuple(re.sub(r"^[BI]-", "", tag) for tag in tags) for _, tags in rows]
    names = tuple(UPOS) if language in {"fo", "gsw"} else TYPES
    texts = [text for text, _ in rows]
    similarity = build_embedder("ngrams", {}).similarity(texts, texts)
    return _problem(similarity, plain, sure, names)


def pair_pool(mirror: Path, language: str) -> SelectionProblem:
    """99 premise-hypothesis pairs as DeBERTa labelled them, with the released similarities."""
    release = mirror / "dair-iitd/SSP"
    folder = release / "deberta_ft_outputs"
    with (folder / f"{language}_80_all_stats.csv").open(encoding="utf-8", newline="") as lines:
        names = tuple(key.removesuffix("_cnt") for key in next(csv.reader(lines)) if key.endswith("_cnt"))
    said = json.loads((folder / f"{language}_predictions.json").read_text())
    labels = [(answer if isinstance(answer, str) else names[answer],) for answer in said]
    sure = [(p,) for p in json.loads((folder / f"{language}_max_probs.json").read_text())]
    similarity = np.load(release / f"data/processed/{language}_tgt_tgt_sim.npy", allow_pickle=False)
    return _problem(similarity, labels, sure, names)


def _problem(
    similarity: np.ndarray,
    labels: list[tuple[str, ...]],
    sure: list[tuple[float, ...]],
    names: tuple[str, ...],
) -> SelectionProblem:
    counts, confidence = counts_and_confidence(labels, sure, names)
    means = np.array([float(np.mean(row)) if row else 0.0 for row in sure])
    return SelectionProblem(
        np.asarray(similarity, dtype=np.float64), np.arange(len(labels)), counts, confidence, means, names
    )


def all_pools(mirror: Path) -> Iterator[tuple[str, SelectionProblem]]:
    """Name and problem of the twelve pools of the release: POS, NER and NLI."""
    for language in ("fo", "gsw", "hau", "ibo", "lug"):
        for plus in (False, True):
            yield f"{language}{'+' if plus else ''}", tagger_pool(mirror, language, plus)
    for language in ("aym", "gn"):
        yield language, pair_pool(mirror, language)


def sentences(mirror: Path, task: str) -> list[tuple[str, tuple[str, ...]]]:
    """Some 30,000 real sentences with gold tags: UPOS of UD, or BIO of MasakhaNER."""
    pattern = "UniversalDependencies/*/*.conllu" if task == "pos" else "masakhane-io/masakhane-ner/**/*.txt"
    found = []
    for path in sorted(mirror.glob(pattern)):
        text = path.read_text(encoding="utf-8-sig")
        for block in re.split(r"\n\s*\n", text):
            words = list(_words(block, task))
            if words:
                found.append((" ".join(word for word, _ in words), tuple(tag for _, tag in words)))
    return found


def _words(block: str, task: str) -> Iterator[tuple[str, str]]:
    for line in block.split("\n"):
        fields = line.split("\t") if task == "pos" else line.split(" ")
        if task == "pos" and len(fields) == 10 and fields[0].isdigit():
            yield fields[1], fields[3]
        elif task == "ner" and len(fields) == 2:
            yield fields[0], fields[1].strip()
