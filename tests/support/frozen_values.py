"""Freezes the values of `inventory_common.values` while tests run.

Their classes are frozen for the type checker alone, as a check at run time would cost time in production.
"""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

from inventory_common import values

__all__ = ["freeze_values"]


def freeze_values() -> None:
    """Make every value class, including those declared later, refuse to change a member that is set."""
    guards = {"__setattr__": _set_once, "__delattr__": _refuse_deletion}
    values._SHARED.update(guards)
    for cls in _subclasses(object):
        if vars(cls).get("__eq__") is values._equals:
            for name, guard in guards.items():
                setattr(cls, name, guard)


def _subclasses(cls: type) -> set[type]:
    below: set[type] = set(type.__subclasses__(cls))
    return below.union(*map(_subclasses, below))


def _set_once(self: Any, name: str, member: Any) -> None:
    # `__init__` sets a member whose slot is empty; a test's subclass of a store has attributes that are no
    # members, such as a count of its calls.
    if name in self.__dataclass_fields__ and hasattr(self, name):
        raise FrozenInstanceError(f"{name} of a {type(self).__qualname__} cannot be changed")
    object.__setattr__(self, name, member)


def _refuse_deletion(self: object, name: str) -> None:
    raise FrozenInstanceError(f"{name} of a {type(self).__qualname__} cannot be deleted")
