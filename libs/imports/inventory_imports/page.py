"""The import of a file in a page: a browser calls this in a worker, with JSON texts and bytes.

The page reads the services' lists and sends the commands; everything that an import decides is decided here
and below, as for the command line.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import PurePath
from typing import Any, BinaryIO, Final

from inventory_common.exact_json import dumps, loads

from .cells import Formats
from .commands import command_of
from .in_memory import ImportInMemory
from .mapping import mapping_of_columns
from .plans import Rejected, Rules, product_key, sku_of
from .presets.amazon import TemplateRows, template_lines
from .presets.assembling import line_of, read_shop_rows
from .presets.catalogue import PRESETS, count_reference, presets_of
from .products import ProductRules
from .reading import ReadRow, detected_list_separators, read_rows
from .skus import SkuRules
from .sources import FileError, folded
from .stock import RECORD_MEMBERS, StockRules, batches, bookings
from .tables import RejectedRow, Table, rejects_name

__all__ = ["FileInPage"]

_RULES: Final[Mapping[str, Rules]] = {
    rules.name: rules for rules in (ProductRules(), SkuRules(), StockRules())
}
_HEAD_BYTES: Final = 256 * 1024
_SAMPLE_ROWS: Final = 5
_NOT_CHOSEN: Final = frozenset({"vendor_id"})
"""Columns of an import that the page fills itself."""


class FileInPage:
    """A file that a vendor has chosen.

    Parameters
    ----------
    name
        The name of the file; its suffix is the format.
    content
        Its bytes.
    vendor_id
        Whose products and SKUs its rows are.
    options
        JSON: ``encoding``, ``separator`` and ``sheet``, as far as the person states them.

    Raises
    ------
    FileError
        If it is no table.
    """

    def __init__(self, name: str, content: bytes, vendor_id: str, options: str) -> None:
        self._name = name
        self._content = bytes(content)
        self._vendor_id = vendor_id
        lines = template_lines(self._content[:_HEAD_BYTES])

        def opened() -> BinaryIO:
            stream = io.BytesIO(self._content)
            stream.seek(lines.above_bytes)
            return stream

        stated = {option: value for option, value in loads(options.encode()).items() if value}
        self._table = Table(name, opened, **stated)
        self._rows = TemplateRows(self._table, lines)
        self._existing: dict[str, Any] = {}
        self._import: ImportInMemory | None = None
        self._keeps_first = False

    def described(self) -> str:
        """Return JSON: what was found of the file.

        ``notes`` (encoding, separator, sheet), ``columns``, ``presets`` (``name`` and ``title`` of the shops
        that write such files), ``kinds`` (what can be imported, likeliest first, each with its ``columns``:
        ``name``, ``is_required``, and the column of the file that has this name as
        ``file_column``), a ``reference`` for deliveries and counts, and the first rows as ``sample``.
        """
        columns = self._table.columns
        sample = [dict(row.values) for row in islice(self._rows, _SAMPLE_ROWS) if row.values is not None]
        names = (
            list(columns)
            if columns is not None
            else list(dict.fromkeys(name for row in sample for name in row))
        )
        presets = presets_of(columns or ())
        kinds = sorted(_RULES.values(), key=lambda rules: -_fit(rules, names))
        return dumps(
            {
                "notes": self._table.notes,
                "columns": names,
                "presets": [{"name": preset.name, "title": preset.title} for preset in presets],
                "kinds": [{"name": rules.name, "columns": _columns(rules, names)} for rules in kinds],
                "reference": count_reference(presets[0], self._name)
                if presets
                else PurePath(self._name).stem,
                "sample": [[_shown(row.get(name)) for name in names] for row in sample],
            }
        )

    def read(self, kind: str, how: str) -> None:
        """Check each row by itself.

        Parameters
        ----------
        kind
            ``products``, ``skus`` or ``stock``.
        how
            JSON: ``preset``, the name of one, or ``columns``, the column of the file for each of the import;
            ``decimal`` and ``list_separator``; ``reference`` of deliveries and counts.

        Raises
        ------
        FileError
            If the rows cannot be distinguished.
        """
        asked = loads(how.encode())
        rules = _RULES[kind]
        self._existing = {}
        defaults = {"vendor_id": self._vendor_id}
        if asked.get("reference"):
            defaults["reference"] = asked["reference"]
        rows: Iterable[ReadRow]
        if asked.get("preset"):
            self._keeps_first = True
            rows = read_shop_rows(rules, PRESETS[asked["preset"]], self._rows, defaults)
        else:
            self._keeps_first = False
            mapping = mapping_of_columns(asked["columns"])
            formats = Formats(asked.get("decimal") or None, asked.get("list_separator") or None)
            if formats.list_separator is None:
                detected = detected_list_separators(rules, self._table, mapping, _no_lookup)
                formats = replace(formats, detected=detected)
            rows = read_rows(rules, self._table, mapping, _no_lookup, defaults, formats)
        self._import = ImportInMemory(rules, rows)

    def add_products(self, page: str) -> None:
        """Take a page of the vendor's products, the JSON of the catalog service's answer."""
        for product in loads(page.encode())["items"]:
            key = product_key(product["vendor_id"], product["external_id"] or product["product_id"])
            self._existing[key] = product

    def add_skus(self, page: str) -> None:
        """Take a page of the vendor's SKUs, the JSON of the stock service's answer."""
        for sku in loads(page.encode())["items"]:
            self._existing[sku["sku"]] = sku

    def logs(self) -> str:
        """Return JSON: as ``skus`` those of the rows that have a log, with the numbers of their records.

        ``records`` is how many all SKUs of the vendor have: one log may be read instead of many.  ``fields``
        are the members of a record that are compared.
        """
        found: dict[str, int] = {}
        for row in self._read().unit_rows():
            try:
                sku = self._existing.get(sku_of(row, self._existing.get))
            except Rejected:
                continue
            if sku is not None and sku["sequence"]:
                found[sku["sku"]] = sku["sequence"]
        every = sum(each["sequence"] for each in self._existing.values() if "sequence" in each)
        return dumps({"skus": found, "records": every, "fields": RECORD_MEMBERS})

    def add_records(self, page: str) -> None:
        """Take a page of log records, the JSON of the audit service's answer; each record once."""
        for key, known in bookings(loads(page.encode())["items"], self._existing.get):
            self._existing[key] = known

    def compare(self) -> str:
        """Plan what to do, and return JSON: ``counts`` of rows, and ``reasons`` of rejected ones."""
        read = self._read()
        read.compare(self._existing.get, keeps_first=self._keeps_first)
        reasons = [{"reason": reason, "rows": rows} for reason, rows in read.reasons()]
        return dumps({"counts": read.counts(), "reasons": reasons})

    def commands(self, import_key: str) -> str:
        """Return JSON: the commands in the order of the file.

        Each has the ``number`` and ``line`` of its first row, the number of the request that it is sent with
        (``batch``), the ``action``, the ``name`` of what it concerns, what it does as people read it
        (``shown``), and what `commands.command_of` returns as ``command``, whose ``body`` and ``before`` are
        JSON texts: no number of them passes through a float.
        """
        read = self._read()
        own = f"vendor_id: {self._vendor_id}, "  # which the person is
        planned = read.planned()
        if read.rules.name == "stock":
            requests = batches(planned, lambda unit: unit.plan.target)
        else:
            requests = ([unit] for unit in planned)
        return dumps(
            [
                {
                    "number": unit.number,
                    "batch": batch,
                    "line": line_of(unit.number),
                    "action": unit.plan.action,
                    "name": unit.key.replace(f" {self._vendor_id}", "", 1),
                    "shown": read.rules.shown(unit.rows, unit.plan).replace(own, "", 1),
                    "command": _with_texts(command_of(read.rules, unit, import_key)),
                }
                for batch, units in enumerate(requests)
                for unit in units
            ]
        )

    def rejected(self, refused: str, limit: int) -> str:
        """Return JSON: the first rejected rows, ``line`` and ``reason``.

        Parameters
        ----------
        refused
            JSON: why a service refused import units, by their numbers.
        """
        rows = islice(self._rejected(refused), limit)
        return dumps([{"line": row.line, "reason": row.reason} for row in rows])

    def rejects(self, refused: str) -> bytes:
        """Return the file of rejected rows, in the format of the file itself; see `rejected`."""
        form = self._table.rejects()
        return form.header() + b"".join(form.line(row) for row in self._rejected(refused))

    def rejects_name(self) -> str:
        """Return the name of that file."""
        return PurePath(rejects_name(self._name, self._read().rules.name)).name

    def _rejected(self, refused: str) -> Iterable[RejectedRow]:
        reasons = {int(number): reason for number, reason in loads(refused.encode()).items()}
        return self._read().rejected(reasons)

    def _read(self) -> ImportInMemory:
        if self._import is None:
            raise FileError(f"{self._name} has not been read.")
        return self._import


def _no_lookup(_lookup: Any, _text: str) -> None:
    return None


def _columns(rules: Rules, names: Iterable[str]) -> list[dict[str, Any]]:
    by_folded = {folded(name): name for name in names}
    return [
        {
            "name": name,
            "is_required": column.is_required,
            "file_column": by_folded.get(name),
        }
        for name, column in rules.row_type.columns.items()
        if name not in _NOT_CHOSEN
    ]


def _fit(rules: Rules, names: Iterable[str]) -> int:
    """Return how likely a file has rows of this type: of its columns, those that only this type has."""
    others = {name for other in _RULES.values() if other is not rules for name in other.row_type.columns}
    return sum(
        (2 if folded(name) not in others else 1) for name in names if folded(name) in rules.row_type.columns
    )


def _with_texts(command: dict[str, Any]) -> dict[str, Any]:
    texts = {name: dumps(command[name]) for name in ("body", "before") if name in command}
    return command | texts


def _shown(value: Any) -> str:
    return "" if value is None else str(value)[:200]
