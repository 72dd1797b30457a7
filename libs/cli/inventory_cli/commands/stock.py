"""``inventory stock``: the stock of SKUs, deliveries and corrections."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

import click

from inventory_client import Outcome, StockChange
from inventory_common.ids import StockKey
from inventory_common.skus import SKU_MEMBERS

from ..names import with_product_names
from ..output import Format, print_documents, print_line, print_one, say
from .invocation import (
    Invocation,
    fields_option,
    key_option,
    listed,
    pass_invocation,
    shaped,
    show,
    show_members,
    vendor_option,
)
from .skus import SKU_COLUMNS

__all__ = ["stock"]

_LOW_COLUMNS: Final = (
    "sku",
    "product_name",
    "variant_name",
    "available_stock",
    "reorder_threshold",
    "current_stock",
    "reserved_stock",
    "unit_price",
)
REORDER_COLUMNS: Final = (
    "vendor_id",
    "product_id",
    "sku",
    "product_name",
    "variant_name",
    "available_stock",
    "reorder_threshold",
    "to_order",
)


@click.group()
def stock() -> None:
    """List the stock, add deliveries, correct it."""


@stock.command("list")
@vendor_option
@fields_option(SKU_MEMBERS)
@listed
@pass_invocation
def list_stock(
    call: Invocation,
    vendor: str | None,
    fields: tuple[str, ...] | None,
    shape: Format,
    limit: int | None,
) -> None:
    """List a vendor's stock, newest change first; each SKU once, also if it changes meanwhile."""
    with call.session() as session:
        vendor_id = call.vendor_id(vendor)
        if fields is not None:
            show_members(session.stock.inventory_members(vendor_id, fields), shape, fields, limit)
            return
        show(session.stock.inventory(vendor_id), shape, SKU_COLUMNS, limit, with_product_names(session))


@stock.command()
@vendor_option
@listed
@pass_invocation
def low(call: Invocation, vendor: str | None, shape: Format, limit: int | None) -> None:
    """List the SKUs that a vendor should reorder: active ones at or below their thresholds."""
    with call.session() as session:
        found = session.stock.low_stock(call.vendor_id(vendor))
        show(found, shape, _LOW_COLUMNS, limit, with_product_names(session))


@stock.command("reorder-list")
@vendor_option
@click.option(
    "--times",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Order up to this multiple of the threshold.",
)
@listed
@pass_invocation
def reorder_list(call: Invocation, vendor: str | None, times: int, shape: Format, limit: int | None) -> None:
    """List what a vendor should order, with names: for each SKU at or below its threshold, the units.

    They raise the available stock to twice the threshold, or to as many TIMES of it, and are 1 at least.
    """
    with call.session() as session:
        low = [sku.document() for sku in islice(session.stock.low_stock(call.vendor_id(vendor)), limit)]
        documents = [
            {name: row.get(name) for name in REORDER_COLUMNS} | {"to_order": _units_to_order(row, times)}
            for row in with_product_names(session)(low)
        ]
        columns = [name for name in REORDER_COLUMNS if name not in ("vendor_id", "product_id")]
        print_documents(documents, shape, columns, csv_columns=REORDER_COLUMNS, limit=limit)


def _units_to_order(sku: Mapping[str, Any], times: int) -> int:
    return max(1, times * int(sku["reorder_threshold"]) - int(sku["available_stock"]))


@stock.command()
@click.argument("sku")
@click.argument("quantity", type=int)
@click.option("--notes")
@key_option
@shaped
@pass_invocation
def restock(
    call: Invocation, sku: str, quantity: int, notes: str | None, idempotency_key: str | None, shape: Format
) -> None:
    """Add delivered units to the stock."""
    with call.session() as session:
        outcome = session.stock.restock(
            *StockKey.of(sku), quantity, notes=notes, idempotency_key=idempotency_key
        )
        _print_change(outcome, shape)


@stock.command(context_settings={"ignore_unknown_options": True})
@click.argument("sku")
@click.argument("change", type=int)
@click.option("--notes", required=True, help="The reason.")
@key_option
@shaped
@pass_invocation
def adjust(
    call: Invocation, sku: str, change: int, notes: str, idempotency_key: str | None, shape: Format
) -> None:
    """Correct the stock by a signed CHANGE, such as -3."""
    with call.session() as session:
        outcome = session.stock.adjust(
            *StockKey.of(sku), change, notes=notes, idempotency_key=idempotency_key
        )
        _print_change(outcome, shape)


@stock.command()
@click.argument("sku")
@click.argument("counted", type=int)
@click.option("--expected", type=int, required=True, help="The stock that was expected.")
@click.option("--notes", required=True, help="The reason, such as: yearly count.")
@key_option
@shaped
@pass_invocation
def count(
    call: Invocation,
    sku: str,
    counted: int,
    expected: int,
    notes: str,
    idempotency_key: str | None,
    shape: Format,
) -> None:
    """Correct the stock to the COUNTED units, if it is the expected stock."""
    with call.session() as session:
        outcome = session.stock.count(
            *StockKey.of(sku),
            counted_stock=counted,
            expected_stock=expected,
            notes=notes,
            idempotency_key=idempotency_key,
        )
        _print_change(outcome, shape)


def _print_change(outcome: Outcome[StockChange], shape: Format) -> None:
    if outcome.replayed:
        say("The key was used before: the command was not executed again.")
    change, sku = outcome.result.transaction, outcome.result.sku
    if shape is not Format.TABLE:
        print_one(change.document(), shape)
        return
    print_line(
        f"{change.sku} ({sku.variant_name}) "
        f"{change.quantity_change:+d}: {change.stock_before} → {change.stock_after}"
    )
