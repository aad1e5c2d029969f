"""Blame: which exemplars may have put a wrong label into Stage II, and which put a right one.

An exemplar is suspect of an error where it shows the wrong label that was given. What was recorded while a
run labelled (the offline tagger notes which words of the exemplars spoke for a label) is evidence; that an
exemplar carries the label, on the same word or where it is itself wrong, is only a ground for suspicion.
"""

from core.blame.exemplars import by_exemplar
from core.blame.grades import GRADES, KINDS, errors_of, errors_of_kind, held_against, suspects, told
from core.blame.material import Material, load, reference_of

__all__ = [
    "GRADES",
    "KINDS",
    "Material",
    "by_exemplar",
    "errors_of",
    "errors_of_kind",
    "held_against",
    "load",
    "reference_of",
    "suspects",
    "told",
]
