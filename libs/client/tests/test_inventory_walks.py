"""An inventory is listed whole while its SKUs change and move to the top of the list."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from scripted import BASE_URL, SKU, Script, problem

from inventory_client import StockClient
from inventory_common.timestamps import plus_seconds

START = "2026-02-23T10:30:00.000000Z"


def id_of(number: int) -> str:
    return f"SKU-PROD-E4F9A-V{number:03}"


@dataclass
class Shop:
    """A list of SKUs, newest change first, with pages of at most `page_size` SKUs.

    `meanwhile` is called after each page, with the number of the SKU that the next page would begin with.
    """

    count: int
    page_size: int = 4
    meanwhile: Callable[[Shop, int | None], None] = lambda shop, next_number: None
    changed: dict[int, int] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # A minute between two changes: all are older than what a walk reads again.
        self.changed = {number: -60 * (number + 1) for number in range(self.count)}

    def change(self, number: int, seconds: int | None = None) -> None:
        """Change a SKU now, or as of some seconds after the newest change."""
        self.changed[number] = max(self.changed.values()) + (1 if seconds is None else seconds)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        self.addresses.append(f"{request.url.path}?{request.url.query.decode()}")
        size = min(int(params["limit"]), self.page_size)
        listed = sorted(self.changed.items(), key=lambda each: (-each[1], each[0]))
        after = json.loads(params.get("cursor", "null"))
        rest = [each for each in listed if after is None or [-each[1], each[0]] > after]
        shown, more = rest[:size], rest[size:]
        items = [self.item(number, params.get("fields")) for number, _ in shown]
        cursor = json.dumps([-shown[-1][1], shown[-1][0]]) if more else None
        self.meanwhile(self, more[0][0] if more else None)
        body = gzip.compress(json.dumps({"items": items, "next_cursor": cursor}).encode())
        assert "gzip" in request.headers["Accept-Encoding"]
        return httpx.Response(200, content=body, headers={"Content-Encoding": "gzip"})

    def item(self, number: int, fields: str | None) -> dict[str, Any]:
        whole = SKU | {"sku": id_of(number), "last_updated": plus_seconds(START, self.changed[number])}
        return whole if fields is None else {name: whole[name] for name in fields.split(",")}

    def client(self) -> StockClient:
        return StockClient(BASE_URL, transport=httpx.MockTransport(self))

    def listed(self) -> list[str]:
        return [sku.sku for sku in self.client().inventory("VENDOR-001")]


def move_the_next(shop: Shop, next_number: int | None) -> None:
    """Change the SKU that the next page would show: it moves to the top."""
    if next_number is not None:
        shop.change(next_number)


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 8, 9, 30])
def test_every_sku_is_listed_once_while_the_next_one_always_moves(count: int) -> None:
    shop = Shop(count, meanwhile=move_the_next)
    listed = shop.listed()
    assert sorted(listed) == [id_of(number) for number in range(count)]
    assert sorted(row["sku"] for row in shop.client().inventory_members("V", ["sku"])) == sorted(listed)


@pytest.mark.parametrize("seed", range(20))
def test_every_sku_is_listed_once_while_any_of_them_move(seed: int) -> None:
    print(f"seed {seed}")
    draw = random.Random(seed)

    def move_some(shop: Shop, _: int | None) -> None:
        for _ in range(draw.randint(0, 3)):
            number = draw.randrange(shop.count)
            latest = max(shop.changed.values())
            shop.changed[number] = max(shop.changed[number], latest + draw.randint(-25, 1))

    assert sorted(Shop(25, meanwhile=move_some).listed()) == [id_of(number) for number in range(25)]


def test_a_change_that_is_written_late_is_listed_too() -> None:
    def write_late(shop: Shop, next_number: int | None) -> None:
        if len(shop.addresses) == 1:
            shop.change(11, -29)  # it has waited for 29 seconds; the first page shows newer ones

    assert id_of(11) in Shop(12, meanwhile=write_late).listed()


def test_an_inventory_at_rest_is_read_again_by_one_page() -> None:
    shop = Shop(9)
    assert shop.listed() == [id_of(number) for number in range(9)]
    assert [address.partition("&")[0] for address in shop.addresses] == [
        "/vendors/VENDOR-001/inventory?limit=1000",
        "/vendors/VENDOR-001/inventory?limit=1000",
        "/vendors/VENDOR-001/inventory?limit=1000",
        "/vendors/VENDOR-001/inventory?limit=100",
    ]


def test_skus_that_are_always_created_do_not_keep_a_walk_from_ending() -> None:
    def create(shop: Shop, _: int | None) -> None:
        shop.change(len(shop.changed))

    shop = Shop(9, meanwhile=create)
    skus = shop.client().inventory("VENDOR-001")
    first = [next(skus).sku for _ in range(9)]
    assert sorted(first) == [id_of(number) for number in range(9)]
    assert len({*first, *(sku.sku for sku in skus)}) < len(shop.changed) < 1_000


def test_the_pages_of_an_inventory_are_fetched_when_they_are_needed() -> None:
    shop = Shop(9)
    skus = shop.client().inventory("VENDOR-001")
    assert shop.addresses == []
    assert [next(skus).sku for _ in range(4)] == [id_of(number) for number in range(4)]
    assert len(shop.addresses) == 1


def test_members_alone_are_fetched_and_yielded() -> None:
    shop = Shop(5)
    rows = list(shop.client().inventory_members("VENDOR-001", ["current_stock", "sku"]))
    assert rows == [{"current_stock": 50, "sku": id_of(number)} for number in range(5)]
    assert all("fields=current_stock%2Csku%2Clast_updated" in address for address in shop.addresses)
    assert [*next(shop.client().inventory_members("VENDOR-001", ["version"]))] == ["version"]


def test_a_page_is_retried_within_a_walk() -> None:
    def page(*numbers: int) -> httpx.Response:
        items = [SKU | {"sku": id_of(number)} for number in numbers]
        return httpx.Response(200, json={"items": items, "next_cursor": None})

    script = Script(page(1), problem(503, "busy", {"Retry-After": "0"}), page(1))
    assert [sku.sku for sku in script.client(StockClient).inventory("V")] == [id_of(1)]
    assert len(script.requests) == 3


def test_a_sku_on_two_pages_of_the_low_stock_is_listed_once() -> None:
    def page(sku: str, cursor: str | None) -> httpx.Response:
        return httpx.Response(200, json={"items": [SKU | {"sku": sku}], "next_cursor": cursor})

    # Between the pages a delivery has moved the first SKU down the list.
    script = Script(page(id_of(1), "a"), page(id_of(2), "b"), page(id_of(1), None))
    assert [sku.sku for sku in script.client(StockClient).low_stock("V")] == [id_of(1), id_of(2)]
