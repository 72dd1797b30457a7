"""One customer after the other, no faults: the service answers what the model answers, to the letter.

Every command goes through the simulator's own checks (`history`): the commit, the log, the answer, and at the
end all three tables.  Hypothesis draws the commands, and shrinks what fails.
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
from tests.simulation.model import Adjust, Command, Count, Extend, Place, Restock, Settle, Switch
from tests.simulation.narrow_parts import UNDIVIDED_LINES_MAX
from tests.simulation.scheduler import Stopped
from tests.simulation.simulator import MORE_SKUS, PRODUCTS, SKUS, Machine, Simulation
from tests.simulation.translation import LookAtOrder, LookAtSku

skus = st.sampled_from(SKUS)
orders = st.sampled_from(["ORDER-1", "ORDER-2", "ORDER-3"])
keys = st.sampled_from(["key-1", "key-2", "key-3", "key-4", "key-5", "key-6"])
lines = st.lists(st.tuples(skus, st.integers(1, 4)), min_size=1, max_size=4).map(tuple)
wide_lines = st.lists(
    st.tuples(st.sampled_from((*SKUS, *MORE_SKUS)), st.integers(1, 3)),
    min_size=UNDIVIDED_LINES_MAX + 1,
    max_size=6,
    unique_by=lambda line: line[0],
).map(tuple)
parts = st.lists(st.tuples(skus, st.integers(1, 2)), min_size=1, max_size=2).map(tuple)
kinds = st.sampled_from(["confirm", "cancel", "refund"])
holds = st.sampled_from([60, 86_400])
whole_commands = st.builds(Place, orders, lines, holds) | st.builds(
    Settle, st.sampled_from(["confirm", "cancel"]), orders
)


class OneAfterTheOther(RuleBasedStateMachine):
    """A shop that one customer at a time is in."""

    engine: ClassVar[Any]
    _numbers = count(1)

    def __init__(self) -> None:
        super().__init__()
        prefix = f"example-{next(self._numbers)}-"
        create_tables(self.engine, prefix)
        self.simulation = Simulation(self.engine, prefix, 0, NO_FAULTS)
        self.simulation.is_calm = True
        self.simulation.history.shop.skew_seconds = 0.0
        self._checked(self.simulation.open)
        self.machine = Machine(self.simulation, None, "till")

    def _checked(self, act: Callable[..., Any], *arguments: Any) -> None:
        try:
            act(*arguments)
        except Stopped:
            self.simulation.raise_failure()

    def _ask(self, *requests: Any) -> None:
        self._checked(self.simulation.ask, self.machine, *requests)

    @rule(order_id=orders, asked=lines, hold_seconds=holds)
    def place(self, order_id: str, asked: Any, hold_seconds: int) -> None:
        self._ask(Place(order_id, asked, hold_seconds))

    @rule(order_id=orders, asked=wide_lines, hold_seconds=holds)
    def place_in_steps(self, order_id: str, asked: Any, hold_seconds: int) -> None:
        self._ask(Place(order_id, asked, hold_seconds))

    @rule(kind=kinds, order_id=orders, key=st.none() | keys, restock=st.booleans())
    def settle_all(self, kind: str, order_id: str, key: str | None, restock: bool) -> None:
        self._ask(Settle(kind, order_id, None, key, restock or kind != "refund"))

    @rule(kind=kinds, order_id=orders, part=parts, key=keys, restock=st.booleans())
    def settle_a_part(self, kind: str, order_id: str, part: Any, key: str, restock: bool) -> None:
        self._ask(Settle(kind, order_id, part, key, restock or kind != "refund"))

    @rule(batch=st.lists(whole_commands, min_size=2, max_size=5, unique_by=lambda each: each.order_id))
    def settle_several(self, batch: list[Command]) -> None:
        self._ask(*batch)

    @rule(sku=skus, quantity=st.integers(1, 5), key=keys)
    def restock(self, sku: str, quantity: int, key: str) -> None:
        self._ask(Restock(sku, quantity, key))

    @rule(sku=skus, change=st.integers(-6, 6).filter(bool), key=keys)
    def adjust(self, sku: str, change: int, key: str) -> None:
        self._ask(Adjust(sku, change, key))

    @rule(sku=skus, counted=st.integers(0, 12), off=st.sampled_from([0, 0, 1]), key=keys)
    def count(self, sku: str, counted: int, off: int, key: str) -> None:
        expected = self.simulation.history.shop.skus[sku].current + off
        self._ask(Count(sku, counted, expected, key))

    @rule(order_id=orders, hold_seconds=st.sampled_from([60, 90_000]))
    def extend(self, order_id: str, hold_seconds: int) -> None:
        self._ask(Extend(order_id, hold_seconds))

    @rule(sku=skus, active=st.booleans())
    def switch_a_sku(self, sku: str, active: bool) -> None:
        self._ask(Switch(sku, active))

    @rule(product_id=st.sampled_from(PRODUCTS), active=st.booleans())
    def switch_a_product(self, product_id: str, active: bool) -> None:
        self._checked(self.simulation.switch_product, self.machine, product_id, active)

    @rule()
    def tell_what_has_changed(self) -> None:
        self._checked(self.simulation.tell, self.machine)

    @rule(order_id=orders, sku=skus)
    def look(self, order_id: str, sku: str) -> None:
        self._ask(LookAtOrder(order_id))
        self._ask(LookAtSku(sku))

    @rule(seconds=st.sampled_from([1.0, 61.0, 3_600.0, 90_000.0, 40 * 86_400.0]))
    def time_goes_by(self, seconds: float) -> None:
        self.simulation.time.pass_by(seconds)
        self.simulation.history.shop.now = self.simulation.time.seconds

    @rule()
    def sweep(self) -> None:
        self._checked(self.simulation.sweep, self.machine, "sweep")

    def teardown(self) -> None:
        try:
            if self.simulation.scheduler.failure is None:
                self._checked(self.simulation.end_all_holds)
                self._checked(self.simulation.tell, self.machine)
                self.simulation.check_at_rest()
        finally:
            for name in definitions():
                self.engine.delete_table(TableName=self.simulation.tables.prefix + name)


def test_the_service_answers_what_the_model_answers(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
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
