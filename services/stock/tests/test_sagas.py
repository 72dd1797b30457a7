"""Orders of more lines than one transaction takes, and what a process that dies in the middle leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from front_door import Client

from chalicelib.commands import OrderLineRequest, PlaceOrder, SettleOrder
from chalicelib.inventory_gateway import LostRace
from chalicelib.reservations import CANCEL, CONFIRM, REFUND
from chalicelib.stock_service import StockService
from chalicelib.sweeper import Sweeper
from inventory_common.errors import (
    Busy,
    IdempotencyKeyReused,
    InsufficientStock,
    InvalidInput,
    OrderExists,
    OrderInProgress,
    ReservationExpired,
    SkuInactive,
    StockLimitExceeded,
)
from inventory_common.limits import ORDER_LINES_MAX, STOCK_MAX
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord, record_hash
from inventory_common.tuning import SAGA_LEASE_SECONDS
from local.tables import create_tables, definitions

from .shop import ORDER, PRODUCT, ACTOR, Clock, a_sku, a_key, immediate

HELD_SECONDS = 3_600
WIDE = 50
"""Lines of the smallest order that is kept in parts: two of them."""


class Died(BaseException):
    """A process that is no more; no handler of the product's sees it."""


def the_skus(count: int) -> list[str]:
    return [f"SKU-{PRODUCT}-V{number:04}" for number in range(count)]


def asking_for(count: int, quantity: int = 2, order_id: str = ORDER) -> PlaceOrder:
    lines = tuple(OrderLineRequest(PRODUCT, sku, quantity) for sku in the_skus(count))
    return PlaceOrder(order_id=order_id, lines=lines, hold_seconds=HELD_SECONDS)


@pytest.fixture
def put(dynamodb: Any) -> Callable[..., None]:
    def put(count: int, stock: int = 5, **differences: Any) -> None:
        items = [a_sku(sku, stock, **differences).to_item() for sku in the_skus(count)]
        for begin in range(0, count, 25):
            puts = [{"PutRequest": {"Item": item}} for item in items[begin : begin + 25]]
            dynamodb.batch_write_item(RequestItems={"VendorInventory": puts})

    return put


@pytest.fixture
def sweeper(service: StockService, clock: Clock) -> Sweeper:
    return Sweeper(service.gateway, clock, immediate())


