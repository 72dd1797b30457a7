"""A log of a thousand records, changed in every way and in hundreds of places: each change is found."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fixed_ledger_key import LEDGER_KEY, FixedLedgerKey

from chalicelib.domain.verification import Verification
from chalicelib.engine.verifier import Verifier
from inventory_common.identity import EVERYTHING
from inventory_common.ids import transaction_id
from inventory_common.items import Item, to_attribute
from inventory_common.ledger import RECORD_ATTRIBUTES, Difference
from inventory_common.ledger_keys import SigningKey
from inventory_common.pages import PageRequest, decode_cursor
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import UNHASHED, TransactionRecord

from .ledger import BLACK, WHITE, a_ledger, a_sku
from .stored_log import StoredLog

LENGTH = 1_000
PAGE = 25
SEED = random.SystemRandom().randrange(10**6)
INTACT = a_ledger(LENGTH)
ITEMS = [record.to_item() for record in INTACT]
SKU_ITEM = a_sku(INTACT).to_item()
TIMES = range(12)
"""Each kind of change is tried in this many places: at both ends, and at random ones."""


def stored_log(items: list[Item], sku: Item | None = SKU_ITEM) -> StoredLog:
    return StoredLog(items, sku)


def verify(stored: Any, page: PageRequest) -> Verification:
    return Verifier(stored, stored, FixedLedgerKey()).verify(BLACK, EVERYTHING, page)


def walk(stored: StoredLog, start: Any = None, limit: int = PAGE, pages: int = LENGTH) -> list[Difference]:
    """Verify page by page, and return all differences."""
    differences: list[Difference] = []
    after = start
    for _ in range(pages):
        page = verify(stored, PageRequest(limit, after))
        differences += page.differences
        if page.next_cursor is None:
            break
        after = decode_cursor(page.next_cursor)
    return differences


def walk_around(stored: StoredLog, place: int) -> list[Difference]:
    """Verify the pages around a change, as a whole walk reads them; near an end of the log, to the end."""
    begin = max(0, place - 5)
    if begin == 0:
        return walk(stored, pages=3)
    start = StoredLog.position_of(ITEMS[begin - 1]) | {"sequence": begin}
    return walk(stored, start, pages=3)


def with_new_hash(item: Item, signer: SigningKey = LEDGER_KEY, **attributes: Any) -> Item:
    """Change a record, and recompute its own hash and, with a ledger key that somebody has, its signature."""
    document = TransactionRecord.from_item(item).document() | attributes
    for name in UNHASHED:
        del document[name]
    return TransactionRecord.signed_by(signer, **document).to_item()


Change = Callable[[list[Item], int, random.Random], list[Item]]


def another_value(name: str, item: Item, dice: random.Random) -> Any:
    value = item.get(name)
    if value is None:
        return {"S": dice.choice(["ORDER-7", "x"])}
    if "N" in value:
        return {"N": str(int(value["N"]) + dice.choice([-1, 1, 10, -1000]))}
    if "B" in value:
        place = dice.randrange(len(value["B"]))
        return {"B": value["B"][:place] + bytes([value["B"][place] ^ 1]) + value["B"][place + 1 :]}
    text = value["S"]
    place = dice.randrange(len(text))
    return {"S": text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]}


def with_attribute(name: str) -> Change:
    def change(items: list[Item], at: int, dice: random.Random) -> list[Item]:
        items[at] = {**items[at], name: another_value(name, items[at], dice)}
        return items

    return change


def without_attribute(name: str) -> Change:
    def change(items: list[Item], at: int, dice: random.Random) -> list[Item]:
        has = next(i for i in (*range(at, LENGTH), *range(at)) if name in items[i])
        items[has] = {key: value for key, value in items[has].items() if key != name}
        return items

    return change


def of_another_type(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    name = dice.choice([name for name in items[at] if name not in ("sku", "timestamp", "transaction_id")])
    odd: dict[str, Any] = dice.choice(
        [{"BOOL": True}, {"NULL": True}, {"SS": ["a"]}, {"L": []}, {"M": {}}, {"B": b"x"}]
    )
    items[at] = {**items[at], name: odd}
    return items


def with_one_attribute_more(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    items[at] = {**items[at], "approved_by": {"S": "auditor"}}
    return items


def with_null_for_nothing(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    name = next(name for name in ("notes", "order_id") if name not in items[at])
    items[at] = {**items[at], name: {"NULL": True}}
    return items


def changed_performer(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    items[at] = with_new_hash(items[at], performed_by="VENDOR-666")
    return items


def removed(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    return items[:at] + items[at + 1 :]


def many_removed(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    return items[:at] + items[at + dice.choice([2, 49, 50, 51, 52, 300]) :]


def added(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    """Add a record whose id is derived from no sequence of the SKU, right after another."""
    item = {**items[at], "transaction_id": to_attribute(transaction_id(WHITE, at + 1))}
    return [*items, {**item, "timestamp": to_attribute(moved(items[at], 1))}]


def added_at_the_end(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    """Add a valid record after the last one, which the SKU does not count."""
    last = INTACT[-1]
    more = replace(
        last,
        transaction_id=transaction_id(BLACK, LENGTH + 1),
        timestamp=plus_seconds(last.timestamp, dice.randint(1, 99)),
        transaction_type="restock",
        command="restock",
        order_id=None,
        order_step=None,
        order_previous=None,
        notes=None,
        quantity=1,
        quantity_change=1,
        stock_before=last.stock_after,
        stock_after=last.stock_after + 1,
        reserved_before=last.reserved_after,
        sequence=LENGTH + 1,
        previous_hash=last.hash,
    ).to_item()
    return [*items, with_new_hash(more)]


def duplicated(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    """Copy a record with its id to another time: the table's key allows that."""
    return [*items, with_new_hash(items[at], timestamp=moved(items[at], dice.choice([-90, -30, 1, 30, 90])))]


