/** What an inventory row has to have for the overview; B's walk may have more members. */
export interface StockRow {
  readonly sku: string;
  readonly product_id: string;
  readonly variant_name: string;
  readonly current_stock: number;
  readonly reserved_stock: number;
  readonly available_stock: number;
  readonly reorder_threshold: number;
  readonly low_stock_flag: boolean;
  readonly is_active: boolean;
  readonly product_is_active: boolean;
}

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

/** Whether customers may order it at all: the SKU and its product are active. */
export function isOffered(row: Pick<StockRow, "is_active" | "product_is_active">): boolean {
  return row.is_active && row.product_is_active;
}

export function isOut(row: StockRow): boolean {
  return isOffered(row) && row.available_stock === 0;
}

export function isLow(row: StockRow): boolean {
  return isOffered(row) && row.low_stock_flag;
}

export function summaryOf(rows: readonly StockRow[]): Summary {
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

export interface Attention {
  readonly row: StockRow;
  readonly kind: "out" | "low";
  /** For how many days the available units last at the rate of the records read; null without sales. */
  readonly days: number | null;
}

/**
 * What needs attention, most urgent first: SKUs that are out, those with the most sales first; then
 * low ones, by the days that they last, those without sales by how far below the threshold they are.
 */
export function attentionOf(rows: readonly StockRow[], soldPerDay: ReadonlyMap<string, number>): Attention[] {
  const found: Attention[] = [];
  for (const row of rows) {
    const rate = soldPerDay.get(row.sku) ?? 0;
    const days = rate > 0 ? row.available_stock / rate : null;
    if (isOut(row)) found.push({ row, kind: "out", days: rate > 0 ? 0 : null });
    else if (isLow(row)) found.push({ row, kind: "low", days });
  }
  const missing = (row: StockRow) => row.reorder_threshold - row.current_stock;
  return found.sort((a, b) => {
    if (a.kind !== b.kind) return a.kind === "out" ? -1 : 1;
    if (a.kind === "out") {
      const byRate = (soldPerDay.get(b.row.sku) ?? 0) - (soldPerDay.get(a.row.sku) ?? 0);
      return byRate || missing(b.row) - missing(a.row) || a.row.sku.localeCompare(b.row.sku);
    }
    const byDays = (a.days ?? Number.POSITIVE_INFINITY) - (b.days ?? Number.POSITIVE_INFINITY);
    return (
      (Number.isNaN(byDays) ? 0 : byDays) ||
      missing(b.row) - missing(a.row) ||
      a.row.sku.localeCompare(b.row.sku)
    );
  });
}
