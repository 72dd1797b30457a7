import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from inventory_common.conditions import failed_conditions
from inventory_common.errors import IdempotencyKeyReused
from inventory_common.idempotency import IdempotencyKey, IdempotencyRecord, id_of
from inventory_common.items import to_item
from inventory_common.timestamps import epoch_seconds, plus_seconds

NOW = "2026-02-23T10:30:00.250000Z"
WHOLE_DAY_SECONDS = 86_400
REQUEST = ("VENDOR-001", "POST", "/products/PROD-E4F9A/skus", "key-1", '{"a":1}')
RESULTS = [{"product_id": "PROD-E4F9A", "sku": "SKU-PROD-E4F9A-BLK-L"}]

KEY = IdempotencyKey.of(*REQUEST)
RECORD = KEY.record(RESULTS, NOW)


def test_the_same_request_has_the_same_key() -> None:
    assert IdempotencyKey.of(*REQUEST) == KEY


def test_the_id_and_the_hash_of_a_request_never_change() -> None:
    # Records outlive a deployment: with another id, a command of the last day could be executed twice.
    assert KEY.idempotency_id == "#MARKER#9dfac25b2b5ecd582ccd35fcf0ebca3df4e9b392784513e50bdd2bc1cf85d33c"
    assert KEY.payload_hash == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


@pytest.mark.parametrize("position", range(4))
def test_another_principal_method_path_or_key_has_another_record(position: int) -> None:
    other = [*REQUEST]
    other[position] += "x"
    assert IdempotencyKey.of(*other).idempotency_id != KEY.idempotency_id
    assert IdempotencyKey.of(*other).payload_hash == KEY.payload_hash


def test_another_body_has_the_same_record_with_another_hash() -> None:
    other = IdempotencyKey.of(*REQUEST[:4], '{"a":2}')
    assert other.idempotency_id == KEY.idempotency_id
    assert other.payload_hash != KEY.payload_hash


def test_the_end_of_one_part_of_a_request_cannot_be_the_beginning_of_the_next() -> None:
    one = IdempotencyKey.of("p", "POST", "/orders/ORDER-1", "23", "")
    other = IdempotencyKey.of("p", "POST", "/orders/ORDER-12", "3", "")
    assert one.idempotency_id != other.idempotency_id


def test_every_key_becomes_an_id_of_the_same_form() -> None:
    for key in ("1", "k" * 255, "#ORDER", "SKU-PROD-E4F9A-BLK-L"):
        assert re.fullmatch(
            "#MARKER#[0-9a-f]{64}", IdempotencyKey.of("p", "POST", "/", key, "{}").idempotency_id
        )


def test_a_command_without_a_key_has_no_record_id() -> None:
    assert id_of(None) is None
    assert id_of(KEY) == KEY.idempotency_id


def test_a_command_without_a_record_is_not_a_replay() -> None:
    assert KEY.replayed_record(None, NOW) is None


def test_a_command_with_a_record_is_a_replay() -> None:
    assert KEY.replayed_record(RECORD, NOW) == RECORD


def test_a_record_is_valid_for_at_least_a_day_and_then_counts_as_absent() -> None:
    assert KEY.replayed_record(RECORD, plus_seconds(NOW, WHOLE_DAY_SECONDS)) == RECORD
    last = "2026-02-24T10:30:00.999999Z"
    expired = "2026-02-24T10:30:01.000000Z"
    assert KEY.replayed_record(RECORD, last) == RECORD
    assert KEY.replayed_record(RECORD, expired) is None
    assert KEY.replayed_record(RECORD, plus_seconds(expired, 86_400)) is None
    assert RECORD.ttl == epoch_seconds(expired)


def test_a_record_written_just_before_a_second_ends_is_valid_for_a_day_too() -> None:
    written = "2026-02-23T10:30:00.999999Z"
    record = KEY.record(RESULTS, written)
    assert KEY.replayed_record(record, plus_seconds(written, WHOLE_DAY_SECONDS)) == record


def test_a_key_that_is_used_with_another_body_is_refused() -> None:
    other = IdempotencyKey.of(*REQUEST[:4], '{"a":2}')
    with pytest.raises(IdempotencyKeyReused):
        other.replayed_record(RECORD, NOW)
    with pytest.raises(IdempotencyKeyReused):
        KEY.replayed_record(other.record(RESULTS, NOW), NOW)


def test_a_key_may_be_used_with_another_body_once_its_record_has_expired() -> None:
    after = plus_seconds(NOW, WHOLE_DAY_SECONDS + 1)
    assert IdempotencyKey.of(*REQUEST[:4], '{"a":2}').replayed_record(RECORD, after) is None


def test_a_record_is_unchanged_by_storage() -> None:
    key = to_item({"product_id": RECORD.idempotency_id, "sku": "#MARKER"})
    put = RECORD.put("dev-VendorInventory", key)["Put"]
    assert put["TableName"] == "dev-VendorInventory"
    assert IdempotencyRecord.from_item(put["Item"], "product_id") == RECORD


def test_a_stored_record_has_the_keys_of_the_items_that_were_written_and_a_ttl() -> None:
    key = to_item({"product_id": RECORD.idempotency_id, "sku": "#MARKER"})
    assert RECORD.put("t", key)["Put"]["Item"] == {
        **key,
        "body_hash": {"S": KEY.payload_hash},
        "done": {
            "L": [{"M": {"product_id": {"S": "PROD-E4F9A"}, "sku": {"S": "SKU-PROD-E4F9A-BLK-L"}}}],
        },
        "written_at": {"S": NOW},
        "ttl": {"N": str(epoch_seconds(NOW) + WHOLE_DAY_SECONDS + 1)},
    }


def _write(dynamodb: Any, record: IdempotencyRecord) -> None:
    key = to_item({"product_id": record.idempotency_id})
    dynamodb.transact_write_items(TransactItems=[record.put("Products-table", key)])


def test_a_second_record_is_not_written_and_the_first_one_is_returned(dynamodb: Any) -> None:
    _write(dynamodb, RECORD)
    with pytest.raises(ClientError) as conflict:
        _write(dynamodb, KEY.record([], plus_seconds(NOW, WHOLE_DAY_SECONDS)))
    [(position, image)] = failed_conditions(conflict.value).items()
    assert position == 0
    assert image is not None
    assert IdempotencyRecord.from_item(image, "product_id") == RECORD


def test_a_record_replaces_an_expired_one(dynamodb: Any) -> None:
    _write(dynamodb, RECORD)
    later = KEY.record([], "2026-02-24T10:30:01.000000Z")
    _write(dynamodb, later)
    stored = dynamodb.get_item(TableName="Products-table", Key=to_item({"product_id": RECORD.idempotency_id}))
    assert IdempotencyRecord.from_item(stored["Item"], "product_id") == later


@pytest.mark.parametrize(
    "damage",
    [
        {"body_hash": None},
        {"done": None},
        {"done": "PROD-E4F9A"},
        {"done": ["PROD-E4F9A"]},
        {"done": [*RESULTS, "PROD-E4F9A"]},
        {"written_at": None},
        {"written_at": "yesterday"},
        {"written_at": 7},
    ],
    ids=str,
)
def test_a_record_that_no_service_could_have_written_cannot_be_read(damage: dict[str, Any]) -> None:
    stored = {"product_id": KEY.idempotency_id, "body_hash": "0", "done": RESULTS, "written_at": NOW}
    IdempotencyRecord.from_item(to_item(stored), "product_id")
    with pytest.raises((KeyError, TypeError, ValueError)):
        IdempotencyRecord.from_item(to_item(stored | damage), "product_id")
