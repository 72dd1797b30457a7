"""A log of a thousand records, changed once in every way and at hundreds of places: each change is found."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.verification import verify
from inventory_common.identity import EVERYTHING
from inventory_common.ids import transaction_id
from inventory_common.items import Item, from_item, to_attribute
from inventory_common.ledger import RECORD_ATTRIBUTES, Finding
from inventory_common.pages import PageRequest, Period, decode_cursor
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import TransactionRecord

from .ledger import BLACK, WHITE, a_ledger, a_sku

LENGTH = 1_000
PAGE = 25
SEED = random.SystemRandom().randrange(10**6)
HONEST = a_ledger(LENGTH)
ITEMS = [record.to_item() for record in HONEST]
SKU_ITEM = a_sku(HONEST).to_item()
TIMES = range(24)
"""Each kind of change is tried at so many places: both ends, and where the dice fall."""


class Stored:
    """What is in the two tables, read as the gateway reads it: the index in its order, a page at a time."""

    def __init__(self, items: list[Item], sku: Item | None = SKU_ITEM) -> None:
        self.by_time = sorted(items, key=lambda item: (item["timestamp"]["S"], item["transaction_id"]["S"]))
        self.sku = sku
        self.by_id: dict[str, list[Item]] = {}
        for item in self.by_time:
            self.by_id.setdefault(item["transaction_id"]["S"], []).append(item)

    def items_of_id(self, transaction_id: str) -> list[Item]:
        return self.by_id.get(transaction_id, [])

    def items_of_sku(self, sku: str, page: PageRequest, period: Period = Period()) -> Any:  # noqa: B008
        found = [item for item in self.by_time if item["sku"] == {"S": sku}]
        if page.after is not None:
            after = (page.after["timestamp"], page.after["transaction_id"])
            found = [item for item in found if (item["timestamp"]["S"], item["transaction_id"]["S"]) > after]
        items = found[: page.limit]
        return items, self.position_of(items[-1]) if len(found) > page.limit else None

    @staticmethod
    def position_of(item: Item) -> Any:
        return from_item(item, ("sku", "timestamp", "transaction_id"))

    def sku_item(self, sku: str) -> Item | None:
        return self.sku


def walk(stored: Stored, start: Any = None, limit: int = PAGE, pages: int = LENGTH) -> list[Finding]:
    """Verify page by page, and return all findings."""
    findings: list[Finding] = []
    after = start
    for _ in range(pages):
        page = verify(stored, BLACK, EVERYTHING, PageRequest(limit, after))  # type: ignore[arg-type]
        findings += page.findings
        if page.next_cursor is None:
            break
        after = decode_cursor(page.next_cursor)
    return findings


def walk_around(stored: Stored, place: int) -> list[Finding]:
    """Verify the pages around a change, as a whole walk comes by them; the ends of the log are walked to."""
    begin = max(0, place - 5)
    if begin == 0:
        return walk(stored, pages=3)
    start = Stored.position_of(ITEMS[begin - 1]) | {"sequence": begin}
    return walk(stored, start, pages=3)


def resealed(item: Item, **attributes: Any) -> Item:
    """Change a record, and make its own hash right again."""
    document = TransactionRecord.from_item(item).document() | attributes
    del document["hash"]
    return TransactionRecord.sealed(**document).to_item()


Change = Callable[[list[Item], int, random.Random], list[Item]]


def another_value(name: str, item: Item, dice: random.Random) -> Any:
    value = item.get(name)
    if value is None:
        return {"S": dice.choice(["ORDER-7", "x"])}
    if "N" in value:
        return {"N": str(int(value["N"]) + dice.choice([-1, 1, 10, -1000]))}
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
    odd = dice.choice([{"BOOL": True}, {"NULL": True}, {"SS": ["a"]}, {"L": []}, {"M": {}}, {"B": b"x"}])
    items[at] = {**items[at], name: odd}
    return items


def with_one_attribute_more(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    items[at] = {**items[at], "approved_by": {"S": "auditor"}}
    return items


def with_null_for_nothing(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    name = next(name for name in ("notes", "order_id") if name not in items[at])
    items[at] = {**items[at], name: {"NULL": True}}
    return items


def resealed_quantity(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    items[at] = resealed(items[at], performed_by="VENDOR-666")
    return items


def removed(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    return items[:at] + items[at + 1 :]


def many_removed(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    return items[:at] + items[at + dice.choice([2, 49, 50, 51, 52, 300]) :]


def added(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    """A record of an id that no sequence stands for, right behind another."""
    item = {**items[at], "transaction_id": to_attribute(transaction_id(WHITE, at + 1))}
    return [*items, {**item, "timestamp": to_attribute(moved(items[at], 1))}]


def added_at_the_end(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    """A record that continues the log by all rules, and that the SKU knows nothing of."""
    last = HONEST[-1]
    more = replace(
        last,
        transaction_id=transaction_id(BLACK, LENGTH + 1),
        timestamp=plus_seconds(last.timestamp, dice.randint(1, 99)),
        transaction_type="restock",
        order_id=None,
        notes=None,
        quantity=1,
        quantity_change=1,
        stock_before=last.stock_after,
        stock_after=last.stock_after + 1,
        reserved_before=last.reserved_after,
        sequence=LENGTH + 1,
        previous_hash=last.hash,
    ).to_item()
    return [*items, resealed(more)]


def duplicated(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    """The same once more, under its own id at another moment: the table's key allows that."""
    return [*items, resealed(items[at], timestamp=moved(items[at], dice.choice([-90, -30, 1, 30, 90])))]


