"""Changes that the services did not make are reported once, however often the stream delivers them."""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from front_door import Client, Tokens

from chalicelib.storage.finding_store import FindingStore
from inventory_common.errors import ArchiveUnavailable
from inventory_common.exact_json import dumps
from inventory_common.items import Item
from inventory_common.pages import Position, encode_cursor
from inventory_common.transactions import TransactionRecord

from .ledger import (
    BLACK,
    OTHER_VENDOR,
    PRODUCT,
    VENDOR,
    WHITE,
    a_ledger,
    a_record,
    a_sku,
    keep,
    keep_product,
    keep_sku,
)
from .stream import a_change, deliver

LEDGER = a_ledger(12)


class Auditor:
    """The service's stream functions, and what they have reported."""

    def __init__(
        self, module: Any, audit: Client, tokens: Tokens, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.module, self._audit, self._tokens, self._capsys = module, audit, tokens, capsys
        self.lines: list[dict[str, Any]] = []

    def findings(self, role: str = "auditor") -> list[dict[str, Any]]:
        pages = self._audit.walk("/findings?limit=2", self._tokens.of_role(role))
        return [finding for page in pages for finding in page]

    def kinds(self) -> list[str]:
        return [finding["kind"] for finding in self.findings()]

    def logged(self, message: str) -> list[dict[str, Any]]:
        self.lines += [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]
        return [line for line in self.lines if line["message"] == message]


@pytest.fixture
def auditor(
    service_module: Any, audit: Client, tokens: Tokens, dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> Auditor:
    keep(dynamodb, *LEDGER)
    keep_product(dynamodb)
    keep_sku(dynamodb, a_sku(LEDGER))
    return Auditor(service_module, audit, tokens, capsys)


def sku_after(sequence: int, /, **differences: Any) -> Item:
    return a_sku(LEDGER[:sequence], **differences).to_item()


def test_a_change_with_its_records_is_no_finding(auditor: Auditor) -> None:
    changes = [a_change(sku_after(n), sku_after(n + 1)) for n in range(11)]
    batches = [a_change(sku_after(n), sku_after(m)) for n, m in ((0, 12), (3, 9))]
    others = [
        a_change(None, sku_after(0)),
        a_change(sku_after(5), {**sku_after(5), "turn_until": {"S": "2026-02-23T10:30:01.000000Z"}}),
        a_change(sku_after(5), sku_after(5, unit_price=7, version=99, last_updated_by="VENDOR-001")),
    ]
    deliver(auditor.module.stock_changed, *changes, *batches, *others)
    assert auditor.findings() == []
    assert auditor.logged("finding") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (sku_after(5), sku_after(5, current_stock=1000)),
        (sku_after(5), sku_after(5, reserved_stock=1)),
        (sku_after(5), sku_after(6, current_stock=1000)),
        (sku_after(5), sku_after(5, sequence=6)),
        (sku_after(5), sku_after(4)),
        (sku_after(5), sku_after(12, sequence=13)),
        (sku_after(5), sku_after(7, ledger_hash="0" * 64)),
        (sku_after(5), {**sku_after(5), "available_stock": {"N": "99999"}}),
        (sku_after(5), {**sku_after(5), "current_stock": {"S": "many"}}),
        (sku_after(5), {name: value for name, value in sku_after(5).items() if name != "sequence"}),
        (sku_after(0), sku_after(0, current_stock=5)),
        (None, sku_after(0, current_stock=5)),
        (None, sku_after(12)),
        (sku_after(5, current_stock=LEDGER[4].stock_after + 1), sku_after(6)),
    ],
)
def test_a_stock_change_without_its_record_is_reported_once(
    auditor: Auditor, before: Item | None, after: Item
) -> None:
    change = a_change(before, after)
    for _ in range(3):
        deliver(auditor.module.stock_changed, change)
    [finding] = auditor.findings()
    assert (finding["kind"], finding["vendor_id"], finding["sku"]) == ("stock_without_record", VENDOR, BLACK)
    assert finding["differences"]
    [line] = auditor.logged("finding")
    assert (line["level"], line["Findings"], line["sku"]) == ("ERROR", 1, BLACK)
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive["Metrics"] == [{"Name": "Findings", "Unit": "Count"}]
    assert {name for names in directive["Dimensions"] for name in names} <= line.keys()
    [alert] = auditor.logged("alert")
    assert (alert["alert_id"], alert["kind"]) == (finding["finding_id"], "ledger_finding")


