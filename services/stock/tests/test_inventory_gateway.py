"""Stock in DynamoDB: the items, literally, and what happens when another writer was first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.commands import SettleOrder
from chalicelib.inventory_gateway import InventoryGateway, LostRace
from chalicelib.reservations import cancel, confirm, place
from chalicelib.snapshot import Commit, Readings, Snapshot
from chalicelib.stock_changes import restock
from chalicelib.stock_rules import move
from inventory_common.errors import InvalidCursor
from inventory_common.ids import transaction_id
from inventory_common.pages import Page, PageRequest, decode_cursor
from inventory_common.products import Product
from inventory_common.settings import Settings
from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku
from inventory_common.timestamps import epoch_seconds, plus_seconds
from inventory_common.transactions import TransactionType

from .shop import (
    BLACK,
    NOW,
    ORDER,
    OTHER_VENDOR,
    PRODUCT,
    VENDOR,
    WHITE,
    a_line,
    a_product,
    a_restock,
    a_sku,
    a_key,
    a_context,
    an_order,
    an_order_of,
)

WHEN = a_context(order_id=ORDER)
SETTINGS = Settings(
    jwks_url="http://127.0.0.1/jwks.json",
    token_issuer="issuer",
    token_audiences=("shop",),
    machine_client_ids=("order-system",),
)


@pytest.fixture
def gateway(dynamodb: Any) -> InventoryGateway:
    return InventoryGateway(dynamodb, SETTINGS)


class Storage:
    """The tables themselves."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def put(self, *things: Sku | Product) -> None:
        for thing in things:
            table = "VendorInventory" if isinstance(thing, Sku) else "Products-table"
            self.client.put_item(TableName=table, Item=thing.to_item())

    def put(self, item: dict[str, Any], table: str = "VendorInventory") -> None:
        self.client.put_item(TableName=table, Item=item)

    def item(self, partition: str, sort: str) -> dict[str, Any] | None:
        key = {"product_id": {"S": partition}, "sku": {"S": sort}}
        return self.client.get_item(TableName="VendorInventory", Key=key, ConsistentRead=True).get("Item")

    def all_of(self, table: str) -> list[dict[str, Any]]:
        return self.client.scan(TableName=table, ConsistentRead=True)["Items"]

    def set(self, sku: str, **values: Any) -> None:
        """Change attributes of a SKU beside the service, without a new sequence, as a PATCH does."""
        self.client.update_item(
            TableName="VendorInventory",
            Key={"product_id": {"S": PRODUCT}, "sku": {"S": sku}},
            UpdateExpression="SET "
            + ", ".join(f"{name} = :{name}" for name in values)
            + ", #version = #version + :one",
            ExpressionAttributeNames={"#version": "version"},
            ExpressionAttributeValues={f":{name}": value for name, value in values.items()}
            | {":one": {"N": "1"}},
        )


@pytest.fixture
def storage(dynamodb: Any) -> Storage:
    return Storage(dynamodb)


def read(gateway: InventoryGateway, *skus: str, key: str | None = None, order: bool = True) -> Snapshot:
    idempotency_id = a_key(key).idempotency_id if key else None
    readings = gateway.read(
        [(PRODUCT, sku) for sku in skus],
        orders=[ORDER] if order else [],
        idempotency_records=[idempotency_id] if idempotency_id else [],
    )
    return readings.of(ORDER if order else None, idempotency_id)


# Items


def test_a_sku_item_holds_the_attributes_of_the_specification_and_its_ledgers_head(
    gateway: InventoryGateway, storage: Storage
) -> None:
    storage.put(a_product(version=3))
    attributes = {"color": "Black", "size": "Large"}
    gateway.add_sku(a_sku(variant_attributes=attributes, product_version=3), None, None)
    assert storage.item(PRODUCT, BLACK) == {
        "product_id": {"S": PRODUCT},
        "sku": {"S": BLACK},
        "vendor_id": {"S": VENDOR},
        "variant_name": {"S": "Black - Large"},
        "variant_attributes": {"M": {"color": {"S": "Black"}, "size": {"S": "Large"}}},
        "current_stock": {"N": "0"},
        "reserved_stock": {"N": "0"},
        "available_stock": {"N": "0"},
        "reorder_threshold": {"N": "10"},
        "unit_price": {"N": "90"},
        "last_updated": {"S": NOW},
        "last_updated_by": {"S": VENDOR},
        "is_active": {"BOOL": True},
        "sequence": {"N": "0"},
        "ledger_hash": {"S": FIRST_PREVIOUS_HASH},
        "version": {"N": "1"},
        "product_is_active": {"BOOL": True},
        "product_version": {"N": "3"},
    }
    assert storage.all_of("StockTransactions") == []


