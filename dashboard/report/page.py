"""A document as one HTML file that opens anywhere: styles, charts and their library inside, nothing fetched.

The policy in its head lets run only the two scripts named there by their hash, and no request leave: what
should slip through the escaping of a corpus's text still is not run.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from dashboard import shown
from dashboard.report.document import Document, Figure, Part

HERE = Path(__file__).parent
SYMBOLS = {"fixed": "✓", "broken": "✗", "moved": "~", "changed": "≠"}
VERDICTS = {"better": "▲", "worse": "▼", "": "◆"}
COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
LINK = re.compile(r"<(?=\s*/?\s*a\b)", re.IGNORECASE)
"""Links in a chart's text: plotly makes them, we never do, so a label wrote it."""


def build(document: Document) -> bytes:
    """The report as one HTML file."""
    figures = {f"figure-{place}": part for place, part in enumerate(_figures(document))}
    code = (HERE / "page.js").read_text("utf8")
    page = _template().render(
        document=document,
        name={id(part): name for name, part in figures.items()}.__getitem__,
        place=id,
        data=Markup(_data({name: part.figure for name, part in figures.items()})),  # noqa: S704 - escaped
        plotly=Markup(_plotly()) if figures else "",  # noqa: S704 - plotly's own
        code=Markup(code),  # noqa: S704 - ours
        style=Markup((HERE / "page.css").read_text("utf8")),  # noqa: S704 - ours
        policy=_policy(_plotly() if figures else "", code),
        symbols=SYMBOLS,
        verdicts=VERDICTS,
        columns=shown.columns,
        color=_color(document.colors),
        kind=lambda part: type(part).__name__.lower(),
    )
    return page.encode("utf-8", "replace")


def _figures(document: Document) -> list[Figure]:
    parts: list[Part] = [part for section in document.sections for part in section.parts]
    return [part for part in parts if isinstance(part, Figure)]


def _data(figures: Mapping[str, go.Figure]) -> str:
    """The charts as JSON that stands in a page: nothing in it ends the script it stands in."""
    told = {name: _without_links(json.loads(figure.to_json())) for name, figure in figures.items()}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _without_links(value: Any) -> Any:
    """The same with links in its texts written out."""
    if isinstance(value, str):
        return LINK.sub("&lt;", value)
    if isinstance(value, dict):
        return {key: _without_links(item) for key, item in value.items()}
    return [_without_links(item) for item in value] if isinstance(value, list) else value


@lru_cache(maxsize=1)
def _plotly() -> str:
    """Plotly's library as a script's text. Line ends as a browser reads them, since their hash is checked."""
    return str(get_plotlyjs()).replace("\r\n", "\n").replace("\r", "\n")


@lru_cache(maxsize=4)
def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _policy(*scripts: str) -> str:
    """Only these scripts, no connection anywhere."""
    known = " ".join(f"'sha256-{_hash(script)}'" for script in scripts if script)
    return (
        f"default-src 'none'; script-src {known}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _color(colors: Mapping[str, str]) -> object:
    def of(label: str) -> str:
        """The colour of a label, if it is one; it stands in a style."""
        plain = label[2:] if label[:2] in {"B-", "I-"} else label
        found = colors.get(label) or colors.get(plain) or ""
        return found if COLOR.fullmatch(found) else "#5A6675"

    return of


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string((HERE / "page.html.j2").read_text("utf8"))
