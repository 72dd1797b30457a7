"""``inventory log``: the log of all stock changes, and its verification."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import click

from inventory_client import AuditClient, TransactionRecord, TransactionType
from inventory_client.audit import Search
from inventory_common.exact_json import dumps
from inventory_common.ids import StockKey
from inventory_common.ledger import check_signature
from inventory_common.ledger_keys import PublicKeys, SignaturesNotInstalled, check_signatures_installed
from inventory_common.order_fold import OrderLines
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.transactions import record_hash

from ..names import with_item_names
from ..output import Format, Rows, print_line, print_one, say
from ..profiles import Session
from .invocation import Command, Invocation, listed, pass_invocation, shaped, show

__all__ = ["log"]

_COLUMNS: Final = (
    "timestamp",
    "item",
    "transaction_type",
    "quantity_change",
    "stock_after",
    "reserved_change",
    "performed_by",
    "order_id",
    "notes",
)
_COLUMNS_OF_SKU: Final = tuple(column for column in _COLUMNS if column != "item")
_COLUMNS_OF_ORDER: Final = tuple(column for column in _COLUMNS if column != "order_id")


_COLUMNS_OF_RESERVATIONS: Final = ("order_id", "quantity", "placed_at", "age_seconds", "expires_at")
_COLUMNS_OF_FINDINGS: Final = ("occurred_at", "kind", "vendor_id", "sku", "transaction_id")
_TYPES: Final = [transaction_type.value for transaction_type in TransactionType]


def _with_search(command: Command) -> Command:
    for option in (
        click.option("--from", "since", help="ISO 8601 with an offset; inclusive."),
        click.option("--to", "until", help="ISO 8601 with an offset; exclusive."),
        click.option("--type", "transaction_type", type=click.Choice(_TYPES)),
        click.option("--order", type=click.Choice(["asc", "desc"]), help="By time; desc by default."),
    ):
        command = option(command)
    return command


@click.group()
def log() -> None:
    """Read and verify the log of all stock changes."""


@log.command("sku")
@click.argument("sku")
@_with_search
@listed
@pass_invocation
def log_of_sku(call: Invocation, sku: str, shape: Format, limit: int | None, **search: Any) -> None:
    """Show a SKU's history."""
    with call.session() as session:
        found = session.audit.records_of_sku(sku, Search(**search))
        _show_records(session, found, shape, _COLUMNS_OF_SKU, limit)


@log.command("product")
@click.argument("product_id")
@_with_search
@listed
@pass_invocation
def log_of_product(
    call: Invocation, product_id: str, shape: Format, limit: int | None, **search: Any
) -> None:
    """Show a product's history."""
    with call.session() as session:
        found = session.audit.records_of_product(product_id, Search(**search))
        _show_records(session, found, shape, _COLUMNS, limit)


@log.command("vendor")
@click.argument("vendor_id", required=False)
@_with_search
@listed
@pass_invocation
def log_of_vendor(
    call: Invocation, vendor_id: str | None, shape: Format, limit: int | None, **search: Any
) -> None:
    """Show a vendor's history."""
    with call.session() as session:
        found = session.audit.records_of_vendor(call.vendor_id(vendor_id), Search(**search))
        _show_records(session, found, shape, _COLUMNS, limit)


@log.command("order")
@click.argument("order_id")
@listed
@pass_invocation
def log_of_order(call: Invocation, order_id: str, shape: Format, limit: int | None) -> None:
    """Show an order's history, of all its lines."""
    with call.session() as session:
        found = session.audit.records_of_order(order_id)
        _show_records(session, found, shape, _COLUMNS_OF_ORDER, limit)


def _show_records(
    session: Session,
    found: Iterable[TransactionRecord],
    shape: Format,
    columns: Sequence[str],
    limit: int | None,
) -> None:
    """Print log records; a table names products and variants, that of one SKU before its first row."""

    def completed(rows: Rows) -> Rows:
        changes = [{**row, "reserved_change": row["reserved_after"] - row["reserved_before"]} for row in rows]
        if "item" in columns:
            return with_item_names(session)(changes)
        for named in with_item_names(session)(changes[:1]):
            print_line(named["item"])
        return changes

    show(found, shape, columns, limit, completed)


