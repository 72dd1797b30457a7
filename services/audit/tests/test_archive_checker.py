"""Archive, digests and tables are checked against each other, and a rewrite of any of them is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import rfc8785
from front_door import Client, Tokens

from chalicelib import operations
from chalicelib.bootstrap import archive_checker, digest_writer
from chalicelib.domain.archive_faults import FAULTS_MAX, ArchiveFault, ArchiveReport
from chalicelib.storage.object_store import ObjectStore
from inventory_common.ids import transaction_id
from inventory_common.timestamps import now
from inventory_common.transactions import TransactionRecord

from .ledger import BLACK, WHITE, a_ledger, a_product, a_sku, keep, keep_product, keep_sku
from .stream import SCHEDULED, a_change, deliver

LEDGER = a_ledger(12)
OTHER = a_ledger(5, WHITE, seed=2)
DAYS = ("2026-02-24T00:00:00.000000Z", "2026-02-25T00:00:00.000000Z")


@pytest.fixture
def shop(service_module: Any, storage: Any, signing_key: None, dynamodb: Any) -> Any:
    """Two SKUs whose records are archived, and the digests of two days."""
    storage.put_bucket_versioning(Bucket="archive", VersioningConfiguration={"Status": "Enabled"})
    keep_product(dynamodb, a_product())
    for ledger, sku in ((LEDGER, BLACK), (OTHER, WHITE)):
        keep(dynamodb, *ledger)
        keep_sku(dynamodb, a_sku(ledger, sku))
        deliver(service_module.log_changed, *(a_change(None, record.to_item()) for record in ledger))
    for day in DAYS:
        write_digest(day)
    return dynamodb


def write_digest(day: str) -> str:
    return replace(digest_writer(), clock=lambda: day).write().text


DAY_AFTER = "2026-02-25T12:00:00.000000Z"


def checked(now: str = DAY_AFTER, *, is_always_on: bool = True) -> ArchiveReport:
    return replace(archive_checker(), clock=lambda: now).run(is_always_on=is_always_on)


def faults() -> list[str]:
    return [fault.text for fault in checked().faults]


def key_of(record: TransactionRecord) -> dict[str, Any]:
    return {"transaction_id": {"S": record.transaction_id}, "timestamp": {"S": record.timestamp}}


def put(storage: Any, key: str, content: Any) -> None:
    """Write an object without the service, as a new version."""
    storage.put_object(Bucket="archive", Key=key, Body=rfc8785.dumps(content))


def get(storage: Any, key: str) -> Any:
    return json.loads(storage.get_object(Bucket="archive", Key=key)["Body"].read())


def objects(storage: Any) -> list[str]:
    """Return the keys of the archive's objects: that of the SKU in black, and that of the other."""
    return [each["Key"] for each in storage.list_objects_v2(Bucket="archive", Prefix="log/")["Contents"]]


def archive(storage: Any, key: str, *documents: dict[str, Any]) -> None:
    """Write an object with records without the service, as a new version."""
    body = b"".join(rfc8785.dumps(document) + b"\n" for document in documents)
    storage.put_object(Bucket="archive", Key=key, Body=body)


def name_of(sequence: int) -> str:
    return transaction_id(BLACK, sequence)


def not_archived(sequence: int) -> str:
    return f"{name_of(sequence)} of {BLACK}, record {sequence}, should have been archived"


def test_an_intact_archive_has_no_fault(shop: Any) -> None:
    report = checked()
    assert (report.faults, report.records, report.skus, report.digests) == ([], 17, 2, 2)
    assert report.fields() == {"records": 17, "skus": 2, "digests": 2, "lost": 0, "faults": 0}


def test_repeated_records_and_records_in_any_order_are_no_fault(
    service_module: Any, shop: Any, storage: Any
) -> None:
    """Shards are read side by side, and batches are delivered again with other boundaries."""
    documents = [record.document() for record in LEDGER]
    archive(storage, "log/2026-02-22/0.jsonl", *reversed(documents[6:]))
    archive(storage, "log/2026-02-24/9.jsonl", *documents[:7])
    storage.delete_objects(
        Bucket="archive",
        Delete={"Objects": [{"Key": key, "VersionId": version} for key, version in versions(storage)]},
    )
    archive(storage, "log/2026-02-23/5.jsonl", *(record.document() for record in OTHER))
    assert faults() == []
    assert checked().records == 6 + 7 + 5


