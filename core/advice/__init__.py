"""Advice before work is done: which sources to learn from, whether the labels are good enough to go on."""