def swapped(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    """Exchange the keys of two records."""
    other = at + 1 if at + 1 < LENGTH else at - 1
    for one, two in ((at, other), (other, at)):
        key = {name: ITEMS[two][name] for name in ("transaction_id", "timestamp")}
        items[one] = {**items[one], **key}
    return items


def of_another_moment(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    items[at] = with_new_hash(
        items[at], timestamp=moved(items[at], dice.choice([-100_000, -3000, -90, -1, 1, 90, 3000, 100_000]))
    )
    return items


def truncated(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    return items[:at]


def rewritten_tail(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    """Change a record and recompute the hash chain after it: only the SKU still has the old head."""
    items[at] = with_new_hash(items[at], request_id="another")
    for later in range(at + 1, LENGTH):
        items[later] = with_new_hash(items[later], previous_hash=items[later - 1]["hash"]["B"].hex())
    return items


def moved(item: Item, seconds: int) -> str:
    return plus_seconds(item["timestamp"]["S"], seconds)


CHANGES: dict[str, Change] = {
    **{f"another {name}": with_attribute(name) for name in RECORD_ATTRIBUTES if name != "sku"},
    **{
        f"no {name}": without_attribute(name)
        for name in RECORD_ATTRIBUTES
        if name not in ("sku", "timestamp", "transaction_id")
    },
    **{
        function.__name__.replace("_", " "): function
        for function in (
            of_another_type,
            with_one_attribute_more,
            with_null_for_nothing,
            changed_performer,
            removed,
            many_removed,
            added,
            added_at_the_end,
            duplicated,
            swapped,
            of_another_moment,
            truncated,
            rewritten_tail,
        )
    },
}


def places(dice: random.Random) -> Iterator[int]:
    yield from (0, LENGTH - 1)
    yield from (dice.randrange(LENGTH) for _ in TIMES[2:])


def first_change(changed: list[Item]) -> int:
    """Return where the change is: a rare attribute is not always changed in the drawn place."""
    pairs = zip(changed, ITEMS, strict=False)
    return next((at for at, (is_now, was) in enumerate(pairs) if is_now != was), min(len(changed), LENGTH))


@pytest.mark.parametrize("limit", [7, 100, 500])
def test_an_intact_log_has_no_difference(limit: int) -> None:
    assert walk(stored_log(ITEMS), limit=limit) == []


def test_a_log_without_records_has_no_difference_and_the_first_head() -> None:
    stored = stored_log([], a_sku([]).to_item())
    page = verify(stored, PageRequest())
    assert page.document() == {
        "checked": 0,
        "head_hash": FIRST_PREVIOUS_HASH,
        "findings": [],
        "next_cursor": None,
    }


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_is_found_wherever_it_is(kind: str) -> None:
    dice = random.Random(f"{SEED} {kind}")
    missed = []
    for at in places(dice):
        changed = CHANGES[kind](list(ITEMS), at, dice)
        place = LENGTH if kind in ("rewritten tail", "added at the end") else first_change(changed)
        place = at if len(changed) > LENGTH and place == LENGTH and kind != "added at the end" else place
        if not walk_around(stored_log(changed), place):
            missed.append(at)
    assert not missed, f"seed {SEED}: {kind} at {missed}"


@pytest.mark.parametrize("kind", CHANGES)
def test_a_walk_through_the_whole_log_finds_a_change_too(kind: str) -> None:
    dice = random.Random(f"{SEED} {kind} whole")
    at = dice.randrange(LENGTH)
    differences = walk(stored_log(CHANGES[kind](list(ITEMS), at, dice)), limit=500)
    assert differences, f"seed {SEED}: {kind} at {at}"
    assert len(differences) < 150, "one change does not make the rest of the log look broken"


@pytest.mark.parametrize("name", ["another sku", "no sku"])
def test_a_record_that_was_moved_to_another_sku_is_found(name: str) -> None:
    """It still exists under its id, by which it is read."""
    dice = random.Random(SEED)
    for at in places(dice):
        items = list(ITEMS)
        items[at] = {**items[at], "sku": {"S": WHITE}}
        if name == "no sku":
            del items[at]["sku"]
        stored = stored_log([item for item in items if item.get("sku") == {"S": BLACK}])
        stored.by_id[items[at]["transaction_id"]["S"]] = [items[at]]
        kinds = {difference.kind for difference in walk_around(stored, at)}
        assert kinds & {"sku", "hash"}, (SEED, at, kinds)


@pytest.mark.parametrize(
    "name",
    ["current_stock", "reserved_stock", "available_stock", "sequence", "ledger_hash", "last_transaction_at",
     "last_transaction_id", "vendor_id"],
)  # fmt: skip
def test_a_changed_sku_is_found_on_every_page(name: str) -> None:
    sku = {**SKU_ITEM, name: another_value(name, SKU_ITEM, random.Random(SEED))}
    stored = stored_log(ITEMS, sku)
    assert walk(stored, pages=1), "the first page compares the live SKU, too"
    assert walk_around(stored, LENGTH)


def test_a_log_that_was_written_anew_with_its_sku_is_found_by_its_signatures() -> None:
    """Somebody who writes the tables, but has no ledger key, makes another past that is consistent."""
    forger = SigningKey(LEDGER_KEY.key_id, bytes(32))
    items: list[Item] = []
    for item in ITEMS:
        previous = items[-1]["hash"]["B"].hex() if items else FIRST_PREVIOUS_HASH
        items.append(with_new_hash(item, forger, performed_by="VENDOR-666", previous_hash=previous))
    sku = {**SKU_ITEM, "ledger_hash": {"S": items[-1]["hash"]["B"].hex()}}
    differences = walk(stored_log(items, sku), limit=500)
    assert [difference.kind for difference in differences] == ["signature"] * LENGTH


def test_a_removed_sku_is_found() -> None:
    assert [difference.kind for difference in walk(stored_log(ITEMS, None), pages=1)] == ["missing_sku"]


def test_a_forged_sequence_of_a_sku_does_not_prolong_the_walk() -> None:
    stored = stored_log(ITEMS, {**SKU_ITEM, "sequence": {"N": "900000000"}})
    differences = walk_around(stored, LENGTH)
    assert sum(difference.kind == "missing_record" for difference in differences) < 60
    assert differences[-1].expected["last_sequence"] == 900_000_000


@pytest.mark.parametrize("lag", [1, 49, 50, 51, 200])
def test_an_index_that_lags_is_no_difference(lag: int) -> None:
    stored = stored_log(ITEMS)
    stored.by_time = stored.by_time[:-lag]
    assert walk(stored, limit=500) == []


def test_an_index_with_gaps_is_no_difference() -> None:
    dice = random.Random(SEED)
    stored = stored_log(ITEMS)
    stored.by_time = [item for item in stored.by_time if dice.random() < 0.8]
    assert walk(stored, limit=100) == [], SEED


def test_the_reads_of_one_call_are_limited() -> None:
    """Whatever was removed, one call reads about a hundred records by their ids."""
    for kept in ([], ITEMS[:1], ITEMS[::2], ITEMS[-1:], ITEMS[500:]):
        stored = stored_log(list(kept))
        reads = 0
        read = stored.items_of_id

        def count(transaction_id: str, read: Callable[[str], list[Item]] = read) -> list[Item]:
            nonlocal reads
            reads += 1
            return read(transaction_id)

        stored.items_of_id = count  # type: ignore[method-assign]
        verify(stored, PageRequest(500))
        assert reads <= 160, (len(kept), reads)
