"""Runs in a process of their own: the server stays the only writer of the database.

A job is a directory: `job.json` and `in/` (what the run may see), `progress.json`, `cancel` (a
flag), `out/` (facts, stage by stage) and `out/done.json`. The worker never opens the database.
"""

from core.jobs.board import JobStatus, cancel, list_jobs, status
from core.jobs.launch import poll, start

__all__ = ["JobStatus", "cancel", "list_jobs", "poll", "start", "status"]
