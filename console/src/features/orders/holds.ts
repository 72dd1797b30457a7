import { parseQuantity } from "../../shared/format/numbers";

export type HoldUnit = "minutes" | "hours" | "days";

/** How long units stay reserved, as it is typed. */
export interface Hold {
  readonly amount: string;
  readonly unit: HoldUnit;
}

export const DEFAULT_HOLD: Hold = { amount: "1", unit: "days" };

const SECONDS: Record<HoldUnit, number> = { minutes: 60, hours: 3_600, days: 86_400 };
const HOLD_SECONDS_MIN = 60;
const HOLD_SECONDS_MAX = 30 * 86_400;

/** Null if it is not within the API's limits. */
export function holdSecondsOf({ amount, unit }: Hold): number | null {
  const count = parseQuantity(amount, 1);
  if (count === null) return null;
  const seconds = count * SECONDS[unit];
  return seconds >= HOLD_SECONDS_MIN && seconds <= HOLD_SECONDS_MAX ? seconds : null;
}

export interface Remaining {
  readonly isOver: boolean;
  /** Such as `in 25 minutes` or `3 minutes ago`. */
  readonly text: string;
}

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const STEPS = [
  ["day", 86_400, 2 * 86_400],
  ["hour", 3_600, 2 * 3_600],
  ["minute", 60, 60],
] as const;

/** How far away a time is, in the largest unit that says it well. `now` is in milliseconds. */
export function remainingOf(iso: string, now: number): Remaining {
  const seconds = (Date.parse(iso) - now) / 1000;
  const away = Math.abs(seconds);
  for (const [unit, size, from] of STEPS) {
    if (away >= from) {
      return { isOver: seconds < 0, text: relative.format(Math.round(seconds / size), unit) };
    }
  }
  return { isOver: seconds < 0, text: relative.format(Math.round(seconds), "second") };
}
