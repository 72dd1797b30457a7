import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from inventory_common.conditions import failed_conditions
from inventory_common.errors import IdempotencyKeyReused
from inventory_common.idempotency import IdempotencyKey, IdempotencyRecord
from inventory_common.items import to_item
from inventory_common.timestamps import epoch_seconds, plus_seconds

NOW = "2026-02-23T10:30:00.250000Z"
WHOLE_DAY_SECONDS = 86_400
ORDER = ("VENDOR-001", "POST", "/products/PROD-E4F9A/skus", "key-1", '{"a":1}')
DONE = [{"product_id": "PROD-E4F9A", "sku": "SKU-PROD-E4F9A-BLK-L"}]

INTENT = IdempotencyKey.of(*ORDER)
MARKER = INTENT.idempotency_record(DONE, NOW)


def test_the_same_request_is_the_same_intent() -> None:
    assert IdempotencyKey.of(*ORDER) == INTENT


def test_an_intent_never_changes() -> None:
    # Markers of a day outlive a deployment: another value here does every command of that day again.
    assert INTENT.idempotency_id == "#MARKER#9dfac25b2b5ecd582ccd35fcf0ebca3df4e9b392784513e50bdd2bc1cf85d33c"
    assert INTENT.body_hash == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


@pytest.mark.parametrize("position", range(4))
def test_another_principal_method_path_or_key_is_another_marker(position: int) -> None:
    other = [*ORDER]
    other[position] += "x"
    assert IdempotencyKey.of(*other).idempotency_id != INTENT.idempotency_id
    assert IdempotencyKey.of(*other).body_hash == INTENT.body_hash


def test_another_body_is_the_same_marker_with_another_hash() -> None:
    other = IdempotencyKey.of(*ORDER[:4], '{"a":2}')
    assert other.idempotency_id == INTENT.idempotency_id
    assert other.body_hash != INTENT.body_hash


def test_parts_of_a_request_cannot_flow_into_each_other() -> None:
    one = IdempotencyKey.of("p", "POST", "/orders/ORDER-1", "23", "")
    other = IdempotencyKey.of("p", "POST", "/orders/ORDER-12", "3", "")
    assert one.idempotency_id != other.idempotency_id


def test_a_key_of_any_form_becomes_a_marker_id_of_one_form() -> None:
    for key in ("1", "k" * 255, "#ORDER", "SKU-PROD-E4F9A-BLK-L"):
        assert re.fullmatch(
            "#MARKER#[0-9a-f]{64}", IdempotencyKey.of("p", "POST", "/", key, "{}").idempotency_id
        )


def test_a_command_without_a_marker_was_not_done_before() -> None:
    assert INTENT.replayed_record(None, NOW) is None


def test_a_command_with_a_marker_was_done_before() -> None:
    assert INTENT.replayed_record(MARKER, NOW) == MARKER


def test_a_marker_holds_for_at_least_a_day_and_then_counts_as_absent() -> None:
    assert INTENT.replayed_record(MARKER, plus_seconds(NOW, WHOLE_DAY_SECONDS)) == MARKER
    last = "2026-02-24T10:30:00.999999Z"
    lapsed = "2026-02-24T10:30:01.000000Z"
    assert INTENT.replayed_record(MARKER, last) == MARKER
    assert INTENT.replayed_record(MARKER, lapsed) is None
    assert INTENT.replayed_record(MARKER, plus_seconds(lapsed, 86_400)) is None
    assert MARKER.ttl == epoch_seconds(lapsed)


def test_a_marker_written_just_before_a_second_ends_holds_for_a_day_too() -> None:
    written = "2026-02-23T10:30:00.999999Z"
    idempotency_record = INTENT.idempotency_record(DONE, written)
    assert (
        INTENT.replayed_record(idempotency_record, plus_seconds(written, WHOLE_DAY_SECONDS))
        == idempotency_record
    )


def test_a_key_used_for_another_body_is_refused() -> None:
    other = IdempotencyKey.of(*ORDER[:4], '{"a":2}')
    with pytest.raises(IdempotencyKeyReused):
        other.replayed_record(MARKER, NOW)
    with pytest.raises(IdempotencyKeyReused):
        INTENT.replayed_record(other.idempotency_record(DONE, NOW), NOW)


def test_a_key_may_be_used_for_another_body_once_its_marker_lapsed() -> None:
    after = plus_seconds(NOW, WHOLE_DAY_SECONDS + 1)
    assert IdempotencyKey.of(*ORDER[:4], '{"a":2}').replayed_record(MARKER, after) is None


def test_a_marker_comes_back_from_its_item_as_it_was() -> None:
    key = to_item({"product_id": MARKER.idempotency_id, "sku": "#MARKER"})
    put = MARKER.put("dev-VendorInventory", key)["Put"]
    assert put["TableName"] == "dev-VendorInventory"
    assert IdempotencyRecord.from_item(put["Item"], "product_id") == MARKER


def test_a_marker_keeps_the_keys_of_what_was_done_and_expires_by_itself() -> None:
    key = to_item({"product_id": MARKER.idempotency_id, "sku": "#MARKER"})
    assert MARKER.put("t", key)["Put"]["Item"] == {
        **key,
        "body_hash": {"S": INTENT.body_hash},
        "done": {
            "L": [{"M": {"product_id": {"S": "PROD-E4F9A"}, "sku": {"S": "SKU-PROD-E4F9A-BLK-L"}}}],
        },
        "written_at": {"S": NOW},
        "ttl": {"N": str(epoch_seconds(NOW) + WHOLE_DAY_SECONDS + 1)},
    }


def _write(dynamodb: Any, idempotency_record: IdempotencyRecord) -> None:
    key = to_item({"product_id": idempotency_record.idempotency_id})
    dynamodb.transact_write_items(TransactItems=[idempotency_record.put("Products-table", key)])


def test_a_second_marker_is_not_written_and_the_first_is_shown(dynamodb: Any) -> None:
    _write(dynamodb, MARKER)
    with pytest.raises(ClientError) as lost:
        _write(dynamodb, INTENT.idempotency_record([], plus_seconds(NOW, WHOLE_DAY_SECONDS)))
    [(position, image)] = failed_conditions(lost.value).items()
    assert position == 0
    assert image is not None
    assert IdempotencyRecord.from_item(image, "product_id") == MARKER


def test_a_marker_is_written_over_one_exactly_when_that_counts_as_absent(dynamodb: Any) -> None:
    _write(dynamodb, MARKER)
    later = INTENT.idempotency_record([], "2026-02-24T10:30:01.000000Z")
    _write(dynamodb, later)
    stored = dynamodb.get_item(TableName="Products-table", Key=to_item({"product_id": MARKER.idempotency_id}))
    assert IdempotencyRecord.from_item(stored["Item"], "product_id") == later
