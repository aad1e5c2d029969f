"""XAMPLER: learning to retrieve cross-lingual exemplars (arXiv 2405.05116).

A run whose recipe says `embedder = xampler` tries every source item with each of its nearest neighbours as
the one exemplar (`judging`); where the labeller was right, the two are a positive pair, else a negative one.
An encoder is fine-tuned on these pairs (`learning`) and kept by the name of all that decides it (`naming`).
"""

from core.retrieval.making import ready
from core.retrieval.naming import asks, learns, named

__all__ = ["asks", "learns", "named", "ready"]
