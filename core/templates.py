"""Jinja templates that a user may write: sandboxed, limited in time and size, errors with their line.

The sandbox keeps a template from Python's insides (Jinja documentation, "Sandbox"); it says itself that
it does not keep it from running for ever or filling the memory. So every turn of a loop is counted, what
multiplies text is checked first, and what could double it again and again (macros, blocks that are set,
namespaces) is not there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from types import CodeType, TracebackType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

MOST_TURNS = 200_000
MOST_CHARACTERS = 4_000_000
MOST_SECONDS = 5.0
LARGEST_NUMBER = 20_000
"""Of an argument of a filter, a function or a method: `center(10**9)` is a gigabyte."""
LONG = (str, list, tuple)
REFUSED = (
    nodes.AssignBlock, nodes.Block, nodes.CallBlock, nodes.Extends, nodes.FilterBlock, nodes.FromImport,
    nodes.Import, nodes.Include, nodes.Macro,
)  # fmt: skip
FILE = "<template>"
_TICK, _JOIN = "count_turn", "join_texts"


class TemplateProblem(Exception):
    """What is wrong with a template, and on which line (0 = not known)."""

    def __init__(self, said: str, line: int = 0, *, unknown: bool = False) -> None:
        super().__init__(said)
        self.said = said
        self.line = line
        self.unknown = unknown


class _TooMuch(TemplateError):
    """The template passed a limit."""


def filled(template: str, names: Mapping[str, object]) -> str:
    """The text of a template.

    Raises:
        TemplateProblem: it is no template, names something unknown, or passes a limit.
    """
    try:
        return _filled(_compiled(template), names)
    except TemplateSyntaxError as error:
        raise TemplateProblem(error.message or "no template", error.lineno) from error
    except UndefinedError as error:
        raise TemplateProblem(str(error), _line(error.__traceback__), unknown=True) from error
    except RecursionError as error:
        raise TemplateProblem("it is nested too deeply") from error
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise TemplateProblem(str(error), _line(error.__traceback__)) from error


def _filled(template: Template, names: Mapping[str, object]) -> str:
    limits = _Limits()
    parts, size = [], 0
    for part in template.generate(**names, **{_TICK: limits.turn}):
        size += len(part)
        if size > MOST_CHARACTERS:
            raise _TooMuch(f"its text is longer than {MOST_CHARACTERS:,} characters")
        parts.append(part)
    return "".join(parts)


class _Limits:
    """Counts the turns of all loops of one rendering."""

    def __init__(self) -> None:
        self._turns = 0
        self._ends = time.monotonic() + MOST_SECONDS

    def turn(self) -> str:
        self._turns += 1
        if self._turns > MOST_TURNS:
            raise _TooMuch(f"its loops turn more than {MOST_TURNS:,} times")
        if time.monotonic() > self._ends:
            raise _TooMuch(f"it takes longer than {MOST_SECONDS:g} seconds")
        return ""


class _Counted(NodeTransformer):
    """Puts a count into every loop, and checks texts that are joined; refuses what cannot be limited."""

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        if isinstance(node, REFUSED):
            name = type(node).__name__
            raise TemplateSyntaxError(f"a prompt template may not hold {name}", node.lineno)
        super().generic_visit(node, *args, **kwargs)
        return node

    def visit_For(self, node: nodes.For, *args: Any, **kwargs: Any) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        node.body.insert(0, nodes.Output([_call(_TICK, [], node.lineno)], lineno=node.lineno))
        return node

    def visit_Concat(self, node: nodes.Concat, *args: Any, **kwargs: Any) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _call(_JOIN, node.nodes, node.lineno)


def _call(name: str, arguments: list[nodes.Expr], line: int) -> nodes.Call:
    called = nodes.Name(name, "load", lineno=line)
    return nodes.Call(called, arguments, [], None, None, lineno=line)


class _Environment(SandboxedEnvironment):
    """The sandbox, with large numbers and long products refused."""

    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or (operator == "%" and isinstance(left, str)):
            raise _TooMuch(f"{operator} is not there in a prompt template")
        if isinstance(left, LONG) or isinstance(right, LONG):
            _check_size(operator, *(len(item) if isinstance(item, LONG) else item for item in (left, right)))
        return super().call_binop(context, operator, left, right)

    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        _moderate((*args, *kwargs.values()), but_range=obj is self.globals["range"])
        if getattr(obj, "__name__", "") in {"format", "format_map", "replace", "join"}:
            raise _TooMuch(f"the method {obj.__name__} is not there; use the filters")
        return super().call(context, obj, *args, **kwargs)


def _check_size(operator: str, left: Any, right: Any) -> None:
    """Of a text or list, or its repetition, from the sizes (or the number) on both sides."""
    size = left * right if operator == "*" else left + right
    if isinstance(size, int) and size > MOST_CHARACTERS:
        raise _TooMuch(f"it makes a text longer than {MOST_CHARACTERS:,} characters")


def _moderate(values: tuple[Any, ...], *, but_range: bool = False) -> None:
    for value in values:
        if isinstance(value, int) and abs(value) > LARGEST_NUMBER and not but_range:
            raise _TooMuch(f"the number {value} is larger than {LARGEST_NUMBER:,}")


def _joined(*texts: Any) -> str:
    if sum(len(text) for text in texts if hasattr(text, "__len__")) > MOST_CHARACTERS:
        raise _TooMuch(f"it makes a text longer than {MOST_CHARACTERS:,} characters")
    return "".join(map(str, texts))


def _replaced(text: str, old: str, new: str) -> str:
    if len(text) + text.count(old) * len(new) > MOST_CHARACTERS:
        raise _TooMuch(f"it makes a text longer than {MOST_CHARACTERS:,} characters")
    return str(text).replace(old, new)


def _limited(used: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(used)
    def inside(*args: Any, **kwargs: Any) -> Any:
        _moderate((*args, *kwargs.values()))
        found = used(*args, **kwargs)
        if isinstance(found, str):
            _joined(found)
        return found

    return inside


@lru_cache(maxsize=1)
def _environment() -> _Environment:
    made = _Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
    del made.globals["namespace"], made.globals["lipsum"], made.globals["cycler"]
    for gone in ("format", "xmlattr", "urlize", "pprint", "tojson"):
        del made.filters[gone]
    made.filters = {name: _limited(used) for name, used in made.filters.items()} | {"replace": _replaced}
    made.globals[_JOIN] = _joined
    return made


@lru_cache(maxsize=32)
def _compiled(template: str) -> Template:
    environment = _environment()
    tree = _Counted().visit(environment.parse(template))
    code: CodeType = environment.compile(tree, filename=FILE)
    return Template.from_code(environment, code, environment.make_globals(None))


def _line(trace: TracebackType | None) -> int:
    """The line of the template that a traceback of Jinja's leads to."""
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
