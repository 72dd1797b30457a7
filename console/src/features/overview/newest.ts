import { OVERLAP_MILLISECONDS } from "../../shared/inventory/store";
import { mergedRecords } from "../../shared/log/merged";

/** How many of the newest records are kept. */
export const RECORDS_MAX = 1000;

/** What a record has to have to be put in its place; `timestamp` has six digits after the second, as served. */
interface Recorded {
  readonly transaction_id: string;
  readonly timestamp: string;
}

export interface NewestRecords<Row extends Recorded> {
  /** Newest first. */
  readonly records: readonly Row[];
  /** Whether the vendor has no older ones. */
  readonly isAll: boolean;
  /** When they were read last, in milliseconds of this clock. */
  readonly readAt: number;
  /** When a reading brought a new record last. */
  readonly grownAt: number;
}

/** From which time on a refresh reads. A command in progress may write a record that is earlier than one that
 * is known, by half a minute at most: until that has passed, this much is read again.
 */
export function refreshFrom({ records, readAt, grownAt }: NewestRecords<Recorded>): string | undefined {
  const newest = records[0]?.timestamp;
  if (newest === undefined || readAt - grownAt >= OVERLAP_MILLISECONDS) return newest;
  return new Date(Date.parse(newest) - OVERLAP_MILLISECONDS).toISOString();
}

/** The known records with those that a refresh has read.
 * @param read newest first; `isAll` says that these are all since the time that was asked for.
 */
export function joinedRecords<Row extends Recorded>(
  known: NewestRecords<Row>,
  read: { readonly records: readonly Row[]; readonly isAll: boolean },
  now: number,
): NewestRecords<Row> {
  const ids = new Set(known.records.map((record) => record.transaction_id));
  const hasGrown = read.records.some((record) => !ids.has(record.transaction_id));
  const grownAt = hasGrown ? now : known.grownAt;
  if (!read.isAll) {
    // More has happened since than is kept: what was known would leave a gap.
    return { records: read.records.slice(0, RECORDS_MAX), isAll: false, readAt: now, grownAt };
  }
  const records = hasGrown ? merged(known.records, read.records) : known.records;
  return {
    records: records.slice(0, RECORDS_MAX),
    isAll: known.isAll && records.length <= RECORDS_MAX,
    readAt: now,
    grownAt,
  };
}

/** Records of one time stay as they are listed: those of one order, say. */
function merged<Row extends Recorded>(known: readonly Row[], read: readonly Row[]): Row[] {
  return mergedRecords(
    read,
    known,
    (record) => record.transaction_id,
    (a, b) => (a.timestamp < b.timestamp ? 1 : a.timestamp > b.timestamp ? -1 : 0),
  );
}
