import {
  documentOf,
  newIdempotencyKey,
  type Sku,
  stock,
  type TransactionRecord,
} from "../../shared/api/clients";

export interface StockChange {
  readonly transaction: TransactionRecord;
  readonly sku: Sku;
}

type Key = Pick<Sku, "product_id" | "sku">;

/** What an adjustment asks for: a signed change, or a count with the stock that the counter saw. */
export type Adjustment =
  | { readonly quantity_change: number; readonly notes: string }
  | { readonly counted_stock: number; readonly expected_stock: number; readonly notes: string };

/** The attributes of a SKU that PATCH changes. */
export interface SkuPatch {
  readonly variant_name?: string;
  readonly variant_attributes?: Readonly<Record<string, string | null>> | null;
  readonly unit_price?: number;
  readonly reorder_threshold?: number;
  readonly barcode?: string | null;
  readonly is_active?: boolean;
}

export function restock(sku: Key, quantity: number, notes: string | null, key: string): Promise<StockChange> {
  const header = { "Idempotency-Key": key };
  return documentOf(
    stock.POST("/products/{product_id}/skus/{sku}/restocks", {
      params: { path: pathOf(sku), header },
      body: { quantity, ...(notes === null ? {} : { notes }) },
    }),
  );
}

export function adjust(sku: Key, adjustment: Adjustment, key: string): Promise<StockChange> {
  const header = { "Idempotency-Key": key };
  return documentOf(
    stock.POST("/products/{product_id}/skus/{sku}/adjustments", {
      params: { path: pathOf(sku), header },
      body: adjustment,
    }),
  );
}

/** Change attributes of a SKU, if `details_version` is still the one that was read. */
export function patchSku(sku: Key, patch: SkuPatch, detailsVersion: number): Promise<Sku> {
  const header = { "Idempotency-Key": newIdempotencyKey(), "If-Match": `"${detailsVersion}"` };
  return documentOf(
    stock.PATCH("/products/{product_id}/skus/{sku}", {
      params: { path: pathOf(sku), header },
      // biome-ignore lint/suspicious/noExplicitAny: the generated type of the merge patch is mutable.
      body: patch as any,
    }),
  );
}

export function getSku(sku: Key, signal?: AbortSignal): Promise<Sku> {
  return documentOf(
    stock.GET("/products/{product_id}/skus/{sku}", { params: { path: pathOf(sku) }, signal }),
  );
}

function pathOf({ product_id, sku }: Key): Key {
  return { product_id, sku };
}

/** The product that a SKU's id names; null if it is no SKU's id. */
export function productIdOf(sku: string): string | null {
  return /^SKU-(PROD-[0-9A-HJKMNP-TV-Z]{5,12})-[A-Z0-9]+(?:-[A-Z0-9]+)*$/.exec(sku)?.[1] ?? null;
}
