"""Changes that the services did not make are reported once, however often the stream delivers them."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from front_door import Client, Tokens

from inventory_common.exact_json import dumps
from inventory_common.items import Item
from inventory_common.pages import Position, encode_cursor

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


# The archive


def archived(storage: Any) -> dict[str, Any]:
    keys = [
        each["Key"] for each in storage.list_objects_v2(Bucket="archive", Prefix="log/").get("Contents", ())
    ]
    return {key: json.loads(storage.get_object(Bucket="archive", Key=key)["Body"].read()) for key in keys}


def test_new_records_are_archived_under_sku_and_sequence(auditor: Auditor, storage: Any) -> None:
    for _ in range(2):
        deliver(auditor.module.log_changed, *(a_change(None, record.to_item()) for record in LEDGER))
    assert archived(storage) == {
        f"log/{BLACK}/{record.sequence:010}.json": record.document() for record in LEDGER
    }
    assert auditor.findings() == []


def test_a_conflicting_record_is_a_finding_and_the_archive_stays_unchanged(
    auditor: Auditor, storage: Any
) -> None:
    deliver(auditor.module.log_changed, a_change(None, LEDGER[0].to_item()))
    forged = a_record(BLACK, 1, quantity=500, quantity_change=500, stock_after=500)
    deliver(auditor.module.log_changed, a_change(None, forged.to_item()))
    [finding] = auditor.findings()
    assert finding["kind"] == "archive_conflict"
    assert finding["differences"][0]["expected"] == LEDGER[0].document()
    assert archived(storage) == {f"log/{BLACK}/{1:010}.json": LEDGER[0].document()}


@pytest.mark.parametrize(
    "differences",
    [{"sku": {"S": "../x"}}, {"sequence": {"S": "1"}}, {"sequence": {"N": "0"}}, {"quantity": {"N": "1.5"}}],
)
def test_an_invalid_record_is_a_finding(auditor: Auditor, storage: Any, differences: Item) -> None:
    deliver(auditor.module.log_changed, a_change(None, LEDGER[0].to_item() | differences))
    assert auditor.kinds() == ["archive_conflict"]
    assert archived(storage) == {}


def test_without_an_archive_findings_are_reported_nevertheless(
    service_module: Any, auditor: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module.auditor.findings.store.objects, "bucket", None)
    monkeypatch.setattr(service_module.auditor.archive.objects, "bucket", None)
    deliver(service_module.log_changed, a_change(None, LEDGER[0].to_item()))
    deliver(service_module.log_changed, a_change(LEDGER[3].to_item(), None))
    assert len(auditor.logged("finding")) == len(auditor.logged("alert")) == 1
    assert PRODUCT in dumps(auditor.logged("finding")[0])


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
