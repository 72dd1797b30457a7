"""Budgets: what one principal may ask of a process, tried at the edges of the bucket."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from inventory_common.budgets import Budget, Budgets
from inventory_common.errors import TooManyRequests
from inventory_common.identity import ANYBODY, Principal, Role
from inventory_common.limits import BATCH_LINES_MAX
from inventory_common.settings import BUDGET_RATE_MIN
from inventory_common.tuning import BUDGETED_PRINCIPALS_MAX

SHOP = Principal("client:web-shop", frozenset({Role.ORDERS}))
TILL = Principal("client:till", frozenset({Role.ORDERS}))
VENDOR = Principal("VENDOR-001", frozenset({Role.VENDOR}), "VENDOR-001")
BUDGET = Budget(rate=100, burst=3)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budgets(clock: Clock) -> Budgets:
    return Budgets(client=BUDGET, vendor=BUDGET, monotonic=clock)


def admitted(budgets: Budgets, principal: Principal, times: int = 50) -> int:
    """Return how many of so many requests at once are admitted."""
    count = 0
    for _ in range(times):
        try:
            budgets.admit(principal)
            count += 1
        except TooManyRequests:
            pass
    return count


def seconds_to_wait(budgets: Budgets, principal: Principal) -> int:
    with pytest.raises(TooManyRequests) as refused:
        budgets.admit(principal)
    return refused.value.retry_after_seconds


def test_the_burst_is_admitted_and_the_next_request_is_not(budgets: Budgets) -> None:
    for _ in range(3):
        budgets.admit(SHOP)
    assert seconds_to_wait(budgets, SHOP) == 1


def test_the_refusal_names_the_principal_and_its_budget(budgets: Budgets) -> None:
    admitted(budgets, SHOP)
    with pytest.raises(TooManyRequests, match="of client:web-shop is used up: 100 a second, 3 at once"):
        budgets.admit(SHOP)


def test_a_refused_request_takes_nothing(budgets: Budgets, clock: Clock) -> None:
    admitted(budgets, SHOP, 1_000)
    clock.seconds += 0.01
    assert admitted(budgets, SHOP) == 1


def test_tokens_come_back_one_by_one(budgets: Budgets, clock: Clock) -> None:
    admitted(budgets, SHOP)
    clock.seconds += 0.009
    assert admitted(budgets, SHOP) == 0
    clock.seconds += 0.001
    assert admitted(budgets, SHOP) == 1
    clock.seconds += 0.02
    assert admitted(budgets, SHOP) == 2


def test_a_bucket_holds_no_more_than_the_burst(budgets: Budgets, clock: Clock) -> None:
    clock.seconds += 3_600
    assert admitted(budgets, SHOP) == 3
    clock.seconds += 3_600
    assert admitted(budgets, SHOP) == 3


def test_a_batch_counts_its_commands_and_is_admitted_whole(budgets: Budgets, clock: Clock) -> None:
    budgets.admit(SHOP)
    budgets.charge(SHOP, 499)  # the burst is 3: 497 are owed
    assert seconds_to_wait(budgets, SHOP) == 5  # (497 + 1) / 100, rounded up
    clock.seconds += 4.97
    assert admitted(budgets, SHOP) == 0
    clock.seconds += 0.01
    assert admitted(budgets, SHOP) == 1


@pytest.mark.parametrize("weight", [3, 7, 102, 103, 500, 1_999])
@pytest.mark.parametrize("rate", [100, 333, 0.3])
def test_who_waits_as_long_as_required_is_admitted(clock: Clock, weight: int, rate: float) -> None:
    budgets = Budgets(client=Budget(rate, 3), monotonic=clock)
    budgets.admit(SHOP)
    budgets.charge(SHOP, weight - 1)
    clock.seconds += seconds_to_wait(budgets, SHOP)
    budgets.admit(SHOP)


def test_the_heaviest_batch_is_repaid_as_long_as_clients_wait(clock: Clock) -> None:
    budgets = Budgets(client=Budget(BUDGET_RATE_MIN, 1), monotonic=clock)
    budgets.admit(SHOP)
    budgets.charge(SHOP, BATCH_LINES_MAX - 1)
    assert seconds_to_wait(budgets, SHOP) <= 20


def test_sequential_batches_pass_at_the_rate(clock: Clock) -> None:
    """A file of 100,000 rows in batches of 500, sent again after as many seconds as the refusal names."""
    budgets = Budgets(vendor=Budget(rate=500, burst=5_000), monotonic=clock)
    began, rows = clock.seconds, 0
    while rows < 100_000:
        try:
            budgets.admit(VENDOR)
            budgets.charge(VENDOR, 499)
            rows += 500
        except TooManyRequests as refused:
            clock.seconds += refused.retry_after_seconds
    seconds = clock.seconds - began
    assert 95_000 / 500 - 1 <= seconds <= 95_000 / 500 + 2


def test_another_principal_is_not_affected(budgets: Budgets) -> None:
    admitted(budgets, SHOP, 1_000)
    assert admitted(budgets, TILL) == 3
    assert admitted(budgets, VENDOR) == 3


def test_people_and_machines_of_a_vendor_share_its_budget(budgets: Budgets) -> None:
    person = Principal("VENDOR-001", frozenset({Role.VENDOR}), "VENDOR-001")
    admitted(budgets, person)
    assert admitted(budgets, VENDOR) == 0


def test_a_machine_of_orders_and_of_a_vendor_has_the_budget_of_a_client(clock: Clock) -> None:
    both = Principal("client:erp", frozenset({Role.ORDERS, Role.VENDOR}), "VENDOR-001")
    budgets = Budgets(client=Budget(100, 1), vendor=Budget(100, 3), monotonic=clock)
    assert admitted(budgets, both) == 1
    assert admitted(budgets, VENDOR) == 3


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.DESK])
def test_who_repairs_and_operates_has_no_budget(budgets: Budgets, role: Role) -> None:
    assert admitted(budgets, Principal("user:1", frozenset({role})), 100) == 100
    vendor_too = Principal("user:1", frozenset({role, Role.VENDOR}), "VENDOR-001")
    assert admitted(budgets, vendor_too, 100) == 100
    budgets.charge(vendor_too, 1_000)
    assert admitted(budgets, VENDOR) == 3


def test_nobody_in_particular_has_no_budget(budgets: Budgets) -> None:
    assert admitted(budgets, ANYBODY, 100) == 100


def test_without_budgets_everybody_is_admitted(clock: Clock) -> None:
    assert admitted(Budgets(monotonic=clock), SHOP, 100) == 100
    assert admitted(Budgets(vendor=BUDGET, monotonic=clock), SHOP, 100) == 100
    assert admitted(Budgets(client=BUDGET, monotonic=clock), VENDOR, 100) == 100


def vendor(number: int) -> Principal:
    return Principal(f"VENDOR-{number:05}", frozenset({Role.VENDOR}), f"VENDOR-{number:05}")


def test_the_principals_that_asked_last_are_kept(budgets: Budgets) -> None:
    """At the limit, nobody is forgotten; one more, and it is the one that has not asked for longest."""
    for number in range(BUDGETED_PRINCIPALS_MAX):
        admitted(budgets, vendor(number))
    assert [admitted(budgets, vendor(number)) for number in range(BUDGETED_PRINCIPALS_MAX)].count(0) == 1_000
    admitted(budgets, vendor(0))
    admitted(budgets, vendor(BUDGETED_PRINCIPALS_MAX))
    assert admitted(budgets, vendor(0)) == 0
    assert admitted(budgets, vendor(2)) == 0
    assert admitted(budgets, vendor(1)) == 3
    assert len(budgets._buckets) == BUDGETED_PRINCIPALS_MAX


def test_threads_share_a_budget_exactly(clock: Clock) -> None:
    budgets = Budgets(client=Budget(100, 200), monotonic=clock)
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: admitted(budgets, SHOP, 100), range(8)))
    assert sum(counts) == 200
