"""The replay model: answers exactly the prompts it has seen, with the recorded completions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from core.errors import NoRecordedCalls
from core.llms import Alive, Request, llms
from core.types import Completion, Prompt


@llms.register("replay")
class Replay:
    """Looks a prompt up by the hash of its text; one character more or less has no answer."""

    def __init__(self, completions: Iterable[Completion]) -> None:
        self._answers = {completion.prompt_sha256: completion for completion in completions}

    @property
    def name(self) -> str:
        """What runs record as their model."""
        return "replay"

    def __len__(self) -> int:
        return len(self._answers)

    def identity(self) -> Mapping[str, Any]:
        """See `LLM.identity`; the recorded calls keep the keys they were recorded under."""
        return {"replay": True}

    def answers(self, requests: Iterable[Request], alive: Alive) -> Iterator[tuple[Request, Completion]]:
        """See `LLM.answers`.

        Raises:
            NoRecordedCalls: nothing is recorded for one of them.
        """
        for request in requests:
            alive()
            yield request, replace(self.complete(request.prompt), prompt=request.prompt.text)

    def complete(self, prompt: Prompt) -> Completion:
        """The recorded completion of this very prompt.

        Raises:
            NoRecordedCalls: nothing is recorded, or not for this text.
        """
        found = self._answers.get(prompt.sha256)
        if found is None:
            known = f"; {len(self)} other prompts are recorded" if self._answers else ""
            raise NoRecordedCalls(
                f"no recorded calls for the prompt {prompt.sha256[:12]}{known}.",
                "Use the recorded exemplars and template, or another model (--set llm=offline).",
            )
        return found