def test_a_missing_record_is_named(auditor: Auditor, dynamodb: Any) -> None:
    missing = LEDGER[5]
    dynamodb.delete_item(
        TableName="StockTransactions",
        Key={"transaction_id": {"S": missing.transaction_id}, "timestamp": {"S": missing.timestamp}},
    )
    deliver(auditor.module.stock_changed, a_change(sku_after(5), sku_after(6)))
    [finding] = auditor.findings()
    [difference] = finding["differences"]
    assert (difference["kind"], difference["transaction_id"]) == ("missing_record", missing.transaction_id)
    assert difference["found"]["current_stock"] == missing.stock_after


def test_a_changed_figure_is_named(auditor: Auditor) -> None:
    stock = LEDGER[4].stock_after
    deliver(
        auditor.module.stock_changed, a_change(sku_after(5), {**sku_after(5), "current_stock": {"N": "70"}})
    )
    [finding] = auditor.findings()
    assert finding["differences"] == [
        {"transaction_id": None, "kind": "current_stock", "expected": stock, "found": 70}
    ]


def test_equal_changes_at_different_times_are_two_findings(auditor: Auditor) -> None:
    for _ in range(2):
        deliver(auditor.module.stock_changed, a_change(sku_after(5), sku_after(5, current_stock=1000)))
    assert len({finding["finding_id"] for finding in auditor.findings()}) == 2


def test_a_removed_sku_is_reported(auditor: Auditor) -> None:
    deliver(auditor.module.stock_changed, a_change(sku_after(5), None))
    assert auditor.kinds() == ["sku_removed"]


def test_a_changed_record_is_reported(auditor: Auditor) -> None:
    record = LEDGER[3].to_item()
    deliver(auditor.module.log_changed, a_change(record, {**record, "performed_by": {"S": "VENDOR-2"}}))
    [finding] = auditor.findings()
    assert (finding["kind"], finding["transaction_id"]) == ("record_modified", LEDGER[3].transaction_id)
    assert finding["differences"] == [
        {
            "transaction_id": LEDGER[3].transaction_id,
            "kind": "performed_by",
            "expected": VENDOR,
            "found": "VENDOR-2",
        }
    ]


def test_a_removed_record_is_reported_with_its_content(auditor: Auditor) -> None:
    deliver(auditor.module.log_changed, a_change(LEDGER[3].to_item(), None))
    [finding] = auditor.findings()
    assert finding["kind"] == "record_removed"
    assert finding["differences"][0]["expected"] == LEDGER[3].document()


def test_a_record_with_an_invalid_id_is_audited_too(auditor: Auditor) -> None:
    odd = {**LEDGER[3].to_item(), "transaction_id": {"S": "MINE"}}
    deliver(auditor.module.log_changed, a_change(odd, {**odd, "notes": {"S": "x"}}))
    assert auditor.kinds() == ["record_modified"]


def test_findings_are_listed_newest_first_and_only_for_their_vendor(
    auditor: Auditor, audit: Client, tokens: Tokens
) -> None:
    for seconds, vendor_id in ((0, VENDOR), (20, OTHER_VENDOR), (10, VENDOR), (30, VENDOR)):
        record = a_record(WHITE, vendor_id=vendor_id).to_item()
        deliver(auditor.module.log_changed, a_change(record, None, seconds=seconds))
    assert [finding["occurred_at"][17:19] for finding in auditor.findings()] == ["30", "20", "10", "00"]
    assert [finding["occurred_at"][17:19] for finding in auditor.findings("vendor")] == ["30", "10", "00"]
    [theirs] = audit.get("/findings", tokens.vendor(OTHER_VENDOR)).json["items"]
    assert theirs["vendor_id"] == OTHER_VENDOR
    csv = audit.get("/findings", tokens.vendor(), accept="text/csv").text.splitlines()
    assert csv[0].startswith("finding_id,kind,occurred_at,")
    assert len(csv) == 4
    ndjson = audit.get("/findings?limit=1", tokens.vendor(), accept="application/x-ndjson")
    assert len(ndjson.text.splitlines()) == 1
    assert "Link" in ndjson.headers


@pytest.mark.parametrize(
    "position", [{"x": "x"}, {"key": 1}, {"key": "x", "sku": "x"}, {"key": "x" * 1_012}], ids=str
)
def test_a_cursor_of_another_list_is_refused(audit: Client, tokens: Tokens, position: Position) -> None:
    response = audit.get(f"/findings?cursor={encode_cursor(position)}", tokens.of_role("auditor"))
    assert (response.status, response.code) == (400, "invalid_cursor")


