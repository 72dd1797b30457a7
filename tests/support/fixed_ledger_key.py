"""A ledger key in memory, for tests that need no AWS: the same key in every run."""

from __future__ import annotations

from inventory_common.ledger_keys import PublicKey, PublicKeys, SigningKey

__all__ = ["CREATED_AT", "LEDGER_KEY", "LEDGER_KEYS", "FixedLedgerKey", "fixed_key"]

CREATED_AT = "2026-01-01T00:00:00.000000Z"


def fixed_key(key_id: str = "test-1") -> SigningKey:
    """Return the key with an id: the same one whenever it is asked for."""
    return SigningKey(key_id, key_id.encode().rjust(32, b"."))


class FixedLedgerKey:
    """Signs with one key, and knows it and some older ones."""

    def __init__(self, key: SigningKey | None = None, older: tuple[PublicKey, ...] = ()) -> None:
        self._key = key or fixed_key()
        self.published = PublicKeys([*older, self._key.public_key(CREATED_AT)])

    def current(self) -> SigningKey:
        """Return the key to sign with."""
        return self._key

    def public_key(self, key_id: str) -> PublicKey | None:
        """Return the key with an id, or None if there is none."""
        return self.published.get(key_id)

    def all(self) -> PublicKeys:
        """Return all keys, as the audit service reads them."""
        return self.published

    def key(self, key_id: str) -> PublicKey | None:
        """Return the key with an id, as the audit service reads it."""
        return self.published.get(key_id)


LEDGER_KEY = fixed_key()
"""What signs the records and seals of tests."""
LEDGER_KEYS = FixedLedgerKey().published
"""The published keys that verify them."""
