"""Every limit of the product, by name.

A limit is a promise: it stands in the documents, and a test stands at its edge.  The unit is the last word of
a name wherever it is not a plain count.
"""

from decimal import Decimal
from typing import Final

__all__ = [
    "ALERT_MEMORY_SECONDS",
    "ANSWERED_LINES_MAX",
    "ARCHIVE_LAG_MAX_SECONDS",
    "BATCH_LINES_MAX",
    "BATCH_ORDERS_MAX",
    "BOUND_PLAN_SECONDS",
    "CONFLICTS_BEFORE_HALVING",
    "EXPORT_BYTES_MAX",
    "EXPORT_QUERIES_MAX",
    "EXPORT_WIRE_BYTES_MAX",
    "HOLD_DEFAULT_SECONDS",
    "HOLD_MAX_SECONDS",
    "HOLD_MIN_SECONDS",
    "IDEMPOTENCY_KEY_MAX_CHARACTERS",
    "IDEMPOTENCY_WINDOW_SECONDS",
    "LOSSES_BEFORE_DIVIDING",
    "LOSSES_BEFORE_TURN",
    "MONEY_DECIMAL_PLACES",
    "MONEY_MAX",
    "NAME_MAX_CHARACTERS",
    "NOTES_MAX_BYTES",
    "ORDER_LEASE_SECONDS",
    "ORDER_LINES_MAX",
    "ORDER_LINES_SENT_MAX",
    "ORDER_PART_LINES_MAX",
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
    "RESERVATION_RECORDS_MAX",
    "SKU_VARIANT_MAX_CHARACTERS",
    "STOCK_MAX",
    "SWEEP_SECONDS_MAX",
    "TIMELINE_RECORDS_MAX",
    "TOMBSTONE_SECONDS",
    "TRANSACTION_ITEMS_MAX",
    "TURN_SECONDS",
    "UNDIVIDED_ORDER_LINES_MAX",
    "VARIANT_ATTRIBUTES_MAX",
    "VERIFICATION_EXTRA_READS_MAX",
    "VERIFICATION_RECORDS_MAX",
    "WRITE_ATTEMPTS_MAX",
    "WRITE_DEADLINE_SECONDS",
]

# Quantities and money (design 2.7)
QUANTITY_MAX: Final = 1_000_000
"""Units in one order line, restock or adjustment; the least is 1."""
STOCK_MAX: Final = 1_000_000_000
"""Units that one SKU can hold."""
MONEY_MAX: Final = Decimal("9999999.99")
"""The highest price."""
MONEY_DECIMAL_PLACES: Final = 2
"""Fractional digits of a price."""

# Texts.  Category is an index key: DynamoDB allows a partition key of 2,048 bytes, far above this.
NAME_MAX_CHARACTERS: Final = 200
"""Product name, category, subcategory, brand, tag, variant name, and both sides of a variant attribute."""
PRODUCT_DESCRIPTION_MAX_CHARACTERS: Final = 5_000
"""A product's description."""
PRODUCT_IMAGES_MAX: Final = 20
"""Images of a product."""
PRODUCT_IMAGE_MAX_CHARACTERS: Final = 1_000
"""The address of one image."""
PRODUCT_TAGS_MAX: Final = 50
"""Tags of a product."""
VARIANT_ATTRIBUTES_MAX: Final = 20
"""Variant attributes of a SKU, such as color and size."""
SKU_VARIANT_MAX_CHARACTERS: Final = 40
"""The variant in a SKU's id, after ``SKU-{product_id}-``."""
NOTES_MAX_BYTES: Final = 300
"""Notes of a restock or adjustment, as UTF-8.  A log record has to stay below 1 KB, which is one write unit
for the table and each index."""

# Orders
ORDER_LINES_MAX: Final = 1_000
"""Distinct SKUs of an order."""
UNDIVIDED_ORDER_LINES_MAX: Final = 49
"""Distinct SKUs of an order that is written at once, in one item: two actions a line, the order and a marker
make the 100 of one transaction."""
ORDER_PART_LINES_MAX: Final = 48
"""Lines in each part of an order of more lines than that: the part takes an action beside the order's."""
ORDER_LEASE_SECONDS: Final = 60
"""After so long without a step, an order that is in the middle of a command is due for the sweeper."""
LOSSES_BEFORE_DIVIDING: Final = 2
"""So often an order of several lines loses its SKUs to other writers before it goes on in steps."""
ORDER_LINES_SENT_MAX: Final = 1_000
"""Lines in a request, before those of one SKU are summed."""
HOLD_MIN_SECONDS: Final = 60
"""The shortest hold of an order's units."""
HOLD_MAX_SECONDS: Final = 2_592_000
"""The longest hold of an order's units."""
HOLD_DEFAULT_SECONDS: Final = 86_400
"""The hold of an order that names none."""
TOMBSTONE_SECONDS: Final = 2_592_000
"""How long a cancel that came before its place is remembered."""

