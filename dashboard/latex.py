"""Tables as LaTeX (booktabs) that a paper takes as they are. Nothing in a cell is a command."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

from dashboard import shown

LONG = 45
"""Rows from which on a table is allowed to go over several pages."""
SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}", "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}", "[": "{[}", "]": "{]}", "*": "{*}",
    shown.MINUS: "$-$", shown.NOTHING: r"\textendash{}",
}  # fmt: skip
"""What would be read as more than itself: `[` after the end of a row is a length, `*` forbids a new page."""
PLAIN = """% {packages}
\\begin{{table}}[t]
  \\centering
  \\caption{{{caption}}}
  \\label{{{label}}}
  \\begin{{tabular}}{{{columns}}}
    \\toprule
    {head} \\\\
    \\midrule
{body}
    \\bottomrule
  \\end{{tabular}}
\\end{{table}}
"""
OVER_PAGES = """% {packages}
\\begin{{longtable}}{{{columns}}}
  \\caption{{{caption}}}
  \\label{{{label}}} \\\\
  \\toprule
  {head} \\\\
  \\midrule
  \\endfirsthead
  \\toprule
  {head} \\\\
  \\midrule
  \\endhead
  \\bottomrule
  \\endfoot
{body}
\\end{{longtable}}
"""


def escaped(text: str) -> str:
    """Text as LaTeX sets it: one line, every special character written out, no control characters."""
    line = " ".join(text.split())
    kept = (char for char in line if unicodedata.category(char) not in {"Cc", "Cs"})
    return re.sub(r"([-,])(?=\1)", r"\1{}", "".join(SPECIAL.get(char, char) for char in kept))


def label(*parts: str) -> str:
    """What `\\ref` calls the table: letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", "-".join(parts)).encode("ascii", "ignore").decode().lower()
    return "tab:" + (re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "table")


def table(frame: pd.DataFrame, *, caption: str, label: str) -> str:
    """A table with the figures as they are shown: figures to the right, text to the left.

    Args:
        caption: plain text.
        label: from `label`.
    """
    columns = shown.columns(frame)
    rows = zip(*(cells for _, _, cells in columns), strict=True)
    long = len(frame) > LONG
    return (OVER_PAGES if long else PLAIN).format(
        packages=_packages(frame, caption, long=long),
        caption=escaped(caption),
        label=label,
        columns="".join("r" if figures else "l" for _, figures, _ in columns) or "l",
        head=" & ".join(escaped(name) for name, _, _ in columns),
        body="\n".join(f"    {' & '.join(map(escaped, row))} \\\\" for row in rows),
    )


def _packages(frame: pd.DataFrame, caption: str, *, long: bool) -> str:
    """What the document has to load, in a comment. Fixed words only: a comment ends where its line ends."""
    needed = r"\usepackage{booktabs}" + (r", \usepackage{longtable}" if long else "")
    text = caption + frame.to_csv(index=False)
    if all(ord(char) < 0x250 or char in SPECIAL for char in text):
        return f"needs {needed}, \\usepackage{{textcomp}}, \\usepackage[T1]{{fontenc}}"
    return f"needs {needed}; XeLaTeX or LuaLaTeX with a font for these letters"
