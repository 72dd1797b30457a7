"""``inventory skus``: variants of products."""

from __future__ import annotations

from typing import Any, Final

import click

from inventory_common.ids import StockKey
from inventory_imports.resources import SKU

from ..names import with_product_names
from ..output import Format, print_one, say
from .attribute_options import changes_of, creation_of, creation_options, patch_options
from .invocation import Invocation, contains, key_option, listed, pass_invocation, shaped, show, vendor_option

__all__ = ["SKU_COLUMNS", "skus"]

SKU_COLUMNS: Final = (
    "sku",
    "product_name",
    "variant_name",
    "available_stock",
    "current_stock",
    "reserved_stock",
    "reorder_threshold",
    "unit_price",
    "is_active",
)


@click.group()
def skus() -> None:
    """Create, find and change SKUs."""


@skus.command("list")
@vendor_option
@click.option("--product", "product_id", help="The SKUs of one product.")
@click.option("--barcode", help="The vendor's SKUs with this barcode.")
@listed
@pass_invocation
def list_skus(
    call: Invocation,
    vendor: str | None,
    product_id: str | None,
    barcode: str | None,
    shape: Format,
    limit: int | None,
) -> None:
    """List the SKUs of a product, or a vendor's: those of a barcode, or all, newest change first."""
    if product_id is not None and barcode is not None:
        raise click.UsageError("Name --product or --barcode, not both.")
    with call.session() as session:
        if product_id is not None:
            found = session.stock.skus_of_product(product_id)
        else:
            found = session.stock.inventory(call.vendor_id(vendor), barcode=barcode)
        show(found, shape, SKU_COLUMNS, limit, with_product_names(session))


@skus.command()
@click.argument("text")
@vendor_option
@listed
@pass_invocation
def find(call: Invocation, text: str, vendor: str | None, shape: Format, limit: int | None) -> None:
    """Find a vendor's SKUs whose id, variant, or product's name or own id contains TEXT, in capitals or not.

    It reads the vendor's whole lists of products and SKUs, a thousand at a time.
    """
    members = ("product_id", "product_name", "external_id")
    with call.session() as session:
        vendor_id = call.vendor_id(vendor)
        products = {
            product["product_id"]
            for product in session.catalog.product_members_of_vendor(vendor_id, members)
            if contains(text, product["product_name"], product["external_id"])
        }
        found = (
            sku
            for sku in session.stock.inventory(vendor_id)
            if sku.product_id in products or contains(text, sku.sku, sku.variant_name)
        )
        show(found, shape, SKU_COLUMNS, limit, with_product_names(session))


@skus.command("show")
@click.argument("sku")
@shaped
@pass_invocation
def show_sku(call: Invocation, sku: str, shape: Format) -> None:
    """Show a SKU with its stock."""
    with call.session() as session:
        print_one(session.stock.sku(*StockKey.of(sku)).document(), shape)


@skus.command()
@click.argument("sku")
@creation_options(SKU, without="sku")
@shaped
@pass_invocation
def create(call: Invocation, sku: str, shape: Format, **options: Any) -> None:
    """Create a SKU without stock; its id is SKU-{product_id}-{VARIANT}."""
    with call.session() as session:
        created = session.stock.create_sku(*StockKey.of(sku), **creation_of(options)).result
        print_one(created.document(), shape)


@skus.command()
@click.argument("sku")
@patch_options(SKU)
@click.option("--if-version", type=int, help="Only if the SKU still has this details_version.")
@key_option
@shaped
@pass_invocation
def change(
    call: Invocation,
    sku: str,
    if_version: int | None,
    idempotency_key: str | None,
    shape: Format,
    **options: Any,
) -> None:
    """Change a SKU, but not its stock; an empty text removes an optional attribute."""
    changes = changes_of(options)
    with call.session() as session:
        changed = session.stock.change_sku(
            *StockKey.of(sku), changes, if_version=if_version, idempotency_key=idempotency_key
        )
        print_one(changed.document(), shape)


@skus.command()
@click.argument("sku")
@key_option
@pass_invocation
def deactivate(call: Invocation, sku: str, idempotency_key: str | None) -> None:
    """Deactivate a SKU; it is not deleted, and its stock stays."""
    with call.session() as session:
        session.stock.deactivate_sku(*StockKey.of(sku), idempotency_key=idempotency_key)
        say(f"{sku} is inactive.")


@skus.command()
@click.argument("sku")
@key_option
@pass_invocation
def reactivate(call: Invocation, sku: str, idempotency_key: str | None) -> None:
    """Reactivate a SKU."""
    with call.session() as session:
        key = StockKey.of(sku)
        session.stock.change_sku(*key, {"is_active": True}, idempotency_key=idempotency_key)
        say(f"{sku} is active.")
