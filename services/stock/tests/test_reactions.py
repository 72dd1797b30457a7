"""What follows when a product or a SKU has changed, told once or twice, in time or late.

Changes are given to the entries that Lambda calls, as streams deliver them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from front_door import Client

from chalicelib.inventory_items import alert_key
from chalicelib.reactions import Reactions
from inventory_common.alerts import Alert
from inventory_common.items import Item, from_item, to_item
from inventory_common.products import Product
from inventory_common.skus import Sku
from inventory_common.timestamps import epoch_seconds
from inventory_common.tuning import SENT_ALERT_TTL_SECONDS

from .shop import (
    BLACK,
    ORDER,
    OTHER_VENDOR,
    PRODUCT,
    VENDOR,
    WHITE,
    Clock,
    Tables,
    a_product,
    a_sku,
    order_body,
    immediate,
)

SKU = f"/products/{PRODUCT}/skus/{BLACK}"
ATTEMPTS = 3
LATER = "2026-02-23T11:00:00.000000Z"


@dataclass
class Outbox:
    """Where alerts go in these tests; `broken` makes it refuse them."""

    sent: list[Alert] = field(default_factory=list)
    broken: bool = False

    def send(self, alert: Alert) -> None:
        if self.broken:
            raise ConnectionError("no such topic")
        self.sent.append(alert)


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def reactions(
    service_module: Any, dynamodb: Any, clock: Clock, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> Reactions:
    """The reactions behind the entries, with the test's clock and outbox and no pauses."""
    reacting: Reactions = replace(
        service_module.reacting, alerts=outbox, clock=clock, retry_policy=immediate(ATTEMPTS)
    )
    monkeypatch.setattr(service_module, "reacting", reacting)
    return reacting


@dataclass(frozen=True)
class Streams:
    """The tables' streams: what changes within `of` is kept, and told when the test says so."""

    app: Any
    client: Any

    @contextmanager
    def of(self, *skus: str) -> Iterator[list[Item]]:
        """Yield a list that holds a record for each SKU that has changed, when the block has ended."""
        records: list[Item] = []
        before = {sku: self._item(sku) for sku in skus}
        yield records
        for sku in skus:
            after = self._item(sku)
            if after != before[sku]:
                records.append(a_record(before[sku], after))

    def tell_products(self, *records: Any) -> list[str]:
        """Deliver records of Products-table, and return the numbers of those that failed."""
        return self._failed(self.app.product_changed({"Records": list(records)}, None))

    def tell_skus(self, *records: Any) -> list[str]:
        return self._failed(self.app.sku_changed({"Records": list(records)}, None))

    def _failed(self, answer: Any) -> list[str]:
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def _item(self, sku: str) -> Item | None:
        key = to_item({"product_id": PRODUCT, "sku": sku})
        return self.client.get_item(TableName="VendorInventory", Key=key).get("Item")


@pytest.fixture
def streams(service_module: Any, dynamodb: Any, reactions: Reactions) -> Streams:
    return Streams(service_module, dynamodb)


def a_record(before: Item | None, after: Item | None) -> Any:
    """Write a record of a stream; its number is the version that the item has now."""
    image = after or before
    assert image is not None
    change: dict[str, Any] = {
        "Keys": {name: image[name] for name in ("product_id", "sku") if name in image},
        "SequenceNumber": f"{PRODUCT}-{image['version']['N']}",
    }
    change |= {"OldImage": before} if before else {}
    change |= {"NewImage": after} if after else {}
    return {"eventName": "MODIFY", "dynamodb": change}


def a_hint(before: Product | None, after: Product) -> Any:
    return a_record(before.to_item() if before else None, after.to_item())


@pytest.fixture
def calls(gateway: Any) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """The service's calls from now on, with what each asked."""
    made: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        made.append((model.name, dict(params)))

    events = gateway._client.meta.events
    events.register("provide-client-params.dynamodb", note)
    yield made
    events.unregister("provide-client-params.dynamodb", note)


