"""Owners: which order systems share orders, and which of them see those of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .settings import ALL_OWNERS, DEFAULT_OWNER
from .values import value

__all__ = ["EVERY_OWNER", "Owners", "owners_of"]


@value
class Owners:
    """The owner of what a caller places, and further owners whose orders it sees.

    The owner `ALL_OWNERS` sees every order; it names an owner in what it places, else that is
    `DEFAULT_OWNER`.
    """

    own: str
    further: tuple[str, ...] = ()

    @property
    def sees_all(self) -> bool:
        """Whether it sees every order."""
        return self.own == ALL_OWNERS

    @property
    def seen(self) -> tuple[str, ...]:
        """The owners whose orders it sees, unless it sees all."""
        return (self.own, *self.further)

    def cover(self, owner: str) -> bool:
        """Return whether it sees the orders of an owner; everyone sees what belongs to all."""
        return self.sees_all or owner == ALL_OWNERS or owner in self.seen


EVERY_OWNER: Final = Owners(ALL_OWNERS)
"""The owners of persons and of the service itself."""


def owners_of(client_id: str | None, order_owners: Mapping[str, tuple[str, ...]]) -> Owners:
    """Return the owners of a caller.

    Parameters
    ----------
    client_id
        The client of a machine; None for a person, who sees every order.
    order_owners
        The setting of the platform: by client id, the client's owner and further ones.
    """
    if client_id is None:
        return EVERY_OWNER
    own, *further = order_owners.get(client_id, (DEFAULT_OWNER,))
    return Owners(own, tuple(further))
