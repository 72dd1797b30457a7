"""Findings as objects of the archive's bucket, as no role of this service may write to the tables.

A finding is an object under ``findings/all/`` and, for its vendor, under ``findings/vendors/<vendor_id>/``.
Keys count down in time, so that the newest finding is listed first.  ``findings/by-id/<finding_id>.json`` has
the same content: a check that finds the same difference every day finds it there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from inventory_common.errors import InvalidCursor
from inventory_common.exact_json import dumps
from inventory_common.identity import Scope
from inventory_common.ids import is_id
from inventory_common.limits import EXPORT_BYTES_MAX, PAGE_MAX_ITEMS
from inventory_common.log_lines import log_event
from inventory_common.pages import PageRequest, encode_cursor
from inventory_common.values import value

from ..domain.findings import Finding, is_finding
from ..domain.list_page import ListPage
from .object_store import ObjectStore

__all__ = ["FindingStore"]

_ALL: Final = "findings/all/"
_BY_ID: Final = "findings/by-id/{}.json"
_OF_VENDOR: Final = "findings/vendors/{}/"
_KEY_MAX_BYTES: Final = 1_024
"""S3's limit for a key."""
_LAST_SECOND: Final = 9_999_999_999


@value
class FindingStore:
    """Writes and lists findings; `service` is the application's name, for the log."""

    objects: ObjectStore
    service: str

    def exists(self, finding: Finding) -> bool:
        """Return whether a finding is kept already, and listed; without a bucket none is.

        What somebody has put in its place, with the id of this finding and another subject, does not count.
        """
        kept = self.get(finding.finding_id)
        if kept is None or (kept["kind"], kept["sku"]) != (finding.kind, finding.sku):
            return False
        return self.objects.exists(_ALL + _key(kept))

    def get(self, finding_id: str) -> dict[str, Any] | None:
        """Return the finding with an id; None if none is kept, and without a bucket."""
        if not self.objects.is_configured:
            return None
        [(_, kept)] = self.objects.json_objects([_BY_ID.format(finding_id)])
        return kept if kept is not None and is_finding(kept) and _has_key(kept) else None

    def add(self, finding: Finding) -> None:
        """Keep a finding; without a bucket this does nothing."""
        if not self.objects.is_configured:
            return
        document = finding.document()
        by_id = _BY_ID.format(finding.finding_id)
        if not self.objects.put_once(by_id, dumps(document).encode()):
            # A process that ended before it listed the finding may have seen it at another time.
            document = self.get(finding.finding_id) or document
        key, body = _key(document), dumps(document).encode()
        if finding.vendor_id is not None and is_id("vendor_id", finding.vendor_id):
            self.objects.put_once(_OF_VENDOR.format(finding.vendor_id) + key, body)
        # Written last: `exists` looks for it.
        self.objects.put_once(_ALL + key, body)

    def list(self, scope: Scope, page: PageRequest) -> ListPage:
        """List findings, newest first: all of them, or those of a vendor.

        A page ends early if its findings are long.  Objects that are no findings are left out, and reported
        in the log.

        Raises
        ------
        InvalidCursor, ArchiveUnavailable, ArchiveNotConfigured
        """
        prefix = _ALL if scope.vendor_id is None else _OF_VENDOR.format(scope.vendor_id)
        limit = min(page.limit, PAGE_MAX_ITEMS)
        keys, has_more = self.objects.keys(prefix, after=_after(prefix, page), limit=limit)
        documents: list[dict[str, Any]] = []
        positions: dict[str, str] = {}
        last, size = "", 0
        for key, document in self.objects.json_objects(keys):
            if document is None or not is_finding(document):
                log_event(self.service, "malformed_object", level="ERROR", key=key)
            else:
                size += len(json.dumps(dumps(document)))  # a JSON string, in which Lambda returns a response
                if documents and size > EXPORT_BYTES_MAX:
                    has_more = True
                    break
                documents.append(document)
                positions[document["finding_id"]] = key.removeprefix(prefix)
            last = key.removeprefix(prefix)
        cursor = encode_cursor({"key": last}) if has_more else None
        return ListPage(documents, cursor, lambda document: {"key": positions[document["finding_id"]]})


def _key(document: Mapping[str, Any]) -> str:
    second = int(datetime.fromisoformat(document["occurred_at"]).timestamp())
    return f"{_LAST_SECOND - second:010}-{document['finding_id']}.json"


def _has_key(document: Mapping[str, Any]) -> bool:
    try:
        return bool(_key(document))
    except (ValueError, OverflowError):
        return False


def _after(prefix: str, page: PageRequest) -> str:
    if page.after is None:
        return ""
    key = page.after.get("key")
    if len(page.after) != 1 or not isinstance(key, str) or len((prefix + key).encode()) > _KEY_MAX_BYTES:
        raise InvalidCursor("The cursor does not belong to this list.")
    return prefix + key
