"""``inventory skus``: variants of products."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import click

from inventory_common.ids import product_of

from ..cells import parse_map
from ..output import Format, print_one, say
from .invocation import Invocation, listed, pass_invocation, shaped, show, vendor_option
from .products import Money

__all__ = ["SKU_COLUMNS", "skus"]

SKU_COLUMNS: Final = (
    "sku",
    "variant_name",
    "current_stock",
    "reserved_stock",
    "available_stock",
    "reorder_threshold",
    "unit_price",
    "is_active",
)


def _variant_attributes(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> dict[str, str] | None:
    try:
        return None if value is None else parse_map(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


_attributes_option: Final = click.option(
    "--attributes", callback=_variant_attributes, help="Such as color=Black|size=L."
)


@click.group()
def skus() -> None:
    """Offer variants of products, find and change them."""


@skus.command("list")
@vendor_option
@click.option("--product", "product_id", help="Those of one product.")
@listed
@pass_invocation
def list_skus(
    call: Invocation, vendor: str | None, product_id: str | None, shape: Format, limit: int | None
) -> None:
    """List the SKUs of a product, or a vendor's, newest change first."""
    with call.session() as session:
        if product_id is not None:
            found = session.stock.skus_of_product(product_id)
        else:
            found = session.stock.inventory(call.vendor_id(vendor))
        show(found, shape, SKU_COLUMNS, limit)


@skus.command("show")
@click.argument("sku")
@shaped
@pass_invocation
def show_sku(call: Invocation, sku: str, shape: Format) -> None:
    """Show a SKU with its stock."""
    with call.session() as session:
        print_one(session.stock.sku(product_of(sku), sku).document(), shape)


@skus.command()
@click.argument("sku")
@click.option("--name", "variant_name", required=True)
@click.option("--price", "unit_price", type=Money(), required=True)
@click.option("--threshold", "reorder_threshold", type=int, required=True, help="Low at or below this stock.")
@_attributes_option
@shaped
@pass_invocation
def create(
    call: Invocation,
    sku: str,
    variant_name: str,
    unit_price: Decimal,
    reorder_threshold: int,
    attributes: dict[str, str] | None,
    shape: Format,
) -> None:
    """Offer a variant, with no stock yet; its id is SKU-{product_id}-{VARIANT}."""
    with call.session() as session:
        made = session.stock.create_sku(
            product_of(sku),
            sku,
            variant_name=variant_name,
            unit_price=unit_price,
            reorder_threshold=reorder_threshold,
            variant_attributes=attributes,
        ).result
        print_one(made.document(), shape)


@skus.command()
@click.argument("sku")
@click.option("--name", "variant_name")
@click.option("--price", "unit_price", type=Money())
@click.option("--threshold", "reorder_threshold", type=int)
@_attributes_option
@click.option("--if-version", type=int, help="Only if nobody has changed it since this version.")
@shaped
@pass_invocation
def change(
    call: Invocation,
    sku: str,
    attributes: dict[str, str] | None,
    if_version: int | None,
    shape: Format,
    **given: Any,
) -> None:
    """Change a SKU, but for its stock."""
    changes = {name: value for name, value in given.items() if value is not None}
    if attributes is not None:
        changes["variant_attributes"] = attributes
    if not changes:
        raise click.UsageError("Change what? Name an attribute, such as --price 89.99.")
    with call.session() as session:
        changed = session.stock.change_sku(product_of(sku), sku, changes, if_version=if_version)
        print_one(changed.document(), shape)


@skus.command()
@click.argument("sku")
@pass_invocation
def deactivate(call: Invocation, sku: str) -> None:
    """Take a SKU out of the shop; its record and its stock stay."""
    with call.session() as session:
        session.stock.deactivate_sku(product_of(sku), sku)
        say(f"{sku} is out of the shop.")


@skus.command()
@click.argument("sku")
@pass_invocation
def reactivate(call: Invocation, sku: str) -> None:
    """Bring a SKU back."""
    with call.session() as session:
        session.stock.change_sku(product_of(sku), sku, {"is_active": True})
        say(f"{sku} is in the shop.")
