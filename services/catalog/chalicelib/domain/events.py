"""The event that a change of a product raises, from its old and its new image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, TypedDict

from inventory_common.attributes import Attribute
from inventory_common.events import Event, EventType, event_id
from inventory_common.products import Product

__all__ = ["EVENT_TYPES", "product_events"]

SOURCE: Final = "/inventory/catalog"
PRODUCT_CHANGED: Final = "product.changed"


class ProductChanged(TypedDict):
    """A product that was created or changed; the catalog service has its attributes."""

    product_id: str
    vendor_id: str
    is_active: bool
    version: Annotated[int, Attribute("The product's version after the change.", 2)]
    changed: Annotated[
        list[str],
        Attribute(
            "The attributes that differ from the version before, without `version` and `updated_at`; all "
            "that a new product has.",
            ["base_price"],
        ),
    ]
    link: Annotated[str, Attribute("The path of the product in the catalog service.", "/products/PROD-E4F9A")]


EVENT_TYPES: Final = (EventType(PRODUCT_CHANGED, ProductChanged, "A product was created or changed."),)

_OF_EVERY_CHANGE: Final = frozenset({"version", "updated_at"})


def product_events(before: Product | None, after: Product) -> Iterator[Event]:
    """Yield the event of a change of a product; `before` is None if it is new, or could not be read."""
    former = {} if before is None else before.document()
    latter = after.document()
    changed = [name for name, member in latter.items() if former.get(name) != member]
    changed = [name for name in changed if name not in _OF_EVERY_CHANGE]
    if not changed:
        return
    yield Event(
        id=event_id(PRODUCT_CHANGED, after.product_id, after.version),
        source=SOURCE,
        type=PRODUCT_CHANGED,
        subject=after.product_id,
        time=after.updated_at,
        sequence=after.version,
        data={
            "product_id": after.product_id,
            "vendor_id": after.vendor_id,
            "is_active": after.is_active,
            "version": after.version,
            "changed": changed,
            "link": f"/products/{after.product_id}",
        },
    )
