"""``inventory stock``: what there is, what came in, what was counted."""

from __future__ import annotations

import click

from inventory_client import Outcome, StockChange
from inventory_common.ids import product_of

from ..output import Format, print_one, say
from .invocation import Invocation, listed, pass_invocation, shaped, show, vendor_option
from .skus import SKU_COLUMNS

__all__ = ["stock"]

_key_option = click.option(
    "--key", "idempotency_key", help="Idempotency-Key: the same key again does nothing again."
)


@click.group()
def stock() -> None:
    """See stock, take units in, correct it."""


@stock.command("list")
@vendor_option
@listed
@pass_invocation
def list_stock(call: Invocation, vendor: str | None, shape: Format, limit: int | None) -> None:
    """List a vendor's stock, newest change first."""
    with call.session() as session:
        show(session.stock.inventory(call.vendor_id(vendor)), shape, SKU_COLUMNS, limit)


@stock.command()
@vendor_option
@listed
@pass_invocation
def low(call: Invocation, vendor: str | None, shape: Format, limit: int | None) -> None:
    """List what a vendor should order: active SKUs at or below their thresholds."""
    with call.session() as session:
        show(session.stock.low_stock(call.vendor_id(vendor)), shape, SKU_COLUMNS, limit)


@stock.command()
@click.argument("sku")
@click.argument("quantity", type=int)
@click.option("--notes")
@_key_option
@shaped
@pass_invocation
def restock(
    call: Invocation, sku: str, quantity: int, notes: str | None, idempotency_key: str | None, shape: Format
) -> None:
    """Take units into stock."""
    with call.session() as session:
        done = session.stock.restock(
            product_of(sku), sku, quantity, notes=notes, idempotency_key=idempotency_key
        )
        _print_change(done, shape)


@stock.command(context_settings={"ignore_unknown_options": True})
@click.argument("sku")
@click.argument("change", type=int)
@click.option("--notes", required=True, help="Why.")
@_key_option
@shaped
@pass_invocation
def adjust(
    call: Invocation, sku: str, change: int, notes: str, idempotency_key: str | None, shape: Format
) -> None:
    """Correct the stock by a signed CHANGE, such as -3."""
    with call.session() as session:
        done = session.stock.adjust(
            product_of(sku), sku, change, notes=notes, idempotency_key=idempotency_key
        )
        _print_change(done, shape)


@stock.command()
@click.argument("sku")
@click.argument("counted", type=int)
@click.option("--expected", type=int, required=True, help="The stock that was expected.")
@click.option("--notes", required=True, help="Why, such as: yearly count.")
@_key_option
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
    """Correct the stock to what was COUNTED, if it still is as expected."""
    with call.session() as session:
        done = session.stock.count(
            product_of(sku),
            sku,
            counted_stock=counted,
            expected_stock=expected,
            notes=notes,
            idempotency_key=idempotency_key,
        )
        _print_change(done, shape)


def _print_change(done: Outcome[StockChange], shape: Format) -> None:
    if done.replayed:
        say("This key had been used for it before: nothing was done again.")
    print_one(done.result.transaction.document(), shape)
