import type { Order } from "../../shared/api/clients";
import { parseQuantity } from "../../shared/format/numbers";
import { productIdOf } from "../../shared/inventory/skuId";
import { type Settling, unitsOf } from "./allowed";

const QUANTITY_MAX = 1_000_000;

/** Units of a SKU, as a command sends them. */
export interface Units {
  readonly product_id: string;
  readonly sku: string;
  readonly quantity: number;
}

/** What is typed of lines: units by SKU. */
export type Typed = Readonly<Record<string, string>>;

/** The lines that are to be settled; null while something typed is no number of units. Empty ones are left out. */
export function settledUnits(order: Order, typed: Typed): Units[] | null {
  const settled: Units[] = [];
  for (const { product_id, sku } of order.lines) {
    const text = typed[sku]?.trim() ?? "";
    if (text === "") continue;
    const quantity = parseQuantity(text, 1, QUANTITY_MAX);
    if (quantity === null) return null;
    settled.push({ product_id, sku, quantity });
  }
  return settled;
}

/** All that is left, line by line: a vendor has to name its lines. */
export function allUnits(order: Order, settling: Settling): Units[] {
  return order.lines
    .map((line) => ({ product_id: line.product_id, sku: line.sku, quantity: unitsOf(line, settling) }))
    .filter(({ quantity }) => quantity > 0);
}

/** A line that is typed: of a new order, or added to one. */
export interface TypedLine {
  readonly id: number;
  readonly sku: string;
  readonly quantity: string;
}

/** A SKU as it is stored, however it is typed. */
export function skuOf(typed: string): string {
  return typed.trim().toUpperCase();
}

/** The lines typed; null unless each has a SKU of its own and units. Wholly empty ones are left out. */
export function typedUnits(typed: readonly TypedLine[], taken: readonly string[] = []): Units[] | null {
  const found: Units[] = [];
  const seen = new Set(taken);
  for (const line of typed) {
    const sku = skuOf(line.sku);
    if (sku === "" && line.quantity.trim() === "") continue;
    const productId = productIdOf(sku);
    const quantity = parseQuantity(line.quantity, 1, QUANTITY_MAX);
    if (productId === null || quantity === null || seen.has(sku)) return null;
    seen.add(sku);
    found.push({ product_id: productId, sku, quantity });
  }
  return found;
}

export interface Amendment {
  /** The lines that change, with what the order reserves of them afterwards. */
  readonly lines: readonly Units[];
  readonly added: number;
  readonly released: number;
  /** Whether nothing stays reserved and nothing is confirmed. */
  readonly cancelsAll: boolean;
}

/** What the typed units change; null while something typed is no number of units. */
export function amendmentOf(order: Order, typed: Typed, added: readonly TypedLine[]): Amendment | null {
  const known = order.lines.map(({ sku }) => sku);
  const fresh = typedUnits(added, known);
  if (fresh === null) return null;
  const changed: Units[] = [];
  let [more, less, stays] = [0, 0, 0];
  for (const { product_id, sku, reserved } of order.lines) {
    const quantity = parseQuantity(typed[sku] ?? String(reserved), 0, QUANTITY_MAX);
    if (quantity === null) return null;
    stays += quantity;
    if (quantity === reserved) continue;
    changed.push({ product_id, sku, quantity });
    if (quantity > reserved) more += quantity - reserved;
    else less += reserved - quantity;
  }
  const units = fresh.reduce((sum, line) => sum + line.quantity, 0);
  const confirmed = order.lines.some((line) => line.confirmed > 0);
  return {
    lines: [...changed, ...fresh],
    added: more + units,
    released: less,
    cancelsAll: stays + units === 0 && !confirmed,
  };
}

/** Reasons are compared by programs, so they are words. */
export function isReason(reason: string): boolean {
  return /^[a-z0-9_-]{0,40}$/.test(reason.trim());
}

export function isOwner(owner: string): boolean {
  return /^([a-z0-9][a-z0-9_-]{0,31})?$/.test(owner.trim());
}