def test_a_restock_writes_the_sku_the_record_and_the_marker(
    gateway: InventoryGateway, storage: Storage
) -> None:
    storage.put(a_sku(current=50, reserved=5))
    when = a_context("2026-02-23T11:00:00.000000Z", notes="monthly")
    commit = restock(read(gateway, BLACK), a_restock(25), when)
    gateway.commit([commit])

    record = commit.movements[0].record
    assert storage.item(PRODUCT, BLACK) == a_sku(current=50, reserved=5).to_item() | {
        "current_stock": {"N": "75"},
        "available_stock": {"N": "70"},
        "last_updated": {"S": when.now},
        "last_updated_by": {"S": "client:order-system"},
        "sequence": {"N": "1"},
        "ledger_hash": {"S": record.hash},
        "last_transaction_at": {"S": when.now},
        "last_transaction_id": {"S": record.transaction_id},
        "version": {"N": "2"},
    }
    assert storage.all_of("StockTransactions") == [
        {
            "transaction_id": {"S": transaction_id(BLACK, 1)},
            "timestamp": {"S": when.now},
            "product_id": {"S": PRODUCT},
            "sku": {"S": BLACK},
            "vendor_id": {"S": VENDOR},
            "transaction_type": {"S": "restock"},
            "quantity_change": {"N": "25"},
            "stock_before": {"N": "50"},
            "stock_after": {"N": "75"},
            "performed_by": {"S": "client:order-system"},
            "notes": {"S": "monthly"},
            "sequence": {"N": "1"},
            "quantity": {"N": "25"},
            "reserved_before": {"N": "5"},
            "reserved_after": {"N": "5"},
            "request_id": {"S": "request-1"},
            "previous_hash": {"S": FIRST_PREVIOUS_HASH},
            "hash": {"S": record.hash},
        }
    ]
    idempotency_key = a_key()
    assert idempotency_key.idempotency_id.startswith("#MARKER#")
    assert storage.item(idempotency_key.idempotency_id, "#MARKER") == {
        "product_id": {"S": idempotency_key.idempotency_id},
        "sku": {"S": "#MARKER"},
        "body_hash": {"S": idempotency_key.body_hash},
        "done": {
            "L": [
                {"M": {"transaction_id": {"S": record.transaction_id}, "timestamp": {"S": record.timestamp}}}
            ]
        },
        "written_at": {"S": when.now},
        "ttl": {"N": str(epoch_seconds(when.now) + 86_401)},
    }
    assert read(gateway, BLACK, key="key-1").idempotency_record == commit.idempotency_record


OPEN_ORDER = {
    "product_id": {"S": ORDER},
    "sku": {"S": "#ORDER"},
    "lines": {
        "M": {
            BLACK: {
                "M": {
                    "product_id": {"S": PRODUCT},
                    "vendor_id": {"S": VENDOR},
                    "placed": {"N": "5"},
                    "reserved": {"N": "5"},
                    "confirmed": {"N": "0"},
                    "cancelled": {"N": "0"},
                    "refunded": {"N": "0"},
                }
            }
        }
    },
    "created_at": {"S": NOW},
    "version": {"N": "1"},
    "expires_at": {"S": "2026-02-24T10:30:00.000000Z"},
    # CRC32("ORDER-12345") mod 16
    "vendor_id": {"S": "OPEN-ORDERS#5"},
    "last_updated": {"S": "2026-02-24T10:30:00.000000Z"},
}


def placed(gateway: InventoryGateway, storage: Storage, stock: int = 50) -> Snapshot:
    """Place an order of five, and return what stands then."""
    storage.put(a_sku(current=stock))
    gateway.commit([place(read(gateway, BLACK), an_order_of((BLACK, 5)), WHEN)])
    return read(gateway, BLACK)