def versions(storage: Any) -> list[tuple[str, str]]:
    """Return the versions of the objects that the service has written."""
    listed = storage.list_object_versions(Bucket="archive", Prefix="log/2026-02-23/")["Versions"]
    return [(each["Key"], each["VersionId"]) for each in listed]


def test_a_digest_names_every_head_and_the_previous_digest(shop: Any, storage: Any) -> None:
    first, second = (get(storage, f"digests/{day[:10]}.json") for day in DAYS)
    assert first["digest"]["previous_hash"] == "0" * 64
    assert first["digest"]["heads"] == {
        BLACK: {"sequence": 12, "hash": LEDGER[-1].hash},
        WHITE: {"sequence": 5, "hash": OTHER[-1].hash},
    }
    assert second["digest"]["previous_hash"] not in ("0" * 64, "")


def test_a_day_has_one_digest(shop: Any) -> None:
    assert write_digest(DAYS[1]) == "digests/2026-02-25.json already exists"


def test_another_object_in_the_place_of_a_digest_is_a_finding(
    shop: Any, storage: Any, audit: Client, tokens: Tokens
) -> None:
    yesterday = get(storage, "digests/2026-02-25.json")
    for day, content in (("2026-02-26", {"mine": True}), ("2026-02-27", yesterday)):
        put(storage, f"digests/{day}.json", content)
        expected = (
            f"digests/{day}.json is stored already, and is not this day's digest, signed with the signing key"
        )
        for _ in range(2):
            assert write_digest(f"{day}T01:00:00.000000Z") == expected
    assert not replace(digest_writer(), clock=lambda: "2026-02-27T02:00:00.000000Z").write().is_clean
    found = audit.get("/findings", tokens.of_role("auditor")).json["items"]
    assert [(each["kind"], each["occurred_at"][:10], each["differences"][0]["kind"]) for each in found] == [
        ("archive_fault", "2026-02-27", "digest_conflict"),
        ("archive_fault", "2026-02-26", "digest_conflict"),
    ]


def test_a_damaged_digest_does_not_end_the_chain_of_later_ones(shop: Any, storage: Any) -> None:
    storage.put_object(Bucket="archive", Key="digests/2026-02-25.json", Body=b"{")
    assert write_digest("2026-02-26T00:00:00.000000Z").startswith("digests/2026-02-26.json written")


def test_a_rewrite_of_whole_tables_is_found(shop: Any, storage: Any) -> None:
    """A SKU and all of its records are replaced, with a valid hash chain: only the archive differs."""
    forged = a_ledger(12, seed=99)
    for record in LEDGER:
        shop.delete_item(TableName="StockTransactions", Key=key_of(record))
    keep(shop, *forged)
    keep_sku(shop, a_sku(forged))
    assert f"{name_of(12)} in {objects(storage)[0]} differs from the record in the table" in faults()


def test_a_rewrite_of_tables_and_archive_is_found_by_the_digests(shop: Any, storage: Any) -> None:
    forged = a_ledger(12, seed=99)
    for record in LEDGER:
        shop.delete_item(TableName="StockTransactions", Key=key_of(record))
    keep(shop, *forged)
    keep_sku(shop, a_sku(forged))
    key = objects(storage)[0]
    archive(storage, key, *(record.document() for record in forged))
    found = faults()
    assert f"digests/2026-02-24.json has a different hash for {BLACK}, record 12" in found
    assert f"{key} has more than one version, or was deleted" in found


def test_a_record_that_is_archived_a_second_time_with_another_content_is_found(
    shop: Any, storage: Any
) -> None:
    """The object has a key of its own, so that its write was no conflict."""
    archive(storage, "log/2026-02-24/9.jsonl", {**LEDGER[4].document(), "performed_by": "VENDOR-2"})
    assert faults() == [f"{name_of(5)} in log/2026-02-24/9.jsonl differs from the record in the table"]


def _forge_digest(storage: Any, shop: Any) -> None:
    signed = get(storage, "digests/2026-02-24.json")
    signed["digest"]["heads"][BLACK]["sequence"] = 11
    put(storage, "digests/2026-02-24.json", signed)


def _garble_digest(storage: Any, shop: Any) -> None:
    storage.put_object(Bucket="archive", Key="digests/2026-02-24.json", Body=b"{")


def _rename_digest(storage: Any, shop: Any) -> None:
    put(storage, "digests/2026-02-26.json", get(storage, "digests/2026-02-25.json"))


def _add_to_digests(storage: Any, shop: Any) -> None:
    put(storage, "digests/tomorrow.json", {})


