"""Categories and vendors with their numbers of products: counted from the stream, each change once."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from damage import each_damage
from front_door import Client, Tokens

from inventory_common.items import Item, to_item
from inventory_common.products import Product
from inventory_common.tuning import COUNTED_REMOVAL_TTL_SECONDS

from .counting import a_record, counters, expected_counters, stored
from .shop import NOW, OTHER_VENDOR, VENDOR, a_product, keep

TEA = a_product("PROD-0000A", category="Tea")
COFFEE = a_product("PROD-0000B", category="Coffee", vendor_id=OTHER_VENDOR)


class Stream:
    """Delivers changes to the service's function."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def deliver(self, *changes: tuple[Any, Any]) -> None:
        records = [a_record(before, after) for before, after in changes]
        assert self._app.product_changed({"Records": records}, None) == {"batchItemFailures": []}

    def recount(self, capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
        """Run the scheduled recount, and return its results."""
        capsys.readouterr()
        self._app.recount_products(_EVENT, _Context())
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        [line] = [line for line in lines if line["message"] == "recount_products"]
        names = ("products", "counted", "corrected", "scans", "unsettled")
        return {name: line[name] for name in names if line[name]}


class _Context:
    aws_request_id = "invocation-1"


_EVENT = {
    "version": "0",
    "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": NOW,
    "region": "ap-south-1",
    "resources": [],
    "detail": {},
}


@pytest.fixture
def stream(service_module: Any, dynamodb: Any) -> Stream:
    return Stream(service_module)


def later(product: Product, **changes: Any) -> Product:
    return replace(product, **changes, version=product.version + 1)


# The lists


def test_categories_with_active_products_are_listed_by_name_for_anybody(shop: Client, stream: Stream) -> None:
    others = [a_product(f"PROD-0001{n}", category=name) for n, name in enumerate(("Tea", "Ääkköset", "茶"))]
    inactive = a_product("PROD-0000C", category="Cocoa", is_active=False)
    stream.deliver(*((None, product) for product in (TEA, COFFEE, inactive, *others)))
    expected = [
        {"category": "Coffee", "active_products": 1},
        {"category": "Tea", "active_products": 2},
        {"category": "Ääkköset", "active_products": 1},
        {"category": "茶", "active_products": 1},
    ]
    assert shop.get("/categories").json == {"items": expected, "next_cursor": None}
    for limit in (1, 2, 3):
        pages = shop.walk(f"/categories?limit={limit}")
        assert [item for page in pages for item in page] == expected


def test_vendors_with_products_are_listed_for_auditors_and_admins(
    shop: Client, tokens: Tokens, stream: Stream
) -> None:
    inactive = a_product("PROD-0000C", vendor_id="VENDOR-9", is_active=False)
    stream.deliver(*((None, product) for product in (TEA, COFFEE, inactive)), (COFFEE, later(COFFEE)))
    expected = [
        {"vendor_id": VENDOR, "products": 1, "active_products": 1},
        {"vendor_id": OTHER_VENDOR, "products": 1, "active_products": 1},
        {"vendor_id": "VENDOR-9", "products": 1, "active_products": 0},
    ]
    for role in ("auditor", "admin"):
        assert shop.get("/vendors", tokens.of_role(role)).json["items"] == expected
        pages = shop.walk("/vendors?limit=1", tokens.of_role(role))
        assert [item for page in pages for item in page] == expected
    assert shop.get("/vendors", tokens.vendor()).status == 403
    assert shop.get("/vendors").status == 401


def test_a_cursor_of_one_list_is_refused_by_the_other_and_by_products(
    shop: Client, admin: str, stream: Stream
) -> None:
    stream.deliver((None, TEA), (None, COFFEE))
    cursors = {
        path: shop.get(f"{path}?limit=1", admin).json["next_cursor"] for path in ("/categories", "/vendors")
    }
    for path, other in (("/vendors", "/categories"), ("/categories", "/vendors")):
        assert shop.get(f"{path}?cursor={cursors[other]}", admin).code == "invalid_cursor"
        assert shop.get(f"/vendors/{VENDOR}/products?cursor={cursors[other]}", admin).code == "invalid_cursor"


def test_a_page_of_categories_may_be_empty_and_have_a_next_page(shop: Client, stream: Stream) -> None:
    inactive = [a_product(f"PROD-0001{n}", category=f"A{n}", is_active=False) for n in range(4)]
    stream.deliver(*((None, product) for product in (*inactive, TEA)))
    pages = shop.walk("/categories?limit=2")
    assert [len(page) for page in pages[:2]] == [0, 0]
    assert [item["category"] for page in pages for item in page] == ["Tea"]


# Counting


def test_each_change_of_a_product_is_counted(stream: Stream, dynamodb: Any) -> None:
    inactive = later(TEA, is_active=False)
    moved = later(inactive, category="Coffee")
    active = later(moved, is_active=True)
    expected: list[tuple[tuple[Product | None, Product | None], dict[str, tuple[int, int]]]] = [
        ((None, TEA), {"Tea": (1, 1), VENDOR: (1, 1)}),
        ((TEA, inactive), {"Tea": (1, 0), VENDOR: (1, 0)}),
        ((inactive, moved), {"Coffee": (1, 0), VENDOR: (1, 0)}),
        ((moved, active), {"Coffee": (1, 1), VENDOR: (1, 1)}),
        ((active, None), {}),
    ]
    for change, counted in expected:
        for _ in range(2):
            stream.deliver(change)
            assert counters(dynamodb) == counted


def test_a_change_counts_once_in_any_order_and_however_often_it_is_delivered(
    stream: Stream, dynamodb: Any
) -> None:
    for number, order in enumerate(permutations(range(3))):
        created = a_product(f"PROD-0001{number}", category="Tea")
        moved = later(created, category="Coffee")
        inactive = later(moved, is_active=False)
        changes = [(None, created), (created, moved), (moved, inactive)]
        before = counters(dynamodb)
        for position in (*order, *reversed(order)):
            stream.deliver(changes[position])
        more = number + 1
        assert counters(dynamodb) == {"Coffee": (more, 0), VENDOR: (more, 0)}, (order, before)


def test_changes_of_one_batch_are_counted_together(stream: Stream, dynamodb: Any, writes: list[int]) -> None:
    moved = later(TEA, category="Coffee")
    changes = [(None, TEA), (None, COFFEE), (TEA, moved), (None, TEA), (moved, later(moved, is_active=False))]
    stream.deliver(*changes)
    assert counters(dynamodb) == {"Coffee": (2, 1), VENDOR: (1, 0), OTHER_VENDOR: (1, 1)}
    assert writes == [2 + 3]


@pytest.fixture
def writes(service_module: Any) -> Any:
    """The numbers of actions of the transactions that the counting sends."""
    sent: list[int] = []
    events = service_module.stream_handlers.store._client.meta.events

    def note(params: Any, **_: Any) -> None:
        sent.append(len(params["TransactItems"]))

    events.register("provide-client-params.dynamodb.TransactWriteItems", note)
    yield sent
    events.unregister("provide-client-params.dynamodb.TransactWriteItems", note)


def test_a_change_of_other_attributes_costs_no_call(
    stream: Stream, dynamodb: Any, service_module: Any, writes: list[int]
) -> None:
    stream.deliver((None, TEA))
    token = stored(dynamodb, "#CATEGORY#")
    stream.deliver((TEA, later(TEA, base_price=1, product_name="Earl Grey", tags=["x"])))
    assert writes == [3]
    assert stored(dynamodb, "#CATEGORY#") == token


def test_a_hundred_new_products_are_two_transactions(
    stream: Stream, dynamodb: Any, writes: list[int]
) -> None:
    products = [a_product(f"PROD-00{n:03}", category="Tea") for n in range(100)]
    stream.deliver(*((None, product) for product in products))
    assert writes == [98 + 2, 2 + 2]
    assert counters(dynamodb) == {"Tea": (100, 100), VENDOR: (100, 100)}


def test_products_of_many_categories_are_counted_within_the_limit_of_a_transaction(
    stream: Stream, dynamodb: Any, writes: list[int]
) -> None:
    products = [a_product(f"PROD-00{n:03}", category=f"C{n}", vendor_id=f"VENDOR-{n}") for n in range(100)]
    stream.deliver(*((None, product) for product in products))
    assert max(writes) <= 100
    assert counters(dynamodb) == expected_counters(products)
    writes.clear()
    moved = [later(product, category=f"D{n}") for n, product in enumerate(products)]
    stream.deliver(*zip(products, moved, strict=True))
    assert max(writes) <= 100
    assert counters(dynamodb) == expected_counters(moved)


def test_a_product_that_somebody_has_removed_is_counted_no_more_and_forgotten_later(
    stream: Stream, dynamodb: Any
) -> None:
    stream.deliver((None, TEA), (None, COFFEE), (TEA, None), (None, TEA))
    assert counters(dynamodb) == {"Coffee": (1, 1), OTHER_VENDOR: (1, 1)}
    kept = stored(dynamodb, "#COUNTED#")
    assert "ttl" not in kept["#COUNTED#PROD-0000B"]
    assert int(kept["#COUNTED#PROD-0000A"]["ttl"]["N"]) > COUNTED_REMOVAL_TTL_SECONDS


COSTS: dict[str, tuple[tuple[Product | None, Product | None], int, float]] = {
    "a new product": ((None, a_product("PROD-0000D", category="Tea")), 2, 6),
    "a deactivation": ((TEA, later(TEA, is_active=False)), 2, 6),
    "another category": ((TEA, later(TEA, category="Coffee")), 2, 6),
    "another price": ((TEA, later(TEA, base_price=1)), 0, 0),
    "a change that was counted": ((None, TEA), 1, 0),
}


@pytest.mark.parametrize(("change", "calls", "units"), COSTS.values(), ids=COSTS)
def test_what_counting_a_change_costs(
    stream: Stream,
    capsys: pytest.CaptureFixture[str],
    change: tuple[Product | None, Product | None],
    calls: int,
    units: float,
) -> None:
    """Write units as the embedded AWS reports them: without those of index entries whose key stays."""
    stream.deliver((None, TEA), (None, COFFEE))
    capsys.readouterr()
    stream.deliver(change)
    line = json.loads(capsys.readouterr().out)
    assert (line["dynamodb_calls"], line["write_units"]) == (calls, units)


# Counters are no products


def test_counters_are_in_no_list_of_products_and_no_product(
    shop: Client, admin: str, stream: Stream, dynamodb: Any
) -> None:
    keep(dynamodb, TEA)
    stream.deliver((None, TEA))
    keys = {key for key in stored(dynamodb, "#")}
    assert {key.split("#")[1] for key in keys} == {"CATEGORY", "VENDOR", "COUNTED"}
    for item in stored(dynamodb, "#").values():
        assert not item.keys() & {"category", "is_active"}
    assert shop.get(f"/vendors/{VENDOR}/products", admin).json["items"] == [TEA.document()]
    for active in ("true", "false"):
        listed = shop.get(f"/products?category=Tea&active={active}", admin).json["items"]
        assert listed == ([TEA.document()] if active == "true" else [])
    for key in keys:
        for path in (f"/products/{key.replace('#', '%23')}", f"/products/{key}"):
            assert shop.get(path, admin).status in (404, 422)
    for partition in ("%23CATEGORIES", "%23VENDORS"):
        assert shop.get(f"/vendors/{partition}/products", admin).status == 422


def test_changes_of_counters_are_not_counted(stream: Stream, dynamodb: Any) -> None:
    stream.deliver((None, TEA))
    for item in stored(dynamodb, "#").values():
        stream.deliver((None, item), (item, item), (item, None))
    assert counters(dynamodb) == {"Tea": (1, 1), VENDOR: (1, 1)}


# Items that somebody has damaged


def test_damaged_products_stop_nothing(
    stream: Stream, dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = replace(TEA, description="x", tags=["x"], images=["x"], brand="x", external_id="x").to_item()
    optional = ("description", "subcategory", "brand", "images", "tags", "external_id")
    for each in each_damage(whole, ("product_id",), optional):
        stream.deliver((None, each.item), (TEA, each.item), (each.item, None))
    long = "x" * 1_025
    for item in (
        whole | to_item({"category": long}),
        whole | to_item({"vendor_id": long}),
        whole | to_item({"product_id": f"PROD-{long}"}),
    ):
        stream.deliver((None, item))
    assert stream.recount(capsys)["scans"] <= 2
    assert counters(dynamodb) == {}


def test_a_damaged_counter_is_left_to_the_recount(
    stream: Stream, shop: Client, dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(dynamodb, TEA, COFFEE)
    stream.deliver((None, TEA))
    [counter] = stored(dynamodb, "#CATEGORY#").values()
    second = a_product("PROD-0000D", category="Tea")
    keep(dynamodb, second)
    for number, each in enumerate(each_damage(counter, ("product_id", "vendor_id", "created_at"))):
        dynamodb.put_item(TableName="Products-table", Item=each.item)
        product = a_product(f"PROD-1{number:04}", category="Tea")
        stream.deliver((None, product), (product, None))
        assert shop.get("/categories").status == 200
    damaged = {**counter, "active_products": {"S": "many"}}
    dynamodb.put_item(TableName="Products-table", Item=damaged)
    stream.deliver((None, second), (None, COFFEE))
    assert shop.get("/categories").json["items"] == [{"category": "Coffee", "active_products": 1}]
    stream.recount(capsys)
    assert counters(dynamodb) == expected_counters([TEA, COFFEE, second])


def test_what_was_counted_of_a_product_may_be_damaged(
    stream: Stream, dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(dynamodb, TEA)
    stream.deliver((None, TEA))
    [counted] = stored(dynamodb, "#COUNTED#").values()
    for each in each_damage(counted, ("product_id",)):
        dynamodb.put_item(TableName="Products-table", Item=each.item)
        stream.deliver((None, later(TEA)))
        stream.recount(capsys)
        stream.recount(capsys)
        assert counters(dynamodb) == {"Tea": (1, 1), VENDOR: (1, 1)}, each.name


# The recount


def test_a_recount_counts_the_products_that_were_there_before_anything_was_counted(
    stream: Stream, dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    products = [
        a_product(f"PROD-00{n:03}", category=f"C{n % 7}", vendor_id=f"VENDOR-{n % 3}", is_active=n % 5 > 0)
        for n in range(250)
    ]
    keep(dynamodb, *products)
    results = stream.recount(capsys)
    assert results == {"products": 250, "counted": 250, "scans": 2}
    assert counters(dynamodb) == expected_counters(products)
    assert stream.recount(capsys) == {"products": 250, "scans": 1}
    stream.deliver(*((None, product) for product in products))
    assert counters(dynamodb) == expected_counters(products), "they were counted before"


WRONG: dict[str, Any] = {
    "too many": {"products": 7, "active_products": 7},
    "too few": {"products": 0, "active_products": -3},
    "active ones alone": {"active_products": 0},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_recount_corrects_a_counter(
    stream: Stream, dynamodb: Any, wrong: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    keep(dynamodb, TEA, COFFEE)
    stream.deliver((None, TEA), (None, COFFEE))
    for item in stored(dynamodb, "#").values():
        if "products" in item:
            dynamodb.put_item(TableName="Products-table", Item=item | to_item(wrong))
    assert stream.recount(capsys) == {"products": 2, "corrected": 4, "scans": 1}
    assert counters(dynamodb) == expected_counters([TEA, COFFEE])


def test_a_recount_removes_counters_of_nothing_and_adds_missing_ones(
    stream: Stream, dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(dynamodb, COFFEE)
    stream.deliver((None, TEA), (TEA, later(TEA, category="Coffee")), (None, COFFEE))
    removed = next(
        key for key, item in stored(dynamodb, "#CATEGORY#").items() if item["created_at"]["S"] == "Coffee"
    )
    dynamodb.delete_item(TableName="Products-table", Key={"product_id": {"S": removed}})
    stream.recount(capsys)
    assert counters(dynamodb) == expected_counters([COFFEE])
    assert len(stored(dynamodb, "#CATEGORY#")) == 1, "that of Tea is gone"
    assert len(stored(dynamodb, "#VENDOR#")) == 1, "no product of the first vendor is in the table"


def test_a_recount_counts_what_the_stream_did_not_deliver(
    stream: Stream, dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Older changes that are delivered after it count no more."""
    moved = later(TEA, category="Coffee")
    stream.deliver((None, TEA))
    keep(dynamodb, moved)
    assert stream.recount(capsys) == {"products": 1, "counted": 1, "scans": 2}
    stream.deliver((TEA, moved), (None, TEA))
    assert counters(dynamodb) == expected_counters([moved])


def test_a_recount_counts_a_product_once_whose_counted_item_is_lost(
    stream: Stream, dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The scan that counts it again adds it to counters that have it, and were right before."""
    for product in (TEA, COFFEE):
        keep(dynamodb, product)
        stream.deliver((None, product))
    lost = f"#COUNTED#{TEA.product_id}"
    dynamodb.delete_item(TableName="Products-table", Key={"product_id": {"S": lost}})
    stream.recount(capsys)
    assert counters(dynamodb) == expected_counters([TEA, COFFEE])


def test_a_recount_counts_a_product_of_an_earlier_version_as_after_a_restore(
    stream: Stream, dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(dynamodb, TEA)
    stream.deliver((None, replace(TEA, version=9)))
    assert stream.recount(capsys) == {"products": 1, "counted": 1, "scans": 2}
    moved = later(TEA, category="Coffee")
    keep(dynamodb, moved)
    stream.deliver((TEA, moved))
    assert counters(dynamodb) == expected_counters([moved])


def test_a_recount_does_not_count_a_product_that_cannot_be_read(
    stream: Stream, dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    stream.deliver((None, TEA))
    unreadable: Item = TEA.to_item() | {"base_price": {"S": "free"}, "version": {"N": "2"}}
    dynamodb.put_item(TableName="Products-table", Item=unreadable)
    stream.deliver((TEA, unreadable))
    stream.recount(capsys)
    assert counters(dynamodb) == {}
    repaired = replace(TEA, version=3)
    keep(dynamodb, repaired)
    stream.deliver((unreadable, repaired))
    assert counters(dynamodb) == expected_counters([repaired])


def test_a_counter_that_changes_while_products_are_scanned_is_compared_in_the_next_scan(
    stream: Stream, dynamodb: Any, service_module: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(dynamodb, TEA)
    stream.deliver((None, TEA))
    for item in stored(dynamodb, "#").values():
        if "products" in item:
            dynamodb.put_item(TableName="Products-table", Item=item | to_item({"products": 5}))
    coming = [a_product(f"PROD-2000{n}", category="Tea") for n in range(2)]

    def meanwhile(**_: Any) -> None:
        if coming:
            product = coming.pop()
            keep(dynamodb, product)
            stream.deliver((None, product))

    events = service_module.recount.store._client.meta.events
    events.register("after-call.dynamodb.Scan", meanwhile)
    results = stream.recount(capsys)
    events.unregister("after-call.dynamodb.Scan", meanwhile)
    assert results["scans"] == 3
    assert counters(dynamodb) == {"Tea": (3, 3), VENDOR: (3, 3)}
