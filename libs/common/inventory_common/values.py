"""Value classes: compared by content, never changed, and cheap both to declare and to construct."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, dataclass_transform, overload

__all__ = ["value"]

V = TypeVar("V")


@overload
def value(cls: type[V], /) -> type[V]: ...
@overload
def value(*, kw_only: bool) -> Callable[[type[V]], type[V]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[V] | None = None, /, *, kw_only: bool = False) -> Any:
    """Make a class a dataclass with slots whose members cannot be assigned.

    ``dataclass(frozen=True, slots=True)`` generates and compiles eight functions for a class, which was two
    fifths of what a service adds to a cold start, and an ``__init__`` that takes twice as long.  This
    decorator generates ``__init__`` alone; comparison, hash and text are the same functions for all classes.
    The type checker refuses an assignment, and so do the tests (``tests/support/frozen_values.py``);
    production runs without that check.

    Parameters
    ----------
    kw_only : bool
        Whether members are passed by name only.
    """

    def decorate(cls: type[V]) -> type[V]:
        for name, method in _SHARED.items():
            setattr(cls, name, method)
        return dataclass(slots=True, eq=False, repr=False, kw_only=kw_only)(cls)

    return decorate if cls is None else decorate(cls)


def _members(value: Any) -> list[Any]:
    return [getattr(value, name) for name in value.__dataclass_fields__]


def _equals(self: Any, other: object) -> bool:
    return _members(self) == _members(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(tuple(_members(self)))


def _text(self: Any) -> str:
    members = zip(self.__dataclass_fields__, _members(self), strict=True)
    return f"{self.__class__.__qualname__}({', '.join(f'{name}={member!r}' for name, member in members)})"


_SHARED: Final = {"__eq__": _equals, "__hash__": _hash, "__repr__": _text}
