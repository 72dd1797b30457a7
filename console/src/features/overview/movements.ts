/** What a log record has to have for the chart. */
export interface Movement {
  readonly timestamp: string;
  readonly sku: string;
  readonly transaction_type: string;
  readonly quantity_change: number;
}

export type Step = "minute" | "hour" | "day" | "week" | "month";

export interface Buckets {
  readonly step: Step;
  /** The start of each bucket, in seconds since 1970; ascending, without a gap. */
  readonly starts: readonly number[];
  /** Units that arrived or came back. */
  readonly added: readonly number[];
  /** Units that left, as negative numbers. */
  readonly removed: readonly number[];
}

const BUCKETS_MAX = 60;
const SECONDS: Record<Step, number> = {
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_629_746,
};
const STEPS: readonly Step[] = ["minute", "hour", "day", "week", "month"];
const DAY_SECONDS = SECONDS.day;

/** The start of the step, in the viewer's zone, that a moment (in milliseconds) lies in. */
export function startOf(milliseconds: number, step: Step): Date {
  const date = new Date(milliseconds);
  date.setSeconds(0, 0);
  if (step === "minute") return date;
  date.setMinutes(0);
  if (step === "hour") return date;
  date.setHours(0);
  if (step === "day") return date;
  if (step === "week") {
    date.setDate(date.getDate() - ((date.getDay() + 6) % 7));
    return date;
  }
  date.setDate(1);
  return date;
}

function next(start: Date, step: Step): Date {
  const date = new Date(start);
  if (step === "minute") date.setTime(date.getTime() + 60_000);
  else if (step === "hour") date.setTime(date.getTime() + 3_600_000);
  else if (step === "day") date.setDate(date.getDate() + 1);
  else if (step === "week") date.setDate(date.getDate() + 7);
  else date.setMonth(date.getMonth() + 1);
  return date;
}

/** The finest step with which a period needs at most 60 buckets; months for anything longer. */
export function stepFor(spanSeconds: number): Step {
  return STEPS.find((step) => spanSeconds / SECONDS[step] <= BUCKETS_MAX) ?? "month";
}

/** Sum the units that came and went into buckets of the viewer's minutes, hours, days, weeks or months. */
export function bucketsOf(records: readonly Movement[]): Buckets | null {
  const times = records.map((record) => Date.parse(record.timestamp));
  if (times.length === 0) return null;
  const first = times.reduce((a, b) => Math.min(a, b));
  const last = times.reduce((a, b) => Math.max(a, b));
  const step = stepFor((last - first) / 1000);
  const starts: number[] = [];
  for (let at = startOf(first, step); at.getTime() <= last; at = next(at, step)) {
    starts.push(at.getTime() / 1000);
  }
  const added = starts.map(() => 0);
  const removed = starts.map(() => 0);
  for (const [index, record] of records.entries()) {
    const bucket = bucketAt(starts, (times[index] as number) / 1000);
    const sums = record.quantity_change > 0 ? added : removed;
    sums[bucket] = (sums[bucket] ?? 0) + record.quantity_change;
  }
  return { step, starts, added, removed };
}

function bucketAt(starts: readonly number[], seconds: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] as number) <= seconds) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Units sold per day by SKU: what orders confirmed, less what was refunded into stock, over the period
 * from the oldest record to now; nothing for a period of less than a day, which says too little.
 */
export function soldPerDayOf(records: readonly Movement[], now: number): Map<string, number> {
  const sold = new Map<string, number>();
  if (records.length === 0) return sold;
  const first = records.reduce((oldest, record) => Math.min(oldest, Date.parse(record.timestamp)), now);
  const days = (now - first) / 1000 / DAY_SECONDS;
  if (days < 1) return sold;
  for (const record of records) {
    if (record.transaction_type !== "order_confirmed" && record.transaction_type !== "refund") continue;
    sold.set(record.sku, (sold.get(record.sku) ?? 0) - record.quantity_change);
  }
  for (const [sku, units] of sold) {
    if (units > 0) sold.set(sku, units / days);
    else sold.delete(sku);
  }
  return sold;
}
