"""Rows of an archive looked at before any is stored: nothing in it may point out of its data set."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from core.errors import StudioError
from core.store.archive_tables import NUMBERED, OF_RUNS, TABLES

HINT = "Make the archive again with `ssp archive`, and do not change what is in it."
TASKS = frozenset({"pos", "ner", "nli", "topic"})
PER_TOKEN = frozenset({"pos", "ner"})


def wrong(problem: str) -> StudioError:
    """The error for an archive that holds something no data set has."""
    return StudioError(f"the archive is damaged or was changed: {problem}.", HINT)


class Checks:
    """Looks at every row once, table by table in the order of `TABLES`."""

    def __init__(self) -> None:
        self.dataset = ""
        self.runs: set[str] = set()
        self.counts: Counter[str] = Counter()
        self._per_token = False
        self._lengths: defaultdict[int, set[int]] = defaultdict(set)
        self._size = 0
        self._labelled: list[tuple[str, int, int]] = []

    def row(self, table: str, row: Mapping[str, Any]) -> None:
        """Raises StudioError for a row that cannot be."""
        self.counts[table] += 1
        unknown = row.keys() - {column.name for column in TABLES[table].c}
        if unknown:
            raise wrong(f"{table} has a column {min(unknown)[:40]!r} that this version does not know")
        self._complete(table, row)
        own = {"dataset": self._dataset, "instance": self._instance, "run": self._run}
        own.get(table, self._inside)(row)
        if table in OF_RUNS and row.get("run_id") not in self.runs:
            raise wrong(f"{table} holds a row of a run that is not in it")
        if table in NUMBERED and row.get("id") != self.counts[table]:
            raise wrong(f"row {self.counts[table]} of {table} is numbered {row.get('id')!r}")
        self._links(table, row)

    def finish(self) -> None:
        """Raises StudioError for what only the whole can tell."""
        if self.counts["dataset"] != 1:
            raise wrong("it holds no data set")
        if self.counts["instance"] != self._size:
            raise wrong(f"{self.counts['instance']} items of {self._size} are there")
        for table, position, n in self._labelled:
            wanted = self._lengths[position] if self._per_token else {1}
            if n not in wanted:
                raise wrong(f"item {position} has {n} labels in {table}")

    def _complete(self, table: str, row: Mapping[str, Any]) -> None:
        for column in TABLES[table].c:
            if column.name != "dataset_id" and not column.nullable and row.get(column.name) is None:
                raise wrong(f"{table} has no {column.name} in row {self.counts[table]}")

    def _dataset(self, row: Mapping[str, Any]) -> None:
        name, size = row["id"], row["n_instances"]
        if not isinstance(name, str) or not re.fullmatch(r"\w[\w.-]*", name):
            raise wrong("the data set has no proper id")
        if row["task"] not in TASKS or not isinstance(size, int):
            raise wrong("nobody knows its task or size")
        self.dataset, self._size, self._per_token = name, size, row["task"] in PER_TOKEN

    def _instance(self, row: Mapping[str, Any]) -> None:
        if row["position"] != self.counts["instance"] - 1:
            raise wrong(f"item {self.counts['instance'] - 1} is numbered {row['position']!r}")
        self._lengths[row["position"]].add(len(row["tokens"]))

    def _run(self, row: Mapping[str, Any]) -> None:
        name = row["id"]
        own = isinstance(name, str) and ("/" not in name or name.startswith(f"{self.dataset}/"))
        if not own or name in self.runs:
            raise wrong(f"a run cannot be called {str(name)[:60]!r}")
        self.runs.add(name)

    def _inside(self, row: Mapping[str, Any]) -> None:
        places = [row["position"]] if "position" in row else row.get("positions", [])
        if not all(isinstance(place, int) and 0 <= place < self._size for place in places):
            raise wrong("a row is about an item that the data set does not have")

    def _links(self, table: str, row: Mapping[str, Any]) -> None:
        reverts = row.get("reverts")
        if reverts is not None and not (isinstance(reverts, int) and 0 < reverts < self.counts[table]):
            raise wrong(f"row {self.counts[table]} of {table} takes back one that is not before it")
        if table == "tokenization":
            self._lengths[row["position"]].add(len(row["tokens"]))
            if not len(row["tokens"]) == len(row["first"]) == len(row["last"]):
                raise wrong(f"row {self.counts[table]} of {table} has words without a place")
        for field in ("labels", "labels_after"):
            if row.get(field) is not None and table in {"prediction", "annotation"}:
                self._labelled.append((table, row["position"], len(row[field])))
