"""A page of a list that can be continued after any of its documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inventory_common.pages import Page, Position
from inventory_common.values import value

__all__ = ["ListPage"]


@value
class ListPage(Page):
    """A page of documents; `position_of` returns the position of one of them in the list."""

    position_of: Callable[[Mapping[str, Any]], Position]
