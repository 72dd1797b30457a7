"""A change of a SKU's attributes beside other writers: sales, restocks and other changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from inventory_common.errors import Busy, PreconditionFailed
from inventory_common.preconditions import IfMatch

from ..calls import noted_requests
from ..other_writers import ConflictingClient, InterruptedSkuStore, InterruptedStateStore
from ..process import Process
from ..shop import (
    BLACK,
    VENDOR,
    WHITE,
    Tables,
    a_change,
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
    assert skus.updates == 2, "the first update is stale"
    figures = (55, 10) if command == "restock" else (50, 15)
    assert (changed.current_stock, changed.reserved_stock, changed.version) == (*figures, 3)
    assert process.sku() == changed


@pytest.mark.usefixtures("offered")
def test_two_concurrent_changes_are_both_written(process: Process) -> None:
    skus = InterruptedSkuStore(process.storage.skus, lambda: process.change_sku(a_change(unit_price=80)))
    changed = process.over(skus=skus).change_sku(a_change(variant_name="Jet Black"))
    assert (changed.unit_price, changed.variant_name, changed.version) == (80, "Jet Black", 3)


@pytest.mark.usefixtures("offered")
def test_a_change_of_one_version_is_refused_after_a_sale(process: Process) -> None:
    skus = InterruptedSkuStore(process.storage.skus, lambda: STOCK_COMMANDS["place"](process))
    with pytest.raises(PreconditionFailed):
        process.over(skus=skus).change_sku(a_change(unit_price=1, if_match=IfMatch.read('"1"')))
    assert process.sku().unit_price == 90


@pytest.mark.usefixtures("offered")
def test_a_change_that_meets_a_transaction_in_progress_is_retried(
    process_over: Callable[[Any], Process], dynamodb: Any
) -> None:
    client = ConflictingClient(dynamodb, conflicts=2)
    process = process_over(client)
    assert process.change_sku(a_change(unit_price=80)).version == 2
    assert client.reads == 1, "a transaction in progress returns nothing newer"
    client.conflicts = 9
    with pytest.raises(Busy):
        replace(process, retry_policy=immediate(3)).change_sku(a_change(unit_price=70))
    assert client.conflicts == 6
    assert process.sku().unit_price == 80


def test_a_transaction_in_progress_is_an_error_that_the_client_knows(dynamodb: Any) -> None:
    assert issubclass(dynamodb.exceptions.TransactionConflictException, ClientError)


@pytest.mark.usefixtures("offered")
def test_a_change_whose_response_was_lost_is_recognised_by_its_second_attempt(
    process: Process, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = dynamodb.update_item

    def twice(**request: Any) -> Any:
        once(**request)
        return once(**request)

    monkeypatch.setattr(dynamodb, "update_item", twice)
    change = a_change(unit_price=80, if_match=IfMatch.read('"1"'))
    assert process.change_sku(change).version == 2
    with pytest.raises(PreconditionFailed):
        process.change_sku(change)


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
