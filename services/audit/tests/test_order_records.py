"""The log records of an order: of all its lines, newest first, found from the order's item."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from documented import document_in
from front_door import VENDOR_MACHINE, Client, Tokens
from refusal_walk import aws_calls
from stored_items import put_items

from chalicelib.engine import exports, order_records
from chalicelib.storage.log_store import LogStore
from inventory_common import limits
from inventory_common.dynamodb_limits import ORDER_PART_LINES_MAX
from inventory_common.ids import transaction_id
from inventory_common.items import Item, to_item
from inventory_common.order_items import order_key
from inventory_common.pages import encode_cursor
from inventory_common.timestamps import epoch_seconds, plus_seconds
from inventory_common.transactions import TransactionRecord

from .ledger import BLACK, NOW, OTHER_VENDOR, PRODUCT, VENDOR, WHITE, a_line, a_record, an_order, keep

ORDER = "ORDER-12345"
ADDRESS = f"/orders/{ORDER}/transactions"
TYPES = ("order_placed", "order_confirmed", "refund")
LARGE = [f"SKU-{PRODUCT}-V{number}" for number in range(limits.ORDER_LINES_MAX)]


class OrderInLog:
    """An order, with the records of its lines as the stock service writes them.

    Each command changes some lines, in one transaction unless `drifts`: then each record has its own time.
    The other half of the SKUs' records is of other orders.
    """

    def __init__(self, order_id: str = ORDER, *, drifts: bool = False) -> None:
        self.order_id = order_id
        self.drifts = drifts
        self.records: list[TransactionRecord] = []
        self._times = 0

    def command(self, *skus: str, vendor_id: str = VENDOR) -> OrderInLog:
        for sku in skus:
            self._times += self.drifts
            earlier = [record for record in self._of(sku)]
            self.records.append(
                a_record(
                    sku,
                    2 * len(earlier) + 2,
                    timestamp=plus_seconds(NOW, 60 * self._times),
                    transaction_type=TYPES[len(earlier) % 3],
                    order_id=self.order_id,
                    order_step=len(earlier) + 1,
                    order_previous=earlier[-1].sequence if earlier else None,
                    vendor_id=vendor_id,
                )
            )
        self._times += 1
        return self

    def _of(self, sku: str) -> list[TransactionRecord]:
        return self._by_sku().get(sku, [])

    def _by_sku(self) -> dict[str, list[TransactionRecord]]:
        found: dict[str, list[TransactionRecord]] = {}
        for record in self.records:
            found.setdefault(record.sku, []).append(record)
        return found

    def lines(self) -> dict[str, dict[str, Any]]:
        return {
            sku: a_line(5, sku)
            | {
                "vendor_id": records[-1].vendor_id,
                "records": len(records),
                "last_record": records[-1].sequence,
            }
            for sku, records in self._by_sku().items()
        }

    def items(self, **attributes: Any) -> list[Item]:
        lines = list(self.lines().items())
        if len(lines) <= limits.BATCH_ORDER_LINES_MAX:
            return [an_order(self.order_id, dict(lines), **attributes)]
        begins = range(0, len(lines), ORDER_PART_LINES_MAX)
        parts = [
            an_order(self.order_id, dict(lines[begin : begin + ORDER_PART_LINES_MAX]), part=number)
            for number, begin in enumerate(begins, 1)
        ]
        return [an_order(self.order_id, {}, parts=len(parts), **attributes), *parts]

    def keep(self, dynamodb: Any, **attributes: Any) -> list[dict[str, Any]]:
        """Store it, and return its records as the service should list them."""
        keep(dynamodb, *self.records)
        put_items(dynamodb, "VendorInventory", self.items(**attributes))
        return newest_first(self.records)


def newest_first(records: Iterable[TransactionRecord]) -> list[dict[str, Any]]:
    ordered = sorted(records, key=lambda record: (record.timestamp, record.transaction_id), reverse=True)
    return [record.document() for record in ordered]


def listed(audit: Client, address: str, token: str) -> list[dict[str, Any]]:
    return [record for page in audit.walk(address, token) for record in page]


@pytest.fixture
def auditor(tokens: Tokens) -> str:
    return tokens.of_role("auditor")


@pytest.fixture
def three_commands() -> OrderInLog:
    """An order of three lines: seven records, of which three and three have the same time."""
    third = f"SKU-{PRODUCT}-RED-L"
    return OrderInLog().command(BLACK, WHITE, third).command(WHITE).command(BLACK, WHITE, third)


# Pages


def test_the_records_of_all_lines_are_listed_newest_first(
    audit: Client, auditor: str, dynamodb: Any, three_commands: OrderInLog
) -> None:
    OrderInLog("ORDER-OTHER").command(BLACK).keep(dynamodb)
    expected = three_commands.keep(dynamodb)
    response = audit.get(ADDRESS, auditor)
    assert response.json == {"items": expected, "next_cursor": None}
    assert "Link" not in response.headers


@pytest.mark.parametrize("drifts", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_the_pages_hold_each_record_once(
    audit: Client, auditor: str, dynamodb: Any, limit: int, drifts: bool
) -> None:
    order = OrderInLog(drifts=drifts).command(BLACK, WHITE, LARGE[0]).command(WHITE)
    expected = order.command(LARGE[0], BLACK, WHITE).keep(dynamodb)
    pages = audit.walk(f"{ADDRESS}?limit={limit}", auditor)
    assert [record for page in pages for record in page] == expected
    full, rest = divmod(len(expected), limit)
    assert [len(page) for page in pages] == [limit] * full + ([rest] if rest else [])


def test_a_list_continues_exactly_while_the_order_changes(
    audit: Client, auditor: str, dynamodb: Any, three_commands: OrderInLog
) -> None:
    expected = three_commands.keep(dynamodb)
    first = audit.get(f"{ADDRESS}?limit=2", auditor).json
    newer = three_commands.command(BLACK).keep(dynamodb)
    rest = listed(audit, f"{ADDRESS}?limit=2&cursor={first['next_cursor']}", auditor)
    assert first["items"] + rest == expected == newer[1:]


def test_a_cursor_is_short_and_belongs_to_its_order(
    audit: Client, auditor: str, dynamodb: Any, three_commands: OrderInLog
) -> None:
    three_commands.keep(dynamodb)
    OrderInLog("ORDER-OTHER").command(BLACK).keep(dynamodb)
    cursor = audit.get(f"{ADDRESS}?limit=1", auditor).json["next_cursor"]
    assert len(cursor) < 300
    of_the_log = audit.get(f"/skus/{WHITE}/transactions?limit=1", auditor).json["next_cursor"]
    malformed = encode_cursor({"order_id": ORDER, "timestamp": 5, "transaction_id": transaction_id(BLACK, 1)})
    with aws_calls() as calls:
        for address in (
            f"/orders/ORDER-OTHER/transactions?cursor={cursor}",
            f"{ADDRESS}?cursor={of_the_log}",
            f"{ADDRESS}?cursor={malformed}",
        ):
            response = audit.get(address, auditor)
            assert (response.status, response.code) == (400, "invalid_cursor")
    assert calls == []


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "order=asc", "fields=colour", "from=2026-01-01"])
def test_an_invalid_query_is_refused(audit: Client, auditor: str, query: str) -> None:
    response = audit.get(f"{ADDRESS}?{query}", auditor)
    assert (response.status, response.code) == (422, "invalid_input")


def test_the_members_named_are_listed_alone(
    audit: Client, auditor: str, dynamodb: Any, three_commands: OrderInLog
) -> None:
    expected = three_commands.keep(dynamodb)
    found = audit.get(f"{ADDRESS}?fields=sku,sequence", auditor).json["items"]
    assert found == [{"sku": record["sku"], "sequence": record["sequence"]} for record in expected]


@pytest.mark.parametrize("single_page", [False, True])
def test_the_list_is_served_as_a_file(
    audit: Client, auditor: str, dynamodb: Any, three_commands: OrderInLog, single_page: bool
) -> None:
    expected = three_commands.keep(dynamodb)[: 4 if single_page else 7]
    address = ADDRESS + ("?limit=4" if single_page else "")
    lines = audit.get(address, auditor, accept="application/x-ndjson")
    assert [json.loads(line) for line in lines.text.splitlines()] == expected
    table = audit.get(address, auditor, accept="text/csv")
    rows = csv.DictReader(io.StringIO(table.text, newline=""))
    assert [row["transaction_id"] for row in rows] == [record["transaction_id"] for record in expected]
    assert ("Link" in lines.headers, "Link" in table.headers) == (single_page, single_page)


# What a request reads


def test_a_transactions_records_are_read_in_two_calls(
    audit: Client, auditor: str, dynamodb: Any, three_commands: OrderInLog
) -> None:
    three_commands.keep(dynamodb)
    with aws_calls() as calls:
        audit.get(ADDRESS, auditor)
    heads, before, first_of_white = ["Query", "BatchGetItem"], ["Query", "BatchGetItem", "Query"], ["Query"]
    assert calls == ["GetItem", *heads, *before, *first_of_white]


def test_records_of_different_times_are_read_one_by_one_after_three_attempts(
    audit: Client, auditor: str, dynamodb: Any
) -> None:
    expected = OrderInLog(drifts=True).command(*LARGE[:8]).keep(dynamodb)
    with aws_calls() as calls:
        assert audit.get(ADDRESS, auditor).json["items"] == expected
    assert calls == ["GetItem", *["Query", "BatchGetItem"] * 3, *["Query"] * 5]


def test_an_export_reads_each_record_once(
    audit: Client,
    auditor: str,
    dynamodb: Any,
    three_commands: OrderInLog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exports, "_ITEMS_PER_QUERY", 2)
    expected = three_commands.keep(dynamodb)
    read: list[str] = []
    items_of_ids = LogStore.items_of_ids

    def noted(log: LogStore, ids: list[str]) -> dict[str, Item]:
        read.extend(ids)
        return items_of_ids(log, ids)

    monkeypatch.setattr(LogStore, "items_of_ids", noted)
    with aws_calls() as calls:
        text = audit.get(ADDRESS, auditor, accept="application/x-ndjson").text
    assert [json.loads(line) for line in text.splitlines()] == expected
    assert sorted(read) == sorted(record["transaction_id"] for record in expected)
    assert calls.count("GetItem") == 1


def test_an_order_of_a_thousand_lines_is_read_part_by_part(
    audit: Client, auditor: str, dynamodb: Any
) -> None:
    order = OrderInLog()
    for begin in range(0, len(LARGE), ORDER_PART_LINES_MAX):
        order.command(*LARGE[begin : begin + ORDER_PART_LINES_MAX])
    expected = order.command(*LARGE[:10]).keep(dynamodb)
    parts = len(order.items()) - 1
    with aws_calls() as calls:
        first = audit.get(f"{ADDRESS}?limit=1", auditor).json
    assert first["items"] == expected[:1]
    # The last records: of the first part's lines, ten have another time than the others.
    heads = ["Query", "BatchGetItem"] * (parts + 1)
    assert calls == ["GetItem", "BatchGetItem", *heads]
    pages = audit.walk(f"{ADDRESS}?limit=600", auditor)
    assert [len(page) for page in pages] == [600, 410]
    assert [record for page in pages for record in page] == expected
    rest = listed(audit, f"{ADDRESS}?limit=1000&cursor={first['next_cursor']}", auditor)
    assert rest == expected[1:]


def test_a_request_reads_a_limited_number_of_records(
    audit: Client,
    auditor: str,
    dynamodb: Any,
    three_commands: OrderInLog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = three_commands.keep(dynamodb)
    monkeypatch.setattr(order_records, "ORDER_RECORDS_READ_MAX", 7)
    assert listed(audit, f"{ADDRESS}?limit=3", auditor) == expected
    monkeypatch.setattr(order_records, "ORDER_RECORDS_READ_MAX", 6)
    first = audit.get(f"{ADDRESS}?limit=3", auditor).json
    assert first["items"] == expected[:3]
    refused = audit.get(f"{ADDRESS}?limit=4&cursor={first['next_cursor']}", auditor)
    assert (refused.status, refused.code) == (422, "too_many_records")
    assert "GET /skus/{sku}/transactions" in refused.json["detail"]


def test_the_limit_is_in_the_document(service_module: Any) -> None:
    document = document_in(service_module.app.declared_api.folder)
    operation = document._document["paths"]["/orders/{order_id}/transactions"]["get"]
    assert f"{limits.ORDER_RECORDS_READ_MAX:,}" in operation["description"]


# Who sees which orders


@pytest.mark.parametrize(
    ("owner", "seeing", "others"),
    [
        (None, ["order-system", "till", "erp"], ["web-1", "web-2"]),
        ("web", ["web-1", "web-2", "erp"], ["order-system", "till"]),
        ("*", ["order-system", "till", "erp", "web-1"], []),
        (7, ["erp"], ["order-system", "till", "web-1"]),
    ],
)
def test_an_order_system_sees_the_orders_of_its_owners(
    audit: Client,
    tokens: Tokens,
    dynamodb: Any,
    three_commands: OrderInLog,
    owner: Any,
    seeing: Sequence[str],
    others: Sequence[str],
) -> None:
    expected = three_commands.keep(dynamodb, owner=owner)
    people = [tokens.of_role(role) for role in ("desk", "auditor", "admin")]
    for token in (*people, *map(tokens.order_system, seeing)):
        assert audit.get(ADDRESS, token).json["items"] == expected
    for client in others:
        response = audit.get(ADDRESS, tokens.order_system(client))
        assert (response.status, response.code) == (404, "order_not_found")


def test_a_vendor_sees_the_records_of_its_own_lines(audit: Client, tokens: Tokens, dynamodb: Any) -> None:
    order = OrderInLog().command(BLACK).command(WHITE, vendor_id=OTHER_VENDOR).command(BLACK)
    expected = order.keep(dynamodb, owner="web")
    for vendor_id, sku in ((VENDOR, BLACK), (OTHER_VENDOR, WHITE)):
        own = [record for record in expected if record["sku"] == sku]
        machine = tokens.machine(VENDOR_MACHINE, "inventory/vendor", vendor_id=vendor_id)
        for token in (tokens.vendor(vendor_id), machine):
            assert listed(audit, f"{ADDRESS}?limit=1", token) == own
    third = audit.get(ADDRESS, tokens.vendor("VENDOR-003"))
    assert (third.status, third.code) == (404, "order_not_found")
    absent = audit.get("/orders/ORDER-NONE/transactions", tokens.vendor("VENDOR-003"))
    assert third.json["detail"] == absent.json["detail"].replace("ORDER-NONE", ORDER)


def test_a_line_that_was_given_to_another_vendor_by_hand_shows_that_vendor_no_record(
    audit: Client, tokens: Tokens, dynamodb: Any
) -> None:
    order = OrderInLog().command(BLACK)
    order.keep(dynamodb)
    forged = an_order(ORDER, {BLACK: order.lines()[BLACK] | {"vendor_id": OTHER_VENDOR}})
    put_items(dynamodb, "VendorInventory", [forged])
    assert audit.get(ADDRESS, tokens.vendor(OTHER_VENDOR)).json["items"] == []


# Which orders there are


@pytest.mark.parametrize(
    "attributes",
    [{"cancel_reason": "requested"}, {"cancel_reason": "expired", "expires_at": NOW}, {"phase": "placing"}],
    ids=str,
)
def test_an_order_is_served_in_every_status(
    audit: Client, auditor: str, dynamodb: Any, three_commands: OrderInLog, attributes: dict[str, Any]
) -> None:
    expected = three_commands.keep(dynamodb, **attributes)
    assert audit.get(ADDRESS, auditor).json["items"] == expected


def test_an_order_whose_item_was_removed_is_not_found(
    audit: Client, auditor: str, dynamodb: Any, three_commands: OrderInLog
) -> None:
    three_commands.keep(dynamodb)
    dynamodb.delete_item(TableName="VendorInventory", Key=order_key(ORDER))
    response = audit.get(ADDRESS, auditor)
    assert (response.status, response.code) == (404, "order_not_found")


def test_a_cancelled_order_that_was_never_placed_has_no_records_until_it_is_forgotten(
    audit: Client, auditor: str, dynamodb: Any
) -> None:
    for ttl, status in ((4_000_000_000, 200), (epoch_seconds(NOW), 404)):
        put_items(dynamodb, "VendorInventory", [an_order(ORDER, {}, ttl=ttl, cancel_reason="requested")])
        response = audit.get(ADDRESS, auditor)
        assert response.status == status
        assert response.json.get("items", []) == []


# Damage


def put_record(dynamodb: Any, record: TransactionRecord, **attributes: Any) -> None:
    """Change a stored record by hand; None removes an attribute."""
    item = {name: value for name, value in record.to_item().items() if name not in attributes}
    given = {name: value for name, value in attributes.items() if value is not None}
    dynamodb.put_item(TableName="StockTransactions", Item=item | to_item(given))


@pytest.fixture
def chain(dynamodb: Any) -> list[TransactionRecord]:
    """The records of an order of two lines: five of the first one's, the oldest first, and one."""
    order = OrderInLog().command(BLACK, WHITE)
    for _ in range(4):
        order.command(BLACK)
    order.keep(dynamodb)
    return [record for record in order.records if record.sku == BLACK] + [order.records[1]]


