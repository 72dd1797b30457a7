"""A change of a SKU's attributes beside other writers: sales, restocks and other changes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from inventory_common.change_ids import SLOTS
from inventory_common.errors import Busy, IdempotencyKeyReused, OutcomeUnknown, PreconditionFailed
from inventory_common.preconditions import IfMatch

from ..calls import noted_requests
from ..other_writers import (
    ConflictingClient,
    InconsistentStateStore,
    InterruptedSkuStore,
    InterruptedStateStore,
)
from ..process import Process
from ..shop import (
    ACTOR,
    BLACK,
    VENDOR,
    WHITE,
    MonotonicClock,
    Tables,
    a_change,
    a_key,
    a_product,
    a_restock,
    a_sku,
    an_order_of,
    immediate,
)

STOCK_COMMANDS: dict[str, Callable[[Process], Any]] = {
    "place": lambda process: process.place(an_order_of((BLACK, 5))),
    "restock": lambda process: process.restock(a_restock(5)),
}

LOW_STOCK_BOUND: Final = "#LOW-STOCK-BOUND"
CALL_SECONDS: Final = 0.02
"""What one attempt takes, longer than DynamoDB needs."""


@pytest.fixture
def offered(tables: Tables) -> None:
    """Fifty units of the black variant, ten of them reserved."""
    attributes = {"color": "Black", "size": "Large"}
    tables.put(a_product(), a_sku(current=50, reserved=10, variant_attributes=attributes))


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("command", STOCK_COMMANDS)
def test_a_change_between_the_read_and_the_commit_of_a_stock_command_is_not_lost(
    process: Process, command: str
) -> None:
    change = a_change(variant_name="Jet Black", unit_price=80, variant_attributes={"size": None})
    state = InterruptedStateStore(process.storage.state, lambda: process.change_sku(change))
    STOCK_COMMANDS[command](process.over(state=state))
    sku = process.sku()
    assert (sku.variant_name, sku.unit_price, sku.variant_attributes) == (
        "Jet Black",
        80,
        {"color": "Black"},
    )
    figures = (55, 10) if command == "restock" else (50, 15)
    assert (sku.current_stock, sku.reserved_stock, sku.sequence, sku.version) == (*figures, 1, 3)
    # They write different attributes; but a restock returns the SKU, which must not have changed.
    assert state.commits == (2 if command == "restock" else 1)


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("command", STOCK_COMMANDS)
def test_a_stock_command_between_the_read_and_the_write_of_a_change_is_not_lost(
    process: Process, command: str
) -> None:
    skus = InterruptedSkuStore(process.storage.skus, lambda: STOCK_COMMANDS[command](process))
    changed = process.over(skus=skus).change_sku(a_change(variant_name="Jet Black"))
    assert skus.updates == 1, "they write different attributes"
    figures = (55, 10) if command == "restock" else (50, 15)
    assert (changed.current_stock, changed.reserved_stock, changed.version) == (*figures, 3)
    assert process.sku() == changed


@pytest.mark.usefixtures("offered")
def test_two_concurrent_changes_are_both_written(process: Process) -> None:
    skus = InterruptedSkuStore(process.storage.skus, lambda: process.change_sku(a_change(unit_price=80)))
    changed = process.over(skus=skus).change_sku(a_change(variant_name="Jet Black"))
    assert (changed.unit_price, changed.variant_name, changed.version) == (80, "Jet Black", 3)


@pytest.mark.usefixtures("offered")
def test_a_change_of_one_version_is_done_after_a_sale_and_refused_after_another_change(
    process: Process,
) -> None:
    skus = InterruptedSkuStore(process.storage.skus, lambda: STOCK_COMMANDS["place"](process))
    change = a_change(unit_price=1, if_match=IfMatch.read('"1"'))
    assert process.over(skus=skus).change_sku(change).reserved_stock == 15
    assert process.sku().unit_price == 1
    name = a_change(variant_name="Jet Black", if_match=IfMatch.read('"2"'))
    skus = InterruptedSkuStore(process.storage.skus, lambda: process.change_sku(a_change(unit_price=2)))
    with pytest.raises(PreconditionFailed):
        process.over(skus=skus).change_sku(name)
    assert process.sku().variant_name == "Black - Large"


@pytest.mark.usefixtures("offered")
def test_a_change_that_meets_a_transaction_in_progress_is_retried(
    process_over: Callable[[Any], Process], dynamodb: Any
) -> None:
    client = ConflictingClient(dynamodb, conflicts=2)
    process = process_over(client)
    assert process.change_sku(a_change(unit_price=80)).version == 2
    assert client.reads == 1, "a transaction in progress returns nothing newer"
    client.conflicts = 99
    with pytest.raises(Busy):
        replace(process, retry_policy=immediate(3)).change_sku(a_change(unit_price=70))
    assert client.conflicts == 99 - 15, "five times as often as a write that others invalidate"
    assert process.sku().unit_price == 80


def test_a_transaction_in_progress_is_an_error_that_the_client_knows(dynamodb: Any) -> None:
    assert issubclass(dynamodb.exceptions.TransactionConflictException, ClientError)


class LosingClient:
    """A client that loses the response to its next writes of one operation, and lets others act then.

    The first `resent` of them are sent again, as botocore does; the others raise an error.
    """

    def __init__(self, client: Any, operation: str, *, lost: int = 1, resent: int = 0) -> None:
        self._client = client
        self._operation = operation
        self._lost = lost
        self._resent = resent
        self.on_loss: Callable[[], Any] = lambda: None

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        return partial(self._send, call) if name == self._operation else call

    def _send(self, call: Callable[..., Any], **request: Any) -> Any:
        if not self._lost or LOW_STOCK_BOUND in str(request):
            return call(**request)
        self._lost -= 1
        call(**request)
        self.on_loss()
        if self._resent:
            self._resent -= 1
            return call(**request)
        raise ReadTimeoutError(endpoint_url="http://127.0.0.1")


RETRIES: dict[str, dict[str, int]] = {
    "sent again by botocore": {"resent": 1},
    "sent again by the service": {"resent": 0},
    "lost twice": {"lost": 2, "resent": 1},
}


class RefusingClient:
    """A client of which 7 of 10 writes of a SKU meet a transaction in progress."""

    def __init__(self, client: Any, dice: Random) -> None:
        self._client = client
        self._dice = dice
        self.on_attempt: Callable[[], Any] = lambda: None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_item(self, **request: Any) -> Any:
        self.on_attempt()
        if self._dice.random() < 0.7:
            error = {"Error": {"Code": "TransactionConflictException", "Message": "in progress"}}
            raise self.exceptions.TransactionConflictException(error, "UpdateItem")
        return self._client.update_item(**request)

    def transact_write_items(self, **request: Any) -> Any:
        self.on_attempt()
        if self._dice.random() < 0.7:
            reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}]
            error = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise self.exceptions.TransactionCanceledException(error, "TransactWriteItems")
        return self._client.transact_write_items(**request)


BY_OTHERS: dict[str, Callable[[Process], Any]] = {
    "nothing": lambda process: None,
    "a sale": STOCK_COMMANDS["place"],
    "another change": lambda process: process.change_sku(a_change(unit_price=70)),
    "both, the other change twice": lambda process: [
        STOCK_COMMANDS["place"](process),
        process.change_sku(a_change(unit_price=75)),
        process.change_sku(a_change(unit_price=70)),
    ],
}


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("precondition", [None, '"1"'])
@pytest.mark.parametrize("others", BY_OTHERS)
@pytest.mark.parametrize("retries", RETRIES)
def test_a_change_whose_response_was_lost_is_neither_refused_nor_written_again(
    process_over: Callable[[Any], Process],
    process: Process,
    dynamodb: Any,
    retries: str,
    others: str,
    precondition: str | None,
) -> None:
    client = LosingClient(dynamodb, "update_item", **RETRIES[retries])
    acts = [lambda: BY_OTHERS[others](process)]
    client.on_loss = lambda: acts.pop()() if acts else None
    change = a_change(unit_price=80, if_match=IfMatch.read(precondition))
    answered = process_over(client).change_sku(change)
    stored = process.sku()
    assert answered == stored
    is_changed = "change" in others
    assert stored.unit_price == (70 if is_changed else 80), "an acknowledged change is not undone"
    assert stored.details_version == {"nothing": 2, "a sale": 2, "another change": 3}.get(others, 4)


class ThrottledLosingClient(LosingClient):
    """Loses the response to a write, and then DynamoDB throttles every further one."""

    def _send(self, call: Callable[..., Any], **request: Any) -> Any:
        if self._lost or LOW_STOCK_BOUND in str(request):
            return super()._send(call, **request)
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, self._operation)


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("key", [None, a_key()], ids=["no key", "key"])
def test_a_change_whose_response_was_lost_is_not_said_to_be_undone_when_throttled_then(
    process_over: Callable[[Any], Process], process: Process, dynamodb: Any, key: Any
) -> None:
    client = ThrottledLosingClient(dynamodb, "transact_write_items" if key else "update_item")
    with pytest.raises(OutcomeUnknown) as unknown:
        process_over(client).change_sku(a_change(unit_price=80, idempotency_key=key))
    assert isinstance(unknown.value.__cause__, ReadTimeoutError)
    assert process.sku().unit_price == 80


@pytest.mark.usefixtures("offered")
def test_a_deactivation_whose_response_was_lost_leaves_a_reactivation_alone(
    process_over: Callable[[Any], Process], process: Process, dynamodb: Any
) -> None:
    client = LosingClient(dynamodb, "update_item")
    client.on_loss = lambda: process.change_sku(a_change(is_active=True))
    process_over(client).change_sku(a_change(is_active=False))
    assert process.sku().is_active


@pytest.mark.usefixtures("offered")
def test_a_change_that_never_gets_a_response_is_not_said_to_be_undone(
    process_over: Callable[[Any], Process], process: Process, dynamodb: Any
) -> None:
    client = LosingClient(dynamodb, "update_item", lost=99)
    client.on_loss = lambda: None

    def send(call: Callable[..., Any], **request: Any) -> Any:
        with suppress(dynamodb.exceptions.ConditionalCheckFailedException):
            call(**request)
        raise ReadTimeoutError(endpoint_url="http://127.0.0.1")

    client._send = send  # type: ignore[method-assign]
    with pytest.raises(OutcomeUnknown):
        process_over(client).change_sku(a_change(unit_price=80))
    assert process.sku().details_version == 2


@pytest.mark.usefixtures("offered")
def test_a_change_below_so_many_others_that_its_id_is_gone_is_not_said_to_be_undone(
    process_over: Callable[[Any], Process], process: Process, dynamodb: Any
) -> None:
    def change(*prices: int) -> None:
        for price in prices:
            process.change_sku(a_change(unit_price=price))

    client = LosingClient(dynamodb, "update_item")
    client.on_loss = lambda: change(*range(SLOTS - 1))
    assert process_over(client).change_sku(a_change(unit_price=80)).unit_price == SLOTS - 2, "recognised"
    client = LosingClient(dynamodb, "update_item")
    client.on_loss = lambda: change(*range(SLOTS))
    with pytest.raises(OutcomeUnknown):
        process_over(client).change_sku(a_change(unit_price=80))
    assert process.sku().unit_price == SLOTS - 1


@pytest.mark.usefixtures("offered")
def test_a_change_that_was_sent_again_and_meets_a_transaction_is_not_said_to_be_undone(
    process_over: Callable[[Any], Process], process: Process, dynamodb: Any
) -> None:
    class ConflictingWithItself(ConflictingClient):
        def update_item(self, **request: Any) -> Any:
            with suppress(dynamodb.exceptions.ConditionalCheckFailedException):
                dynamodb.update_item(**request)
            code = {"Error": {"Code": "TransactionConflictException", "Message": "in progress"}}
            answer: Any = {**code, "ResponseMetadata": {"RetryAttempts": 1}}
            raise dynamodb.exceptions.TransactionConflictException(answer, "UpdateItem")

    with pytest.raises(OutcomeUnknown):
        process_over(ConflictingWithItself(dynamodb)).change_sku(a_change(unit_price=80))
    assert (process.sku().unit_price, process.sku().details_version) == (80, 2)


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("others", BY_OTHERS)
@pytest.mark.parametrize("again", ["the service", "the client"])
def test_a_change_with_a_key_is_written_once_whether_the_service_or_the_client_repeats_it(
    process_over: Callable[[Any], Process], process: Process, dynamodb: Any, others: str, again: str
) -> None:
    change = a_change(unit_price=80, if_match=IfMatch.read('"1"'), idempotency_key=a_key())
    client = LosingClient(dynamodb, "transact_write_items")
    first = process_over(client if again == "the service" else dynamodb)
    client.on_loss = lambda: BY_OTHERS[others](process)
    answer = first.skus.change(change, ACTOR)
    if again == "the client":
        client.on_loss()
        answer = process.skus.change(change, ACTOR)
    stored = process.sku()
    assert (answer.sku, answer.replayed) == (stored, True)
    assert stored.unit_price == (70 if "change" in others else 80)


@pytest.mark.usefixtures("offered")
def test_a_change_with_a_key_to_the_current_attributes_is_not_done_later(process: Process) -> None:
    change = a_change(unit_price=90, idempotency_key=a_key())
    assert process.skus.change(change, ACTOR) == (process.sku(), False)
    assert process.sku().version == 1, "the SKU is not written"
    process.change_sku(a_change(unit_price=70))
    assert process.skus.change(change, ACTOR) == (process.sku(), True)
    assert process.sku().unit_price == 70


@pytest.mark.usefixtures("offered")
def test_a_key_of_another_change_is_refused(process: Process) -> None:
    process.change_sku(a_change(unit_price=80, idempotency_key=a_key(body="80")))
    for price in (80, 70):
        with pytest.raises(IdempotencyKeyReused):
            process.change_sku(a_change(unit_price=price, idempotency_key=a_key(body="70")))


@pytest.mark.usefixtures("offered")
def test_a_duplicate_that_overtakes_a_change_is_found_before_the_precondition_fails(process: Process) -> None:
    change = a_change(unit_price=80, if_match=IfMatch.read('"1"'), idempotency_key=a_key())

    def overtaken() -> None:
        process.change_sku(change)
        process.change_sku(a_change(unit_price=70))

    for stores in (
        {"skus": InterruptedSkuStore(process.storage.skus, overtaken)},
        {"state": InconsistentStateStore(process.storage.state, overtaken)},
    ):
        assert process.over(**stores).skus.change(change, ACTOR) == (process.sku(), True)
        assert process.sku().unit_price == 70


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("keyed", [False, True], ids=["no key", "key"])
def test_99_of_100_changes_take_less_than_a_second_if_70_of_100_attempts_meet_a_transaction(
    process_over: Callable[[Any], Process], dynamodb: Any, keyed: bool
) -> None:
    seed = 20261128
    dice = Random(seed)
    client = RefusingClient(dynamodb, dice)
    seconds: list[float] = []
    for number in range(200):
        clock = MonotonicClock()
        policy = replace(clock.retry_policy(), uniform=dice.uniform)
        process = replace(process_over(client), retry_policy=policy)
        client.on_attempt = partial(clock.advance, CALL_SECONDS)
        change = a_change(unit_price=number, idempotency_key=a_key(f"key-{number}") if keyed else None)
        process.change_sku(change)
        seconds.append(clock.seconds)
    percentile = sorted(seconds)[-3]
    print(f"seed {seed}: the 99th percentile is {percentile:.2f} s")
    assert percentile < 1.0


@pytest.mark.usefixtures("offered")
def test_a_raised_threshold_raises_the_low_stock_bound_before_the_sku(
    process: Process, dynamodb: Any
) -> None:
    def bound() -> str:
        key = {"product_id": {"S": VENDOR}, "sku": {"S": "#LOW-STOCK-BOUND"}}
        value: str = dynamodb.get_item(TableName="VendorInventory", Key=key)["Item"]["bound"]["N"]
        return value

    with noted_requests(dynamodb) as requests:
        process.change_sku(a_change(reorder_threshold=60))
    written = [request["Key"]["sku"] for name, request in requests if name == "UpdateItem"]
    assert written == [{"S": "#LOW-STOCK-BOUND"}, {"S": BLACK}]
    assert bound() == "60"
    process.change_sku(a_change(reorder_threshold=5))
    assert bound() == "60"
    process.change_sku(a_change(reorder_threshold=7))
    assert bound() == "60", "a change of a SKU never lowers a bound"


def test_a_change_leaves_other_skus_as_they_are(process: Process, tables: Tables) -> None:
    tables.put(a_sku(BLACK), a_sku(WHITE))
    process.change_sku(a_change(WHITE, is_active=False))
    assert process.sku(BLACK) == a_sku(BLACK)
