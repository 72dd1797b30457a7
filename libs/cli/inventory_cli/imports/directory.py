"""The import of a folder that ``inventory export all`` wrote: everything of a shop, into an empty one.

A new shop generates new product ids.  Products are recognized by their external ids; of one without, the
import keeps in a file beside the journals which product it created for the id in the export (`ProductIds`).
The rows of SKUs, stock and orders then name the new products (`RestoredTable`).

A deactivated product or SKU takes no SKUs, deliveries and orders.  So both are imported as active first, and
deactivated when everything else is there (`steps`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, Final

from inventory_common.ids import StockKey, is_id, sku_prefix
from inventory_imports.cells import parse_bool
from inventory_imports.plans import Action, Existing, Plan, product_key
from inventory_imports.products import ProductRules, target_of_product
from inventory_imports.resources import ACTIVE_FLAG, PRODUCT
from inventory_imports.tables import FileError, SourceRow, Table

from ..export_files import SUFFIXES
from ..exports import RESTORED
from ..profiles import Session
from .files import open_table
from .importer import Importer, Result
from .journal import Journal, State, Unit
from .products import ProductImporter
from .run import IMPORTERS

__all__ = ["ProductIds", "RestoredTable", "Step", "files_of", "importer_of", "reference_of", "steps"]

_REFERENCE_CHARACTERS: Final = 16


def files_of(folder: Path) -> dict[str, Path]:
    """Return the files of an export by what they contain.

    Raises
    ------
    FileError
        If there are none, or two of the same.
    """
    files: dict[str, Path] = {}
    for name in RESTORED:
        found = [file for suffix in SUFFIXES if (file := folder / f"{name}{suffix}").is_file()]
        if len(found) > 1:
            raise FileError(f"{folder} has both {found[0].name} and {found[1].name}: remove one of them.")
        if found:
            files[name] = found[0]
    if not files:
        raise FileError(f"{folder} has none of the files of an export, such as products.csv.")
    return files


def reference_of(file: Path) -> str:
    """Return the reference of the counts in a file, which its content determines: they are executed once."""
    with file.open("rb") as opened:
        digest = sha256()
        while chunk := opened.read(1 << 20):
            digest.update(chunk)
    return f"export {digest.hexdigest()[:_REFERENCE_CHARACTERS]}"


@dataclass(frozen=True, slots=True)
class Step:
    """One walk over one of the files; `deactivates` if it is the last, which only changes active flags."""

    name: str
    file: Path
    deactivates: bool = False


def steps(files: Mapping[str, Path]) -> Iterator[Step]:
    """Yield the steps of an import in their order."""
    first = [Step(name, files[name]) for name in RESTORED if name in files]
    yield from first
    yield from (
        replace(step, deactivates=True) for step in reversed(first) if step.name in ("skus", "products")
    )


class ProductIds:
    """The new ids of products in an export, in a file that outlives the process.

    A line of the file is a product without an external id: the vendor, its id in the export, and the id of
    the product that an import created for it, in whichever shop.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "product-ids.jsonl"
        self._lock = Lock()
        self._created: dict[tuple[str, str], list[str]] = {}
        self._all_created: set[tuple[str, str]] = set()
        self._new: dict[str, str] = {}
        for line in self._lines():
            self._keep(*line)

    def _lines(self) -> Iterator[tuple[str, str, str]]:
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            try:
                vendor_id, exported, created = json.loads(line)
            except ValueError:
                continue  # the process ended while it was written; its Idempotency-Key finds the product
            yield vendor_id, exported, created

    def _keep(self, vendor_id: str, exported: str, created: str) -> None:
        self._created.setdefault((vendor_id, exported), []).append(created)
        self._all_created.add((vendor_id, created))

    def add(self, vendor_id: str, exported: str, created: str) -> None:
        """Remember the product that was created."""
        with self._lock:
            self._keep(vendor_id, exported, created)
            with self._file.open("a", encoding="utf-8") as opened:
                opened.write(json.dumps([vendor_id, exported, created]) + "\n")

    def find(self, vendor_id: str, exported: str, existing: Existing) -> dict[str, Any] | None:
        """Return the product of an id in the export, None if this shop has none.

        Parameters
        ----------
        existing
            Returns what this shop has, by `product_key`.
        """
        for created in reversed(self._created.get((vendor_id, exported), ())):
            if (product := existing(product_key(vendor_id, created))) is not None:
                return dict(product)
        if (vendor_id, exported) in self._all_created:
            return None  # that one was created for another id in the export
        product = existing(product_key(vendor_id, exported))
        return None if product is None else dict(product)

    def learn(self, journal: Journal) -> None:
        """Learn the new ids of products from the journal of their import; those not created keep theirs."""
        for unit in journal.units(State.DONE, State.UNCHANGED, State.PLANNED, State.REJECTED):
            if (exported := unit.rows[0].get("product_id")) is not None:
                self._new[exported] = unit.plan.target.get("product_id", exported)

    def new(self, exported: str) -> str | None:
        """Return the new id of a product in the export, None if the export has no such product."""
        return self._new.get(exported)


