"""What each Lambda function must be able to do; each need is tested through the deployed function itself."""

from __future__ import annotations

import hashlib
import itertools
import json
import secrets
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from botocore.exceptions import ClientError

from inventory_common.dynamodb_limits import SINGLE_ITEM_ORDER_LINES_MAX
from inventory_common.ledger_keys import SigningKey
from inventory_common.seals import sealed
from tests.deployed.cloud import STAGE, Cloud
from tests.integration.shop import VENDOR, Shop, Sku, done, outcome

Need = Callable[[], None]
PAST: Final = "2026-01-01T00:00:00.000000Z"
SIGN: Final = frozenset({"stock/api", "stock/expire_orders"})
"""The functions that write log records, and so sign them."""
READ_LEDGER_KEYS: Final = (
    SIGN
    | {"stock/sku_changed"}
    | {f"audit/{name}" for name in ("api", "stock_changed", "log_changed", "reconcile", "verify_archive")}
)
"""The functions that verify signatures, or serve the keys for it."""


class Needs:
    """The needs of all functions by name, over a running shop; a need that is not met raises an error.

    Stream functions are invoked directly with events as a stream delivers them, so that tests do not depend
    on the event source mappings.
    """

    def __init__(self, cloud: Cloud, shop: Shop, outputs: Mapping[str, Any]) -> None:
        self._cloud = cloud
        self._outputs = outputs
        self._lambda = cloud.client("lambda")
        self._tables = cloud.client("dynamodb")
        self._objects = cloud.client("s3")
        self._shop = shop
        self._names = outputs["table_names"]
        self._archive = outputs["archive_bucket"]
        self._numbers = itertools.count()
        self._run = secrets.token_hex(4)
        self._findings_of_digests: set[str] = set()
        self.sku = shop.has_sku(100, variant="KNOWN")
        self.changing = shop.has_sku(0, variant="CHANGING")
        self.key = secrets.token_hex(8)
        self.product_id = self.sku.product_id
        self.transaction = done(shop.restock(self.sku, 1, key=self.key)).json()["transaction"]
        self._store_an_earlier_digest()
        self._find_stock_without_record()

    def of(self, function: str) -> dict[str, Need]:
        """Return the needs of a function, such as ``stock/api``."""
        needs: dict[str, dict[str, Need]] = {
            "catalog/api": {
                "create a product": self._create_product,
                "create a product with an external id and a key": self._create_named_product,
                "read a product": self._read_product,
                "change a product": self._change_product,
                "change a product with a key": self._change_product_with_a_key,
                "browse a category": self._browse,
                "list a vendor's products": self._list_products,
                "list categories and vendors": self._list_counts,
            },
            "catalog/product_changed": {
                "count a product": self._count_product,
                "publish an event": lambda: self._publish_event("catalog/product_changed"),
            },
            "catalog/recount_products": {
                "count a product that was not counted": self._recount_product,
                "remove a counter of nothing": self._remove_counter,
            },
            "stock/api": {
                "create a SKU": self._create_sku,
                "create a SKU as an admin": self._create_sku_as_admin,
                "change a SKU": self._change_sku,
                "change a SKU with a key": self._change_sku_with_a_key,
                "change a SKU to what it is, with a key": self._leave_sku_with_a_key,
                "change a SKU's barcode": self._change_barcode,
                "read a SKU": self._read_sku,
                "restock": self._restock,
                "replay a restock": self._replay_restock,
                "place and cancel an order": self._place_and_cancel,
                "list a product's SKUs": self._list_skus,
                "list a vendor's inventory": self._list_inventory,
                "find SKUs by their barcode": self._find_barcode,
                "list low stock": self._list_low_stock,
                "list due orders": self._list_due,
                "answer what can be ordered": self._ask_availability,
            },
            "stock/product_changed": {"set the flag of a product's SKUs": self._set_flag_of_skus},
            "stock/sku_changed": {
                "send an alert": self._send_alert,
                "publish an event": lambda: self._publish_event("stock/sku_changed"),
            },
            "stock/expire_orders": {
                "release an expired order": self._expire,
                "release an expired order of many lines": self._expire_large,
                "take a priority lease of a contended SKU": self._expire_contended,
                "release an order whose place was abandoned": self._release_abandoned,
            },
            "stock/lower_bounds": {"plan to lower a bound": self._lower_bound},
            "audit/api": {
                "read a record": self._read_record,
                "list a product's log": self._list_product_log,
                "list a vendor's log": self._list_vendor_log,
                "list a SKU's log": self._list_sku_log,
                "list an order's log": self._list_order_log,
                "verify a SKU": self._verify_sku,
                "list the reservations of a SKU": self._list_reservations,
                "list findings": self._list_findings,
            },
            "audit/stock_changed": {
                "find stock without its record, once if delivered twice": self._find_stock_without_record
            },
            "audit/log_changed": {
                "archive a record, also if it is delivered twice": self._archive_record,
                "find a removed record, once if it is delivered twice": self._find_removed_record,
                "find a first record without its product": self._find_record_without_product,
            },
            "audit/reconcile": {
                "find a SKU that differs from its log": self._reconcile,
                "find a SKU without its product": self._find_sku_without_product,
            },
            "audit/verify_archive": {"find a damaged object": self._find_damaged_archive},
            "audit/write_digest": {
                "sign the day's digest": self._write_digest,
                "find another object in its place": self._find_other_digest,
            },
        }
        of_function = needs.get(function, {})
        if function in READ_LEDGER_KEYS:
            of_function["read a published ledger key"] = lambda: self._read_published_key(function)
        if function in SIGN:
            of_function["read the key that signs the log"] = lambda: self._read_signing_key(function)
        return of_function

    # Keys of the log: under the functions' roles, as a function that has read a key keeps it for an hour

    def _read_published_key(self, function: str) -> None:
        name = f"{self._outputs['ledger_keys_path']}1"
        self._under_role(function, "ssm", "get_parameter", Name=name)

    def _read_signing_key(self, function: str) -> None:
        secret = self._outputs["ledger_key_secret_arn"]
        self._under_role(function, "secretsmanager", "get_secret_value", SecretId=secret)

    def _under_role(self, function: str, service: str, operation: str, **arguments: Any) -> None:
        credentials = self._cloud.client("sts").assume_role(
            RoleArn=self._outputs["role_arns"][function], RoleSessionName="test"
        )["Credentials"]
        try:
            getattr(self._cloud.client(service, credentials), operation)(**arguments)
        except ClientError as error:
            raise AssertionError(str(error)) from error

    # The catalog

    def _create_product(self) -> None:
        done(self._shop.create_product())

    def _create_named_product(self) -> None:
        done(self._shop.create_product(key=secrets.token_hex(8), external_id=f"own-{self._next()}"))

    def _read_product(self) -> None:
        done(self._shop.ask("GET", f"{self._shop.catalog}/products/{self.product_id}"))

    def _change_product(self) -> None:
        url = f"{self._shop.catalog}/products/{self.product_id}"
        done(self._shop.ask("PATCH", url, "vendor", VENDOR, body={"brand": f"Brand {self._next()}"}))

    def _change_product_with_a_key(self) -> None:
        url = f"{self._shop.catalog}/products/{self.product_id}"
        body = {"brand": f"Brand {self._next()}"}
        done(self._shop.ask("PATCH", url, "vendor", VENDOR, body=body, key=secrets.token_hex(8)))

    def _browse(self) -> None:
        done(self._shop.ask("GET", f"{self._shop.catalog}/products", params={"category": "Drinks"}))

    def _list_products(self) -> None:
        self._get(f"{self._shop.catalog}/vendors/{VENDOR}/products", "vendor", VENDOR)

    def _list_counts(self) -> None:
        self._get(f"{self._shop.catalog}/categories", "vendor", VENDOR)
        self._get(f"{self._shop.catalog}/vendors", "auditor")

    def _count_product(self) -> None:
        before = self._item("Products-table", product_id=self.product_id)
        category = f"Counted {self._next()}"
        # A version above all that were counted before.
        version = str(time.time_ns() // 1000)
        after = {**before, "category": {"S": category}, "version": {"N": version}}
        self._change(
            "catalog/product_changed", {"product_id": before["product_id"]}, before=before, after=after
        )
        counter = self._item("Products-table", product_id=_category_counter(category))
        assert counter["products"] == {"N": "1"}, counter

    def _recount_product(self) -> None:
        """The recount counts a product again that the stream has counted."""
        counted = {"product_id": {"S": f"#COUNTED#{self.product_id}"}}
        self._tables.delete_item(TableName=self._names["Products-table"], Key=counted)
        self._invoke("catalog/recount_products", _EVENT)
        self._item("Products-table", product_id=counted["product_id"]["S"])

    def recount(self) -> None:
        """Correct the counters that needs have left wrong where a permission was missing."""
        self._invoke("catalog/recount_products", _EVENT)

    def _remove_counter(self) -> None:
        category = f"Empty {self._next()}"
        counter = {
            "product_id": {"S": _category_counter(category)},
            "vendor_id": {"S": "#CATEGORIES"},
            "created_at": {"S": category},
            "products": {"N": "3"},
            "active_products": {"N": "3"},
        }
        self._tables.put_item(TableName=self._names["Products-table"], Item=counter)
        self._invoke("catalog/recount_products", _EVENT)
        key = {"product_id": counter["product_id"]}
        response = self._tables.get_item(
            TableName=self._names["Products-table"], Key=key, ConsistentRead=True
        )
        assert "Item" not in response, response

    # Stock

    def _create_sku(self) -> None:
        sku = Sku(VENDOR, self.product_id, f"SKU-{self.product_id}-N{self._next()}")
        # A threshold above all others: the vendor's bound has to be raised.
        done(self._shop.create_sku(sku, reorder_threshold=100 + next(self._numbers)))

    def _create_sku_as_admin(self) -> None:
        body = {
            "sku": f"SKU-{self.product_id}-A{self._next()}",
            "variant_name": "A pack",
            "unit_price": 4.5,
            "reorder_threshold": 5,
        }
        url = f"{self._shop.stock}/products/{self.product_id}/skus"
        done(self._shop.ask("POST", url, "admin", body=body))

    def _change_sku(self) -> None:
        self._change_sku_to({"variant_name": f"Pack {self._next()}"})

    def _change_sku_with_a_key(self) -> None:
        self._change_sku_to({"variant_name": f"Pack {self._next()}"}, secrets.token_hex(8))

    def _change_barcode(self) -> None:
        for barcode in (f"CODE-{self._next()}", f"CODE-{self._next()}", None):
            self._change_sku_to({"barcode": barcode})

    def _find_barcode(self) -> None:
        barcode = f"CODE-{self._next()}"
        self._change_sku_to({"barcode": barcode})
        url = f"{self._shop.stock}/vendors/{VENDOR}/inventory"
        found = done(self._shop.ask("GET", url, "vendor", VENDOR, params={"barcode": barcode})).json()
        assert [sku["sku"] for sku in found["items"]] == [self.sku.sku]

    def _ask_availability(self) -> None:
        lines = [{"product_id": self.product_id}, {"product_id": self.product_id, "sku": self.sku.sku}]
        found = done(self._shop.ask("POST", f"{self._shop.stock}/availability", body={"lines": lines})).json()
        assert self.sku.sku in [line["sku"] for line in found["lines"]]

    def _leave_sku_with_a_key(self) -> None:
        self._change_sku_to({"reorder_threshold": 5}, secrets.token_hex(8))

    def _change_sku_to(self, body: Mapping[str, Any], key: str | None = None) -> None:
        url = f"{self._shop.stock}/products/{self.product_id}/skus/{self.sku.sku}"
        done(self._shop.ask("PATCH", url, "vendor", VENDOR, body=body, key=key))

    def _read_sku(self) -> None:
        self._shop.sku(self.sku)

    def _restock(self) -> None:
        done(self._shop.restock(self.sku, 1))

    def _replay_restock(self) -> None:
        assert outcome(self._shop.restock(self.sku, 1, key=self.key)) == "200 replayed"

    def _place_and_cancel(self) -> None:
        order_id = f"ORDER-{self._next()}"
        done(self._shop.place(order_id, (self.sku, 1)))
        done(self._shop.cancel(order_id))

    def _list_skus(self) -> None:
        self._get(f"{self._shop.stock}/products/{self.product_id}/skus", "vendor", VENDOR)

    def _list_inventory(self) -> None:
        self._get(f"{self._shop.stock}/vendors/{VENDOR}/inventory", "vendor", VENDOR)

    def _list_low_stock(self) -> None:
        self._get(f"{self._shop.stock}/vendors/{VENDOR}/low-stock", "vendor", VENDOR)

    def _list_due(self) -> None:
        self._get(f"{self._shop.stock}/orders", "orders")

    # Streams and schedules

    def _set_flag_of_skus(self) -> None:
        product = self._item("Products-table", product_id=self.changing.product_id)
        was_active = product["is_active"]["S"]
        changed = {
            **product,
            "is_active": {"S": "false" if was_active == "true" else "true"},
            "version": {"N": str(int(product["version"]["N"]) + 1)},
        }
        self._tables.put_item(TableName=self._names["Products-table"], Item=changed)
        key = {"product_id": product["product_id"]}
        self._change("stock/product_changed", key, before=product, after=changed)
        sku = self._item("VendorInventory", product_id=self.changing.product_id, sku=self.changing.sku)
        assert sku["product_version"] == changed["version"], sku["product_version"]

    def _send_alert(self) -> None:
        sku = self._item("VendorInventory", product_id=self.product_id, sku=self.sku.sku)
        key = {name: sku[name] for name in ("product_id", "sku")}
        before = {**sku, "current_stock": {"N": "1000"}, "reorder_threshold": {"N": "5"}}
        after = {**before, "current_stock": {"N": "5"}, "reserved_stock": {"N": "0"}}
        # A version that has never existed, so that no alert of it was sent.
        after["version"] = {"N": str(10**9 + secrets.randbelow(10**9))}
        self._change("stock/sku_changed", key, before=before, after=after)

    def _publish_event(self, function: str) -> None:
        """Publish under the function's role: what the function itself has published is not visible."""
        entry = {
            "EventBusName": self._outputs["event_bus_name"],
            "Source": f"inventory.{function.split('/')[0]}",
            "DetailType": "stock.changed",
            "Detail": "{}",
        }
        self._under_role(function, "events", "put_events", Entries=[entry])

    def _expire(self) -> None:
        self._expire_order_of([self.sku])

    def _expire_large(self) -> None:
        self._expire_order_of(self._many_skus)

    @cached_property
    def _many_skus(self) -> list[Sku]:
        """Enough SKUs for an order that is stored in parts."""
        return self._shop.has_skus(SINGLE_ITEM_ORDER_LINES_MAX + 1, 100)

    def _expire_order_of(self, skus: Sequence[Sku]) -> None:
        order_id = self._placed_order(skus, expires_at={"S": PAST}, last_updated={"S": PAST})
        self._sweep()
        order = self._shop.order(order_id).json()
        assert (order["status"], order["cancel_reason"]) == ("cancelled", "expired")

    def _expire_contended(self) -> None:
        """Another writer holds priority leases for two seconds, so that the sweeper takes one too."""
        over = threading.Event()

        def hold_leases() -> None:
            while not over.wait(0.05):
                # A little less than the longest lease, as the sweeper's time is a little earlier.
                until = f"{datetime.now(UTC) + timedelta(seconds=0.9):%Y-%m-%dT%H:%M:%S.%fZ}"
                self._tables.update_item(
                    TableName=self._names["VendorInventory"],
                    Key={"product_id": {"S": self.product_id}, "sku": {"S": self.sku.sku}},
                    UpdateExpression="SET turn_until = :until",
                    ExpressionAttributeValues={":until": {"S": until}},
                )

        lease_holder = threading.Thread(target=hold_leases)
        lease_holder.start()
        end = threading.Timer(2, over.set)
        end.start()
        try:
            self._expire()
        finally:
            over.set()
            end.cancel()
            lease_holder.join()

    def _release_abandoned(self) -> None:
        saga = {"performed_by": "web-shop", "request_id": "r", "lease_until": PAST, "asked": "nothing"}
        order_id = self._placed_order(
            [self.sku],
            phase={"S": "placing"},
            **{"errand": {"M": {name: {"S": value} for name, value in saga.items()}}},
            last_updated={"S": PAST},
        )
        self._sweep()
        assert outcome(self._shop.order(order_id)) == "404 order_not_found"

    def _placed_order(self, skus: Sequence[Sku], **attributes: Any) -> str:
        """Place an order, and change it as if time had passed or a process had crashed."""
        order_id = f"ORDER-{self._next()}"
        done(self._shop.place(order_id, *((sku, 1) for sku in skus), hold_seconds=60))
        changed = {**self._item("VendorInventory", product_id=order_id, sku="#ORDER"), **attributes}
        self._tables.put_item(
            TableName=self._names["VendorInventory"], Item=sealed(changed, self._signing_key())
        )
        return order_id

    def _signing_key(self) -> SigningKey:
        """Return the key that seals orders, as the stock service's own role reads it."""
        role = self._outputs["role_arns"]["stock/api"]
        access = self._cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        answer = self._cloud.client("secretsmanager", access).get_secret_value(
            SecretId=self._outputs["ledger_key_secret_arn"]
        )
        return SigningKey.from_stored(answer["SecretString"])

    def _sweep(self) -> None:
        self._invoke("stock/expire_orders", _EVENT)

    def _lower_bound(self) -> None:
        # No SKU has this vendor, so no threshold needs the bound.
        key = {"product_id": {"S": f"VENDOR-{self._next()}"}, "sku": {"S": "#LOW-STOCK-BOUND"}}
        self._tables.put_item(TableName=self._names["VendorInventory"], Item={**key, "bound": {"N": "9"}})
        try:
            self._invoke("stock/lower_bounds", _EVENT)
            bound = self._item("VendorInventory", **{name: value["S"] for name, value in key.items()})
        finally:
            self._tables.delete_item(TableName=self._names["VendorInventory"], Key=key)
        assert "lowering_at" in bound, bound

    # The log

    def _read_record(self) -> None:
        self._get(f"{self._shop.audit}/transactions/{self.transaction['transaction_id']}", "auditor")

    def _list_product_log(self) -> None:
        self._get(f"{self._shop.audit}/products/{self.product_id}/transactions", "auditor")

    def _list_vendor_log(self) -> None:
        self._get(f"{self._shop.audit}/vendors/{VENDOR}/transactions", "auditor")

    def _list_sku_log(self) -> None:
        self._get(f"{self._shop.audit}/skus/{self.sku.sku}/transactions", "auditor")

    def _list_order_log(self) -> None:
        order_id, other = f"ORDER-{self._next()}", f"OTHER-{self._next()}"
        # The records of two lines are read together.
        lines = [(self.sku, 1), (self._shop.has_sku(1, product_id=self.product_id, variant=other), 1)]
        done(self._shop.place(order_id, *lines))
        self._get(f"{self._shop.audit}/orders/{order_id}/transactions", "auditor")
        done(self._shop.cancel(order_id))

    def _verify_sku(self) -> None:
        self._get(f"{self._shop.audit}/skus/{self.sku.sku}/verification", "auditor")

    def _list_reservations(self) -> None:
        order_id = f"ORDER-{self._next()}"
        done(self._shop.place(order_id, (self.sku, 1)))
        self._get(f"{self._shop.audit}/skus/{self.sku.sku}/reservations", "auditor")
        done(self._shop.cancel(order_id))

    def _list_findings(self) -> None:
        found = done(self._shop.ask("GET", f"{self._shop.audit}/findings", "auditor")).json()
        assert found["items"]

    # The audit's functions: a finding is reported once, so each test makes a new one

    def _find_stock_without_record(self) -> None:
        sku = self._item("VendorInventory", product_id=self.product_id, sku=self.sku.sku)
        key = {name: sku[name] for name in ("product_id", "sku")}
        # As if a record had been written with it, which does not exist; the last one is read with the batch.
        after = {**sku, "sequence": {"N": str(int(sku["sequence"]["N"]) + 1)}, "current_stock": {"N": "999"}}
        number = f"{secrets.randbits(64):021}"
        with self._new_object("findings/all/"):
            self._change("audit/stock_changed", key, before=sku, after=after, number=number)
        self._change("audit/stock_changed", key, before=sku, after=after, number=number)

    def _archive_record(self) -> None:
        record = self._record()
        key = {name: record[name] for name in ("transaction_id", "timestamp")}
        # So that another record follows, which shows that this one is in the SKU's chain.
        done(self._shop.restock(self.sku, 1, key=secrets.token_hex(8)))
        number = _sequence_number()
        with self._new_object("log/"):
            self._change("audit/log_changed", key, after=record, number=number)
        self._change("audit/log_changed", key, after=record, number=number)

    def _find_damaged_archive(self) -> None:
        # A fault is identified by the object's key.
        body = f"damaged\n{json.dumps(self.transaction)}\n".encode()
        self._put_object(f"log/2026-01-01/{self._next()}.jsonl", body)
        with self._new_object("findings/all/"):
            self._invoke("audit/verify_archive", _EVENT)

    def _find_other_digest(self) -> None:
        day = datetime.now(UTC).date().isoformat()
        digest = {"made_at": f"{day}T00:00:00.000000Z", "previous_hash": "0" * 64, "heads": {}}
        signature = b64encode(secrets.token_bytes(70)).decode()
        body = json.dumps({"digest": digest, "signature": signature})
        self._put_object(f"digests/{day}.json", body.encode())
        for key in self._findings_of_digests:
            self._objects.delete_object(Bucket=self._archive, Key=key)
        before = self._keys("findings/all/")
        with self._new_object("findings/all/"):
            self._invoke("audit/write_digest", _EVENT)
        self._findings_of_digests = self._keys("findings/all/") - before

    def _find_removed_record(self) -> None:
        record = self._record()
        key = {name: record[name] for name in ("transaction_id", "timestamp")}
        number = f"{secrets.randbits(64):021}"
        with self._new_object("findings/all/"):
            self._change("audit/log_changed", key, before=record, number=number)
        self._change("audit/log_changed", key, before=record, number=number)

    def _find_record_without_product(self) -> None:
        sku = self._item("VendorInventory", product_id=self.changing.product_id, sku=self.changing.sku)
        ghost = f"SKU-PROD-{secrets.token_hex(3).upper()}-A"
        key = {"product_id": {"S": "-".join(ghost.split("-")[1:3])}, "sku": {"S": ghost}}
        self._tables.put_item(TableName=self._names["VendorInventory"], Item=sku | key)
        record = self._record() | key | {"sequence": {"N": "1"}}
        names = {name: record[name] for name in ("transaction_id", "timestamp")}
        try:
            with self._new_finding("sku_without_product"):
                self._change("audit/log_changed", names, after=record)
        finally:
            self._tables.delete_item(TableName=self._names["VendorInventory"], Key=key)

    def _record(self) -> dict[str, Any]:
        names = ("transaction_id", "timestamp")
        return self._item("StockTransactions", **{name: self.transaction[name] for name in names})

    def _reconcile(self) -> None:
        sku = self._item("VendorInventory", product_id=self.changing.product_id, sku=self.changing.sku)
        # A sequence ahead of the log: neither its index nor its table has such a record.
        ahead = {
            **sku,
            "sequence": {"N": str(int(sku["sequence"]["N"]) + 1)},
            # A new version, as a difference is reported once for each version.
            "version": {"N": str(10**9 + secrets.randbelow(10**9))},
        }
        self._tables.put_item(TableName=self._names["VendorInventory"], Item=ahead)
        try:
            with self._new_object("findings/all/"):
                self._invoke("audit/reconcile", _EVENT)
            self._invoke("audit/reconcile", _EVENT)  # it finds the difference kept
        finally:
            self._tables.put_item(TableName=self._names["VendorInventory"], Item=sku)

    def _find_sku_without_product(self) -> None:
        sku = self._item("VendorInventory", product_id=self.changing.product_id, sku=self.changing.sku)
        ghost = f"SKU-PROD-{secrets.token_hex(3).upper()}-A"
        key = {"product_id": {"S": "-".join(ghost.split("-")[1:3])}, "sku": {"S": ghost}}
        self._tables.put_item(TableName=self._names["VendorInventory"], Item=sku | key)
        try:
            with self._new_finding("sku_without_product"):
                self._invoke("audit/reconcile", _EVENT)
        finally:
            self._tables.delete_item(TableName=self._names["VendorInventory"], Key=key)

    def _write_digest(self) -> None:
        for key in self._keys("digests/") - {_EARLIER_DIGEST}:
            # Earlier versions of the object stay.
            self._objects.delete_object(Bucket=self._archive, Key=key)
        with self._new_object("digests/"):
            self._invoke("audit/write_digest", _EVENT)

    def _store_an_earlier_digest(self) -> None:
        digest = {"made_at": PAST, "previous_hash": "0" * 64, "heads": {}}
        self._put_object(_EARLIER_DIGEST, json.dumps({"digest": digest, "signature": "bm9uZQ=="}).encode())

    def _put_object(self, key: str, body: bytes) -> None:
        self._objects.put_object(Bucket=self._archive, Key=key, Body=body, ChecksumAlgorithm="SHA256")

    @contextmanager
    def _new_object(self, prefix: str) -> Iterator[None]:
        before = self._keys(prefix)
        yield
        assert self._keys(prefix) - before, f"no new object in {prefix}"

    @contextmanager
    def _new_finding(self, kind: str) -> Iterator[None]:
        before = self._keys("findings/all/")
        yield
        new = sorted(self._keys("findings/all/") - before)
        found = [self._objects.get_object(Bucket=self._archive, Key=key)["Body"].read() for key in new]
        assert kind in {json.loads(finding)["kind"] for finding in found}, f"no new finding of {kind}"

    def _keys(self, prefix: str) -> set[str]:
        pages = self._objects.get_paginator("list_objects_v2").paginate(Bucket=self._archive, Prefix=prefix)
        return {each["Key"] for page in pages for each in page.get("Contents", ())}

    # Calls

    def _next(self) -> str:
        return f"{self._run.upper()}{next(self._numbers):04}"

    def _get(self, url: str, role: str, vendor_id: str | None = None) -> None:
        done(self._shop.ask("GET", url, role, vendor_id))

    def _item(self, table: str, **key: str) -> dict[str, Any]:
        response = self._tables.get_item(
            TableName=self._names[table],
            Key={name: {"S": value} for name, value in key.items()},
            ConsistentRead=True,
        )
        item: dict[str, Any] = response["Item"]
        return item

    def _change(
        self, function: str, key: Any, *, before: Any = None, after: Any = None, number: str = ""
    ) -> None:
        change = {
            "SequenceNumber": number or _sequence_number(),
            "ApproximateCreationDateTime": time.time(),
            "Keys": key,
        }
        images = {"OldImage": before, "NewImage": after}
        change |= {name: image for name, image in images.items() if image is not None}
        event_name = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
        record = {"eventName": event_name, "eventSource": "aws:dynamodb", "dynamodb": change}
        response = self._invoke(function, {"Records": [record]})
        assert response == {"batchItemFailures": []}, response

    def _invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        response = self._lambda.invoke(
            FunctionName=f"inventory-{STAGE}-{function.replace('/', '-')}",
            Qualifier="live",
            Payload=json.dumps(event, default=_base64),
        )
        response_text = response["Payload"].read().decode()
        assert "FunctionError" not in response, response_text
        return json.loads(response_text or "null")


def _category_counter(category: str) -> str:
    return f"#CATEGORY#{hashlib.sha256(category.encode()).hexdigest()}"


def _base64(binary: bytes) -> str:
    """Return a binary attribute as an event of a stream has it."""
    return b64encode(binary).decode()


def _sequence_number() -> str:
    return f"{secrets.randbits(64):021}"


_EARLIER_DIGEST: Final = "digests/2026-01-01.json"
_EVENT: Final = {
    "source": "aws.events",
    "detail": {},
    "resources": [],
    "version": "0",
    "id": "00000000-0000-0000-0000-000000000000",
    "detail-type": "Scheduled Event",
    "account": "000000000000",
    "time": "2026-01-01T00:00:00Z",
    "region": "ap-south-1",
}
