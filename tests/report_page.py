"""A report as a browser reads it: elements, attributes, texts, scripts, the cells of its tables."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "br", "img", "link"}
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "header", "p", "h1", "h2", "h3", "h4", "dl", "div",
    "dt", "dd", "nav", "a", "main", "section", "figure", "figcaption", "table", "thead", "tbody", "tr", "th",
    "td", "bdi", "article", "ol", "li", "span", "b", "i", "footer", "pre", "noscript", "script",
}  # fmt: skip


class Page(HTMLParser):
    """What a browser finds in the page: elements with their attributes, texts, scripts."""

    def __init__(self, data: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.scripts: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(data.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "script":
            self.scripts.append("")
        if tag == "tr":
            self.rows.append([])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        where = self.open[-1] if self.open else ""
        if where == "script":
            self.scripts[-1] += data
        elif where in {"bdi", "th"} and any(tag == "tr" for tag in self.open):
            self.rows[-1].append(data)
        if data.strip():
            self.texts.append((where, data.strip()))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def text(self) -> str:
        return "\n".join(text for where, text in self.texts if where not in {"script", "style"})

    def figures(self) -> dict[str, Any]:
        return dict(json.loads(self.scripts[0]))