def test_an_unavailable_archive_is_503(audit: Client, tokens: Tokens, storage: Any) -> None:
    storage.delete_bucket(Bucket="archive")
    response = audit.get("/findings", tokens.of_role("auditor"))
    assert (response.status, response.code) == (503, "archive_unavailable")
    assert response.headers["Retry-After"] == "5"


def test_without_an_archive_the_list_of_findings_is_not_implemented(
    service_module: Any, audit: Client, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module.auditor.findings.store.objects, "bucket", None)
    response = audit.get("/findings", tokens.of_role("auditor"))
    assert (response.status, response.code) == (501, "archive_not_configured")
    assert "Retry-After" not in response.headers


def test_a_finding_that_could_not_be_kept_is_delivered_again(auditor: Auditor, storage: Any) -> None:
    storage.delete_bucket(Bucket="archive")
    change = a_change(LEDGER[3].to_item(), None)
    response = auditor.module.log_changed({"Records": [change]}, None)
    assert response == {"batchItemFailures": [{"itemIdentifier": change["dynamodb"]["SequenceNumber"]}]}
    storage.create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
    deliver(auditor.module.log_changed, change)
    assert auditor.kinds() == ["record_removed"]


# New records, and the archive


def archived(storage: Any) -> dict[str, bytes]:
    keys = [
        each["Key"] for each in storage.list_objects_v2(Bucket="archive", Prefix="log/").get("Contents", ())
    ]
    return {key: storage.get_object(Bucket="archive", Key=key)["Body"].read() for key in keys}


def lines(*records: TransactionRecord) -> bytes:
    return b"".join(rfc8785.dumps(record.document()) + b"\n" for record in records)


def insertions(*records: TransactionRecord) -> list[dict[str, Any]]:
    return [a_change(None, record.to_item()) for record in records]


def key_of(*changes: dict[str, Any]) -> str:
    first, last = (changes[i]["dynamodb"]["SequenceNumber"].rjust(40, "0") for i in (0, -1))
    return f"log/2026-02-23/{first}-{last}.jsonl"


@pytest.fixture
def sold(auditor: Auditor, dynamodb: Any) -> Auditor:
    """The auditor of a SKU that ends with the last record of its log."""
    keep_sku(dynamodb, a_sku(LEDGER))
    return auditor


def test_the_new_records_of_a_batch_are_one_object_however_often_they_are_delivered(
    sold: Auditor, storage: Any
) -> None:
    changes = insertions(*LEDGER)
    for _ in range(2):
        deliver(sold.module.log_changed, *changes)
    assert archived(storage) == {key_of(*changes): lines(*LEDGER)}
    assert sold.findings() == []


def test_a_batch_costs_one_read_and_one_object_however_many_changes_it_has(
    sold: Auditor, storage: Any
) -> None:
    changes = [a_change(sku_after(n), sku_after(n + 1)) for n in range(12)]
    deliver(sold.module.stock_changed, *changes)
    deliver(sold.module.log_changed, *insertions(*LEDGER))
    batches = sold.logged("changes")
    assert [(line["handled"], line["dynamodb_calls"]) for line in batches] == [(12, 1), (12, 2)]
    assert len(archived(storage)) == 1


def test_records_that_are_far_behind_are_examined_in_a_few_reads(auditor: Auditor, dynamodb: Any) -> None:
    """Behind a storm, each SKU has later records; those that were written together are read together."""
    first = []
    for number in range(20):
        sku = f"SKU-{PRODUCT}-{number}"
        ledger = a_ledger(4, sku)
        keep(dynamodb, *ledger)
        keep_sku(dynamodb, a_sku(ledger, sku))
        first.append(ledger[0])
    deliver(auditor.module.log_changed, *insertions(*first))
    assert auditor.findings() == []
    [batch] = auditor.logged("changes")
    # SKUs, their last records, one of the next records, all others of its time, products.
    assert (batch["handled"], batch["dynamodb_calls"]) == (20, 5)


@pytest.mark.parametrize("added_at", ["2026-01-01T00:00:00.000000Z", "2026-12-01T00:00:00.000000Z"])
def test_an_added_record_with_the_id_of_the_next_one_makes_no_genuine_record_suspicious(
    sold: Auditor, dynamodb: Any, added_at: str
) -> None:
    added = {**LEDGER[1].to_item(), "timestamp": {"S": added_at}, "previous_hash": {"S": "0" * 64}}
    dynamodb.put_item(TableName="StockTransactions", Item=added)
    deliver(sold.module.log_changed, *insertions(LEDGER[0]))
    assert sold.findings() == []
    deliver(sold.module.log_changed, a_change(None, added))
    assert sold.kinds() == ["record_without_stock"]


