"""The tests need this folder, for `fake_services` and `shop_files`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

if str(Path(__file__).parent) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parent))

from fake_services import FakeServices
from shop_files import VENDOR, products_csv

from inventory_cli.__main__ import run
from inventory_client import Retries

AT_ONCE = Retries(attempts=3, first_wait_seconds=0.0)


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def inventory(services: FakeServices, tmp_path: Path) -> Callable[..., int]:
    """The command line against the fake services; returns the exit code."""
    environ = {
        "INVENTORY_CONFIG": str(tmp_path / "config.toml"),
        "INVENTORY_STATE": str(tmp_path / "imports"),
        "HOME": str(tmp_path),
    }

    def call(*arguments: object) -> int:
        if arguments[:1] == ("import",) and "--yes" in arguments and "--concurrency" not in arguments:
            # One by one, so that the services' ids come in the rows' order.
            arguments = (*arguments, "--concurrency", 1)
        return run([str(argument) for argument in arguments], environ, services.transport(), AT_ONCE)

    return call


@pytest.fixture
def stocked(inventory, services, tmp_path):
    """Two products with a SKU of 100 units each."""
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,", "2,Rice,Grains/Cereals,2.00,,")
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes") == 0
    skus = tmp_path / "skus.csv"
    skus.write_text(
        "external_id,variant,variant_name,unit_price,reorder_threshold,variant_attributes\n"
        "1,BOX,A box,4.50,5,size=L|color=Green\n2,BAG,A bag,2.00,5,\n"
    )
    assert inventory("import", "skus", skus, "--vendor", VENDOR, "--yes") == 0
    stock = tmp_path / "stock.csv"
    stock.write_text("external_id,variant,quantity\n1,BOX,100\n2,BAG,100\n")
    reference = ("--reference", "opening")
    assert inventory("import", "stock", stock, "--vendor", VENDOR, "--yes", *reference) == 0
    return [sku["sku"] for sku in services.skus.values()]
