"""Load the shop into the services; a second run, or one after an interruption, doubles nothing.

What makes it repeatable does not lapse with the services' 24-hour idempotency markers:

- a product is looked for by name in its vendor's list, a SKU by its id;
- the opening stock is put in only while the SKU's log is empty;
- a place is repeatable by its order id, and only a place that was refused for want of stock
  restocks. As events come in one order, an interrupted run has left a prefix of them behind; the
  next run replays the prefix, which changes nothing, and goes on.
"""

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Final

from demo import api, shop
from demo.phases import Phases

HOLD_SECONDS: Final = 2_592_000
"""The longest hold there is: the orders that were never shipped stay reserved for 30 days."""
RESTOCK_LOT_MIN_UNITS: Final = 20
PLACE_ATTEMPTS: Final = 5
"""The first restocks and the second succeeds, unless somebody else buys in between."""


@dataclass(frozen=True)
class Listing:
    """A product of the shop as the services know it."""

    product: shop.Product
    product_id: str
    sku: str
    is_active: bool


@dataclass(frozen=True)
class Loaded:
    """What a run left behind.

    Attributes
    ----------
    listings
        Every product of the shop.
    new
        What this run added: products, SKUs, restocks, orders placed, orders confirmed, products
        deactivated.
    """

    listings: tuple[Listing, ...]
    new: Counter[str]


def load(stack: api.Stack, facts: shop.Shop, phases: Phases) -> Loaded:
    """Load all facts: the assortment, then the orders day by day, then the discontinuations."""
    new: Counter[str] = Counter()
    listings: list[Listing] = []

    stock_vendor = partial(_stock_vendor, stack, facts)
    for vendor_listings, vendor_new in phases.together(
        "Products, SKUs, opening stock", stock_vendor, facts.vendors
    ):
        listings += vendor_listings
        new += vendor_new

    desk = _OrderDesk(stack.stock, listings)
    for event in phases.one_by_one("Orders, day by day", shop.timeline(facts.orders)):
        if event.step is shop.Step.PLACE:
            desk.place(event.order)
        else:
            desk.confirm(event.order)
    new += desk.new

    ended = [listing for listing in listings if listing.product.discontinued]
    deactivate = partial(_deactivate, stack.catalog)
    new["products deactivated"] = sum(phases.together("Discontinued products", deactivate, ended))
    return Loaded(tuple(listings), new)


def _stock_vendor(
    stack: api.Stack, facts: shop.Shop, vendor: shop.Vendor
) -> tuple[list[Listing], Counter[str]]:
    """Let a vendor create what it does not have yet."""
    new: Counter[str] = Counter()
    listings = []
    existing: dict[str, api.Product] = {}
    for known in stack.catalog.products(vendor.vendor_id):
        # Somebody may have made a namesake since: the oldest is the demo's.
        first = existing.setdefault(known.product_name, known)
        if known.created_at < first.created_at:
            existing[known.product_name] = known

    for product in facts.products:
        if product.vendor_id == vendor.vendor_id:
            listings.append(_stock_product(stack, product, existing.get(product.name), new))
    return listings, new


def _stock_product(
    stack: api.Stack, product: shop.Product, known: api.Product | None, new: Counter[str]
) -> Listing:
    if known is None:
        # The list is read from an index that may be behind; for a product made a moment before an
        # interruption, the key finds what the list does not show yet.
        known, is_new = stack.catalog.create_product(
            product.vendor_id,
            name=product.name,
            category=product.category,
            base_price=product.unit_price,
            key=f"demo-product-{product.number}",
        )
        new["products"] += is_new

    listing = Listing(
        product=product,
        product_id=known.product_id,
        sku=f"SKU-{known.product_id}-{product.variant}",
        is_active=known.is_active,
    )
    sku = stack.stock.find_sku(product.vendor_id, listing.product_id, listing.sku)
    if sku is None:
        sku, is_new = stack.stock.create_sku(
            product.vendor_id,
            listing.product_id,
            sku=listing.sku,
            variant_name=product.pack,
            unit_price=product.unit_price,
            reorder_threshold=product.reorder_level,
        )
        new["SKUs"] += is_new

    if sku.sequence == 0 and product.opening_stock > 0:
        _, is_new = stack.stock.restock(
            product.vendor_id,
            listing.product_id,
            listing.sku,
            quantity=product.opening_stock,
            notes="Opening stock",
            key=f"demo-opening-{listing.sku}",
        )
        new["restocks"] += is_new
    return listing


class _OrderDesk:
    """The shop's order system, with every vendor within call for what is missing."""

    def __init__(self, stock: api.Stock, listings: list[Listing]) -> None:
        self.new: Counter[str] = Counter()
        self._stock = stock
        self._by_number = {listing.product.number: listing for listing in listings}
        self._by_sku = {listing.sku: listing for listing in listings}
        self._as_placed: dict[str, api.Order] = {}

    def place(self, order: shop.Order) -> None:
        """Place an order, restocking what it lacks."""
        for attempt in range(1, PLACE_ATTEMPTS + 1):
            try:
                placed, is_new = self._stock.place(
                    order.order_id, self._lines(order), hold_seconds=HOLD_SECONDS
                )
            except api.Problem as problem:
                if problem.code != "insufficient_stock" or attempt == PLACE_ATTEMPTS:
                    raise
                for short in problem.short_lines():
                    self._restock(order, short)
            else:
                self._as_placed[order.order_id] = placed
                self.new["orders placed"] += is_new
                return

    def confirm(self, order: shop.Order) -> None:
        """Confirm an order, unless it holds nothing any more: an earlier run confirmed it."""
        if self._as_placed[order.order_id].reserved > 0:
            self._stock.confirm(order.order_id)
            self.new["orders confirmed"] += 1

    def _lines(self, order: shop.Order) -> list[dict[str, str | int]]:
        listed = [(self._by_number[line.product_number], line.quantity) for line in order.lines]
        return [
            {"product_id": listing.product_id, "sku": listing.sku, "quantity": quantity}
            for listing, quantity in listed
        ]

    def _restock(self, order: shop.Order, short: api.ShortLine) -> None:
        """Let the vendor bring in the missing units and a lot to go on with.

        The SKU is read for its `sequence`, which goes into the key: so the key means "on top of
        exactly this record". A restock that is repeated on the same stock is done once, and one
        that is needed again, because somebody bought meanwhile, is not mistaken for a repetition.
        """
        product = self._by_sku[short.sku].product
        sku = self._stock.find_sku(product.vendor_id, short.product_id, short.sku)
        if sku is None or sku.available_stock >= short.asked:
            return
        lot = max(product.reorder_level, RESTOCK_LOT_MIN_UNITS)
        _, is_new = self._stock.restock(
            product.vendor_id,
            short.product_id,
            short.sku,
            quantity=short.asked - sku.available_stock + lot,
            notes=f"Short for {order.order_id}",
            key=f"demo-{order.order_id}-{short.sku}-{sku.sequence}",
        )
        self.new["restocks"] += is_new


def _deactivate(catalog: api.Catalog, listing: Listing) -> bool:
    """Deactivate a product that is active; say whether it was."""
    if listing.is_active:
        catalog.deactivate_product(listing.product.vendor_id, listing.product_id)
    return listing.is_active
