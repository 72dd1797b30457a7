"""The names of products and variants, which rows that have only their ids get in tables.

A few names are read one by one; more of them from the vendor's list, a thousand at a time, until all are
found.  A token that may read the stock or the log, but not the products, gets the rows without names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from inventory_client import NoAnswer, Problem, TokenUnavailable, problems
from inventory_common.ids import StockKey

from .output import say
from .profiles import Session

__all__ = ["with_item_names", "with_product_names"]

_ONE_BY_ONE_MAX: Final = 3

Rows = Sequence[Mapping[str, Any]]
Named = Callable[[Rows], list[dict[str, Any]]]


def with_product_names(session: Session) -> Named:
    """Return a function that adds ``product_name`` to rows with ``product_id`` and ``vendor_id``."""

    def named(rows: Rows) -> list[dict[str, Any]]:
        names = _product_names(session, rows)
        return [{**row, "product_name": names.get(row["product_id"])} for row in rows]

    return named


def with_item_names(session: Session) -> Named:
    """Return a function that adds ``item`` to rows with ``sku`` and ``vendor_id``.

    It is the SKU, and on the next line the names of product and variant.
    """

    def named(rows: Rows) -> list[dict[str, Any]]:
        of_skus = [{**row, "product_id": StockKey.of(row["sku"]).product_id} for row in rows]
        products, variants = _product_names(session, of_skus), _variant_names(session, of_skus)
        return [
            {**row, "item": _item(row["sku"], products.get(row["product_id"]), variants.get(row["sku"]))}
            for row in of_skus
        ]

    return named


def _item(sku: str, *names: str | None) -> str:
    return "\n".join(filter(None, (sku, ", ".join(filter(None, names)))))


def _product_names(session: Session, rows: Rows) -> dict[str, str]:
    def one(product_id: str) -> str:
        return session.catalog.product(product_id).product_name

    def listed(vendor_id: str) -> Iterator[tuple[str, str]]:
        members = ("product_id", "product_name")
        for product in session.catalog.product_members_of_vendor(vendor_id, members):
            yield product["product_id"], product["product_name"]

    return _names("Product names", _by_vendor(rows, "product_id"), one, listed)


def _variant_names(session: Session, rows: Rows) -> dict[str, str]:
    def one(sku: str) -> str:
        return session.stock.sku(*StockKey.of(sku)).variant_name

    def listed(vendor_id: str) -> Iterator[tuple[str, str]]:
        for sku in session.stock.inventory_members(vendor_id, ("sku", "variant_name")):
            yield sku["sku"], sku["variant_name"]

    return _names("Variant names", _by_vendor(rows, "sku"), one, listed)


def _by_vendor(rows: Rows, member: str) -> dict[str, set[str]]:
    ids: dict[str, set[str]] = {}
    for row in rows:
        ids.setdefault(row["vendor_id"], set()).add(row[member])
    return ids


def _names(
    what: str,
    wanted: Mapping[str, set[str]],
    one: Callable[[str], str],
    listed: Callable[[str], Iterable[tuple[str, str]]],
) -> dict[str, str]:
    """Return name by id; of those that cannot be read, none, after saying so once."""
    names: dict[str, str] = {}
    try:
        for vendor_id, ids in wanted.items():
            names |= _of_vendor(ids, one, partial(listed, vendor_id))
    except (Problem, NoAnswer, TokenUnavailable) as error:
        say(f"{what} cannot be read: {error}", style="dim")
    return names


def _of_vendor(
    ids: set[str], one: Callable[[str], str], listed: Callable[[], Iterable[tuple[str, str]]]
) -> dict[str, str]:
    names: dict[str, str] = {}
    if len(ids) > _ONE_BY_ONE_MAX:
        for each, name in listed():
            if each in ids:
                names[each] = name
                if len(names) == len(ids):
                    break
    for each in sorted(ids - names.keys())[:_ONE_BY_ONE_MAX]:  # the list may lag
        try:
            names[each] = one(each)
        except problems.NotFound:
            continue
    return names
