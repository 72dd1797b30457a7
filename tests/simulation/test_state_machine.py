"""One request after another, no faults: the service returns exactly what the model returns.

Every command goes through the simulator's own checks (`history`): the commit, the log, the response, and at
the end all three tables.  Hypothesis draws the commands.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from local.tables import create_tables, definitions
from tests.simulation.faulty_client import NO_FAULTS
from tests.simulation.model import (
    Adjust,
    Amend,
    Command,
    Extend,
    Place,
    Reopen,
    Restock,
    SetActive,
    Settle,
    StockCount,
)
from tests.simulation.scheduler import Stopped
from tests.simulation.simulator import MORE_SKUS, PRODUCTS, SKUS, Machine, Simulation
from tests.simulation.translation import GetOrder, GetSku
from tests.support.small_limits import SINGLE_ITEM_LINES_MAX

skus = st.sampled_from(SKUS)
orders = st.sampled_from(["ORDER-1", "ORDER-2", "ORDER-3"])
keys = st.sampled_from(["key-1", "key-2", "key-3", "key-4", "key-5", "key-6"])
lines = st.lists(st.tuples(skus, st.integers(1, 4)), min_size=1, max_size=4).map(tuple)
many_lines = st.lists(
    st.tuples(st.sampled_from((*SKUS, *MORE_SKUS)), st.integers(1, 3)),
    min_size=SINGLE_ITEM_LINES_MAX + 1,
    max_size=6,
    unique_by=lambda line: line[0],
).map(tuple)
parts = st.lists(st.tuples(skus, st.integers(1, 2)), min_size=1, max_size=2).map(tuple)
amended = st.lists(
    st.tuples(st.sampled_from((*SKUS, *MORE_SKUS)), st.integers(0, 3)), min_size=1, max_size=5
).map(tuple)
kinds = st.sampled_from(["confirm", "cancel", "refund"])
holds = st.sampled_from([60, 86_400])
whole_commands = st.builds(Place, orders, lines, holds) | st.builds(
    Settle, st.sampled_from(["confirm", "cancel"]), orders
)


class OneAfterTheOther(RuleBasedStateMachine):
    """A shop with one customer at a time."""

    engine: ClassVar[Any]
    _numbers = count(1)

    def __init__(self) -> None:
        super().__init__()
        prefix = f"example-{next(self._numbers)}-"
        create_tables(self.engine, prefix)
        self.simulation = Simulation(self.engine, prefix, 0, NO_FAULTS)
        self.simulation.is_quiet = True
        self.simulation.history.shop.skew_seconds = 0.0
        self._checked(self.simulation.open)
        self.machine = Machine(self.simulation, None, "process")

    def _checked(self, action: Callable[..., Any], *arguments: Any) -> None:
        try:
            action(*arguments)
        except Stopped:
            self.simulation.raise_failure()

    def _send(self, *requests: Any) -> None:
        self._checked(self.simulation.send, self.machine, *requests)

    @rule(order_id=orders, requested=lines, hold_seconds=holds)
    def place(self, order_id: str, requested: Any, hold_seconds: int) -> None:
        self._send(Place(order_id, requested, hold_seconds))

    @rule(order_id=orders, requested=many_lines, hold_seconds=holds)
    def place_in_steps(self, order_id: str, requested: Any, hold_seconds: int) -> None:
        self._send(Place(order_id, requested, hold_seconds))

    @rule(kind=kinds, order_id=orders, key=st.none() | keys, restock=st.booleans())
    def settle_whole_order(self, kind: str, order_id: str, key: str | None, restock: bool) -> None:
        self._send(Settle(kind, order_id, None, key, restock or kind != "refund"))

    @rule(kind=kinds, order_id=orders, part=parts, key=keys, restock=st.booleans())
    def settle_lines(self, kind: str, order_id: str, part: Any, key: str, restock: bool) -> None:
        self._send(Settle(kind, order_id, part, key, restock or kind != "refund"))

    @rule(batch=st.lists(whole_commands, min_size=2, max_size=5, unique_by=lambda each: each.order_id))
    def settle_several(self, batch: list[Command]) -> None:
        self._send(*batch)

    @rule(order_id=orders, changed=amended, key=keys)
    def amend(self, order_id: str, changed: Any, key: str) -> None:
        self._send(Amend(order_id, changed, key))

    @rule(order_id=orders, key=keys, hold_seconds=holds)
    def reopen(self, order_id: str, key: str, hold_seconds: int) -> None:
        self._send(Reopen(order_id, key, hold_seconds))

    @rule(sku=skus, quantity=st.integers(1, 5), key=keys)
    def restock(self, sku: str, quantity: int, key: str) -> None:
        self._send(Restock(sku, quantity, key))

    @rule(sku=skus, change=st.integers(-6, 6).filter(bool), key=keys)
    def adjust(self, sku: str, change: int, key: str) -> None:
        self._send(Adjust(sku, change, key))

    @rule(sku=skus, counted=st.integers(0, 12), off=st.sampled_from([0, 0, 1]), key=keys)
    def count(self, sku: str, counted: int, off: int, key: str) -> None:
        expected = self.simulation.history.shop.skus[sku].current + off
        self._send(StockCount(sku, counted, expected, key))

    @rule(order_id=orders, hold_seconds=st.sampled_from([60, 90_000]))
    def extend(self, order_id: str, hold_seconds: int) -> None:
        self._send(Extend(order_id, hold_seconds))

    @rule(sku=skus, active=st.booleans())
    def set_a_sku_active(self, sku: str, active: bool) -> None:
        self._send(SetActive(sku, active))

    @rule(product_id=st.sampled_from(PRODUCTS), active=st.booleans())
    def set_a_product_active(self, product_id: str, active: bool) -> None:
        self._checked(self.simulation.set_product_active, self.machine, product_id, active)

    @rule()
    def deliver_changes(self) -> None:
        self._checked(self.simulation.deliver_all, self.machine)

    @rule(order_id=orders, sku=skus)
    def get(self, order_id: str, sku: str) -> None:
        self._send(GetOrder(order_id))
        self._send(GetSku(sku))

    @rule(seconds=st.sampled_from([1.0, 61.0, 3_600.0, 90_000.0, 40 * 86_400.0]))
    def let_time_pass(self, seconds: float) -> None:
        self.simulation.time.advance(seconds)
        self.simulation.history.shop.now = self.simulation.time.seconds

    @rule()
    def sweep(self) -> None:
        self._checked(self.simulation.sweep, self.machine, "sweep")

    def teardown(self) -> None:
        try:
            if self.simulation.scheduler.failure is None:
                self._checked(self.simulation.expire_all_holds)
                self._checked(self.simulation.deliver_all, self.machine)
                self.simulation.check_at_rest()
        finally:
            for name in definitions():
                self.engine.delete_table(TableName=self.simulation.tables.prefix + name)


def test_the_service_returns_what_the_model_returns(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OneAfterTheOther, "engine", engine, raising=False)
    run_state_machine_as_test(
        OneAfterTheOther,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            database=None,
            print_blob=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
