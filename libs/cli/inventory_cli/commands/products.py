"""``inventory products``: the catalog."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import click

from ..cells import parse_money
from ..output import Format, print_one, say
from .invocation import Command, Invocation, listed, pass_invocation, shaped, show, vendor_option

__all__ = ["products"]

_COLUMNS: Final = (
    "product_id",
    "vendor_id",
    "product_name",
    "category",
    "base_price",
    "is_active",
    "external_id",
)


class Money(click.ParamType[Decimal]):
    """A price."""

    name = "price"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Read the text."""
        try:
            return value if isinstance(value, Decimal) else parse_money(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _attributes(*, required: bool) -> Callable[[Command], Command]:
    """Return a decorator with an option for each attribute."""
    options = [
        click.option("--name", "product_name", required=required),
        click.option("--category", required=required),
        click.option("--price", "base_price", type=Money(), required=required),
        click.option("--description"),
        click.option("--subcategory"),
        click.option("--brand"),
        click.option("--image", "images", multiple=True, help="May be repeated."),
        click.option("--tag", "tags", multiple=True, help="May be repeated."),
    ]

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.group()
def products() -> None:
    """Put products into the catalog, find and change them."""


@products.command("list")
@vendor_option
@listed
@pass_invocation
def list_products(call: Invocation, vendor: str | None, shape: Format, limit: int | None) -> None:
    """List a vendor's products, oldest first."""
    with call.session() as session:
        vendor_id = call.vendor_id(vendor)
        show(session.catalog.products_of_vendor(vendor_id), shape, _COLUMNS, limit)


@products.command()
@click.argument("category")
@click.option("--subcategory")
@click.option("--brand")
@click.option("--tag")
@click.option("--min-price", type=Money())
@click.option("--max-price", type=Money())
@click.option("--inactive", is_flag=True, help="Those that were taken out of the shop.")
@listed
@pass_invocation
def browse(
    call: Invocation, category: str, inactive: bool, shape: Format, limit: int | None, **asked: Any
) -> None:
    """List the products of a category."""
    with call.session() as session:
        show(session.catalog.browse(category, active=not inactive, **asked), shape, _COLUMNS, limit)


@products.command("show")
@click.argument("product_id")
@shaped
@pass_invocation
def show_product(call: Invocation, product_id: str, shape: Format) -> None:
    """Show a product."""
    with call.session() as session:
        print_one(session.catalog.product(product_id).document(), shape)


@products.command()
@vendor_option
@_attributes(required=True)
@click.option("--external-id", help="The vendor's own name for it, for ever.")
@shaped
@pass_invocation
def create(call: Invocation, vendor: str | None, shape: Format, **attributes: Any) -> None:
    """Put a product into the catalog."""
    with call.session() as session:
        given: Any = {name: value for name, value in attributes.items() if value is not None and value != ()}
        made = session.catalog.create_product(vendor_id=call.vendor_id(vendor), **given).result
        print_one(made.document(), shape)


@products.command()
@click.argument("product_id")
@_attributes(required=False)
@click.option("--if-version", type=int, help="Only if nobody has changed it since this version.")
@shaped
@pass_invocation
def change(
    call: Invocation, product_id: str, if_version: int | None, shape: Format, **attributes: Any
) -> None:
    """Change a product; an empty text takes an optional attribute away."""
    changes = {
        name: None if value == "" else list(value) if isinstance(value, tuple) else value
        for name, value in attributes.items()
        if value is not None and value != ()
    }
    if not changes:
        raise click.UsageError("Change what? Name an attribute, such as --price 89.99.")
    with call.session() as session:
        print_one(
            session.catalog.change_product(product_id, changes, if_version=if_version).document(), shape
        )


@products.command()
@click.argument("product_id")
@pass_invocation
def deactivate(call: Invocation, product_id: str) -> None:
    """Take a product out of the shop; its record stays."""
    with call.session() as session:
        session.catalog.deactivate_product(product_id)
        say(f"{product_id} is out of the shop.")


@products.command()
@click.argument("product_id")
@pass_invocation
def reactivate(call: Invocation, product_id: str) -> None:
    """Bring a product back."""
    with call.session() as session:
        session.catalog.change_product(product_id, {"is_active": True})
        say(f"{product_id} is in the shop.")
