import { type InventoryRow, isLow, isOffered, isOut, isReserved } from "../../shared/inventory/rows";
import { type InventoryQuery, SHOWN, type Shown, type SortKey } from "./query";

const SHOWS: Record<Shown, (row: InventoryRow) => boolean> = {
  all: () => true,
  low: isLow,
  out: isOut,
  inactive: (row) => !isOffered(row),
  reserved: isReserved,
};

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

const VALUES: Record<SortKey, (row: InventoryRow) => string | number> = {
  product: (row) => row.product_name,
  sku: (row) => row.sku,
  stock: (row) => row.current_stock,
  reserved: (row) => row.reserved_stock,
  available: (row) => row.available_stock,
  threshold: (row) => row.reorder_threshold,
  price: (row) => row.unit_price,
  active: (row) => Number(row.is_active) + Number(row.product_is_active),
  changed: (row) => row.last_updated,
};

/** Sorted by what people read; two texts that a person would call equal are ordered by the SKU. */
const BY_LANGUAGE: readonly SortKey[] = ["product"];

/** How many rows each filter shows. */
export function countsOf(rows: readonly InventoryRow[]): Record<Shown, number> {
  const counts = { all: 0, low: 0, out: 0, inactive: 0, reserved: 0 };
  for (const row of rows) {
    for (const shown of SHOWN) {
      counts[shown] += SHOWS[shown](row) ? 1 : 0;
    }
  }
  return counts;
}

/** The rows that a query lists, in its order. */
export function arranged(rows: readonly InventoryRow[], query: InventoryQuery): InventoryRow[] {
  const shows = SHOWS[query.shown];
  const matches = matcher(query.search);
  const listed = rows.filter((row) => shows(row) && matches(row));
  return sorted(listed, query.sort, query.descending);
}

function sorted(rows: InventoryRow[], key: SortKey, descending: boolean): InventoryRow[] {
  const value = VALUES[key];
  const direction = descending ? -1 : 1;
  const ranks = BY_LANGUAGE.includes(key) ? ranksOf(rows, value) : null;
  const of = (row: InventoryRow): string | number =>
    ranks === null ? value(row) : (ranks.get(String(value(row))) ?? 0);
  return rows
    .map((row) => [of(row), row] as const)
    .sort(([a, rowA], [b, rowB]) => {
      const order = a < b ? -1 : a > b ? 1 : 0;
      return order * direction || collated(rowA, rowB);
    })
    .map(([, row]) => row);
}

/** Comparing texts by the rules of a language is slow, so each different text is compared once. */
function ranksOf(
  rows: readonly InventoryRow[],
  value: (row: InventoryRow) => string | number,
): Map<string, number> {
  const texts = [...new Set(rows.map((row) => String(value(row))))].sort(collator.compare);
  const ranks = new Map<string, number>();
  let rank = 0;
  texts.forEach((text, index) => {
    if (index > 0 && collator.compare(texts[index - 1] ?? "", text) !== 0) {
      rank += 1;
    }
    ranks.set(text, rank);
  });
  return ranks;
}

function collated(a: InventoryRow, b: InventoryRow): number {
  return a.product_id === b.product_id && a.sku === b.sku ? 0 : a.sku < b.sku ? -1 : 1;
}

/** Whether a row has every word of a search in its names, the vendor's own id, SKU or barcode. */
export function matcher(search: string): (row: InventoryRow) => boolean {
  const words = folded(search).split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    return () => true;
  }
  return (row) => {
    const text = textOf(row);
    return words.every((word) => text.includes(word));
  };
}

const texts = new WeakMap<InventoryRow, string>();

function textOf(row: InventoryRow): string {
  let text = texts.get(row);
  if (text === undefined) {
    text = folded(
      [row.product_name, row.variant_name, row.sku, row.external_id ?? "", row.barcode ?? ""].join("\n"),
    );
    texts.set(row, text);
  }
  return text;
}

function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();
}

/** Keep rows where they are while they are worked on: known rows in the order they had, with what they are
 * now; rows that were not listed before at the place that the order gives them.
 */
export function kept(
  order: readonly string[],
  current: readonly InventoryRow[],
  fresh: readonly InventoryRow[],
): InventoryRow[] {
  const bySku = new Map(current.map((row) => [row.sku, row]));
  const known = new Set(order);
  const result = order.flatMap((sku) => bySku.get(sku) ?? []);
  const position = new Map(result.map((row, index) => [row.sku, index]));
  const added = new Map<number, InventoryRow[]>();
  let last = -1;
  for (const row of fresh) {
    if (known.has(row.sku)) {
      last = position.get(row.sku) ?? last;
    } else {
      const behind = added.get(last) ?? [];
      behind.push(row);
      added.set(last, behind);
    }
  }
  if (added.size === 0) {
    return result;
  }
  return [...(added.get(-1) ?? []), ...result.flatMap((row, index) => [row, ...(added.get(index) ?? [])])];
}

/** Whether two lists have the same SKUs in the same order. */
export function sameOrder(a: readonly InventoryRow[], b: readonly InventoryRow[]): boolean {
  return a.length === b.length && a.every((row, index) => row.sku === b[index]?.sku);
}
