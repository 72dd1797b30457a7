"""Every limit of the product, by name.

A limit is a promise: it stands in the documents, and a test stands at its edge.  The unit is the last word of
a name wherever it is not a plain count.
"""

from decimal import Decimal
from typing import Final

__all__ = [
    "HOLD_DEFAULT_SECONDS",
    "HOLD_MAX_SECONDS",
    "HOLD_MIN_SECONDS",
    "IDEMPOTENCY_KEY_MAX_CHARACTERS",
    "IDEMPOTENCY_WINDOW_SECONDS",
    "MONEY_DECIMAL_PLACES",
    "MONEY_MAX",
    "NAME_MAX_CHARACTERS",
    "NOTES_MAX_BYTES",
    "ORDER_LINES_MAX",
    "ORDER_LINES_SENT_MAX",
    "PAGE_DEFAULT_ITEMS",
    "PAGE_MAX_ITEMS",
    "PERFORMED_BY_MAX_CHARACTERS",
    "PROBLEM_ERRORS_MAX",
    "PROBLEM_PATH_MAX_CHARACTERS",
    "PRODUCT_DESCRIPTION_MAX_CHARACTERS",
    "PRODUCT_IMAGES_MAX",
    "PRODUCT_IMAGE_MAX_CHARACTERS",
    "PRODUCT_TAGS_MAX",
    "QUANTITY_MAX",
    "READ_ROUNDS_MAX",
    "REQUEST_BODY_MAX_BYTES",
    "REQUEST_ID_MAX_CHARACTERS",
    "SKU_VARIANT_MAX_CHARACTERS",
    "STOCK_MAX",
    "TOMBSTONE_SECONDS",
    "VARIANT_ATTRIBUTES_MAX",
    "WRITE_ATTEMPTS_MAX",
    "WRITE_DEADLINE_SECONDS",
]

# Quantities and money (design 2.7)
QUANTITY_MAX: Final = 1_000_000
"""Units in one order line, restock or adjustment; the least is 1."""
STOCK_MAX: Final = 1_000_000_000
"""Units that one SKU can hold."""
MONEY_MAX: Final = Decimal("9999999.99")
MONEY_DECIMAL_PLACES: Final = 2

# Texts.  Category is an index key: DynamoDB allows a partition key of 2,048 bytes, far above this.
NAME_MAX_CHARACTERS: Final = 200
"""Product name, category, subcategory, brand, tag, variant name, and both sides of a variant attribute."""
PRODUCT_DESCRIPTION_MAX_CHARACTERS: Final = 5_000
PRODUCT_IMAGES_MAX: Final = 20
PRODUCT_IMAGE_MAX_CHARACTERS: Final = 1_000
PRODUCT_TAGS_MAX: Final = 50
VARIANT_ATTRIBUTES_MAX: Final = 20
SKU_VARIANT_MAX_CHARACTERS: Final = 40
NOTES_MAX_BYTES: Final = 300
"""UTF-8 bytes: a log record has to stay below 1 KB, which is one write unit for the table and each index."""

# Orders
ORDER_LINES_MAX: Final = 49
"""Distinct SKUs of an order: two actions a line, the order and a marker make the 100 of one transaction."""
ORDER_LINES_SENT_MAX: Final = 1_000
"""Lines in a request, before those of one SKU are summed."""
HOLD_MIN_SECONDS: Final = 60
HOLD_MAX_SECONDS: Final = 2_592_000
HOLD_DEFAULT_SECONDS: Final = 86_400
TOMBSTONE_SECONDS: Final = 2_592_000
"""How long a cancel that came before its place is remembered."""

# Requests
REQUEST_BODY_MAX_BYTES: Final = 1_048_576
REQUEST_ID_MAX_CHARACTERS: Final = 64
PERFORMED_BY_MAX_CHARACTERS: Final = 64
IDEMPOTENCY_KEY_MAX_CHARACTERS: Final = 255
IDEMPOTENCY_WINDOW_SECONDS: Final = 86_400
"""A key answers with what it did for at least this long."""
PAGE_DEFAULT_ITEMS: Final = 25
PAGE_MAX_ITEMS: Final = 100
PROBLEM_ERRORS_MAX: Final = 100
PROBLEM_PATH_MAX_CHARACTERS: Final = 200
"""What a problem document shows of a request that is wrong all over."""

# Contention
READ_ROUNDS_MAX: Final = 10
"""Calls for one read of several items, of which DynamoDB may leave throttled ones for the next call."""
WRITE_ATTEMPTS_MAX: Final = 40
WRITE_DEADLINE_SECONDS: Final = 10.0
"""A write that loses for longer than either is answered 503; API Gateway itself gives up at 29 s.  A new
product's id is drawn again as often: at ten million products one draw in three is taken."""