def test_a_missing_record_ends_its_lines_chain_alone(
    audit: Client, auditor: str, dynamodb: Any, chain: list[TransactionRecord]
) -> None:
    missing = chain[2]
    key = {name: missing.to_item()[name] for name in ("transaction_id", "timestamp")}
    dynamodb.delete_item(TableName="StockTransactions", Key=key)
    expected = newest_first([chain[4], chain[3], chain[5]])
    for limit in (1, 2, 3, 25):
        assert listed(audit, f"{ADDRESS}?limit={limit}", auditor) == expected


@pytest.mark.parametrize(
    "damage", [{"quantity": None}, {"quantity": "many"}, {"hash": "text"}, {"vendor_id": None}], ids=str
)
def test_an_unreadable_record_is_left_out_and_the_chain_goes_on(
    audit: Client, auditor: str, dynamodb: Any, chain: list[TransactionRecord], damage: dict[str, Any]
) -> None:
    put_record(dynamodb, chain[2], **damage)
    expected = newest_first(record for record in chain if record is not chain[2])
    for limit in (1, 2, 25):
        assert listed(audit, f"{ADDRESS}?limit={limit}", auditor) == expected


@pytest.mark.parametrize(
    "damage",
    [
        {"order_previous": 6},
        {"order_previous": 8},
        {"order_previous": 99},
        {"order_previous": 0},
        {"order_previous": -2},
        {"order_previous": "4"},
        {"order_previous": None},
    ],
    ids=str,
)
def test_a_record_that_names_no_earlier_one_ends_the_chain(
    audit: Client, auditor: str, dynamodb: Any, chain: list[TransactionRecord], damage: dict[str, Any]
) -> None:
    put_record(dynamodb, chain[2], **damage)
    own_is_listed = damage["order_previous"] != "4"
    shown = [chain[4], chain[3], chain[5]] + ([chain[2]] if own_is_listed else [])
    expected = newest_first(shown)
    holds_damage = Client(audit._app, holds_damage=True)
    found = [record["transaction_id"] for record in listed(holds_damage, ADDRESS, auditor)]
    assert found == [record["transaction_id"] for record in expected]


