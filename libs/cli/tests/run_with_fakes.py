"""The command line as a process, against services in memory with ``PRODUCTS`` products.

Run: ``python run_with_fakes.py PRODUCTS ARGUMENT…``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import fake_services
import httpx

from inventory_cli import __main__
from inventory_client import Retries

services = fake_services.FakeServices()
fake_services.PAGE_ITEMS = 1_000
for number in range(int(sys.argv.pop(1))):
    product_id = f"PROD-{number:06}"
    services.products[product_id] = {
        **dict.fromkeys(("description", "subcategory", "brand", "images", "tags")),
        "product_id": product_id,
        "vendor_id": "VENDOR-001",
        "external_id": str(number),
        "product_name": f"Product {number}",
        "category": "Tea",
        "base_price": 4.5,
        "is_active": True,
        "created_at": fake_services.NOON,
        "updated_at": fake_services.NOON,
        "version": 1,
    }
run = __main__.run


def run_with_fakes(
    arguments: Sequence[str],
    environ: Mapping[str, str],
    transport: httpx.BaseTransport | None = None,
    retries: Retries | None = None,
) -> int:
    return run(arguments, environ, transport or services.transport(), retries)


__main__.run = run_with_fakes
__main__.main()
