"""A stored run whose Stage II a language model answered in every way there is, made without one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core import catalog, llms, prompts
from core.choosing import choose
from core.jobs.facts_files import FileSink
from core.jobs.prepare import Request, prepare
from core.kept import Kept
from core.llms import Frame
from core.pipeline import pool_of
from core.run_input import RunInput
from core.store import Store, facts
from core.tasks import tasks
from core.types import OUTCOMES, Completion, Exemplar, Instance, Outcome, Prediction
from core.whole_files import replace_json

MODEL, HOST = "tiny-model", "127.0.0.1"
HOSTILE = '<img src=x onerror="document.title=1"> ![x](https://example.org/x.png)'
"""What a model may answer; it is text, wherever it is shown."""
TEXTS: Mapping[Outcome, str] = {
    "unparseable": HOSTILE,
    "refused": "I cannot help with that.",
    "truncated": "sci",
    "failed": "",
}
PROBLEMS: Mapping[Outcome, str] = {
    "repaired": "no known label in the first answer",
    "unparseable": "no known label in the answer",
    "refused": "the model would not answer",
    "truncated": "the answer ended before it was complete",
    "failed": "the server did not answer within 5 seconds",
}


def answered_run(
    store: Store, dataset: str, folder: Path, *, run_id: str = "f" * 16, llm: Mapping[str, Any] | None = None
) -> str:
    """Store the run; items end ok, repaired, unparseable, refused, truncated, failed, and again."""
    asked = prepare(store, Request("ssp", dataset, {"consensus": "false"}))
    recipe = json.loads(json.dumps(asked.recipe))
    recipe["stage2"] |= {"labeler": "incontext", "llm": "endpoint", "template": "auto", "from_sources": 0}
    recipe["llm"] = {"model": MODEL, "base_url": f"http://{HOST}:1/v1", **(llm or {})}
    job = RunInput(
        **{name: getattr(asked, name) for name in RunInput.__dataclass_fields__} | {"recipe": recipe}
    )
    sink = FileSink(folder, job.instances)
    pool = pool_of(job, _noisy(job))
    chosen = choose(job, pool, lambda *_: None, Kept(None))
    sink.predictions("stage1", _noisy(job))
    sink.selections(chosen, pool)
    rows = [
        _answer(job, item, [pool[row] for row in chosen[place].chosen], OUTCOMES[place % len(OUTCOMES)])
        for place, item in enumerate(job.instances)
    ]
    sink.completions([call for _, calls in rows for call in calls])
    sink.predictions("stage2", [row for row, _ in rows])
    spent = {
        "calls": len(rows) + 3,
        "cached": 2,
        "failed": 3,
        "prompt_tokens": 9_000,
        "completion_tokens": 80,
    }
    noted = {"model": MODEL, "host": HOST, "style": "label", "order": "similar_first", "language": "eng"}
    sink.note("llm", {"stage2": {**noted, "spent": {**spent, "price": 0.0125, "currency": "USD"}}})
    _finish(folder, job, sink, run_id)
    return facts.ingest(store, folder)


def _noisy(job: RunInput) -> list[Prediction]:
    labels = job.dataset.labels
    token = tasks[job.dataset.task].unit == "token"
    return [
        Prediction(item.position, _labels(item, labels[place % len(labels)], token=token), (0.5,) * _n(item))
        for place, item in enumerate(job.instances)
    ]


def _n(item: Instance) -> int:
    return len(item.tokens) or 1


def _labels(item: Instance, label: str, *, token: bool) -> tuple[str, ...]:
    return (label,) * (len(item.tokens) if token else 1)


def _answer(
    job: RunInput, item: Instance, shown: list[Exemplar], outcome: Outcome
) -> tuple[Prediction, list[Completion]]:
    task, labels = tasks[job.dataset.task], job.dataset.labels
    prompt = prompts.render(catalog.prompt_template(job.dataset.task), task, shown, item, labels)
    given = _labels(item, labels[0], token=task.unit == "token")
    text = TEXTS.get(outcome, task.render(item, given))
    frame = Frame("rows" if task.unit == "token" else "label", labels, item.tokens)
    mended = (("assistant", HOSTILE), ("user", "Name one of the labels."))
    turns: list[tuple[tuple[str, str], ...]] = [(), mended] if outcome == "repaired" else [()]
    requests = [llms.Request(prompt, frame, then=then) for then in turns]
    calls = [_call(request, outcome, text if request is requests[-1] else HOSTILE) for request in requests]
    problem = PROBLEMS.get(outcome)
    usable = outcome in {"ok", "repaired"}
    found = given if usable else _labels(item, task.fallback, token=task.unit == "token")
    sure = (0.9,) * _n(item) if usable else None
    return Prediction(item.position, found, sure, None, calls[-1].key, problem, outcome), calls


def _call(request: llms.Request, outcome: Outcome, text: str) -> Completion:
    identity: dict[str, Any] = {"name": "endpoint", "model": MODEL, "temperature": 0.0}
    failed = outcome == "failed"
    return Completion(
        key=llms.request_key(identity, request),
        model=MODEL,
        prompt_sha256=request.prompt.sha256,
        prompt=request.prompt.text,
        text=text,
        finish_reason="" if failed else "length" if outcome == "truncated" else "stop",
        prompt_tokens=None if failed else 300,
        completion_tokens=None if failed else 4,
        status="ok" if outcome in {"ok", "repaired"} else outcome,  # type: ignore[arg-type]
        parameters=llms.parameters(identity, request),
        host=HOST,
        seconds=5.0 if failed else 0.25,
        error=PROBLEMS["failed"] if failed else None,
    )


def _finish(folder: Path, job: RunInput, sink: FileSink, run_id: str) -> None:
    said = {"run_id": run_id, "dataset_id": job.dataset.id, "recipe": dict(job.recipe), "seed": job.seed}
    replace_json(folder / "job.json", said)
    done = {"run_id": run_id, "status": "done", "seconds": 3.0, "stages": sink.stages, "notes": sink.notes}
    replace_json(folder / "out" / "done.json", done)
