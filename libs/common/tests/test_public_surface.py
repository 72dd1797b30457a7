"""What services may use of the library; a change of the lists here is a change of the contract."""

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import inventory_common

SURFACE = {
    "alert_topic": ["AlertTopic"],
    "alerts": ["Alert"],
    "streams": [
        "StreamSubscription",
        "ItemChange",
        "LOG_CHANGES",
        "PRODUCT_CHANGES",
        "SKU_CHANGES",
        "process_batch",
    ],
    "retry_policy": [
        "RetryPolicy",
    ],
    "conditions": [
        "OLD_IMAGE",
        "absent_or_expired",
        "failed_conditions",
        "is_in_conflict",
        "versioned_update",
    ],
    "dynamodb": [
        "DynamoDBClient",
        "Usage",
        "connect",
        "measured",
        "to_inventory_error",
        "expected_error",
    ],
    "errors": [
        "AdjustmentBelowReserved",
        "ArchiveUnavailable",
        "Busy",
        "Conflict",
        "CountStale",
        "DatabaseUnavailable",
        "ExternalIdExists",
        "Forbidden",
        "IdempotencyKeyRequired",
        "IdempotencyKeyReused",
        "IdentityUnavailable",
        "InsufficientStock",
        "InternalError",
        "Invalid",
        "InvalidCursor",
        "InvalidIdempotencyKey",
        "InvalidInput",
        "InvalidJson",
        "InventoryError",
        "MethodNotAllowed",
        "NotFound",
        "OrderCancelled",
        "OrderConfirmed",
        "OrderExists",
        "OrderInProgress",
        "OrderNotFound",
        "PreconditionFailed",
        "ProductInactive",
        "ProductNotFound",
        "QuantityExceedsReserved",
        "RefundExceedsConfirmed",
        "ReservationExpired",
        "RouteNotFound",
        "SkuExists",
        "SkuInactive",
        "SkuNotFound",
        "StockLimitExceeded",
        "TooLarge",
        "TransactionNotFound",
        "Unauthenticated",
        "Unavailable",
        "Unreadable",
        "UnsupportedMediaType",
    ],
    "exact_json": [
        "dumps",
        "loads",
    ],
    "fields": [
        "Body",
        "Description",
        "ImageUrl",
        "MergePatch",
        "Money",
        "NOTES_FORMAT",
        "Name",
        "Notes",
        "OrderId",
        "ProductId",
        "Quantity",
        "READABLE",
        "SkuId",
        "Threshold",
        "VendorId",
        "alternatives",
    ],
    "idempotency": [
        "IdempotencyKey",
        "IdempotencyRecord",
    ],
    "identity": [
        "ANYBODY",
        "EVERYTHING",
        "Principal",
        "Role",
        "Scope",
        "TokenVerifier",
    ],
    "ids": [
        "ORDER_ID",
        "PATTERNS",
        "PRODUCT_ID",
        "SKU_ID",
        "TRANSACTION_ID",
        "VENDOR_ID",
        "is_id",
        "new_product_id",
        "product_of",
        "sku_prefix",
        "transaction_id",
    ],
    "items": [
        "AttributeValue",
        "Item",
        "from_item",
        "key_of",
        "to_attribute",
        "to_item",
    ],
    "ledger": [
        "FIRST_LINK",
        "Finding",
        "Link",
        "RECORD_ATTRIBUTES",
        "check_balance",
        "check_record",
    ],
    "limits": [
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
    ],
    "log_lines": [
        "Level",
        "exception_fields",
        "log_event",
    ],
    "order_items": [
        "OPEN_ORDERS",
        "ORDER_SORT",
        "PART_SORT",
        "held_units",
        "order_key",
        "part_count",
        "part_key",
    ],
    "pages": [
        "Filter",
        "Listing",
        "Operator",
        "Page",
        "PageRequest",
        "Period",
        "Position",
        "SortCondition",
        "at_most",
        "decode_cursor",
        "encode_cursor",
        "equal_to",
        "starting_with",
        "within",
    ],
    "preconditions": [
        "ANY_VERSION",
        "IfMatch",
        "etag",
    ],
    "problems": [
        "PROBLEM_TYPE",
        "headers_of",
        "problem_document",
        "status_of",
    ],
    "products": [
        "ACTIVE",
        "INACTIVE",
        "Product",
    ],
    "declarations": ["Api", "DONE", "Declaration", "ResponseSpec"],
    "reference_pages": ["PROGRAM", "ReferencePages", "page", "program_file"],
    "requests": [
        "ProxyEvent",
        "Errors",
        "Form",
        "IDEMPOTENCY_KEY",
        "PAGING",
        "Parameter",
        "Request",
        "amount",
        "moment",
        "one_of",
        "path_errors",
        "read_body",
        "read_json",
        "read_period",
        "read_query",
        "require_range",
        "text",
        "whole_number",
    ],
    "responses": [
        "Headers",
        "REPLAYED",
        "answer",
        "linked",
        "listing",
        "no_content",
    ],
    "rest": [
        "Bodies",
        "Endpoint",
        "LambdaFunction",
        "PUBLIC",
        "RestService",
        "View",
    ],
    "schedules": [
        "ScheduledWork",
        "run_scheduled",
    ],
    "schema": [
        "CATEGORY_INDEX",
        "INDEXES",
        "KeySpace",
        "LOW_STOCK_INDEX",
        "PRODUCTS",
        "PRODUCT_TRANSACTION_INDEX",
        "SKUS_OF_PRODUCT",
        "SKU_TRANSACTION_INDEX",
        "STOCK_TRANSACTIONS",
        "TTL_ATTRIBUTE",
        "Table",
        "VENDOR_INVENTORY",
        "VENDOR_INVENTORY_INDEX",
        "VENDOR_PRODUCTS_INDEX",
        "VENDOR_TRANSACTION_INDEX",
    ],
    "settings": [
        "Settings",
    ],
    "skus": [
        "FIRST_PREVIOUS_HASH",
        "Sku",
    ],
    "timestamps": [
        "Clock",
        "TIMESTAMP_FORM",
        "epoch_seconds",
        "later_of",
        "microsecond_before",
        "now",
        "plus_seconds",
        "timestamp",
    ],
    "transactions": [
        "EFFECTS",
        "Effect",
        "NO_EFFECT",
        "TransactionRecord",
        "TransactionType",
        "record_hash",
    ],
    "values": ["value"],
    "verify": ["BrokenLog", "Chain", "main", "verify_lines"],
}


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"inventory_common.{name}")


