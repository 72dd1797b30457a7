/** A line of the public answer about availability. */
export interface AvailableLine {
  readonly product_id: string;
  readonly sku: string | null;
  readonly is_available: boolean;
  readonly available_stock: number;
}

export interface ShelfVariant {
  readonly sku: string;
  readonly isAvailable: boolean;
  readonly available: number;
}

export type ShelfState = "in_stock" | "few" | "out" | "not_offered";

export interface ShelfStock {
  readonly state: ShelfState;
  /** Units of all variants that can be ordered; public answers show at most ten of each. */
  readonly available: number;
  readonly variants: readonly ShelfVariant[];
}

/** Below this many units of all variants together a product is said to have few left. */
export const FEW_UNITS = 5;

/** Sum the lines of each product: one for each active SKU, or one without a SKU if none is offered. */
export function stockByProduct(lines: readonly AvailableLine[]): Map<string, ShelfStock> {
  const variants = new Map<string, ShelfVariant[]>();
  for (const line of lines) {
    const known = variants.get(line.product_id) ?? [];
    variants.set(line.product_id, known);
    if (line.sku === null) continue;
    known.push({ sku: line.sku, isAvailable: line.is_available, available: line.available_stock });
  }
  return new Map([...variants].map(([product, found]) => [product, stockOf(found)]));
}

function stockOf(variants: readonly ShelfVariant[]): ShelfStock {
  const available = variants.reduce((sum, variant) => sum + variant.available, 0);
  return { state: stateOf(variants, available), available, variants };
}

function stateOf(variants: readonly ShelfVariant[], available: number): ShelfState {
  if (variants.length === 0) return "not_offered";
  if (available === 0) return "out";
  return available < FEW_UNITS ? "few" : "in_stock";
}

/** What a customer may read of a SKU's id: the variant after `SKU-{product_id}-`. */
export function variantOf(sku: string, productId: string): string {
  const prefix = `SKU-${productId}-`;
  return sku.startsWith(prefix) ? sku.slice(prefix.length) : sku;
}
