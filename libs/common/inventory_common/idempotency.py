"""Commands that are executed once, however often they are sent (design 2.10).

A command with an Idempotency-Key writes an idempotency record in the transaction that executes it; a later
request that finds the record returns the items that were written then.  A record contains the keys of these
items rather than a response.
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

__all__ = ["IDEMPOTENCY_ID_PREFIX", "IdempotencyKey", "IdempotencyRecord", "id_of"]

IDEMPOTENCY_ID_PREFIX: Final = "#MARKER#"
"""What the id of every idempotency record begins with."""


@value
class IdempotencyRecord:
    """The record of a command executed at `written_at`; `results` are the keys of the items it wrote."""

    idempotency_id: str
    payload_hash: str
    results: Sequence[Mapping[str, str]]
    written_at: str

    @property
    def ttl(self) -> int:
        """The epoch second from which on the record counts as absent."""
        # One second more than the window, as a TTL is in whole seconds.
        return epoch_seconds(self.written_at) + IDEMPOTENCY_WINDOW_SECONDS + 1

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValue], partition_key: str) -> Self:
        """Read the item of a record, whose id is the partition key.

        Raises
        ------
        KeyError, TypeError, ValueError
            If no service could have written it.
        """
        attributes = from_item(item)
        results = attributes["done"]
        if not isinstance(results, list) or not all(isinstance(key, dict) for key in results):
            raise TypeError("done is no list of keys")
        record = cls(attributes[partition_key], attributes["body_hash"], results, attributes["written_at"])
        _ = record.ttl  # `written_at` has to be a timestamp
        return record

    def put(self, table_name: str, key: Item) -> dict[str, Any]:
        """Return the action that writes the record in a transaction; `key` is the whole primary key."""
        attributes = {
            "body_hash": self.payload_hash,
            "done": self.results,
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
    """The Idempotency-Key of a request: the id of its record, and the hash of the request's payload."""

    idempotency_id: str
    payload_hash: str

    @classmethod
    def of(cls, principal: str, method: str, route: str, key: str, payload: str) -> Self:
        """Return the key of a request; the same header from two principals results in two keys.

        Parameters
        ----------
        principal, method, route, key
            The principal's name, the request line without the query, and the Idempotency-Key header.
        payload
            The body as a text that is the same for equal JSON.
        """
        request = "\n".join((principal, method, route, key))
        return cls(IDEMPOTENCY_ID_PREFIX + _digest(request), _digest(payload))

    def replayed_record(self, record: IdempotencyRecord | None, now: str) -> IdempotencyRecord | None:
        """Return the record if the command was executed before, and None if there is none or it has expired.

        Raises
        ------
        IdempotencyKeyReused
            If the record is of another payload.
        """
        # DynamoDB removes an expired item within days, not at once.
        if record is None or record.ttl <= epoch_seconds(now):
            return None
        if record.payload_hash != self.payload_hash:
            raise IdempotencyKeyReused("The Idempotency-Key was used before with another body.")
        return record

    def record(self, results: Sequence[Mapping[str, str]], now: str) -> IdempotencyRecord:
        """Return the record of an execution that wrote the items with these keys."""
        return IdempotencyRecord(self.idempotency_id, self.payload_hash, results, now)


def id_of(key: IdempotencyKey | None) -> str | None:
    """Return the id of the record of a command that may have no Idempotency-Key."""
    return None if key is None else key.idempotency_id


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
