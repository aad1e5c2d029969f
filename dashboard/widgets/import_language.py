"""Which language a file is in: of the catalog, of any standard, or one that only its speakers know."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import streamlit as st

from core import catalog
from core.errors import StudioError
from core.types import Language
from dashboard import naming, queries, state
from dashboard.widgets.empty import problem

SCRIPTS = {
    "Latn": "Latin", "Arab": "Arabic", "Cyrl": "Cyrillic", "Ethi": "Ethiopic", "Deva": "Devanagari",
    "Beng": "Bengali", "Hebr": "Hebrew", "Grek": "Greek", "Geor": "Georgian", "Armn": "Armenian",
    "Thai": "Thai", "Khmr": "Khmer", "Laoo": "Lao", "Mymr": "Burmese", "Tibt": "Tibetan", "Hani": "Chinese",
    "Jpan": "Japanese", "Kore": "Korean", "Cher": "Cherokee", "Cans": "Canadian syllabics",
    "Tfng": "Tifinagh", "Nkoo": "N'Ko", "Adlm": "Adlam", "Vaii": "Vai", "Thaa": "Thaana", "Syrc": "Syriac",
    "Mong": "Mongolian",
    "Taml": "Tamil", "Telu": "Telugu", "Knda": "Kannada", "Mlym": "Malayalam", "Sinh": "Sinhala",
    "Gujr": "Gujarati", "Guru": "Gurmukhi", "Orya": "Odia", "Java": "Javanese", "Rohg": "Hanifi Rohingya",
}  # fmt: skip
DIRECTIONS = {"": "as the script", "ltr": "left to right", "rtl": "right to left"}


def picker() -> Language | None:
    """The widgets, and the language they name; None while they name none."""
    own = state.view().own
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if not own:
            chooser("Language", "language")
        st.toggle(
            "A language of my own",
            help="One without an ISO 639, BCP 47 or Glottolog code. It gets a private code here.",
            **state.bound("own"),
        )
    spoken = _own() if own else named(state.view().language)
    if spoken is not None:
        _hints(spoken)
    return spoken


def chooser(label: str, name: str) -> None:
    """A language by its name, or any code typed."""
    names = _names(queries.own_languages())
    st.selectbox(
        label,
        state.with_chosen(list(names), name),
        format_func=lambda code: names.get(code, code),
        accept_new_options=True,
        placeholder="name or code",
        width=330,
        help="Search by name, or type a code: ISO 639-3 (fao), BCP 47 (zh-Hant) or Glottolog (faro1244).",
        **state.optional(name),
    )


def _names(own: Mapping[str, Language]) -> dict[str, str]:
    known = [*own.values(), *catalog.languages().values()]
    return {item.code: f"{item.name} ({item.code})" for item in sorted(known, key=lambda item: item.name)}


def named(typed: str) -> Language | None:
    """As `found`; a code or name nobody knows is one message, with the way on."""
    if not typed:
        return None
    known = found(typed)
    if known is None:
        try:
            catalog.language(typed)
        except StudioError as error:
            hint = f"{error.hint} For one without a code, switch on “A language of my own”."
            problem(StudioError(error.message, hint))
    return known


def found(typed: str) -> Language | None:
    """The language a code or name stands for, or the only one whose name begins like that."""
    own = queries.own_languages()
    try:
        return own.get(typed) or catalog.language(typed)
    except StudioError:
        start = typed.strip().lower()
        known = [*own.values(), *catalog.languages().values()]
        begun = [item for item in known if start and item.name.lower().startswith(start)]
        return begun[0] if len(begun) == 1 else None


def _own() -> Language | None:
    """A language described by name, script, direction and a private code."""
    view = state.view()
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        st.text_input(
            "Its name", placeholder="Hill Speech", width=220, max_chars=100, **state.bound("called")
        )
        st.text_input(
            "Private code",
            placeholder=suggested_code(view.called),
            width=150,
            help="x- and up to eight letters or digits, qaa to qtz, or a Glottolog code.",
            **state.bound("language"),
        )
        st.selectbox(
            "Script",
            state.with_chosen(list(SCRIPTS), "script"),
            format_func=lambda code: f"{SCRIPTS[code]} ({code})" if code in SCRIPTS else code,
            accept_new_options=True,
            width=210,
            help="Or type its ISO 15924 code of four letters.",
            **state.bound("script", empty="Latn"),
        )
        st.selectbox(
            "Direction",
            list(DIRECTIONS),
            format_func=DIRECTIONS.__getitem__,
            width=170,
            **state.bound("direction"),
        )
    if not view.called.strip():
        return None
    try:
        return catalog.private_language(
            view.language or suggested_code(view.called),
            name=view.called,
            script=view.script or "Latn",
            direction=view.direction or None,
        )
    except StudioError as error:
        problem(error)
        return None


def suggested_code(name: str) -> str:
    """A private code made from a name: `x-` and its first eight plain letters or digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return f"x-{''.join(char for char in plain if char.isalnum())[:8] or 'own'}"


def _hints(language: Language) -> None:
    """What was understood, and which encoders know the language."""
    way = {"ltr": "left to right", "rtl": "right to left"}[language.direction]
    st.text(f"{language.name} · code {language.code} · script {language.script}, {way}")
    seen_by(language.code)


def seen_by(code: str) -> None:
    """Which common encoders saw a language in training, as far as their authors say."""
    found = catalog.coverage(code)
    if not found:
        return
    yes = [item.encoder for item in found if item.covered]
    no = [item.encoder for item in found if not item.covered]
    notes = [f"{item.encoder}: {item.note}" for item in found if item.note]
    said = f"{', '.join(yes)}" if yes else f"none of the {len(found)} whose language lists are known"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(
            f"Encoders that saw it in training: {said}", width="content", help=_sources(no, notes, found)
        )


def _sources(no: list[str], notes: list[str], found: tuple[catalog.EncoderCoverage, ...]) -> str:
    missing = [f"Not named in the lists of {', '.join(no)}."] if no else []
    sources = [f"- {item.encoder}: {naming.plain(item.source)}" for item in found]
    return "\n".join([*missing, *notes, "", "Where the lists stand:", "", *sources])
