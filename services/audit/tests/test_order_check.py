"""Orders compared with the log: what somebody has written into an order is found, and a busy shop is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fixed_ledger_key import LEDGER_KEY
from stored_items import put_items

from chalicelib.bootstrap import reconciler
from chalicelib.domain.order_proofs import lines_in_log
from chalicelib.domain.reconciliation import ReconciliationReport
from inventory_common.items import Item
from inventory_common.ledger_keys import SigningKey
from inventory_common.order_items import part_key
from inventory_common.seals import sealed

from .ledger import (
    BLACK,
    VENDOR,
    a_ledger,
    a_sku,
    keep,
    keep_bound,
    keep_product,
    keep_sku,
    order_items_of,
)

LEDGER = a_ledger(60, seed=7)
LINES = lines_in_log([record.document() for record in LEDGER])
HOLDING = next(order_id for order_id, line in LINES.items() if line.units.reserved)
SETTLED = next(order_id for order_id, line in LINES.items() if line.units.confirmed)
IN_PARTS = next(order_id for order_id, line in LINES.items() if line.units.reserved and order_id != HOLDING)
ITEMS = order_items_of(LEDGER, part_of=IN_PARTS)


@pytest.fixture
def shop(service_module: Any, storage: Any, dynamodb: Any) -> Any:
    """A SKU with its log and all orders of it, one of them in several items."""
    keep_product(dynamodb)
    keep_bound(dynamodb)
    keep(dynamodb, *LEDGER)
    keep_sku(dynamodb, a_sku(LEDGER))
    put(dynamodb, *(item for items in ITEMS.values() for item in items))
    return dynamodb


def put(client: Any, *items: Item) -> None:
    put_items(client, "VendorInventory", items)


def remove(client: Any, item: Item) -> None:
    client.delete_item(TableName="VendorInventory", Key={name: item[name] for name in ("product_id", "sku")})


def run() -> ReconciliationReport:
    return reconciler().run()


def found() -> dict[str, set[str]]:
    """Run the reconciliation; return the figures that differ, by order."""
    by_order: dict[str, set[str]] = {}
    for each in run().differences:
        if each.sku.startswith("ORDER-"):
            by_order.setdefault(each.sku, set()).add(each.figure.removeprefix(f"{BLACK} "))
    return by_order


def changed(order_id: str, **figures: int) -> Item:
    """Return the last item of an order with figures of its line changed by hand, and the seal of before."""
    item = ITEMS[order_id][-1]
    line = item["lines"]["M"][BLACK]["M"] | {name: {"N": str(value)} for name, value in figures.items()}
    return {**item, "lines": {"M": {BLACK: {"M": line}}}}


def test_an_intact_shop_has_no_difference(shop: Any) -> None:
    assert run() == ReconciliationReport(checked=1)


@pytest.mark.parametrize(
    "name", ["placed", "reserved", "confirmed", "cancelled", "refunded", "records", "last_record"]
)
@pytest.mark.parametrize("order_id", [HOLDING, SETTLED, IN_PARTS])
def test_a_figure_that_was_changed_by_hand_is_found_by_seal_and_by_log(
    shop: Any, order_id: str, name: str
) -> None:
    put(shop, changed(order_id, **{name: 77}))
    different = found()
    assert set(different) == {order_id}
    assert different[order_id] >= {"seal", name}


def test_an_older_item_that_was_put_back_is_found_by_the_log(shop: Any) -> None:
    """Its seal is genuine."""
    line = LINES[SETTLED].units
    older = changed(SETTLED, confirmed=0, reserved=line.placed - line.cancelled, refunded=0)
    put(shop, sealed(older, LEDGER_KEY))
    assert "confirmed" in found()[SETTLED]
    assert "seal" not in found()[SETTLED]


@pytest.mark.parametrize("order_id", [HOLDING, SETTLED, IN_PARTS])
def test_an_order_that_was_removed_is_found(shop: Any, order_id: str) -> None:
    for item in ITEMS[order_id]:
        remove(shop, item)
    assert "placed" in found()[order_id]


def test_a_part_that_was_removed_is_found(shop: Any) -> None:
    remove(shop, ITEMS[IN_PARTS][1])
    assert "placed" in found()[IN_PARTS]


@pytest.mark.parametrize("part", [1, 2])
@pytest.mark.parametrize("of", [SETTLED, "ORDER-NONE"])
def test_a_part_that_no_order_names_is_found(shop: Any, of: str, part: int) -> None:
    put(shop, {**ITEMS[SETTLED][0], **part_key(of, part)})
    assert "seal" in found()[of]


FORGER = SigningKey("test-1", bytes(32))


@pytest.mark.parametrize(("signer", "expected"), [(LEDGER_KEY, set()), (FORGER, {"seal"})])
def test_an_order_without_records_is_found(shop: Any, signer: SigningKey, expected: set[str]) -> None:
    item = {**ITEMS[SETTLED][0], "product_id": {"S": "ORDER-GHOST"}}
    put(shop, sealed(item, signer))
    assert found()["ORDER-GHOST"] >= {"placed", "records", *expected}


@pytest.mark.parametrize("name", ["owner", "expires_at", "cancel_reason", "phase", "ttl"])
def test_any_other_attribute_that_was_changed_or_added_is_found_by_the_seal(shop: Any, name: str) -> None:
    put(shop, {**ITEMS[SETTLED][0], name: {"S": "forged"}})
    assert "seal" in found()[SETTLED]


def test_records_without_their_order_are_found_unless_its_place_was_undone(shop: Any) -> None:
    placed = LEDGER[-1]
    released = replace(placed, order_id="ORDER-UNDONE", transaction_type="order_cancelled", command="release")
    documents = [
        replace(released, transaction_type="order_placed", command="place", order_step=1).document(),
        released.document(),
    ]
    assert lines_in_log(documents) == {}
    assert set(lines_in_log(documents[:1])) == {"ORDER-UNDONE"}


def test_a_finding_names_the_sku_and_its_vendor_and_is_reported_once(
    shop: Any, audit: Any, tokens: Any
) -> None:
    for item in ITEMS[SETTLED]:
        remove(shop, item)
    first, second = run(), run()
    assert first == second
    [finding] = audit.get("/findings", tokens.of_role("auditor")).json["items"]
    assert (finding["kind"], finding["sku"], finding["vendor_id"]) == ("order_differs", BLACK, VENDOR)
    assert {each.finding_id for each in first.differences} == {finding["finding_id"]}


def stale(items: Callable[[], Iterator[Item]], *missing: str) -> Callable[[], Iterator[Item]]:
    """Return a Scan that has passed by some orders before they were written."""
    return lambda: (item for item in items() if item["product_id"]["S"] not in missing)


def test_an_order_that_is_placed_while_the_table_is_read_is_no_difference(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = reconciler()
    monkeypatch.setattr(busy.inventory, "items", stale(busy.inventory.items, SETTLED), raising=False)
    checked = busy.order_check
    monkeypatch.setattr(checked.inventory, "items", stale(checked.inventory.items, SETTLED), raising=False)
    assert busy.run().differences == []


def test_a_sku_that_keeps_changing_is_undecided(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put(shop, sealed(changed(SETTLED, refunded=0, confirmed=1), LEDGER_KEY))
    busy = reconciler()
    sequences = iter(range(10**6))

    def changing(sku: str) -> Item:
        return {**a_sku(LEDGER).to_item(), "sequence": {"N": str(len(LEDGER) + next(sequences))}}

    monkeypatch.setattr(busy.order_check.skus, "sku_item", changing, raising=False)
    report = busy.run()
    assert BLACK in report.undecided
    assert not [each for each in report.differences if each.sku.startswith("ORDER-")]
