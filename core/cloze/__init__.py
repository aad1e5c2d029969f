"""Cloze scoring with masked and causal language models, and soft prompts for it."""
