"""A synthetic multilingual world, in which transfer can be learned in half a minute on a processor.

Three languages A, B and C (codes qaa, qab, qac) say the same concepts in words of their own; the text has a
topic and a tone. Nothing in it is a fact about a real language. See docs/world.md.
"""

from core.world.models import MODELS, ensure, folder, identity, is_ready, is_world, kept_in
from core.world.plan import LANGUAGES, WORLD, World

__all__ = [
    "LANGUAGES",
    "MODELS",
    "WORLD",
    "World",
    "ensure",
    "folder",
    "identity",
    "is_ready",
    "is_world",
    "kept_in",
]
