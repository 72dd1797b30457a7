"""Recognises a change that was written although its response was lost.

UpdateItem has no ClientRequestToken.  If its response is lost, botocore sends it again, and the condition of
the second one finds what the first one wrote, or what others wrote on top of it::

    writer             DynamoDB               another writer
    update 3 → 4 ────► written, version 4
               ✗────── (response lost)
                       written, version 5 ◄── update 4 → 5
    update 3 → 4 ────► condition failed

So a change stores its id in the slot of the version that it makes.  The image that the failed condition
returns shows by it who made version 4.  A slot is reused after `SLOTS` versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final

from .items import AttributeValue, Item, to_attribute

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

__all__ = ["SLOTS", "change_slot", "made_version", "new_change_id", "was_sent_again"]

SLOTS: Final = 8
"""Changes of one item whose ids are stored."""
_ID_BYTES: Final = 6
"""Random bytes of the id of a change."""


def new_change_id() -> str:
    """Draw the id of a change; it is stored with the item, so it is short."""
    return token_urlsafe(_ID_BYTES)


def change_slot(version: int, change_id: str) -> Item:
    """Return the attribute that a change stores beside the version that it makes; clients never see it."""
    return {_slot(version): to_attribute(change_id)}


def made_version(change_id: str, version: int, image: Mapping[str, AttributeValue]) -> bool:
    """Return whether this change made the version of an item, which may have changed further since."""
    return image.get(_slot(version)) == to_attribute(change_id)


def was_sent_again(refused: ClientError) -> bool:
    """Return whether botocore got no response to an earlier attempt of a call that was refused then."""
    retries: int = refused.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
    return retries > 0


def _slot(version: int) -> str:
    return f"change_{version % SLOTS}"
