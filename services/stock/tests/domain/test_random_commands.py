"""Random commands in a random order: stock, orders and the log agree after each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chalicelib.domain.commands import Restock, SettleOrder, StockCount, sum_lines, sum_quantities
from chalicelib.domain.decisions import CurrentState, Decision, NothingToWrite, WriteSet
from chalicelib.domain.orders import Order
from chalicelib.domain.placing import place
from chalicelib.domain.settlements import cancel, confirm, refund
from chalicelib.domain.stock_changes import adjust, restock
from chalicelib.domain.stock_rules import CommandContext
from inventory_common.errors import InventoryError
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.ids import StockKey
from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import RULES, TransactionRecord, TransactionType, record_hash

from ..shop import NOW, PRODUCT, a_context, a_key, a_restock, a_sku, an_adjustment, an_order_of

SKUS = [f"SKU-{PRODUCT}-{variant}" for variant in ("A", "B", "C")]
KEYS = [StockKey(PRODUCT, sku) for sku in SKUS]
ORDERS = [f"ORDER-{number}" for number in range(4)]

Rule = Callable[[CurrentState, CommandContext], Decision]
Part = list[tuple[str, int]] | None

some_skus = st.sampled_from(SKUS)
some_orders = st.sampled_from(ORDERS)
some_keys = st.sampled_from("xyz")
quantities = st.integers(1, 8)
some_lines = st.lists(st.tuples(some_skus, quantities), min_size=1, max_size=5)
some_parts = st.none() | st.lists(st.tuples(some_skus, st.integers(1, 3)), min_size=1, max_size=2)


class Shop(RuleBasedStateMachine):
    """The pure decisions over three SKUs and four orders, which are stored in dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.skus: dict[StockKey, Sku] = {sku.key: sku for sku in map(a_sku, SKUS)}
        self.orders: dict[str, Order] = {}
        self.idempotency_records: dict[str, IdempotencyRecord] = {}
        self.logs: dict[StockKey, list[TransactionRecord]] = defaultdict(list)
        self.now = NOW

    def _execute(self, decide: Rule, order_id: str | None = None, key: str | None = None) -> None:
        """Decide on the current state and commit the write set; a refused command changes nothing."""
        state = CurrentState(
            skus=self.skus,
            order=self.orders.get(order_id or ""),
            idempotency_record=self.idempotency_records.get(key or ""),
        )
        try:
            decision = decide(state, a_context(self.now, order_id))
        except InventoryError:
            return
        if not isinstance(decision, NothingToWrite):
            assert isinstance(decision, WriteSet), decision
            self._commit(decision, key)

    def _commit(self, write_set: WriteSet, key: str | None) -> None:
        for movement in write_set.movements:
            assert movement.before == self.skus[movement.key]
            self.skus[movement.key] = movement.after
            self.logs[movement.key].append(movement.record)
        order, replaced = write_set.order, write_set.replaced_order
        if order is not None:
            assert replaced is None or replaced == self.orders[order.order_id]
            self.orders[order.order_id] = order
        if write_set.idempotency_record is not None:
            assert key is not None
            self.idempotency_records[key] = write_set.idempotency_record

    @initialize(stocks=st.lists(st.integers(1, 20), min_size=3, max_size=3))
    def fill_the_shop(self, stocks: list[int]) -> None:
        for sku, units in zip(SKUS, stocks, strict=True):
            self._restock(a_restock(units, sku), key=sku)

    @rule(seconds=st.integers(-100, 100_000))
    def move_the_clock(self, seconds: int) -> None:
        self.now = plus_seconds(self.now, seconds)

    @rule(sku=some_skus, quantity=quantities, key=some_keys)
    def restock(self, sku: str, quantity: int, key: str) -> None:
        self._restock(a_restock(quantity, sku, idempotency_key=a_key(key, f"{sku} {quantity}")), key)

    def _restock(self, command: Restock, key: str) -> None:
        self._execute(lambda state, context: restock(state, command, context), key=key)

    @rule(order_id=some_orders, lines=some_lines)
    def place(self, order_id: str, lines: list[tuple[str, int]]) -> None:
        command = an_order_of(*lines, order_id=order_id)
        command = replace(command, lines=sum_lines(command.lines))
        self._execute(lambda state, context: place(state, command, context), order_id)

    def _settle(self, command_name: str, order_id: str, part: Part, key: str, **rest: Any) -> None:
        settle = {"confirm": confirm, "cancel": cancel, "refund": refund}[command_name]
        idempotency_key, lines = None, None
        if part is not None:
            idempotency_key = a_key(key, f"{command_name} {order_id} {part} {rest}")
            lines = sum_quantities((StockKey.of(sku), quantity) for sku, quantity in part)
        command = SettleOrder(order_id, lines, idempotency_key, **rest)
        self._execute(lambda state, context: settle(state, command, context), order_id, key)

    @rule(order_id=some_orders, part=some_parts, key=some_keys)
    def confirm(self, order_id: str, part: Part, key: str) -> None:
        self._settle("confirm", order_id, part, key)

    @rule(order_id=some_orders, part=some_parts, key=some_keys)
    def cancel(self, order_id: str, part: Part, key: str) -> None:
        self._settle("cancel", order_id, part, key)

    @rule(order_id=some_orders, part=some_parts, key=some_keys, sellable=st.booleans())
    def refund(self, order_id: str, part: Part, key: str, sellable: bool) -> None:
        self._settle("refund", order_id, part, key, restock=sellable)

    @rule(sku=some_skus, change=st.integers(-8, 8).filter(bool), key=some_keys)
    def adjust(self, sku: str, change: int, key: str) -> None:
        command = an_adjustment(change, sku, idempotency_key=a_key(key, f"adjust {sku} {change}"))
        self._execute(lambda state, context: adjust(state, command, context), key=key)

    @rule(sku=some_skus, counted=st.integers(0, 20), stale=st.booleans(), key=some_keys)
    def count(self, sku: str, counted: int, stale: bool, key: str) -> None:
        correction = StockCount(counted, self.skus[StockKey.of(sku)].current_stock + stale)
        command = an_adjustment(correction, sku, idempotency_key=a_key(key, f"{sku} {correction}"))
        self._execute(lambda state, context: adjust(state, command, context), key=key)

    @rule(key=st.sampled_from(KEYS), flag=st.sampled_from(["is_active", "product_is_active"]))
    def switch_a_flag(self, key: StockKey, flag: str) -> None:
        before = self.skus[key]
        switched: dict[str, Any] = {flag: not getattr(before, flag)}
        self.skus[key] = replace(before, **switched)

    @invariant()
    def no_sku_reserves_more_than_its_stock(self) -> None:
        for sku in self.skus.values():
            assert 0 <= sku.reserved_stock <= sku.current_stock

    @invariant()
    def the_figures_of_every_line_add_up(self) -> None:
        for order in self.orders.values():
            for line in order.lines.values():
                assert line.placed == line.reserved + line.confirmed + line.cancelled
                assert 0 <= line.refunded <= line.confirmed

    @invariant()
    def the_reserved_stock_of_a_sku_is_the_sum_over_its_orders(self) -> None:
        reserved = dict.fromkeys(KEYS, 0)
        for order in self.orders.values():
            for line in order.lines.values():
                reserved[line.key] += line.reserved
        assert {sku.key: sku.reserved_stock for sku in self.skus.values()} == reserved

    @invariant()
    def logs_are_gapless_and_chained_and_add_up_to_the_stock(self) -> None:
        for sku in self.skus.values():
            current = reserved = 0
            head, moment = FIRST_PREVIOUS_HASH, ""
            for sequence, record in enumerate(self.logs[sku.key], start=1):
                assert (record.sequence, record.previous_hash) == (sequence, head)
                assert record.hash == record_hash(record.document())
                assert record.timestamp > moment
                assert (record.stock_before, record.reserved_before) == (current, reserved)
                transaction_type = TransactionType(record.transaction_type)
                effect = RULES[transaction_type].effect
                assert record.quantity_change == record.stock_after - record.stock_before
                if transaction_type is TransactionType.MANUAL_ADJUSTMENT:
                    assert abs(record.quantity_change) == record.quantity
                    current += record.quantity_change
                elif transaction_type is TransactionType.REFUND:
                    assert record.quantity_change in (0, record.quantity)
                    current += record.quantity_change
                else:
                    current += effect.current_stock * record.quantity
                reserved += effect.reserved_stock * record.quantity
                assert (record.stock_after, record.reserved_after) == (current, reserved)
                head, moment = record.hash, record.timestamp
            assert (sku.current_stock, sku.reserved_stock) == (current, reserved)
            assert (sku.sequence, sku.ledger_hash) == (len(self.logs[sku.key]), head)


TestShop = Shop.TestCase
TestShop.settings = settings(max_examples=150, stateful_step_count=40, deadline=None, database=None)
