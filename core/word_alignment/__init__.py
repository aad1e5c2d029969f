"""Which words of two sentences that are translations of each other belong together.

A model of single words with a liking for the diagonal (fast_align: Dyer, Chahuneau and Smith 2013, NAACL,
aclanthology.org/N13-1073, section 2) is learned by EM from the sentence pairs at hand, in both directions.
Words that look alike (numbers, names, punctuation) are more probable from the start: that is ours, for
collections too small to learn them. Nothing here is random.
"""

from core.word_alignment.linking import Links, links
from core.word_alignment.model import Model, Words, learn

__all__ = ["Links", "Model", "Words", "learn", "links"]
