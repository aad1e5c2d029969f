"""Asking a language model for the labels of items: questions in, one answer per item out."""

from __future__ import annotations

from core.asking.conversation import Answer, ask
from core.asking.manner import Asking, Manner, Question, asked_again, calls_per_item, opening

__all__ = ["Answer", "Asking", "Manner", "Question", "ask", "asked_again", "calls_per_item", "opening"]
