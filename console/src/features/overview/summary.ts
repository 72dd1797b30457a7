import { isLow, isOffered, isOut, type ListedSku } from "../../shared/inventory/rows";

export interface Summary {
  readonly skus: number;
  /** Offered SKUs without an available unit. */
  readonly out: number;
  /** Offered SKUs at or below their threshold, those that are out included. */
  readonly low: number;
  readonly inactive: number;
  readonly reservedSkus: number;
  readonly reservedUnits: number;
}

export function summaryOf(rows: readonly ListedSku[]): Summary {
  let out = 0;
  let low = 0;
  let inactive = 0;
  let reservedSkus = 0;
  let reservedUnits = 0;
  for (const row of rows) {
    if (isOut(row)) out += 1;
    if (isLow(row)) low += 1;
    if (!isOffered(row)) inactive += 1;
    if (row.reserved_stock > 0) reservedSkus += 1;
    reservedUnits += row.reserved_stock;
  }
  return { skus: rows.length, out, low, inactive, reservedSkus, reservedUnits };
}

export interface Attention<Row extends ListedSku> {
  readonly row: Row;
  readonly kind: "out" | "low";
  /** For how many days the available units last at the rate of the records read; null without sales. */
  readonly days: number | null;
}

/**
 * What needs attention, most urgent first: SKUs that are out, those with the most sales first; then low
 * ones by the days that they last, and those without sales by how far below the threshold they are.
 */
export function attentionOf<Row extends ListedSku>(
  rows: readonly Row[],
  soldPerDay: ReadonlyMap<string, number>,
): Attention<Row>[] {
  const found: Attention<Row>[] = [];
  for (const row of rows) {
    const rate = soldPerDay.get(row.sku) ?? 0;
    const days = rate > 0 ? row.available_stock / rate : null;
    if (isOut(row)) found.push({ row, kind: "out", days });
    else if (isLow(row)) found.push({ row, kind: "low", days });
  }
  return found.sort(
    (a, b) => urgency(a) - urgency(b) || byNeed(a, b, soldPerDay) || a.row.sku.localeCompare(b.row.sku),
  );
}

function urgency({ kind, days }: Attention<ListedSku>): number {
  if (kind === "out") return 0;
  return days === null ? 2 : 1;
}

function byNeed(
  a: Attention<ListedSku>,
  b: Attention<ListedSku>,
  soldPerDay: ReadonlyMap<string, number>,
): number {
  if (a.kind === "low" && a.days !== null && b.days !== null) return a.days - b.days;
  const sold = (each: Attention<ListedSku>) => soldPerDay.get(each.row.sku) ?? 0;
  const missing = ({ row }: Attention<ListedSku>) => row.reorder_threshold - row.current_stock;
  return sold(b) - sold(a) || missing(b) - missing(a);
}
