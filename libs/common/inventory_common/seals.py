"""Seals: which items of orders the stock service itself has written.

A seal is the Ed25519 signature of a ledger key over an item's content, so that the service never carries
out, and signs in the log, what somebody has written into a table.  What is signed is the SHA-256 of the
canonical JSON (RFC 8785) of an array: ``"seal-1"``, the two attributes of the item's key, and an object of
all its other attributes but the seal itself, numbers as integers.

An old item that is put back has a genuine seal: its version, and the log, show that it is old.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

from .items import AttributeValue, Item, from_item, to_item
from .ledger_keys import LedgerSigner, PublicKey
from .schema import VENDOR_INVENTORY

__all__ = ["SEAL_ATTRIBUTES", "has_genuine_seal", "sealed"]

_FORM: Final = "seal-1"
_SEAL: Final = "seal"
_KEY_ID: Final = "seal_key"
SEAL_ATTRIBUTES: Final = (_SEAL, _KEY_ID)
"""The attributes that a seal adds to an item of VendorInventory."""


def sealed(item: Item, signer: LedgerSigner) -> Item:
    """Return an item of VendorInventory with its seal."""
    signed = {**item, **to_item({_KEY_ID: signer.key_id})}
    return signed | to_item({_SEAL: signer.sign_bytes(_digest(from_item(signed)))})


def has_genuine_seal(
    item: Mapping[str, AttributeValue], public_key: Callable[[str], PublicKey | None]
) -> bool:
    """Return whether an item has the seal that the stock service would give it, whatever it contains.

    `public_key` returns the ledger key with an id, also a retired one: the log proves when a record was made.
    """
    try:
        content = from_item(item)
        seal, key_id = content[_SEAL], content[_KEY_ID]
        digest = _digest(content)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    if not isinstance(seal, bytes) or not isinstance(key_id, str):
        return False
    key = public_key(key_id)
    return key is not None and key.verifies(digest, seal)


def _digest(content: dict[str, Any]) -> bytes:
    """Return the SHA-256 of what a seal signs.

    The JSON module sorts by code points and RFC 8785 by UTF-16 units; the names in orders are ASCII, for
    which both are the same, and it takes a small part of the time of rfc8785.
    """
    key = [content[name] for name in VENDOR_INVENTORY.key]
    others = {
        name: member for name, member in content.items() if name != _SEAL and name not in VENDOR_INVENTORY.key
    }
    text = json.dumps(
        [_FORM, *key, others], sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return sha256(text.encode()).digest()
