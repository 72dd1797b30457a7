import { documentOf, newIdempotencyKey, type Sku, stock, type TransactionRecord } from "../api/clients";
import { type ProblemDocument, problemOf } from "../api/problems";
import { repeatableTransport } from "../api/transport";

/** What names a SKU to the services. */
export interface SkuName {
  readonly product_id: string;
  readonly sku: string;
}

/** The attributes of a SKU that PATCH changes. */
export interface AttributeChange {
  readonly variant_name?: string;
  readonly variant_attributes?: Readonly<Record<string, string | null>> | null;
  readonly unit_price?: number;
  readonly reorder_threshold?: number;
  readonly barcode?: string | null;
  readonly is_active?: boolean;
}

/** A change of the stock. */
export type StockChange =
  | { readonly type: "restock"; readonly quantity: number; readonly notes?: string }
  | { readonly type: "adjustment"; readonly quantity_change: number; readonly notes: string }
  | {
      readonly type: "count";
      readonly counted_stock: number;
      /** The stock that the person saw; another one refuses the count. */
      readonly expected_stock: number;
      readonly notes: string;
    };

/** What a change of the stock returned. */
export interface ChangedStock {
  readonly transaction: TransactionRecord;
  readonly sku: Sku;
}

/** The most changes of one batch. */
export const BATCH_MAX = 500;

/** Change attributes of the version that was read; another one is refused with 412. */
export async function changeAttributes(
  name: SkuName,
  change: AttributeChange,
  detailsVersion: number,
): Promise<Sku> {
  return await documentOf(
    stock.PATCH("/products/{product_id}/skus/{sku}", {
      params: {
        path: { product_id: name.product_id, sku: name.sku },
        header: { "If-Match": `"${detailsVersion}"`, "Idempotency-Key": newIdempotencyKey() },
      },
      // biome-ignore lint/suspicious/noExplicitAny: the generated type of the merge patch is mutable.
      body: change as any,
    }),
  );
}

/** Restock, adjust or count, once. */
export async function changeStock(name: SkuName, change: StockChange, key: string): Promise<ChangedStock> {
  const params = {
    path: { product_id: name.product_id, sku: name.sku },
    header: { "Idempotency-Key": key },
  };
  if (change.type === "restock") {
    const { type: _, ...body } = change;
    return await documentOf(stock.POST("/products/{product_id}/skus/{sku}/restocks", { params, body }));
  }
  const { type: _, ...body } = change;
  return await documentOf(stock.POST("/products/{product_id}/skus/{sku}/adjustments", { params, body }));
}

/** The SKU as it is stored now. */
export async function readSku(name: SkuName, signal?: AbortSignal): Promise<Sku> {
  return await documentOf(
    stock.GET("/products/{product_id}/skus/{sku}", {
      params: { path: { product_id: name.product_id, sku: name.sku } },
      signal,
    }),
  );
}

/** The result of one change of a batch. */
export type BatchResult = { readonly transaction: TransactionRecord } | { readonly problem: ProblemDocument };

/** Send up to `BATCH_MAX` changes of the stock, each under its own key, and return their results in order. */
export async function changeStocks(
  changes: readonly { name: SkuName; change: StockChange; key: string }[],
): Promise<BatchResult[]> {
  const { results } = await documentOf(
    stock.POST("/stock/batch", {
      body: { changes: changes.map(batched) },
      fetch: repeatableTransport,
    }),
  );
  return results.map((result) =>
    "transaction" in result
      ? { transaction: result.transaction }
      : { problem: problemOf(result.problem, new Response(null, { status: statusOf(result.status_code) })) },
  );
}

function batched({ name, change, key }: { name: SkuName; change: StockChange; key: string }) {
  const common = { product_id: name.product_id, sku: name.sku, idempotency_key: key };
  if (change.type === "restock") {
    return { ...common, ...change };
  }
  if (change.type === "adjustment") {
    return { ...common, ...change };
  }
  const { counted_stock, expected_stock, notes } = change;
  return { ...common, type: "adjustment" as const, counted_stock, expected_stock, notes };
}

function statusOf(code: number): number {
  return code >= 400 && code <= 599 ? code : 500;
}

/** The change that takes a record's units back, as its own entry of the log; null if it moved none. */
export function oppositeOf(record: TransactionRecord, notes: string): StockChange | null {
  return record.quantity_change === 0
    ? null
    : { type: "adjustment", quantity_change: -record.quantity_change, notes };
}
