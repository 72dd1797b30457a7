"""``inventory availability``: whether units can be ordered now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import click

from inventory_client import AvailabilityLine
from inventory_common.ids import StockKey, is_id

from ..output import Format, print_documents, say
from .invocation import Invocation, pass_invocation, shaped

__all__ = ["availability"]

_COLUMNS: Final = ("product_id", "sku", "quantity", "is_available", "available_stock")


class _Asked(click.ParamType[AvailabilityLine]):
    """Units of a SKU or of each SKU of a product: ``SKU-PROD-E4F9A-BLK-L=2``, ``PROD-E4F9A``."""

    name = "sku or product"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> AvailabilityLine:
        """Read the text."""
        if isinstance(value, AvailabilityLine):
            return value
        name, separator, quantity = str(value).partition("=")
        is_number = quantity.isascii() and quantity.isdigit()
        if (separator and not is_number) or not (is_id("sku", name) or is_id("product_id", name)):
            self.fail("should look like SKU-PROD-E4F9A-BLK-L=2 or PROD-E4F9A", param, ctx)
        units = int(quantity) if separator else 1
        if is_id("sku", name):
            return AvailabilityLine(*StockKey.of(name), units)
        return AvailabilityLine(name, quantity=units)


@click.command()
@click.argument("lines", metavar="SKU[=UNITS]|PRODUCT-ID[=UNITS]...", type=_Asked(), nargs=-1, required=True)
@click.option("--public", is_flag=True, help="Ask without a token, as a customer: shows at most 10 units.")
@shaped
@pass_invocation
def availability(call: Invocation, lines: Sequence[AvailabilityLine], public: bool, shape: Format) -> None:
    """Show whether units can be ordered now, all together; 1 unit of each by default.

    A product stands for each of its active SKUs. Nothing is reserved.
    """
    with call.session() as session:
        stock = session.stock.acting_as(None) if public else session.stock
        found = stock.availability(lines)
    print_documents((asdict(line) for line in found.lines), shape, _COLUMNS, limit=len(found.lines))
    if shape is Format.TABLE and not found.all_available:
        say("Not all of it can be ordered.", style="yellow")