def test_records_that_are_delivered_again_in_other_batches_are_archived_again(
    sold: Auditor, storage: Any
) -> None:
    changes = insertions(*LEDGER)
    deliver(sold.module.log_changed, *changes[:7])
    deliver(sold.module.log_changed, *changes[3:])
    assert archived(storage) == {
        key_of(*changes[:7]): lines(*LEDGER[:7]),
        key_of(*changes[3:]): lines(*LEDGER[3:]),
    }
    assert sold.findings() == []


@pytest.mark.parametrize("delivered", [1, 4, 11, 12])
def test_records_are_in_the_chain_also_after_the_sku_has_changed_again(sold: Auditor, delivered: int) -> None:
    """The last one is followed by a record that only its id names, by the SKU's last one, or is that."""
    deliver(sold.module.log_changed, *insertions(*LEDGER[:delivered]))
    assert sold.findings() == []


def forged(sequence: int, **differences: Any) -> TransactionRecord:
    """Return a record that somebody adds by hand after the previous one, with a hash of its own."""
    previous = LEDGER[sequence - 2]
    attributes: dict[str, Any] = {
        "quantity": 500,
        "quantity_change": 500,
        "stock_before": previous.stock_after,
        "stock_after": previous.stock_after + 500,
        "reserved_before": previous.reserved_after,
        "reserved_after": previous.reserved_after,
        "previous_hash": previous.hash,
        "timestamp": "2026-02-24T10:30:00.000000Z",
    }
    return a_record(BLACK, sequence, **attributes | differences)


@pytest.mark.parametrize("sequence", [13, 12, 11, 5])
def test_a_record_that_was_added_by_hand_is_a_finding(sold: Auditor, dynamodb: Any, sequence: int) -> None:
    """Beyond the SKU's last record, or in the place of an older one, with a valid hash and predecessor."""
    added = forged(sequence)
    keep(dynamodb, added)
    deliver(sold.module.log_changed, *insertions(added))
    [finding] = sold.findings()
    assert (finding["kind"], finding["transaction_id"]) == ("record_without_stock", added.transaction_id)
    assert finding["differences"] == [
        {
            "transaction_id": added.transaction_id,
            "kind": "unexpected_record",
            "expected": {"sequence": 12, "hash": LEDGER[-1].hash},
            "found": added.document(),
        }
    ]


def test_of_several_records_that_were_added_by_hand_one_is_a_finding(sold: Auditor, dynamodb: Any) -> None:
    """The second continues the first, and vouches for it; nothing vouches for the second."""
    first = forged(11)
    second = forged(
        12,
        stock_before=first.stock_after,
        stock_after=first.stock_after + 500,
        previous_hash=first.hash,
        timestamp="2026-02-24T10:31:00.000000Z",
    )
    keep(dynamodb, first, second)
    deliver(sold.module.log_changed, *insertions(first, second))
    assert {finding["transaction_id"] for finding in sold.findings()} >= {second.transaction_id}


def test_a_record_with_the_hash_of_another_one_is_a_finding(sold: Auditor) -> None:
    copied = {**LEDGER[-1].to_item(), "quantity": {"N": "77"}}
    deliver(sold.module.log_changed, a_change(None, copied))
    [finding] = sold.findings()
    assert finding["kind"] == "record_without_stock"
    assert "hash" in {difference["kind"] for difference in finding["differences"]}


def test_a_record_of_a_sku_that_does_not_exist_is_a_finding(auditor: Auditor) -> None:
    deliver(auditor.module.log_changed, *insertions(a_record(WHITE)))
    [finding] = auditor.findings()
    assert finding["kind"] == "record_without_stock"
    assert finding["differences"][0]["expected"] is None


@pytest.mark.parametrize("value", [{"L": []}, {"M": {}}, {"BOOL": True}, {"NULL": True}])
@pytest.mark.parametrize("name", ["hash", "previous_hash"])
def test_a_record_whose_hashes_are_no_texts_is_a_finding_and_no_obstacle(
    sold: Auditor, name: str, value: dict[str, Any]
) -> None:
    deliver(sold.module.log_changed, a_change(None, {**LEDGER[4].to_item(), name: value}))
    assert set(sold.kinds()) == {"record_without_stock"}


