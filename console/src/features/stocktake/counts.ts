import { parseQuantity } from "../../shared/format/numbers";
import type { InventoryRow, ListedSku } from "../../shared/inventory/rows";
import type { StockTask } from "../../shared/inventory/stockTasks";

/** The most units that are counted of a SKU; the service has the same limit. */
const COUNT_MAX = 1_000_000_000;

/** A SKU that was counted and is not booked. */
export interface CountedSku {
  readonly product_id: string;
  readonly sku: string;
  readonly counted: number;
  /** The stock in the system when it was counted. */
  readonly seen: number;
  /** When it was counted, as an ISO time. */
  readonly at: string;
  /** The key under which it is booked once; another count has another one. */
  readonly key: string;
  /** The reason that was sent with it; while it is here, it may have been booked although no answer came. */
  readonly sentNotes?: string;
}

/** How a count stands to the stock as it is now. */
export interface CountLine {
  readonly count: CountedSku;
  /** The SKU as it is listed now; undefined while the inventory is being read. */
  readonly row: InventoryRow | undefined;
  readonly difference: number;
  /** Whether the stock has changed since it was counted: booking the count would be refused. */
  readonly moved: boolean;
}

/** The count that was typed: `12` sets it, `+3` or `-3` changes what was counted before; null if it is none. */
export function countOf(typed: string, before: number | null): number | null {
  const isChange = /^\s*[+\-−]/.test(typed);
  const value = parseQuantity(typed, -COUNT_MAX, COUNT_MAX);
  if (value === null) {
    return null;
  }
  const counted = isChange ? (before ?? 0) + value : value;
  return counted >= 0 && counted <= COUNT_MAX ? counted : null;
}

/** A new count of a SKU, against the stock that is listed now. */
export function countedNow(row: ListedSku, counted: number, newKey: () => string, now: Date): CountedSku {
  return {
    product_id: row.product_id,
    sku: row.sku,
    counted,
    seen: row.current_stock,
    at: now.toISOString(),
    key: newKey(),
  };
}

/** The same difference against the stock of now: what came or went since the count was booked by its orders. */
export function movedAlong(count: CountedSku, row: ListedSku, newKey: () => string): CountedSku {
  const { sentNotes: _, ...rest } = count;
  return {
    ...rest,
    counted: Math.max(0, row.current_stock + count.counted - count.seen),
    seen: row.current_stock,
    key: newKey(),
  };
}

/** The lines of a count, the newest first. */
export function linesOf(
  counts: readonly CountedSku[],
  rowOf: (sku: string) => InventoryRow | undefined,
): CountLine[] {
  return counts
    .map((count) => {
      const row = rowOf(count.sku);
      return {
        count,
        row,
        difference: count.counted - count.seen,
        moved: count.sentNotes === undefined && row !== undefined && row.current_stock !== count.seen,
      };
    })
    .sort((a, b) => (a.count.at < b.count.at ? 1 : a.count.at > b.count.at ? -1 : 0));
}

/** What has to be sent: counts that differ, and those that may have been sent already. */
export function differing(lines: readonly CountLine[]): CountLine[] {
  return lines.filter((line) => line.difference !== 0 && !line.moved);
}

/** The commands that book counts, each under its own key and with the reason that was sent with it before. */
export function bookings(counts: readonly CountedSku[], notes: string): StockTask<CountedSku>[] {
  return counts.map((count) => ({
    row: count,
    key: count.key,
    change: {
      type: "count",
      counted_stock: count.counted,
      expected_stock: count.seen,
      notes: count.sentNotes ?? notes,
    },
  }));
}

/** Sums of what is going to change, in units. */
export function sumsOf(lines: readonly CountLine[]): { readonly more: number; readonly fewer: number } {
  let more = 0;
  let fewer = 0;
  for (const { difference } of lines) {
    if (difference > 0) {
      more += difference;
    } else {
      fewer -= difference;
    }
  }
  return { more, fewer };
}