def _remove_digest(storage: Any, shop: Any) -> None:
    versions = storage.list_object_versions(Bucket="archive", Prefix="digests/2026-02-24")["Versions"]
    for each in versions:
        storage.delete_object(Bucket="archive", Key=each["Key"], VersionId=each["VersionId"])


def _remove_object(storage: Any, shop: Any) -> None:
    storage.delete_object(Bucket="archive", Key=objects(storage)[0])


def _remove_line(storage: Any, shop: Any) -> None:
    archive(storage, objects(storage)[0], *(each.document() for each in LEDGER if each.sequence != 5))


def _garble_line(storage: Any, shop: Any) -> None:
    key = objects(storage)[0]
    body = storage.get_object(Bucket="archive", Key=key)["Body"].read()
    storage.put_object(Bucket="archive", Key=key, Body=body.replace(b"{", b"[", 1))


def _cut_object(storage: Any, shop: Any) -> None:
    key = objects(storage)[0]
    body = storage.get_object(Bucket="archive", Key=key)["Body"].read()
    storage.put_object(Bucket="archive", Key=key, Body=body[:-5])


def _empty_object(storage: Any, shop: Any) -> None:
    storage.put_object(Bucket="archive", Key="log/2026-02-24/9.jsonl", Body=b"")


def _number_beyond_all(storage: Any, shop: Any) -> None:
    document = json.dumps({**LEDGER[0].document(), "sequence": 2**80}).encode()
    storage.put_object(Bucket="archive", Key="log/2026-02-24/9.jsonl", Body=document + b"\n")


def _change_line(storage: Any, shop: Any) -> None:
    documents = [record.document() for record in LEDGER]
    documents[4] |= {"performed_by": "VENDOR-2"}
    archive(storage, objects(storage)[0], *documents)


def _change_record(storage: Any, shop: Any) -> None:
    shop.put_item(TableName="StockTransactions", Item={**LEDGER[4].to_item(), "notes": {"S": "x"}})


def _remove_record(storage: Any, shop: Any) -> None:
    shop.delete_item(TableName="StockTransactions", Key=key_of(LEDGER[4]))


def _reset_sku(storage: Any, shop: Any) -> None:
    keep_sku(shop, a_sku(LEDGER[:9]))


def _remove_sku(storage: Any, shop: Any) -> None:
    sku = a_sku(LEDGER)
    shop.delete_item(
        TableName="VendorInventory", Key={"product_id": {"S": sku.product_id}, "sku": {"S": BLACK}}
    )


def _write_unarchived(storage: Any, shop: Any) -> None:
    longer = a_ledger(13)
    keep(shop, longer[-1])
    keep_sku(shop, a_sku(longer))


