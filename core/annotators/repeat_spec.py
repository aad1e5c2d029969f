"""Which words are to have which label: what was asked, and the forms that are meant.

The patterns are RE2's, which takes time linear in the text whatever the pattern is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import StudioError, UnknownName

HOW = ("form", "form+label", "pattern", "confidence")
LONGEST = 500
"""Characters a pattern may have."""


@dataclass(frozen=True, slots=True)
class Spec:
    """Which words get which label.

    Attributes:
        label: the new one; for entities the type alone will do.
        how: form (the same word, whatever its label), form+label (the same word where it is `label_before`),
            pattern (words that match as a whole), confidence (the same word where the run was less sure
            than `threshold`).
        case: whether upper and lower case are told apart.
        human: whether words that humans labelled change as well.
        origin: (position, place of the word) where it was said first, which is left alone.
    """

    label: str
    how: str = "form"
    form: str = ""
    label_before: str = ""
    pattern: str = ""
    threshold: float = 0.5
    case: bool = True
    human: bool = False
    origin: tuple[int, int] | None = None

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Spec:
        """What a browser says. Raises StudioError where it makes no sense."""
        here = told.get("id"), told.get("token")
        threshold = told.get("threshold", 0.5)
        if isinstance(threshold, bool) or not isinstance(threshold, int | float):
            raise StudioError("the threshold is not a number.", "Give one between 0 and 1.")
        text = {
            name: str(told.get(name) or "") for name in ("label", "how", "form", "label_before", "pattern")
        }
        return cls(
            **{**text, "how": text["how"] or "form"},
            threshold=float(threshold),
            case=bool(told.get("case", True)),
            human=bool(told.get("human", False)),
            origin=(here[0], here[1]) if isinstance(here[0], int) and isinstance(here[1], int) else None,
        )


def checked(spec: Spec | Mapping[str, Any]) -> Spec:
    """What was asked, if it can be carried out. Raises UnknownName, StudioError."""
    found = spec if isinstance(spec, Spec) else Spec.read(spec)
    if found.how not in HOW:
        raise UnknownName("way to repeat", found.how, HOW)
    if found.how == "pattern" and not found.pattern:
        raise StudioError("there is no pattern.", "Type one, for example .*ing")
    return found


def said(spec: Spec) -> str:
    """An action in words, for the history."""
    what = {
        "form": f"every {spec.form!r}",
        "form+label": f"every {spec.form!r} that was {spec.label_before}",
        "pattern": f"every word that matches {spec.pattern}",
        "confidence": f"every {spec.form!r} below {spec.threshold:.2f}",
    }[spec.how]
    return f"{what} is {spec.label}"


def meant(forms: Sequence[str], spec: Spec) -> npt.NDArray[np.bool_]:
    """(F,) which of the forms are meant."""
    if spec.how != "pattern":
        wanted = spec.form if spec.case else spec.form.casefold()
        same = (form if spec.case else form.casefold() for form in forms)
        return np.fromiter((form == wanted for form in same), dtype=bool, count=len(forms))
    if len(spec.pattern) > LONGEST:
        raise StudioError(f"the pattern is longer than {LONGEST} characters.", "Make it shorter.")
    try:
        found = pc.match_substring_regex(
            pa.array(forms, type=pa.string()), pattern=f"^(?:{spec.pattern})$", ignore_case=not spec.case
        )
    except pa.ArrowInvalid as error:
        raise StudioError(
            f"{spec.pattern!r} is no pattern: {_reason(error)}.", "Regular expressions as RE2 has them."
        ) from None
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0].rsplit(": ", 1)[-1].strip().rstrip(".") or "it cannot be read"
