"""The data of the demo shop."""

import re
from datetime import date
from decimal import Decimal

import pytest

from demo import shop


@pytest.fixture(scope="module")
def facts() -> shop.Shop:
    return shop.read()


def test_the_shop_is_all_of_northwind(facts: shop.Shop) -> None:
    lines = [line for order in facts.orders for line in order.lines]
    assert len(facts.vendors) == 29
    assert len(facts.products) == 77
    assert len(facts.orders) == 830
    assert len(lines) == 2155
    assert sum(line.quantity for line in lines) == 51317
    assert max(len(order.lines) for order in facts.orders) == 25
    assert sum(order.shipped_on is None for order in facts.orders) == 21
    assert sum(product.discontinued for product in facts.products) == 10


def test_vendors_and_orders_have_the_ids_of_the_services(facts: shop.Shop) -> None:
    assert [v.vendor_id for v in facts.vendors] == [f"VENDOR-DEMO{n:03d}" for n in range(1, 30)]
    assert {order.order_id for order in facts.orders} == {f"ORDER-DEMO-{n}" for n in range(10248, 11078)}


def test_every_product_belongs_to_a_vendor_and_every_line_to_a_product(facts: shop.Shop) -> None:
    vendors = {vendor.vendor_id for vendor in facts.vendors}
    numbers = {product.number for product in facts.products}
    assert {product.vendor_id for product in facts.products} == vendors
    assert {line.product_number for order in facts.orders for line in order.lines} == numbers


def test_product_names_are_unique_and_an_order_names_a_product_once(facts: shop.Shop) -> None:
    assert len({product.name for product in facts.products}) == 77
    for order in facts.orders:
        assert len({line.product_number for line in order.lines}) == len(order.lines)


def test_prices_are_decimals_and_some_categories_contain_a_slash(facts: shop.Shop) -> None:
    gumbo = next(product for product in facts.products if product.name.endswith("Gumbo Mix"))
    assert gumbo.unit_price == Decimal("21.35")
    assert {p.category for p in facts.products if "/" in p.category} == {
        "Grains/Cereals",
        "Meat/Poultry",
    }


def test_every_variant_fits_into_a_sku(facts: shop.Shop) -> None:
    for product in facts.products:
        assert re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)*", product.variant)
        assert len(product.variant) <= 40


@pytest.mark.parametrize(
    ("pack", "variant"),
    [
        ("24 - 12 oz bottles", "24-12-OZ-BOTTLES"),
        ("24 - 0.5 l bottles", "24-0-5-L-BOTTLES"),
        ("1 Fläschchen", "1-FLASCHCHEN"),
        ("x" * 39 + " and more", "X" * 39),
        ("…", "STD"),
    ],
)
def test_a_pack_becomes_a_variant(pack: str, variant: str) -> None:
    product = shop.Product(1, "Chai", "VENDOR-001", "Tea", pack, Decimal(1), 0, 0, False)
    assert product.variant == variant


def test_orders_are_sorted_by_date(facts: shop.Shop) -> None:
    days = [order.placed_on for order in facts.orders]
    assert days == sorted(days)


def test_an_order_is_confirmed_on_the_day_it_shipped_after_the_places_of_that_day() -> None:
    line = (shop.OrderLine(1, 1),)
    first = shop.Order("ORDER-1", date(1996, 7, 1), date(1996, 7, 3), line)
    second = shop.Order("ORDER-2", date(1996, 7, 3), None, line)
    third = shop.Order("ORDER-3", date(1996, 7, 3), date(1996, 7, 3), line)
    steps = [(event.step.name, event.order.order_id) for event in shop.timeline([third, second, first])]
    assert steps == [
        ("PLACE", "ORDER-1"),
        ("PLACE", "ORDER-2"),
        ("PLACE", "ORDER-3"),
        ("CONFIRM", "ORDER-1"),
        ("CONFIRM", "ORDER-3"),
    ]


def test_the_timeline_has_a_place_for_every_order_and_a_confirm_for_every_shipped_one(
    facts: shop.Shop,
) -> None:
    events = shop.timeline(facts.orders)
    assert len(events) == 830 + 809
    placed = set()
    for event in events:
        if event.step is shop.Step.PLACE:
            placed.add(event.order.order_id)
        else:
            assert event.order.order_id in placed
