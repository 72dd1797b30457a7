from decimal import Decimal

from inventory_common import limits


def test_the_limits_are_these() -> None:
    # Each is a promise to clients: a change is deliberate, and stands in the documents too.
    assert {name: getattr(limits, name) for name in limits.__all__} == {
        "HOLD_DEFAULT_SECONDS": 86_400,
        "HOLD_MAX_SECONDS": 2_592_000,
        "HOLD_MIN_SECONDS": 60,
        "IDEMPOTENCY_KEY_MAX_CHARACTERS": 255,
        "IDEMPOTENCY_WINDOW_SECONDS": 86_400,
        "MONEY_DECIMAL_PLACES": 2,
        "MONEY_MAX": Decimal("9999999.99"),
        "NAME_MAX_CHARACTERS": 200,
        "NOTES_MAX_BYTES": 300,
        "ORDER_LINES_MAX": 49,
        "ORDER_LINES_SENT_MAX": 1_000,
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
        "REQUEST_BODY_MAX_BYTES": 1_048_576,
        "REQUEST_ID_MAX_CHARACTERS": 64,
        "SKU_VARIANT_MAX_CHARACTERS": 40,
        "STOCK_MAX": 1_000_000_000,
        "TOMBSTONE_SECONDS": 2_592_000,
        "VARIANT_ATTRIBUTES_MAX": 20,
        "WRITE_ATTEMPTS_MAX": 40,
        "WRITE_DEADLINE_SECONDS": 10.0,
    }


def test_an_order_with_its_marker_fits_into_one_transaction() -> None:
    assert 2 * limits.ORDER_LINES_MAX + 2 <= 100


def test_texts_that_are_index_keys_fit_into_one() -> None:
    longest_character_bytes = 4
    assert limits.NAME_MAX_CHARACTERS * longest_character_bytes <= 2_048
