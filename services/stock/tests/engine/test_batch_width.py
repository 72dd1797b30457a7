"""The width of transaction batches: it shrinks with each loss, grows with what wins, and divides batches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.batch_width import BatchWidth

from ..batches import change_work, place_work, settle_work
from ..shop import PRODUCT

WIDEST = 50
SKUS = [f"SKU-{PRODUCT}-V{number:03}" for number in range(WIDEST)]


def lost(*skus: int) -> BatchWidth:
    width = BatchWidth()
    for each in skus:
        width.lost(each)
    return width


@pytest.mark.parametrize(
    ("lost_skus", "skus"),
    [((), WIDEST), ((40,), 10), ((40, 10), 2), ((40, 10, 2), 1), ((2,), 1), ((40, 10, 2, 2), 1)],
)
def test_a_batch_that_loses_divides_the_width_by_four(lost_skus: tuple[int, ...], skus: int) -> None:
    assert lost(*lost_skus).skus == skus


def test_a_narrow_batch_that_loses_does_not_widen_it() -> None:
    width = lost(8)
    width.lost(40)
    assert width.skus == 2


def test_twenty_batches_that_win_lead_from_one_sku_back_to_the_widest() -> None:
    width = lost(2)
    widths = []
    while width.skus < WIDEST:
        widths.append(width.skus)
        width.won(width.skus)
    assert (widths[0], widths == sorted(widths)) == (1, True)
    assert 20 <= len(widths) <= 22
    width.won(WIDEST)
    assert width.skus == WIDEST


def test_a_batch_of_half_the_width_says_nothing_about_it() -> None:
    width = lost(40)
    for _ in range(100):
        width.won(5)
    assert width.skus == 10


def test_orders_that_do_not_fill_their_batches_lead_back_to_the_widest_too() -> None:
    width = lost(8)
    orders = [place_work(n, (SKUS[2 * n], 1), (SKUS[2 * n + 1], 1)) for n in range(WIDEST // 2)]
    for _ in range(20):
        for part in width.divide(orders):
            width.won(len({key for work in part for key in work.keys}))
    assert width.skus == WIDEST


def test_a_batch_of_the_width_stays_whole() -> None:
    work = [change_work(str(n), sku) for n, sku in enumerate(SKUS)]
    assert BatchWidth().divide(work) == [work]


def test_orders_whose_skus_are_not_known_count_as_one_each() -> None:
    work = [settle_work(number) for number in range(4)]
    assert lost(8).divide(work) == [work[:2], work[2:]]


@given(
    st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True), min_size=1, max_size=20),
    st.integers(4, 40),
)
def test_a_batch_is_divided_without_loss_and_no_sku_twice(orders: list[list[int]], losing: int) -> None:
    width = lost(losing)
    batch = [place_work(n, *((SKUS[each], 1) for each in skus)) for n, skus in enumerate(orders)]
    divided = width.divide(batch)
    assert sorted(map(id, batch)) == sorted(id(work) for part in divided for work in part)
    touched = [{key for work in part for key in work.keys} for part in divided]
    assert sum(map(len, touched)) == len(set.union(*touched))  # no SKU in two batches
    for part, skus in zip(divided, touched, strict=True):
        assert [batch.index(work) for work in part] == sorted(batch.index(work) for work in part)
        wide_orders = {len(work.keys) for work in part}
        assert len(skus) <= width.skus or len(part) == 1 or max(wide_orders) > 1
