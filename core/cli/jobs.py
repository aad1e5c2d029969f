"""`ssp jobs`: what runs, what waits, what went wrong; stop, resume and delete.

All of it reads and writes the jobs' folders alone, so that it works beside a running dashboard.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from core import jobs, presence
from core.cli.app import Json, Workspace, app, configured, opened, progress
from core.cli.output import answer, table
from core.jobs.board import folder_of
from core.jobs.launch import finish_here
from core.jobs.progress import duration

group = typer.Typer(help="Runs on their way: list, show, stop, resume, delete.", rich_markup_mode=None)
app.add_typer(group, name="jobs")
Id = Annotated[str, typer.Argument(metavar="ID")]


@group.callback(invoke_without_command=True)
def listed(context: typer.Context, as_json: Json = False, workspace: Workspace = None) -> None:
    """Every job of the workspace, newest first."""
    if context.invoked_subcommand:
        return
    found = jobs.list_jobs(configured(workspace))
    rows = [(job.id, job.state, job.dataset, job.recipe, _progress(job), duration(job.left)) for job in found]
    text = table(rows, ("job", "state", "data set", "recipe", "progress", "left")) if rows else "no jobs"
    answer({"jobs": [_document(job) for job in found]}, text, as_json=as_json)


@group.command()
def show(job: Id, as_json: Json = False, workspace: Workspace = None) -> None:
    """State, progress and the end of the log of one job."""
    chosen = configured(workspace)
    found, said = jobs.status(chosen, job), jobs.log_tail(chosen, job)
    lines = [
        f"{found.id}: {found.state}",
        f"{found.recipe} on {found.dataset}, run {found.run_id}",
        f"{_progress(found)}; {duration(found.spent)} so far, {duration(found.left)} left in this stage",
        *([found.message] if found.message else []),
        *([said] if said else []),
    ]
    answer(_document(found) | {"log": said}, "\n".join(lines), as_json=as_json)


@group.command()
def stop(job: Id, as_json: Json = False, workspace: Workspace = None) -> None:
    """Stop a job; what it has finished is kept."""
    chosen = configured(workspace)
    jobs.cancel(chosen, job)
    answer({"job": job}, f"stopping {job}; go on with: ssp jobs resume {job}", as_json=as_json)


@group.command()
def resume(job: Id, as_json: Json = False, workspace: Workspace = None) -> None:
    """Go on with a job that was stopped or failed: in the dashboard, or here where none is open."""
    chosen = configured(workspace)
    if presence.dashboard(chosen.workspace):
        jobs.resume(chosen, job)
        answer({"job": job}, f"{job} goes on in the dashboard", as_json=as_json)
        return
    if jobs.status(chosen, job).state == "done":
        jobs.resume(chosen, job)  # says that there is nothing to resume
    with progress() as report, opened(workspace) as (store, _):
        run = finish_here(store, folder_of(chosen, job), report)
    answer({"job": job, "run": run}, f"run {run}; see it with: ssp evaluate {run}", as_json=as_json)


@group.command()
def delete(job: Id, as_json: Json = False, workspace: Workspace = None) -> None:
    """Delete the folder of a job that has ended; a run that is stored stays."""
    jobs.discard(configured(workspace), job)
    answer({"deleted": job}, f"deleted {job}", as_json=as_json)


def _document(job: jobs.JobStatus) -> dict[str, Any]:
    return asdict(job)


def _progress(job: jobs.JobStatus) -> str:
    counted = f" {job.done}/{job.total}" if job.total > 1 else ""
    return f"{job.stage}{counted}" if job.stage else "-"
