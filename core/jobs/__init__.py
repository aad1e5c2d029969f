"""Runs in a process of their own: the server stays the only writer of the database.

A job is a folder `jobs/ID` of the workspace, and every file in it is whole or absent:

    job.json, in/    what was asked for and what the run may see
    worker.json      who carries it out (process number and when it was born), under a lock
    progress.json    stage, done, total, rate, time left
    kept/            finished pieces, from which the next worker goes on
    out/, out/done.json   results, stage by stage, then the word that they are all there
    cancel, error.json    the user stopped it; why it ended
    ingested         the results are in the database

The worker never opens the database. `poll` in the server starts workers, notices their deaths and
ingests.
"""

from core.jobs.board import ACTIVE, JobStatus, list_jobs, log_tail, open_jobs, status
from core.jobs.folders import discard
from core.jobs.launch import cancel, resume, start
from core.jobs.tending import poll

__all__ = [
    "ACTIVE",
    "JobStatus",
    "cancel",
    "discard",
    "list_jobs",
    "log_tail",
    "open_jobs",
    "poll",
    "resume",
    "start",
    "status",
]
