"""XAMPLER's retriever: a sentence encoder that learned which exemplars make a labeller right.

Source: XAMPLER, arXiv 2405.05116, section 3. It is trained when a run first needs it (`core.retrieval`), from
the run's labelled sources, and kept in `<workspace>/models/retrievers/<trained>/` as an ordinary folder of
sentence-transformers. Here it only embeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core import embedding_cache
from core.embedders import embedders
from core.embedders.checks import check_text, check_whole, refuse_unless
from core.embedders.dense import Dense
from core.embedders.sentence_transformer import LIBRARIES, SentenceEmbedder
from core.errors import RecipeError

POSITIVES = ("mined", "gold")
ALL_LAYERS = -1
FACTS = "xampler.json"
"""Written last into a retriever's folder: what it was made of and how the training went."""


@embedders.register("xampler")
@dataclass(frozen=True)
class Retriever(Dense):
    """Cosine of a fine-tuned encoder's sentence vectors (mean over sub-words).

    Attributes:
        base: the encoder to start from: a folder, or the name of a model on this machine.
        positives: mined = exemplars in whose light the run's labeller was right; gold = those of the same
            label.
        candidates: nearest exemplars each source item is tried with, one at a time.
        queries: source items that are tried; 0 = all.
        threshold: token tasks: the F1 from which an answer counts as right.
        epochs: passes over the pairs at most.
        learning_rate: highest rate.
        batch_size: pairs at a time in training, texts at a time afterwards.
        margin: cosine distance that wrong pairs are pushed beyond.
        max_length: sub-words of a text that are read.
        layer: encoder layers that are used, counted from the input; -1 = all.
        source: language (ISO 639-3) of the sources to learn from; empty = all.
        dev_share: share of the queries that is held out to see when to stop.
        patience: looks at these without a rise after which training ends.
        trained: a retriever that is kept already (ssp retriever); empty = the one that these settings and
            sources make.
    """

    part: ClassVar[str] = "xampler"
    packages: ClassVar[tuple[str, ...]] = ("sentence-transformers",)
    required: ClassVar[tuple[str, ...]] = ("base",)

    base: str = ""
    positives: str = "mined"
    candidates: int = 10
    queries: int = 0
    threshold: float = 0.5
    epochs: int = 20
    learning_rate: float = 2e-5
    batch_size: int = 16
    margin: float = 0.5
    max_length: int = 256
    layer: int = ALL_LAYERS
    source: str = ""
    dev_share: float = 0.1
    patience: int = 3
    trained: str = ""
    prefix: str = field(default="", init=False, repr=False)
    query_prefix: str = field(default="", init=False, repr=False)
    metric: str = field(default="cosine", init=False, repr=False)
    _state: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_text(self.part, base=self.base, source=self.source, trained=self.trained)
        refuse_unless(
            self.positives in POSITIVES, self.part, "positives", self.positives, " or ".join(POSITIVES)
        )
        for key, low, high in (
            ("candidates", 1, 1000), ("queries", 0, 10**9), ("epochs", 1, 1000), ("batch_size", 1, 4096),
            ("max_length", 8, 8192), ("patience", 1, 1000),
        ):  # fmt: skip
            check_whole(self.part, key, getattr(self, key), low, high)
        for key, most in (("threshold", 1.0), ("learning_rate", 1.0), ("margin", 2.0), ("dev_share", 0.5)):
            _check_number(key, getattr(self, key), most)
        good = isinstance(self.layer, int) and (self.layer == ALL_LAYERS or self.layer > 0)
        refuse_unless(good, self.part, "layer", self.layer, "a number from 1, or -1 for all")

    def identity(self) -> tuple[str, ...]:
        """Which retriever, and the libraries that compute. A kept folder never changes."""
        return (self.trained, *(f"{name} {version(name)}" for name in LIBRARIES))

    def compute(self, texts: Sequence[str]) -> npt.NDArray[Any]:
        """See `Dense.compute`.

        Raises:
            RecipeError: the retriever is not kept any more.
        """
        if "encoder" not in self._state:
            self._state["encoder"] = SentenceEmbedder(model=str(self._folder()), batch_size=self.batch_size)
        return np.asarray(self._state["encoder"].compute(texts))

    def _folder(self) -> Path:
        found = place(self.trained)
        if not is_kept(self.trained):
            raise gone(self.trained)
        return found


def place(trained: str) -> Path:
    """Where a trained retriever is kept: in the workspace whose vectors are used."""
    return embedding_cache.folder().parents[1] / "models" / "retrievers" / (trained or "-")


def is_kept(trained: str) -> bool:
    """Whether a retriever is there, whole."""
    return bool(trained) and (place(trained) / FACTS).is_file()


def gone(trained: str) -> RecipeError:
    """What to say where a retriever is named that is not there."""
    return RecipeError(
        f"the trained retriever {trained or '(none named)'} is not in {place(trained).parent}.",
        "Start a run with embedder=xampler and no embedder.trained: it is trained again. "
        "Those that are kept: ssp retriever.",
    )


def _check_number(key: str, value: object, most: float) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    good = number and 0 <= value <= most and (value > 0 or key != "learning_rate")  # type: ignore[operator]
    refuse_unless(good, "xampler", key, value, f"a number from 0 to {most:g}")
