"""The labeller alone, on made-up items, with a server side that lives in memory and logs what it hears.

Served with the product's theme and security headers by `tests.e2e.labeller_server`. `?scene=` names one of
`tests.labeller_scenes`, or one of the file that LABELLER_SCENES names; LABELLER_LOG takes a line per message.
"""

from __future__ import annotations

import copy
import json
import os
import re
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.widgets.labeller import labeller, read
from tests.labeller_scenes import scenes

AHEAD = 8


class Desk:
    """One scene as a server would keep it: versions, what is done, and every message once."""

    def __init__(self, name: str, scene: dict[str, Any]) -> None:
        self.name, self.scene = name, scene
        self.items = {item["id"]: item for item in copy.deepcopy(scene["items"])}
        self.done: set[int] = set()
        self.heard: set[tuple[str, int]] = set()
        self.before: dict[int, list[dict[str, Any]]] = {}
        self.batches = 0

    def handle(self, messages: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, int]]:
        """Answers, and per client the newest number dealt with."""
        answers, acks = [], {}
        for message in messages:
            acks[message["client"]] = message["seq"]
            if (message["client"], message["seq"]) not in self.heard:
                self.heard.add((message["client"], message["seq"]))
                log(self.name, message)
                answers.append({**self.answer(message), "client": message["client"], "seq": message["seq"]})
        return answers, acks

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        item = self.items[message["id"]]
        if message["kind"] == "labels":
            return self.labels(message, item)
        if message["kind"] == "skip":
            self.done.add(item["id"])
        if message["kind"] == "undo" and self.before.get(item["id"]):
            self.items[item["id"]] = item = self.before[item["id"]].pop()
            return {
                "status": "saved",
                "id": item["id"],
                "version": item["version"] + 2,
                "item": item,
                "message": "",
            }
        if message["kind"] == "repeat":
            self.batches += 1
            told = {"batch": f"b{self.batches}", "message": f"{message['spec']['expected']} words changed."}
            return {"status": "saved", "id": item["id"], "version": item["version"], "item": None, **told}
        return {
            "status": "saved",
            "id": item["id"],
            "version": item["version"],
            "tv": item["tv"],
            "item": None,
            "message": "",
        }

    def labels(self, message: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
        if item["head"] == "contested" and item["id"] not in self.done:
            self.done.add(item["id"])
            theirs = ["X", *message["labels"][1:]]
            return {
                "status": "conflict",
                "id": item["id"],
                "version": 3,
                "theirs": theirs,
                "who": "Ben",
                "item": item,
                "message": "",
            }
        self.before.setdefault(item["id"], []).append(copy.deepcopy(item))
        item["version"] += 1
        for unit, label in zip(item["tokens"] or [item["item"]], message["labels"], strict=False):
            unit.update(l=label, h=True, c=None)
        self.done.add(item["id"])
        return {
            "status": "saved",
            "id": item["id"],
            "version": item["version"],
            "tv": item["tv"],
            "item": None,
            "message": "",
        }

    def data(
        self, answers: list[dict[str, Any]], acks: dict[str, int], ask: dict[str, Any] | None
    ) -> dict[str, Any]:
        left = [item for item in self.items.values() if item["id"] not in self.done]
        plain = {"blind": False, "adjudicate": False, "readonly": False, **self.scene}
        told = {name: value for name, value in plain.items() if name != "items"}
        acked = [{"client": client, "seq": seq} for client, seq in acks.items()]
        return {
            **told,
            "key": f"{self.name}|run|stage2|unsure|Anna",
            "who": "Anna",
            "queue": left[:AHEAD],
            "left": len(left),
            "done": not left,
            "ack": acked[-1] if acked else None,
            "acks": acks,
            "answers": answers,
            "reply": reply(ask, self.scene["items"]),
        }


def reply(ask: dict[str, Any] | None, items: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What "repeat for the same form" would change, found by looking at every word."""
    if ask is None:
        return None
    spec, found = ask["spec"], []
    for item in items:
        for at, unit in enumerate(item["tokens"]):
            if meant(unit, spec) and unit["l"] != spec["label"] and item["id"] != spec["id"]:
                words = [token["f"] for token in item["tokens"]]
                beside = {
                    "left": " ".join(words[max(0, at - 3) : at]),
                    "right": " ".join(words[at + 1 : at + 4]),
                }
                told = {
                    "id": item["id"],
                    "token": at,
                    "form": unit["f"],
                    "before": unit["l"],
                    "after": spec["label"],
                }
                found.append({**told, **beside, "confidence": unit["c"]})
    sentences = len({change["id"] for change in found})
    return {
        "n": ask["n"],
        "what": "repeat",
        "total": len(found),
        "items": sentences,
        "changes": found[:200],
        "message": "",
    }


def meant(unit: dict[str, Any], spec: dict[str, Any]) -> bool:
    """Whether "the same" means this word."""
    if spec["how"] == "pattern":
        return re.fullmatch(spec["pattern"], unit["f"], 0 if spec["case"] else re.IGNORECASE) is not None
    same = unit["f"] == spec["form"] or (not spec["case"] and unit["f"].lower() == spec["form"].lower())
    if spec["how"] == "form+label":
        return same and unit["l"] == spec["label_before"]
    return same and (spec["how"] != "confidence" or (unit["c"] or 0) < spec["threshold"])


def log(scene: str, message: dict[str, Any]) -> None:
    with Path(os.environ["LABELLER_LOG"]).open("a", encoding="utf8") as file:
        file.write(json.dumps({"scene": scene, **message}, ensure_ascii=False) + "\n")


@st.cache_resource
def desk(name: str) -> Desk:
    given = os.environ.get("LABELLER_SCENES")
    more = json.loads(Path(given).read_text("utf8")) if given else {}
    return Desk(name, {**scenes(), **more}[name])


@st.fragment
def show(name: str) -> None:
    messages, ask = read(f"labeller-{name}")
    answers, acks = desk(name).handle(messages)
    labeller(desk(name).data(answers, acks, ask), key=f"labeller-{name}")


st.set_page_config(layout="wide")
st.title("Annotate")
show(st.query_params.get("scene", "pos"))