def names(calls: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [name for name, _ in calls]


ACTIVE = a_product(version=1)
DEACTIVATED = a_product(version=2, is_active=False)
REACTIVATED = a_product(version=3)


@pytest.fixture
def deactivated(tables: Tables) -> None:
    """A product that its vendor took out of the shop; its SKUs do not know yet."""
    tables.put(DEACTIVATED, a_sku(BLACK, 50), a_sku(WHITE, 3))


def place(shop: Client, token: str, order_id: str = ORDER) -> str:
    answer = shop.put(f"/orders/{order_id}", order_body((BLACK, 1)), token)
    return str(answer.status) if answer.status < 400 else f"{answer.status} {answer.code}"


# The product's flag


@pytest.mark.usefixtures("deactivated")
def test_a_deactivated_product_takes_all_its_skus_out_of_the_shop(
    streams: Streams, shop: Client, orders: str, vendor: str, gateway: Any
) -> None:
    assert streams.tell_products(a_hint(ACTIVE, DEACTIVATED)) == []
    for sku in (BLACK, WHITE):
        found = gateway.sku(PRODUCT, sku)
        assert (found.product_is_active, found.product_version, found.is_active) == (False, 2, True)
    assert place(shop, orders) == "409 product_inactive"
    refused = shop.post(f"{SKU}/restocks", {"quantity": 1}, vendor, idempotency_key="k")
    assert (refused.status, refused.code) == (409, "product_inactive")


def test_a_reactivated_product_brings_its_skus_back(
    streams: Streams, shop: Client, orders: str, tables: Tables, gateway: Any
) -> None:
    tables.put(REACTIVATED, a_sku(current=50, product_is_active=False, product_version=2, version=8))
    assert place(shop, orders) == "409 product_inactive"
    assert streams.tell_products(a_hint(DEACTIVATED, REACTIVATED)) == []
    found = gateway.sku(PRODUCT, BLACK)
    assert (found.product_is_active, found.product_version) == (True, 3)
    assert place(shop, orders) == "201"


@pytest.mark.usefixtures("deactivated")
def test_stock_dates_and_everything_else_stay(streams: Streams, gateway: Any, clock: Clock) -> None:
    before = gateway.sku(PRODUCT, BLACK)
    clock.now = LATER
    streams.tell_products(a_hint(ACTIVE, DEACTIVATED))
    assert gateway.sku(PRODUCT, BLACK) == replace(
        before, product_is_active=False, product_version=2, version=before.version + 1
    )


@pytest.mark.usefixtures("deactivated")
def test_the_etag_changes_as_what_the_api_shows_has_changed(
    streams: Streams, shop: Client, vendor: str
) -> None:
    before = shop.get(SKU, vendor)
    streams.tell_products(a_hint(ACTIVE, DEACTIVATED))
    after = shop.get(SKU, vendor)
    assert (before.headers["ETag"], after.headers["ETag"]) == ('"1"', '"2"')
    assert (before.json["product_is_active"], after.json["product_is_active"]) == (True, False)


def test_a_sku_that_its_vendor_took_out_stays_out_when_the_product_comes_back(
    streams: Streams, shop: Client, orders: str, tables: Tables, gateway: Any
) -> None:
    tables.put(REACTIVATED)
    tables.put(a_sku(current=50, is_active=False, product_is_active=False, product_version=2))
    streams.tell_products(a_hint(DEACTIVATED, REACTIVATED))
    found = gateway.sku(PRODUCT, BLACK)
    assert (found.is_active, found.product_is_active) == (False, True)
    assert place(shop, orders) == "409 sku_inactive"


@pytest.mark.parametrize("count", [100, 201])
def test_every_sku_of_a_product_of_many_is_told(
    streams: Streams, tables: Tables, gateway: Any, count: int
) -> None:
    skus = [f"SKU-{PRODUCT}-V{number:04}" for number in range(count)]
    tables.put(DEACTIVATED, *map(a_sku, skus))
    assert streams.tell_products(a_hint(ACTIVE, DEACTIVATED)) == []
    told = [gateway.sku(PRODUCT, sku) for sku in skus]
    assert {(sku.product_is_active, sku.product_version, sku.version) for sku in told} == {(False, 2, 2)}


def test_skus_that_know_already_between_those_that_do_not_end_nothing(
    streams: Streams, tables: Tables, gateway: Any
) -> None:
    # A whole page that the filter leaves empty, and then some.
    skus = [f"SKU-{PRODUCT}-V{number:04}" for number in range(220)]
    knowing = [a_sku(sku, product_is_active=False, product_version=2) for sku in skus[5:205]]
    tables.put(DEACTIVATED, *knowing, *map(a_sku, [*skus[:5], *skus[205:]]))
    streams.tell_products(a_hint(ACTIVE, DEACTIVATED))
    assert not [sku for sku in skus if gateway.sku(PRODUCT, sku).product_is_active]
    assert {gateway.sku(PRODUCT, sku).version for sku in skus[5:205]} == {1}


@pytest.mark.usefixtures("deactivated")
def test_skus_of_other_products_are_left_alone(streams: Streams, tables: Tables, gateway: Any) -> None:
    other = a_sku("SKU-PROD-AAAAA-X", product_id="PROD-AAAAA", vendor_id=OTHER_VENDOR)
    tables.put(other)
    streams.tell_products(a_hint(ACTIVE, DEACTIVATED))
    assert gateway.sku("PROD-AAAAA", other.sku) == other


@pytest.mark.usefixtures("deactivated")
def test_the_same_change_told_again_changes_nothing(streams: Streams, gateway: Any) -> None:
    hint = a_hint(ACTIVE, DEACTIVATED)
    assert streams.tell_products(hint) == []
    before = gateway.sku(PRODUCT, BLACK)
    assert streams.tell_products(hint, hint) == []
    assert gateway.sku(PRODUCT, BLACK) == before


def test_an_older_change_told_after_a_newer_one_undoes_nothing(
    streams: Streams, tables: Tables, gateway: Any
) -> None:
    tables.put(REACTIVATED, a_sku(current=50))
    streams.tell_products(a_hint(DEACTIVATED, REACTIVATED))
    before = gateway.sku(PRODUCT, BLACK)
    assert (before.product_is_active, before.product_version) == (True, 3)
    assert streams.tell_products(a_hint(ACTIVE, DEACTIVATED)) == []
    assert gateway.sku(PRODUCT, BLACK) == before


def test_a_change_told_late_writes_what_the_product_is_now(
    streams: Streams, tables: Tables, gateway: Any
) -> None:
    tables.put(REACTIVATED, a_sku(current=50))
    streams.tell_products(a_hint(ACTIVE, DEACTIVATED))
    found = gateway.sku(PRODUCT, BLACK)
    assert (found.product_is_active, found.product_version) == (True, 3)


def test_a_process_that_read_the_product_before_it_came_back_overwrites_nothing(
    streams: Streams, reactions: Reactions, tables: Tables, gateway: Any
) -> None:
    tables.put(DEACTIVATED, a_sku(BLACK, 50), a_sku(WHITE, 3))
    slow = gateway.skus_older_than(gateway.product(PRODUCT))
    waiting = [next(slow)]
    tables.put(REACTIVATED)
    streams.tell_products(a_hint(DEACTIVATED, REACTIVATED))
    waiting += slow
    assert waiting == [BLACK, WHITE]
    for sku in waiting:
        gateway.set_product_activity(sku, DEACTIVATED)
        found = gateway.sku(PRODUCT, sku)
        # Both had the flag already: it is the version, written all the same, that keeps the slow one out.
        assert (found.product_is_active, found.product_version, found.version) == (True, 3, 2)


def test_a_process_of_the_same_version_overwrites_nothing_either(gateway: Any, tables: Tables) -> None:
    tables.put(a_sku(product_is_active=False, product_version=2))
    gateway.set_product_activity(BLACK, DEACTIVATED)
    assert gateway.sku(PRODUCT, BLACK).version == 1


def test_a_sku_that_is_not_there_is_not_made_by_the_way(gateway: Any, dynamodb: Any) -> None:
    gateway.set_product_activity(BLACK, DEACTIVATED)
    assert dynamodb.scan(TableName="VendorInventory")["Items"] == []


@pytest.mark.parametrize(
    "hint",
    [
        a_hint(ACTIVE, a_product(version=2, product_name="Better headphones", category="Audio")),
        a_hint(DEACTIVATED, a_product(version=3, is_active=False, base_price=80)),
        a_hint(None, ACTIVE),
        a_record(DEACTIVATED.to_item(), None),
    ],
    ids=["active before and after", "inactive before and after", "new", "removed"],
)
@pytest.mark.usefixtures("deactivated")
def test_what_leaves_the_flag_alone_costs_no_call(streams: Streams, calls: Any, hint: Any) -> None:
    assert streams.tell_products(hint) == []
    assert calls == []


@pytest.mark.usefixtures("deactivated")
def test_the_product_and_its_skus_are_read_consistently_and_each_sku_is_one_write(
    streams: Streams, calls: Any
) -> None:
    streams.tell_products(a_hint(ACTIVE, DEACTIVATED))
    assert names(calls) == ["GetItem", "Query", "UpdateItem", "UpdateItem"]
    assert [order_body.get("ConsistentRead") for _, order_body in calls[:2]] == [True, True]
    del calls[:]
    streams.tell_products(a_hint(ACTIVE, DEACTIVATED))
    assert names(calls) == ["GetItem", "Query"]


def test_a_hint_of_a_product_that_is_not_there_is_no_failure(streams: Streams) -> None:
    assert streams.tell_products(a_hint(ACTIVE, DEACTIVATED)) == []


def test_items_beside_products_are_passed_over(streams: Streams, calls: Any) -> None:
    guard = to_item({"product_id": "#EXTERNAL-ID#VENDOR-001#A", "version": 1})
    assert streams.tell_products(a_record(None, guard), a_record(guard, guard)) == []
    assert calls == []


class Conflicting:
    """A client whose next updates meet a transaction."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.conflicts = 0
        self.on_conflict: Callable[[], None] = lambda: None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_item(self, **request: Any) -> Any:
        if self.conflicts:
            self.conflicts -= 1
            self.on_conflict()
            error = {"Error": {"Code": "TransactionConflictException", "Message": "under way"}}
            raise self._client.exceptions.TransactionConflictException(error, "UpdateItem")
        return self._client.update_item(**request)


@pytest.fixture
def conflicting(gateway: Any, monkeypatch: pytest.MonkeyPatch) -> Conflicting:
    client = Conflicting(gateway._client)
    monkeypatch.setattr(gateway, "_client", client)
    return client


@pytest.mark.usefixtures("deactivated")
def test_a_sku_that_a_transaction_works_on_is_tried_again(
    streams: Streams, conflicting: Conflicting, gateway: Any
) -> None:
    conflicting.conflicts = ATTEMPTS - 1
    assert streams.tell_products(a_hint(ACTIVE, DEACTIVATED)) == []
    assert [gateway.sku(PRODUCT, sku).product_is_active for sku in (BLACK, WHITE)] == [False, False]


@pytest.mark.usefixtures("deactivated")
def test_a_sku_that_is_never_free_is_told_when_the_batch_comes_again(
    streams: Streams, conflicting: Conflicting, gateway: Any
) -> None:
    hint = a_hint(ACTIVE, DEACTIVATED)
    conflicting.conflicts = ATTEMPTS
    assert streams.tell_products(hint) == [hint["dynamodb"]["SequenceNumber"]]
    assert conflicting.conflicts == 0
    assert streams.tell_products(hint) == []
    assert [gateway.sku(PRODUCT, sku).version for sku in (BLACK, WHITE)] == [2, 2]


@pytest.mark.usefixtures("deactivated")
def test_a_product_that_comes_back_while_a_sku_is_busy_wins(
    streams: Streams, conflicting: Conflicting, gateway: Any, tables: Tables
) -> None:
    def come_back() -> None:
        tables.put(REACTIVATED)
        streams.tell_products(a_hint(DEACTIVATED, REACTIVATED))

    conflicting.conflicts = 1
    conflicting.on_conflict = come_back
    streams.tell_products(a_hint(ACTIVE, DEACTIVATED))
    told = [gateway.sku(PRODUCT, sku) for sku in (BLACK, WHITE)]
    assert [(sku.product_is_active, sku.product_version, sku.version) for sku in told] == [(True, 3, 2)] * 2


# Low stock


def stocked(tables: Tables, current: int = 12, reserved: int = 0, **differences: Any) -> Sku:
    """Keep a SKU whose threshold is 10."""
    sku = a_sku(BLACK, current, reserved, **differences)
    tables.put(a_product(), sku)
    return sku


def adjust(shop: Client, token: str, by: int, key: str = "k") -> None:
    body = {"quantity_change": by, "notes": "counted"}
    assert shop.post(f"{SKU}/adjustments", body, token, idempotency_key=key).status == 201


def patch(shop: Client, token: str, **body: Any) -> None:
    assert shop.send("PATCH", SKU, token, body).status == 200


def confirm(shop: Client, token: str, quantity: int, order_id: str = ORDER) -> None:
    assert shop.put(f"/orders/{order_id}", order_body((BLACK, quantity)), token).status == 201
    assert shop.post(f"/orders/{order_id}/confirm", None, token).status == 200


def test_a_sale_that_reaches_the_threshold_is_an_alert_that_says_what_to_restock(
    streams: Streams, outbox: Outbox, tables: Tables, shop: Client, orders: str, clock: Clock
) -> None:
    stocked(tables, 13)
    shop.put("/orders/ORDER-OTHER", order_body((BLACK, 1)), orders)
    shop.put(f"/orders/{ORDER}", order_body((BLACK, 3)), orders)
    clock.now = LATER
    with streams.of(BLACK) as records:
        shop.post(f"/orders/{ORDER}/confirm", None, orders)
    assert streams.tell_skus(*records) == []
    [alert] = outbox.sent
    assert alert.document() == {
        "alert_id": f"low_stock:{BLACK}:4",
        "kind": "low_stock",
        "vendor_id": VENDOR,
        "product_id": PRODUCT,
        "sku": BLACK,
        "variant_name": "Black - Large",
        "current_stock": 10,
        "reserved_stock": 1,
        "available_stock": 9,
        "reorder_threshold": 10,
        "occurred_at": LATER,
    }


def test_a_correction_that_reaches_the_threshold_is_an_alert(
    streams: Streams, outbox: Outbox, tables: Tables, shop: Client, vendor: str
) -> None:
    stocked(tables)
    with streams.of(BLACK) as records:
        adjust(shop, vendor, -12)
    streams.tell_skus(*records)
    assert [alert.details["current_stock"] for alert in outbox.sent] == [0]


def test_a_threshold_raised_to_the_stock_is_an_alert(
    streams: Streams, outbox: Outbox, tables: Tables, shop: Client, vendor: str
) -> None:
    stocked(tables)
    with streams.of(BLACK) as below:
        patch(shop, vendor, reorder_threshold=11)
    with streams.of(BLACK) as reached:
        patch(shop, vendor, reorder_threshold=12)
    streams.tell_skus(*below, *reached)
    assert [alert.details["reorder_threshold"] for alert in outbox.sent] == [12]


Deed = Callable[[Client, str, str], None]

QUIET: dict[str, tuple[dict[str, Any], Deed]] = {
    "up to above the threshold": ({"current": 3}, lambda shop, vendor, _: adjust(shop, vendor, 20)),
    "up, and still low": ({"current": 3}, lambda shop, vendor, _: adjust(shop, vendor, 1)),
    "down, and low before": ({"current": 10}, lambda shop, vendor, _: adjust(shop, vendor, -1)),
    "down, and not yet low": ({"current": 12}, lambda shop, vendor, _: adjust(shop, vendor, -1)),
    "low, and sold": ({"current": 10}, lambda shop, _, orders: confirm(shop, orders, 2)),
    "low, and renamed": ({"current": 3}, lambda shop, vendor, _: patch(shop, vendor, variant_name="B")),
    "low, and a higher threshold": (
        {"current": 3},
        lambda shop, vendor, _: patch(shop, vendor, reorder_threshold=90),
    ),
    "a lower threshold": ({"current": 3}, lambda shop, vendor, _: patch(shop, vendor, reorder_threshold=1)),
    "all of it reserved": (
        {"current": 12},
        lambda shop, _, orders: (shop.put(f"/orders/{ORDER}", order_body((BLACK, 12)), orders), None)[1],
    ),
    "inactive, and down": (
        {"current": 12, "is_active": False},
        lambda shop, vendor, _: adjust(shop, vendor, -5),
    ),
    "low, and deactivated": ({"current": 3}, lambda shop, vendor, _: patch(shop, vendor, is_active=False)),
    "low, and brought back": (
        {"current": 3, "is_active": False},
        lambda shop, vendor, _: patch(shop, vendor, is_active=True),
    ),
    "deactivated as its threshold rises": (
        {"current": 12},
        lambda shop, vendor, _: patch(shop, vendor, is_active=False, reorder_threshold=50),
    ),
    "brought back as its threshold rises": (
        {"current": 12, "is_active": False},
        lambda shop, vendor, _: patch(shop, vendor, is_active=True, reorder_threshold=50),
    ),
}


@pytest.mark.parametrize(("attributes", "deed"), QUIET.values(), ids=QUIET)
def test_what_is_no_fall_to_the_threshold_is_no_alert_and_no_call(
    streams: Streams,
    outbox: Outbox,
    tables: Tables,
    shop: Client,
    vendor: str,
    orders: str,
    calls: Any,
    attributes: dict[str, Any],
    deed: Deed,
) -> None:
    stocked(tables, **attributes)
    with streams.of(BLACK) as records:
        deed(shop, vendor, orders)
    assert len(records) == 1
    del calls[:]
    assert streams.tell_skus(*records) == []
    assert (outbox.sent, calls) == ([], [])


def test_a_new_sku_has_no_stock_yet_and_is_no_alert(
    streams: Streams, outbox: Outbox, tables: Tables, shop: Client, vendor: str
) -> None:
    tables.put(a_product())
    body = {"sku": BLACK, "variant_name": "Black", "unit_price": 90, "reorder_threshold": 10}
    with streams.of(BLACK) as records:
        assert shop.post(f"/products/{PRODUCT}/skus", body, vendor).status == 201
    assert len(records) == 1
    assert streams.tell_skus(*records) == []
    assert outbox.sent == []


@pytest.mark.usefixtures("deactivated")
def test_a_product_that_leaves_the_shop_is_no_alert_about_its_low_skus(
    streams: Streams, outbox: Outbox
) -> None:
    with streams.of(WHITE) as records:
        streams.tell_products(a_hint(ACTIVE, DEACTIVATED))
    assert len(records) == 1
    assert streams.tell_skus(*records) == []
    assert outbox.sent == []


def test_each_fall_is_an_alert_of_its_own(
    streams: Streams, outbox: Outbox, tables: Tables, shop: Client, vendor: str
) -> None:
    stocked(tables)
    records = []
    for number, change in enumerate((-2, -1, 20, -20)):
        with streams.of(BLACK) as told:
            adjust(shop, vendor, change, f"k{number}")
        records += told
    assert streams.tell_skus(*records) == []
    assert [alert.details["current_stock"] for alert in outbox.sent] == [10, 9]
    assert len({alert.alert_id for alert in outbox.sent}) == 2


@pytest.fixture
def fall(streams: Streams, tables: Tables, shop: Client, vendor: str) -> Any:
    """The record of a SKU's fall to its threshold, not yet delivered."""
    stocked(tables)
    with streams.of(BLACK) as records:
        adjust(shop, vendor, -2)
    [record] = records
    return record


def test_a_fall_told_again_is_no_second_alert(streams: Streams, outbox: Outbox, fall: Any) -> None:
    assert streams.tell_skus(fall, fall) == []
    assert streams.tell_skus(fall) == []
    assert len(outbox.sent) == 1


def test_a_fall_told_again_long_after_the_sku_has_been_restocked_is_no_second_alert(
    streams: Streams, outbox: Outbox, fall: Any, shop: Client, vendor: str
) -> None:
    streams.tell_skus(fall)
    with streams.of(BLACK) as restocked:
        adjust(shop, vendor, 50, "k2")
    assert streams.tell_skus(*restocked, fall) == []
    assert len(outbox.sent) == 1


def test_an_alert_that_cannot_be_sent_is_sent_when_the_batch_comes_again(
    streams: Streams, outbox: Outbox, fall: Any, dynamodb: Any
) -> None:
    outbox.broken = True
    failed = [fall["dynamodb"]["SequenceNumber"]]
    assert [streams.tell_skus(fall), streams.tell_skus(fall)] == [failed, failed]
    assert "Item" not in remembered(dynamodb, fall)
    outbox.broken = False
    assert [streams.tell_skus(fall), streams.tell_skus(fall)] == [[], []]
    assert len(outbox.sent) == 1


def test_an_alert_that_cannot_be_remembered_is_sent_again_under_the_same_id(
    streams: Streams, outbox: Outbox, fall: Any, gateway: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(type(gateway), "remember_sent", _refuse)
        assert streams.tell_skus(fall) == [fall["dynamodb"]["SequenceNumber"]]
    assert streams.tell_skus(fall) == []
    assert len(outbox.sent) == 2
    assert len({alert.alert_id for alert in outbox.sent}) == 1


def _refuse(*_: Any) -> None:
    raise ConnectionError("gone")


def test_an_alert_is_remembered_for_longer_than_its_stream_keeps_the_change(
    streams: Streams, fall: Any, dynamodb: Any, clock: Clock
) -> None:
    clock.now = LATER
    streams.tell_skus(fall)
    item = from_item(remembered(dynamodb, fall)["Item"])
    # No attribute that would put it into an index.
    assert item.keys() == {"product_id", "sku", "ttl"}
    assert item["ttl"] == epoch_seconds(LATER) + SENT_ALERT_TTL_SECONDS
    assert SENT_ALERT_TTL_SECONDS >= 2 * 24 * 3600


def remembered(dynamodb: Any, fall: Any) -> Any:
    version = fall["dynamodb"]["NewImage"]["version"]["N"]
    key = alert_key(f"low_stock:{BLACK}:{version}")
    return dynamodb.get_item(TableName="VendorInventory", Key=key)


def test_whether_an_alert_was_sent_is_read_consistently(streams: Streams, fall: Any, calls: Any) -> None:
    streams.tell_skus(fall)
    assert names(calls) == ["GetItem", "PutItem"]
    assert calls[0][1]["ConsistentRead"] is True


def test_orders_markers_and_alerts_are_passed_over(
    streams: Streams, outbox: Outbox, fall: Any, dynamodb: Any, calls: Any
) -> None:
    streams.tell_skus(fall)
    items = dynamodb.scan(TableName="VendorInventory")["Items"]
    others = [item for item in items if not item["sku"]["S"].startswith("SKU-")]
    assert {item["sku"]["S"] for item in others} == {"#ALERT", "#MARKER"}
    del calls[:]
    records = [a_record(item | {"version": {"N": "1"}}, None) for item in others]
    assert streams.tell_skus(*records) == []
    assert calls == []


def test_what_alerts_are_remembered_by_is_in_no_list_of_skus(
    streams: Streams, fall: Any, shop: Client, vendor: str
) -> None:
    streams.tell_skus(fall)
    for address in (f"/products/{PRODUCT}/skus", f"/vendors/{VENDOR}/inventory"):
        assert [sku["sku"] for page in shop.walk(address, vendor) for sku in page] == [BLACK]
