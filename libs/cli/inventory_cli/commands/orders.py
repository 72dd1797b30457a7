"""``inventory orders``: place, amend, confirm, cancel, reopen and refund orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any, Final

import click

from inventory_client import LineRequest, Order
from inventory_common.ids import StockKey

from .. import exit_codes
from ..output import Format, print_documents, print_one, say
from .invocation import Command, Invocation, key_option, listed, pass_invocation, shaped

__all__ = ["orders"]

_LINE_COLUMNS: Final = (
    *("sku", "vendor_id", "placed", "reserved", "confirmed", "cancelled", "refunded"),
    *("reason", "notes"),
)
_ORDER_COLUMNS: Final = ("order_id", "status", "created_at", "expires_at", "lines", "placed", "reserved")


class Line(click.ParamType[tuple[str, int]]):
    """Units of a SKU: ``SKU-PROD-E4F9A-BLK-L=2``."""

    name = "sku=units"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Read the text."""
        if isinstance(value, tuple):
            return value
        sku, separator, quantity = str(value).rpartition("=")
        if not separator or not quantity.isascii() or not quantity.isdigit():
            self.fail("should look like SKU-PROD-E4F9A-BLK-L=2", param, ctx)
        return sku, int(quantity)


def _lines_option(help_text: str, *, required: bool = False) -> Callable[[Command], Command]:
    return click.option("--line", "lines", type=Line(), multiple=True, required=required, help=help_text)


_part = _lines_option(
    "A part of the order, SKU=UNITS; may be repeated: units of one SKU add up. Default: all of it."
)


def _explained(command: Command) -> Command:
    """Add ``--reason`` and ``--notes`` to a command."""
    with_notes = click.option("--notes", help="A remark that the log keeps for good: no personal data.")
    return click.option("--reason", help="Why, as a word of a-z0-9_-, such as customer_request.")(
        with_notes(command)
    )


@click.group()
def orders() -> None:
    """Place, amend, confirm, cancel, reopen and refund orders."""


@orders.command("show")
@click.argument("order_id")
@shaped
@pass_invocation
def show_order(call: Invocation, order_id: str, shape: Format) -> None:
    """Show an order."""
    with call.session() as session:
        _print(session.stock.order(order_id), shape)


@orders.command()
@click.argument("order_id")
@_lines_option("Units of a SKU, SKU=UNITS; may be repeated: units of one SKU add up.", required=True)
@click.option("--hold-seconds", type=int, help="How long the units are reserved; a day by default.")
@click.option("--owner", help="The owner, for callers who see the orders of all owners; default by default.")
@shaped
@pass_invocation
def place(
    call: Invocation,
    order_id: str,
    lines: Sequence[tuple[str, int]],
    hold_seconds: int | None,
    owner: str | None,
    shape: Format,
) -> int:
    """Reserve all lines of an order, or none."""
    with call.session() as session:
        placed = session.stock.place(order_id, _requests(lines), hold_seconds=hold_seconds, owner=owner)
        return _print(placed.result, shape)


@orders.command()
@click.argument("order_id")
@_lines_option(
    "What the order is to reserve of a SKU, SKU=UNITS, or SKU=0; may be repeated. Other lines stay.",
    required=True,
)
@key_option
@shaped
@pass_invocation
def amend(
    call: Invocation,
    order_id: str,
    lines: Sequence[tuple[str, int]],
    idempotency_key: str | None,
    shape: Format,
) -> int:
    """Change what an order reserves, all of it or nothing."""
    with call.session() as session:
        amended = session.stock.amend(order_id, _requests(lines), idempotency_key=idempotency_key)
        return _print(amended.result, shape)


@orders.command()
@click.argument("order_id")
@_part
@key_option
@shaped
@pass_invocation
def confirm(
    call: Invocation,
    order_id: str,
    lines: Sequence[tuple[str, int]],
    idempotency_key: str | None,
    shape: Format,
) -> int:
    """Confirm the reserved units of an order: they leave the stock."""
    with call.session() as session:
        outcome = session.stock.confirm(
            order_id, _units_by_sku(lines) or None, idempotency_key=idempotency_key
        )
        return _print(outcome.result, shape)


@orders.command()
@click.argument("order_id")
@_part
@_explained
@key_option
@shaped
@pass_invocation
def cancel(
    call: Invocation,
    order_id: str,
    lines: Sequence[tuple[str, int]],
    reason: str | None,
    notes: str | None,
    idempotency_key: str | None,
    shape: Format,
) -> int:
    """Release the reserved units of an order."""
    with call.session() as session:
        outcome = session.stock.cancel(
            order_id,
            _units_by_sku(lines) or None,
            reason=reason,
            notes=notes,
            idempotency_key=idempotency_key,
        )
        return _print(outcome.result, shape)


