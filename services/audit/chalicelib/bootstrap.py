"""The composition root: makes the service's objects from its settings."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Final

from inventory_common.alert_topic import AlertTopic
from inventory_common.archive_keys import present_epoch
from inventory_common.declarations import Api
from inventory_common.dynamodb import DynamoDBClient, connect
from inventory_common.event_bus import EventBus
from inventory_common.ledger_key_store import LedgerKeyStore
from inventory_common.malformed_items import MalformedItems
from inventory_common.rest import RestService
from inventory_common.settings import Settings
from inventory_common.timestamps import now

from .domain.events import EVENT_TYPES
from .engine.archive_checker import ArchiveChecker
from .engine.archive_verification import ArchiveVerification
from .engine.bound_check import BoundCheck
from .engine.check_findings import CheckFindings
from .engine.digest_writer import DigestWriter
from .engine.due_check import DueCheck
from .engine.existence_check import ExistenceCheck
from .engine.findings_log import FindingsLog
from .engine.log_reader import LogReader
from .engine.order_auditor import OrderAuditor
from .engine.order_check import OrderCheck
from .engine.order_records import OrderRecords
from .engine.owner_check import OwnerCheck
from .engine.reconciler import Reconciler
from .engine.stock_history import StockHistory
from .engine.stream_auditor import StreamAuditor
from .engine.stream_batches import StreamBatches
from .engine.verifier import Verifier
from .http.finding_routes import FindingRoutes
from .http.key_routes import KeyRoutes
from .http.order_routes import OrderRoutes
from .http.sku_routes import SkuRoutes
from .http.transaction_routes import TransactionRoutes
from .storage.digest_store import DigestStore
from .storage.finding_store import FindingStore
from .storage.inventory_stores import InventoryScan, OrderStore, SkuStore
from .storage.log_store import LogStore
from .storage.object_store import ObjectStore
from .storage.product_owners import ProductOwners
from .storage.record_archive import RecordArchive
from .storage.signer import Signer

__all__ = [
    "archive_checker",
    "archive_verification",
    "digest_writer",
    "finding_routes",
    "key_routes",
    "order_routes",
    "reconciler",
    "rest_service",
    "sku_routes",
    "stream_auditor",
    "stream_batches",
    "transaction_routes",
]

_NAME: Final = "inventory-audit"

_API: Final = Api(
    about="Auditors and vendors read the log of every stock change, which nobody can modify.",
    version="2.1.0",
    folder=Path(__file__).parent.parent,
    events=EVENT_TYPES,
)


def rest_service() -> RestService:
    """Make the application."""
    return RestService.from_settings(_NAME, _settings(), api=_API)


def transaction_routes() -> TransactionRoutes:
    """Make the routes of log records, with all that they use."""
    return TransactionRoutes(LogReader(_log()))


def order_routes() -> OrderRoutes:
    """Make the route of an order's log records, with all that it uses."""
    return OrderRoutes(OrderRecords(_orders(), _log(), now), _settings().order_owners)


def sku_routes() -> SkuRoutes:
    """Make the routes of a SKU's history, with all that they use."""
    return SkuRoutes(StockHistory(_log(), _skus(), _orders(), now), Verifier(_log(), _skus(), _ledger_keys()))


def finding_routes() -> FindingRoutes:
    """Make the route of findings, with all that it uses."""
    return FindingRoutes(_findings())


def key_routes() -> KeyRoutes:
    """Make the route of the ledger's keys, with all that it uses."""
    return KeyRoutes(_ledger_keys())


def stream_auditor() -> StreamAuditor:
    """Make the stream auditor."""
    existence = ExistenceCheck(_products())
    return StreamAuditor(_log(), _archive(), _findings(), existence, _ledger_keys())


def stream_batches(auditor: StreamAuditor) -> StreamBatches:
    """Make what examines batches of changes with a stream auditor."""
    return StreamBatches(auditor, OrderAuditor(_ledger_keys(), _reported()), _skus())


def reconciler() -> Reconciler:
    """Make the reconciler."""
    reported = _reported()
    return Reconciler(
        log=_log(),
        skus=_skus(),
        orders=_orders(),
        inventory=_inventory(),
        findings=_findings(),
        reported=reported,
        owners=OwnerCheck(_skus(), _products(), reported),
        due=DueCheck(_orders(), reported),
        bounds=BoundCheck(_skus(), reported),
        order_check=OrderCheck(_skus(), _orders(), _inventory(), _ledger_keys(), reported),
    )


def digest_writer() -> DigestWriter:
    """Make the writer of digests."""
    digests = DigestStore(_objects())
    return DigestWriter(_inventory(), digests, _signer(), _findings(), now, _settings().tables_restored_to)


def archive_checker() -> ArchiveChecker:
    """Make the check of archive, digests and tables."""
    objects = _objects()
    return ArchiveChecker(
        _log(),
        _inventory(),
        objects,
        _archive(),
        DigestStore(objects),
        _signer(),
        _ledger_keys(),
        now,
    )


def archive_verification() -> ArchiveVerification:
    """Make the daily check of the archive."""
    return ArchiveVerification(archive_checker(), _findings())


def _settings() -> Settings:
    return Settings.from_environment(os.environ)


@cache  # making a client takes longer than most requests
def _database() -> DynamoDBClient:
    return connect()


@cache
def _objects() -> ObjectStore:
    return ObjectStore(_settings().archive_bucket)


def _archive() -> RecordArchive:
    return RecordArchive(_objects(), present_epoch(_settings().tables_restored_to))


@cache  # it knows the keys that it has read
def _ledger_keys() -> LedgerKeyStore:
    return LedgerKeyStore(_settings().ledger_keys_path)


def _log() -> LogStore:
    return LogStore(_database(), _settings(), _malformed())


@cache  # it knows which items it has reported
def _malformed() -> MalformedItems:
    return MalformedItems(_NAME)


def _skus() -> SkuStore:
    return SkuStore(_database(), _settings())


def _products() -> ProductOwners:
    return ProductOwners(_database(), _settings())


def _orders() -> OrderStore:
    return OrderStore(_database(), _settings())


def _inventory() -> InventoryScan:
    return InventoryScan(_database(), _settings())


def _signer() -> Signer:
    return Signer(_settings().archive_signing_key)


def _reported() -> CheckFindings:
    return CheckFindings(_findings(), now)


def _findings() -> FindingsLog:
    return FindingsLog(
        FindingStore(_objects(), _NAME),
        AlertTopic(_settings().alert_topic_arn, _NAME),
        EventBus(_settings().event_bus),
        _NAME,
    )
