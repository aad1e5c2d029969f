"""The language model of a run: built from its recipe, let through the gate, its calls kept and counted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from core.calls import Account, Budget, CallLog, Logged, Spent
from core.calls.noting import Noting
from core.calls.pricing import Price, price
from core.errors import RecipeError
from core.llms import LIVE, LLM, Alive, Request, build
from core.llms.endpoint import Endpoint
from core.llms.replay import Replay
from core.probing import Capabilities, constraints_for, probe
from core.recipes import model_settings
from core.run_input import RunInput
from core.sending import let_through, model_line
from core.settings import settings, with_workspace
from core.types import Dataset
from core.whole_files import read_json, replace_json


def _silent() -> None:
    """Nobody wants to know."""


class Connected:
    """A language model that may be asked.

    Attributes:
        model: as it was built; asks without a log.
        host: where text is sent; "" = nowhere.
        account: counts what is asked, and stops where the budget does.
    """

    def __init__(self, model: LLM, host: str = "", account: Account | None = None) -> None:
        self.model, self.host, self.account = model, host, account or Account()

    @property
    def llm(self) -> LLM:
        """The model to ask."""
        return self.model

    def capabilities(self, *, anew: bool = False) -> Capabilities | None:
        """What the model was seen to do; None where nothing depends on it.

        Args:
            anew: try it out, whatever is known.

        Raises:
            RecipeError: it does not answer.
        """
        return None

    def spent(self) -> Spent:
        """What the calls of this run came to so far, those of earlier workers included."""
        return self.account.spent()

    def expect(self, requests: int) -> None:
        """Tell that so many more requests will be made, so that their price can be projected."""
        self.account.expect(requests)


class Kept(Connected):
    """A model whose calls are kept: the log answers what it can, and gets everything else.

    Args:
        run: who asks: calls of one run share its budget.
        seen: a file that remembers what the model was seen to do; None = it need not be remembered.
        alive: called while that is tried out; may raise.
    """

    def __init__(
        self, model: LLM, host: str, account: Account, log: CallLog, run: str, seen: Path | None, alive: Alive
    ) -> None:
        super().__init__(model, host, account)
        self._log, self._run, self._seen, self._alive = log, run, seen, alive
        self._logged: Logged | None = None
        self._known: Capabilities | None = None

    @property
    def llm(self) -> Logged:
        """The model to ask. Raises RecipeError: it has to be tried out first, and does not answer."""
        if self._logged is None:
            self._logged = Logged(
                _decided(self.model, self.capabilities()), self._log, self.account, self._run
            )
        return self._logged

    def capabilities(self, *, anew: bool = False) -> Capabilities | None:
        """See `Connected.capabilities`; tried out once, and remembered in the workspace."""
        if not anew and not _undecided(self.model):
            return None
        if self._known is None or anew:
            self._known = (None if anew else _remembered(self._seen)) or self._tried()
        return self._known

    def may_repeat(self, request: Request) -> bool:
        """See `core.llms.line.Line`."""
        return self._logged is None or self.account.repeat(self._logged.key(request))

    def _tried(self) -> Capabilities:
        found = probe(self.model, self._alive)
        if self._seen:
            self._seen.parent.mkdir(parents=True, exist_ok=True)
            replace_json(self._seen, asdict(found))
        return found


def _undecided(model: LLM) -> bool:
    return not isinstance(model, Endpoint) or "auto" in (model.constrain, model.logprobs)


def _decided(model: LLM, found: Capabilities | None) -> LLM:
    """The model with every `auto` replaced by what it was seen to do."""
    if not isinstance(model, Endpoint) or found is None:
        return model
    able = " ".join(constraints_for(found)) or "none"
    return model.tuned(
        constrain=able if model.constrain == "auto" else model.constrain,
        logprobs=("on" if found.logprobs else "off") if model.logprobs == "auto" else model.logprobs,
    )


def _remembered(place: Path | None) -> Capabilities | None:
    """What an earlier probe found; what cannot be read counts as nothing."""
    with suppress(OSError, ValueError, RecipeError):
        document = read_json(place) if place else {}
        return Capabilities.read(document) if document else None
    return None


def remembered(name: str, said: Mapping[str, Any], workspace: Path) -> tuple[LLM, Capabilities | None]:
    """The model as a run would ask it, as far as that is known without asking; it has no leave to ask.

    Returns:
        The model, `auto` decided by what it was seen to do, and what that was: None = it was not tried out
        yet, or nothing depends on it.

    Raises:
        UnknownName, RecipeError, NotInstalled: it cannot be built.
    """
    model: LLM = build(name, said)
    place = _seen(workspace, model) if isinstance(model, Endpoint) else None
    found = _remembered(place) if _undecided(model) else None
    return _decided(model, found), found


def connected(job: RunInput, alive: Alive = _silent, datasets: Sequence[Dataset] | None = None) -> Connected:
    """The model that a run's recipe names, ready to be asked; no connection is opened yet.

    Args:
        alive: called while its capabilities are tried out; may raise.
        datasets: whose text will be sent; None = that of the run's prompts (`shown`).

    Raises:
        RecipeError: it cannot be built. EgressRefused: the text may not go there.
    """
    name = str(job.recipe["stage2"]["llm"])
    if name == "replay":
        return Connected(Replay(job.completions))
    if name not in LIVE:
        raise RecipeError(f"the language model {name} cannot be asked.")
    place = job.folder.parents[1] if job.folder else settings().workspace
    run = job.folder.name if job.folder else job.run_id
    said = model_settings(job.recipe)
    owners = shown(job) if datasets is None else datasets
    return connect_model(name, said, owners, place, run=run, folder=job.folder, alive=alive)


def shown(job: RunInput) -> list[Dataset]:
    """The data sets whose text a run's prompts hold: the target, and the sources of exemplars."""
    stage1, stage2 = job.recipe["stage1"], job.recipe["stage2"]
    from_sources = stage1["labeler"] == "incontext" or bool(stage2.get("from_sources"))
    task, labels = job.dataset.task, job.dataset.labels
    sources = (
        Dataset(source.dataset, source.dataset, source.language, task, labels, egress=source.egress)
        for source in job.sources
    )
    return [job.dataset, *(sources if from_sources else ())]


