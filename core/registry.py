"""Registry of parts: name -> part, filled by importing the modules of one package."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from core.errors import UnknownName

T = TypeVar("T")


class Registry(Generic[T]):
    """Parts of one kind. A new part is one new module in `package`, with no other edit."""

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self._package = package
        self._parts: dict[str, T] = {}
        self._filled = False

    def register(self, name: str) -> Callable[[T], T]:
        """Decorator that adds a part under `name`."""

        def add(part: T) -> T:
            if self._parts.setdefault(name, part) is not part:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            return part

        return add

    def _fill(self) -> None:
        if self._filled:
            return
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__):
            if not module.name.startswith("_"):
                importlib.import_module(f"{self._package}.{module.name}")
        self._filled = True

    def __getitem__(self, name: str) -> T:
        self._fill()
        if name not in self._parts:
            raise UnknownName(self.kind, name, self._parts)
        return self._parts[name]

    def __contains__(self, name: str) -> bool:
        self._fill()
        return name in self._parts

    def __iter__(self) -> Iterator[str]:
        self._fill()
        return iter(sorted(self._parts))
