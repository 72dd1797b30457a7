"""Every limit of the API, by name.

A limit is a promise to clients: the documents list it, and a test tries its edge.  A name ends with its unit,
unless it is a plain count.  The limits that DynamoDB sets are in `dynamodb_limits`, the settings of the
services' own behaviour in `tuning`.
"""

from decimal import Decimal
from typing import Final

__all__ = [
    "AVAILABILITY_LINES_MAX",
    "AVAILABILITY_PRODUCTS_MAX",
    "AVAILABILITY_SKUS_MAX",
    "BARCODE_MAX_CHARACTERS",
    "BATCH_CHANGES_MAX",
    "BATCH_LINES_MAX",
    "BATCH_ORDERS_MAX",
    "BATCH_ORDER_LINES_MAX",
    "BULK_PAGE_MAX_ITEMS",
    "EXPORT_BYTES_MAX",
    "EXPORT_QUERIES_MAX",
    "EXPORT_WIRE_BYTES_MAX",
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
    "ORDER_NOTES_MAX_BYTES",
    "ORDER_RECORDS_READ_MAX",
    "PAGE_DEFAULT_ITEMS",
    "PAGE_MAX_ITEMS",
    "PERFORMED_BY_MAX_CHARACTERS",
    "PROBLEM_ERRORS_MAX",
    "PROBLEM_PATH_MAX_CHARACTERS",
    "PRODUCT_DESCRIPTION_MAX_CHARACTERS",
    "PRODUCT_IMAGES_MAX",
    "PRODUCT_IMAGE_MAX_CHARACTERS",
    "PRODUCT_TAGS_MAX",
    "PUBLIC_STOCK_MAX",
    "QUANTITY_MAX",
    "REASON_MAX_CHARACTERS",
    "RECORD_REQUEST_ID_CHARACTERS",
    "REQUEST_BODY_MAX_BYTES",
    "REQUEST_ID_MAX_CHARACTERS",
    "REQUEST_LINES_MAX",
    "RESERVATION_RECORDS_MAX",
    "RESPONSE_LINES_MAX",
    "SKU_VARIANT_MAX_CHARACTERS",
    "STOCK_MAX",
    "TIMELINE_RECORDS_MAX",
    "TOMBSTONE_SECONDS",
    "VARIANT_ATTRIBUTES_MAX",
    "VERIFICATION_EXTRA_READS_MAX",
    "VERIFICATION_RECORDS_MAX",
]

# Quantities and money (design 2.7)
QUANTITY_MAX: Final = 1_000_000
"""Units in one order line, restock or adjustment; the minimum is 1."""
STOCK_MAX: Final = 1_000_000_000
"""Units of stock of one SKU."""
MONEY_MAX: Final = Decimal("9999999.99")
"""The highest price."""
MONEY_DECIMAL_PLACES: Final = 2
"""Fractional digits of a price."""

# Texts.  A category is the partition key of an index: DynamoDB allows 2,048 bytes, far more than this.
NAME_MAX_CHARACTERS: Final = 200
"""Product name, category, subcategory, brand, tag, variant name, and both sides of a variant attribute."""
PRODUCT_DESCRIPTION_MAX_CHARACTERS: Final = 5_000
"""A product's description."""
PRODUCT_IMAGES_MAX: Final = 20
"""Images of a product."""
PRODUCT_IMAGE_MAX_CHARACTERS: Final = 1_000
"""The URL of an image."""
PRODUCT_TAGS_MAX: Final = 50
"""Tags of a product."""
VARIANT_ATTRIBUTES_MAX: Final = 20
"""Variant attributes of a SKU, such as color and size."""
BARCODE_MAX_CHARACTERS: Final = 40
"""The barcode of a SKU."""
SKU_VARIANT_MAX_CHARACTERS: Final = 40
"""The variant in a SKU's id, after ``SKU-{product_id}-``."""
NOTES_MAX_BYTES: Final = 300
"""Notes of a restock or adjustment, in UTF-8.  A log record has to stay below 1 KB, which is one write unit
for the table and for each index."""
ORDER_NOTES_MAX_BYTES: Final = 120
"""Notes of a cancel or refund, in UTF-8: records of orders have less room than those of restocks.  An order
keeps them at each line concerned, so that 49 lines with notes take 10 KB of the 400 KB of an item."""
REASON_MAX_CHARACTERS: Final = 40
"""The `reason` of a cancel or refund."""