def connect_model(
    name: str,
    said: Mapping[str, Any],
    datasets: Iterable[Dataset],
    workspace: Path,
    *,
    run: str = "",
    folder: Path | None = None,
    alive: Alive = _silent,
) -> Kept:
    """A language model with leave to be asked; no connection is opened yet.

    Args:
        name: endpoint or transformers. said: its settings.
        datasets: whose text will be sent.
        workspace: where calls are kept and prices are looked up.
        run: who asks: calls of one run share its budget.
        folder: of the job, where what is spent is noted.
        alive: called while its capabilities are tried out; may raise.

    Raises:
        UnknownName, RecipeError, NotInstalled: it cannot be built. EgressRefused: the text may not go there.
    """
    model: LLM = build(name, said)
    host = let_through(model.base_url, datasets, model.agreed) if isinstance(model, Endpoint) else ""
    log = CallLog(with_workspace(workspace).calls)
    cost = price(model.name, host, workspace)
    account = Account(_budget(model, cost), cost, log.totals(run) if run else None)
    found = Kept(model, host, account, log, run, _seen(workspace, model) if host else None, alive)
    if isinstance(model, Endpoint):
        model.connect(model_line(model.base_url, host, found.may_repeat, partial(log.add, run=run)))
    if folder:
        account.changed = Noting(folder, account, model.name, host)
    return found


def _budget(model: LLM, cost: Price | None) -> Budget:
    """Raises RecipeError: money is limited, and nobody knows what the model costs."""
    if not isinstance(model, Endpoint):
        return Budget()
    if model.max_price and cost is None:
        raise RecipeError(
            f"llm.max_price needs a price of {model.model}, and none is known.",
            "Add it (ssp llm prices), or limit llm.max_calls or llm.max_total_tokens.",
        )
    return Budget(model.max_calls, model.max_price, model.max_total_tokens)


def _seen(workspace: Path, model: LLM) -> Path:
    """Where it is remembered what a server was seen to do."""
    said = json.dumps([model.identity().get("endpoint"), model.name])
    name = hashlib.sha256(said.encode()).hexdigest()
    return workspace / "cache" / "capabilities" / f"{name}.json"
