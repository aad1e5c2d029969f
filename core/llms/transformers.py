"""Any causal language model on this machine, in this process; held to the labels, so every answer parses.

Nothing is downloaded unless `download` is set, weights are read from safetensors only, and code that comes
with a model is never run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from core import world
from core.errors import RecipeError
from core.llms import Alive, Request, llms, request_key
from core.llms.causal.answering import Asked, Desk
from core.llms.causal.loading import CAUSAL, DEVICES, DTYPES, device_of, dtype_of, load
from core.llms.causal.waiting import attended
from core.local_parts import fingerprints
from core.pretrained import folder_of
from core.types import Completion


@llms.register("transformers")
@dataclass(frozen=True)
class Transformers:
    """A model through `AutoModelForCausalLM`, with its chat template where it has one.

    A request for labels is answered by choosing each label in turn, by the probability the model gives to
    it behind everything before; the words between are set. `Completion.label_probabilities` is the softmax
    over the label set of log P(label | prompt, answer so far): see `core.llms.causal.choosing.choose`.

    Attributes:
        model: a folder, or the name of a model in the hub's cache.
        free: let the model write what it likes, token by token, and read its answer like that of a server.
        max_tokens: of an answer that is written freely; 0 = as many as the frame needs.
        temperature: 0 = the most probable label or token. Further samples of a request use 0.7 then, as
            self-consistency does (Wang et al. 2023, arXiv 2203.11171, section 3.1).
        dtype: auto | fp32 | bf16 | fp16; auto = 32 bits, on a graphics card 16.
        download: fetch the model when it is not on this machine yet.
        device: auto | cpu | cuda | mps.
        batch_size: requests worked on at once; fewer where memory runs out.
    """

    packages: ClassVar[tuple[str, ...]] = ("torch", "transformers")
    required: ClassVar[tuple[str, ...]] = ("model",)
    operational: ClassVar[tuple[str, ...]] = ("download", "device", "batch_size")

    model: str = ""
    free: bool = False
    max_tokens: int = 0
    temperature: float = 0.0
    dtype: str = "auto"
    download: bool = False
    device: str = "auto"
    batch_size: int = 8
    _state: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rules = (
            ("max_tokens", self.max_tokens >= 0, "0 (as many as needed) or more"),
            ("temperature", 0 <= self.temperature <= 2, "0 to 2"),
            ("dtype", self.dtype in DTYPES, ", ".join(DTYPES)),
            ("device", self.device in DEVICES, ", ".join(DEVICES)),
            ("batch_size", 1 <= self.batch_size <= 1024, "1 to 1024"),
        )
        for name, good, wanted in rules:
            if not good:
                raise RecipeError(
                    f"language model transformers: {name} cannot be {getattr(self, name)!r}.",
                    f"Give {wanted}.",
                )
        if self.model and not self.download:
            folder_of(CAUSAL, self.model, download=False)

    @property
    def name(self) -> str:
        """What runs record as their model."""
        path = Path(self.model).expanduser()
        return path.resolve().name if path.is_dir() else self.model

    def identity(self) -> Mapping[str, Any]:
        """The model's files, how it is asked and in which precision, and the libraries that compute."""
        if "identity" not in self._state:
            self._state["identity"] = {
                "transformers": self.name,
                "files": self._fingerprint(),
                "free": self.free,
                "max_tokens": self.max_tokens,
                "temperature": self.temperature,
                "dtype": dtype_of(self.dtype, device_of(self.device)),
                "library": version("transformers"),
            }
        found: Mapping[str, Any] = self._state["identity"]
        return found

    def answers(self, requests: Iterable[Request], alive: Alive) -> Iterator[tuple[Request, Completion]]:
        """See `LLM.answers`. `seconds` of a completion is its part of the time its batch took.

        Raises:
            RecipeError: the model cannot be loaded, or its chat template cannot show a conversation.
        """
        waiting = iter(requests)
        while batch := list(islice(waiting, self.batch_size)):
            alive()
            desk = self._desk(alive)
            asked = [Asked(request, request_key(self.identity(), request)) for request in batch]
            yield from self._answered(desk, asked, alive)

    def _answered(
        self, desk: Desk, asked: Sequence[Asked], alive: Alive
    ) -> Iterator[tuple[Request, Completion]]:
        began = time.monotonic()
        found = attended(lambda pause: desk.complete(asked, pause), alive)
        seconds = (time.monotonic() - began) / len(asked)
        for one, reply in zip(asked, found, strict=True):
            yield one.request, reply.completion(one, self.name, self.identity(), seconds)

    def _desk(self, alive: Alive) -> Desk:
        if "desk" not in self._state:
            if world.is_world(self.model):
                world.ensure(self.model, lambda _doing, _done, _total: alive())
            self._state["desk"] = attended(self._open, alive)
        found: Desk = self._state["desk"]
        return found

    def _open(self, pause: Callable[[], None]) -> Desk:
        device = device_of(self.device)
        folder = self._folder()
        model = load(self.model, folder, device, dtype_of(self.dtype, device), self._fingerprint())
        pause()
        return Desk.of(model, free=self.free, max_tokens=self.max_tokens, temperature=self.temperature)

    def _fingerprint(self) -> str:
        if world.is_world(self.model):
            return world.identity(self.model)
        return fingerprints({"llm": {"model": str(self._folder())}})["llm.model"]

    def _folder(self) -> Path:
        if not self.model:
            raise RecipeError(
                "the language model transformers needs a model.", "Give --set llm.model=FOLDER."
            )
        if "folder" not in self._state:
            self._state["folder"] = folder_of(CAUSAL, self.model, download=self.download)
        found: Path = self._state["folder"]
        return found
