"""Daily digests: the head hash of every SKU, chained, so that a rewrite of whole tables is detected.

A digest names the hash of the previous digest.  Stored, it is ``{"digest": {…}, "signature": …, "key": …,
"algorithm": …}``; the signature is KMS's, over the SHA-256 of the digest's canonical JSON, in base64.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import rfc8785

from inventory_common.items import Item
from inventory_common.stored_types import is_exact_integer

from .stored_items import is_well_placed, read_balance

__all__ = ["digest_hash", "heads_of", "is_signed_digest"]


def digest_hash(digest: Mapping[str, Any]) -> str:
    """Return the hash that the next digest names: SHA-256 of the canonical JSON, in lower-case hex."""
    return sha256(rfc8785.dumps(dict(digest))).hexdigest()


def heads_of(inventory: Iterable[Item]) -> dict[str, dict[str, Any]]:
    """Return sequence and hash of the last record of every SKU among the items of VendorInventory.

    A SKU whose figures cannot be read is left out, as no digest can be signed of them, and so is an item
    under another key than that of the SKU which it names.
    """
    heads: dict[str, dict[str, Any]] = {}
    for item in inventory:
        sku = item["sku"]["S"]
        if sku.startswith("SKU-") and is_well_placed(item):
            balance = read_balance(item)
            sequence, head_hash = balance.get("sequence"), balance.get("ledger_hash")
            if is_exact_integer(sequence) and isinstance(head_hash, str):
                heads[sku] = {"sequence": sequence, "hash": head_hash}
    return heads


def is_signed_digest(document: Any) -> bool:
    """Return whether a stored JSON value has the members of a signed digest that the checks read."""
    digest = document.get("digest") if isinstance(document, dict) else None
    return isinstance(digest, dict) and isinstance(digest.get("heads"), dict) and "previous_hash" in digest
