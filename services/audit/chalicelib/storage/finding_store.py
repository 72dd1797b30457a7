"""Findings as objects of the archive's bucket, as no role of this service may write to the tables.

A finding is an object under ``findings/all/`` and, for its vendor, under ``findings/vendors/<vendor_id>/``.
Keys count down in time, so that the newest finding is listed first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from inventory_common.errors import InvalidCursor
from inventory_common.exact_json import dumps, loads
from inventory_common.identity import Scope
from inventory_common.ids import is_id
from inventory_common.limits import PAGE_MAX_ITEMS
from inventory_common.pages import PageRequest, encode_cursor
from inventory_common.values import value

from ..domain.findings import Finding
from ..domain.list_page import ListPage
from .object_store import ObjectStore

__all__ = ["FindingStore"]

_ALL: Final = "findings/all/"
_OF_VENDOR: Final = "findings/vendors/{}/"
_KEY: Final = re.compile(r"[0-9]{10}-FIND-[0-9a-f]{32}\.json")
_LAST_SECOND: Final = 9_999_999_999


@value
class FindingStore:
    """Writes and lists findings."""

    objects: ObjectStore

    def exists(self, finding: Finding) -> bool:
        """Return whether a finding is kept already; without a bucket none is."""
        return self.objects.is_configured and self.objects.exists(_ALL + _key(finding.document()))

    def add(self, finding: Finding) -> None:
        """Keep a finding; without a bucket this does nothing."""
        if not self.objects.is_configured:
            return
        document = finding.document()
        key, body = _key(document), dumps(document).encode()
        if finding.vendor_id is not None and is_id("vendor_id", finding.vendor_id):
            self.objects.put_once(_OF_VENDOR.format(finding.vendor_id) + key, body)
        # Written last: `exists` reads it.
        self.objects.put_once(_ALL + key, body)

    def list(self, scope: Scope, page: PageRequest) -> ListPage:
        """List findings, newest first: all of them, or those of a vendor.

        Raises
        ------
        InvalidCursor, ArchiveUnavailable, ArchiveNotConfigured
        """
        prefix = _ALL if scope.vendor_id is None else _OF_VENDOR.format(scope.vendor_id)
        limit = min(page.limit, PAGE_MAX_ITEMS)
        keys, has_more = self.objects.keys(prefix, after=_after(prefix, page), limit=limit)
        documents = [loads(content) for content in self.objects.get_all(keys) if content is not None]
        cursor = encode_cursor({"key": keys[-1].removeprefix(prefix)}) if has_more else None
        return ListPage(documents, cursor, lambda document: {"key": _key(document)})


def _key(document: Mapping[str, Any]) -> str:
    second = int(datetime.fromisoformat(document["occurred_at"]).timestamp())
    return f"{_LAST_SECOND - second:010}-{document['finding_id']}.json"


def _after(prefix: str, page: PageRequest) -> str:
    if page.after is None:
        return ""
    key = page.after.get("key")
    if len(page.after) != 1 or not isinstance(key, str) or not _KEY.fullmatch(key):
        raise InvalidCursor("The cursor does not belong to this list.")
    return prefix + key
