"""A SKU's attributes change, it leaves the shop and comes back, and no sale beside it is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError
from front_door import Answer, Client, Tokens

from chalicelib.stock_service import StockService
from inventory_common.errors import Busy, PreconditionFailed
from inventory_common.limits import VARIANT_ATTRIBUTES_MAX
from inventory_common.preconditions import IfMatch

from .shop import (
    BLACK,
    NOW,
    ORDER,
    OTHER_VENDOR,
    PRODUCT,
    ACTOR,
    VENDOR,
    WHITE,
    Clock,
    Tables,
    a_change,
    a_product,
    a_restock,
    a_sku,
    order_body,
    an_order_of,
    immediate,
)

SKU = f"/products/{PRODUCT}/skus/{BLACK}"
ATTRIBUTES = {"color": "Black", "size": "Large"}


@pytest.fixture
def offered(tables: Tables) -> None:
    """Fifty black ones, ten of them reserved."""
    tables.put(a_product(), a_sku(current=50, reserved=10, variant_attributes=ATTRIBUTES))


def patch(shop: Client, token: str, body: Any, **headers: str) -> Answer:
    return shop.send("PATCH", SKU, token, body, **headers)


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize(
    ("body", "becomes"),
    [
        ({"variant_name": "Jet Black"}, {"variant_name": "Jet Black"}),
        ({"unit_price": Decimal("79.5")}, {"unit_price": Decimal("79.5")}),
        ({"unit_price": 0}, {"unit_price": 0}),
        ({"reorder_threshold": 50}, {"reorder_threshold": 50, "low_stock_flag": True}),
        ({"reorder_threshold": 0}, {"reorder_threshold": 0}),
        ({"is_active": False}, {"is_active": False}),
        ({"variant_attributes": None}, {"variant_attributes": None}),
        ({"variant_attributes": {"size": None}}, {"variant_attributes": {"color": "Black"}}),
        (
            {"variant_attributes": {"size": "XL", "fit": "slim"}},
            {"variant_attributes": {"color": "Black", "size": "XL", "fit": "slim"}},
        ),
        ({"variant_attributes": {"color": None, "size": None}}, {"variant_attributes": {}}),
        ({"variant_name": "N", "unit_price": 1}, {"variant_name": "N", "unit_price": 1}),
    ],
    ids=range(11),
)
def test_what_is_sent_changes_and_the_rest_stays(
    shop: Client, vendor: str, clock: Clock, body: Any, becomes: dict[str, Any]
) -> None:
    before = shop.get(SKU, vendor).json
    clock.advance(60)
    answer = patch(shop, vendor, body)
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    stamps = {"version": 2, "last_updated": "2026-02-23T10:31:00.000000Z", "last_updated_by": VENDOR}
    assert answer.json == before | stamps | becomes
    assert shop.get(SKU, vendor).json == answer.json


def test_attributes_that_were_not_there_are_added(shop: Client, vendor: str, tables: Tables) -> None:
    tables.put(a_sku())
    answer = patch(shop, vendor, {"variant_attributes": {"size": "L", "color": None}})
    assert answer.json["variant_attributes"] == {"size": "L"}


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"variant_name": "Black - Large", "unit_price": Decimal("90.0"), "is_active": True},
        {"variant_attributes": {"size": "Large", "fit": None}},
        {"variant_attributes": {}},
    ],
    ids=["nothing", "the same", "the same attributes", "no attributes"],
)
def test_what_is_so_already_is_no_change(shop: Client, vendor: str, clock: Clock, body: Any) -> None:
    before = shop.get(SKU, vendor)
    clock.advance(60)
    answer = patch(shop, vendor, body)
    assert (answer.status, answer.json, answer.headers["ETag"]) == (200, before.json, '"1"')
    assert shop.get(SKU, vendor).json == before.json


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({name: value}, f"body.{name}")
        for name, value in {
            "product_id": PRODUCT,
            "sku": BLACK,
            "vendor_id": VENDOR,
            "current_stock": 5,
            "reserved_stock": 0,
            "available_stock": 5,
            "low_stock_flag": False,
            "sequence": 0,
            "ledger_hash": "0",
            "version": 1,
            "last_updated": NOW,
            "last_updated_by": "me",
            "product_is_active": True,
            "colour": "black",
        }.items()
    ]
    + [
        ({"variant_name": None}, "body.variant_name"),
        ({"variant_name": ""}, "body.variant_name"),
        ({"unit_price": None}, "body.unit_price"),
        ({"unit_price": "1"}, "body.unit_price"),
        ({"reorder_threshold": None}, "body.reorder_threshold"),
        ({"reorder_threshold": -1}, "body.reorder_threshold"),
        ({"is_active": None}, "body.is_active"),
        ({"is_active": "true"}, "body.is_active"),
        ({"variant_attributes": {"size": 5}}, "body.variant_attributes.size"),
        ({"variant_attributes": []}, "body.variant_attributes"),
        ([], "body"),
    ],
    ids=range(25),
)
def test_what_cannot_be_changed_is_named(shop: Client, vendor: str, body: Any, path: str) -> None:
    before = shop.get(SKU, vendor).json
    answer = patch(shop, vendor, body)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [path]
    assert shop.get(SKU, vendor).json == before


@pytest.mark.usefixtures("offered")
def test_attributes_do_not_pile_up_beyond_their_number(shop: Client, vendor: str) -> None:
    def named(letter: str, count: int) -> dict[str, str]:
        return {f"{letter}{number}": "x" for number in range(count)}

    full = patch(shop, vendor, {"variant_attributes": named("a", VARIANT_ATTRIBUTES_MAX - 2)})
    assert (full.status, len(full.json["variant_attributes"])) == (200, VARIANT_ATTRIBUTES_MAX)
    answer = patch(shop, vendor, {"variant_attributes": {"one": "more"}})
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == ["body.variant_attributes"]
    assert patch(shop, vendor, {"variant_attributes": {"one": "more", "a0": None}}).status == 200


@pytest.mark.usefixtures("offered")
def test_a_change_of_a_version_that_is_gone_is_refused(shop: Client, vendor: str) -> None:
    body = {"unit_price": 80}
    assert patch(shop, vendor, body, if_match='"1"').status == 200
    for request in (
        lambda: patch(shop, vendor, {"unit_price": 70}, if_match='"1"'),
        lambda: patch(shop, vendor, body, if_match='"1"'),
        lambda: patch(shop, vendor, body, if_match='W/"2"'),
        lambda: shop.delete(SKU, vendor, if_match='"1"'),
    ):
        answer = request()
        assert (answer.status, answer.code) == (412, "precondition_failed")
    assert shop.get(SKU, vendor).json["unit_price"] == 80
    assert patch(shop, vendor, {"unit_price": 70}, if_match='"1", "2"').status == 200
    assert patch(shop, vendor, {"unit_price": 60}, if_match="*").status == 200
    assert shop.delete(SKU, vendor, if_match='"4"').status == 204


@pytest.mark.usefixtures("offered")
def test_a_sku_changes_by_the_hand_of_its_vendor_or_an_admin(
    shop: Client, admin: str, tokens: Tokens
) -> None:
    for answer in (
        patch(shop, tokens.vendor(OTHER_VENDOR), {"unit_price": 1}, if_match='"9"'),
        shop.delete(SKU, tokens.vendor(OTHER_VENDOR)),
    ):
        assert (answer.status, answer.code) == (404, "sku_not_found")
    assert patch(shop, admin, {"unit_price": 1}).json["last_updated_by"] == "user:admin-1"


def test_a_sku_that_is_not_there_does_not_change(shop: Client, vendor: str) -> None:
    assert patch(shop, vendor, {}).code == "sku_not_found"
    assert shop.delete(SKU, vendor).code == "sku_not_found"


@pytest.mark.usefixtures("offered")
def test_a_sku_leaves_the_shop_and_comes_back(shop: Client, vendor: str, orders: str) -> None:
    low = f"/vendors/{VENDOR}/low-stock"
    patch(shop, vendor, {"reorder_threshold": 60})
    assert [sku["sku"] for sku in shop.get(low, vendor).json["items"]] == [BLACK]
    for _ in range(2):
        gone = shop.delete(SKU, vendor)
        assert (gone.status, gone.text) == (204, "")
    shown = shop.get(SKU, vendor)
    assert (shown.json["is_active"], shown.json["current_stock"], shown.headers["ETag"]) == (False, 50, '"3"')
    assert shop.put(f"/orders/{ORDER}", order_body((BLACK, 1)), orders).code == "sku_inactive"
    restocked = shop.post(f"{SKU}/restocks", {"quantity": 1}, vendor, idempotency_key="k")
    assert restocked.code == "sku_inactive"
    assert shop.get(low, vendor).json["items"] == []
    assert patch(shop, vendor, {"is_active": True}).json["is_active"] is True
    assert [sku["sku"] for sku in shop.get(low, vendor).json["items"]] == [BLACK]
    assert shop.put(f"/orders/{ORDER}", order_body((BLACK, 1)), orders).status == 201
    assert shop.post(f"{SKU}/restocks", {"quantity": 1}, vendor, idempotency_key="k").status == 201


@pytest.mark.usefixtures("offered")
def test_a_raised_threshold_raises_the_bound_before_the_sku_needs_it(
    service: StockService, dynamodb: Any
) -> None:
    written: list[tuple[str, str]] = []

    def watch(params: dict[str, Any], **_: Any) -> None:
        written.append((params["Key"]["sku"]["S"], params["UpdateExpression"]))

    def bound() -> str:
        key = {"product_id": {"S": VENDOR}, "sku": {"S": "#LOW-STOCK-BOUND"}}
        return dynamodb.get_item(TableName="VendorInventory", Key=key)["Item"]["bound"]["N"]

    event = "provide-client-params.dynamodb.UpdateItem"
    service.gateway._client.meta.events.register(event, watch)
    try:
        service.change_sku(a_change(reorder_threshold=60), ACTOR)
        assert [sort for sort, _ in written] == ["#LOW-STOCK-BOUND", BLACK]
    finally:
        service.gateway._client.meta.events.unregister(event, watch)
    assert bound() == "60"
    service.change_sku(a_change(reorder_threshold=5), ACTOR)
    assert bound() == "60"
    service.change_sku(a_change(reorder_threshold=7), ACTOR)
    assert bound() == "60", "a bound is never lowered"


# Beside others


class Meanwhile:
    """A gateway that lets another act just before its first write."""

    def __init__(self, gateway: Any, act: Callable[[], Any]) -> None:
        self._gateway = gateway
        self._acts = [act]
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def _act(self) -> None:
        self.writes += 1
        if self._acts:
            self._acts.pop()()

    def commit(self, commits: Any, in_turn: Any = ()) -> None:
        self._act()
        self._gateway.commit(commits, in_turn)

    def update_sku(self, sku: Any, to: Any) -> None:
        self._act()
        self._gateway.update_sku(sku, to=to)


@pytest.fixture
def beside(service: StockService) -> Callable[[Callable[[], Any]], StockService]:
    return lambda act: replace(service, gateway=Meanwhile(service.gateway, act))


SALES: dict[str, Callable[[StockService], Any]] = {
    "place": lambda service: service.place(an_order_of((BLACK, 5)), ACTOR),
    "restock": lambda service: service.restock(a_restock(5), ACTOR),
}


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("sale", SALES)
def test_a_change_between_a_sales_read_and_its_commit_survives_with_it(
    service: StockService, beside: Any, sale: str
) -> None:
    change = a_change(variant_name="Jet Black", unit_price=80, variant_attributes={"size": None})
    selling = beside(lambda: service.change_sku(change, ACTOR))
    SALES[sale](selling)
    sku = service.gateway.sku(PRODUCT, BLACK)
    assert (sku.variant_name, sku.unit_price, sku.variant_attributes) == (
        "Jet Black",
        80,
        {"color": "Black"},
    )
    figures = (55, 10) if sale == "restock" else (50, 15)
    assert (sku.current_stock, sku.reserved_stock, sku.sequence, sku.version) == (*figures, 1, 3)
    # They do not touch the same attributes; but a restock is answered with the SKU that stands.
    assert selling.gateway.writes == (2 if sale == "restock" else 1)


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("sale", SALES)
def test_a_sale_between_a_changes_read_and_its_write_survives_with_it(
    service: StockService, beside: Any, sale: str
) -> None:
    changing = beside(lambda: SALES[sale](service))
    changed = changing.change_sku(a_change(variant_name="Jet Black"), ACTOR)
    assert changing.gateway.writes == 2, "once in vain, and once on what the sale left"
    figures = (55, 10) if sale == "restock" else (50, 15)
    assert (changed.current_stock, changed.reserved_stock, changed.version) == (*figures, 3)
    assert service.gateway.sku(PRODUCT, BLACK) == changed


@pytest.mark.usefixtures("offered")
def test_of_two_changes_at_once_both_survive(service: StockService, beside: Any) -> None:
    changing = beside(lambda: service.change_sku(a_change(unit_price=80), ACTOR))
    changed = changing.change_sku(a_change(variant_name="Jet Black"), ACTOR)
    assert (changed.unit_price, changed.variant_name, changed.version) == (80, "Jet Black", 3)


@pytest.mark.usefixtures("offered")
def test_a_change_that_is_wanted_of_one_version_is_refused_after_a_sale(
    service: StockService, beside: Any
) -> None:
    changing = beside(lambda: SALES["place"](service))
    with pytest.raises(PreconditionFailed):
        changing.change_sku(a_change(unit_price=1, if_match=IfMatch.read('"1"')), ACTOR)
    assert service.gateway.sku(PRODUCT, BLACK).unit_price == 90


class Conflicting:
    """A client whose first updates meet a transaction under way."""

    def __init__(self, client: Any, conflicts: int) -> None:
        self._client = client
        self.conflicts = conflicts
        self.reads = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def batch_get_item(self, **request: Any) -> Any:
        self.reads += 1
        return self._client.batch_get_item(**request)

    def update_item(self, **request: Any) -> Any:
        if self.conflicts:
            self.conflicts -= 1
            error = {"Error": {"Code": "TransactionConflictException", "Message": "under way"}}
            raise self._client.exceptions.TransactionConflictException(error, "UpdateItem")
        return self._client.update_item(**request)


@pytest.mark.usefixtures("offered")
def test_a_change_that_meets_a_transaction_is_tried_again(
    service: StockService, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Conflicting(service.gateway._client, conflicts=2)
    monkeypatch.setattr(service.gateway, "_client", client)
    assert service.change_sku(a_change(unit_price=80), ACTOR).version == 2
    assert client.reads == 1, "a conflict shows nothing new"
    client.conflicts = 9
    with pytest.raises(Busy):
        replace(service, retry_policy=immediate(3)).change_sku(a_change(unit_price=70), ACTOR)
    assert client.conflicts == 6
    assert service.gateway.sku(PRODUCT, BLACK).unit_price == 80


@pytest.mark.usefixtures("offered")
def test_a_change_whose_answer_was_lost_is_found_by_its_second_try(
    service: StockService, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = service.gateway._client.update_item

    def twice(**request: Any) -> Any:
        once(**request)
        return once(**request)

    monkeypatch.setattr(service.gateway._client, "update_item", twice)
    change = a_change(unit_price=80, if_match=IfMatch.read('"1"'))
    assert service.change_sku(change, ACTOR).version == 2
    with pytest.raises(PreconditionFailed):
        service.change_sku(change, ACTOR)


def test_the_conflict_is_an_error_that_the_client_knows(dynamodb: Any) -> None:
    assert issubclass(dynamodb.exceptions.TransactionConflictException, ClientError)


def test_a_change_leaves_other_skus_alone(service: StockService, tables: Tables) -> None:
    tables.put(a_sku(BLACK), a_sku(WHITE))
    service.change_sku(a_change(WHITE, is_active=False), ACTOR)
    assert service.gateway.sku(PRODUCT, BLACK) == a_sku(BLACK)
