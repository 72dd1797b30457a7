"""The report that the demo prints."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from demo.load import Loaded
from demo.readback import Found
from demo.shop import Shop
from inventory_client import TransactionRecord


def print_report(
    console: Console, facts: Shop, loaded: Loaded, found: Found, *, elapsed_seconds: float
) -> None:
    """Print what was found, what this run added, and whether all is consistent."""
    console.print(_found_table(found))
    console.print(_low_stock_table(facts, loaded, found))
    console.print(_run_table(loaded, found))
    for mismatch in found.mismatches:
        console.print(str(mismatch), style="red", markup=False, highlight=False, soft_wrap=True)
    console.print(verdict(found), style="bold red" if found.mismatches else "bold green", highlight=False)
    console.print(f"Loaded and read back in {elapsed_seconds:.1f} s.", highlight=False)


def verdict(found: Found) -> str:
    """Return in one sentence whether what was read back is consistent."""
    wrong = len({mismatch.sku for mismatch in found.mismatches})
    agreed = (
        f"{wrong} of {len(found.skus)} SKUs do not agree" if wrong else f"All {len(found.skus)} SKUs agree"
    )
    return f"{agreed} with their log and their open orders."


def _found_table(found: Found) -> Table:
    active = sum(product.is_active for product in found.products)
    sections: dict[str, dict[str, int]] = {
        "Products": {"active": active, "inactive": len(found.products) - active},
        "SKUs": {"all": len(found.skus), "low on stock": len(found.low_stock)},
        "Orders": _counted(order.status for order in found.orders),
        "Log records": _counted(record.transaction_type for record in found.records),
        "Units": {
            "placed": sum(order.placed for order in found.orders),
            "confirmed": sum(order.confirmed for order in found.orders),
            "still reserved": sum(order.reserved for order in found.orders),
            "restocked": sum(record.quantity for record in _restocks(found)),
        },
    }
    table = _table("The shop, read back", names=["", ""], numbers=["count"])
    for section, counts in sections.items():
        titles = [section] + [""] * len(counts)
        for title, (name, count) in zip(titles, counts.items(), strict=False):
            table.add_row(title, name, f"{count:,}")
        table.add_section()
    return table


def _low_stock_table(facts: Shop, loaded: Loaded, found: Found) -> Table:
    vendors = {vendor.vendor_id: vendor.name for vendor in facts.vendors}
    products = {listing.sku: listing.product.name for listing in loaded.listings}
    table = _table("Low on stock", names=["vendor", "product"], numbers=["in stock", "threshold"])
    for sku in found.low_stock:
        table.add_row(
            vendors.get(sku.vendor_id, sku.vendor_id),
            products.get(sku.sku, sku.sku),
            f"{sku.current_stock:,}",
            f"{sku.reorder_threshold:,}",
        )
    return table


def _run_table(loaded: Loaded, found: Found) -> Table:
    totals = {
        "products": len(found.products),
        "SKUs": len(found.skus),
        "restocks": len(_restocks(found)),
        "orders placed": len(found.orders),
        "orders confirmed": sum(order.confirmed > 0 for order in found.orders),
        "products deactivated": sum(not product.is_active for product in found.products),
    }
    table = _table("This run", names=[""], numbers=["new", "already there"])
    for name, total in totals.items():
        new = loaded.new[name]
        table.add_row(name, f"{new:,}", f"{total - new:,}")
    return table


def _table(title: str, *, names: list[str], numbers: list[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name)
    for number in numbers:
        table.add_column(number, justify="right")
    return table


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _restocks(found: Found) -> list[TransactionRecord]:
    return [record for record in found.records if record.transaction_type == "restock"]