def test_an_order_that_holds_units_is_listed_by_when_it_is_due(
    gateway: InventoryGateway, storage: Storage
) -> None:
    seen = placed(gateway, storage)
    assert storage.item(ORDER, "#ORDER") == OPEN_ORDER
    assert seen.order == gateway.order(ORDER) == an_order(a_line(reserved=5))
    due = storage.client.query(
        TableName="VendorInventory",
        IndexName="VendorInventoryIndex",
        KeyConditionExpression="vendor_id = :shard AND last_updated <= :then",
        ExpressionAttributeValues={
            ":shard": {"S": "OPEN-ORDERS#5"},
            ":then": {"S": "2026-02-24T10:30:00.000000Z"},
        },
    )
    assert due["Items"] == [OPEN_ORDER]


@pytest.mark.parametrize("command", [confirm, cancel])
def test_an_order_that_holds_nothing_is_never_due(
    gateway: InventoryGateway, storage: Storage, command: Any
) -> None:
    seen = placed(gateway, storage)
    commit = command(seen, SettleOrder(ORDER), WHEN)
    gateway.commit([commit])
    item = storage.item(ORDER, "#ORDER")
    assert item is not None
    assert item.keys().isdisjoint({"vendor_id", "last_updated", "current_stock", "ttl"})
    assert item["version"] == {"N": "2"}
    assert gateway.order(ORDER) == commit.order


def test_every_order_is_in_one_of_sixteen_partitions(gateway: InventoryGateway, storage: Storage) -> None:
    storage.put(a_sku(current=500))
    shards = set()
    for number in range(60):
        order_id = f"ORDER-{number}"
        seen = gateway.read([(PRODUCT, BLACK)]).of()
        gateway.commit([place(seen, an_order_of((BLACK, 1), order_id=order_id), a_context(order_id=order_id))])
        shards.add(storage.item(order_id, "#ORDER")["vendor_id"]["S"])
    assert shards == {f"OPEN-ORDERS#{shard}" for shard in range(16)}


def test_an_order_is_in_no_vendors_listing(gateway: InventoryGateway, storage: Storage) -> None:
    placed(gateway, storage)
    page = PageRequest()
    assert [sku["sku"] for sku in gateway.skus_of_vendor(VENDOR, page).documents] == [BLACK]
    assert [sku["sku"] for sku in gateway.skus_of_product(PRODUCT, page).documents] == [BLACK]
    assert gateway.skus_of_product(ORDER, page).documents == []


def test_a_cancel_of_an_unknown_order_is_kept_until_its_ttl(
    gateway: InventoryGateway, storage: Storage
) -> None:
    gateway.commit([cancel(Snapshot(), SettleOrder(ORDER), WHEN)])
    assert storage.item(ORDER, "#ORDER") == {
        "product_id": {"S": ORDER},
        "sku": {"S": "#ORDER"},
        "lines": {"M": {}},
        "created_at": {"S": NOW},
        "version": {"N": "1"},
        "cancel_reason": {"S": "requested"},
        "ttl": {"N": str(epoch_seconds(NOW) + 2_592_000)},
    }


def test_a_lapsed_item_makes_way_though_dynamodb_still_keeps_it(
    gateway: InventoryGateway, storage: Storage
) -> None:
    storage.put(a_sku(current=50))
    gateway.commit([cancel(Snapshot(), SettleOrder(ORDER), WHEN)])
    gateway.commit([restock(read(gateway, BLACK), a_restock(1), WHEN)])
    later = a_context(plus_seconds(NOW, 2_592_000), order_id=ORDER)

    seen = read(gateway, BLACK, key="key-1")
    assert seen.order is not None
    assert seen.idempotency_record is not None
    gateway.commit([place(seen, an_order_of((BLACK, 5)), later)])
    gateway.commit([restock(read(gateway, BLACK, key="key-1"), a_restock(1), later)])
    assert gateway.order(ORDER) == an_order(
        a_line(reserved=5), created_at=later.now, expires_at=plus_seconds(later.now, 86_400)
    )
    assert read(gateway, key="key-1").idempotency_record.written_at == later.now


# Reads


