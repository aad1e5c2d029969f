"""A pretrained encoder from its folder: refused in one sentence where it cannot be what it has to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.catalog import models
from core.errors import RecipeError
from core.hub import fetch, has_weights, local_folder
from core.types import Labels

PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.h5", "*.msgpack")
UNREADABLE = (OSError, ValueError, RuntimeError, LookupError, ImportError, TypeError, AttributeError)
"""What transformers raises on files that are not what they are called."""
SHORTEST = 8
"""Sub-words a window must have room for."""
OFFSET_POSITIONS = ("roberta", "camembert", "xlm-roberta-xl", "longformer", "xmod")
"""Kinds of encoder whose positions begin behind the padding's: two fewer than their settings say."""


def folder_of(name: str, *, download: bool) -> Path:
    """The folder of an encoder with a configuration and weights in safetensors.

    Args:
        download: fetch what is missing; otherwise nothing leaves or reaches this machine.

    Raises:
        RecipeError: there is none, or it has other weights.
        DownloadError: it could not be fetched.
    """
    found = local_folder(name)
    named = Path(name).expanduser().is_dir()
    if download and not named and (found is None or not has_weights(found)):
        found = fetch(name)
    if found is None:
        raise _absent(name)
    _refuse_unusable(name, found)
    return found


def _absent(name: str) -> RecipeError:
    if Path(name).expanduser().is_absolute() or name.startswith((".", "~")) or name.count("/") != 1:
        return RecipeError(
            f"there is no folder {name} with an encoder.",
            "Give stage1.model the path of a folder that holds config.json and model.safetensors, or a name "
            "from ssp models.",
        )
    known = models().get(name)
    size = f"about {known.megabytes:,} MB" if known else "an unknown size: ssp models download says it first"
    return RecipeError(
        f"the encoder {name} is not on this machine (no such folder, and not in the hub's cache).",
        f"It would have to be downloaded, {size}. Allow it with: ssp models download {name} "
        "(or --set stage1.download=true).",
    )


def _refuse_unusable(name: str, folder: Path) -> None:
    if (folder / "adapter_config.json").is_file():
        raise RecipeError(
            f"{name} is a set of adapters (adapter_config.json), not an encoder.",
            "Merge it into its encoder and save that, or give the encoder itself.",
        )
    if not (folder / "config.json").is_file():
        raise RecipeError(
            f"the folder {folder} has no config.json: it is not an encoder.",
            "Give stage1.model a folder as save_pretrained of transformers writes it.",
        )
    if has_weights(folder):
        return
    if any(found for pattern in PICKLED for found in folder.glob(pattern)):
        raise RecipeError(
            f"the weights of {name} are not in safetensors, and weights in other formats can run code when "
            "they are read.",
            'If you trust them, convert them once: python -c "from transformers import AutoModel as M; '
            f"M.from_pretrained('{folder}').save_pretrained('{folder}')\"",
        )
    raise RecipeError(
        f"the folder {folder} has no weights (model.safetensors).",
        "Copy the whole model there; if it came from the hub: ssp models download NAME.",
    )


def tokenizer_of(name: str, folder: Path) -> Any:
    """The encoder's tokenizer. Raises RecipeError where it cannot tell where in a text a sub-word stands."""
    from transformers import AutoTokenizer

    def load() -> Any:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)

    tokenizer = _loaded(name, "tokenizer", load)
    if not tokenizer.is_fast:
        raise RecipeError(
            f"the tokenizer of {name} ({type(tokenizer).__name__}) does not tell which sub-words belong to "
            "which word.",
            "Choose an encoder with a fast tokenizer (tokenizer.json).",
        )
    return tokenizer


def agree_on_inputs(tokenizer: Any, model: Any) -> None:
    """Leave out which text of a pair a sub-word is from, where the encoder has no place for it."""
    if getattr(model.config, "type_vocab_size", 2) < 2:
        names = tokenizer.model_input_names
        tokenizer.model_input_names = [name for name in names if name != "token_type_ids"]


def longest(tokenizer: Any, model: Any, asked: int) -> int:
    """Sub-words a window may have: what was asked for, within what the encoder can read."""
    config = model.config
    positions = getattr(config, "max_position_embeddings", None) or asked
    if any(kind in config.model_type for kind in OFFSET_POSITIONS):
        positions -= 2
    room = min(asked, positions, tokenizer.model_max_length)
    if room < SHORTEST:
        raise RecipeError(
            f"the encoder reads {room} sub-words at a time; that is too few.", "Choose another encoder."
        )
    return int(room)


def classifier(name: str, folder: Path, label_set: Labels, *, tokens: bool, seed: int) -> Any:
    """The encoder with a new head for these labels, in 32 bits on the processor.

    A head the checkpoint may have is replaced. Sets the seed of torch.

    Raises:
        RecipeError: the weights are damaged or those of another architecture.
    """
    import torch
    from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

    kind = AutoModelForTokenClassification if tokens else AutoModelForSequenceClassification
    torch.manual_seed(seed)

    def load() -> Any:
        return kind.from_pretrained(
            folder,
            num_labels=len(label_set),
            id2label=dict(enumerate(label_set)),
            label2id={label: at for at, label in enumerate(label_set)},
            ignore_mismatched_sizes=True,
            output_loading_info=True,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
        )

    model, report = _loaded(name, "weights", load)
    _refuse_holes(name, model, [*report["missing_keys"], *(row[0] for row in report["mismatched_keys"])])
    return model


def _refuse_holes(name: str, model: Any, absent: Sequence[str]) -> None:
    """What is missing below the head would be noise that nobody asked for."""
    prefix = f"{model.base_model_prefix}."
    holes = [key for key in absent if key.startswith(prefix) and ".pooler." not in key]
    if holes:
        raise RecipeError(
            f"{len(holes)} weights of the encoder {name} are missing or of another shape ({min(holes)} ...).",
            "The files are not those of the architecture config.json names; copy the model again.",
        )


def _loaded(name: str, what: str, load: Callable[[], Any]) -> Any:
    from safetensors import SafetensorError

    try:
        with _quiet():
            return load()
    except (*UNREADABLE, SafetensorError) as problem:
        reason = str(problem).strip().partition("\n")[0].rstrip(".") or type(problem).__name__
        raise RecipeError(
            f"the {what} of the encoder {name} could not be loaded: {reason}.",
            "Copy the model again, or choose another: ssp models.",
        ) from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's remarks on the head that is new and its bars."""
    from transformers.utils import logging as remarks

    logging: Any = remarks
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
