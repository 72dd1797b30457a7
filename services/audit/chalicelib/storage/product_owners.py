"""Products-table as the audit service reads it: products by their ids."""

from __future__ import annotations

from collections.abc import Iterable

from inventory_common.dynamodb import DynamoDBClient
from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.errors import DatabaseUnavailable
from inventory_common.ids import is_id
from inventory_common.items import to_item
from inventory_common.schema import PRODUCTS
from inventory_common.settings import Settings
from inventory_common.tuning import READ_ROUNDS_MAX

from ..domain.ownership import ProductOwner, owner_of_product

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
        found: dict[str, ProductOwner] = {}
        for _ in range(READ_ROUNDS_MAX + len(keys) // TRANSACTION_ITEMS_MAX):
            if not keys:
                return found
            batch, keys = keys[:TRANSACTION_ITEMS_MAX], keys[TRANSACTION_ITEMS_MAX:]
            response = self._client.batch_get_item(
                RequestItems={self._table: {"Keys": batch, "ConsistentRead": True}}
            )
            for item in response["Responses"].get(self._table, ()):
                found[item[PRODUCTS.partition_key]["S"]] = owner_of_product(item)
            # BatchGetItem succeeds even if DynamoDB throttled some of its keys.
            keys += response["UnprocessedKeys"].get(self._table, {}).get("Keys", ())
        if keys:
            raise DatabaseUnavailable("The database is not available at the moment; please try again.")
        return found
