"""From the rows of a shop's file to checked rows of products, SKUs and stock.

The file is read twice: first to learn where each product's last row is, so that a product is complete as soon
as that row has been read, and few are in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from ..cells import PRESET_FORMATS
from ..plans import ONLY_WHEN_CREATED, Rules
from ..reading import ReadRow
from ..rows import SKU_ROW, RowError
from ..tables import SourceRow
from .numbers import amount, lowest
from .shop_rows import Cells, NoProduct, Preset, ShopRow, ShopVariant
from .texts import NO_CATEGORY
from .variants import ONLY_VARIANT, variant_code

__all__ = ["line_of", "read_shop_rows"]

_PART: Final = 1 << 32
_HAS_BARCODES: Final = "barcode" in SKU_ROW.columns
_UNNAMED: Final = "Standard"


def line_of(number: int) -> int:
    """Return the line of a row.

    Where one row of the file has several SKUs, each of them is a row to be imported.  The number of a further
    one is that of its line plus a multiple of a large number.
    """
    return number % _PART


class _Member(NamedTuple):
    source: SourceRow
    row: ShopRow


@dataclass(frozen=True, slots=True)
class _Product:
    """The rows of a product; `beside` are those in the other file of the same export."""

    external_id: str
    members: Sequence[_Member]
    beside: Sequence[ShopRow] = ()

    @property
    def refused(self) -> str:
        """Why no row of the product can be imported."""
        for source, row in self.members:
            if row.product_refused:
                return f"{row.product_refused} (line {source.line})"
        return ""

    def variants(self) -> Iterator[ShopVariant]:
        """Yield the SKUs of all rows."""
        for row in self._rows():
            yield from row.variants

    def has_variants(self) -> bool:
        """Return whether any SKU is more than the product alone."""
        return not all(variant.is_alone for variant in self.variants())

    def columns(self) -> dict[str, Any]:
        """Return the columns of the product."""
        found: dict[str, Any] = {}
        for row in self._rows():
            for name, value in row.product.items():
                if found.get(name) in (None, "", []):
                    found[name] = value
        found["external_id"] = self.external_id
        found["base_price"] = found.get("base_price") or lowest(each.price for each in self.variants())
        found["images"] = list(dict.fromkeys(image for member in self.members for image in member.row.images))
        return {name: value for name, value in found.items() if value not in (None, "", [])}

    def _rows(self) -> Iterator[ShopRow]:
        yield from (member.row for member in self.members)
        yield from self.beside

    def option_names(self) -> list[str]:
        """Return the names of the options, which a shop may write in the first row alone."""
        names: list[str] = []
        for variant in self.variants():
            for place, (name, _) in enumerate(variant.options):
                if place == len(names):
                    names.append(name)
                names[place] = names[place] or name
        return names


def read_shop_rows(
    rules: Rules,
    preset: Preset,
    rows: Iterable[SourceRow],
    defaults: Mapping[str, str],
    beside: Iterable[SourceRow] = (),
) -> Iterator[ReadRow]:
    """Yield the rows of a shop's file as checked rows of products, SKUs or stock.

    Parameters
    ----------
    rules
        Those of products, SKUs or stock.
    rows
        The rows of the file, which are iterated over several times.
    defaults
        The values of columns that shops do not have: the vendor, and the reference of the counts.
    beside
        The rows of the other file of the same export, if the shop writes two: they complete the products of
        these rows, and are no rows themselves.
    """
    aliases = _aliases(preset, beside) | _aliases(preset, rows)
    others: dict[str, list[ShopRow]] = {}
    for _, cells, key in _keyed(preset, beside, aliases):
        if not isinstance(key, _Reason):
            others.setdefault(key, []).append(_short(preset.read(cells)))
    last = {
        key: source.line for source, _, key in _keyed(preset, rows, aliases) if not isinstance(key, _Reason)
    }
    unfinished: dict[str, list[_Member]] = {}
    for source, cells, key in _keyed(preset, rows, aliases):
        if isinstance(key, _Reason):
            yield ReadRow(source.line, source.source, reason=str(key))
            continue
        members = unfinished.setdefault(key, [])
        members.append(_Member(source, preset.read(cells)))
        if source.line == last[key]:
            product = _Product(key, unfinished.pop(key), others.get(key, ()))
            yield from _Reading(rules, defaults, product).rows()


def _short(row: ShopRow) -> ShopRow:
    """Return what a row of the other file adds to the SKUs of a product."""
    kept = {name: row.product[name] for name in ("product_name", "base_price") if name in row.product}
    return ShopRow(kept, variants=row.variants)


class _Reason(str):
    """Why a row belongs to no product."""


def _aliases(preset: Preset, rows: Iterable[SourceRow]) -> dict[str, str]:
    aliases: dict[str, str] = {}
    for source in rows if preset.has_aliases else ():
        if source.values is not None and (alias := preset.alias(Cells(source.values))) is not None:
            aliases.setdefault(*alias)
    return aliases


def _keyed(
    preset: Preset, rows: Iterable[SourceRow], aliases: Mapping[str, str]
) -> Iterator[tuple[SourceRow, Cells, str]]:
    """Yield each row with the product that it belongs to, or the `_Reason` why it belongs to none."""
    above = ""
    for source in rows:
        if source.values is None:
            above = ""
            yield source, Cells({}), _Reason(source.error or "cannot be read")
            continue
        cells = Cells(source.values)
        try:
            key = preset.key(cells, aliases)
        except NoProduct as error:
            yield source, cells, _Reason(error)
            continue
        above = key or (above if preset.fills_down else "")
        yield source, cells, above or _Reason("names no product, and there is none in the row above")


class _Reading:
    """Makes the rows of one product."""

    def __init__(self, rules: Rules, defaults: Mapping[str, str], product: _Product) -> None:
        self._rules = rules
        self._defaults = defaults
        self._product = product
        self._columns = product.columns()
        self._option_names = product.option_names()
        self._lines_by_variant: dict[str, int] = {}
        self._created = {"reorder_threshold": "0"} if rules.name == "skus" else {}

    def rows(self) -> Iterator[ReadRow]:
        """Yield one row for each row of the file, or for each SKU of a row that has several."""
        if refused := self._product.refused:
            yield from (_rejected(member.source, refused) for member in self._product.members)
        elif self._rules.name == "products":
            yield from self._product_rows()
        else:
            yield from self._variant_rows()

    def _product_rows(self) -> Iterator[ReadRow]:
        row, reason = None, ""
        try:
            row = self._checked(self._columns, {"category": NO_CATEGORY})
        except RowError as error:
            reason = str(error)
        for source, shop_row in self._product.members:
            refused = shop_row.refused or shop_row.no_product or reason
            if row is None or refused:
                yield _rejected(source, refused)
            else:
                yield ReadRow(source.line, source.source, self._rules.key(row), row)

    def _variant_rows(self) -> Iterator[ReadRow]:
        first: ReadRow | None = None
        reason = next(filter(None, (row.no_variants for _, row in self._product.members)), "")
        others: list[SourceRow] = []
        for source, shop_row in self._product.members:
            variants = self._variants(shop_row)
            if not variants and not shop_row.refused:
                others.append(source)
                continue
            made = self._rows_of(source, shop_row.refused, variants)
            yield from made
            if made[0].row is not None:
                first = first or made[0]
            else:
                reason = reason or f"line {source.line}: {made[0].reason}"
        for source in others:
            if first is None:
                yield _rejected(source, reason or self._without_variants())
            else:
                yield ReadRow(source.line, source.source, first.key, first.row)

    def _variants(self, shop_row: ShopRow) -> Sequence[ShopVariant]:
        """Return the SKUs of a row, without that of a product that has others."""
        if not self._product.has_variants():
            return shop_row.variants
        return [variant for variant in shop_row.variants if not variant.is_alone]

    def _without_variants(self) -> str:
        return "its SKUs are in the other file" if self._product.has_variants() else "its product has no SKU"

    def _rows_of(self, source: SourceRow, refused: str, variants: Sequence[ShopVariant]) -> list[ReadRow]:
        """Return the rows of the SKUs of a row; if one is wrong, the whole row is rejected."""
        if refused:
            return [_rejected(source, refused)]
        made: list[tuple[int, dict[str, Any]]] = []
        for part, variant in enumerate(variants):
            code = self._code(variant)
            line = self._lines_by_variant.setdefault(code, source.line)
            if line != source.line or (part and code in {row["variant"] for _, row in made}):
                return [_rejected(source, f"its variant {code} is also that of line {line}")]
            if self._rules.name == "stock" and not variant.units:
                return [_rejected(source, variant.no_units or "its stock is not counted")]
            try:
                made.append((part, self._checked(self._given(variant, code), self._created)))
            except RowError as error:
                return [_rejected(source, str(error))]
        return [
            ReadRow(source.line + part * _PART, source.source, self._rules.key(row), row)
            for part, row in made
        ]

    def _given(self, variant: ShopVariant, code: str) -> dict[str, Any]:
        sku = {"external_id": self._product.external_id, "variant": code}
        if self._rules.name == "stock":
            return {**sku, "counted_stock": variant.units}
        values = [value for _, value in variant.options]
        options = dict(zip(self._option_names, values, strict=False))
        return {
            **sku,
            "variant_name": variant.name or " / ".join(values) or self._columns.get("product_name", _UNNAMED),
            "variant_attributes": options if options and all(options) else None,
            "unit_price": variant.price or self._raised(variant.surcharge),
            "reorder_threshold": variant.threshold,
            "is_active": variant.is_active,
            **({"barcode": variant.barcode} if _HAS_BARCODES else {}),
        }

    def _raised(self, surcharge: str) -> str:
        """Return the product's price with a surcharge; "" if one of them is not known."""
        if not surcharge:
            return ""
        base, added = amount(str(self._columns.get("base_price", ""))), amount(surcharge)
        if base is None or added is None:
            raise RowError("unit_price: is added to the price of the product, which is not in the file")
        return str(base + added)

    def _code(self, variant: ShopVariant) -> str:
        text = variant.sku or "-".join(value for _, value in variant.options)
        return variant_code(text) if text else ONLY_VARIANT

    def _checked(self, given: Mapping[str, Any], created: Mapping[str, str]) -> dict[str, Any]:
        """Return a checked row; what the shop does not say gets the values of `created`, but only once."""
        row_type = self._rules.row_type
        added = {name: value for name, value in self._defaults.items() if name in row_type.columns}
        missing = {name: value for name, value in created.items() if not given.get(name)}
        row = row_type.check({**added, **given, **missing}, PRESET_FORMATS)
        return row | {ONLY_WHEN_CREATED: list(missing)} if missing else row


def _rejected(source: SourceRow, reason: str) -> ReadRow:
    return ReadRow(source.line, source.source, reason=reason)
