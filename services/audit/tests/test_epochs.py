"""After a restore of the tables, archive and digests go on in a new epoch, and no change is hidden by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import rfc8785
from front_door import Client, Tokens

from chalicelib import operations
from chalicelib.bootstrap import archive_checker, digest_writer, stream_auditor, stream_batches
from chalicelib.domain.archive_faults import ArchiveReport
from inventory_common.archive_keys import epoch_of, name_of
from inventory_common.ids import transaction_id
from inventory_common.streams import ItemChange
from inventory_common.transactions import TransactionRecord

from .ledger import BLACK, WHITE, a_ledger, a_product, a_record, a_sku, keep, keep_product, keep_sku
from .stream import a_change

LEDGER = a_ledger(12)
OTHER = a_ledger(5, WHITE, seed=2)
KEPT = 9
"""Records of the SKU that are older than the restored moment."""
RESTORED_TO = "2026-02-24T06:00:00.000000Z"
LATER = "2026-02-24T09:00:00.000000Z"
AFTER = "2026-02-25T12:00:00.000000Z"


def a_restock(before: TransactionRecord, timestamp: str = "2026-02-24T08:00:00.000000Z") -> TransactionRecord:
    """Return the restock that follows a record."""
    return a_record(
        before.sku,
        before.sequence + 1,
        timestamp=timestamp,
        stock_before=before.stock_after,
        stock_after=before.stock_after + 5,
        reserved_before=before.reserved_after,
        reserved_after=before.reserved_after,
        previous_hash=before.hash,
    )


FIRST_OF_EPOCH = a_restock(LEDGER[KEPT - 1])
SECOND_OF_EPOCH = a_restock(FIRST_OF_EPOCH, "2026-02-24T08:10:00.000000Z")


@pytest.fixture
def shop(service_module: Any, storage: Any, signing_key: None, dynamodb: Any) -> Any:
    """Two SKUs whose records are archived, and a digest; then one SKU is restored to its ninth record."""
    storage.put_bucket_versioning(Bucket="archive", VersioningConfiguration={"Status": "Enabled"})
    keep_product(dynamodb, a_product())
    for ledger, sku in ((LEDGER, BLACK), (OTHER, WHITE)):
        keep(dynamodb, *ledger)
        keep_sku(dynamodb, a_sku(ledger, sku))
        archive(*ledger)
    write_digest("2026-02-24T00:00:00.000000Z")
    for record in LEDGER[KEPT:]:
        remove(dynamodb, record)
    keep_sku(dynamodb, a_sku(LEDGER[:KEPT]))
    return dynamodb


@pytest.fixture
def restored(shop: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same, and the services know of it."""
    monkeypatch.setenv("TABLES_RESTORED_TO", RESTORED_TO)
    return shop


def archive(*records: TransactionRecord) -> None:
    """Archive records as a process with the present settings does."""
    changes = [ItemChange.from_record(a_change(None, record.to_item())) for record in records]
    stream_batches(stream_auditor()).log_changed(changes)


def sell(tables: Any, *records: TransactionRecord) -> None:
    """Write the next records of the SKU, which end its log."""
    keep(tables, *records)
    keep_sku(tables, a_sku([*LEDGER[:KEPT], FIRST_OF_EPOCH, SECOND_OF_EPOCH][: records[-1].sequence]))
    archive(*records)


def remove(tables: Any, record: TransactionRecord) -> None:
    key = {"transaction_id": {"S": record.transaction_id}, "timestamp": {"S": record.timestamp}}
    tables.delete_item(TableName="StockTransactions", Key=key)


def write_digest(now: str) -> str:
    return replace(digest_writer(), clock=lambda: now).write().text


def checked(now: str = AFTER) -> ArchiveReport:
    return replace(archive_checker(), clock=lambda: now).run(is_always_on=False)


def faults() -> list[str]:
    return [fault.text for fault in checked().faults]


def get(storage: Any, key: str) -> Any:
    return json.loads(storage.get_object(Bucket="archive", Key=key)["Body"].read())


def put(storage: Any, key: str, content: Any) -> None:
    storage.put_object(Bucket="archive", Key=key, Body=rfc8785.dumps(content) + b"\n")


def delete(storage: Any, key: str) -> None:
    for each in storage.list_object_versions(Bucket="archive", Prefix=key)["Versions"]:
        storage.delete_object(Bucket="archive", Key=each["Key"], VersionId=each["VersionId"])


def test_a_restore_that_nobody_names_is_one_fault_after_another(shop: Any) -> None:
    assert f"{BLACK} has {KEPT} records, but 12 are archived" in faults()


