"""Settings of one process, read once from the environment (prefix `SSP_`)."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import StudioError

LIVE_BASE = "https://raw.githubusercontent.com"


def _usable_cores() -> int:
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


class Settings(BaseSettings):
    """Where things lie and how much of the machine may be used.

    `mirror` is a folder or an address that holds `{owner}/{repo}/{path}`; without one, public data
    come from `live_base` as `{owner}/{repo}/{branch}/{path}`. `timeout` is in seconds per request.
    `jobs_at_a_time` is how many runs a dashboard carries out at once; others wait their turn.
    """

    model_config = SettingsConfigDict(env_prefix="SSP_", frozen=True, extra="ignore")

    workspace: Path = Path("workspace")
    mirror: str | None = None
    live_base: str = LIVE_BASE
    threads: int = Field(default_factory=_usable_cores, ge=1)
    timeout: float = Field(default=30.0, gt=0)
    jobs_at_a_time: int = Field(default=1, ge=1)

    @field_validator("workspace", mode="before")
    @classmethod
    def _blank_is_the_default(cls, value: object) -> object:
        return value if str(value).strip() else "workspace"

    @field_validator("workspace")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("mirror")
    @classmethod
    def _blank_is_none(cls, value: str | None) -> str | None:
        return value.strip() or None if value is not None else None

    @property
    def downloads(self) -> Path:
        """The cache of fetched public files."""
        return self.workspace / "downloads"

    @property
    def jobs(self) -> Path:
        """The folders of runs that are carried out, or were, by a worker."""
        return self.workspace / "jobs"

    @property
    def inbox(self) -> Path:
        """Where a command line leaves what a running dashboard is to do."""
        return self.workspace / "inbox"

    @property
    def calls(self) -> Path:
        """The log of all calls of language models."""
        return self.workspace / "cache" / "calls.sqlite"

    @property
    def models(self) -> Path:
        """Models made here: the demo world's, trained retrievers, encoders that were given a masked head."""
        return self.workspace / "models"

    @property
    def prompts(self) -> Path:
        """Trained soft prompts."""
        return self.models / "prompts"

    @property
    def embeddings(self) -> Path:
        """The cache of texts' vectors."""
        return self.workspace / "cache" / "embeddings"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read from the environment on the first call.

    Raises:
        StudioError: a variable holds what it cannot mean.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"SSP_{first['loc'][0]}".upper()
        raise StudioError(f"{name} cannot be {first['input']!r}: {first['msg']}.", "Correct it.") from error


def reset() -> None:
    """Forget what was read, so that the next `settings()` reads the environment again."""
    settings.cache_clear()


def with_workspace(workspace: Path | str | None, base: Settings | None = None) -> Settings:
    """The settings (of `base`, or of the process) with another workspace; None keeps it."""
    current = base or settings()
    if workspace is None:
        return current
    return Settings(**{**current.model_dump(), "workspace": Path(workspace)})
