"""Who owns a SKU, and that its product exists: compared with what cannot be changed along with the SKU.

The vendor of a SKU never changes.  The records of its log name it, and their hashes cover the name; the
product names it once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from inventory_common.items import Item
from inventory_common.ledger import Difference, has_own_hash
from inventory_common.products import Product

from .findings import FindingKind
from .reconciliation import FigureDifference

__all__ = [
    "OWNER",
    "ProductOwner",
    "compare_existence",
    "compare_owner",
    "owner_differences",
    "owner_of_product",
    "owners_in_log",
]

OWNER: Final = "vendor_id"


class ProductOwner(NamedTuple):
    """The vendor of a product, None if it cannot be read; `malformed` says what of the product cannot be."""

    vendor_id: str | None
    malformed: str | None = None


def owner_of_product(item: Item) -> ProductOwner:
    """Return the vendor of a product's item, whatever it holds."""
    try:
        return ProductOwner(Product.from_item(item).vendor_id)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        return ProductOwner(item.get(OWNER, {}).get("S"), str(error))


def owners_in_log(documents: Iterable[Mapping[str, Any]]) -> set[str | None]:
    """Return the vendors that a SKU's records name, oldest first, and None if the oldest one proves nothing.

    It does if its hash is that of its content.  That of the others is not calculated: it takes longer than
    reading them, and they have to name the same vendor.
    """
    owners: set[str | None] = set()
    for number, document in enumerate(documents):
        owners.add(document.get(OWNER) if number or has_own_hash(document) else None)
    return owners


def compare_owner(
    balance: Mapping[str, Any], in_log: Iterable[str | None], product: ProductOwner | None
) -> list[FigureDifference]:
    """Compare the vendor of a SKU with its records, and with its product, if that exists."""
    sku, owner = str(balance.get("sku")), balance.get(OWNER)
    proofs = [("log", each) for each in sorted(in_log, key=str)]
    if product is not None and (product.vendor_id is not None or product.malformed is None):
        proofs.append(("product", product.vendor_id))
    return [
        FigureDifference(sku, OWNER, owner, source, proven) for source, proven in proofs if proven != owner
    ]


def compare_existence(balance: Mapping[str, Any], product: ProductOwner | None) -> list[FigureDifference]:
    """Return the difference of a SKU whose product does not exist."""
    if product is not None:
        return []
    return [
        FigureDifference(str(balance.get("sku")), "product_id", balance.get("product_id"), "product", None)
    ]


def owner_differences(
    record: Mapping[str, Any],
    balance: Mapping[str, Any] | None,
    product: ProductOwner | None,
    *,
    is_first: bool,
) -> dict[FindingKind, list[Difference]]:
    """Return what a new record shows, by kind of finding: its SKU has its vendor, its product exists.

    The SKU and its first record's product are read after the record was written, in the same transaction as
    the SKU.  A record whose SKU does not exist, or does not count it, is reported for that.
    """
    if balance is None:
        return {}
    record_id = record.get("transaction_id")
    found: dict[FindingKind, list[Difference]] = {}
    owner = record.get(OWNER)
    owners = {"sku": balance.get(OWNER)}
    if is_first and product is None:
        missing = Difference(record_id, "missing_product", record.get("product_id"), None)
        found["sku_without_product"] = [missing]
    elif is_first and product is not None and product.malformed is None:
        owners["product"] = product.vendor_id
    differing = [
        Difference(record_id, f"{what}.{OWNER}", owner, other)
        for what, other in owners.items()
        if other != owner
    ]
    if differing:
        found["owner_changed"] = differing
    return found
