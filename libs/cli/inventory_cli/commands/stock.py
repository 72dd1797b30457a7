"""``inventory stock``: the stock of SKUs, deliveries and corrections."""

from __future__ import annotations

import click

from inventory_client import Outcome, StockChange
from inventory_common.ids import StockKey
from inventory_common.skus import SKU_MEMBERS

from ..output import Format, print_one, say
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
        show(session.stock.inventory(vendor_id), shape, SKU_COLUMNS, limit)


@stock.command()
@vendor_option
@listed
@pass_invocation
def low(call: Invocation, vendor: str | None, shape: Format, limit: int | None) -> None:
    """List the SKUs that a vendor should reorder: active ones at or below their thresholds."""
    with call.session() as session:
        show(session.stock.low_stock(call.vendor_id(vendor)), shape, SKU_COLUMNS, limit)


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
    print_one(outcome.result.transaction.document(), shape)
