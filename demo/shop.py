"""The facts of the demo shop, read from the CSV files in `shop/`, whose README explains them."""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from pathlib import Path
from typing import Final, NamedTuple

FACTS: Final = Path(__file__).parent / "shop"
VARIANT_MAX_CHARACTERS: Final = 40


@dataclass(frozen=True)
class Vendor:
    """A vendor of the shop."""

    vendor_id: str
    name: str


@dataclass(frozen=True)
class Product:
    """A product of a vendor, in one variant: its pack.

    `number` is the shop's own, `opening_stock` and `reorder_level` are units.
    """

    number: int
    name: str
    vendor_id: str
    category: str
    pack: str
    unit_price: Decimal
    opening_stock: int
    reorder_level: int
    discontinued: bool

    @property
    def variant(self) -> str:
        """The pack as the last part of a SKU: ``24 - 12 oz bottles`` is ``24-12-OZ-BOTTLES``."""
        letters = unicodedata.normalize("NFKD", self.pack).encode("ascii", "ignore").decode()
        words = "-".join(re.findall(r"[A-Z0-9]+", letters.upper()))
        return words[:VARIANT_MAX_CHARACTERS].rstrip("-") or "STD"


@dataclass(frozen=True)
class OrderLine:
    """Units of one product in an order."""

    product_number: int
    quantity: int


@dataclass(frozen=True)
class Order:
    """An order of a customer; `shipped_on` is None if it was not shipped."""

    order_id: str
    placed_on: date
    shipped_on: date | None
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True)
class Shop:
    """All facts of the shop; orders by the date on which they were placed."""

    vendors: tuple[Vendor, ...]
    products: tuple[Product, ...]
    orders: tuple[Order, ...]


class Step(IntEnum):
    """What happens to an order, in the sequence of a day."""

    PLACE = 0
    CONFIRM = 1


class Event(NamedTuple):
    """One step of one order on one day."""

    day: date
    step: Step
    order: Order


def read(folder: Path = FACTS) -> Shop:
    """Read the four CSV files of `folder`."""
    lines: defaultdict[str, list[OrderLine]] = defaultdict(list)
    for row in _rows(folder / "order_lines.csv"):
        line = OrderLine(int(row["product_number"]), int(row["quantity"]))
        lines[row["order_id"]].append(line)

    vendors = (Vendor(row["vendor_id"], row["vendor_name"]) for row in _rows(folder / "vendors.csv"))
    products = (_product(row) for row in _rows(folder / "products.csv"))
    orders = (
        Order(
            order_id=row["order_id"],
            placed_on=date.fromisoformat(row["order_date"]),
            shipped_on=date.fromisoformat(row["shipped_date"]) if row["shipped_date"] else None,
            lines=tuple(lines[row["order_id"]]),
        )
        for row in _rows(folder / "orders.csv")
    )
    return Shop(
        vendors=tuple(vendors),
        products=tuple(products),
        orders=tuple(sorted(orders, key=lambda order: (order.placed_on, order.order_id))),
    )


def timeline(orders: Iterable[Order]) -> list[Event]:
    """Return every place and confirm by date, so that units are reserved until the order ships.

    On one day all orders are placed before any is confirmed.
    """
    events = []
    for order in orders:
        events.append(Event(order.placed_on, Step.PLACE, order))
        if order.shipped_on is not None:
            events.append(Event(order.shipped_on, Step.CONFIRM, order))
    return sorted(events, key=lambda event: (event.day, event.step, event.order.order_id))


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


def _product(row: dict[str, str]) -> Product:
    return Product(
        number=int(row["product_number"]),
        name=row["product_name"],
        vendor_id=row["vendor_id"],
        category=row["category"],
        pack=row["pack"],
        unit_price=Decimal(row["unit_price"]),
        opening_stock=int(row["opening_stock"]),
        reorder_level=int(row["reorder_level"]),
        discontinued=row["discontinued"] == "yes",
    )
