"""Commands that are done once, however often they are sent (design 2.10).

A command with an Idempotency-Key writes a marker in the transaction that does it; a later request that finds
the marker answers with what was done then.  A marker keeps ids, not answers.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, Self

from .conditions import OLD_IMAGE, absent_or_expired
from .errors import IdempotencyKeyReused
from .items import AttributeValue, Item, from_item, to_item
from .limits import IDEMPOTENCY_WINDOW_SECONDS
from .schema import TTL_ATTRIBUTE
from .timestamps import epoch_seconds
from .values import value

__all__ = ["IdempotencyKey", "IdempotencyRecord"]

_PREFIX: Final = "#MARKER#"


@value
class IdempotencyRecord:
    """What a command left behind at `written_at`: the keys of the items it wrote."""

    idempotency_id: str
    body_hash: str
    done: Sequence[Mapping[str, str]]
    written_at: str

    @property
    def ttl(self) -> int:
        """Epoch seconds from which on it counts as absent."""
        # One second more than the window, as TTL counts whole seconds.
        return epoch_seconds(self.written_at) + IDEMPOTENCY_WINDOW_SECONDS + 1

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValue], partition_key: str) -> Self:
        """Read a marker item; its id is the table's partition key."""
        attributes = from_item(item)
        return cls(
            attributes[partition_key],
            attributes["body_hash"],
            attributes["done"],
            attributes["written_at"],
        )

    def put(self, table_name: str, key: Item) -> dict[str, Any]:
        """Return the action that writes it in a transaction; `key` is the table's whole key."""
        attributes = {
            "body_hash": self.body_hash,
            "done": self.done,
            "written_at": self.written_at,
            TTL_ATTRIBUTE: self.ttl,
        }
        return {
            "Put": {
                "TableName": table_name,
                "Item": key | to_item(attributes),
                **absent_or_expired(self.written_at),
                **OLD_IMAGE,
            }
        }


@value
class IdempotencyKey:
    """A command that its client wants done once: whose marker to look for, and the body it must have had."""

    idempotency_id: str
    body_hash: str

    @classmethod
    def of(cls, principal: str, method: str, route: str, key: str, body: str) -> Self:
        """Make the intent of a request; the equal keys of two vendors or clients never meet.

        Parameters
        ----------
        principal, method, route, key
            Who asked, for what, and the Idempotency-Key.
        body
            The body in a form in which equal JSON is equal text.
        """
        named = "\n".join((principal, method, route, key))
        return cls(_PREFIX + _digest(named), _digest(body))

    def replayed_record(
        self, idempotency_record: IdempotencyRecord | None, now: str
    ) -> IdempotencyRecord | None:
        """Return the marker if the command was done before; a lapsed marker counts as absent.

        Raises
        ------
        IdempotencyKeyReused
            If the key stands for another body.
        """
        # DynamoDB removes an expired item within days, not at once.
        if idempotency_record is None or idempotency_record.ttl <= epoch_seconds(now):
            return None
        if idempotency_record.body_hash != self.body_hash:
            raise IdempotencyKeyReused("The Idempotency-Key was used before with another body.")
        return idempotency_record

    def idempotency_record(self, done: Sequence[Mapping[str, str]], now: str) -> IdempotencyRecord:
        """Make the marker that says what was done."""
        return IdempotencyRecord(self.idempotency_id, self.body_hash, done, now)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