# Requests
REQUEST_BODY_MAX_BYTES: Final = 1_048_576
"""A request's body."""
REQUEST_ID_MAX_CHARACTERS: Final = 64
"""An X-Request-Id; a longer one is replaced by one of ours."""
PERFORMED_BY_MAX_CHARACTERS: Final = 64
"""Who a log record says did it, ``user:`` or ``client:`` included; a token with more is refused."""
IDEMPOTENCY_KEY_MAX_CHARACTERS: Final = 255
"""An Idempotency-Key."""
IDEMPOTENCY_WINDOW_SECONDS: Final = 86_400
"""A key answers with what it did for at least this long."""
PAGE_DEFAULT_ITEMS: Final = 25
"""Items of a page if no `limit` is given."""
PAGE_MAX_ITEMS: Final = 100
"""The highest `limit`."""
PROBLEM_ERRORS_MAX: Final = 100
"""Faults that a problem document lists of a request that is wrong all over."""
PROBLEM_PATH_MAX_CHARACTERS: Final = 200
"""What it shows of the path to a fault."""

BATCH_ORDERS_MAX: Final = 500
"""Orders in one batch."""
BATCH_LINES_MAX: Final = 2_000
"""Lines of all orders in one batch, as they are sent."""
ANSWERED_LINES_MAX: Final = 20_000
"""Lines of all orders in one answer: Lambda's answers have 6 MB, and a line at most 240 bytes there.  A page
of orders due ends with the order that reaches it; orders of a batch beyond it are to be sent again (503)."""
SWEEP_SECONDS_MAX: Final = 45.0
"""How long one run of the sweeper takes on further due orders; the next goes on a minute after it began."""

# Reading the log
VERIFICATION_RECORDS_MAX: Final = 500
"""Records that one call of a verification takes from the index."""
VERIFICATION_EXTRA_READS_MAX: Final = 50
"""Records in a row that a verification asks for by their ids, as the index does not show them."""

RESERVATION_RECORDS_MAX: Final = 5_000
"""Records that are read, newest first, to find the orders that hold units of a SKU."""

EXPORT_BYTES_MAX: Final = 5_000_000
"""An export in one answer; the rest is behind its ``Link``."""
EXPORT_WIRE_BYTES_MAX: Final = 6_000_000
"""The same as a JSON string, which is how Lambda hands an answer on; Lambda's own limit is a little above."""
EXPORT_QUERIES_MAX: Final = 25
"""Queries for one export, of a megabyte or 1,000 records each, however few of the records are of the type."""

TIMELINE_RECORDS_MAX: Final = 1_000
"""Records of a picture; of a period with more, the newest."""

# Streams
ALERT_MEMORY_SECONDS: Final = 172_800
"""How long an alert is remembered as sent; a stream keeps a change for 24 hours."""

ARCHIVE_LAG_MAX_SECONDS: Final = 300
"""A log record is archived by so long after it was written; until then its absence there is no fault."""

# Low stock
BOUND_PLAN_SECONDS: Final = 120
"""How long a plan to lower a low-stock bound stands at least; a request that saw the bound before it ends
sooner."""

# Contention
TRANSACTION_ITEMS_MAX: Final = 100
"""Actions of one transaction, and keys of one read: DynamoDB's own."""
CONFLICTS_BEFORE_HALVING: Final = 2
"""So often a pack of orders meets other transactions before it goes on as two."""
LOSSES_BEFORE_TURN: Final = 6
"""So often a write loses one SKU to other writers before it asks for a turn at it."""
TURN_SECONDS: Final = 1
"""How long other writers leave a SKU to the one whose turn it is; its write ends the turn."""
READ_ROUNDS_MAX: Final = 10
"""Calls for one read of several items, of which DynamoDB may leave throttled ones for the next call."""
WRITE_ATTEMPTS_MAX: Final = 40
"""Attempts of one write that keeps losing to others, before the answer is 503."""
WRITE_DEADLINE_SECONDS: Final = 10.0
"""How long one write keeps trying, before the answer is 503; API Gateway itself gives up at 29 s.  A new
product's id is drawn again as often: at ten million products one draw in three is taken."""
