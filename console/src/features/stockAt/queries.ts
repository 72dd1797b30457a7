import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { audit, documentOf, type TransactionRecord } from "../../shared/api/clients";
import { exactText, isObject, parseExact } from "../../shared/log/exactJson";
import { firstAfter } from "./moments";
import type { Level } from "./steps";

/** A SKU's stock at a moment. */
export interface StockAt {
  /** The moment as the service writes it. */
  readonly time: string;
  readonly current_stock: number;
  readonly reserved_stock: number;
  readonly available_stock: number;
  /** The last record until then; null before the first. */
  readonly transaction: TransactionRecord | null;
  /** That record digit for digit. */
  readonly line: string | null;
}

export const stockAtQuery = (sku: string, moment: string) =>
  queryOptions({
    queryKey: ["stock-at", sku, moment],
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<StockAt> => {
      const params = { path: { sku }, query: { time: moment } };
      const text = await documentOf(audit.GET("/skus/{sku}/stock-at", { params, parseAs: "text", signal }));
      const exact = parseExact(text);
      const record = isObject(exact) ? (exact.get("transaction") ?? null) : null;
      return { ...(JSON.parse(text) as StockAt), line: record === null ? null : exactText(record) };
    },
  });

/** When the first record of a SKU was written; null if there is none. */
export const firstRecordQuery = (sku: string) =>
  queryOptions({
    queryKey: ["stock-at", sku, "first"],
    queryFn: async ({ signal }) => (await timesOf(sku, { order: "asc", limit: 1 }, signal))[0] ?? null,
  });

const NEWEST = 1000;
const LEVEL_FIELDS = ["timestamp", "stock_after"] as const;

/** The stock after each of the newest records. */
export const newestRecordsQuery = (sku: string) =>
  queryOptions({
    queryKey: ["stock-at", sku, "levels"],
    queryFn: async ({ signal }) => {
      const query = { limit: NEWEST, fields: [...LEVEL_FIELDS] };
      const params = { path: { sku }, query };
      const page = await documentOf(audit.GET("/skus/{sku}/transactions", { params, signal }));
      return (page as { readonly items: readonly Level[] }).items;
    },
  });

/** When the record before another one was written. */
export async function timeOfPrevious(sku: string, record: TransactionRecord): Promise<string | null> {
  const [previous] = await timesOf(sku, { to: record.timestamp, order: "desc", limit: 1 });
  return previous ?? null;
}

/** When the first record after a moment was written. */
export async function timeOfNext(sku: string, moment: string): Promise<string | null> {
  // `from` includes the moment itself, and each record has a time of its own.
  return firstAfter(await timesOf(sku, { from: moment, order: "asc", limit: 2 }), moment);
}

interface Range {
  readonly from?: string;
  readonly to?: string;
  readonly order: "asc" | "desc";
  readonly limit: number;
}

async function timesOf(sku: string, range: Range, signal?: AbortSignal): Promise<string[]> {
  const query = { ...range, fields: ["timestamp" as const] };
  const page = await documentOf(
    audit.GET("/skus/{sku}/transactions", { params: { path: { sku }, query }, signal }),
  );
  return (page as { readonly items: readonly { readonly timestamp: string }[] }).items.map(
    ({ timestamp }) => timestamp,
  );
}
