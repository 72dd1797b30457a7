import { areNotes } from "../../shared/format/notes";
import { parseQuantity } from "../../shared/format/numbers";
import type { StockChange } from "../../shared/inventory/commands";

/** The ways to change the stock of a SKU. */
export type StockMode = "restock" | "adjustment" | "count";

/** The most units of one restock or adjustment. */
export const CHANGE_MAX = 1_000_000;
const COUNT_MAX = 1_000_000_000;

export interface StockInput {
  readonly mode: StockMode;
  /** The quantity as typed. */
  readonly quantity: string;
  /** The reason as typed. */
  readonly notes: string;
}

export type StockInputProblem = "quantity" | "notes" | "notesTooLong";

/** The mode that a key opens the editor in: `+` and `-` for changes, a digit for a count. */
export function modeOfKey(key: string): { mode: StockMode; quantity: string } | null {
  if (key === "+") {
    return { mode: "restock", quantity: "" };
  }
  if (key === "-") {
    return { mode: "adjustment", quantity: "-" };
  }
  return /^\d$/.test(key) ? { mode: "count", quantity: key } : null;
}

/** The change that was typed, or what is wrong with it.
 * @param expected the stock that the person saw when the editor was opened.
 */
export function stockChangeOf(
  { mode, quantity, notes }: StockInput,
  expected: number,
): { readonly change: StockChange } | { readonly problem: StockInputProblem } {
  const reason = notes.trim();
  if (!areNotes(reason)) {
    return { problem: "notesTooLong" };
  }
  const units =
    mode === "restock"
      ? parseQuantity(quantity, 1, CHANGE_MAX)
      : mode === "adjustment"
        ? parseQuantity(quantity, -CHANGE_MAX, CHANGE_MAX)
        : parseQuantity(quantity, 0, COUNT_MAX);
  if (units === null || (mode === "adjustment" && units === 0)) {
    return { problem: "quantity" };
  }
  if (mode === "restock") {
    return { change: { type: "restock", quantity: units, ...(reason === "" ? {} : { notes: reason }) } };
  }
  if (reason === "") {
    return { problem: "notes" };
  }
  return mode === "adjustment"
    ? { change: { type: "adjustment", quantity_change: units, notes: reason } }
    : { change: { type: "count", counted_stock: units, expected_stock: expected, notes: reason } };
}

/** The stock after a change that is executed on `current`, to be shown before it is sent; null if unknown. */
export function previewOf(input: StockInput, current: number): number | null {
  const result = stockChangeOf({ ...input, notes: input.notes.trim() || "-" }, current);
  if ("problem" in result) {
    return null;
  }
  const { change } = result;
  return change.type === "count"
    ? change.counted_stock
    : current + (change.type === "restock" ? change.quantity : change.quantity_change);
}