@pytest.mark.parametrize(
    ("interfere", "fault"),
    [
        (_forge_digest, "digests/2026-02-24.json is not signed with the signing key"),
        (_garble_digest, "digests/2026-02-24.json is not signed with the signing key"),
        (_rename_digest, "digests/2026-02-26.json was made on another day, 2026-02-25T00:00:00.000000Z"),
        (_add_to_digests, "digests/tomorrow.json is not the key of a day's digest"),
        (_remove_digest, "digests/2026-02-25.json does not follow the previous digest"),
        (_remove_object, not_archived(1)),
        (_remove_line, not_archived(5)),
        (_garble_line, "{key} has a line that is no log record"),
        (_cut_object, "{key} has a line that is no log record"),
        (_empty_object, "log/2026-02-24/9.jsonl has a line that is no log record"),
        (_number_beyond_all, "log/2026-02-24/9.jsonl has a line that is no log record"),
        (_change_line, f"{name_of(5)} in {{key}} does not continue the hash chain: hash"),
        (_change_record, f"{name_of(5)} in {{key}} differs from the record in the table"),
        (_remove_record, f"{name_of(5)} in {{key}} is archived, but is not in the table"),
        (_reset_sku, f"{BLACK} has 9 records, but 12 are archived"),
        (_remove_sku, f"{BLACK} has archived records, but no item"),
        (_write_unarchived, not_archived(13)),
    ],
)
def test_a_fault_is_reported(
    shop: Any,
    storage: Any,
    interfere: Callable[[Any, Any], None],
    fault: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fault = fault.replace("{key}", objects(storage)[0])
    interfere(storage, shop)
    assert fault in faults()
    assert operations.main(["verify-archive"]) == 1
    assert fault in capsys.readouterr().out


def test_each_gap_of_an_archived_log_is_a_fault(shop: Any, storage: Any) -> None:
    kept = [each.document() for each in LEDGER if each.sequence not in (3, 7, 8)]
    archive(storage, objects(storage)[0], *kept)
    assert [text for text in faults() if "archived" in text] == [not_archived(3), not_archived(7)]


# Days


def test_a_day_without_a_digest_is_a_fault(shop: Any) -> None:
    write_digest("2026-02-28T00:00:00.000000Z")
    missing = [f"digests/2026-02-{day}.json is missing: no digest was made on that day" for day in (26, 27)]
    assert faults() == missing
    # Today's may still be written.
    report = checked("2026-03-02T10:00:00.000000Z")
    assert [fault.text for fault in report.faults][2:] == [
        "digests/2026-03-01.json is missing: no digest was made on that day"
    ]


def test_a_shop_that_is_not_always_running_may_lack_days(
    shop: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    write_digest("2026-02-28T00:00:00.000000Z")
    assert checked("2026-03-02T10:00:00.000000Z", is_always_on=False).faults == []
    assert operations.main(["verify-archive", "--allow-missing-days"]) == 0
    assert operations.main(["verify-archive"]) == 1
    assert "digests/2026-02-27.json is missing" in capsys.readouterr().out


# The schedule


def test_the_schedule_reports_each_fault_once_however_often_it_is_found(
    service_module: Any,
    shop: Any,
    storage: Any,
    audit: Client,
    tokens: Tokens,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _change_record(storage, shop)
    _reset_sku(storage, shop)
    for _ in range(2):
        service_module.verify_archive(SCHEDULED, None)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    runs = [line for line in lines if line["message"] == "verify_archive"]
    assert [(line["records"], line["skus"], line["digests"]) for line in runs] == [(17, 2, 2)] * 2
    pages = audit.walk("/findings?limit=100", tokens.of_role("auditor"))
    items = [each for page in pages for each in page]
    found = {(each["differences"][0]["kind"], each["sku"]) for each in items}
    assert found >= {("differs_from_table", BLACK), ("archive_ahead", BLACK)}
    assert {each["kind"] for each in items} == {"archive_fault"}
    # The days since then, too.
    assert ("digest_missing", None) in found
    assert len({each["finding_id"] for each in items}) == len(items)
    assert len([line for line in lines if line["message"] == "finding"]) == runs[0]["faults"]


def test_faults_beyond_the_limit_are_counted(shop: Any) -> None:
    report = ArchiveReport()
    for number in range(FAULTS_MAX + 5):
        report.add(ArchiveFault("kind", f"{number}", f"fault {number}"))
    lines = list(report.lines())
    assert len(lines) == FAULTS_MAX + 2
    assert lines[-2:] == [
        "… and 5 more.",
        f"0 archived records of 0 SKUs and 0 digests checked: {FAULTS_MAX + 5} faults.",
    ]


def test_a_check_keeps_few_objects_in_memory(
    service_module: Any, shop: Any, monkeypatch: pytest.MonkeyPatch, storage: Any
) -> None:
    """Objects are fetched a few at a time, and records that wait are in a temporary file."""
    held: list[int] = []
    get_all = ObjectStore.get_all

    def counted(self: Any, keys: Sequence[str]) -> Any:
        held.append(len(keys))
        return get_all(self, keys)

    monkeypatch.setattr(ObjectStore, "get_all", counted)
    for number in range(100):
        archive(storage, f"log/2026-02-24/{number:03}.jsonl", LEDGER[number % 12].document())
    assert faults() == []
    assert sum(held) == 102
    assert max(held) <= 32


def test_a_record_that_was_just_written_need_not_be_archived_yet(shop: Any) -> None:
    record = replace(a_ledger(13)[-1], timestamp=now())
    keep(shop, record)
    keep_sku(shop, a_sku([*LEDGER, record]))
    assert checked(now(), is_always_on=False).faults == []


def test_the_operations_print_what_they_did(shop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert operations.main(["verify-archive", "--allow-missing-days"]) == 0
    assert "17 archived records of 2 SKUs and 2 digests checked: 0 faults." in capsys.readouterr().out
    assert operations.main(["write-digest"]) == 0
    assert "written, 2 SKUs" in capsys.readouterr().out


def test_the_schedule_writes_a_digest(
    service_module: Any, shop: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    service_module.write_digest(SCHEDULED, None)
    assert "written, 2 SKUs" in capsys.readouterr().out