def test_one_call_reads_skus_an_order_and_a_marker(gateway: InventoryGateway, storage: Storage) -> None:
    seen = placed(gateway, storage)
    storage.put(a_sku(WHITE, current=3))
    gateway.commit([restock(read(gateway, WHITE), a_restock(1, WHITE), WHEN)])
    both = read(gateway, BLACK, WHITE, f"SKU-{PRODUCT}-NONE", key="key-1")
    assert both.skus.keys() == {BLACK, WHITE}
    assert both.skus[BLACK] == seen.skus[BLACK] == gateway.sku(PRODUCT, BLACK)
    assert both.skus[WHITE].current_stock == 4
    assert both.order == seen.order
    record, sku = gateway.record_and_sku(both.idempotency_record.done[0], PRODUCT, WHITE)
    assert (record.sku, sku) == (WHITE, both.skus[WHITE])


def test_what_is_not_there_is_none(gateway: InventoryGateway) -> None:
    assert gateway.sku(PRODUCT, BLACK) is None
    assert gateway.order(ORDER) is None
    assert read(gateway, BLACK, key="key-1") == Snapshot()


class Miserly:
    """A client that leaves all keys but one of each table unprocessed, as DynamoDB does when throttled."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: list[Any] = []

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(RequestItems)
        served, left = {}, {}
        for table, request in RequestItems.items():
            served[table] = request | {"Keys": request["Keys"][:1]}
            if request["Keys"][1:]:
                left[table] = request | {"Keys": request["Keys"][1:]}
        answer = self._client.batch_get_item(RequestItems=served)
        return answer | {"UnprocessedKeys": left}


def test_keys_that_dynamodb_left_unprocessed_are_read_again(storage: Storage) -> None:
    storage.put(a_sku(BLACK, 1), a_sku(WHITE, 2), a_product())
    miserly = Miserly(storage.client)
    gateway = InventoryGateway(miserly, SETTINGS)
    assert read(gateway, BLACK, WHITE).skus == {BLACK: a_sku(BLACK, 1), WHITE: a_sku(WHITE, 2)}
    assert len(miserly.calls) == 3
    assert all(request["ConsistentRead"] for call in miserly.calls for request in call.values())
    storage.put({"product_id": {"S": VENDOR}, "sku": {"S": "#LOW-STOCK-BOUND"}, "bound": {"N": "4"}})
    assert gateway.product_and_bound(PRODUCT, VENDOR, "#MARKER#x") == (a_product(), 4, None)


# Races


def everything(storage: Storage) -> list[Any]:
    return [storage.all_of(table) for table in ("VendorInventory", "StockTransactions", "Products-table")]


def lose(gateway: InventoryGateway, storage: Storage, commit: Commit) -> Readings:
    """Commit in vain: nothing may be written, and the race shows what stands."""
    before = everything(storage)
    with pytest.raises(LostRace) as race:
        gateway.commit([commit])
    assert everything(storage) == before
    return race.value.found


@pytest.mark.parametrize("kind", ["restock", "place", "confirm", "cancel"])
def test_a_sku_that_another_writer_moved_loses_the_race_and_is_shown(
    gateway: InventoryGateway, storage: Storage, kind: str
) -> None:
    seen = placed(gateway, storage)
    plans = {
        "restock": lambda: restock(seen, a_restock(), WHEN),
        "place": lambda: place(replace(seen, order=None), an_order_of((BLACK, 5), order_id="ORDER-2"), WHEN),
        "confirm": lambda: confirm(seen, SettleOrder(ORDER), WHEN),
        "cancel": lambda: cancel(seen, SettleOrder(ORDER), WHEN),
    }
    commit = plans[kind]()
    gateway.commit([restock(seen, a_restock(7, idempotency_key=a_key("other")), WHEN)])
    found = lose(gateway, storage, commit)
    assert found.skus == {BLACK: gateway.sku(PRODUCT, BLACK)}
    assert found.skus[BLACK].current_stock == 57


@pytest.mark.parametrize("kind", ["restock", "place"])
@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_a_sku_that_was_deactivated_meanwhile_takes_nothing(
    gateway: InventoryGateway, storage: Storage, kind: str, flag: str
) -> None:
    storage.put(a_sku(current=50))
    seen = read(gateway, BLACK)
    plan = restock(seen, a_restock(), WHEN) if kind == "restock" else place(seen, an_order_of((BLACK, 1)), WHEN)
    storage.set(BLACK, **{flag: {"BOOL": False}})
    assert getattr(lose(gateway, storage, plan).skus[BLACK], flag) is False


@pytest.mark.parametrize("command", [confirm, cancel])
@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_a_sku_that_was_deactivated_meanwhile_can_be_settled(
    gateway: InventoryGateway, storage: Storage, command: Any, flag: str
) -> None:
    seen = placed(gateway, storage)
    storage.set(BLACK, **{flag: {"BOOL": False}})
    gateway.commit([command(seen, SettleOrder(ORDER), WHEN)])
    after = gateway.sku(PRODUCT, BLACK)
    assert after.reserved_stock == 0
    assert getattr(after, flag) is False


OTHER_ATTRIBUTES = {
    "variant_name": {"S": "Jet Black"},
    "unit_price": {"N": "79.5"},
    "reorder_threshold": {"N": "3"},
}


def test_a_change_of_other_attributes_beside_a_sale_survives(
    gateway: InventoryGateway, storage: Storage
) -> None:
    storage.put(a_sku(current=50))
    seen = read(gateway, BLACK)
    storage.set(BLACK, **OTHER_ATTRIBUTES)
    commit = place(seen, an_order_of((BLACK, 25)), WHEN)
    assert commit is not None
    gateway.commit([commit])
    after = gateway.sku(PRODUCT, BLACK)
    assert (after.variant_name, str(after.unit_price), after.reorder_threshold) == ("Jet Black", "79.5", 3)
    assert (after.reserved_stock, after.version) == (25, 3)


def test_a_command_that_is_answered_with_the_sku_loses_to_a_change_of_its_other_attributes(
    gateway: InventoryGateway, storage: Storage
) -> None:
    storage.put(a_sku(current=50))
    seen = read(gateway, BLACK)
    storage.set(BLACK, **OTHER_ATTRIBUTES)
    found = lose(gateway, storage, restock(seen, a_restock(25), WHEN))
    assert found.skus[BLACK].variant_name == "Jet Black"


@pytest.mark.parametrize("winner", [confirm, cancel])
@pytest.mark.parametrize("loser", [confirm, cancel])
def test_of_two_commands_on_an_order_one_wins(
    gateway: InventoryGateway, storage: Storage, winner: Any, loser: Any
) -> None:
    seen = placed(gateway, storage)
    commit = loser(seen, SettleOrder(ORDER), WHEN)
    gateway.commit([winner(seen, SettleOrder(ORDER), WHEN)])
    found = lose(gateway, storage, commit)
    assert found.orders[ORDER] == gateway.order(ORDER)
    assert found.orders[ORDER].version == 2


def test_an_orders_own_version_guards_it_though_its_skus_stand_still(
    gateway: InventoryGateway, storage: Storage
) -> None:
    seen = placed(gateway, storage)
    commit = confirm(seen, SettleOrder(ORDER), WHEN)
    storage.put(OPEN_ORDER | {"version": {"N": "2"}})
    assert lose(gateway, storage, commit).orders[ORDER].version == 2


def test_an_order_that_was_placed_meanwhile_is_not_overwritten(
    gateway: InventoryGateway, storage: Storage
) -> None:
    storage.put(a_sku(WHITE, current=50))
    commit = place(read(gateway, WHITE), an_order_of((WHITE, 1)), WHEN)
    placed(gateway, storage)
    found = lose(gateway, storage, commit)
    assert found == Readings(orders={ORDER: an_order(a_line(reserved=5))})


def test_an_order_that_was_cancelled_meanwhile_is_not_placed(
    gateway: InventoryGateway, storage: Storage
) -> None:
    storage.put(a_sku(current=50))
    commit = place(read(gateway, BLACK), an_order_of((BLACK, 1)), WHEN)
    gateway.commit([cancel(Snapshot(), SettleOrder(ORDER), WHEN)])
    assert lose(gateway, storage, commit).orders[ORDER].is_tombstone


def test_a_cancel_of_an_order_that_was_placed_meanwhile_loses(
    gateway: InventoryGateway, storage: Storage
) -> None:
    commit = cancel(read(gateway), SettleOrder(ORDER), WHEN)
    placed(gateway, storage)
    assert lose(gateway, storage, commit) == Readings(orders={ORDER: an_order(a_line(reserved=5))})


def test_a_command_whose_marker_was_there_first_loses(gateway: InventoryGateway, storage: Storage) -> None:
    storage.put(a_sku(BLACK, 50), a_sku(WHITE, 50))
    commit = restock(read(gateway, BLACK), a_restock(25), WHEN)
    first = restock(read(gateway, WHITE), a_restock(1, WHITE), WHEN)
    gateway.commit([first])
    assert lose(gateway, storage, commit) == Readings(
        idempotency_records={first.idempotency_record.idempotency_id: first.idempotency_record}
    )


def test_all_that_changed_is_shown_at_once(gateway: InventoryGateway, storage: Storage) -> None:
    storage.put(a_sku(WHITE, current=50), a_sku(f"SKU-{PRODUCT}-RED", current=50))
    skus = (BLACK, WHITE, f"SKU-{PRODUCT}-RED")
    storage.put(a_sku(current=50))
    seen = read(gateway, *skus)
    commit = place(seen, an_order_of(*((sku, 1) for sku in skus)), WHEN)
    gateway.commit([restock(seen, a_restock(1, WHITE, idempotency_key=a_key("a")), WHEN)])
    gateway.commit([place(seen, an_order_of((BLACK, 1)), WHEN)])
    found = lose(gateway, storage, commit)
    assert found.skus.keys() == {BLACK, WHITE}
    assert ORDER in found.orders


def a_cancelled_transaction(*reasons: dict[str, Any]) -> type:
    """Make a client whose transactions are cancelled for these reasons."""

    class Cancelled(ClientError):
        pass

    class Client:
        class exceptions:
            TransactionCanceledException = Cancelled

        def transact_write_items(self, **_: Any) -> None:
            response = {
                "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
                "CancellationReasons": list(reasons),
            }
            raise Cancelled(response, "TransactWriteItems")

    return Client


def a_commit() -> Commit:
    return Commit(movements=(move(a_sku(), TransactionType.RESTOCK, 1, a_context()),))


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_two_transactions_at_once_are_a_lost_race_that_shows_nothing(code: str) -> None:
    gateway = InventoryGateway(a_cancelled_transaction({"Code": code}, {"Code": "None"})(), SETTINGS)
    with pytest.raises(LostRace) as race:
        gateway.commit([a_commit()])
    assert race.value.found == Readings()


def test_a_conflict_beside_a_failed_condition_shows_the_latter() -> None:
    item = a_sku(current=7).to_item()
    client = a_cancelled_transaction(
        {"Code": "ConditionalCheckFailed", "Item": item}, {"Code": "TransactionConflict"}
    )
    with pytest.raises(LostRace) as race:
        InventoryGateway(client(), SETTINGS).commit([a_commit()])
    assert race.value.found == Readings(skus={BLACK: a_sku(current=7)})


def test_a_log_record_that_another_transaction_is_just_writing_is_a_lost_race() -> None:
    # Two writers made the same record after the same one; the first still writes the SKU.
    reasons = [{"Code": "TransactionConflict"}, {"Code": "ConditionalCheckFailed"}]
    client = a_cancelled_transaction(*reasons)
    with pytest.raises(LostRace) as race:
        InventoryGateway(client(), SETTINGS).commit([a_commit()])
    assert race.value.found == Readings()


def test_a_transaction_that_should_not_have_been_sent_is_a_defect_of_ours() -> None:
    client = a_cancelled_transaction({"Code": "ValidationError"}, {"Code": "None"})
    with pytest.raises(ClientError) as error:
        InventoryGateway(client(), SETTINGS).commit([a_commit()])
    assert not isinstance(error.value, LostRace)


def test_a_record_that_its_sku_does_not_know_of_is_never_overwritten_or_overlooked(
    gateway: InventoryGateway, storage: Storage
) -> None:
    storage.put(a_sku(current=50))
    commit = restock(read(gateway, BLACK), a_restock(), WHEN)
    storage.put(commit.movements[0].record.to_item() | {"quantity": {"N": "9"}}, "StockTransactions")
    before = everything(storage)
    with pytest.raises(ClientError) as error:
        gateway.commit([commit])
    assert error.value.response["Error"]["Code"] == "TransactionCanceledException"
    assert everything(storage) == before


# New SKUs and the low-stock bound


def bound_of(storage: Storage, vendor: str = VENDOR) -> dict[str, Any] | None:
    return storage.item(vendor, "#LOW-STOCK-BOUND")


def test_the_bound_is_raised_only_by_a_sku_that_needs_it(gateway: InventoryGateway, storage: Storage) -> None:
    storage.put(a_product())
    expected = {"product_id": {"S": VENDOR}, "sku": {"S": "#LOW-STOCK-BOUND"}}
    thresholds = [(10, None, 10), (10, 10, 10), (3, 10, 10), (11, 10, 11)]
    for number, (threshold, known, bound) in enumerate(thresholds):
        sku = a_sku(f"SKU-{PRODUCT}-{number}", reorder_threshold=threshold)
        gateway.add_sku(sku, known, None)
        assert bound_of(storage) == expected | {"bound": {"N": str(bound)}}
        assert gateway.product_and_bound(PRODUCT, VENDOR, None) == (a_product(), bound, None)
    assert gateway.product_and_bound(PRODUCT, OTHER_VENDOR, None)[1] is None


def test_a_bound_that_somebody_raised_meanwhile_is_not_lowered(
    gateway: InventoryGateway, storage: Storage
) -> None:
    storage.put(a_product())
    gateway.add_sku(a_sku(reorder_threshold=99), None, None)
    gateway.add_sku(a_sku(WHITE, reorder_threshold=10), None, None)
    assert bound_of(storage)["bound"] == {"N": "99"}
    assert gateway.sku(PRODUCT, WHITE) is not None


def test_a_threshold_of_nothing_needs_a_bound_too(gateway: InventoryGateway, storage: Storage) -> None:
    storage.put(a_product())
    gateway.add_sku(a_sku(reorder_threshold=0), None, None)
    assert [sku["sku"] for sku in gateway.low_stock_of_vendor(VENDOR, PageRequest()).documents] == [BLACK]


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"vendor_id": OTHER_VENDOR}, {"version": 2}],
    ids=["deactivated", "another vendor's", "changed"],
)
def test_a_product_that_changed_meanwhile_gets_no_sku(
    gateway: InventoryGateway, storage: Storage, change: dict[str, Any]
) -> None:
    storage.put(a_product(**change))
    with pytest.raises(LostRace) as race:
        gateway.add_sku(a_sku(), 10, None)
    assert race.value.found == Readings()
    assert gateway.sku(PRODUCT, BLACK) is None


def test_a_sku_that_exists_is_not_overwritten(gateway: InventoryGateway, storage: Storage) -> None:
    storage.put(a_product(), a_sku(current=50))
    with pytest.raises(LostRace) as race:
        gateway.add_sku(a_sku(), 10, a_key().idempotency_record([], NOW))
    assert race.value.found == Readings(skus={BLACK: a_sku(current=50)})
    assert gateway.sku(PRODUCT, BLACK) == a_sku(current=50)
    assert read(gateway, key="key-1").idempotency_record is None


def test_a_new_sku_whose_marker_was_there_first_is_not_written(
    gateway: InventoryGateway, storage: Storage
) -> None:
    storage.put(a_product())
    idempotency_record = a_key().idempotency_record([{"sku": BLACK}], NOW)
    gateway.add_sku(a_sku(), 10, idempotency_record)
    with pytest.raises(LostRace) as race:
        gateway.add_sku(a_sku(WHITE), 10, idempotency_record)
    assert race.value.found == Readings(
        idempotency_records={idempotency_record.idempotency_id: idempotency_record}
    )
    assert gateway.sku(PRODUCT, WHITE) is None


def test_an_admin_learns_the_vendor_from_the_product(gateway: InventoryGateway, storage: Storage) -> None:
    storage.put(a_product())
    idempotency_record = a_key().idempotency_record([], NOW)
    gateway.add_sku(a_sku(reorder_threshold=7), None, idempotency_record)
    assert gateway.product_and_bound(PRODUCT, None, idempotency_record.idempotency_id) == (
        a_product(),
        7,
        idempotency_record,
    )
    assert gateway.product_and_bound("PROD-00000", None, idempotency_record.idempotency_id) == (
        None,
        None,
        None,
    )
    assert gateway.product_and_bound("PROD-00000", VENDOR, idempotency_record.idempotency_id) == (
        None,
        7,
        idempotency_record,
    )


def low_stock(gateway: InventoryGateway, limit: int = 25) -> list[list[str]]:
    """Walk through the low-stock pages."""
    pages, after, position = [], True, None
    while after:
        page = gateway.low_stock_of_vendor(VENDOR, PageRequest(limit, position))
        pages.append([sku["sku"].rpartition("-")[2] for sku in page.documents])
        after = page.next_cursor
        position = decode_cursor(after) if after else None
    return pages


def test_low_stock_is_at_or_below_the_threshold_lowest_first_active_only(
    gateway: InventoryGateway, storage: Storage
) -> None:
    storage.put(
        a_sku(f"SKU-{PRODUCT}-AT", current=10),
        a_sku(f"SKU-{PRODUCT}-BELOW", current=9),
        a_sku(f"SKU-{PRODUCT}-ABOVE", current=11),
        a_sku(f"SKU-{PRODUCT}-HIGH", current=40, reorder_threshold=40),
        a_sku(f"SKU-{PRODUCT}-OFF", current=0, is_active=False),
        a_sku(f"SKU-{PRODUCT}-EMPTY", current=0, reorder_threshold=0),
        a_sku(f"SKU-{PRODUCT}-THEIRS", current=0, vendor_id=OTHER_VENDOR),
    )
    assert low_stock(gateway) == [[]]
    storage.put({"product_id": {"S": VENDOR}, "sku": {"S": "#LOW-STOCK-BOUND"}, "bound": {"N": "40"}})
    assert low_stock(gateway) == [["EMPTY", "BELOW", "AT", "HIGH"]]
    # OFF and ABOVE lie in the range: pages come shorter and yet go on.
    pages = low_stock(gateway, limit=2)
    assert [sku for page in pages for sku in page] == ["EMPTY", "BELOW", "AT", "HIGH"]
    assert len(pages) >= 3


def test_a_low_stock_page_reads_no_further_than_the_bound(
    gateway: InventoryGateway, storage: Storage
) -> None:
    storage.put(*(a_sku(f"SKU-{PRODUCT}-{n}", current=1_000 + n) for n in range(30)))
    storage.put(a_sku(current=10))
    storage.put({"product_id": {"S": VENDOR}, "sku": {"S": "#LOW-STOCK-BOUND"}, "bound": {"N": "10"}})
    order_body = []
    storage.client.meta.events.register(
        "provide-client-params.dynamodb.Query", lambda params, **_: order_body.append(params)
    )
    assert low_stock(gateway, limit=1)[0] == ["L"]
    assert order_body[0]["ExpressionAttributeValues"] == {":partition": {"S": VENDOR}, ":sort": {"N": "10"}}


@pytest.mark.parametrize("bound", [None, 10])
def test_nothing_follows_a_low_stock_page_that_ended_above_the_bound_as_it_is_now(
    gateway: InventoryGateway, storage: Storage, bound: int | None
) -> None:
    """It was lowered, or removed, between two pages."""
    storage.put(a_sku(current=10))
    if bound is not None:
        item = {"product_id": {"S": VENDOR}, "sku": {"S": "#LOW-STOCK-BOUND"}, "bound": {"N": f"{bound}"}}
        storage.put(item)
    after = {"vendor_id": VENDOR, "current_stock": 11, "product_id": PRODUCT, "sku": BLACK}
    assert gateway.low_stock_of_vendor(VENDOR, PageRequest(1, after)) == Page([], None)
    with pytest.raises(InvalidCursor):
        gateway.low_stock_of_vendor(VENDOR, PageRequest(1, {**after, "vendor_id": "VENDOR-999"}))


def test_a_lost_order_is_no_contested_sku(gateway: InventoryGateway, storage: Storage) -> None:
    """Nobody asks for a turn at an order: it has no key that a SKU could have."""
    storage.put(a_sku(current=9))
    placed = place(gateway.read([(PRODUCT, BLACK)]).of(), an_order_of((BLACK, 1)), a_context())
    assert placed is not None
    gateway.commit([placed])
    order = gateway.order(ORDER)
    assert order is not None
    longer, longest = (
        Commit(
            movements=(),
            order=replace(order, version=order.version + 1, expires_at=plus_seconds(NOW, 90_000 + n)),
            replaced_order=order,
        )
        for n in (0, 1)
    )
    gateway.commit([longer])
    with pytest.raises(LostRace) as lost:
        gateway.commit([longest])
    assert lost.value.contested == frozenset()
