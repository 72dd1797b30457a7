"""Changes of a barcode beside other writers, and changes whose response is lost: one lookup item, or none."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from inventory_common.change_ids import SLOTS
from inventory_common.errors import OutcomeUnknown, PreconditionFailed, SkuExists
from inventory_common.pages import PageRequest
from inventory_common.preconditions import IfMatch

from ..other_writers import InterruptedSkuStore
from ..process import Process
from ..shop import ACTOR, BLACK, VENDOR, Tables, a_change, a_key, a_new_sku, a_product, a_restock

FIRST, SECOND, THIRD = "FIRST", "SECOND", "THIRD"


@pytest.fixture
def offered(process: Process, tables: Tables) -> None:
    """A SKU with a barcode."""
    tables.put(a_product())
    process.create_sku(a_new_sku(barcode=FIRST))


def assert_found(process: Process, tables: Tables) -> str | None:
    """Assert that a SKU is found by its barcode and by no other, and return the barcode."""
    sku = process.sku()
    lookups = {
        item["product_id"]["S"] for item in tables.items() if item["product_id"]["S"].startswith("BARCODE#")
    }
    assert lookups == ({f"BARCODE#{VENDOR}#{sku.barcode}"} if sku.barcode else set())
    for barcode in (FIRST, SECOND, THIRD):
        page = process.skus.of_barcode(VENDOR, barcode, PageRequest())
        assert page.documents == ([sku.document()] if barcode == sku.barcode else [])
    return sku.barcode


class LosingClient:
    """A client that loses the responses to its first transactions, and lets others act then."""

    def __init__(self, client: Any, lost: int = 1, *, executes: bool = True) -> None:
        self._client = client
        self._lost = lost
        self._executes = executes
        self.on_loss: Callable[[], Any] = lambda: None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **request: Any) -> Any:
        if not self._lost:
            return self._client.transact_write_items(**request)
        self._lost -= 1
        if self._executes:
            self._client.transact_write_items(**request)
        self.on_loss()
        raise ReadTimeoutError(endpoint_url="http://127.0.0.1")


BARCODES = pytest.mark.parametrize("to", [SECOND, None], ids=["another", "none"])
BY_OTHERS: dict[str, Callable[[Process], Any]] = {
    "nothing": lambda process: None,
    "a restock": lambda process: process.restock(a_restock(5)),
    "another attribute": lambda process: process.change_sku(a_change(unit_price=70)),
    "another barcode": lambda process: process.change_sku(a_change(barcode=THIRD)),
    "the former barcode": lambda process: process.change_sku(a_change(barcode=FIRST)),
}


@pytest.mark.usefixtures("offered")
@BARCODES
@pytest.mark.parametrize("precondition", [None, '"1"'])
@pytest.mark.parametrize("others", BY_OTHERS)
def test_a_change_whose_response_was_lost_is_neither_refused_nor_written_again(
    process_over: Callable[[Any], Process],
    process: Process,
    dynamodb: Any,
    tables: Tables,
    others: str,
    precondition: str | None,
    to: str | None,
) -> None:
    client = LosingClient(dynamodb)
    client.on_loss = lambda: BY_OTHERS[others](process)
    change = a_change(barcode=to, if_match=IfMatch.read(precondition))
    answered = process_over(client).skus.change(change, ACTOR)
    assert (answered.sku, answered.replayed) == (process.sku(), False)
    expected = {"another barcode": THIRD, "the former barcode": FIRST}.get(others, to)
    assert assert_found(process, tables) == expected, "an acknowledged change is not undone"


@pytest.mark.usefixtures("offered")
@BARCODES
@pytest.mark.parametrize("others", BY_OTHERS)
def test_a_change_with_a_key_is_written_once(
    process_over: Callable[[Any], Process],
    process: Process,
    dynamodb: Any,
    tables: Tables,
    others: str,
    to: str | None,
) -> None:
    change = a_change(barcode=to, idempotency_key=a_key("change"))
    client = LosingClient(dynamodb)
    client.on_loss = lambda: BY_OTHERS[others](process)
    for repeated in (process_over(client), process):
        answered = repeated.skus.change(change, ACTOR)
        assert (answered.sku, answered.replayed) == (process.sku(), True)
    expected = {"another barcode": THIRD, "the former barcode": FIRST}.get(others, to)
    assert assert_found(process, tables) == expected


@pytest.mark.usefixtures("offered")
def test_a_change_that_was_lost_before_it_was_executed_is_written_by_the_next_attempt(
    process_over: Callable[[Any], Process], process: Process, dynamodb: Any, tables: Tables
) -> None:
    client = LosingClient(dynamodb, executes=False)
    assert process_over(client).change_sku(a_change(barcode=SECOND)).details_version == 2
    assert assert_found(process, tables) == SECOND


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("keyed", [False, True], ids=["no key", "key"])
def test_a_change_that_never_gets_a_response_is_not_said_to_be_undone(
    process_over: Callable[[Any], Process], process: Process, dynamodb: Any, tables: Tables, keyed: bool
) -> None:
    class Silent(LosingClient):
        def transact_write_items(self, **request: Any) -> Any:
            try:
                return super().transact_write_items(**request)
            except self.exceptions.TransactionCanceledException as cancelled:
                raise ReadTimeoutError(endpoint_url="http://127.0.0.1") from cancelled

    change = a_change(barcode=SECOND, idempotency_key=a_key() if keyed else None)
    with pytest.raises(OutcomeUnknown):
        process_over(Silent(dynamodb, lost=999)).change_sku(change)
    assert process.sku().details_version == 2
    assert assert_found(process, tables) == SECOND


@pytest.mark.usefixtures("offered")
def test_a_change_below_so_many_others_that_its_id_is_gone_is_not_said_to_be_undone(
    process_over: Callable[[Any], Process], process: Process, dynamodb: Any, tables: Tables
) -> None:
    def change(count: int) -> None:
        for price in range(count):
            process.change_sku(a_change(unit_price=price))

    client = LosingClient(dynamodb)
    client.on_loss = lambda: change(SLOTS - 1)
    assert process_over(client).change_sku(a_change(barcode=SECOND)).barcode == SECOND, "recognised"
    client = LosingClient(dynamodb)
    client.on_loss = lambda: change(SLOTS)
    with pytest.raises(OutcomeUnknown):
        process_over(client).change_sku(a_change(barcode=THIRD))
    assert assert_found(process, tables) == THIRD


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("failure", ["throttled", "lost"])
def test_a_change_that_is_written_but_cannot_be_read_is_not_said_to_be_undone(
    process_over: Callable[[Any], Process], process: Process, dynamodb: Any, tables: Tables, failure: str
) -> None:
    class Unreadable:
        def __getattr__(self, name: str) -> Any:
            return getattr(dynamodb, name)

        def get_item(self, **request: Any) -> Any:
            if failure == "lost":
                raise ReadTimeoutError(endpoint_url="http://127.0.0.1")
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "GetItem")

    unreadable = process_over(Unreadable())
    change = a_change(barcode=SECOND)
    if failure == "throttled":
        with pytest.raises(OutcomeUnknown):
            unreadable.change_sku(change)
    else:
        assert unreadable.change_sku(change).details_version == 2, "the next attempt finds its own change"
    assert assert_found(process, tables) == SECOND


@pytest.mark.usefixtures("offered")
@BARCODES
def test_of_two_changes_of_a_barcode_the_later_one_replaces_the_former(
    process: Process, tables: Tables, to: str | None
) -> None:
    skus = InterruptedSkuStore(process.storage.skus, lambda: process.change_sku(a_change(barcode=THIRD)))
    assert process.over(skus=skus).change_sku(a_change(barcode=to)).details_version == 3
    assert skus.updates == 2
    assert assert_found(process, tables) == to


@pytest.mark.usefixtures("offered")
def test_a_change_of_one_version_is_refused_after_another_change(process: Process, tables: Tables) -> None:
    skus = InterruptedSkuStore(process.storage.skus, lambda: process.change_sku(a_change(barcode=THIRD)))
    change = a_change(barcode=SECOND, if_match=IfMatch.read('"1"'))
    with pytest.raises(PreconditionFailed):
        process.over(skus=skus).change_sku(change)
    assert assert_found(process, tables) == THIRD


@pytest.mark.usefixtures("offered")
def test_a_restock_between_the_read_and_the_write_of_a_barcode_is_not_lost(
    process: Process, tables: Tables
) -> None:
    skus = InterruptedSkuStore(process.storage.skus, lambda: process.restock(a_restock(5)))
    changed = process.over(skus=skus).change_sku(a_change(barcode=SECOND))
    assert (changed.current_stock, changed.version, skus.updates) == (5, 3, 1)
    assert assert_found(process, tables) == SECOND


@pytest.mark.usefixtures("offered")
def test_a_barcode_that_meets_a_transaction_in_progress_is_retried(
    process_over: Callable[[Any], Process], process: Process, dynamodb: Any, tables: Tables
) -> None:
    class Conflicting:
        left = 3

        def __getattr__(self, name: str) -> Any:
            return getattr(dynamodb, name)

        def transact_write_items(self, **request: Any) -> Any:
            if not self.left:
                return dynamodb.transact_write_items(**request)
            self.left -= 1
            reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}, {"Code": "None"}]
            error = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise dynamodb.exceptions.TransactionCanceledException(error, "TransactWriteItems")

    assert process_over(Conflicting()).change_sku(a_change(barcode=SECOND)).details_version == 2
    assert assert_found(process, tables) == SECOND


@pytest.mark.usefixtures("offered")
def test_threads_that_change_one_barcode_leave_one_lookup_item(process: Process, tables: Tables) -> None:
    seed = 20261204
    dice = random.Random(seed)
    print(f"seed {seed}")
    begin = Barrier(4)
    failures: list[Exception] = []

    def change(barcodes: list[str | None]) -> None:
        begin.wait()
        for barcode in barcodes:
            try:
                process.restarted().change_sku(a_change(barcode=barcode))
            except Exception as failure:
                failures.append(failure)

    series = [[dice.choice([FIRST, SECOND, THIRD, None]) for _ in range(12)] for _ in range(4)]
    threads = [Thread(target=partial(change, barcodes)) for barcodes in series]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert assert_found(process, tables) in {each[-1] for each in series}


# Creating a SKU


@pytest.mark.parametrize("keyed", [False, True], ids=["no key", "key"])
def test_a_creation_whose_response_was_lost_leaves_the_sku_and_its_lookup_item_or_neither(
    process_over: Callable[[Any], Process], process: Process, dynamodb: Any, tables: Tables, keyed: bool
) -> None:
    tables.put(a_product())
    command = a_new_sku(barcode=FIRST, idempotency_key=a_key() if keyed else None)
    for executes in (False, True):
        with pytest.raises(OutcomeUnknown):
            process_over(LosingClient(dynamodb, executes=executes)).create_sku(command)
        is_found = bool(process.skus.of_barcode(VENDOR, FIRST, PageRequest()).documents)
        assert is_found is executes
        assert (tables.item(*process_key()) is not None) is executes
    if keyed:
        assert process.create_sku(command).replayed
    else:
        with pytest.raises(SkuExists):
            process.create_sku(command)
    assert assert_found(process, tables) == FIRST


def test_a_creation_that_is_refused_leaves_no_lookup_item(process: Process, tables: Tables) -> None:
    tables.put(a_product())
    process.create_sku(a_new_sku(barcode=FIRST))
    with pytest.raises(SkuExists):
        process.create_sku(a_new_sku(barcode=SECOND))
    assert assert_found(process, tables) == FIRST


def process_key() -> tuple[str, str]:
    return BLACK.split("-BLK")[0].removeprefix("SKU-"), BLACK