def test_before_its_digest_the_new_epoch_is_one_fault(restored: Any) -> None:
    assert faults() == [
        "digests/epoch-0002.json is missing, or no digest: no records can be checked until one is written"
    ]


def test_after_a_restore_archive_and_digests_are_whole_and_the_lost_records_are_counted(
    restored: Any, storage: Any
) -> None:
    sentence = write_digest(LATER)
    assert sentence == (
        f"digests/epoch-0002.json written, 2 SKUs as of {RESTORED_TO}; digests/2026-02-24.json already exists"
    )
    report = checked()
    assert (report.faults, report.lost, report.records, report.digests) == ([], 3, 17, 2)
    assert list(report.lines()) == [
        "3 archived records are later than the moment to which the tables were restored.",
        "17 archived records of 2 SKUs and 2 digests checked: 0 faults.",
    ]
    begun = get(storage, "digests/epoch-0002.json")["digest"]
    assert (begun["epoch"], begun["restored_to"]) == (2, RESTORED_TO)
    assert begun["heads"][BLACK] == {"sequence": KEPT, "hash": LEDGER[KEPT - 1].hash}


def test_the_next_sales_are_archived_in_the_new_epoch_and_continue_the_chain(
    restored: Any, storage: Any
) -> None:
    write_digest(LATER)
    sell(restored, FIRST_OF_EPOCH, SECOND_OF_EPOCH)
    write_digest("2026-02-25T00:00:00.000000Z")
    report = checked()
    assert (report.faults, report.lost, report.records, report.digests) == ([], 3, 19, 3)
    keys = [each["Key"] for each in storage.list_objects_v2(Bucket="archive", Prefix="log/")["Contents"]]
    assert [epoch_of(key.removeprefix("log/")) for key in keys] == [1, 1, 2]
    epoch, day = (get(storage, f"digests/{name}.json")["digest"] for name in (name_of(2), "2026-02-25"))
    assert day["previous_hash"] != epoch["previous_hash"]


def test_records_that_were_archived_before_the_epochs_digest_hide_no_lost_one(restored: Any) -> None:
    """The writers were opened too early: the digest names a later record than the restored one."""
    sell(restored, FIRST_OF_EPOCH, SECOND_OF_EPOCH)
    write_digest(LATER)
    report = checked()
    assert (report.faults, report.lost) == ([], 3)


def test_a_sku_that_did_not_exist_at_the_restored_moment_begins_anew(restored: Any) -> None:
    sku = a_sku(OTHER, WHITE)
    restored.delete_item(
        TableName="VendorInventory", Key={"product_id": {"S": sku.product_id}, "sku": {"S": WHITE}}
    )
    for record in OTHER:
        remove(restored, record)
    write_digest(LATER)
    report = checked()
    assert (report.faults, report.lost) == ([], 3 + 5)
    again = [replace(record) for record in a_ledger(2, WHITE, seed=7)]
    keep(restored, *again)
    keep_sku(restored, a_sku(again, WHITE))
    archive(*again)
    report = checked()
    assert (report.faults, report.lost) == ([], 3 + 5)


