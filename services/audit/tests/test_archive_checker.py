"""Archive, digests and tables are checked against each other, and a rewrite of any of them is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import rfc8785

from chalicelib import operations
from chalicelib.bootstrap import archive_checker, digest_writer
from inventory_common.timestamps import now
from inventory_common.transactions import TransactionRecord

from .ledger import BLACK, WHITE, a_ledger, a_sku, keep, keep_sku
from .stream import SCHEDULED, a_change, deliver

LEDGER = a_ledger(12)
OTHER = a_ledger(5, WHITE, seed=2)
DAYS = ("2026-02-24T00:00:00.000000Z", "2026-02-25T00:00:00.000000Z")


@pytest.fixture
def shop(service_module: Any, storage: Any, signing_key: None, dynamodb: Any) -> Any:
    """Two SKUs whose records are archived, and the digests of two days."""
    storage.put_bucket_versioning(Bucket="archive", VersioningConfiguration={"Status": "Enabled"})
    for ledger, sku in ((LEDGER, BLACK), (OTHER, WHITE)):
        keep(dynamodb, *ledger)
        keep_sku(dynamodb, a_sku(ledger, sku))
        deliver(service_module.log_changed, *(a_change(None, record.to_item()) for record in ledger))
    for day in DAYS:
        write_digest(day)
    return dynamodb


def write_digest(day: str) -> str:
    return replace(digest_writer(), clock=lambda: day).write()


def faults() -> list[str]:
    return archive_checker().run().faults


def key_of(record: TransactionRecord) -> dict[str, Any]:
    return {"transaction_id": {"S": record.transaction_id}, "timestamp": {"S": record.timestamp}}


def put(storage: Any, key: str, content: Any) -> None:
    """Write an object without the service, as a new version."""
    storage.put_object(Bucket="archive", Key=key, Body=rfc8785.dumps(content))


def get(storage: Any, key: str) -> Any:
    return json.loads(storage.get_object(Bucket="archive", Key=key)["Body"].read())


def archived(sequence: int) -> str:
    return f"log/{BLACK}/{sequence:010}.json"


def test_an_intact_archive_has_no_fault(shop: Any) -> None:
    report = archive_checker().run()
    assert (report.faults, report.records, report.skus, report.digests) == ([], 17, 2, 2)


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


def test_a_rewrite_of_whole_tables_is_found(shop: Any) -> None:
    """A SKU and all of its records are replaced, with a valid hash chain: only the archive differs."""
    forged = a_ledger(12, seed=99)
    for record in LEDGER:
        shop.delete_item(TableName="StockTransactions", Key=key_of(record))
    keep(shop, *forged)
    keep_sku(shop, a_sku(forged))
    assert f"{archived(12)} differs from the record in the table" in faults()


def test_a_rewrite_of_tables_and_archive_is_found_by_the_digests(shop: Any, storage: Any) -> None:
    forged = a_ledger(12, seed=99)
    for record in LEDGER:
        shop.delete_item(TableName="StockTransactions", Key=key_of(record))
    keep(shop, *forged)
    keep_sku(shop, a_sku(forged))
    for record in forged:
        put(storage, archived(record.sequence), record.document())
    found = faults()
    assert f"digests/2026-02-24.json has a different hash for {BLACK}, record 12" in found
    assert f"{archived(1)} has more than one version, or was deleted" in found


def _forge_digest(storage: Any, shop: Any) -> None:
    signed = get(storage, "digests/2026-02-24.json")
    signed["digest"]["heads"][BLACK]["sequence"] = 11
    put(storage, "digests/2026-02-24.json", signed)


def _remove_digest(storage: Any, shop: Any) -> None:
    versions = storage.list_object_versions(Bucket="archive", Prefix="digests/2026-02-24")["Versions"]
    for each in versions:
        storage.delete_object(Bucket="archive", Key=each["Key"], VersionId=each["VersionId"])


def _remove_object(storage: Any, shop: Any) -> None:
    storage.delete_object(Bucket="archive", Key=archived(5))


def _garble_object(storage: Any, shop: Any) -> None:
    storage.put_object(Bucket="archive", Key=archived(5), Body=b"{")


def _change_object(storage: Any, shop: Any) -> None:
    put(storage, archived(5), {**LEDGER[4].document(), "performed_by": "VENDOR-2"})


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
        (_remove_digest, "digests/2026-02-25.json does not follow the previous digest"),
        (_remove_object, f"{archived(5)} is missing"),
        (_garble_object, f"{archived(5)} cannot be read"),
        (_change_object, f"{archived(5)} does not continue the hash chain: hash"),
        (_change_record, f"{archived(5)} differs from the record in the table"),
        (_remove_record, f"{archived(5)} is archived, but is not in the table"),
        (_reset_sku, f"{BLACK} has 9 records, but 12 are archived"),
        (_remove_sku, f"{BLACK} has archived records, but no item"),
        (_write_unarchived, f"{archived(13)} should have been archived"),
    ],
)
def test_a_fault_is_reported(
    shop: Any,
    storage: Any,
    interfere: Callable[[Any, Any], None],
    fault: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    interfere(storage, shop)
    assert fault in faults()
    assert operations.main(["verify-archive"]) == 1
    assert fault in capsys.readouterr().out


def test_a_record_that_was_just_written_need_not_be_archived_yet(shop: Any) -> None:
    record = replace(a_ledger(13)[-1], timestamp=now())
    keep(shop, record)
    keep_sku(shop, a_sku([*LEDGER, record]))
    assert faults() == []


def test_the_operations_print_what_they_did(shop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert operations.main(["verify-archive"]) == 0
    assert "17 archived records of 2 SKUs and 2 digests checked: 0 faults." in capsys.readouterr().out
    assert operations.main(["write-digest"]) == 0
    assert "written, 2 SKUs" in capsys.readouterr().out


def test_the_schedule_writes_a_digest(
    service_module: Any, shop: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    service_module.write_digest(SCHEDULED, None)
    assert "written, 2 SKUs" in capsys.readouterr().out
