"""A product that is activated or deactivated sets its flag on its SKUs, however its change is delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from front_door import Client

from chalicelib.storage.skus import SkuStore
from inventory_common.ids import StockKey
from inventory_common.items import to_item

from ..calls import noted_requests
from ..other_writers import ConflictingClient
from ..process import Process
from ..shop import (
    BLACK,
    ORDER_PATH,
    OTHER_VENDOR,
    PRODUCT,
    RESTOCKS_PATH,
    SKU_PATH,
    WHITE,
    Clock,
    Tables,
    a_product,
    a_sku,
    order_body,
)
from ..streams import ATTEMPTS, Streams, a_product_change, a_stream_record

LATER = "2026-02-23T11:00:00.000000Z"
ACTIVE = a_product(version=1)
DEACTIVATED = a_product(version=2, is_active=False)
REACTIVATED = a_product(version=3)
DEACTIVATION = a_product_change(ACTIVE, DEACTIVATED)
REACTIVATION = a_product_change(DEACTIVATED, REACTIVATED)
BLACK_KEY, WHITE_KEY = StockKey(PRODUCT, BLACK), StockKey(PRODUCT, WHITE)


@pytest.fixture
def deactivated(tables: Tables) -> None:
    """A deactivated product, whose SKUs still have the flag of an active one."""
    tables.put(DEACTIVATED, a_sku(BLACK, 50), a_sku(WHITE, 3))


@pytest.fixture
def requests(dynamodb: Any) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """The calls to DynamoDB from now on."""
    with noted_requests(dynamodb) as requests:
        yield requests


def names(requests: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [name for name, _ in requests]


def place(shop: Client, token: str) -> str:
    answer = shop.put(ORDER_PATH, order_body((BLACK, 1)), token)
    return str(answer.status) if answer.status < 400 else f"{answer.status} {answer.code}"


# Deactivation and reactivation


@pytest.mark.usefixtures("deactivated")
def test_the_skus_of_a_deactivated_product_cannot_be_ordered_or_restocked(
    streams: Streams, shop: Client, orders: str, vendor: str, process: Process
) -> None:
    assert streams.deliver_products(DEACTIVATION) == []
    for sku in (BLACK, WHITE):
        found = process.sku(sku)
        assert (found.product_is_active, found.product_version, found.is_active) == (False, 2, True)
    assert place(shop, orders) == "409 product_inactive"
    refused = shop.post(RESTOCKS_PATH, {"quantity": 1}, vendor, idempotency_key="k")
    assert (refused.status, refused.code) == (409, "product_inactive")


def test_the_skus_of_a_reactivated_product_can_be_ordered_again(
    streams: Streams, shop: Client, orders: str, tables: Tables, process: Process
) -> None:
    tables.put(REACTIVATED, a_sku(current=50, product_is_active=False, product_version=2, version=8))
    assert place(shop, orders) == "409 product_inactive"
    assert streams.deliver_products(REACTIVATION) == []
    found = process.sku()
    assert (found.product_is_active, found.product_version) == (True, 3)
    assert place(shop, orders) == "201"


@pytest.mark.usefixtures("deactivated")
def test_the_flag_changes_neither_stock_nor_dates(streams: Streams, process: Process, clock: Clock) -> None:
    before = process.sku()
    clock.now = LATER
    streams.deliver_products(DEACTIVATION)
    assert process.sku() == replace(
        before, product_is_active=False, product_version=2, version=before.version + 1
    )


@pytest.mark.usefixtures("deactivated")
def test_the_flag_changes_the_version_but_not_the_etag(streams: Streams, shop: Client, vendor: str) -> None:
    before = shop.get(SKU_PATH, vendor)
    streams.deliver_products(DEACTIVATION)
    after = shop.get(SKU_PATH, vendor)
    assert (before.headers["ETag"], after.headers["ETag"]) == ('"1"', '"1"')
    assert (before.json["version"], after.json["version"]) == (1, 2)
    assert (before.json["product_is_active"], after.json["product_is_active"]) == (True, False)


def test_a_deactivated_sku_stays_deactivated_when_its_product_is_reactivated(
    streams: Streams, shop: Client, orders: str, tables: Tables, process: Process
) -> None:
    tables.put(REACTIVATED)
    tables.put(a_sku(current=50, is_active=False, product_is_active=False, product_version=2))
    streams.deliver_products(REACTIVATION)
    found = process.sku()
    assert (found.is_active, found.product_is_active) == (False, True)
    assert place(shop, orders) == "409 sku_inactive"


@pytest.mark.parametrize("count", [100, 201])
def test_the_flag_is_set_on_every_sku_of_a_product(
    streams: Streams, tables: Tables, process: Process, count: int
) -> None:
    skus = [f"SKU-{PRODUCT}-V{number:04}" for number in range(count)]
    tables.put(DEACTIVATED, *map(a_sku, skus))
    assert streams.deliver_products(DEACTIVATION) == []
    found = [process.sku(sku) for sku in skus]
    assert {(sku.product_is_active, sku.product_version, sku.version) for sku in found} == {(False, 2, 2)}


def test_skus_after_a_page_of_skus_that_have_the_flag_are_found(
    streams: Streams, tables: Tables, process: Process
) -> None:
    # The filter leaves a whole page empty.
    skus = [f"SKU-{PRODUCT}-V{number:04}" for number in range(220)]
    flagged = [a_sku(sku, product_is_active=False, product_version=2) for sku in skus[5:205]]
    tables.put(DEACTIVATED, *flagged, *map(a_sku, [*skus[:5], *skus[205:]]))
    streams.deliver_products(DEACTIVATION)
    assert not [sku for sku in skus if process.sku(sku).product_is_active]
    assert {process.sku(sku).version for sku in skus[5:205]} == {1}


@pytest.mark.usefixtures("deactivated")
def test_skus_of_other_products_do_not_change(streams: Streams, tables: Tables, process: Process) -> None:
    other = a_sku("SKU-PROD-AAAAA-X", product_id="PROD-AAAAA", vendor_id=OTHER_VENDOR)
    tables.put(other)
    streams.deliver_products(DEACTIVATION)
    assert process.sku(other.sku) == other


# Changes that are delivered twice, late, or at the same time


@pytest.mark.usefixtures("deactivated")
def test_a_change_that_is_delivered_again_changes_nothing(streams: Streams, process: Process) -> None:
    assert streams.deliver_products(DEACTIVATION) == []
    before = process.sku()
    assert streams.deliver_products(DEACTIVATION, DEACTIVATION) == []
    assert process.sku() == before


def test_an_older_change_that_is_delivered_after_a_newer_one_undoes_nothing(
    streams: Streams, tables: Tables, process: Process
) -> None:
    tables.put(REACTIVATED, a_sku(current=50))
    streams.deliver_products(REACTIVATION)
    before = process.sku()
    assert (before.product_is_active, before.product_version) == (True, 3)
    assert streams.deliver_products(DEACTIVATION) == []
    assert process.sku() == before


def test_a_change_that_is_delivered_late_sets_the_current_state_of_the_product(
    streams: Streams, tables: Tables, process: Process
) -> None:
    tables.put(REACTIVATED, a_sku(current=50))
    streams.deliver_products(DEACTIVATION)
    found = process.sku()
    assert (found.product_is_active, found.product_version) == (True, 3)


def test_a_process_that_read_the_product_before_it_was_reactivated_overwrites_nothing(
    streams: Streams, tables: Tables, process: Process
) -> None:
    tables.put(DEACTIVATED, a_sku(BLACK, 50), a_sku(WHITE, 3))
    products, skus = process.storage.products, process.storage.skus
    product = products.get(PRODUCT)
    assert product is not None
    slow = skus.with_outdated_flag(product)
    found = [next(slow)]
    tables.put(REACTIVATED)
    streams.deliver_products(REACTIVATION)
    found += slow
    assert found == [BLACK_KEY, WHITE_KEY]
    for key in found:
        skus.set_product_flag(key, DEACTIVATED)
        sku = process.sku(key.sku)
        # Both had the flag already.  The version is written all the same, and keeps the slow process out.
        assert (sku.product_is_active, sku.product_version, sku.version) == (True, 3, 2)


def test_a_process_with_the_same_version_overwrites_nothing(process: Process, tables: Tables) -> None:
    tables.put(a_sku(product_is_active=False, product_version=2))
    process.storage.skus.set_product_flag(BLACK_KEY, DEACTIVATED)
    assert process.sku().version == 1


def test_setting_the_flag_does_not_create_a_sku(process: Process, dynamodb: Any) -> None:
    process.storage.skus.set_product_flag(BLACK_KEY, DEACTIVATED)
    assert dynamodb.scan(TableName="VendorInventory")["Items"] == []


# Calls


@pytest.mark.parametrize(
    "change",
    [
        a_product_change(ACTIVE, a_product(version=2, product_name="Better headphones", category="Audio")),
        a_product_change(DEACTIVATED, a_product(version=3, is_active=False, base_price=80)),
        a_product_change(None, ACTIVE),
        a_stream_record(DEACTIVATED.to_item(), None),
    ],
    ids=["active before and after", "inactive before and after", "new", "removed"],
)
@pytest.mark.usefixtures("deactivated")
def test_a_change_that_is_no_activation_or_deactivation_makes_no_call(
    streams: Streams, requests: Any, change: Any
) -> None:
    assert streams.deliver_products(change) == []
    assert requests == []


@pytest.mark.usefixtures("deactivated")
def test_the_product_and_its_skus_are_read_consistently_and_each_sku_is_one_write(
    streams: Streams, requests: Any
) -> None:
    streams.deliver_products(DEACTIVATION)
    assert names(requests) == ["GetItem", "Query", "UpdateItem", "UpdateItem"]
    assert [parameters.get("ConsistentRead") for _, parameters in requests[:2]] == [True, True]
    requests.clear()
    streams.deliver_products(DEACTIVATION)
    assert names(requests) == ["GetItem", "Query"]


def test_a_change_of_an_unknown_product_is_no_failure(streams: Streams) -> None:
    assert streams.deliver_products(DEACTIVATION) == []


def test_items_of_the_table_that_are_no_products_are_ignored(streams: Streams, requests: Any) -> None:
    guard = to_item({"product_id": "#EXTERNAL-ID#VENDOR-001#A", "version": 1})
    assert streams.deliver_products(a_stream_record(None, guard), a_stream_record(guard, guard)) == []
    assert requests == []


# Many changes at once

OTHER = "PROD-AAAAA"


@pytest.mark.usefixtures("deactivated")
def test_changes_of_a_product_in_a_batch_are_one_read_and_one_write_of_each_sku(
    streams: Streams, requests: Any, process: Process
) -> None:
    assert streams.deliver_products(*[DEACTIVATION, REACTIVATION] * 50, DEACTIVATION) == []
    assert names(requests) == ["GetItem", "Query", "UpdateItem", "UpdateItem"]
    assert not process.sku().product_is_active


def test_a_product_that_changes_once_does_not_wait_for_one_that_changes_all_the_time(
    streams: Streams, tables: Tables, requests: Any
) -> None:
    quiet = replace(ACTIVE, product_id=OTHER), replace(DEACTIVATED, product_id=OTHER)
    tables.put(DEACTIVATED, a_sku(BLACK, 50), quiet[1], a_sku(f"SKU-{OTHER}-X", product_id=OTHER))
    assert streams.deliver_products(DEACTIVATION, REACTIVATION, a_product_change(*quiet)) == []
    read = [parameters["Key"]["product_id"]["S"] for name, parameters in requests if name == "GetItem"]
    assert read == [OTHER, PRODUCT]


def test_a_product_that_cannot_be_written_keeps_no_other_one_from_its_flag(
    streams: Streams, tables: Tables, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = replace(ACTIVE, product_id=OTHER), replace(DEACTIVATED, product_id=OTHER)
    tables.put(DEACTIVATED, a_sku(BLACK, 50), quiet[1], a_sku(f"SKU-{OTHER}-X", product_id=OTHER))
    others = a_product_change(*quiet)
    others["dynamodb"]["SequenceNumber"] = "others"
    set_product_flag = SkuStore.set_product_flag

    def fail_for_one(store: SkuStore, key: StockKey, product: Any) -> Any:
        if key.product_id == OTHER:
            raise ConnectionError("no answer")
        return set_product_flag(store, key, product)

    monkeypatch.setattr(SkuStore, "set_product_flag", fail_for_one)
    assert streams.deliver_products(DEACTIVATION, others, REACTIVATION) == ["others"]
    assert not process.sku().product_is_active


# Transactions in progress


@pytest.fixture
def client(dynamodb: Any) -> ConflictingClient:
    return ConflictingClient(dynamodb)


@pytest.fixture
def conflicting_streams(
    process_over: Callable[[Any], Process],
    streams_of: Callable[[Process], Streams],
    client: ConflictingClient,
) -> Streams:
    """Streams whose handlers reach DynamoDB through a client that meets transactions in progress."""
    return streams_of(process_over(client))


@pytest.mark.usefixtures("deactivated")
def test_a_sku_on_which_a_transaction_is_in_progress_is_retried(
    conflicting_streams: Streams, client: ConflictingClient, process: Process
) -> None:
    client.conflicts = ATTEMPTS - 1
    assert conflicting_streams.deliver_products(DEACTIVATION) == []
    assert [process.sku(sku).product_is_active for sku in (BLACK, WHITE)] == [False, False]


@pytest.mark.usefixtures("deactivated")
def test_a_change_fails_after_all_attempts_and_is_processed_when_it_is_delivered_again(
    conflicting_streams: Streams, client: ConflictingClient, process: Process
) -> None:
    client.conflicts = ATTEMPTS
    failed = conflicting_streams.deliver_products(DEACTIVATION)
    assert failed == [DEACTIVATION["dynamodb"]["SequenceNumber"]]
    assert client.conflicts == 0
    assert conflicting_streams.deliver_products(DEACTIVATION) == []
    assert [process.sku(sku).version for sku in (BLACK, WHITE)] == [2, 2]


@pytest.mark.usefixtures("deactivated")
def test_a_reactivation_during_a_conflict_takes_precedence(
    conflicting_streams: Streams, client: ConflictingClient, process: Process, tables: Tables
) -> None:
    def reactivate() -> None:
        tables.put(REACTIVATED)
        conflicting_streams.deliver_products(REACTIVATION)

    client.conflicts = 1
    client.on_conflict = reactivate
    conflicting_streams.deliver_products(DEACTIVATION)
    # The other SKU may have had the flag of the deactivation for a moment.
    found = [process.sku(sku) for sku in (BLACK, WHITE)]
    assert [(sku.product_is_active, sku.product_version) for sku in found] == [(True, 3)] * 2
