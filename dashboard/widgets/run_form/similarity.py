"""How similar two sentences are: the part of the form that chooses an embedder."""

from __future__ import annotations

import streamlit as st

from dashboard import naming
from dashboard.field_texts import FieldText
from dashboard.plans import Plan
from dashboard.widgets.run_form.fields import bound, part_fields, pick, without

LEARNED = {
    "xampler": "Trained before the run from its sources, and kept for the next run that asks for the same.",
    "random": "The floor for every other choice: exemplars that have nothing to do with the sentence.",
}
METRICS = {"cosine": "cosine", "dot": "dot product", "euclidean": "Euclidean distance"}


def fields(plan: Plan) -> None:
    """The inputs, folded away: n-grams serve every language."""
    own = plan.base["embedder"]
    kind = str(plan.said("embedder.name"))
    with st.expander("How similar sentences are", icon=":material/join_inner:", expanded=kind != own["name"]):
        left, right = st.columns(2)
        with left:
            text = FieldText("Similarity by")
            kinds = naming.SIMILARITIES
            pick("embedder.name", own["name"], kind, kinds, text, spares=without(plan, "embedder"))
        if kind in LEARNED:
            st.caption(LEARNED[kind])
            part_fields(plan, "embedder", kind)
            return
        with right:
            metric = str(plan.said("embedder.metric") or "cosine")
            pick("embedder.metric", own.get("metric", "cosine"), metric, METRICS, FieldText("Measured as"))
        if kind == "ngrams":
            return
        with left:
            _text(
                plan, "model", "Model", "folder, or name", "Nothing is downloaded: the model has to be there."
            )
            _text(plan, "prefix", "Prefix of every text", "query: ", "")
        if kind == "endpoint":
            keys = "Keys come from the environment (SSP_EMBEDDINGS_KEY)."
            with right:
                _text(plan, "base_url", "Server address", "http://127.0.0.1:8080/v1", keys)


def _text(plan: Plan, key: str, label: str, placeholder: str, about: str) -> None:
    item = f"embedder.{key}"
    st.text_input(
        label,
        placeholder=placeholder,
        help=about or None,
        **bound(item, str(plan.base["embedder"].get(key, "")), str(plan.said(item) or "")),
    )
