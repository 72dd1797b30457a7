"""``inventory products``: products of the catalog."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import click

from inventory_client import Product
from inventory_common.attributes import Price
from inventory_common.products import PRODUCT_MEMBERS
from inventory_imports.resources import PRODUCT

from ..output import Format, print_documents, print_one, say
from .attribute_options import AttributeValue, changes_of, creation_of, creation_options, patch_options
from .invocation import (
    Invocation,
    contains,
    fields_option,
    key_option,
    listed,
    pass_invocation,
    shaped,
    show,
    show_members,
    vendor_option,
)

__all__ = ["products"]

_COLUMNS: Final = (
    "product_id",
    "external_id",
    "product_name",
    "category",
    "base_price",
    "is_active",
    "vendor_id",
)


@click.group()
def products() -> None:
    """Create, find and change products."""


@products.command("list")
@vendor_option
@fields_option(PRODUCT_MEMBERS)
@listed
@pass_invocation
def list_products(
    call: Invocation,
    vendor: str | None,
    fields: tuple[str, ...] | None,
    shape: Format,
    limit: int | None,
) -> None:
    """List a vendor's products, oldest first."""
    with call.session() as session:
        vendor_id = call.vendor_id(vendor)
        if fields is not None:
            show_members(session.catalog.product_members_of_vendor(vendor_id, fields), shape, fields, limit)
            return
        show(session.catalog.products_of_vendor(vendor_id), shape, _COLUMNS, limit)


@products.command()
@click.argument("text", required=False)
@click.option("--external-id", help="Your own id of the product, exactly.")
@click.option("--name", help="How the name begins, in capitals or not.")
@vendor_option
@listed
@pass_invocation
def find(
    call: Invocation,
    text: str | None,
    external_id: str | None,
    name: str | None,
    vendor: str | None,
    shape: Format,
    limit: int | None,
) -> None:
    """Find a vendor's products whose name, own id or product id contains TEXT, in capitals or not.

    For a TEXT it reads the vendor's whole list, a thousand products at a time; with --name the service
    compares the names of as many, and with --external-id it reads one product.
    """
    if (text, external_id, name).count(None) != 2:
        raise click.UsageError("Name one of TEXT, --name and --external-id to find.")

    def matches(product: Product) -> bool:
        return text is None or contains(text, product.product_name, product.external_id, product.product_id)

    with call.session() as session:
        listed = session.catalog.products_of_vendor(
            call.vendor_id(vendor), external_id=external_id, name=name
        )
        show(filter(matches, listed), shape, _COLUMNS, limit)


@products.command()
@click.argument("category")
@click.option("--subcategory")
@click.option("--brand")
@click.option("--tag")
@click.option("--min-price", type=AttributeValue(Price))
@click.option("--max-price", type=AttributeValue(Price))
@click.option("--inactive", is_flag=True, help="Deactivated products.")
@listed
@pass_invocation
def browse(
    call: Invocation, category: str, inactive: bool, shape: Format, limit: int | None, **filters: Any
) -> None:
    """List the products of a category."""
    with call.session() as session:
        show(session.catalog.browse(category, active=not inactive, **filters), shape, _COLUMNS, limit)


@products.command()
@listed
@pass_invocation
def categories(call: Invocation, shape: Format, limit: int | None) -> None:
    """List the categories that have active products, with how many."""
    with call.session() as session:
        found = map(asdict, session.catalog.categories())
        print_documents(found, shape, ("category", "active_products"), limit=limit)


@products.command()
@listed
@pass_invocation
def vendors(call: Invocation, shape: Format, limit: int | None) -> None:
    """List the vendors that have products, with how many; for auditors and admins."""
    with call.session() as session:
        found = map(asdict, session.catalog.vendors())
        print_documents(found, shape, ("vendor_id", "products", "active_products"), limit=limit)


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
@creation_options(PRODUCT, without="vendor_id")
@shaped
@pass_invocation
def create(call: Invocation, vendor: str | None, shape: Format, **options: Any) -> None:
    """Create a product."""
    with call.session() as session:
        attributes = {"vendor_id": call.vendor_id(vendor), **creation_of(options)}
        created = session.catalog.create_product(**attributes).result
        print_one(created.document(), shape)


@products.command()
@click.argument("product_id")
@patch_options(PRODUCT)
@click.option("--if-version", type=int, help="Only if the product still has this version.")
@key_option
@shaped
@pass_invocation
def change(
    call: Invocation,
    product_id: str,
    if_version: int | None,
    idempotency_key: str | None,
    shape: Format,
    **options: Any,
) -> None:
    """Change a product; an empty text removes an optional attribute."""
    changes = changes_of(options)
    with call.session() as session:
        changed = session.catalog.change_product(
            product_id, changes, if_version=if_version, idempotency_key=idempotency_key
        )
        print_one(changed.document(), shape)


@products.command()
@click.argument("product_id")
@key_option
@pass_invocation
def deactivate(call: Invocation, product_id: str, idempotency_key: str | None) -> None:
    """Deactivate a product; it is not deleted."""
    with call.session() as session:
        session.catalog.deactivate_product(product_id, idempotency_key=idempotency_key)
        say(f"{product_id} is inactive.")


@products.command()
@click.argument("product_id")
@key_option
@pass_invocation
def reactivate(call: Invocation, product_id: str, idempotency_key: str | None) -> None:
    """Reactivate a product."""
    with call.session() as session:
        session.catalog.change_product(product_id, {"is_active": True}, idempotency_key=idempotency_key)
        say(f"{product_id} is active.")
