"""A typed client of the catalog, stock and audit services.

======================  ===============================================================================
`catalog`               `CatalogClient`: products, categories, vendors
`stock`                 `StockClient`: SKUs, stock, orders
`audit`                 `AuditClient`: the log
`problems`              the errors, one exception type for each `code`
`tokens`                the sources of bearer tokens
`retries`               how often and when a request is repeated
`proofs`                the audit service's documents beside log records
`documents`             the documents of catalog and stock service beside products and SKUs
`connection`            requests over HTTP: tokens, retries, pages
`tls`                   the certificates that verify servers
======================  ===============================================================================

Products, SKUs, log records and the log's keys are `inventory_common`'s own `Product`, `Sku`,
`TransactionRecord` and `PublicKeys`.
"""

from inventory_common.ledger_keys import PublicKey, PublicKeys
from inventory_common.products import Product
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord, TransactionType

from .audit import AuditClient
from .catalog import CatalogClient
from .documents import (
    Availability,
    AvailabilityLine,
    BatchCommand,
    BatchResult,
    CategoryCount,
    ChangeCommand,
    ChangeResult,
    LineAvailability,
    LineRequest,
    Order,
    OrderLine,
    Outcome,
    StockChange,
    VendorCount,
)
from .problems import (
    ClientError,
    NoAnswer,
    PlainHttpRefused,
    Problem,
    TokenUnavailable,
    UnexpectedAnswer,
)
from .proofs import Difference, Finding, Reservation, Reservations, StockAt, Verification
from .retries import Retries
from .stock import StockClient
from .tokens import ClientCredentials, LocalStackToken, StaticToken, TokenSource

__all__ = [
    "AuditClient",
    "Availability",
    "AvailabilityLine",
    "BatchCommand",
    "BatchResult",
    "CatalogClient",
    "CategoryCount",
    "ChangeCommand",
    "ChangeResult",
    "ClientCredentials",
    "ClientError",
    "Difference",
    "Finding",
    "LineAvailability",
    "LineRequest",
    "LocalStackToken",
    "NoAnswer",
    "Order",
    "OrderLine",
    "Outcome",
    "PlainHttpRefused",
    "Problem",
    "Product",
    "PublicKey",
    "PublicKeys",
    "Reservation",
    "Reservations",
    "Retries",
    "Sku",
    "StaticToken",
    "StockAt",
    "StockChange",
    "StockClient",
    "TokenSource",
    "TokenUnavailable",
    "TransactionRecord",
    "TransactionType",
    "UnexpectedAnswer",
    "VendorCount",
    "Verification",
]

__version__ = "0.1.0"
