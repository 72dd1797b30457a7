"""The stock service's code on an engine, and SKUs in it, for the benchmarks of a hot SKU."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
for place in (ROOT / "libs" / "common", ROOT / "services" / "stock"):
    sys.path.insert(0, str(place))

if TYPE_CHECKING:
    from chalicelib.inventory_gateway import InventoryGateway
    from inventory_common.retry_policy import RetryPolicy

PRODUCT = "PROD-E4F9A"
HOT = f"SKU-{PRODUCT}-HOT"


def connect_to(endpoint_url: str) -> Any:
    """Return a client as the service makes it, of the engine at this address."""
    os.environ.update(
        {
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint_url,
            "AWS_DEFAULT_REGION": "ap-south-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }
    )
    from inventory_common.dynamodb import connect

    return connect()


def gateway_of(client: Any) -> InventoryGateway:
    """Return the service's gateway."""
    from chalicelib.inventory_gateway import InventoryGateway
    from inventory_common.settings import Settings

    settings = Settings(jwks_url="", token_issuer="", token_audiences=(), machine_client_ids=())
    return InventoryGateway(client, settings)


def patient(seconds: float) -> RetryPolicy:
    """Return the product's persistence with another deadline: a slow machine is measured, not refused."""
    from inventory_common.retry_policy import RetryPolicy

    return RetryPolicy(deadline_seconds=seconds)


def put_sku(client: Any, sku: str) -> None:
    """Keep a SKU of which there is plenty."""
    from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku
    from inventory_common.timestamps import now

    item = Sku(
        product_id=PRODUCT,
        sku=sku,
        vendor_id="VENDOR-001",
        variant_name="Black - Large",
        current_stock=1_000_000,
        reserved_stock=0,
        reorder_threshold=10,
        unit_price=90,
        last_updated=now(),
        last_updated_by="VENDOR-001",
        is_active=True,
        sequence=0,
        ledger_hash=FIRST_PREVIOUS_HASH,
        version=1,
        product_is_active=True,
        product_version=1,
    )
    client.put_item(TableName="VendorInventory", Item=item.to_item())