@log.command("show")
@click.argument("transaction_id")
@shaped
@pass_invocation
def show_record(call: Invocation, transaction_id: str, shape: Format) -> None:
    """Show a log record."""
    with call.session() as session:
        print_one(session.audit.record(transaction_id).document(), shape)


@log.command("stock-at")
@click.argument("sku")
@click.argument("time")
@shaped
@pass_invocation
def stock_at(call: Invocation, sku: str, time: str, shape: Format) -> None:
    """Show a SKU's stock at a point in time (ISO 8601 with an offset), with the last record before it."""
    with call.session() as session:
        document = session.audit.stock_at(sku, time).document()
    if shape is not Format.JSON:
        document["transaction"] = document["transaction"] and document["transaction"]["transaction_id"]
    print_one(document, shape)


@log.command()
@click.argument("sku")
@listed
@pass_invocation
def reservations(call: Invocation, sku: str, shape: Format, limit: int | None) -> None:
    """List the orders that currently reserve units of a SKU, oldest first."""
    with call.session() as session:
        found = session.audit.reservations(sku)
    show(found.reservations, shape, _COLUMNS_OF_RESERVATIONS, limit)
    if found.unaccounted:
        say(f"{found.unaccounted} more units are reserved by orders that are older than the records read.")


@log.command()
@listed
@pass_invocation
def findings(call: Invocation, shape: Format, limit: int | None) -> None:
    """List the changes of stock and log that were not made by the services, newest first."""
    with call.session() as session:
        show(session.audit.findings(), shape, _COLUMNS_OF_FINDINGS, limit)


@log.command()
@pass_invocation
def keys(call: Invocation) -> None:
    """Print the public keys that verify the log's signatures, as a JSON Web Key Set."""
    with call.session() as session:
        print_one(session.audit.ledger_keys().jwks(), Format.JSON)


@log.command()
@click.argument("sku")
@click.option("--by-service", is_flag=True, help="Verify by the audit service, and list all differences.")
@pass_invocation
def verify(call: Invocation, sku: str, by_service: bool) -> None:
    """Verify a SKU's whole log locally: hash chain, signatures, orders, and its end against the SKU."""
    with call.session() as session:
        if by_service:
            _verify_by_service(session.audit, sku)
            return
        found = session.stock.sku(*StockKey.of(sku))
        ledger_keys = _ledger_keys(session.audit)
        orders = OrderLines()
        previous, sequence = FIRST_PREVIOUS_HASH, 0
        for record in session.audit.records_of_sku(sku, Search(order="asc")):
            sequence += 1
            if record.sequence > found.sequence:
                break  # written after the SKU was read
            document = record.document()
            unsigned = ledger_keys is not None and check_signature(document, sku, sequence, ledger_keys)
            checks = [
                (record.sequence == sequence, f"record {sequence} is missing"),
                (record.previous_hash == previous, f"record {sequence} does not continue the hash chain"),
                (record_hash(document) == record.hash, f"record {sequence} was changed"),
                (not unsigned, f"record {sequence} was not written by the stock service"),
                (not orders.add(document), f"record {sequence} does not continue {record.order_id}"),
            ]
            for holds, message in checks:
                if not holds:
                    raise click.ClickException(f"{sku}: {message}.")
            previous = record.hash
        if (found.ledger_hash, found.sequence) != (previous, min(sequence, found.sequence)):
            raise click.ClickException(f"{sku}: the log does not end with the record that the SKU names.")
        say(f"{sku}: {found.sequence} records, none missing, none changed.", style="green")


def _ledger_keys(audit: AuditClient) -> PublicKeys | None:
    """Return the keys that verify signatures; None, and say so, if that is not possible here."""
    try:
        check_signatures_installed()
    except SignaturesNotInstalled as missing:
        say(str(missing), style="yellow")
        return None
    return audit.ledger_keys()


def _verify_by_service(audit: AuditClient, sku: str) -> None:
    found = audit.verification(sku)
    for difference in found.findings:
        where = difference.transaction_id or sku
        expected, actual = dumps(difference.expected), dumps(difference.found)
        say(f"{where}: {difference.kind}: expected {expected}, found {actual}")
    if not found.is_sound:
        raise click.ClickException(f"{sku}: {found.checked} records, differences: {len(found.findings)}.")
    say(f"{sku}: {found.checked} records, none missing, none changed.", style="green")