def test_every_module_of_the_library_is_listed_here() -> None:
    assert sorted(found.name for found in pkgutil.iter_modules(inventory_common.__path__)) == sorted(SURFACE)


@pytest.mark.parametrize("name", SURFACE)
def test_a_module_offers_exactly_these_names(name: str) -> None:
    assert sorted(_module(name).__all__) == SURFACE[name]


@pytest.mark.parametrize("name", SURFACE)
def test_a_module_has_every_name_that_it_offers(name: str) -> None:
    module = _module(name)
    assert [missing for missing in SURFACE[name] if not hasattr(module, missing)] == []


@pytest.mark.parametrize("name", SURFACE)
def test_a_module_says_what_it_is(name: str) -> None:
    assert (_module(name).__doc__ or "").strip()


@pytest.mark.parametrize("name", SURFACE)
def test_the_library_names_its_module_in_its_own_description(name: str) -> None:
    assert f"`{name}`" in (inventory_common.__doc__ or "")


def _own_docstring(thing: object, name: str) -> str:
    text = vars(thing).get("__doc__") if inspect.isclass(thing) else getattr(thing, "__doc__", None)
    # A dataclass without a docstring gets its signature for one.
    return "" if text is None or text.startswith(f"{name}(") else text.strip()


@pytest.mark.parametrize("name", SURFACE)
def test_every_public_function_and_class_has_a_docstring(name: str) -> None:
    bare = []
    for offered in SURFACE[name]:
        thing = getattr(_module(name), offered)
        if not (inspect.isclass(thing) or inspect.isfunction(thing)):
            continue
        if thing.__module__ == _module(name).__name__ and not _own_docstring(thing, offered):
            bare.append(offered)
        members = vars(thing).items() if inspect.isclass(thing) else ()
        for member_name, member in members:
            function = getattr(member, "__func__", member)
            public = inspect.isfunction(function) or isinstance(function, property)
            if public and not member_name.startswith("_") and not _own_docstring(function, member_name):
                bare.append(f"{offered}.{member_name}")
    assert bare == []


def test_the_library_has_a_version() -> None:
    assert [part.isdecimal() for part in inventory_common.__version__.split(".")] == [True, True, True]
