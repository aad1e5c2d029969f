"""Try a method on the demo world: import its data, queue a few runs of it and of what it is held against."""

from __future__ import annotations

import shlex

import streamlit as st

from core import catalog
from core.catalog.method_table import Demo, Method
from dashboard import actions, naming, queries, state
from dashboard.widgets import errors


def offer(method: Method) -> None:
    """What would be done, the button that does it, the same on the command line; nothing without a demo."""
    demo = method.demo
    known = catalog.entries()
    if not demo.trials or not {*demo.datasets} <= {*known}:
        return
    n = sum(len(trial.seeds) for trial in demo.trials)
    recipes = ", ".join(
        dict.fromkeys(naming.RECIPES.get(trial.recipe, trial.recipe) for trial in demo.trials)
    )
    with st.container(border=True, key="demo-world"):
        st.markdown(f"#### Try {method.title} on the demo world")
        st.markdown(
            "A synthetic world of small languages, made on this machine: no download, nothing to agree to. "
            f"It imports {len(demo.datasets)} data sets and queues {n} runs ({recipes}), one after the "
            "other. The tiny language model is trained at the first of them, in about half a minute."
        )
        if not state.view().present and st.button(
            "Try it", type="primary", icon=":material/science:", key=f"try-{method.key}"
        ):
            with errors.shown():
                job = _queued(demo)
                state.go(dataset=demo.target, method=method.key, job=job)
                st.rerun()
        with st.expander("The same on the command line", icon=":material/terminal:"):
            st.code("\n".join(commands(demo)), language=None, wrap_lines=True)


def _queued(demo: Demo) -> str:
    """Import what is missing and queue every run; returns the first job."""
    present = {item.id for item in queries.datasets()}
    with st.spinner("Making the demo world’s data"):
        for name in demo.datasets:
            if name not in present:
                actions.import_dataset(name, lambda *_: None)
        started = [
            actions.start_run(trial.recipe, demo.target, trial.settings, sources=trial.sources, seed=seed)
            for trial in demo.trials
            for seed in trial.seeds
        ]
    return started[0]


def commands(demo: Demo) -> list[str]:
    """What the button does, for a shell."""
    lines = [f"ssp import {name}" for name in demo.datasets]
    for trial in demo.trials:
        words = ["ssp", "sweep", trial.recipe, "--dataset", demo.target]
        words += [word for source in trial.sources for word in ("--source", source)]
        words += [word for key, value in trial.settings.items() for word in ("--set", f"{key}={value}")]
        lines.append(shlex.join([*words, "--seeds", str(len(trial.seeds))]))
    return lines