def swapped(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    """Two records change places: each takes the other's key."""
    other = at + 1 if at + 1 < LENGTH else at - 1
    for one, two in ((at, other), (other, at)):
        key = {name: ITEMS[two][name] for name in ("transaction_id", "timestamp")}
        items[one] = {**items[one], **key}
    return items


def of_another_moment(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    items[at] = resealed(
        items[at], timestamp=moved(items[at], dice.choice([-100_000, -3000, -90, -1, 1, 90, 3000, 100_000]))
    )
    return items


def truncated(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    return items[:at]


def rewritten_tail(items: list[Item], at: int, dice: random.Random) -> list[Item]:
    """A change, and every later record sealed and chained anew: only the SKU still knows the old head."""
    items[at] = resealed(items[at], request_id="another")
    for later in range(at + 1, LENGTH):
        items[later] = resealed(items[later], previous_hash=items[later - 1]["hash"]["S"])
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
            resealed_quantity,
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
    """Return where the change is: of an attribute that few records have, not always where it was drawn."""
    pairs = zip(changed, ITEMS, strict=False)
    return next((at for at, (is_now, was) in enumerate(pairs) if is_now != was), min(len(changed), LENGTH))


@pytest.mark.parametrize("limit", [7, 100, 500])
def test_an_untouched_log_has_no_finding(limit: int) -> None:
    assert walk(Stored(ITEMS), limit=limit) == []


def test_a_log_without_records_has_no_finding_and_its_head_is_the_first() -> None:
    stored = Stored([], a_sku([]).to_item())
    page = verify(stored, BLACK, EVERYTHING, PageRequest())  # type: ignore[arg-type]
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
        if not walk_around(Stored(changed), place):
            missed.append(at)
    assert not missed, f"seed {SEED}: {kind} at {missed}"


@pytest.mark.parametrize("kind", CHANGES)
def test_a_whole_walk_finds_it_too(kind: str) -> None:
    dice = random.Random(f"{SEED} {kind} whole")
    at = dice.randrange(LENGTH)
    findings = walk(Stored(CHANGES[kind](list(ITEMS), at, dice)), limit=500)
    assert findings, f"seed {SEED}: {kind} at {at}"
    assert len(findings) < 150, "one change does not make the rest of the log look broken"


@pytest.mark.parametrize("name", ["another sku", "no sku"])
def test_a_record_that_left_its_sku_is_missed(name: str) -> None:
    """It is still there under its id, so it is found through that."""
    dice = random.Random(SEED)
    for at in places(dice):
        items = list(ITEMS)
        items[at] = {**items[at], "sku": {"S": WHITE}}
        if name == "no sku":
            del items[at]["sku"]
        stored = Stored.__new__(Stored)
        Stored.__init__(stored, [item for item in items if item.get("sku") == {"S": BLACK}])
        stored.by_id[items[at]["transaction_id"]["S"]] = [items[at]]
        kinds = {finding.kind for finding in walk_around(stored, at)}
        assert kinds & {"sku", "hash"}, (SEED, at, kinds)


@pytest.mark.parametrize(
    "name",
    ["current_stock", "reserved_stock", "available_stock", "sequence", "ledger_hash", "last_transaction_at",
     "last_transaction_id", "vendor_id"],
)  # fmt: skip
def test_a_changed_sku_is_found_on_every_page(name: str) -> None:
    sku = {**SKU_ITEM, name: another_value(name, SKU_ITEM, random.Random(SEED))}
    stored = Stored(ITEMS, sku)
    assert walk(stored, pages=1), "the first page compares the live SKU, too"
    assert walk_around(stored, LENGTH)


def test_a_sku_that_is_gone_is_found() -> None:
    assert [finding.kind for finding in walk(Stored(ITEMS, None), pages=1)] == ["missing_sku"]


def test_a_sequence_that_nobody_has_written_ends_the_walk_all_the_same() -> None:
    stored = Stored(ITEMS, {**SKU_ITEM, "sequence": {"N": "900000000"}})
    findings = walk_around(stored, LENGTH)
    assert sum(finding.kind == "missing_record" for finding in findings) < 60
    assert findings[-1].expected["last_sequence"] == 900_000_000


@pytest.mark.parametrize("lag", [1, 49, 50, 51, 200])
def test_an_index_that_lags_behind_is_no_finding(lag: int) -> None:
    stored = Stored(ITEMS)
    stored.by_time = stored.by_time[:-lag]
    assert walk(stored, limit=500) == []


def test_an_index_with_holes_is_no_finding() -> None:
    dice = random.Random(SEED)
    stored = Stored(ITEMS)
    stored.by_time = [item for item in stored.by_time if dice.random() < 0.8]
    assert walk(stored, limit=100) == [], SEED


def test_the_work_of_a_call_is_bounded() -> None:
    """Whatever was removed, a call asks for some hundred records by their ids, no more."""
    for kept in ([], ITEMS[:1], ITEMS[::2], ITEMS[-1:], ITEMS[500:]):
        stored = Stored(list(kept))
        asked = 0
        read = stored.items_of_id

        def count(named: str, read: Any = read) -> list[Item]:
            nonlocal asked
            asked += 1
            found: list[Item] = read(named)
            return found

        stored.items_of_id = count  # type: ignore[method-assign]
        verify(stored, BLACK, EVERYTHING, PageRequest(500))  # type: ignore[arg-type]
        assert asked <= 160, (len(kept), asked)