@orders.command()
@click.argument("order_id")
@click.option("--hold-seconds", type=int, help="From now; a day by default.")
@key_option
@shaped
@pass_invocation
def reopen(
    call: Invocation, order_id: str, hold_seconds: int | None, idempotency_key: str | None, shape: Format
) -> int:
    """Reserve again what the last cancellation or expiry of an order released, all of it or nothing."""
    with call.session() as session:
        reopened = session.stock.reopen(order_id, hold_seconds, idempotency_key=idempotency_key)
        return _print(reopened.result, shape)


@orders.command()
@click.argument("order_id")
@_part
@click.option("--restock/--no-restock", default=True, help="Whether the units go back into stock.")
@click.option(
    "--unsellable",
    multiple=True,
    metavar="SKU",
    help="A SKU of --line whose units do not go back into stock; may be repeated.",
)
@_explained
@key_option
@shaped
@pass_invocation
def refund(
    call: Invocation,
    order_id: str,
    lines: Sequence[tuple[str, int]],
    restock: bool,
    unsellable: Sequence[str],
    reason: str | None,
    notes: str | None,
    idempotency_key: str | None,
    shape: Format,
) -> int:
    """Refund confirmed units of an order."""
    units = _units_by_sku(lines)
    if unnamed := sorted(set(unsellable) - units.keys()):
        raise click.UsageError(f"--unsellable names {', '.join(unnamed)}, which no --line does.")
    if unsellable and not restock:
        raise click.UsageError("--unsellable and --no-restock exclude each other.")
    with call.session() as session:
        outcome = session.stock.refund(
            order_id,
            units or None,
            restock=dict.fromkeys(unsellable, False) if unsellable else restock,
            reason=reason,
            notes=notes,
            idempotency_key=idempotency_key,
        )
        return _print(outcome.result, shape)


@orders.command()
@click.argument("order_id")
@click.option("--hold-seconds", type=int, help="From now; a day by default.")
@shaped
@pass_invocation
def extend(call: Invocation, order_id: str, hold_seconds: int | None, shape: Format) -> int:
    """Extend the hold of an order."""
    with call.session() as session:
        return _print(session.stock.extend(order_id, hold_seconds).result, shape)


@orders.command()
@click.option("--before", help="ISO 8601 with an offset; now by default.")
@listed
@pass_invocation
def due(call: Invocation, before: str | None, shape: Format, limit: int | None) -> None:
    """List the orders with reserved units whose holds end before a point in time."""
    with call.session() as session:
        found = session.stock.orders_due(before)
        documents: Iterator[dict[str, Any]]
        if shape is Format.TABLE:
            documents = (
                asdict(order)
                | {"lines": len(order.lines), "placed": order.placed, "reserved": order.reserved}
                for order in found
            )
            print_documents(documents, shape, _ORDER_COLUMNS, limit=limit)
        else:
            lines = _lines(found) if shape.is_csv else (asdict(order) for order in found)
            print_documents(islice(lines, limit), shape, _ORDER_COLUMNS)


def _requests(lines: Sequence[tuple[str, int]]) -> list[LineRequest]:
    return [LineRequest(*StockKey.of(sku), quantity) for sku, quantity in _units_by_sku(lines).items()]


def _units_by_sku(lines: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Return the units of each SKU; those of a SKU that is named several times are added."""
    units: Counter[str] = Counter()
    for sku, quantity in lines:
        units[sku] += quantity
    return dict(units)


def _print(order: Order, shape: Format) -> int:
    """Print an order, and return the exit code."""
    match shape:
        case Format.JSON:
            print_one(asdict(order), shape)
        case Format.CSV | Format.RAW_CSV:
            print_documents(_lines([order]), shape, ())
        case Format.TABLE:
            document = asdict(order)
            lines = document.pop("lines")
            short = document.pop("short_lines")
            print_one(document, shape)
            print_documents(lines, shape, _LINE_COLUMNS, limit=len(lines))
            for line in short:
                say(f"{line['sku']}: {line['asked']} units requested, {line['available']} available.")
    if not order.is_in_progress:
        return exit_codes.DONE
    say(f"{order.order_id} is still {order.status}; it finishes by itself.", style="yellow")
    return exit_codes.UNFINISHED


def _lines(found: Iterator[Order] | Sequence[Order]) -> Iterator[dict[str, Any]]:
    """Yield a row for each line of the orders."""
    for order in found:
        for line in order.lines:
            yield {"order_id": order.order_id, "status": order.status} | asdict(line)
