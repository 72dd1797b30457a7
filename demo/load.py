"""Load the shop into the services; a second run, or one after an interruption, doubles nothing.

Runs are repeatable beyond the 24 hours of the services' idempotency records:

- a product is found by name in its vendor's list, a SKU by its id;
- the opening stock is restocked only while the SKU's log is empty;
- a place is repeatable by its order id, and only a place that was refused for insufficient stock
  restocks. As events have a fixed order, an interrupted run has executed a prefix of them; the
  next run replays the prefix, which changes nothing, and continues.
"""

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Final

from demo import shop
from demo.api import Stack
from demo.phases import Phases
from inventory_client import LineRequest, Product, problems

HOLD_SECONDS: Final = 2_592_000
"""The longest possible hold: the orders that were never shipped stay reserved for 30 days."""
RESTOCK_LOT_MIN_UNITS: Final = 20
PLACE_ATTEMPTS: Final = 5
"""The first one restocks and the second succeeds, unless another customer buys in between."""


@dataclass(frozen=True)
class Listing:
    """A product of the shop as the services know it."""

    product: shop.Product
    product_id: str
    sku: str
    is_active: bool


@dataclass(frozen=True)
class Loaded:
    """The result of a run.

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


def load(stack: Stack, facts: shop.Shop, phases: Phases) -> Loaded:
    """Load all facts: the assortment, then the orders day by day, then the discontinuations."""
    new: Counter[str] = Counter()
    listings: list[Listing] = []

    stock_vendor = partial(_stock_vendor, stack, facts)
    for vendor_listings, vendor_new in phases.together(
        "Products, SKUs, opening stock", stock_vendor, facts.vendors
    ):
        listings += vendor_listings
        new += vendor_new

    order_system = _OrderSystem(stack, listings)
    for event in phases.one_by_one("Orders, day by day", shop.timeline(facts.orders)):
        if event.step is shop.Step.PLACE:
            order_system.place(event.order)
        else:
            order_system.confirm(event.order)
    new += order_system.new

    ended = [listing for listing in listings if listing.product.discontinued]
    deactivate = partial(_deactivate, stack)
    new["products deactivated"] = sum(phases.together("Discontinued products", deactivate, ended))
    return Loaded(tuple(listings), new)


def _stock_vendor(stack: Stack, facts: shop.Shop, vendor: shop.Vendor) -> tuple[list[Listing], Counter[str]]:
    """Create, as a vendor, what does not exist yet."""
    new: Counter[str] = Counter()
    listings = []
    existing: dict[str, Product] = {}
    for existing_one in stack.catalog_of(vendor.vendor_id).products_of_vendor(vendor.vendor_id):
        # Another product may have the same name: the oldest one is the demo's.
        first = existing.setdefault(existing_one.product_name, existing_one)
        if existing_one.created_at < first.created_at:
            existing[existing_one.product_name] = existing_one

    for product in facts.products:
        if product.vendor_id == vendor.vendor_id:
            listings.append(_stock_product(stack, product, existing.get(product.name), new))
    return listings, new


def _stock_product(
    stack: Stack, product: shop.Product, existing_one: Product | None, new: Counter[str]
) -> Listing:
    if existing_one is None:
        # The list is read from an index that may lag: a product created just before an interruption
        # may not be listed yet, and is found by the key.
        existing_one, replayed = stack.catalog_of(product.vendor_id).create_product(
            product_name=product.name,
            category=product.category,
            base_price=product.unit_price,
            idempotency_key=f"demo-product-{product.number}",
        )
        new["products"] += not replayed

    listing = Listing(
        product=product,
        product_id=existing_one.product_id,
        sku=f"SKU-{existing_one.product_id}-{product.variant}",
        is_active=existing_one.is_active,
    )
    stock = stack.stock_of(product.vendor_id)
    try:
        sku = stock.sku(listing.product_id, listing.sku)
    except problems.SkuNotFound:
        sku, replayed = stock.create_sku(
            listing.product_id,
            listing.sku,
            variant_name=product.pack,
            unit_price=product.unit_price,
            reorder_threshold=product.reorder_level,
            idempotency_key=f"demo-sku-{listing.sku}",
        )
        new["SKUs"] += not replayed

    if sku.sequence == 0 and product.opening_stock > 0:
        _, replayed = stock.restock(
            listing.product_id,
            listing.sku,
            product.opening_stock,
            notes="Opening stock",
            idempotency_key=f"demo-opening-{listing.sku}",
        )
        new["restocks"] += not replayed
    return listing


class _OrderSystem:
    """The shop's order system; it has vendors restock what orders lack."""

    def __init__(self, stack: Stack, listings: list[Listing]) -> None:
        self.new: Counter[str] = Counter()
        self._stack = stack
        self._by_number = {listing.product.number: listing for listing in listings}
        self._by_sku = {listing.sku: listing for listing in listings}
        self._open: set[str] = set()

    def place(self, order: shop.Order) -> None:
        """Place an order; restock what it lacks."""
        for attempt in range(1, PLACE_ATTEMPTS + 1):
            try:
                placed, replayed = self._stack.orders.place(
                    order.order_id, self._lines(order), hold_seconds=HOLD_SECONDS
                )
            except (problems.OrderCancelled, problems.ReservationExpired):
                return  # an earlier run placed it; what has become of it since is left alone
            except problems.InsufficientStock as refusal:
                if attempt == PLACE_ATTEMPTS:
                    raise
                for short in refusal.lines:
                    self._restock(order, short)
            else:
                if placed.reserved:
                    self._open.add(order.order_id)
                self.new["orders placed"] += not replayed
                return

    def confirm(self, order: shop.Order) -> None:
        """Confirm an order, unless it reserves nothing because of what happened since an earlier run."""
        if order.order_id in self._open:
            self._stack.orders.confirm(order.order_id)
            self.new["orders confirmed"] += 1

    def _lines(self, order: shop.Order) -> list[LineRequest]:
        listed = [(self._by_number[line.product_number], line.quantity) for line in order.lines]
        return [LineRequest(listing.product_id, listing.sku, quantity) for listing, quantity in listed]

    def _restock(self, order: shop.Order, short: problems.ShortLine) -> None:
        """Restock, as the vendor, the missing units and a lot more.

        The key contains the SKU's `sequence`: a restock that is repeated after the same record is
        executed once, and one that is needed again, because somebody bought meanwhile, is not taken
        for a replay.
        """
        product = self._by_sku[short.sku].product
        stock = self._stack.stock_of(product.vendor_id)
        sku = stock.sku(short.product_id, short.sku)
        if sku.available_stock >= short.asked:
            return
        lot = max(product.reorder_level, RESTOCK_LOT_MIN_UNITS)
        _, replayed = stock.restock(
            short.product_id,
            short.sku,
            short.asked - sku.available_stock + lot,
            notes=f"Short for {order.order_id}",
            idempotency_key=f"demo-{order.order_id}-{short.sku}-{sku.sequence}",
        )
        self.new["restocks"] += not replayed


def _deactivate(stack: Stack, listing: Listing) -> bool:
    """Deactivate a product if it is active; return whether it was."""
    if listing.is_active:
        stack.catalog_of(listing.product.vendor_id).deactivate_product(listing.product_id)
    return listing.is_active
