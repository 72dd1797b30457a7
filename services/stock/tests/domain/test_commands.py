"""The lines of commands: summed by SKU, and limited in number and quantity."""

from __future__ import annotations

import pytest

from chalicelib.domain.commands import LineRequest, sum_lines, sum_quantities
from inventory_common.errors import InvalidInput
from inventory_common.ids import StockKey
from inventory_common.limits import ORDER_LINES_MAX, QUANTITY_MAX

from ..shop import BLACK, PRODUCT, WHITE, an_order_of, units

BLACK_KEY, WHITE_KEY = StockKey(PRODUCT, BLACK), StockKey(PRODUCT, WHITE)


def one_unit_of_each(count: int) -> list[tuple[str, int]]:
    """One unit of each of so many SKUs."""
    return [(f"SKU-{PRODUCT}-V{number}", 1) for number in range(count)]


# Lines of a new order


def test_lines_of_one_sku_are_summed() -> None:
    summed = sum_lines(an_order_of((BLACK, 2), (WHITE, 1), (BLACK, 3)).lines)
    assert summed == (LineRequest(BLACK_KEY, 5), LineRequest(WHITE_KEY, 1))


def test_an_order_can_name_a_thousand_skus() -> None:
    assert ORDER_LINES_MAX == 1_000
    lines = one_unit_of_each(1_000)
    assert len(sum_lines(an_order_of(*lines, *lines).lines)) == 1_000


def test_an_order_cannot_name_more_than_a_thousand_skus() -> None:
    with pytest.raises(InvalidInput) as refused:
        sum_lines(an_order_of(*one_unit_of_each(1_001)).lines)
    assert refused.value.members["errors"][0]["path"] == "body.lines"


def test_the_maximum_quantity_is_that_of_the_sum_of_a_skus_lines() -> None:
    half = QUANTITY_MAX // 2
    [line] = sum_lines(an_order_of((BLACK, half), (BLACK, half)).lines)
    assert line.quantity == QUANTITY_MAX
    with pytest.raises(InvalidInput):
        sum_lines(an_order_of((BLACK, half), (BLACK, half), (BLACK, 1)).lines)


def test_an_excessive_quantity_is_refused_beside_small_ones() -> None:
    lines = an_order_of((WHITE, 1), (BLACK, QUANTITY_MAX), (BLACK, 1)).lines
    with pytest.raises(InvalidInput) as refused:
        sum_lines(lines)
    assert [error["path"] for error in refused.value.members["errors"]] == ["body.lines"]
    assert len(sum_lines(lines[:2])) == 2


# Lines of a settlement


def test_quantities_of_one_sku_are_summed() -> None:
    assert sum_quantities([(BLACK_KEY, 2), (WHITE_KEY, 1), (BLACK_KEY, 3)]) == units((BLACK, 5), (WHITE, 1))


def test_a_settlement_names_at_most_as_many_skus_as_an_order_can_have() -> None:
    named = list(units(*one_unit_of_each(ORDER_LINES_MAX)).items())
    assert set(sum_quantities([*named, *named]).values()) == {2}
    with pytest.raises(InvalidInput) as refused:
        sum_quantities([*named, (BLACK_KEY, 1)])
    assert [error["path"] for error in refused.value.members["errors"]] == ["body.lines"]
