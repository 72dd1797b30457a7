"""Whether units can be ordered, decided on SKUs that were read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from chalicelib.domain.availability import AskedLine, LineAvailability, availability
from inventory_common.limits import PUBLIC_STOCK_MAX
from inventory_common.skus import Sku

from ..shop import BLACK, OTHER_VENDOR, PRODUCT, VENDOR, WHITE, a_sku


def nobody(vendor_id: str) -> bool:
    return False


def everybody(vendor_id: str) -> bool:
    return True


def asked(sku: str | None = BLACK, quantity: int = 1) -> AskedLine:
    return AskedLine(PRODUCT, sku, quantity)


def found(
    lines: Sequence[AskedLine], *skus: Sku, sees_exact_stock: Callable[[str], bool] = everybody
) -> list[tuple[str | None, bool, int]]:
    """Return SKU, availability and stock of each line, of a product that has these SKUs."""
    named = {sku.key: sku for sku in skus}
    answers = availability(lines, named, {PRODUCT: skus}, sees_exact_stock)
    return [(line.sku, line.is_available, line.available_stock) for line in answers]


@pytest.mark.parametrize(("quantity", "is_available"), [(1, True), (7, True), (8, False)])
def test_a_line_is_available_up_to_the_units_that_are_not_reserved(quantity: int, is_available: bool) -> None:
    assert found([asked(BLACK, quantity)], a_sku(BLACK, 10, 3)) == [(BLACK, is_available, 7)]


@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_an_inactive_sku_has_no_units(flag: str) -> None:
    inactive = a_sku(BLACK, 10, **{flag: False})
    assert found([asked()], inactive) == [(BLACK, False, 0)]
    assert found([asked(None)], inactive, a_sku(WHITE, 3)) == [(WHITE, True, 3)]
    assert found([asked(None)], inactive) == [(None, False, 0)]


def test_an_unknown_sku_or_product_has_no_units_and_fails_no_other_line() -> None:
    assert found([asked(WHITE), asked(BLACK)], a_sku(BLACK, 1)) == [(WHITE, False, 0), (BLACK, True, 1)]
    assert availability([asked(None, 3)], {}, {}, everybody) == [
        LineAvailability(PRODUCT, None, 3, is_available=False, available_stock=0)
    ]


def test_the_units_of_a_sku_that_several_lines_name_are_summed() -> None:
    stock = a_sku(BLACK, 5), a_sku(WHITE, 5)
    lines = [asked(BLACK, 3), asked(WHITE, 3), asked(BLACK, 2)]
    assert [is_available for _, is_available, _ in found(lines, *stock)] == [True, True, True]
    lines = [asked(BLACK, 3), asked(WHITE, 3), asked(BLACK, 3)]
    assert [is_available for _, is_available, _ in found(lines, *stock)] == [False, True, False]


def test_a_line_without_a_sku_asks_for_each_sku_by_itself() -> None:
    stock = a_sku(BLACK, 5), a_sku(WHITE, 2)
    each = [(BLACK, True, 5), (WHITE, False, 2)]
    assert found([asked(None, 3)], *stock) == each
    assert found([asked(BLACK, 3), asked(None, 3), asked(None, 3)], *stock) == [
        (BLACK, True, 5),
        *each,
        *each,
    ]


@pytest.mark.parametrize("current", [PUBLIC_STOCK_MAX - 1, PUBLIC_STOCK_MAX, PUBLIC_STOCK_MAX + 1])
def test_others_see_a_few_units_at_most_and_learn_whether_more_are_available(current: int) -> None:
    shown = min(current, PUBLIC_STOCK_MAX)
    lines = [asked(BLACK, PUBLIC_STOCK_MAX + 1)]
    is_available = current > PUBLIC_STOCK_MAX
    assert found(lines, a_sku(BLACK, current), sees_exact_stock=nobody) == [(BLACK, is_available, shown)]
    assert found(lines, a_sku(BLACK, current)) == [(BLACK, is_available, current)]


def test_a_vendor_sees_its_own_stock_alone_exactly() -> None:
    stock = a_sku(BLACK, 50), a_sku(WHITE, 50, vendor_id=OTHER_VENDOR)
    lines = [asked(BLACK), asked(WHITE)]
    assert found(lines, *stock, sees_exact_stock=lambda vendor_id: vendor_id == VENDOR) == [
        (BLACK, True, 50),
        (WHITE, True, PUBLIC_STOCK_MAX),
    ]
