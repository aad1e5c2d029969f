"""Languages no standard has a code for: what their owner says of them, checked."""

from __future__ import annotations

from core.catalog.language_table import GLOTTOCODE, PRIVATE, direction
from core.errors import StudioError, UnknownName
from core.types import Direction, Language

DIRECTIONS: dict[str, Direction] = {"ltr": "ltr", "rtl": "rtl"}


def private_language(
    code: str, *, name: str, script: str = "Latn", direction: str | None = None, glottocode: str = ""
) -> Language:
    """A language its owner describes.

    Args:
        code: qaa to qtz, x- and parts of up to eight letters and digits, or a Glottolog code.
        script: ISO 15924, four letters.
        direction: ltr or rtl; without one, that of the script.
        glottocode: of the language, or of a relative near enough to stand for it.

    Raises:
        StudioError: one of them is not of that form.
    """
    code, glottocode = code.strip().lower(), glottocode.strip().lower()
    if glottocode and not GLOTTOCODE.fullmatch(glottocode):
        hint = (
            "It is four letters or digits and four digits, such as faro1244; leave it out if there is none."
        )
        raise StudioError(f"{glottocode!r} is no Glottolog code.", hint)
    written = _script(script)
    return Language(
        _code(code),
        _name(name),
        written,
        direction=_direction(direction, written),
        glottocode=glottocode or (code if GLOTTOCODE.fullmatch(code) else ""),
    )


def _code(code: str) -> str:
    if PRIVATE.fullmatch(code) or GLOTTOCODE.fullmatch(code):
        return code
    raise StudioError(
        f"{code!r} cannot be the code of a language of your own.",
        "Use qaa to qtz, x- and up to eight letters or digits such as x-hill, or a Glottolog code; "
        "a language that has an ISO 639 code needs no description.",
    )


def _name(name: str) -> str:
    plain = name.strip()
    if not plain or not plain.isprintable() or len(plain) > 100:
        raise StudioError(
            "a language of your own needs a name.",
            "Give one line of up to 100 characters, such as Hill Speech.",
        )
    return plain


def _script(script: str) -> str:
    import langcodes

    written = script.strip().title()
    known = len(written) == 4 and written.isascii() and written.isalpha()
    if known and langcodes.Language.make(language="und", script=written).is_valid():
        return written
    hint = "Give its ISO 15924 code of four letters, such as Latn, Arab, Cyrl, Deva or Ethi."
    raise StudioError(f"{script!r} is no script.", hint)


def _direction(wanted: str | None, script: str) -> Direction:
    if wanted is None:
        return direction(script)
    if wanted not in DIRECTIONS:
        raise UnknownName("direction", wanted, DIRECTIONS)
    return DIRECTIONS[wanted]
