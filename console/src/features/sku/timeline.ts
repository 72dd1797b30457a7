/** What a log record has to have for the timeline. */
export interface TimelineRecord {
  readonly timestamp: string;
  readonly sequence: number;
  readonly stock_before: number;
  readonly stock_after: number;
  readonly reserved_before: number;
  readonly reserved_after: number;
}

export type Scale = "time" | "record";

export interface Timeline<Record extends TimelineRecord> {
  /** The records, oldest first; the chart's points stand at the same indexes. */
  readonly records: readonly Record[];
  /** Seconds since 1970, or the records' numbers. */
  readonly x: readonly number[];
  readonly onHand: readonly number[];
  readonly reserved: readonly number[];
  readonly available: readonly number[];
}

/** Seconds since 1970 of a time with six digits after the second, which `Date` cuts to three. */
export function secondsOf(timestamp: string): number {
  const micros = /\.(\d{6})Z$/.exec(timestamp)?.[1];
  if (micros === undefined) return Date.parse(timestamp) / 1000;
  return Date.parse(timestamp.replace(/\.\d+Z$/, "Z")) / 1000 + Number(micros) / 1_000_000;
}

/** The balance after each record, oldest first, whatever order the records come in. */
export function timelineOf<Record extends TimelineRecord>(
  records: readonly Record[],
  scale: Scale,
): Timeline<Record> {
  const ordered = [...records].sort((a, b) => a.sequence - b.sequence);
  return {
    records: ordered,
    x: ordered.map((record) => (scale === "time" ? secondsOf(record.timestamp) : record.sequence)),
    onHand: ordered.map((record) => record.stock_after),
    reserved: ordered.map((record) => record.reserved_after),
    available: ordered.map((record) => record.stock_after - record.reserved_after),
  };
}
