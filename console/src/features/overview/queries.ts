import { queryOptions } from "@tanstack/react-query";
import { audit, documentOf, type TransactionRecord } from "../../shared/api/clients";

/** How many of the newest records are read. */
export const RECORDS_MAX = 1000;
/** A page ends before a megabyte, so that a few may be needed for all of them. */
const PAGES_MAX = 3;
const REFRESH_MILLISECONDS = 30_000;
const FIELDS = [
  "transaction_id",
  "timestamp",
  "sku",
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

export type NewestRecord = Pick<TransactionRecord, (typeof FIELDS)[number]>;

export interface NewestRecords {
  /** Newest first. */
  readonly records: readonly NewestRecord[];
  /** Whether the vendor has no older ones. */
  readonly isAll: boolean;
}

/** The newest records of a vendor's log. */
export const newestRecordsQuery = (vendorId: string) =>
  queryOptions({
    queryKey: ["overview", vendorId, "records"],
    queryFn: async ({ signal }): Promise<NewestRecords> => {
      const records: NewestRecord[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const limit = RECORDS_MAX - records.length;
        const query = { limit, fields: [...FIELDS], ...(cursor === null ? {} : { cursor }) };
        const answer = (await documentOf(
          audit.GET("/vendors/{vendor_id}/transactions", {
            params: { path: { vendor_id: vendorId }, query },
            signal,
          }),
        )) as { items: NewestRecord[]; next_cursor: string | null };
        records.push(...answer.items);
        cursor = answer.next_cursor;
        if (cursor === null || records.length >= RECORDS_MAX) break;
      }
      return { records, isAll: cursor === null };
    },
    refetchInterval: REFRESH_MILLISECONDS,
  });
