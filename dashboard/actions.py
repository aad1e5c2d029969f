"""What pages do. Every change to the workspace goes through here and is refused while presenting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core import demo, importing, jobs, label_import, own_recipes, sweeps, tagsets
from core.calls import pricing
from core.desk import sampling
from core.errors import StudioError
from core.inspection import FileChoice
from core.jobs import budget, prepare
from core.jobs.again import asked_again
from core.jobs.launch import submit
from core.label_import import LabelChoice
from core.settings import settings
from core.store import facts
from core.types import Dataset, LabelInfo, Report
from dashboard import resources, state, uploads


class ReadOnly(StudioError):
    """A change was asked for where nothing may be changed."""

    code = "read_only"


def writable() -> None:
    if state.view().present:
        raise ReadOnly(
            "this is presentation mode: nothing can be changed.", "Remove present=1 from the address."
        )


def import_dataset(entry_id: str, report: Report) -> dict[str, Any]:
    """Import a catalog entry; answers as `core.importing.import_catalog` does."""
    writable()
    return importing.import_catalog(resources.store(), settings(), entry_id, report)


def keep_upload(owner: str, role: str, file_id: str, name: str, content: memoryview) -> uploads.Upload:
    """Put an uploaded file into the workspace for as long as it is looked at (see `uploads.store`)."""
    writable()
    try:
        return uploads.store(settings().workspace, owner, role, file_id=file_id, name=name, content=content)
    except OSError as error:
        raise StudioError(
            f"the file cannot be put into the workspace ({error.strerror or error}).", "Make room, try again."
        ) from error


def drop_uploads(owner: str, role: str = "") -> None:
    """Remove what a session uploaded, in one role or in all."""
    uploads.remove(settings().workspace, owner, role)


def import_file(choice: FileChoice, report: Report) -> dict[str, Any]:
    """Import a file of the user's own; answers as `core.importing.import_file` does.

    Of content that is here already, the stricter word about where its text may go counts.
    """
    writable()
    return importing.import_file(resources.store(), choice, report)


def import_labels(choice: LabelChoice, report: Report) -> dict[str, Any]:
    """Import labels of a data set that is here; answers as `core.label_import.import_labels` does."""
    writable()
    return label_import.import_labels(resources.store(), choice, report)


def start_run(
    recipe: str,
    dataset: str,
    overrides: Mapping[str, str],
    *,
    sources: Sequence[str] = (),
    split: str | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> str:
    """Start a run in a worker process; returns the job's id."""
    writable()
    return jobs.start(
        resources.store(),
        settings(),
        recipe,
        dataset,
        overrides,
        sources=sources,
        split=split,
        limit=limit,
        seed=seed,
    )


def start_sweep(
    recipe: str,
    dataset: str,
    overrides: Mapping[str, str],
    over: Mapping[str, Sequence[str]],
    seeds: int,
    *,
    variants: Mapping[str, Mapping[str, str]] | None = None,
    sources: Sequence[str] = (),
    split: str | None = None,
    limit: int | None = None,
) -> list[str]:
    """Start every run of a sweep, under the seeds 0, 1, ...; returns the jobs' ids.

    All of it is looked at before the first is started. Runs that are stored already are not made again.
    """
    writable()
    base = prepare.Request(recipe, dataset, overrides, sources, split, limit)
    rows = sweeps.rows_of(base, over, variants)
    sweeps.checked(resources.store(), rows)
    asked = (replace(row.request, seed=seed) for seed in range(seeds) for row in rows)
    return [submit(resources.store(), settings(), request) for request in asked]


def kept_prompts() -> list[Path]:
    """The trained prompts of this workspace, newest first."""
    found = settings().prompts.glob("*.safetensors")
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def ask_again(
    run_id: str, positions: Sequence[int], *, template: str = "", whole: bool = False, agreed: str = ""
) -> str:
    """Start a run that asks the model of another anew about some items; returns the job's id.

    `agreed` is the host that somebody agreed to. The rest as `core.jobs.again.asked_again`.
    """
    writable()
    request = asked_again(resources.store(), run_id, positions, template=template, whole=whole)
    consent = {"llm.agreed": agreed} if agreed else {}
    request = replace(request, overrides={**request.overrides, **consent})
    return submit(resources.store(), settings(), request)


def rerun(
    run_id: str, ban: Sequence[str], *, pin: Sequence[str] = (), answered_by: str = "", agreed: str = ""
) -> str:
    """Start a run that is another one without these exemplars; returns the job's id.

    `answered_by` labels the sentences that change where whoever labelled them cannot be asked again (a
    recorded model), `agreed` is the host that somebody agreed to. Exemplars as `DATASET@POSITION`.
    """
    writable()
    overrides = {"llm": answered_by} if answered_by else {}
    overrides |= {"llm.agreed": agreed} if agreed else {}
    request = prepare.Request(overrides=overrides, parent=run_id, ban=tuple(ban), pin=tuple(pin))
    return submit(resources.store(), settings(), request)