class Standing:
    """What the tables hold, and what must hold of it at every moment."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb

    def items(self, table: str) -> list[Any]:
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def figures(self) -> tuple[int, int]:
        """Return all units in stock and all units reserved."""
        skus = [item for item in self.items("VendorInventory") if item["sku"]["S"].startswith("SKU-")]
        current = sum(int(item["current_stock"]["N"]) for item in skus)
        return current, sum(int(item["reserved_stock"]["N"]) for item in skus)

    def reserved_by_orders(self) -> int:
        items = [item for item in self.items("VendorInventory") if item["sku"]["S"].startswith("#")]
        lines = [line["M"] for item in items for line in item.get("lines", {"M": {}})["M"].values()]
        return sum(int(line["reserved"]["N"]) for line in lines)

    def records(self, kind: str) -> list[Any]:
        return [item for item in self.items("StockTransactions") if item["transaction_type"]["S"] == kind]

    def order_items(self) -> set[str]:
        return {
            item["sku"]["S"] for item in self.items("VendorInventory") if item["product_id"]["S"] == ORDER
        }


@pytest.fixture
def standing(dynamodb: Any) -> Standing:
    return Standing(dynamodb)


@pytest.mark.parametrize("count", [49, 50, 96, 97, 145])
def test_an_order_of_many_lines_is_placed_confirmed_and_refunded_whole(
    service: StockService, put: Any, standing: Standing, count: int
) -> None:
    put(count)
    placed = service.place(asking_for(count), ACTOR)
    assert (placed.replayed, placed.order.status, len(placed.order.lines)) == (False, "reserved", count)
    assert standing.figures() == (5 * count, 2 * count)
    parts = {f"#PART-{number + 1:03}" for number in range(-(-count // 48))} if count > 49 else set()
    assert standing.order_items() == {"#ORDER"} | parts

    again = service.place(asking_for(count), ACTOR)
    assert (again.replayed, again.order) == (True, service.order(ORDER))

    confirmed = service.confirm(SettleOrder(ORDER), ACTOR)
    assert (confirmed.replayed, confirmed.order.status) == (False, "confirmed")
    assert standing.figures() == (3 * count, 0)
    assert service.confirm(SettleOrder(ORDER), ACTOR).replayed

    refunded = service.refund(SettleOrder(ORDER), ACTOR)
    assert (refunded.replayed, refunded.order.status) == (False, "refunded")
    assert standing.figures() == (5 * count, 0)
    assert service.refund(SettleOrder(ORDER), ACTOR).replayed
    for kind in ("order_placed", "order_confirmed", "refund"):
        assert len(standing.records(kind)) == count


def test_an_order_of_as_many_lines_as_there_may_be_is_placed_and_cancelled(
    service: StockService, put: Any, standing: Standing
) -> None:
    put(ORDER_LINES_MAX)
    assert service.place(asking_for(ORDER_LINES_MAX), ACTOR).order.status == "reserved"
    assert service.cancel(SettleOrder(ORDER), ACTOR).order.status == "cancelled"
    assert standing.figures() == (5 * ORDER_LINES_MAX, 0)
    with pytest.raises(InvalidInput):
        service.place(asking_for(ORDER_LINES_MAX + 1, order_id="ORDER-2"), ACTOR)


def test_an_order_of_many_lines_that_cannot_be_had_writes_nothing(
    service: StockService, put: Any, dynamodb: Any, standing: Standing
) -> None:
    put(120)
    short = a_sku(the_skus(120)[100], 1)
    dynamodb.put_item(TableName="VendorInventory", Item=short.to_item())
    with pytest.raises(InsufficientStock) as refused:
        service.place(asking_for(120), ACTOR)
    assert refused.value.members["lines"] == [
        {"product_id": PRODUCT, "sku": short.sku, "asked": 2, "available": 1}
    ]
    assert standing.items("StockTransactions") == []
    assert standing.order_items() == set()


class Meanwhile:
    """A gateway that lets somebody act before one of its commits."""

    def __init__(self, gateway: Any, before: int, act: Callable[[], Any]) -> None:
        self._gateway = gateway
        self._left = before
        self._act = act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def commit(self, commits: Any, in_turn: Any = ()) -> None:
        if self._left == 0:
            self._act()
        self._left -= 1
        self._gateway.commit(commits, in_turn)


def test_a_place_that_fails_in_the_middle_gives_back_all_before_the_answer(
    service: StockService, put: Any, dynamodb: Any, standing: Standing
) -> None:
    put(120)

    def deactivate() -> None:
        gone = a_sku(the_skus(120)[100], 5, is_active=False)
        dynamodb.put_item(TableName="VendorInventory", Item=gone.to_item())

    beside = replace(service, gateway=Meanwhile(service.gateway, 2, deactivate))
    with pytest.raises(SkuInactive):
        beside.place(asking_for(120), ACTOR)
    assert standing.figures() == (600, 0)
    assert standing.order_items() == set()
    assert len(standing.records("order_placed")) == len(standing.records("order_cancelled")) == 96
    assert {item["performed_by"]["S"] for item in standing.records("order_cancelled")} == {"system:saga"}


@pytest.mark.parametrize("commits_before", [4, 5, 6])
def test_a_place_that_is_sent_again_while_it_is_given_back_is_given_back_first(
    service: StockService, put: Any, dynamodb: Any, standing: Standing, commits_before: int
) -> None:
    """Its process dies before it gives back the first part, the second, or before it removes the order."""
    put(120)
    gone = a_sku(the_skus(120)[100], 5, is_active=False)

    def deactivate() -> None:
        dynamodb.put_item(TableName="VendorInventory", Item=gone.to_item())

    def die() -> None:
        raise Died

    deactivating = Meanwhile(service.gateway, 2, deactivate)
    with pytest.raises(Died):
        replace(service, gateway=Meanwhile(deactivating, commits_before, die)).place(asking_for(120), ACTOR)
    assert service.order(ORDER).status == "releasing"
    with pytest.raises(OrderInProgress):
        service.place(asking_for(119), ACTOR)
    with pytest.raises(OrderInProgress):
        service.place(asking_for(2), ACTOR)

    with pytest.raises(SkuInactive):
        service.place(asking_for(120), ACTOR)
    assert standing.figures() == (600, 0)
    assert standing.order_items() == set()
    dynamodb.put_item(TableName="VendorInventory", Item=replace(gone, is_active=True).to_item())
    assert service.place(asking_for(120), ACTOR).order.status == "reserved"
    assert_ledgers_fit(standing)


def test_a_place_of_few_lines_that_is_sent_again_while_it_is_given_back_is_placed_anew(
    service: StockService, put: Any, dynamodb: Any, standing: Standing
) -> None:
    put(3)
    few = asking_for(3)
    gone = a_sku(the_skus(3)[2], 5, is_active=False)
    dynamodb.put_item(TableName="VendorInventory", Item=gone.to_item())

    def die() -> None:
        raise Died

    # The first SKU in a step of its own, then the others, which cannot be had: an order between two steps.
    sagas = replace(service, gateway=Meanwhile(service.gateway, 2, die))._sagas
    with pytest.raises(Died):
        sagas.place(few, ACTOR, service.retry_policy.deadline(), frozenset(the_skus(1)))
    assert service.order(ORDER).status == "releasing"
    dynamodb.put_item(TableName="VendorInventory", Item=replace(gone, is_active=True).to_item())

    placed = service.place(few, ACTOR)
    assert (placed.replayed, placed.order.status) == (False, "reserved")
    assert standing.figures() == (15, 6)
    assert_ledgers_fit(standing)


@pytest.mark.parametrize("commits_before", [4, 5, 6, 7, 8])
def test_two_that_give_back_the_same_place_at_once_do_not_stand_in_each_others_way(
    service: StockService, put: Any, dynamodb: Any, standing: Standing, commits_before: int
) -> None:
    """One is slow; the other has given back all, and died while it gave back what it had placed anew."""
    put(170)
    gone = a_sku(the_skus(170)[100], 5, is_active=False)
    back = replace(gone, is_active=True)

    def keep_that(sku: Sku) -> None:
        dynamodb.put_item(TableName="VendorInventory", Item=sku.to_item())

    def die() -> None:
        raise Died

    def other() -> None:
        keep_that(back)
        deactivating = Meanwhile(service.gateway, 2 + released, lambda: keep_that(gone))
        dying_beside = replace(service, gateway=Meanwhile(deactivating, 5 + released, die))
        with pytest.raises(Died):
            dying_beside.place(asking_for(170), ACTOR)

    # What the other finds left to give back: both parts, the second, or the order alone.
    released = max(0, 7 - commits_before)
    deactivating = Meanwhile(service.gateway, 2, lambda: keep_that(gone))
    beside = replace(service, gateway=Meanwhile(deactivating, commits_before, other))
    with pytest.raises(SkuInactive):
        beside.place(asking_for(170), ACTOR)
    with pytest.raises(SkuInactive):
        service.place(asking_for(170), ACTOR)
    assert standing.figures() == (850, 0)
    assert standing.order_items() == set()
    assert_ledgers_fit(standing)


def test_a_place_that_was_given_back_meanwhile_is_not_answered_as_done(
    service: StockService, put: Any, clock: Clock, sweeper: Sweeper, standing: Standing
) -> None:
    put(120)

    class Slow:
        """A gateway that reads for so long, once two parts are placed, that the sweeper gives all back."""

        def __init__(self) -> None:
            self.commits = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(service.gateway, name)

        def commit(self, commits: Any, in_turn: Any = ()) -> None:
            self.commits += 1
            service.gateway.commit(commits, in_turn)
            if self.commits == 2:
                clock.advance(SAGA_LEASE_SECONDS + 1)
                assert sweeper.sweep("request-9")["completed"] == 1

    with pytest.raises(Busy):
        replace(service, gateway=Slow()).place(asking_for(120), ACTOR)
    again = service.place(asking_for(120), ACTOR)
    assert (again.replayed, again.order.status, again.order.reserved) == (False, "reserved", 240)
    assert standing.figures() == (600, 240)
    assert_ledgers_fit(standing)


class TornOnce:
    """A gateway of which one read finds an order, and the SKUs beside it as somebody has left them since."""

    def __init__(self, gateway: Any, read: int, act: Callable[[], Any]) -> None:
        self._gateway = gateway
        self._left = read
        self._act = act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def read(self, skus: Any = (), *, orders: Any = (), idempotency_records: Any = ()) -> Any:
        skus, orders = list(skus), list(orders)
        if skus and orders:
            self._left -= 1
            if self._left == 0:
                earlier = self._gateway.read(orders=orders, idempotency_records=idempotency_records)
                self._act()
                return earlier.updated(self._gateway.read(skus))
        return self._gateway.read(skus, orders=orders, idempotency_records=idempotency_records)


def test_a_line_that_a_copy_of_the_request_has_placed_is_not_one_that_cannot_be_had(
    service: StockService, put: Any, standing: Standing
) -> None:
    put(60, stock=2)
    copy: list[Any] = []
    torn = TornOnce(service.gateway, 2, lambda: copy.append(service.place(asking_for(60), ACTOR)))
    placed = replace(service, gateway=torn).place(asking_for(60), ACTOR)
    assert [settled.replayed for settled in (*copy, placed)] == [False, True]
    assert placed.order.status == "reserved"
    assert standing.figures() == (120, 120)


def test_an_order_that_a_copy_of_the_request_places_meanwhile_is_not_one_that_cannot_be_had(
    service: StockService, put: Any
) -> None:
    put(60, stock=2)
    copy: list[Any] = []

    class Between:
        """A gateway that lets the copy act between the look at the order and the one at its SKUs."""

        def __getattr__(self, name: str) -> Any:
            return getattr(service.gateway, name)

        def read(self, *skus: Any, **others: Any) -> Any:
            if not copy:
                copy.append(service.place(asking_for(60), ACTOR))
            return service.gateway.read(*skus, **others)

    placed = replace(service, gateway=Between()).place(asking_for(60), ACTOR)
    assert [settled.replayed for settled in (*copy, placed)] == [False, True]


def test_a_place_that_fails_tells_why_though_the_sweeper_gives_back_the_rest(
    service: StockService, put: Any, dynamodb: Any, clock: Clock, sweeper: Sweeper, standing: Standing
) -> None:
    put(120)
    sold_out = a_sku(the_skus(120)[100], 0)

    class Slow:
        """A gateway that takes so long over giving back that the sweeper takes its process for dead."""

        def __init__(self) -> None:
            self.commits = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(service.gateway, name)

        def commit(self, commits: Any, in_turn: Any = ()) -> None:
            self.commits += 1
            if self.commits == 2:
                dynamodb.put_item(TableName="VendorInventory", Item=sold_out.to_item())
            service.gateway.commit(commits, in_turn)
            if self.commits == 4:
                clock.advance(SAGA_LEASE_SECONDS + 1)
                assert sweeper.sweep("request-9")["completed"] == 1

    with pytest.raises(InsufficientStock):
        replace(service, gateway=Slow()).place(asking_for(120), ACTOR)
    assert service.gateway.order(ORDER) is None
    assert standing.figures() == (595, 0)


@pytest.mark.parametrize("commits_before", [0, 1, 2])
def test_an_order_that_another_sweeper_removes_meanwhile_is_no_defect(
    service: StockService, put: Any, clock: Clock, sweeper: Sweeper, standing: Standing, commits_before: int
) -> None:
    put(60)
    with pytest.raises(Died):
        dying(service, after=4).place(asking_for(60), ACTOR)
    clock.advance(SAGA_LEASE_SECONDS + 1)

    def other() -> None:
        clock.advance(SAGA_LEASE_SECONDS + 1)
        assert sweeper.sweep("request-8")["completed"] == 1

    gateway = Meanwhile(service.gateway, commits_before, other)
    assert replace(sweeper, gateway=gateway).sweep("request-9")["failed"] == 0
    assert service.gateway.order(ORDER) is None
    assert standing.figures() == (300, 0)


def test_a_key_that_stands_for_something_else_does_not_go_on_with_a_command(
    service: StockService, put: Any
) -> None:
    put(WIDE)
    service.place(asking_for(WIDE), ACTOR)
    service.confirm(SettleOrder(ORDER, {the_skus(WIDE)[0]: 1}, a_key("key", "a part")), ACTOR)
    with pytest.raises(Died):
        dying(service, after=6).confirm(SettleOrder(ORDER), ACTOR)
    assert service.gateway.order(ORDER).phase == "confirming"
    with pytest.raises(IdempotencyKeyReused):
        service.confirm(SettleOrder(ORDER, None, a_key("key", "all")), ACTOR)
    assert service.gateway.order(ORDER).phase == "confirming"


@pytest.mark.parametrize("command", ["confirm", "cancel", "refund"])
def test_a_repeated_command_is_brought_to_its_end_before_it_is_answered(
    service: StockService, put: Any, command: str
) -> None:
    """Its copy went on in steps and died, when its own transaction fails on that very order and marker."""
    put(2)
    service.place(asking_for(2), ACTOR)
    if command == "refund":
        service.confirm(SettleOrder(ORDER), ACTOR)
    settlement = {"confirm": CONFIRM, "cancel": CANCEL, "refund": REFUND}[command]
    keyed = SettleOrder(ORDER, None, a_key("key"))

    def begun() -> None:
        # A refund looks for room first: it reads the order and its SKUs.
        sagas = dying(service, after=5 if command == "refund" else 3)._sagas
        with pytest.raises(Died):
            sagas.settle(settlement, keyed, ACTOR, service.retry_policy.deadline())
        assert service.gateway.order(ORDER).phase is settlement.phase

    beside = replace(service, gateway=Meanwhile(service.gateway, 0, begun))
    answered = getattr(beside, command)(keyed, ACTOR)
    assert answered.order.phase == "idle"
    assert not settlement.remaining(answered.order)[the_skus(2)[0]]


def test_another_command_waits_while_an_order_is_being_placed(
    service: StockService, put: Any, clock: Clock, sweeper: Sweeper
) -> None:
    put(60)
    with pytest.raises(Died):
        dying(service, after=4).place(asking_for(60), ACTOR)
    assert service.order(ORDER).status == "placing"
    for command in (service.confirm, service.cancel, service.refund):
        with pytest.raises(OrderInProgress):
            command(SettleOrder(ORDER), ACTOR)
    with pytest.raises(OrderExists):
        service.place(asking_for(60, quantity=1), ACTOR)
    assert sweeper.sweep("request-9") == {"released": 0, "completed": 0, "settled": 0, "failed": 0}
    clock.advance(SAGA_LEASE_SECONDS)
    clock.advance(1)
    assert sweeper.sweep("request-9")["completed"] == 1
    assert service.gateway.order(ORDER) is None


def test_a_client_is_told_to_come_back_while_an_order_is_being_placed(
    service: StockService, put: Any, shop: Client, orders: str
) -> None:
    put(60)
    with pytest.raises(Died):
        dying(service, after=4).place(asking_for(60), ACTOR)
    assert shop.get(f"/orders/{ORDER}", orders).json["status"] == "placing"
    refused = shop.post(f"/orders/{ORDER}/extend", token=orders)
    assert (refused.status, refused.code) == (409, "order_in_progress")
    assert refused.headers["Retry-After"] == "2"
    lines = [{"product_id": PRODUCT, "sku": sku, "quantity": 2} for sku in the_skus(60)]
    placed = shop.put(f"/orders/{ORDER}", {"lines": lines}, orders)
    assert (placed.status, placed.json["status"]) == (201, "reserved")
    assert shop.get("/orders?due_before=2100-01-01T00:00:00Z", orders).json["items"] == [placed.json]


def test_a_hold_of_many_lines_ends(
    service: StockService, put: Any, clock: Clock, sweeper: Sweeper, standing: Standing
) -> None:
    put(100)
    service.place(asking_for(100), ACTOR)
    clock.advance(HELD_SECONDS + 1)
    assert sweeper.sweep("request-9")["released"] == 1
    order = service.order(ORDER)
    assert (order.status, order.cancel_reason) == ("cancelled", "expired")
    assert standing.figures() == (500, 0)
    assert {item["performed_by"]["S"] for item in standing.records("order_cancelled")} == {"system:expiry"}
    with pytest.raises(ReservationExpired):
        service.confirm(SettleOrder(ORDER), ACTOR)


def test_part_of_an_order_of_many_lines_is_settled_at_once_or_refused(
    service: StockService, put: Any, standing: Standing
) -> None:
    put(100)
    service.place(asking_for(100), ACTOR)
    some = dict.fromkeys(the_skus(100)[10:90:8], 1)
    confirmed = service.confirm(SettleOrder(ORDER, some, a_key("part")), ACTOR)
    assert confirmed.order.confirmed == len(some) == len(standing.records("order_confirmed"))
    assert service.confirm(SettleOrder(ORDER, some, a_key("part")), ACTOR).replayed
    with pytest.raises(InvalidInput):
        service.confirm(SettleOrder(ORDER, dict.fromkeys(the_skus(98)[::2], 1), a_key("all")), ACTOR)
    assert service.cancel(SettleOrder(ORDER), ACTOR).order.status == "partially_confirmed"
    assert standing.figures() == (500 - len(some), 0)


# Crashes


class Mortal:
    """A client whose process dies after so many calls; the last one's answer reaches nobody."""

    def __init__(self, client: Any, calls: int) -> None:
        self._client = client
        self._calls = calls
        self.exceptions = client.exceptions

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def one(**arguments: Any) -> Any:
            self._calls -= 1
            answer = call(**arguments)
            if self._calls == 0:
                raise Died
            return answer

        return one


