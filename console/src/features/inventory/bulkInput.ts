import { parseMoney, parseQuantity } from "../../shared/format/numbers";
import type { InventoryRow } from "../../shared/inventory/rows";
import type { StockTask } from "../../shared/inventory/stockTasks";
import type { BulkKind } from "./BulkBar";
import { type AttributeTask, priceByPercent } from "./bulk";
import { type StockInputProblem, stockChangeOf } from "./stockInput";

/** What is typed for many SKUs at once. */
export interface BulkInput {
  readonly value: string;
  readonly notes: string;
  readonly priceMode: "set" | "percent";
}

export type BulkProblem = StockInputProblem | "price" | "percent" | "threshold";

export type BulkPlan =
  | { readonly kind: "stock"; readonly tasks: readonly StockTask<InventoryRow>[] }
  | { readonly kind: "attributes"; readonly tasks: readonly AttributeTask[] }
  | { readonly kind: "problem"; readonly problem: BulkProblem };

const PERCENT_MAX = 1_000;

/** The commands for the selected rows; rows that have the wanted value already are left out. */
export function bulkPlan(
  kind: BulkKind,
  rows: readonly InventoryRow[],
  input: BulkInput,
  newKey: () => string,
): BulkPlan {
  if (kind === "restock" || kind === "adjustment") {
    const result = stockChangeOf({ mode: kind, quantity: input.value, notes: input.notes }, 0);
    if ("problem" in result) {
      return { kind: "problem", problem: result.problem };
    }
    return { kind: "stock", tasks: rows.map((row) => ({ row, change: result.change, key: newKey() })) };
  }
  if (kind === "price") {
    const price = input.priceMode === "set" ? priceSet(input.value) : pricePercent(input.value);
    if (price === null) {
      return { kind: "problem", problem: input.priceMode === "set" ? "price" : "percent" };
    }
    return attributes(
      rows,
      (row) => ({ unit_price: price(row.unit_price) }),
      (row) => row.unit_price,
    );
  }
  if (kind === "threshold") {
    const threshold = parseQuantity(input.value);
    if (threshold === null) {
      return { kind: "problem", problem: "threshold" };
    }
    return attributes(
      rows,
      () => ({ reorder_threshold: threshold }),
      (row) => row.reorder_threshold,
    );
  }
  return attributes(
    rows,
    () => ({ is_active: kind === "activate" }),
    (row) => row.is_active,
  );
}

function priceSet(text: string): ((price: number) => number) | null {
  const price = parseMoney(text);
  return price === null ? null : () => price;
}

function pricePercent(text: string): ((price: number) => number) | null {
  const plain = text.trim().replace("−", "-").replace(/%$/, "").trim();
  if (!/^[+-]?\d+(\.\d{1,2})?$/.test(plain)) {
    return null;
  }
  const percent = Number(plain);
  return percent < -100 || percent > PERCENT_MAX ? null : (price) => priceByPercent(price, percent);
}

function attributes(
  rows: readonly InventoryRow[],
  change: (row: InventoryRow) => AttributeTask["change"],
  current: (row: InventoryRow) => number | boolean,
): BulkPlan {
  const tasks = rows
    .map((row) => ({ row, change: change(row), detailsVersion: row.details_version }))
    .filter((task) => Object.values(task.change)[0] !== current(task.row));
  return { kind: "attributes", tasks };
}
