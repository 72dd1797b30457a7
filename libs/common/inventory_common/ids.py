"""The patterns of all ids (design 2.6), and how the server generates its own.

A pattern is plain text without anchors, so that attribute types, path checks and the OpenAPI documents share
it; `is_id` matches a whole id.  Messages to people describe it in words (`FORMS`).
"""

import re
import secrets
from typing import Final, NamedTuple, Self
from uuid import NAMESPACE_URL, UUID, uuid5

from .limits import SKU_VARIANT_MAX_CHARACTERS

__all__ = [
    "FINDING_ID",
    "FORMS",
    "ORDER_ID",
    "OWNER",
    "PATTERNS",
    "PRODUCT_ID",
    "SKU_ID",
    "TRANSACTION_ID",
    "VENDOR_ID",
    "StockKey",
    "is_id",
    "new_product_id",
    "sku_prefix",
    "transaction_id",
]

# Crockford's base 32: no I, L, O, U, which are misread or spell words.
_PRODUCT_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PRODUCT_CHARACTERS: Final = 5
"""Random characters of a new product's id, after ``PROD-``."""
_VARIANT: Final = r"[A-Z0-9]+(?:-[A-Z0-9]+)*"

PRODUCT_ID: Final = r"PROD-[0-9A-HJKMNP-TV-Z]{5,12}"
VENDOR_ID: Final = r"VENDOR-[A-Z0-9]{1,32}"
# The look-ahead bounds the variant: everything after the product's own characters.
SKU_ID: Final = (
    rf"SKU-PROD-[0-9A-HJKMNP-TV-Z]{{5,12}}-(?=[A-Z0-9-]{{1,{SKU_VARIANT_MAX_CHARACTERS}}}$){_VARIANT}"
)
ORDER_ID: Final = r"ORDER-[A-Za-z0-9-]{1,64}"
TRANSACTION_ID: Final = r"TXN-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

FINDING_ID: Final = r"FIND-[0-9a-f]{32}"
OWNER: Final = r"[a-z0-9][a-z0-9_-]{0,31}"

PATTERNS: Final[dict[str, str]] = {
    "product_id": PRODUCT_ID,
    "vendor_id": VENDOR_ID,
    "sku": SKU_ID,
    "order_id": ORDER_ID,
    "transaction_id": TRANSACTION_ID,
    "owner": OWNER,
}
"""Attribute name to pattern; path parameters have the attribute names of the specification."""

FORMS: Final[dict[str, str]] = {
    "product_id": "PROD- and 5 to 12 digits and capital letters other than I, L, O and U, such as PROD-E4F9A",
    "vendor_id": "VENDOR- and 1 to 32 capital letters and digits, such as VENDOR-001",
    "sku": f"SKU-, the product, and a variant of at most {SKU_VARIANT_MAX_CHARACTERS} capital letters, "
    "digits and single hyphens, such as SKU-PROD-E4F9A-BLK-L",
    "order_id": "ORDER- and 1 to 64 letters, digits and hyphens, such as ORDER-12345",
    "transaction_id": "TXN- and a UUID in small letters",
    "owner": "1 to 32 small letters, digits, hyphens and underscores, the first a letter or digit",
}
"""Attribute name to the same form in words, for messages."""

_COMPILED: Final = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}

# Never changes: every transaction id of every ledger is derived from it.
_LEDGER_NAMESPACE: Final[UUID] = uuid5(NAMESPACE_URL, "urn:inventory:ledger")


def is_id(name: str, value: str) -> bool:
    """Return whether `value` is an id for the attribute `name`, which is one of `PATTERNS`."""
    return _COMPILED[name].fullmatch(value) is not None


def new_product_id() -> str:
    """Return a random product id, e.g. ``PROD-E4F9A``.

    There are 33,554,432: the caller writes the product on condition that its id is free, and draws again if
    the id is taken.
    """
    drawn = "".join(secrets.choice(_PRODUCT_ALPHABET) for _ in range(_PRODUCT_CHARACTERS))
    return f"PROD-{drawn}"


def sku_prefix(product_id: str) -> str:
    """Return the prefix of every SKU of a product, e.g. ``SKU-PROD-E4F9A-``."""
    return f"SKU-{product_id}-"


class StockKey(NamedTuple):
    """What identifies a SKU: the primary key of VendorInventory."""

    product_id: str
    sku: str

    @classmethod
    def of(cls, sku: str) -> Self:
        """Return the key of the SKU with this id, which contains the id of its product."""
        return cls("-".join(sku.split("-", 3)[1:3]), sku)


def transaction_id(sku: str, sequence: int) -> str:
    """Return the id of a SKU's log record number `sequence`.

    The id is derived from both (UUIDv5), so that every record of a ledger can be read consistently by its
    key; a read of an index is eventually consistent.
    """
    return f"TXN-{uuid5(_LEDGER_NAMESPACE, f'{sku}#{sequence}')}"