class RestoredTable:
    """A table of an export, whose rows name the products of this shop.

    Parameters
    ----------
    step
        If it deactivates, only the inactive rows of the file; else all of them, and none says that it is
        inactive.

    Attributes
    ----------
    columns
        The columns of the file.
    inactive
        The number of rows of the last walk that are inactive in the export.
    """

    def __init__(self, step: Step, ids: ProductIds) -> None:
        self._table = open_table(step.file)
        self._step = step
        self._ids = ids
        self.columns = self._table.columns
        self.inactive = 0

    @property
    def table(self) -> Table:
        """The table as it is in the file."""
        return self._table

    def __iter__(self) -> Iterator[SourceRow]:
        """Yield the rows."""
        self.inactive = 0
        for row in self._table:
            is_inactive = row.values is not None and _is_inactive(row.values)
            self.inactive += is_inactive
            if self._step.deactivates and not is_inactive:
                continue
            yield row if row.values is None else replace(row, values=self._restored(dict(row.values)))

    def _restored(self, values: dict[str, Any]) -> dict[str, Any]:
        if not self._step.deactivates and _is_inactive(values):
            del values[ACTIVE_FLAG]
        if self._step.name == "products":
            return values
        if (product_id := self._ids.new(str(values.get("product_id") or ""))) is not None:
            values |= {"product_id": product_id, "external_id": None}
        sku = values.get("sku")
        if isinstance(sku, str) and is_id("sku", sku):
            exported = StockKey.of(sku).product_id
            if (product_id := self._ids.new(exported)) is not None:
                values["sku"] = sku_prefix(product_id) + sku.removeprefix(sku_prefix(exported))
        return values


def _is_inactive(values: Mapping[str, Any]) -> bool:
    flag = values.get(ACTIVE_FLAG)
    try:
        return flag is False or (isinstance(flag, str) and not parse_bool(flag.strip()))
    except ValueError:
        return False


class RestoredProductRules(ProductRules):
    """The rules for products of an export: one without an external id is created too."""

    def key(self, row: Mapping[str, Any]) -> str:
        """Return vendor and external id, or else the id in the export."""
        if row.get("external_id") is not None:
            return super().key(row)
        return f"exported product {row.get('vendor_id', '')} {row.get('product_id', '')}"

    def plan(self, rows: Sequence[Mapping[str, Any]], existing: Existing) -> Plan:
        """Compare a row with the product of its external id, or with the one created for its id."""
        if rows[0].get("external_id") is None and existing(self.key(rows[0])) is None:
            return Plan(Action.CREATE)
        return super().plan(rows, existing)


class RestoredProductImporter(ProductImporter):
    """Imports products of an export."""

    rules = RestoredProductRules()

    def __init__(self, ids: ProductIds) -> None:
        self._ids = ids

    def read_existing(self, session: Session, journal: Journal) -> None:
        """Write all products of the vendors into the journal, also under their ids in the export."""
        super().read_existing(session, journal)
        rows = ((unit.key, unit.rows[0]) for unit in journal.units(State.READ))
        journal.add_existing(
            (key, self._ids.find(row["vendor_id"], row["product_id"], journal.existing))
            for key, row in rows
            if row.get("external_id") is None
        )

    def execute(self, session: Session, batch: Sequence[Unit]) -> list[Result]:
        """Create or change a product."""
        [unit] = batch
        row = unit.rows[0]
        if unit.plan.action is not Action.CREATE or row.get("external_id") is not None:
            return super().execute(session, batch)
        attributes: Any = {name: row[name] for name in PRODUCT.created if name in row}
        key = sha256(f"{row['vendor_id']}\n{row['product_id']}".encode()).hexdigest()
        product = session.catalog.create_product(idempotency_key=f"import-{key}", **attributes).result
        self._ids.add(row["vendor_id"], row["product_id"], product.product_id)
        target = target_of_product(product.document()) | {"created": True}
        return [Result(unit.number, State.DONE, target)]


def importer_of(step: Step, ids: ProductIds) -> Importer:
    """Return the importer of a step."""
    return RestoredProductImporter(ids) if step.name == "products" else IMPORTERS[step.name]
