"""The embedded sample, a few sentences of each task, through SSP with an endpoint in Stage II."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.importing import import_catalog
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.probing import Capabilities, capabilities_rows
from core.sample import sample_entries
from core.scoring import score_run
from core.settings import Settings, with_workspace
from core.store import Store, views

SENTENCES = 10
HEADLINE = {"pos": "token_accuracy", "ner": "span_f1", "nli": "accuracy", "topic": "accuracy"}
TOLD = ("calls", "cached", "failed", "prompt_tokens", "completion_tokens", "seconds", "price", "currency")


@dataclass(frozen=True)
class Tried:
    """What came of one task."""

    task: str
    dataset: str
    sentences: int
    outcomes: Mapping[str, int]
    scores: Mapping[str, float]
    spent: Mapping[str, Any]
    capabilities: Capabilities | None = None
    labels: Sequence[tuple[str, ...]] = field(default=())

    def lines(self) -> Iterator[str]:
        """For whoever runs the test."""
        yield f"{self.task}: {self.sentences} sentences of {self.dataset}"
        yield "  outcomes  " + ", ".join(f"{count} {name}" for name, count in self.outcomes.items() if count)
        yield "  scores    " + ", ".join(f"{stage} {value:.1%}" for stage, value in self.scores.items())
        told = {name: self.spent.get(name) for name in TOLD}
        rounded = {name: round(said, 4) if isinstance(said, float) else said for name, said in told.items()}
        yield "  spent     " + ", ".join(
            f"{name} {said}" for name, said in rounded.items() if said not in (None, "")
        )


def try_out(
    workspace: Path, chosen: Mapping[str, str], *, provider: str = "endpoint", sentences: int = SENTENCES
) -> Iterator[Tried]:
    """Label sentences of the four targets of the sample; their text goes to the host that is named, if any.

    Args:
        workspace: a folder for the store and the calls.
        chosen: settings of the model (`llm.FIELD` without the `llm.`).
    """
    overrides = {"llm": provider, **{f"llm.{key}": value for key, value in chosen.items()}}
    here = with_workspace(workspace)
    with Store.open(here.workspace) as store:
        entries = sample_entries()
        for entry in entries:
            import_catalog(store, here, entry.id, silent)
        for entry in entries:
            if entry.meta.get("role") == "target":
                yield _tried(store, here, Request("ssp", entry.id, overrides, limit=sentences))


def _tried(store: Store, here: Settings, request: Request) -> Tried:
    run_id, _ = run_here(store, here, request, silent)
    scored = score_run(store, run_id)
    task = views.dataset(store, request.dataset).task
    told = views.run(store, run_id)["meta"]["llm"]["stage2"]
    seen = told.get("capabilities")
    rows = views.predictions(store, run_id, "stage2")
    return Tried(
        task,
        request.dataset,
        len(rows),
        told["outcomes"],
        {stage: scored[stage][HEADLINE[task]] for stage in ("stage1", "stage2")},
        told["spent"],
        Capabilities.read(seen) if seen else None,
        [rows[position].labels for position in sorted(rows)],
    )


def capability_lines(found: Capabilities) -> Iterator[str]:
    """What the server was seen to do."""
    yield f"{found.host}, model {found.model}"
    for feature, state, meaning in capabilities_rows(found):
        yield f"  {feature:<24}{state:<11}{meaning}"
    yield from (f"  {note}" for note in found.notes)


def silent(stage: str, done: int, total: int) -> None:
    """Progress goes nowhere."""
