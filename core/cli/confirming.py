"""Before text leaves or money is spent: what and how much, and somebody who says yes.

Who says yes on a terminal has read where the text goes. `--yes` agrees to a host that the same command names;
one that only a saved recipe names has to be named as well (`--set llm.agreed=HOST`).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace

import typer

from core.cli.cost_text import estimate_text
from core.costs import Estimate
from core.costs.estimating import estimate_of
from core.egress import EgressRefused, host_of, is_this_machine
from core.errors import Cancelled, StudioError
from core.jobs.prepare import Request, describe, prepare
from core.jobs.storing import finished
from core.llms import LIVE
from core.recipes import resolve
from core.settings import Settings
from core.store import Store, views
from core.trust import kept

TABLES = ("llm", "embedder")


class NotConfirmed(StudioError):
    """Nobody said yes."""

    code = "not_confirmed"


def confirmed(store: Store, settings: Settings, request: Request, *, yes: bool) -> Request:
    """The request, with the leave to send text that was given; says on stderr what it will take.

    Raises:
        StudioError: what `prepare` raises. EgressRefused, NotConfirmed, Cancelled: nobody agreed.
    """
    if not request.parent and not _asks_somebody(store, request):
        return request
    job = prepare(store, request)
    if job.recipe["stage2"]["llm"] not in LIVE and job.recipe["embedder"]["name"] != "endpoint":
        return request
    if finished(store, job.run_id, job.dataset.id):
        return request
    found = estimate_of(store, job, settings.workspace)
    print(estimate_text(found), file=sys.stderr)
    probed = kept(settings.workspace, "contamination", job.dataset.id, found.model, found.host)
    if probed:
        print(f"contamination: {probed['words']}", file=sys.stderr)
    if agreed(found.statement, leaves=bool(found.agree), costs=found.costs, yes=yes):
        return _with_leave(request, found.agree, job.recipe)
    return _named_only(request, found, job.recipe)


def confirmed_unseen(request: Request, *, yes: bool) -> Request:
    """As `confirmed`, where a dashboard holds the workspace: what it will take is told on its Run page.

    Raises:
        NotConfirmed: the command names a server, and nobody said yes.
    """
    named = {key: host_of(value) for key, value in request.overrides.items() if key.endswith(".base_url")}
    away = {key: host for key, host in named.items() if not is_this_machine(host)}
    if not away:
        return request
    if not yes:
        hosts = ", ".join(sorted(set(away.values())))
        raise NotConfirmed(
            f"text would go to {hosts}, and a dashboard holds the workspace.",
            "Look at the estimate on its Run page and start there, or give --yes.",
        )
    given = {key.replace(".base_url", ".agreed"): host for key, host in away.items()}
    return replace(request, overrides={**request.overrides, **given})


def _asks_somebody(store: Store, request: Request) -> bool:
    """Whether a language model or a server of vectors is asked at all; quick, where reading data is not."""
    dataset = views.dataset(store, request.dataset)
    recipe = resolve(request.recipe, request.overrides, describe(store, dataset))
    return recipe["stage2"]["llm"] in LIVE or recipe["embedder"]["name"] == "endpoint"


def agreed(statement: str, *, leaves: bool, costs: bool, yes: bool) -> bool:
    """Whether somebody at a terminal said yes; False where nobody was asked, and need not be.

    Raises:
        Cancelled: somebody said no. NotConfirmed: nobody can be asked, and `--yes` was not given.
    """
    if yes or not (leaves or costs):
        return False
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        why = f"nobody agreed: {statement}" if leaves else "nobody agreed, and money may be spent."
        raise NotConfirmed(why, "Give --yes to agree, or ask at a terminal.")
    if not typer.confirm("Go on?", default=False, err=True):
        raise Cancelled("nothing was sent.")
    return True


def _named_only(request: Request, found: Estimate, recipe: Mapping[str, Mapping[str, object]]) -> Request:
    """Leave for the hosts that the command itself names. Raises EgressRefused for another."""
    named = {
        host_of(value) for key, value in request.overrides.items() if key.endswith((".base_url", ".agreed"))
    }
    for host in found.agree:
        if host not in named:
            raise EgressRefused(
                f"nobody has agreed that text goes to {host}, which the saved recipe names.",
                f"Name it with the command: --set llm.agreed={host}",
            )
    return _with_leave(request, found.agree, recipe)


def _with_leave(
    request: Request, hosts: tuple[str, ...], recipe: Mapping[str, Mapping[str, object]]
) -> Request:
    """The request with `agreed` for these hosts, in each table that sends text to one of them."""
    given = {
        f"{table}.agreed": host
        for table in TABLES
        for host in hosts
        if host_of(str(recipe.get(table, {}).get("base_url") or "-")) == host
    }
    return replace(request, overrides={**request.overrides, **given}) if given else request
