"""Products-table as the audit service reads it: products by their ids."""

from __future__ import annotations

from collections.abc import Iterable

from inventory_common.dynamodb import DynamoDBClient
from inventory_common.ids import is_id
from inventory_common.items import to_item
from inventory_common.schema import PRODUCTS
from inventory_common.settings import Settings

from ..domain.ownership import ProductOwner, owner_of_product
from .batch_reads import batch_get

__all__ = ["ProductOwners"]


class ProductOwners:
    """Reads the owners of products."""

    def __init__(self, client: DynamoDBClient, settings: Settings) -> None:
        self._client = client
        self._table = settings.name_of(PRODUCTS)

    def of(self, product_ids: Iterable[str]) -> dict[str, ProductOwner]:
        """Return the owners of those products that exist, by their ids, read consistently.

        What is no id of a product is none that exists.
        """
        keys = [
            to_item({PRODUCTS.partition_key: product_id})
            for product_id in sorted(set(product_ids))
            if is_id("product_id", product_id)
        ]
        return {
            item[PRODUCTS.partition_key]["S"]: owner_of_product(item)
            for item in batch_get(self._client, self._table, keys)
        }