def test_a_second_restore_begins_a_third_epoch(restored: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    write_digest(LATER)
    sell(restored, FIRST_OF_EPOCH, SECOND_OF_EPOCH)
    write_digest("2026-02-25T00:00:00.000000Z")
    remove(restored, SECOND_OF_EPOCH)
    keep_sku(restored, a_sku([*LEDGER[:KEPT], FIRST_OF_EPOCH]))
    monkeypatch.setenv("TABLES_RESTORED_TO", f"{RESTORED_TO}, 2026-02-24T08:30:00Z")
    assert write_digest("2026-02-25T06:00:00.000000Z").startswith("digests/epoch-0003.json written")
    report = checked()
    assert (report.faults, report.lost) == ([], 4)
    another = a_restock(FIRST_OF_EPOCH, "2026-02-25T07:00:00.000000Z")
    keep(restored, another)
    keep_sku(restored, a_sku([*LEDGER[:KEPT], FIRST_OF_EPOCH, another]))
    archive(another)
    assert write_digest("2026-02-26T00:00:00.000000Z").startswith("digests/2026-02-26.json written")
    report = checked("2026-02-26T12:00:00.000000Z")
    assert (report.faults, report.lost, report.digests) == ([], 4, 5)


def test_the_epoch_is_a_finding_once(
    restored: Any, audit: Client, tokens: Tokens, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        write_digest(LATER)
    [found] = audit.get("/findings", tokens.of_role("auditor")).json["items"]
    assert (found["kind"], found["occurred_at"]) == ("tables_restored", LATER)
    assert RESTORED_TO in found["differences"][0]["found"]
    assert operations.main(["verify-archive", "--allow-missing-days"]) == 0
    assert "3 archived records are later than" in capsys.readouterr().out


def test_a_sku_that_was_restored_without_its_last_record_is_a_fault(restored: Any) -> None:
    """Tables that were restored to one second may disagree about the last change before it."""
    remove(restored, LEDGER[KEPT - 1])
    write_digest(LATER)
    assert f"digests/epoch-0002.json has a different hash for {BLACK}, record {KEPT}" in faults()


# What a restore does not hide


def _change_a_kept_record(storage: Any, tables: Any) -> str:
    tables.put_item(TableName="StockTransactions", Item={**LEDGER[4].to_item(), "notes": {"S": "x"}})
    return f"{transaction_id(BLACK, 5)} in {{key}} differs from the record in the table"


def _remove_a_kept_record(storage: Any, tables: Any) -> str:
    remove(tables, LEDGER[4])
    return f"{transaction_id(BLACK, 5)} in {{key}} is archived, but is not in the table"


def _remove_a_new_record(storage: Any, tables: Any) -> str:
    remove(tables, FIRST_OF_EPOCH)
    return f"{transaction_id(BLACK, 10)} in {{last}} is archived, but is not in the table"


def _reset_the_sku(storage: Any, tables: Any) -> str:
    keep_sku(tables, a_sku(LEDGER[:KEPT]))
    return f"{BLACK} has 9 records, but 11 are archived"


def _write_unarchived(storage: Any, tables: Any) -> str:
    record = a_restock(SECOND_OF_EPOCH, "2026-02-24T08:20:00.000000Z")
    keep(tables, record)
    keep_sku(tables, a_sku([*LEDGER[:KEPT], FIRST_OF_EPOCH, SECOND_OF_EPOCH, record]))
    return f"{record.transaction_id} of {BLACK}, record 12, should have been archived"


def _forge_the_epoch(storage: Any, tables: Any) -> str:
    signed = get(storage, "digests/epoch-0002.json")
    signed["digest"]["heads"][BLACK]["sequence"] = 3
    put(storage, "digests/epoch-0002.json", signed)
    return "digests/epoch-0002.json is not signed with the signing key"


def _remove_the_epoch(storage: Any, tables: Any) -> str:
    delete(storage, "digests/epoch-0002.json")
    return "digests/epoch-0002.json is missing, or no digest: no records can be checked until one is written"


def _plant_an_epoch(storage: Any, tables: Any) -> str:
    put(storage, "digests/epoch-0003.json", get(storage, "digests/epoch-0002.json"))
    return "digests/epoch-0003.json begins an epoch that TABLES_RESTORED_TO does not name"


def _rename_an_epoch(storage: Any, tables: Any) -> str:
    put(storage, "digests/epoch-02.json", get(storage, "digests/epoch-0002.json"))
    return "digests/epoch-02.json begins an epoch that TABLES_RESTORED_TO does not name"


def _archive_in_the_future(storage: Any, tables: Any) -> str:
    put(storage, "log/epoch-0003/2026-02-24/1.jsonl", LEDGER[0].document())
    return "log/epoch-0003/2026-02-24/1.jsonl is of an epoch that has not begun"


def _remove_a_digest(storage: Any, tables: Any) -> str:
    delete(storage, "digests/2026-02-24.json")
    return "digests/epoch-0002.json does not follow the previous digest"


@pytest.mark.parametrize(
    "interfere",
    [
        _change_a_kept_record,
        _remove_a_kept_record,
        _remove_a_new_record,
        _reset_the_sku,
        _write_unarchived,
        _forge_the_epoch,
        _remove_the_epoch,
        _plant_an_epoch,
        _rename_an_epoch,
        _archive_in_the_future,
        _remove_a_digest,
    ],
)
def test_a_fault_is_reported(restored: Any, storage: Any, interfere: Callable[[Any, Any], str]) -> None:
    write_digest(LATER)
    sell(restored, FIRST_OF_EPOCH, SECOND_OF_EPOCH)
    write_digest("2026-02-25T00:00:00.000000Z")
    assert faults() == []
    keys = [each["Key"] for each in storage.list_objects_v2(Bucket="archive", Prefix="log/")["Contents"]]
    expected = interfere(storage, restored)
    assert expected.replace("{key}", keys[0]).replace("{last}", keys[-1]) in faults()


def test_the_moments_of_restores_have_to_be_moments(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLES_RESTORED_TO", "yesterday")
    with pytest.raises(RuntimeError, match="TABLES_RESTORED_TO must be moments"):
        digest_writer()
