"""Whatever a shop is told, in whatever order: its books add up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chalicelib.commands import Count, SettleOrder
from chalicelib.orders import Order
from chalicelib.reservations import cancel, confirm, place, refund, sum_lines, sum_settled
from chalicelib.snapshot import Commit, Snapshot
from chalicelib.stock_changes import adjust, restock
from inventory_common.errors import InventoryError
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import EFFECTS, TransactionRecord, TransactionType, record_hash

from .shop import NOW, PRODUCT, a_restock, a_sku, an_adjustment, a_key, a_context, an_order_of

SKUS = [f"SKU-{PRODUCT}-{variant}" for variant in ("A", "B", "C")]
ORDERS = [f"ORDER-{number}" for number in range(4)]

quantities = st.integers(1, 8)
lines = st.lists(st.tuples(st.sampled_from(SKUS), quantities), min_size=1, max_size=5)
parts = st.none() | st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 3)), min_size=1, max_size=2)
keys = st.sampled_from("xyz")


class Shop(RuleBasedStateMachine):
    """The pure decisions over three SKUs and four orders that are kept in dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.skus: dict[str, Sku] = {sku: a_sku(sku) for sku in SKUS}
        self.orders: dict[str, Order] = {}
        self.idempotency_records: dict[str, IdempotencyRecord] = {}
        self.ledgers: dict[str, list[TransactionRecord]] = defaultdict(list)
        self.now = NOW

    def _decide(self, decide, order_id: str | None = None, key: str | None = None) -> None:
        """Let a decision see the shop, and do what it says; a refusal does nothing."""
        seen = Snapshot(
            skus=self.skus,
            order=self.orders.get(order_id or ""),
            idempotency_record=self.idempotency_records.get(key or ""),
        )
        try:
            commit = decide(seen, a_context(self.now, order_id))
        except InventoryError:
            return
        if commit is not None:
            self._commit(commit, key)

    def _commit(self, commit: Commit, key: str | None) -> None:
        for movement in commit.movements:
            assert movement.before == self.skus[movement.before.sku]
            self.skus[movement.after.sku] = movement.after
            self.ledgers[movement.after.sku].append(movement.record)
        if commit.order is not None:
            assert (
                commit.replaced_order is None or commit.replaced_order == self.orders[commit.order.order_id]
            )
            self.orders[commit.order.order_id] = commit.order
        if commit.idempotency_record is not None:
            assert key is not None
            self.idempotency_records[key] = commit.idempotency_record

    @initialize(stocks=st.lists(st.integers(1, 20), min_size=3, max_size=3))
    def open_the_shop(self, stocks: list[int]) -> None:
        for sku, units in zip(SKUS, stocks, strict=True):
            command = a_restock(units, sku)
            self._decide(lambda seen, when, command=command: restock(seen, command, when), key=sku)

    @rule(seconds=st.integers(-100, 100_000))
    def time_goes_by_or_back(self, seconds: int) -> None:
        self.now = plus_seconds(self.now, seconds)

    @rule(sku=st.sampled_from(SKUS), quantity=quantities, key=st.sampled_from("xyz"))
    def restock(self, sku: str, quantity: int, key: str) -> None:
        command = a_restock(quantity, sku, idempotency_key=a_key(key, f"{sku} {quantity}"))
        self._decide(lambda seen, when: restock(seen, command, when), key=key)

    @rule(order_id=st.sampled_from(ORDERS), order_body=lines)
    def place(self, order_id: str, order_body: list[tuple[str, int]]) -> None:
        command = an_order_of(*order_body, order_id=order_id)
        command = replace(command, lines=sum_lines(command.lines))
        self._decide(lambda seen, when: place(seen, command, when), order_id)

    def _settle(self, decide, order_id: str, part: list[tuple[str, int]] | None, key: str, **rest) -> None:
        idempotency_key = (
            None if part is None else a_key(key, f"{decide.__name__} {order_id} {part} {rest}")
        )
        command = SettleOrder(order_id, sum_settled(part), idempotency_key, **rest)
        self._decide(lambda seen, when: decide(seen, command, when), order_id, key)

    @rule(order_id=st.sampled_from(ORDERS), part=parts, key=keys)
    def confirm(self, order_id: str, part: list[tuple[str, int]] | None, key: str) -> None:
        self._settle(confirm, order_id, part, key)

    @rule(order_id=st.sampled_from(ORDERS), part=parts, key=keys)
    def cancel(self, order_id: str, part: list[tuple[str, int]] | None, key: str) -> None:
        self._settle(cancel, order_id, part, key)

    @rule(order_id=st.sampled_from(ORDERS), part=parts, key=keys, sellable=st.booleans())
    def refund(self, order_id: str, part: list[tuple[str, int]] | None, key: str, sellable: bool) -> None:
        self._settle(refund, order_id, part, key, restock=sellable)

    @rule(sku=st.sampled_from(SKUS), change=st.integers(-8, 8).filter(bool), key=keys)
    def adjust(self, sku: str, change: int, key: str) -> None:
        command = an_adjustment(change, sku, idempotency_key=a_key(key, f"adjust {sku} {change}"))
        self._decide(lambda seen, when: adjust(seen, command, when), key=key)

    @rule(sku=st.sampled_from(SKUS), counted=st.integers(0, 20), stale=st.booleans(), key=keys)
    def count(self, sku: str, counted: int, stale: bool, key: str) -> None:
        correction = Count(counted, self.skus[sku].current_stock + stale)
        command = an_adjustment(correction, sku, idempotency_key=a_key(key, f"{sku} {correction}"))
        self._decide(lambda seen, when: adjust(seen, command, when), key=key)

    @rule(sku=st.sampled_from(SKUS), flag=st.sampled_from(["is_active", "product_is_active"]))
    def switch_a_flag(self, sku: str, flag: str) -> None:
        was = self.skus[sku]
        self.skus[sku] = replace(was, **{flag: not getattr(was, flag)})

    @invariant()
    def nobody_sells_what_is_not_there(self) -> None:
        for sku in self.skus.values():
            assert 0 <= sku.reserved_stock <= sku.current_stock

    @invariant()
    def the_lines_of_orders_add_up(self) -> None:
        for order in self.orders.values():
            for line in order.lines.values():
                assert line.placed == line.reserved + line.confirmed + line.cancelled
                assert 0 <= line.refunded <= line.confirmed

    @invariant()
    def what_skus_have_reserved_is_what_orders_hold(self) -> None:
        held = dict.fromkeys(SKUS, 0)
        for order in self.orders.values():
            for line in order.lines.values():
                held[line.sku] += line.reserved
        assert {sku.sku: sku.reserved_stock for sku in self.skus.values()} == held

    @invariant()
    def ledgers_are_gapless_chained_and_lead_to_the_balance(self) -> None:
        for sku in self.skus.values():
            current = reserved = 0
            head, moment = FIRST_PREVIOUS_HASH, ""
            for sequence, record in enumerate(self.ledgers[sku.sku], start=1):
                assert (record.sequence, record.previous_hash) == (sequence, head)
                assert record.hash == record_hash(record.document())
                assert record.timestamp > moment
                assert (record.stock_before, record.reserved_before) == (current, reserved)
                kind = TransactionType(record.transaction_type)
                effect = EFFECTS[kind]
                assert record.quantity_change == record.stock_after - record.stock_before
                if kind is TransactionType.MANUAL_ADJUSTMENT:
                    assert abs(record.quantity_change) == record.quantity
                    current += record.quantity_change
                elif kind is TransactionType.REFUND:
                    assert record.quantity_change in (0, record.quantity)
                    current += record.quantity_change
                else:
                    current += effect.current_stock * record.quantity
                reserved += effect.reserved_stock * record.quantity
                assert (record.stock_after, record.reserved_after) == (current, reserved)
                head, moment = record.hash, record.timestamp
            assert (sku.current_stock, sku.reserved_stock) == (current, reserved)
            assert (sku.sequence, sku.ledger_hash) == (len(self.ledgers[sku.sku]), head)


TestShop = Shop.TestCase
TestShop.settings = settings(max_examples=150, stateful_step_count=40, deadline=None, database=None)
