"""Reports what scheduled checks find: each difference once, however often a check finds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from inventory_common.ids import StockKey, is_id
from inventory_common.items import Item
from inventory_common.ledger import Difference
from inventory_common.schema import Table
from inventory_common.timestamps import Clock
from inventory_common.values import value

from ..domain.findings import Finding, FindingKind, finding_id, id_in
from ..domain.order_proofs import without_seal
from ..domain.reconciliation import FigureDifference
from .findings_log import FindingsLog

__all__ = ["CheckFindings"]


@value
class CheckFindings:
    """Reports findings of checks; a finding's time is that of the check which reported it first."""

    findings: FindingsLog
    clock: Clock

    def differences(
        self,
        kind: FindingKind,
        of: Mapping[str, Any],
        differences: Iterable[FigureDifference],
        version: Any = None,
    ) -> list[FigureDifference]:
        """Report differences of one SKU, order or vendor as a finding, and return them with its id.

        Parameters
        ----------
        of
            The ids that the finding names.
        version
            The version of an item whose differences are a finding of their own.
        """
        found = list(differences)
        values = [f"{each.sku} {each.figure} {each.source} {each.balance} {each.expected}" for each in found]
        named = finding_id(kind, str(version), *values)
        self._report(kind, named, of, [each.difference() for each in found])
        return [replace(each, finding_id=named) for each in found]

    def of_order(
        self, kind: FindingKind, differences: Iterable[FigureDifference], version: str
    ) -> list[FigureDifference]:
        """Report differences of one order, which have its id: no member of a finding is an order's."""
        return self.differences(kind, {}, differences, version)

    def orders_without_seal(self, items: Sequence[Item], version: str) -> list[FigureDifference]:
        """Report items of one order that have no genuine seal; the `version` identifies the finding too."""
        if not items:
            return []
        return self.of_order("order_damaged", map(without_seal, items), version)

    def malformed(
        self, table: Table, key: Sequence[str], malformed: Sequence[str], *, occurred_at: str | None = None
    ) -> None:
        """Report an item that no service could have written; the damage and its key identify the finding.

        `occurred_at` is a time that stays the same, if there is one.
        """
        of = {}
        if is_id("sku", sku := key[-1]):
            of = {"sku": sku, "product_id": StockKey.of(sku).product_id}
        differences = [
            Difference(None, " ".join(key), f"an item as the services write it ({table.name})", each)
            for each in malformed
        ]
        named = finding_id("malformed_item", table.name, *key, *malformed)
        self._report("malformed_item", named, of, differences, occurred_at)

    def _report(
        self,
        kind: FindingKind,
        named: str,
        of: Mapping[str, Any],
        differences: Sequence[Difference],
        occurred_at: str | None = None,
    ) -> None:
        self.findings.report(
            Finding(
                finding_id=named,
                kind=kind,
                occurred_at=occurred_at or self.clock(),
                vendor_id=id_in(of, "vendor_id"),
                product_id=id_in(of, "product_id"),
                sku=id_in(of, "sku"),
                differences=differences,
            )
        )
