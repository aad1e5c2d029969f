"""Sentence embeddings of a neural model the user has on disk; loaded when a text is not in the cache.

Nothing is downloaded unless `download` is set, and code that comes with a model is never run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core import world
from core.embedders import Progress, embedders
from core.embedders.checks import check_text, refuse_unless
from core.embedders.dense import Dense
from core.embedders.metric import FloatArray
from core.errors import RecipeError
from core.library_remarks import quiet

POOLINGS = ("model", "mean", "cls", "max", "lasttoken")
LIBRARIES = ("sentence-transformers", "transformers", "torch")
ORGANIZATION = "sentence-transformers"
"""Whose model a name without an owner is, as the library reads it."""


@embedders.register("sentence_transformer")
@dataclass(frozen=True)
class SentenceEmbedder(Dense):
    """Similarity of sentence embeddings; prefixes, metric and batch_size as in `Dense`.

    Attributes:
        model: a folder, or the name of a model in the local cache.
        pooling: how the vectors of tokens become one: mean | cls | max | lasttoken, or model = as the
            model's own files say, and mean where they say nothing.
        download: fetch the model when it is not there yet.
    """

    part: ClassVar[str] = "sentence_transformer"
    packages: ClassVar[tuple[str, ...]] = ("sentence-transformers",)
    required: ClassVar[tuple[str, ...]] = ("model",)

    model: str = ""
    prefix: str = ""
    query_prefix: str = ""
    pooling: str = "model"
    metric: str = "cosine"
    batch_size: int = 32
    download: bool = False
    _state: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.check()
        check_text(self.part, model=self.model)
        refuse_unless(
            self.pooling in POOLINGS, self.part, "pooling", self.pooling, f"one of {', '.join(POOLINGS)}"
        )
        refuse_unless(isinstance(self.download, bool), self.part, "download", self.download, "true or false")

    def identity(self) -> tuple[str, ...]:
        """The model's files (place, sizes, times), the pooling and the libraries that compute."""
        if "identity" not in self._state:
            made = world.is_world(self.model)
            files = (world.identity(self.model),) if made else _fingerprint(self._folder())
            libraries = (f"{name} {version(name)}" for name in LIBRARIES)
            self._state["identity"] = (*files, self.pooling, f"own prompts: {self._prompts()}", *libraries)
        found: tuple[str, ...] = self._state["identity"]
        return found

    def compute(self, texts: Sequence[str]) -> npt.NDArray[Any]:
        """See `Dense.compute`. A prefix of ours takes the place of a prompt the model would add by itself."""
        rows = self._encoder().encode(
            list(texts),
            prompt="" if self._prompts() else None,
            batch_size=self.batch_size,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(rows)

    def _rows(self, texts: Sequence[str], prefix: str, report: Progress | None = None) -> FloatArray:
        """See `Dense._rows`. A model of the demo world is trained when it is not there."""
        if world.is_world(self.model):
            world.ensure(self.model, lambda _doing, done, total: report(done, total) if report else None)
        return super()._rows(texts, prefix, report)

    def _prompts(self) -> bool:
        return bool(self.prefix or self.query_prefix)

    def _folder(self) -> Path:
        """The folder of the model's files; a model that is not there yet is fetched if it may be."""
        if not self.model:
            raise RecipeError(
                "embedder sentence_transformer needs a model.",
                "Give --set embedder.model=FOLDER, or use --set embedder=ngrams.",
            )
        found = _local(self.model)
        if found is None and self.download:
            self._encoder()
            found = _local(self.model)
        if found is None:
            raise self._unloadable("it is neither a folder nor in the local cache")
        return found

    def _encoder(self) -> Any:
        if "encoder" not in self._state:
            self._state["encoder"] = self._load()
        return self._state["encoder"]

    def _load(self) -> Any:
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer

        try:
            named = str(_local(self.model)) if world.is_world(self.model) else self.model
            with quiet():
                encoder = SentenceTransformer(
                    named, local_files_only=not self.download, trust_remote_code=False, device="cpu"
                )
        except (OSError, ValueError, RuntimeError, LookupError, ImportError, SafetensorError) as problem:
            raise self._unloadable(str(problem).partition("\n")[0]) from None
        folder = _local(self.model)
        configured = folder is not None and (folder / "modules.json").is_file()
        pooling = self.pooling if configured or self.pooling != "model" else "mean"
        if pooling != "model":
            _pool(encoder, pooling, self.model)
        return encoder

    def _unloadable(self, reason: str) -> RecipeError:
        return RecipeError(
            f"the sentence model {self.model!r} could not be loaded: {reason.rstrip('.')}.",
            "Give a folder that holds it, or set embedder.download=true.",
        )


def _local(model: str) -> Path | None:
    """The folder of a model on this machine: the one that is named, or that of the local cache."""
    if world.is_world(model):
        return world.folder(model)
    if Path(model).is_dir():
        return Path(model).resolve()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    name = model if "/" in model else f"{ORGANIZATION}/{model}"
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return None


def _fingerprint(folder: Path) -> tuple[str, ...]:
    """The place, and size and time of every file in it that is not hidden."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    shown = [path for path in files if not any(part[0] == "." for part in path.relative_to(folder).parts)]
    stats = ((path.relative_to(folder).as_posix(), path.stat()) for path in shown)
    return (str(folder), *(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats))


def _pool(encoder: Any, pooling: str, model: str) -> None:
    """Replace how the encoder makes one vector of many. Raises RecipeError where it has no such step."""
    from sentence_transformers.sentence_transformer.modules import Pooling

    at = next((at for at, module in enumerate(encoder) if isinstance(module, Pooling)), None)
    if at is None or not isinstance(encoder[at].pooling_mode, str):
        raise RecipeError(
            f"the sentence model {model!r} does not pool tokens in one way that could be changed.",
            "Use --set embedder.pooling=model.",
        )
    encoder[at].pooling_mode = pooling
