from decimal import Decimal

from inventory_common import dynamodb_limits, limits, tuning


def test_the_limits_of_the_api_are_these() -> None:
    # Each is a promise to clients: a change has to be deliberate, and documented.
    assert {name: getattr(limits, name) for name in limits.__all__} == {
        "BARCODE_MAX_CHARACTERS": 40,
        "AVAILABILITY_LINES_MAX": 100,
        "AVAILABILITY_PRODUCTS_MAX": 25,
        "AVAILABILITY_SKUS_MAX": 1_000,
        "BATCH_CHANGES_MAX": 500,
        "BATCH_LINES_MAX": 2_000,
        "BATCH_ORDERS_MAX": 500,
        "BATCH_ORDER_LINES_MAX": 49,
        "EXPORT_BYTES_MAX": 5_000_000,
        "EXPORT_QUERIES_MAX": 25,
        "EXPORT_WIRE_BYTES_MAX": 6_000_000,
        "HOLD_DEFAULT_SECONDS": 86_400,
        "HOLD_MAX_SECONDS": 2_592_000,
        "HOLD_MIN_SECONDS": 60,
        "IDEMPOTENCY_KEY_MAX_CHARACTERS": 255,
        "IDEMPOTENCY_WINDOW_SECONDS": 86_400,
        "MONEY_DECIMAL_PLACES": 2,
        "MONEY_MAX": Decimal("9999999.99"),
        "NAME_MAX_CHARACTERS": 200,
        "NOTES_MAX_BYTES": 300,
        "ORDER_LINES_MAX": 1_000,
        "ORDER_NOTES_MAX_BYTES": 120,
        "ORDER_RECORDS_READ_MAX": 5_000,
        "PAGE_DEFAULT_ITEMS": 25,
        "PAGE_MAX_ITEMS": 100,
        "BULK_PAGE_MAX_ITEMS": 1_000,
        "PERFORMED_BY_MAX_CHARACTERS": 64,
        "PROBLEM_ERRORS_MAX": 100,
        "PROBLEM_PATH_MAX_CHARACTERS": 200,
        "PRODUCT_DESCRIPTION_MAX_CHARACTERS": 5_000,
        "PRODUCT_IMAGES_MAX": 20,
        "PRODUCT_IMAGE_MAX_CHARACTERS": 1_000,
        "PRODUCT_TAGS_MAX": 50,
        "PUBLIC_STOCK_MAX": 10,
        "QUANTITY_MAX": 1_000_000,
        "REASON_MAX_CHARACTERS": 40,
        "REQUEST_BODY_MAX_BYTES": 1_048_576,
        "REQUEST_ID_MAX_CHARACTERS": 64,
        "RECORD_REQUEST_ID_CHARACTERS": 36,
        "REQUEST_LINES_MAX": 1_000,
        "RESERVATION_RECORDS_MAX": 5_000,
        "RESPONSE_LINES_MAX": 20_000,
        "SKU_VARIANT_MAX_CHARACTERS": 40,
        "STOCK_MAX": 1_000_000_000,
        "TIMELINE_RECORDS_MAX": 1_000,
        "TOMBSTONE_SECONDS": 2_592_000,
        "VARIANT_ATTRIBUTES_MAX": 20,
        "VERIFICATION_EXTRA_READS_MAX": 50,
        "VERIFICATION_RECORDS_MAX": 500,
    }


def test_the_limits_of_dynamodb_are_these() -> None:
    assert {name: getattr(dynamodb_limits, name) for name in dynamodb_limits.__all__} == {
        "ORDER_PART_LINES_MAX": 48,
        "SINGLE_ITEM_ORDER_LINES_MAX": 49,
        "TRANSACTION_ITEMS_MAX": 100,
    }


def test_the_settings_of_the_services_are_these() -> None:
    assert {name: getattr(tuning, name) for name in tuning.__all__} == {
        "ARCHIVE_LAG_MAX_SECONDS": 300,
        "BOUND_PLAN_SECONDS": 120,
        "BUDGETED_PRINCIPALS_MAX": 1_000,
        "CONFLICTS_BEFORE_LEASE": 6,
        "CONFLICTS_BEFORE_SAGA": 2,
        "CONFLICTS_BEFORE_SPLIT": 2,
        "CONTENDED_SECONDS": 5.0,
        "COUNTED_REMOVAL_TTL_SECONDS": 172_800,
        "LEDGER_KEY_KEPT_SECONDS": 3_600,
        "LEDGER_KEY_REFRESH_SECONDS": 300,
        "PRIORITY_LEASE_SECONDS": 1,
        "READ_ROUNDS_MAX": 10,
        "RECOUNT_PASSES_MAX": 3,
        "SAGA_LEASE_SECONDS": 60,
        "SENT_ALERT_TTL_SECONDS": 172_800,
        "SWEEP_SECONDS_MAX": 45.0,
        "WRITE_ATTEMPTS_MAX": 40,
        "WRITE_DEADLINE_SECONDS": 10.0,
    }


def test_an_order_with_its_idempotency_record_fits_into_one_transaction() -> None:
    assert 2 * dynamodb_limits.SINGLE_ITEM_ORDER_LINES_MAX + 2 <= dynamodb_limits.TRANSACTION_ITEMS_MAX


def test_a_part_of_an_order_fits_into_one_transaction_with_the_order_and_its_idempotency_record() -> None:
    assert 2 * dynamodb_limits.ORDER_PART_LINES_MAX + 3 <= dynamodb_limits.TRANSACTION_ITEMS_MAX


def test_all_parts_of_an_order_are_read_in_one_call_and_removed_in_one_transaction() -> None:
    parts = -(-limits.ORDER_LINES_MAX // dynamodb_limits.ORDER_PART_LINES_MAX)
    assert parts + 1 <= dynamodb_limits.TRANSACTION_ITEMS_MAX


def test_the_sweeper_does_not_continue_a_saga_whose_request_still_runs() -> None:
    api_gateway_timeout_seconds = 29
    assert api_gateway_timeout_seconds < tuning.SAGA_LEASE_SECONDS


def test_the_longest_category_fits_into_an_index_key() -> None:
    longest_character_bytes = 4
    assert limits.NAME_MAX_CHARACTERS * longest_character_bytes <= 2_048