def dying(service: StockService, after: int) -> StockService:
    gateway = service.gateway
    mortal = object.__new__(type(gateway))
    mortal.__dict__.update(vars(gateway) | {"_client": Mortal(gateway._client, after)})
    return replace(service, gateway=mortal)


COMMANDS: dict[str, Callable[[StockService], Any]] = {
    "place": lambda service: service.place(asking_for(WIDE), ACTOR),
    "confirm": lambda service: service.confirm(SettleOrder(ORDER), ACTOR),
    "cancel": lambda service: service.cancel(SettleOrder(ORDER), ACTOR),
    "refund": lambda service: service.refund(SettleOrder(ORDER), ACTOR),
}
BEFORE = {"place": [], "confirm": ["place"], "cancel": ["place"], "refund": ["place", "confirm"]}
ALL, ASKED = 5 * WIDE, 2 * WIDE
FIGURES = {"place": (ALL, ASKED), "confirm": (ALL - ASKED, 0), "cancel": (ALL, 0), "refund": (ALL, 0)}


@pytest.mark.parametrize("rescued_by", ["the retry", "the sweeper"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_process_that_dies_anywhere_leaves_no_half_order(
    service: StockService,
    put: Any,
    clock: Clock,
    sweeper: Sweeper,
    standing: Standing,
    dynamodb: Any,
    command: str,
    rescued_by: str,
) -> None:
    """Every call of the command is once its process's last."""
    for calls in range(1, 100):
        put(WIDE)
        for earlier in BEFORE[command]:
            COMMANDS[earlier](service)
        before = standing.figures()
        try:
            COMMANDS[command](dying(service, calls))
        except Died:
            pass
        else:
            assert calls > 6, "it dies nowhere"
            return
        assert standing.reserved_by_orders() == standing.figures()[1]
        if rescued_by == "the retry":
            COMMANDS[command](service)
            assert standing.figures() == FIGURES[command]
        else:
            clock.advance(SAGA_LEASE_SECONDS + 1)
            assert sweeper.sweep("request-9")["failed"] == 0
            # A place that nobody acknowledged is undone; what else has begun is done; what has not is not.
            wholly = {(ALL, 0), (ALL, ASKED)} if command == "place" else {before, FIGURES[command]}
            assert standing.figures() in wholly
        assert standing.reserved_by_orders() == standing.figures()[1]
        order = service.gateway.order(ORDER)
        assert order is None or order.errand is None
        assert_ledgers_fit(standing)
        empty(dynamodb)
    raise AssertionError("the command never ends")


def assert_ledgers_fit(standing: Standing) -> None:
    """Each SKU's records are gapless, follow from each other, and lead to what the SKU holds."""
    records: dict[str, list[TransactionRecord]] = {}
    for item in standing.items("StockTransactions"):
        record = TransactionRecord.from_item(item)
        records.setdefault(record.sku, []).append(record)
    for item in standing.items("VendorInventory"):
        if not item["sku"]["S"].startswith("SKU-"):
            continue
        sku = Sku.from_item(item)
        own = sorted(records.get(sku.sku, []), key=lambda record: record.sequence)
        assert [record.sequence for record in own] == list(range(1, sku.sequence + 1))
        for record in own:
            assert record.hash == record_hash(record.document())
        for former, latter in pairwise(own):
            assert latter.previous_hash == former.hash
            assert (latter.stock_before, latter.reserved_before) == (
                former.stock_after,
                former.reserved_after,
            )
        if own:
            assert sku.ledger_hash == own[-1].hash
            assert (sku.current_stock, sku.reserved_stock) == (own[-1].stock_after, own[-1].reserved_after)


def empty(dynamodb: Any) -> None:
    for name in definitions():
        dynamodb.delete_table(TableName=name)
    create_tables(dynamodb)


def test_every_short_line_of_an_order_is_told(service: StockService, put: Any, dynamodb: Any) -> None:
    put(150)
    short = [the_skus(150)[number] for number in (10, 140)]
    for sku in short:
        dynamodb.put_item(TableName="VendorInventory", Item=a_sku(sku, 1).to_item())
    with pytest.raises(InsufficientStock) as refused:
        service.place(asking_for(150), ACTOR)
    assert [line["sku"] for line in refused.value.members["lines"]] == short


def test_every_short_line_of_an_order_is_told_that_has_become_short_in_the_middle(
    service: StockService, put: Any, standing: Standing
) -> None:
    put(150)
    short = [the_skus(150)[number] for number in (100, 145)]

    def sell() -> None:
        lines = tuple(OrderLineRequest(PRODUCT, sku, 4) for sku in short)
        service.place(PlaceOrder(order_id="ORDER-2", lines=lines, hold_seconds=HELD_SECONDS), ACTOR)

    beside = replace(service, gateway=Meanwhile(service.gateway, 2, sell))
    with pytest.raises(InsufficientStock) as refused:
        beside.place(asking_for(150), ACTOR)
    assert [line["sku"] for line in refused.value.members["lines"]] == short
    assert standing.order_items() == set()


def a_full_sku(dynamodb: Any, number: int) -> None:
    """Let a SKU hold as much as it may, all of it counted."""
    key = {"product_id": {"S": PRODUCT}, "sku": {"S": the_skus(number + 1)[number]}}
    values = {":most": {"N": f"{STOCK_MAX}"}}
    update = "SET current_stock = :most, available_stock = :most"
    dynamodb.update_item(
        TableName="VendorInventory", Key=key, UpdateExpression=update, ExpressionAttributeValues=values
    )


def test_a_refund_that_the_stock_cannot_hold_has_not_begun(
    service: StockService, put: Any, dynamodb: Any
) -> None:
    put(60)
    service.place(asking_for(60), ACTOR)
    service.confirm(SettleOrder(ORDER), ACTOR)
    a_full_sku(dynamodb, 55)
    with pytest.raises(StockLimitExceeded):
        service.refund(SettleOrder(ORDER), ACTOR)
    order = service.order(ORDER)
    assert (order.phase, order.refunded) == ("idle", 0)
    # What cannot be sold again does not come into the stock.
    assert service.refund(SettleOrder(ORDER, restock=False), ACTOR).order.status == "refunded"


def test_a_refund_whose_stock_fills_up_in_the_middle_goes_on_when_there_is_room(
    service: StockService, put: Any, dynamodb: Any, clock: Clock, sweeper: Sweeper
) -> None:
    put(60)
    service.place(asking_for(60), ACTOR)
    service.confirm(SettleOrder(ORDER), ACTOR)
    beside = replace(service, gateway=Meanwhile(service.gateway, 1, lambda: a_full_sku(dynamodb, 55)))
    with pytest.raises(Busy, match="holds 1000000000 units"):
        beside.refund(SettleOrder(ORDER), ACTOR)
    assert service.order(ORDER).phase == "refunding"
    clock.advance(SAGA_LEASE_SECONDS + 1)
    assert sweeper.sweep("no room")["failed"] == 1
    a_sku_with_room = a_sku(the_skus(56)[55], 3)
    key = {"product_id": {"S": PRODUCT}, "sku": {"S": a_sku_with_room.sku}}
    dynamodb.update_item(
        TableName="VendorInventory",
        Key=key,
        UpdateExpression="SET current_stock = :some, available_stock = :some",
        ExpressionAttributeValues={":some": {"N": "3"}},
    )
    clock.advance(SAGA_LEASE_SECONDS + 1)
    assert sweeper.sweep("room")["completed"] == 1
    assert service.order(ORDER).status == "refunded"


def test_a_refund_on_other_terms_waits_until_the_first_is_done(service: StockService, put: Any) -> None:
    put(60)
    service.place(asking_for(60), ACTOR)
    service.confirm(SettleOrder(ORDER), ACTOR)
    with pytest.raises(Died):
        dying(service, after=8).refund(SettleOrder(ORDER), ACTOR)
    assert service.order(ORDER).phase == "refunding"
    with pytest.raises(OrderInProgress):
        service.refund(SettleOrder(ORDER, restock=False), ACTOR)
    assert service.refund(SettleOrder(ORDER), ACTOR).order.status == "refunded"


class Late(Exception):
    """A write that was sent, and has not arrived when its process gives up."""


class Delayed:
    """A gateway whose writes arrive later: those that `is_late` tells of are kept, to be sent again."""

    def __init__(self, gateway: Any, is_late: Callable[[Any], bool]) -> None:
        self._gateway = gateway
        self._is_late = is_late
        self.late: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def commit(self, commits: Any, in_turn: Any = ()) -> None:
        if self._is_late(commits[0]):
            self.late.append(commits)
            raise Late
        self._gateway.commit(commits, in_turn)


def test_a_late_write_does_not_meet_the_next_order_of_the_same_id(
    service: StockService, put: Any, dynamodb: Any, clock: Clock, standing: Standing
) -> None:
    """Given back by two processes, of which one is late with its removal, and placed again meanwhile."""
    put(100)
    short = a_sku(the_skus(100)[60], 5, is_active=False)
    enough = a_sku(the_skus(100)[60], 5)
    removals = Delayed(
        service.gateway, lambda commit: commit.order is None and commit.replaced_order is not None
    )

    def deactivate() -> None:
        dynamodb.put_item(TableName="VendorInventory", Item=short.to_item())

    beside = replace(service, gateway=Meanwhile(removals, 1, deactivate))
    with pytest.raises(Late):
        beside.place(asking_for(100), ACTOR)
    [[late]] = removals.late
    dynamodb.put_item(TableName="VendorInventory", Item=enough.to_item())
    clock.advance(1)
    placed = service.place(asking_for(100), ACTOR).order
    assert placed.version == late.replaced_order.version, "only its time tells it from the former"
    with pytest.raises(LostRace):
        service.gateway.commit([late])
    assert service.order(ORDER) == placed
    assert standing.figures() == (500, 200)
    assert service.confirm(SettleOrder(ORDER), ACTOR).order.status == "confirmed"
