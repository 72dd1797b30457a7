"""``inventory log``: every change of stock, and the proof that none was changed."""

from __future__ import annotations

from typing import Any, Final

import click

from inventory_client import TransactionType
from inventory_client.audit import Search
from inventory_common.ids import product_of
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.transactions import record_hash

from ..output import Format, print_one, say
from .invocation import Command, Invocation, listed, pass_invocation, shaped, show

__all__ = ["log"]

_COLUMNS: Final = (
    "timestamp",
    "sku",
    "transaction_type",
    "quantity",
    "stock_after",
    "reserved_after",
    "order_id",
    "notes",
)
_COLUMNS_OF_SKU: Final = tuple(column for column in _COLUMNS if column != "sku")


_TYPES: Final = [kind.value for kind in TransactionType]


def _searched(command: Command) -> Command:
    for option in (
        click.option("--from", "since", help="ISO 8601 with an offset; inclusive."),
        click.option("--to", "until", help="ISO 8601 with an offset; exclusive."),
        click.option("--type", "transaction_type", type=click.Choice(_TYPES)),
        click.option("--order", type=click.Choice(["asc", "desc"]), help="By time; desc if not said."),
    ):
        command = option(command)
    return command


@click.group()
def log() -> None:
    """Read the log of all changes of stock."""


@log.command("sku")
@click.argument("sku")
@_searched
@listed
@pass_invocation
def log_of_sku(call: Invocation, sku: str, shape: Format, limit: int | None, **search: Any) -> None:
    """Show a SKU's history."""
    with call.session() as session:
        show(session.audit.records_of_sku(sku, Search(**search)), shape, _COLUMNS_OF_SKU, limit)


@log.command("product")
@click.argument("product_id")
@_searched
@listed
@pass_invocation
def log_of_product(
    call: Invocation, product_id: str, shape: Format, limit: int | None, **search: Any
) -> None:
    """Show a product's history."""
    with call.session() as session:
        show(session.audit.records_of_product(product_id, Search(**search)), shape, _COLUMNS, limit)


@log.command("vendor")
@click.argument("vendor_id", required=False)
@_searched
@listed
@pass_invocation
def log_of_vendor(
    call: Invocation, vendor_id: str | None, shape: Format, limit: int | None, **search: Any
) -> None:
    """Show a vendor's history."""
    with call.session() as session:
        found = session.audit.records_of_vendor(call.vendor_id(vendor_id), Search(**search))
        show(found, shape, _COLUMNS, limit)


@log.command("show")
@click.argument("transaction_id")
@shaped
@pass_invocation
def show_record(call: Invocation, transaction_id: str, shape: Format) -> None:
    """Show a record."""
    with call.session() as session:
        print_one(session.audit.record(transaction_id).document(), shape)


@log.command()
@click.argument("sku")
@pass_invocation
def verify(call: Invocation, sku: str) -> None:
    """Recompute a SKU's whole chain of hashes here, and compare its end with the SKU."""
    with call.session() as session:
        found = session.stock.sku(product_of(sku), sku)
        previous, sequence = FIRST_PREVIOUS_HASH, 0
        for record in session.audit.records_of_sku(sku, Search(order="asc")):
            sequence += 1
            if record.sequence > found.sequence:
                break  # written since the SKU was read
            faults = [
                (record.sequence != sequence, f"record {sequence} is missing"),
                (
                    record.previous_hash != previous,
                    f"record {sequence} does not follow the one before it",
                ),
                (record_hash(record.document()) != record.hash, f"record {sequence} was changed"),
            ]
            for is_fault, told in faults:
                if is_fault:
                    raise click.ClickException(f"{sku}: {told}.")
            previous = record.hash
        if (found.ledger_hash, found.sequence) != (previous, min(sequence, found.sequence)):
            raise click.ClickException(f"{sku}: its log does not end where the SKU says.")
        say(f"{sku}: {found.sequence} records, none missing, none changed.", style="green")
