"""How similar two sentences are: the part of the run form that chooses an embedder."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.egress import host_of, is_this_machine
from core.types import Dataset

KINDS = {
    "auto": "as the recipe says",
    "ngrams": "character n-grams (no model)",
    "sentence_transformer": "a sentence model on this machine",
    "endpoint": "a server (OpenAI-compatible)",
}
METRICS = {"cosine": "cosine", "dot": "dot product", "euclidean": "Euclidean distance"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says; `agreed`: this text may be sent to that server in this run."""

    kind: str
    metric: str = "cosine"
    model: str = ""
    base_url: str = ""
    prefix: str = ""
    agreed: bool = False


def fields(dataset: Dataset) -> Asked:
    """The inputs, folded away: n-grams serve every language."""
    with st.expander("How similar sentences are", icon=":material/join_inner:"):
        left, right = st.columns(2)
        kind = left.selectbox("Similarity by", list(KINDS), format_func=KINDS.__getitem__)
        metric = right.selectbox("Measured as", list(METRICS), format_func=METRICS.__getitem__)
        model = left.text_input(
            "Model", placeholder="folder, or name", help="Nothing is downloaded: the model has to be there."
        )
        base_url = right.text_input("Server address", placeholder="http://127.0.0.1:8080/v1")
        prefix = left.text_input("Prefix of every text", placeholder="query: ")
        agreed = right.checkbox(
            "This text may be sent to that server",
            disabled=dataset.egress != "ask",
            value=dataset.egress == "any",
            help="Asked for servers on other machines. Keys come from the environment (SSP_EMBEDDINGS_KEY).",
        )
    return Asked(kind, metric, model.strip(), base_url.strip(), prefix, agreed)


def overrides(asked: Asked) -> dict[str, str]:
    """The form's words as overrides of the recipe."""
    if asked.kind == "auto":
        return {}
    given = {"embedder": asked.kind, "embedder.metric": asked.metric}
    if asked.kind == "ngrams":
        return given
    given |= {"embedder.model": asked.model}
    if asked.prefix:
        given |= {"embedder.prefix": f'"{asked.prefix}"'}  # quotes keep the blank at its end
    if asked.kind == "endpoint":
        given |= {"embedder.base_url": asked.base_url}
        if asked.agreed and not is_this_machine(host_of(asked.base_url)):
            given |= {"embedder.agreed": host_of(asked.base_url)}
    return given
