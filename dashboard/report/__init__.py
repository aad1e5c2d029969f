"""A comparison as one file that is read without the application: what it holds, how it looks."""

from dashboard.report.document import (
    Document,
    Figure,
    Gain,
    Gains,
    Section,
    Sentence,
    Sentences,
    Table,
    Word,
)
from dashboard.report.page import build

__all__ = [
    "Document",
    "Figure",
    "Gain",
    "Gains",
    "Section",
    "Sentence",
    "Sentences",
    "Table",
    "Word",
    "build",
]
