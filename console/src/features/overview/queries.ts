import { queryOptions } from "@tanstack/react-query";
import { audit, documentOf, type TransactionRecord } from "../../shared/api/clients";
import { joinedRecords, type NewestRecords, RECORDS_MAX, refreshFrom } from "./newest";

/** A page ends before a megabyte, so that a few may be needed for all of them. */
const PAGES_MAX = 3;
const REFRESH_MILLISECONDS = 10_000;
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

export type NewestLog = NewestRecords<NewestRecord>;

/** The newest records of a vendor's log: read once, then joined by what is newer. */
export const newestRecordsQuery = (vendorId: string) => {
  const queryKey = ["overview", vendorId, "records"];
  return queryOptions({
    queryKey,
    queryFn: async ({ client, signal }): Promise<NewestLog> => {
      const known = client.getQueryData<NewestLog>(queryKey);
      if (known === undefined) {
        const first = await readNewest(vendorId, undefined, signal);
        return { ...first, readAt: Date.now(), grownAt: Date.now() };
      }
      return joinedRecords(known, await readNewest(vendorId, refreshFrom(known), signal), Date.now());
    },
    refetchInterval: REFRESH_MILLISECONDS,
  });
};

/** The newest records, none of which is earlier than `from`, and whether these are all. */
async function readNewest(
  vendorId: string,
  from: string | undefined,
  signal: AbortSignal,
): Promise<{ records: NewestRecord[]; isAll: boolean }> {
  const records: NewestRecord[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const limit = RECORDS_MAX - records.length;
    const query = { limit, fields: [...FIELDS], from, ...(cursor === null ? {} : { cursor }) };
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
}
