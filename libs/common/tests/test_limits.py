from decimal import Decimal

from inventory_common import limits


def test_the_limits_are_these() -> None:
    # Each is a promise to clients: a change is deliberate, and stands in the documents too.
    assert {name: getattr(limits, name) for name in limits.__all__} == {
        "ALERT_MEMORY_SECONDS": 172_800,
        "ANSWERED_LINES_MAX": 20_000,
        "ARCHIVE_LAG_MAX_SECONDS": 300,
        "BATCH_LINES_MAX": 2_000,
        "BATCH_ORDERS_MAX": 500,
        "BOUND_PLAN_SECONDS": 120,
        "CONFLICTS_BEFORE_HALVING": 2,
        "EXPORT_BYTES_MAX": 5_000_000,
        "EXPORT_QUERIES_MAX": 25,
        "EXPORT_WIRE_BYTES_MAX": 6_000_000,
        "HOLD_DEFAULT_SECONDS": 86_400,
        "HOLD_MAX_SECONDS": 2_592_000,
        "HOLD_MIN_SECONDS": 60,
        "IDEMPOTENCY_KEY_MAX_CHARACTERS": 255,
        "IDEMPOTENCY_WINDOW_SECONDS": 86_400,
        "LOSSES_BEFORE_DIVIDING": 2,
        "LOSSES_BEFORE_TURN": 6,
        "MONEY_DECIMAL_PLACES": 2,
        "MONEY_MAX": Decimal("9999999.99"),
        "NAME_MAX_CHARACTERS": 200,
        "NOTES_MAX_BYTES": 300,
        "ORDER_LEASE_SECONDS": 60,
        "ORDER_LINES_MAX": 1_000,
        "ORDER_LINES_SENT_MAX": 1_000,
        "ORDER_PART_LINES_MAX": 48,
        "PAGE_DEFAULT_ITEMS": 25,
        "PAGE_MAX_ITEMS": 100,
        "PERFORMED_BY_MAX_CHARACTERS": 64,
        "PROBLEM_ERRORS_MAX": 100,
        "PROBLEM_PATH_MAX_CHARACTERS": 200,
        "PRODUCT_DESCRIPTION_MAX_CHARACTERS": 5_000,
        "PRODUCT_IMAGES_MAX": 20,
        "PRODUCT_IMAGE_MAX_CHARACTERS": 1_000,
        "PRODUCT_TAGS_MAX": 50,
        "QUANTITY_MAX": 1_000_000,
        "READ_ROUNDS_MAX": 10,
        "RESERVATION_RECORDS_MAX": 5_000,
        "REQUEST_BODY_MAX_BYTES": 1_048_576,
        "REQUEST_ID_MAX_CHARACTERS": 64,
        "SKU_VARIANT_MAX_CHARACTERS": 40,
        "STOCK_MAX": 1_000_000_000,
        "SWEEP_SECONDS_MAX": 45.0,
        "TIMELINE_RECORDS_MAX": 1_000,
        "TOMBSTONE_SECONDS": 2_592_000,
        "TRANSACTION_ITEMS_MAX": 100,
        "TURN_SECONDS": 1,
        "UNDIVIDED_ORDER_LINES_MAX": 49,
        "VARIANT_ATTRIBUTES_MAX": 20,
        "VERIFICATION_EXTRA_READS_MAX": 50,
        "VERIFICATION_RECORDS_MAX": 500,
        "WRITE_ATTEMPTS_MAX": 40,
        "WRITE_DEADLINE_SECONDS": 10.0,
    }


def test_an_order_with_its_marker_fits_into_one_transaction() -> None:
    assert 2 * limits.UNDIVIDED_ORDER_LINES_MAX + 2 <= limits.TRANSACTION_ITEMS_MAX


def test_a_part_of_an_order_fits_into_one_transaction_with_the_order_and_its_marker() -> None:
    assert 2 * limits.ORDER_PART_LINES_MAX + 3 <= limits.TRANSACTION_ITEMS_MAX


def test_all_parts_of_an_order_are_read_in_one_call_and_removed_in_one_transaction() -> None:
    parts = -(-limits.ORDER_LINES_MAX // limits.ORDER_PART_LINES_MAX)
    assert parts + 1 <= limits.TRANSACTION_ITEMS_MAX


def test_an_order_is_not_taken_from_a_request_that_still_runs() -> None:
    api_gateway_gives_up_seconds = 29
    assert api_gateway_gives_up_seconds < limits.ORDER_LEASE_SECONDS


def test_texts_that_are_index_keys_fit_into_one() -> None:
    longest_character_bytes = 4
    assert limits.NAME_MAX_CHARACTERS * longest_character_bytes <= 2_048
