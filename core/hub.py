"""Files of pretrained models: those on this machine, and fetching them from the hub when somebody said so.

Only weights in safetensors, settings and vocabularies are ever fetched. A pickle can run code when it is
read, and code that comes with a model is not wanted either.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.availability import require
from core.errors import DownloadError, RecipeError

WANTED = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja", "README.md", "LICENSE*")
"""What is fetched, of the repository's own folder; anything in a folder below it is left."""
BELOW = "*/*"
WEIGHTS, WEIGHTS_IN_PARTS = "model.safetensors", "model.safetensors.index.json"
KNOWN = "Check the name: ssp models lists some."
UNREACHED = (
    "Nothing half-fetched is used. Check the network and try again, or copy the model's folder to this "
    "machine and give its path."
)


def local_folder(name: str) -> Path | None:
    """The folder of a model on this machine: the one that is named, or that of the hub's cache; else None.

    Nothing is fetched and nobody is asked.
    """
    place = Path(name).expanduser()
    if place.is_dir():
        return place.resolve()
    require("transformers", purpose="A model of the hub")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return None


def has_weights(folder: Path) -> bool:
    """Whether a folder holds weights in safetensors."""
    return any((folder / name).is_file() for name in (WEIGHTS, WEIGHTS_IN_PARTS))


def missing_bytes(name: str) -> int:
    """Bytes that `fetch` would transfer. Asks the hub for a list of files, no more.

    Raises:
        DownloadError: the hub cannot be reached, or has no such model.
        RecipeError: the model has no weights in safetensors.
    """
    listed = _snapshot(name, dry_run=True)
    if not any(file.filename in (WEIGHTS, WEIGHTS_IN_PARTS) for file in listed):
        raise RecipeError(
            f"the model {name} has no weights in safetensors on the hub; nothing was fetched.",
            "Choose another model. Weights in other formats can run code when they are read.",
        )
    return sum(file.file_size or 0 for file in listed if file.will_download)


def fetch(name: str) -> Path:
    """Fetch a model's files into the hub's cache; what is there already is not fetched again.

    Raises:
        DownloadError, RecipeError: as `missing_bytes`.
    """
    missing_bytes(name)
    return Path(_snapshot(name))


def _snapshot(name: str, **more: Any) -> Any:
    require("transformers", purpose="Fetching a model")
    from huggingface_hub import errors, snapshot_download

    failures: Any = errors
    try:
        return snapshot_download(name, allow_patterns=list(WANTED), ignore_patterns=[BELOW], **more)
    except failures.HFValidationError:
        raise DownloadError(f"{name!r} is not the name of a model.", "Names look like OWNER/MODEL.") from None
    except (failures.DryRunError, failures.HTTPError, OSError) as problem:
        cause = problem.__cause__ or problem
        if isinstance(cause, failures.RepositoryNotFoundError):
            raise DownloadError(f"the hub has no model {name}, or does not show it.", KNOWN) from None
        reason = str(cause).partition("\n")[0].rstrip(".") or type(cause).__name__
        raise DownloadError(f"the model {name} could not be fetched: {reason}.", UNREACHED) from None