# Orders
ORDER_LINES_MAX: Final = 1_000
"""Distinct SKUs of an order."""
REQUEST_LINES_MAX: Final = 1_000
"""Lines of a request, before those of one SKU are summed."""
HOLD_MIN_SECONDS: Final = 60
"""The shortest hold of an order's units."""
HOLD_MAX_SECONDS: Final = 2_592_000
"""The longest hold of an order's units."""
HOLD_DEFAULT_SECONDS: Final = 86_400
"""The hold of an order whose request has no `hold_seconds`."""
TOMBSTONE_SECONDS: Final = 2_592_000
"""How long the record of a cancel is kept that arrived before its order was placed."""
AVAILABILITY_LINES_MAX: Final = 100
"""Lines of a question for availability: DynamoDB reads 100 items in one call."""
AVAILABILITY_PRODUCTS_MAX: Final = 25
"""Lines of it without a `sku`, each of which takes a call of its own."""
AVAILABILITY_SKUS_MAX: Final = 1_000
"""SKUs of the products that its lines without a `sku` name; of more, the SKUs have to be named."""
PUBLIC_STOCK_MAX: Final = 10
"""The highest `available_stock` that availability shows to those who may not read the SKU with its stock."""
BATCH_CHANGES_MAX: Final = 500
"""Restocks and adjustments of one batch."""
BATCH_ORDERS_MAX: Final = 500
"""Orders of one batch."""
BATCH_ORDER_LINES_MAX: Final = 49
"""Lines of one order of a batch."""
BATCH_LINES_MAX: Final = 2_000
"""Lines of all orders of one batch, before those of one SKU are summed."""
RESPONSE_LINES_MAX: Final = 20_000
"""Lines of all orders in one response: a Lambda response has at most 6 MB, and a line takes up to 240 bytes.
A page of orders due ends with the order that reaches this limit; the orders of a batch beyond it have to be
sent again (503 `outcome_unknown`)."""

# Requests
REQUEST_BODY_MAX_BYTES: Final = 1_048_576
"""The body of a request."""
REQUEST_ID_MAX_CHARACTERS: Final = 64
"""An X-Request-Id; a longer one is replaced by a generated one."""
RECORD_REQUEST_ID_CHARACTERS: Final = 36
"""The part of an X-Request-Id that a log record keeps: a record is one write unit."""
PERFORMED_BY_MAX_CHARACTERS: Final = 64
"""The `performed_by` of a log record, including ``user:`` or ``client:``; a token whose subject is longer is
refused."""
IDEMPOTENCY_KEY_MAX_CHARACTERS: Final = 255
"""An Idempotency-Key."""
IDEMPOTENCY_WINDOW_SECONDS: Final = 86_400
"""The shortest time for which an Idempotency-Key is kept."""
PAGE_DEFAULT_ITEMS: Final = 25
"""Items of a page without a `limit`."""
PAGE_MAX_ITEMS: Final = 100
"""The highest `limit` of most lists."""
BULK_PAGE_MAX_ITEMS: Final = 1_000
"""The highest `limit` of the lists of a vendor's products and inventory.  DynamoDB reads at most 1 MB for a
page, which may therefore have fewer items; as JSON that is less than the 6 MB of a Lambda response."""
PROBLEM_ERRORS_MAX: Final = 100
"""Errors that a problem document lists."""
PROBLEM_PATH_MAX_CHARACTERS: Final = 200
"""The path of an error in a problem document; the rest is cut off."""

# Reading the log
VERIFICATION_RECORDS_MAX: Final = 500
"""Records that one request for a verification reads from the index."""
VERIFICATION_EXTRA_READS_MAX: Final = 50
"""Consecutive records that a verification reads by their ids because the index lacks them."""
RESERVATION_RECORDS_MAX: Final = 5_000
"""Records that are read, newest first, to find the orders that have reserved units of a SKU."""
ORDER_RECORDS_READ_MAX: Final = 5_000
"""Records of an order that one request reads, those of the pages before its own included; beyond it is 422
`too_many_records`."""
EXPORT_BYTES_MAX: Final = 5_000_000
"""The part of an export in one response; its ``Link`` leads to the rest."""
EXPORT_WIRE_BYTES_MAX: Final = 6_000_000
"""The same part as a JSON string, the form in which Lambda returns a response; Lambda's own limit is slightly
higher."""
EXPORT_QUERIES_MAX: Final = 25
"""Queries for one part of an export, of a megabyte or 1,000 records each, however few records match."""
TIMELINE_RECORDS_MAX: Final = 1_000
"""Records in a picture of a SKU's history; of a period with more, the newest."""
