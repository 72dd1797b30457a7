import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { audit, catalog, documentOf, type TransactionRecord } from "../../shared/api/clients";
import { readSku } from "../../shared/inventory/commands";
import { joins, mergeRecords } from "./recordList";

const REFRESH_MILLISECONDS = 10_000;
const RECORDS_PAGE = 1000;
const NEWER_PAGE = 100;
const FIELDS = [
  "transaction_id",
  "timestamp",
  "sequence",
  "transaction_type",
  "command",
  "quantity",
  "quantity_change",
  "stock_before",
  "stock_after",
  "reserved_before",
  "reserved_after",
  "order_id",
  "performed_by",
  "notes",
  "reason",
] as const;

export type LogRecord = Pick<TransactionRecord, (typeof FIELDS)[number]>;

export const skuQuery = (productId: string, sku: string) =>
  queryOptions({
    queryKey: ["sku", sku],
    queryFn: ({ signal }) => readSku({ product_id: productId, sku }, signal),
    refetchInterval: REFRESH_MILLISECONDS,
  });

export const productQuery = (productId: string) =>
  queryOptions({
    queryKey: ["product", productId],
    queryFn: ({ signal }) =>
      documentOf(
        catalog.GET("/products/{product_id}", { params: { path: { product_id: productId } }, signal }),
      ),
  });

/** The log of a SKU, newest first: pages of 1,000, the first of which grows by what happens meanwhile. */
export const recordsQuery = (sku: string) =>
  infiniteQueryOptions({
    queryKey: ["sku", sku, "records"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => recordsPage(sku, RECORDS_PAGE, pageParam, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export interface RecordsPage {
  readonly items: readonly LogRecord[];
  readonly next_cursor: string | null;
}

/** The first page with what was recorded since; the page anew if too much was. */
export async function refreshedFirstPage(sku: string, first: RecordsPage): Promise<RecordsPage> {
  const newer = await recordsPage(sku, NEWER_PAGE, undefined);
  if (!joins(first.items, newer.items)) return recordsPage(sku, RECORDS_PAGE, undefined);
  return { items: mergeRecords(first.items, newer.items), next_cursor: first.next_cursor };
}

async function recordsPage(
  sku: string,
  limit: number,
  cursor: string | undefined,
  signal?: AbortSignal,
): Promise<RecordsPage> {
  const page = await documentOf(
    audit.GET("/skus/{sku}/transactions", {
      params: { path: { sku }, query: { limit, cursor, fields: [...FIELDS] } },
      signal,
    }),
  );
  return page as { items: LogRecord[]; next_cursor: string | null };
}

/** Which orders hold units; asked again when the SKU's log has grown. */
export const reservationsQuery = (sku: string, sequence: number) =>
  queryOptions({
    queryKey: ["sku", sku, "reservations", sequence],
    queryFn: ({ signal }) =>
      documentOf(audit.GET("/skus/{sku}/reservations", { params: { path: { sku } }, signal })),
    placeholderData: (previous) => previous,
  });