def test_another_object_in_the_place_of_a_batch_is_a_finding_and_the_records_are_archived_beside_it(
    sold: Auditor, storage: Any
) -> None:
    changes = insertions(*LEDGER[:3])
    key = key_of(*changes)
    storage.put_object(Bucket="archive", Key=key, Body=b"mine")
    for _ in range(2):
        deliver(sold.module.log_changed, *changes)
    [finding] = sold.findings()
    assert finding["kind"] == "archive_conflict"
    assert finding["differences"][0]["expected"] == f"{key}: mine"
    contents = archived(storage)
    assert contents.pop(key) == b"mine"
    [(beside, content)] = contents.items()
    assert beside == f"{key[:-6]}-{sha256(content).hexdigest()}.jsonl"
    assert content == lines(*LEDGER[:3])


@pytest.mark.parametrize(
    "differences",
    [{"sku": {"S": "../x"}}, {"sequence": {"S": "1"}}, {"sequence": {"N": "0"}}, {"quantity": {"N": "1.5"}}],
)
def test_an_invalid_record_is_a_finding(sold: Auditor, storage: Any, differences: Item) -> None:
    invalid = a_change(None, LEDGER[0].to_item() | differences)
    deliver(sold.module.log_changed, invalid)
    assert sold.kinds() == ["archive_conflict"]
    assert archived(storage) == {}


def test_an_invalid_record_does_not_keep_others_from_the_archive(sold: Auditor, storage: Any) -> None:
    invalid = a_change(None, LEDGER[0].to_item() | {"sku": {"S": "../x"}})
    changes = insertions(*LEDGER[1:3])
    deliver(sold.module.log_changed, invalid, *changes)
    assert sold.kinds() == ["archive_conflict"]
    assert archived(storage) == {key_of(*changes): lines(*LEDGER[1:3])}


def test_a_change_that_cannot_be_reported_is_named_after_the_new_records_are_archived(
    sold: Auditor, storage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = insertions(*LEDGER[:2])
    removed = a_change(LEDGER[3].to_item(), None)

    def fail(finding: Any) -> None:
        raise ArchiveUnavailable("not now")

    monkeypatch.setattr(FindingStore, "add", lambda _, finding: fail(finding))
    response = sold.module.log_changed({"Records": [changes[0], removed, changes[1]]}, None)
    assert response == {"batchItemFailures": [{"itemIdentifier": removed["dynamodb"]["SequenceNumber"]}]}
    assert archived(storage) == {key_of(*changes): lines(*LEDGER[:2])}


def test_a_batch_that_cannot_be_archived_is_delivered_again(sold: Auditor, storage: Any) -> None:
    changes = insertions(*LEDGER[:2])
    storage.delete_bucket(Bucket="archive")
    response = sold.module.log_changed({"Records": changes}, None)
    assert response == {"batchItemFailures": [{"itemIdentifier": changes[0]["dynamodb"]["SequenceNumber"]}]}
    storage.create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
    deliver(sold.module.log_changed, *changes)
    assert archived(storage) == {key_of(*changes): lines(*LEDGER[:2])}


def test_without_an_archive_findings_are_reported_nevertheless(
    service_module: Any, sold: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module.auditor.findings.store.objects, "bucket", None)
    monkeypatch.setattr(service_module.auditor.archive.objects, "bucket", None)
    deliver(service_module.log_changed, a_change(None, LEDGER[0].to_item()))
    deliver(service_module.log_changed, a_change(LEDGER[3].to_item(), None))
    assert len(sold.logged("finding")) == len(sold.logged("alert")) == 1
    assert PRODUCT in dumps(sold.logged("finding")[0])


def test_a_finding_that_the_log_cannot_take_is_not_kept_and_is_reported_later(
    auditor: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log line is the finding's metric: kept without it, the finding would raise no alarm."""
    change = a_change(sku_after(5), sku_after(5, current_stock=1000))
    with monkeypatch.context() as patch, open("/dev/full", "w") as full:
        patch.setattr(sys, "stdout", full)
        failed = auditor.module.stock_changed({"Records": [change]}, None)
    assert failed == {"batchItemFailures": [{"itemIdentifier": change["dynamodb"]["SequenceNumber"]}]}
    assert auditor.findings() == []
    deliver(auditor.module.stock_changed, change, change)
    assert auditor.kinds() == ["stock_without_record"]
    assert len(auditor.logged("finding")) == 1
