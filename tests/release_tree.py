"""A release tree of invented sentences, in the real layouts, for languages we have no files of."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core import catalog
from core.prompts import render
from core.release import gather
from core.release.parts import Parts
from core.tasks import Task
from core.types import Exemplar, Instance

SENTENCES = {
    "pos": [
        "Sa wulfs ist mikils_. .",
        "Ik im her .",
        '" Hvas ist thus ? "',
        "Jah is qath",
        "Jah is qath",
        "Ni waiht ...",
    ],
    "ner": [
        "Mariya aba i Huye .",
        "Yagiye i Kigali ejo .",
        'Ati " ndaje "',
        "Radiyo Inzira yabivuze",
        "Mariya yaje",
        "Ni byiza",
    ],
}
TEMPLATE = (
    "Tag it:\n\n"
    + "".join("S: {{demos[N]['input']}}\n```\n{{demos[N]['output']}}\n```\n".replace("N", n) for n in "01")
    + "S: {{sentence}}\n```\n"
)
CHOSEN = [[1, 2], [0, 2], [5, 0], [1, 0], [1, 5], [2, 1]]
REPORT: Callable[[str, int, int], None] = lambda *_: None  # noqa: E731


@dataclass(frozen=True)
class Tree:
    """A release of one language under `root`, as the authors lay theirs out."""

    root: Path
    task: Task
    code: str
    results: str

    @property
    def sentences(self) -> list[list[str]]:
        return [text.split(" ") for text in SENTENCES[self.task.name]]

    def labels(self, shift: int) -> list[list[str]]:
        names = self.task.labels
        return [
            [names[(len(word) * (1 + shift) + index) % len(names)] for index, word in enumerate(words)]
            for words in self.sentences
        ]

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def tagged(self, shift: int, tail: str = "") -> str:
        rows = ["input\toutput\tlanguage"]
        for words, tags in zip(self.sentences, self.labels(shift), strict=True):
            pairs = " ".join(f"{word}_{tag}" for word, tag in zip(words, tags, strict=True))
            rows.append(f"{' '.join(words)}{tail}\t{pairs}{tail}\t{self.code}")
        return "\n".join(rows)

    def confidences(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        matrix = np.full((len(self.sentences), 9), -1, dtype=np.float32)
        for row, words in enumerate(self.sentences):
            matrix[row, : len(words)] = [0.5 + 0.01 * (row + 3 * index) for index in range(len(words))]
        return matrix

    def prompt(self, row: int, stage1: int) -> str:
        shown = []
        for chosen in CHOSEN[row]:
            words = tuple(self.sentences[chosen])
            instance = Instance(chosen, "test", words, " ".join(words))
            shown.append(Exemplar("d", instance, tuple(self.labels(stage1)[chosen]), (), "target"))
        text = " ".join(self.sentences[row]) + " "
        query = Instance(row, "test", tuple(self.sentences[row]), text)
        return render(TEMPLATE, self.task, shown, query, self.task.labels).text

    def answer(self, row: int) -> str:
        """Row 2 leaves its last word out, row 5 gives a tag that does not exist."""
        rows = list(zip(self.sentences[row], self.labels(2)[row], strict=True))
        if row == 2:
            rows = rows[:-1]
        if row == 5:
            rows[0] = (rows[0][0], "WHAT")
        return "```\n" + "\n".join("\t".join(pair) for pair in rows) + "\n```"

    def answered(self, row: int) -> list[str]:
        tags = list(self.labels(2)[row])
        if row == 2:
            tags[-1] = self.task.fallback
        if row == 5:
            tags[0] = self.task.fallback
        return tags

    def responses(self, stage1: int) -> str:
        lines = []
        for row, words in enumerate(self.sentences):
            examples = [
                " ".join(f"{w}_{t}" for w, t in zip(self.sentences[i], self.labels(stage1)[i], strict=True))
                for i in CHOSEN[row]
            ]
            gold = self.labels(0)[row]
            line = {
                "input": " ".join(words),
                "output": " ".join(f"{w}_{t}" for w, t in zip(words, gold, strict=True)),
                "language": self.code,
                "pred_labels": self.answered(row),
                "gold_labels": gold,
                "examples": examples,
            }
            lines.append(json.dumps(line))
        return "\n".join(lines) + "\n"

    def log(self, response: Callable[[str], str]) -> str:
        parts = []
        for row in range(len(self.sentences)):
            parts.append(f"[09:00:0{row}.5](GPT:INFO) Giving the following prompt:{self.prompt(row, 1)}")
            parts.append(
                '[09:00:07.5](httpx:INFO) HTTP Request: POST https://llm.invalid "HTTP/1.1 429 Too Many"'
            )
            parts.append("[09:00:08.5](GPT:INFO) Received the following response:")
            parts.append(f"[09:00:08.6](GPT:INFO) {response(self.answer(row))}")
            parts.append(f"[09:00:08.7](main:INFO) Obtained completion: {self.answer(row)}")
        parts.append(f"[09:01:00.5](GPT:INFO) Giving the following prompt:{self.prompt(0, 0)}")
        return "\n".join(parts) + "\n"

    def build(self, response: Callable[[str], str]) -> None:
        run, code = f"{self.results}/SSP_zgul/{self.code}", self.code
        self.write(f"data/SSP/{code}/test.tsv", self.tagged(0, tail=" "))
        self.write(f"data/SSP/{code}/{code}_pred.tsv", self.tagged(1))
        self.write(f"zgul_outputs/{code}_100_zgul_pred.tsv", "never read\n")
        self.write(f"prompts/{self.task.name}_8s_tsv_adapt.txt", TEMPLATE)
        self.write(f"{run}/responses.json", self.responses(1))
        self.write(f"{run}/logfile.log", self.log(response))
        self.write(f"{run}/accuracies.csv", "precision,recall,f1,total\n0.5,0.5,0.5,6\n")
        np.save(self.root / f"data/SSP/{code}/{code}_SSP.npy", np.array(CHOSEN))

    def fetch(self, paths: Sequence[str]) -> Path | None:
        return next((self.root / path for path in paths if (self.root / path).is_file()), None)

    def gather(self) -> Parts:
        return gather(catalog.entry(f"ssp-release-{self.code}"), self.fetch, REPORT)


def as_json(text: str) -> str:
    choice = {"finish_reason": "stop", "index": 0, "message": {"role": "assistant", "content": text}}
    return json.dumps({"model": "gpt-4", "choices": [choice], "usage": {"prompt_tokens": 5}}, indent=2)


def as_repr(text: str) -> str:
    return (
        f"ChatCompletion(id='x', choices=[Choice(finish_reason='stop', message=Message(content={text!r}))], "
        "model='gpt-4-1106-preview', usage=CompletionUsage(completion_tokens=3, prompt_tokens=7))"
    )
