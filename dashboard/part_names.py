"""What the parts of a recipe are called: labelers, recipes, similarities, selectors."""

from __future__ import annotations

LABELERS = {
    "crf": "CRF trained on the source languages",
    "overlap": "word-overlap baseline",
    "ngram_lr": "n-gram classifier trained on the sources",
    "encoder": "pretrained encoder, fine-tuned on the sources",
    "incontext": "language model, shown exemplars of the sources",
    "hard_prompt": "fixed prompt, a word at the mask",
    "soft_prompt": "soft prompt trained on the sources",
    "mpt": "translated soft prompt (MPT)",
    "pct": "two-language prompt (PCT)",
    "npprompt": "prompt with neighbouring label words (NPPrompt)",
    "rosprompt": "robust soft prompt (RoSPrompt)",
    "vote": "vote of the nearest source exemplars",
    "none": "nobody",
    "gold": "gold labels, as a skyline",
}
RECIPES = {
    "ssp": "SSP",
    "transfer": "Transfer",
    "nearest": "Nearest",
    "random": "Random",
    "zeroshot": "Zero-shot",
    "source_icl": "Source exemplars",
    "skyline": "Skyline",
    "iterate": "Once more",
    "xampler": "XAMPLER",
    "mpt": "MPT",
    "pct": "PCT",
    "soft_prompt": "Soft prompt",
    "hard_prompt": "Hard prompt",
    "rosprompt": "RoSPrompt",
    "npprompt": "NPPrompt",
}
SIMILARITIES = {
    "ngrams": "character n-grams (no model)",
    "sentence_transformer": "a sentence model on this machine",
    "endpoint": "a server (OpenAI-compatible)",
    "xampler": "a retriever trained for this (XAMPLER)",
    "random": "nothing: drawn at random",
}
"""What two sentences are compared by."""
SHORT_SIMILARITIES = {
    "sentence_transformer": "sentence model",
    "endpoint": "served model",
    "xampler": "XAMPLER",
}
SELECTORS = {
    "ilp": "ILP",
    "recorded": "recorded exemplars",
    "random": "random",
    "similarity": "nearest",
    "mmr": "marginal relevance (MMR)",
    "dpp": "determinantal (DPP)",
    "set_bsr": "set coverage (Set-BSR)",
    "vote_k": "vote-k",
    "label_diverse": "label-diverse greedy",
    "none": "no exemplars",
}
METHODS = ("ilp", "similarity", "mmr", "dpp", "set_bsr", "vote_k", "label_diverse", "random")
"""Selectors to choose from, in the order they are offered."""