@pytest.mark.parametrize("damage", [{"order_id": "ORDER-OTHER"}, {"sku": WHITE}, {"order_id": None}], ids=str)
def test_a_record_of_another_order_or_sku_is_not_served(
    audit: Client, auditor: str, dynamodb: Any, chain: list[TransactionRecord], damage: dict[str, Any]
) -> None:
    put_record(dynamodb, chain[3], **damage)
    assert listed(audit, ADDRESS, auditor) == newest_first([chain[4], chain[5]])


def test_a_record_that_is_not_older_than_its_successor_ends_the_chain(
    audit: Client, auditor: str, dynamodb: Any, chain: list[TransactionRecord]
) -> None:
    moved = chain[3].to_item()
    dynamodb.delete_item(
        TableName="StockTransactions", Key={name: moved[name] for name in ("transaction_id", "timestamp")}
    )
    put_record(dynamodb, chain[3], timestamp=plus_seconds(NOW, 86_400))
    assert listed(audit, ADDRESS, auditor) == newest_first([chain[4], chain[5]])


LINE = {"product_id": PRODUCT, "vendor_id": VENDOR, "placed": 5, "reserved": 5, "last_record": 10}


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ({BLACK: LINE}, 5),
        ({BLACK: LINE | {"records": 99}}, 5),
        ({BLACK: LINE | {"records": 1}}, 5),
        ({BLACK: LINE | {"vendor_id": 7}}, 5),
        ({BLACK: LINE | {"last_record": 4}}, 2),
        ({BLACK: LINE | {"last_record": 3}}, 0),
        ({BLACK: LINE | {"last_record": 99}}, 0),
        ({BLACK: LINE | {"last_record": "10"}}, 0),
        ({BLACK: LINE | {"last_record": -1}}, 0),
        ({BLACK: LINE | {"last_record": None}}, 0),
        ({BLACK: "a line", "no SKU": LINE}, 0),
        ([], 0),
        ("lines", 0),
    ],
    ids=str,
)
@pytest.mark.usefixtures("chain")
def test_a_damaged_order_serves_what_its_lines_lead_to(
    audit: Client, auditor: str, dynamodb: Any, lines: Any, count: int
) -> None:
    if isinstance(lines, dict):
        lines = {
            sku: {name: value for name, value in line.items() if value is not None}
            if isinstance(line, dict)
            else line
            for sku, line in lines.items()
        }
    put_items(dynamodb, "VendorInventory", [order_key(ORDER) | to_item({"lines": lines})])
    assert len(listed(audit, f"{ADDRESS}?limit=2", auditor)) == count


@pytest.mark.parametrize("parts", [1, 2, 3, 99, "two"])
def test_an_order_whose_parts_are_not_all_there_serves_the_others(
    audit: Client, auditor: str, dynamodb: Any, parts: Any
) -> None:
    order = OrderInLog().command(*LARGE[:60])
    order.keep(dynamodb)
    own, *_ = order.items()
    put_items(dynamodb, "VendorInventory", [own | to_item({"parts": parts})])
    expected = {1: 48, 2: 60, 3: 60}.get(parts, 0)
    assert len(listed(audit, f"{ADDRESS}?limit=50", auditor)) == expected


def test_a_sku_that_is_in_two_parts_is_listed_once(audit: Client, auditor: str, dynamodb: Any) -> None:
    order = OrderInLog().command(BLACK)
    expected = order.keep(dynamodb)
    own = an_order(ORDER, order.lines(), parts=1)
    put_items(dynamodb, "VendorInventory", [own, an_order(ORDER, order.lines(), part=1)])
    assert listed(audit, ADDRESS, auditor) == expected
