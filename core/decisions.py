"""Labels a task does not know: what a user decides of them, and records after the decision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from core.formats.labels import is_known
from core.tasks import tasks
from core.types import Labels, Record, TaskName

Action = Literal["keep", "map", "drop"]
OUTSIDE: Mapping[TaskName, str] = {"pos": "X", "ner": "O"}
"""What stands where a token's label was dropped; an item of nli or topic is left without a label."""
EDGES = {"S": "B", "U": "B", "E": "I", "L": "I", "M": "I"}
"""BIOES, BILOU and BMES edges as BIO has them."""
POS_NAMES: Mapping[str, str] = {
    "N": "NOUN", "NN": "NOUN", "NNS": "NOUN", "NC": "NOUN", "SUBST": "NOUN", "NP": "PROPN", "NNP": "PROPN",
    "NNPS": "PROPN", "PN": "PROPN", "V": "VERB", "VB": "VERB", "VBD": "VERB", "VBZ": "VERB", "VBP": "VERB",
    "VBG": "VERB", "VBN": "VERB", "MD": "AUX", "A": "ADJ", "JJ": "ADJ", "JJR": "ADJ", "JJS": "ADJ",
    "RB": "ADV", "RBR": "ADV", "RBS": "ADV", "IN": "ADP", "PREP": "ADP", "PRE": "ADP", "P": "ADP",
    "DT": "DET", "ART": "DET", "PRP": "PRON", "PRO": "PRON", "CC": "CCONJ", "CONJ": "CCONJ",
    "CS": "SCONJ", "CD": "NUM", "NUMB": "NUM", "UH": "INTJ", "RP": "PART", "TO": "PART", "PRT": "PART",
    "PUNC": "PUNCT", "PU": "PUNCT", ".": "PUNCT", ",": "PUNCT", ":": "PUNCT", "SYMB": "SYM", "FW": "X",
    "OTHER": "X", "UNK": "X",
}  # fmt: skip
NLI_NAMES: Mapping[str, str] = {
    "e": "entailment", "entail": "entailment", "entails": "entailment", "n": "neutral", "neutr": "neutral",
    "c": "contradiction", "contradict": "contradiction", "contradictory": "contradiction",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """Keep a label as a new one of the set, map it to `target`, or drop it."""

    label: str
    action: Action
    target: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def unknown(task: TaskName, labels: Iterable[str]) -> list[str]:
    """The labels the task does not know, in their order."""
    return [label for label in labels if not is_known(task, label)]


def suggested(task: TaskName, label: str) -> Decision:
    """What a label probably means; one nothing is known of is kept (ner: dropped, it is no BIO tag)."""
    target = {"pos": _pos, "ner": _ner, "nli": _nli, "topic": _none}[task](label)
    if target:
        return Decision(label, "map", target)
    return Decision(label, "drop" if task == "ner" else "keep")


def _pos(label: str) -> str:
    name = label.upper()
    if name in tasks["pos"].labels:
        return name
    return POS_NAMES.get(name) or POS_NAMES.get(name.partition("-")[0].partition(":")[0], "")


def _ner(label: str) -> str:
    edge, dash, kind = label.partition("-")
    if dash and kind and edge.upper() in {*EDGES, "B", "I"}:
        return f"{EDGES.get(edge.upper(), edge.upper())}-{kind}"
    if label.upper() in {"O", "OTHER", "NONE", "OUT"}:
        return "O"
    return label if is_type(label) else ""


def is_type(target: str) -> bool:
    """Whether a NER label is a bare entity type: tokens in a row that have it become B- and I-."""
    return target != "O" and re.fullmatch(r"[^\W\d_]\w*", target) is not None


def _nli(label: str) -> str:
    name = label.lower()
    return name if name in tasks["nli"].labels else NLI_NAMES.get(name, "")


def _none(_label: str) -> str:
    return ""


def problem_of(task: TaskName, decision: Decision) -> str:
    """Why a decision cannot be carried out, "" if it can."""
    if decision.action == "map" and not decision.target.strip():
        return f"{decision.label!r} is to be mapped, and no label is given to map it to"
    kept = decision.label if decision.action == "keep" else decision.target
    if decision.action == "drop":
        return ""
    if task == "ner" and not (is_known("ner", kept) or (decision.action == "map" and is_type(kept))):
        return f"{kept!r} is no BIO tag and no entity type: map {decision.label!r} to one, or drop it"
    if any(char.isspace() or char == "\0" for char in kept) and task != "topic":
        return f"the label {kept!r} holds white space"
    return ""


def decided(record: Record, task: TaskName, decisions: Mapping[str, Decision]) -> Record:
    """The record with its labels as decided; what they were is kept in `original_labels`."""
    before = record.labels
    if before is None or not any(label in decisions for label in before):
        return record
    after = _all_after(before, task, decisions)
    if after == before:
        return record
    meta = {**record.instance.meta, "original_labels": list(before)}
    kept = None if None in after else tuple(label for label in after if label is not None)
    confidences = None if kept is None else record.confidences
    return replace(record, instance=replace(record.instance, meta=meta), labels=kept, confidences=confidences)


def _all_after(before: Labels, task: TaskName, decisions: Mapping[str, Decision]) -> tuple[str | None, ...]:
    after = []
    for place, label in enumerate(before):
        new = _after(label, task, decisions)
        if task == "ner" and new is not None and is_type(new):
            inside = place > 0 and before[place - 1] == label
            new = f"{'I' if inside else 'B'}-{new}"
        after.append(new)
    return tuple(after)


def _after(label: str, task: TaskName, decisions: Mapping[str, Decision]) -> str | None:
    decision = decisions.get(label)
    if decision is None or decision.action == "keep":
        return label
    return decision.target if decision.action == "map" else OUTSIDE.get(task)


def labels_after(task: TaskName, found: Iterable[str], decisions: Mapping[str, Decision]) -> set[str]:
    """The labels a file holds once everything is decided."""
    after = {label for label in (_after(name, task, decisions) for name in found) if label is not None}
    if task != "ner":
        return after
    types = {label for label in after if is_type(label)}
    return (after - types) | {f"{edge}-{kind}" for kind in types for edge in "BI"}


def original(record: Record) -> Record:
    """The record as its file had it: the decision undone."""
    before = record.instance.meta.get("original_labels")
    if not isinstance(before, list | tuple):
        return record
    meta = {key: value for key, value in record.instance.meta.items() if key != "original_labels"}
    labels: Labels = tuple(str(label) for label in before)
    return replace(record, instance=replace(record.instance, meta=meta), labels=labels)
