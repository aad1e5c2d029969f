"""A pretrained model from its folder: refused in one sentence where it cannot be what it has to be.

Weights are read from safetensors only, and code that comes with a model is never run. Only folders are handed
to the library that reads them: it has no occasion to reach out by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import world
from core.errors import RecipeError
from core.hub import fetch, has_weights, local_folder
from core.library_remarks import quiet
from core.types import Report

PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.h5", "*.msgpack")
UNREADABLE = (OSError, ValueError, RuntimeError, LookupError, ImportError, TypeError, AttributeError)
"""What transformers raises on files that are not what they are called."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a model has to be: in words, the settings that name and fetch it, the class that writes it, and
    which names to try."""

    noun: str
    setting: str
    writer: str
    download: str
    known: str = "the name of a model of the hub"

    @property
    def one(self) -> str:
        """The noun with its article."""
        return f"{'an' if self.noun[0] in 'aeio' else 'a'} {self.noun}"


def folder_of(kind: Kind, name: str, *, download: bool, size: str = "", report: Report | None = None) -> Path:
    """The folder of a model with a configuration and weights in safetensors.

    Args:
        download: fetch what is missing; otherwise nothing leaves or reaches this machine.
        size: of the download in words, where it is known.
        report: told of the training of a model of the demo world, which is trained when it is not there.
            None: nothing is trained, and what is returned may not be there yet.

    Raises:
        RecipeError: there is none, or it has other weights.
        DownloadError: it could not be fetched.
    """
    if world.is_world(name):
        return world.ensure(name, report) if report else world.folder(name)
    found = local_folder(name)
    named = Path(name).expanduser().is_dir()
    if download and not named and (found is None or not has_weights(found)):
        found = fetch(name)
    if found is None:
        raise _absent(kind, name, size)
    _refuse_unusable(kind, name, found)
    return found


def _absent(kind: Kind, name: str, size: str) -> RecipeError:
    if Path(name).expanduser().is_absolute() or name.startswith((".", "~")) or name.count("/") != 1:
        return RecipeError(
            f"there is no folder {name} with {kind.one}.",
            f"Give {kind.setting} the path of a folder that holds config.json and model.safetensors, or "
            f"{kind.known}.",
        )
    size = size or "an unknown size: ssp models download says it first"
    return RecipeError(
        f"the {kind.noun} {name} is not on this machine (no such folder, and not in the hub's cache).",
        f"It would have to be downloaded, {size}. Allow it with: ssp models download {name} "
        f"(or --set {kind.download}=true).",
    )


def _refuse_unusable(kind: Kind, name: str, folder: Path) -> None:
    if (folder / "adapter_config.json").is_file():
        raise RecipeError(
            f"{name} is a set of adapters (adapter_config.json), not {kind.one}.",
            f"Merge it into its {kind.noun} and save that, or give the {kind.noun} itself.",
        )
    if not (folder / "config.json").is_file():
        raise RecipeError(
            f"the folder {folder} has no config.json: it is not {kind.one}.",
            f"Give {kind.setting} a folder as save_pretrained of transformers writes it.",
        )
    if has_weights(folder):
        return
    if any(found for pattern in PICKLED for found in folder.glob(pattern)):
        raise RecipeError(
            f"the weights of {name} are not in safetensors, and weights in other formats can run code when "
            "they are read.",
            f'If you trust them, convert them once: python -c "from transformers import {kind.writer} as M; '
            f"M.from_pretrained('{folder}').save_pretrained('{folder}')\"",
        )
    raise RecipeError(
        f"the folder {folder} has no weights (model.safetensors).",
        "Copy the whole model there; if it came from the hub: ssp models download NAME.",
    )


def loaded(kind: Kind, name: str, what: str, load: Callable[[], Any]) -> Any:
    """What `load` reads, the library's remarks left out.

    Args:
        what: weights, tokenizer: the part that is loaded, for a message.

    Raises:
        RecipeError: it cannot be read.
    """
    from safetensors import SafetensorError

    try:
        with quiet():
            return load()
    except (*UNREADABLE, SafetensorError) as problem:
        reason = str(problem).strip().partition("\n")[0].rstrip(".") or type(problem).__name__
        raise RecipeError(
            f"the {what} of the {kind.noun} {name} could not be loaded: {reason}.",
            f"Copy the model again, or give {kind.setting} {kind.known}.",
        ) from None
