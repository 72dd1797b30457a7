import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import {
  audit,
  catalog,
  documentOf,
  type Order,
  stock,
  type TransactionRecord,
} from "../../shared/api/clients";
import { readSku } from "../../shared/inventory/commands";
import { isRunning } from "./allowed";
import { readOrder } from "./commands";

export const REFRESH_MILLISECONDS = 10_000;
const RUNNING_MILLISECONDS = 2_000;
const DUE_PAGE = 100;
const RECORDS_PAGE = 25;
const FIELDS = [
  "transaction_id",
  "timestamp",
  "sku",
  "vendor_id",
  "transaction_type",
  "quantity_change",
  "stock_after",
  "reserved_before",
  "reserved_after",
  "order_id",
  "performed_by",
  "notes",
  "reason",
] as const;

export type OrderRecord = Pick<TransactionRecord, (typeof FIELDS)[number]>;

/** An order and its version; asked often while a command runs on it. */
export const orderQuery = (orderId: string) =>
  queryOptions({
    queryKey: ["order", orderId],
    queryFn: ({ signal }) => readOrder(orderId, signal),
    refetchInterval: ({ state }) =>
      state.data && isRunning(state.data.order) ? RUNNING_MILLISECONDS : REFRESH_MILLISECONDS,
  });

/** The log records of an order, newest first; read again when the order has another version. */
export const orderRecordsQuery = (orderId: string, etag: string | null) =>
  infiniteQueryOptions({
    queryKey: ["order", orderId, "records", etag],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const page = await documentOf(
        audit.GET("/orders/{order_id}/transactions", {
          params: {
            path: { order_id: orderId },
            query: { limit: RECORDS_PAGE, cursor: pageParam, fields: [...FIELDS] },
          },
          signal,
        }),
      );
      return page as { items: OrderRecord[]; next_cursor: string | null };
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export interface DuePage {
  readonly items: readonly Order[];
  readonly next_cursor: string | null;
  readonly dueBefore: string;
}

/** The orders whose hold ends within `seconds` from now. */
export const dueQuery = (seconds: number) =>
  infiniteQueryOptions({
    queryKey: ["orders", "due", seconds],
    initialPageParam: null as { cursor: string; dueBefore: string } | null,
    queryFn: async ({ pageParam, signal }): Promise<DuePage> => {
      const dueBefore = pageParam?.dueBefore ?? new Date(Date.now() + seconds * 1000).toISOString();
      const query = { due_before: dueBefore, limit: DUE_PAGE, cursor: pageParam?.cursor };
      return { ...(await documentOf(stock.GET("/orders", { params: { query }, signal }))), dueBefore };
    },
    getNextPageParam: ({ next_cursor, dueBefore }) =>
      next_cursor === null ? undefined : { cursor: next_cursor, dueBefore },
    refetchInterval: REFRESH_MILLISECONDS,
  });

/** Which orders hold units of a SKU now. */
export const reservationsQuery = (sku: string) =>
  queryOptions({
    queryKey: ["orders", "reservations", sku],
    queryFn: ({ signal }) =>
      documentOf(audit.GET("/skus/{sku}/reservations", { params: { path: { sku } }, signal })),
    refetchInterval: REFRESH_MILLISECONDS,
  });

/** What a product is called; it hardly changes while an order is looked at. */
export const productNameQuery = (productId: string) =>
  queryOptions({
    queryKey: ["orders", "product", productId],
    queryFn: async ({ signal }) => {
      const params = { path: { product_id: productId } };
      return (await documentOf(catalog.GET("/products/{product_id}", { params, signal }))).product_name;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** A SKU for its variant's name and what is available of it. */
export const skuQuery = (productId: string, sku: string) =>
  queryOptions({
    queryKey: ["orders", "sku", sku],
    queryFn: ({ signal }) => readSku({ product_id: productId, sku }, signal),
    staleTime: REFRESH_MILLISECONDS,
  });