def limits(job_id: str) -> dict[str, float]:
    """What a job may spend, by name of the limit; 0 = no limit."""
    return budget.limits(settings(), job_id)


def raise_budget(job_id: str, wanted: Mapping[str, float]) -> None:
    """Let a job that came to the end of its budget go on with these limits."""
    writable()
    budget.raise_budget(resources.store(), settings(), job_id, wanted)


def save_template(dataset: str, name: str, text: str) -> None:
    """Keep a prompt template of the user's own for a data set; one of this name is replaced."""
    writable()
    facts.save_template(resources.store(), dataset, name, text)


def delete_template(dataset: str, name: str) -> None:
    """Forget a prompt template of the user's own; runs that were made with it keep their prompts."""
    writable()
    facts.delete_template(resources.store(), dataset, name)


def prices() -> list[pricing.Listed]:
    """What models cost, the workspace's own prices first."""
    return pricing.prices(settings().workspace)


def price(model: str, host: str) -> pricing.Price | None:
    """What a model costs there; None where that is not known."""
    return pricing.price(model, host, settings().workspace)


def save_price(entry: pricing.Price) -> None:
    """Keep a price of the user's own."""
    writable()
    pricing.save_price(settings().workspace, entry)


def delete_price(model: str, host: str) -> None:
    """Forget a price of the user's own; one that comes along counts again."""
    writable()
    pricing.delete_price(settings().workspace, model, host)


def save_recipe(name: str, base: str, overrides: Mapping[str, Any]) -> str:
    """Keep a recipe with these settings (full keys such as `selector.k`); returns its name."""
    writable()
    return own_recipes.save(settings().workspace, name, base, overrides).stem


def add_queue(dataset: str, name: str, positions: Sequence[int], reason: str) -> int:
    """Put items of a data set aside, in this order; returns the queue's id."""
    writable()
    return facts.add_queue(resources.store(), dataset, name, positions, reason)


def draw_audit(dataset: Dataset, run: str, stage: str, n: int, seed: int) -> int:
    """Draw items at random, to be labelled blind, in random order; returns the queue's id."""
    writable()
    return sampling.draw(resources.store(), dataset.id, run, stage, n, seed)


def set_labels(dataset: Dataset, told: Sequence[LabelInfo]) -> None:
    """Give the labels of a data set their keys, colours and guidelines.

    Raises:
        FormatError: a key is used twice, a colour is none.
    """
    writable()
    facts.set_tagset(resources.store(), dataset.id, tagsets.checked(list(told), dataset.name))


def delete_queue(queue_id: int) -> None:
    """Forget a queue; its items and their labels stay."""
    writable()
    facts.delete_queue(resources.store(), queue_id)


def recipes() -> dict[str, dict[str, Any]]:
    """The recipes of the catalog and those kept in this workspace, by name."""
    return own_recipes.every(settings().workspace)


def default_sources(dataset: Dataset) -> list[str]:
    """What Stage I learns from when a run names no sources."""
    return prepare.default_sources(resources.store(), dataset)


def cancel(job_id: str) -> None:
    """Stop a job; what it has finished is kept for `resume`."""
    writable()
    jobs.cancel(settings(), job_id)


def resume(job_id: str) -> None:
    """Let a job that was stopped, or failed, go on where it stopped."""
    writable()
    jobs.resume(settings(), job_id)


def delete_job(job_id: str) -> None:
    """Delete what is left of a job that has ended; the run it made stays."""
    writable()
    jobs.discard(settings(), job_id)


def job_log(job_id: str) -> str:
    """The last lines of what a job's workers said."""
    return jobs.log_tail(settings(), job_id)


def active_jobs() -> list[jobs.JobStatus]:
    """Jobs that are on their way."""
    return [job for job in jobs.open_jobs(settings()) if job.state in jobs.ACTIVE]


def all_jobs() -> list[jobs.JobStatus]:
    """Every job of the workspace, newest first."""
    return jobs.list_jobs(settings())


def last_job(dataset: str) -> jobs.JobStatus | None:
    """The newest job of a data set whose results are not in the database."""
    return next((job for job in jobs.open_jobs(settings()) if job.dataset == dataset), None)


def poll() -> list[str]:
    """Bring in what workers have finished (the server's background thread calls this)."""
    return jobs.poll(resources.store(), settings())


def is_demo() -> bool:
    """Whether this workspace is the demo's own; one that merely holds the demo in a folder is not."""
    return demo.is_demo(settings())


def reset_demo(report: Report) -> str:
    """Restore the demo workspace; returns the id of its run."""
    writable()
    return demo.reset(resources.store(), settings(), report)
