"""What the settings of prompts and of a learned retriever are called on the page.

Their help is what the parts say of themselves (`field_texts.described`), unless something stands here.
"""

from __future__ import annotations

from collections.abc import Mapping

MAIN_STAGE1 = ("parallel", "shots", "target_shots", "prompt_length", "alpha", "words", "prompt")
"""Settings of prompts that are in view; the others are folded away."""
MAIN_EMBEDDER = ("base", "positives", "candidates", "epochs", "source", "layer")

LABELS: Mapping[str, str] = {
    "stage1.parallel": "Sentence pairs from",
    "stage1.pairs": "Sentence pairs used",
    "stage1.misaligned": "Share of wrong pairs",
    "stage1.switched": "Share of words put in the target's language",
    "stage1.translator": "Prompt translator",
    "stage1.alpha": "Weight of the alignment (α)",
    "stage1.prompt_length": "Soft vectors",
    "stage1.encoder": "Prompt encoder",
    "stage1.start": "Words to begin with",
    "stage1.words": "Label words",
    "stage1.target_words": "Label words of the target",
    "stage1.template": "Template",
    "stage1.target_template": "Template of the target",
    "stage1.shots": "Shots per label",
    "stage1.target_shots": "Shots per label of the target",
    "stage1.steps": "Training steps at most",
    "stage1.translator_steps": "Steps of the translator",
    "stage1.translator_rate": "Learning rate of the translator",
    "stage1.tuning_steps": "Steps on the target's shots",
    "stage1.tuning_rate": "Learning rate on the target's shots",
    "stage1.joint": "Go on with the source prompt",
    "stage1.freeze_backbone": "Leave the language model as it is",
    "stage1.backbone_rate": "Learning rate of the language model",
    "stage1.prompt": "A trained prompt",
    "stage1.smoothing": "Contrastive label smoothing",
    "stage1.drift": "Price of drifting from the model",
    "stage1.neighbours": "Neighbouring words per label word",
    "stage1.multilingual": "Label words in several languages",
    "stage1.languages": "Of which languages",
    "stage1.seen": "Labels to learn from",
    "stage1.over": "Label words win against",
    "stage1.held_out": "Held-out items per label",
    "stage1.calibration": "Calibration",
    "stage1.temperature": "Temperature of the vote",
    "stage1.doubt": "Doubt",
    "embedder.base": "Encoder to start from",
    "embedder.positives": "Good exemplars are",
    "embedder.candidates": "Candidates per item",
    "embedder.queries": "Items tried",
    "embedder.threshold": "F1 that counts as right",
    "embedder.epochs": "Passes over the pairs",
    "embedder.learning_rate": "Learning rate",
    "embedder.batch_size": "Pairs at a time",
    "embedder.margin": "Margin",
    "embedder.max_length": "Sub-words read",
    "embedder.layer": "Encoder layers used",
    "embedder.source": "Learn from this source language",
    "embedder.dev_share": "Share held out",
    "embedder.patience": "Patience",
    "embedder.trained": "A trained retriever",
    "embedder.seed": "Draw",
}

OPTIONS: Mapping[str, Mapping[str, str]] = {
    "stage1.translator": {
        "linear-2": "two linear layers",
        "linear-1": "one linear layer",
        "lstm-1": "LSTM, one layer",
        "lstm-2": "LSTM, two layers",
        "transformer-1": "transformer, one layer",
        "transformer-2": "transformer, two layers",
    },
    "stage1.over": {"vocabulary": "every word of the model", "labels": "each other"},
    "stage1.calibration": {"none": "none", "target": "by the target's texts"},
    "embedder.positives": {
        "mined": "those in whose light the labeller was right",
        "gold": "those of the same label",
    },
}
