const local = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const localDay = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const exact = new Intl.DateTimeFormat("en-CA", {
  dateStyle: "short",
  timeStyle: "medium",
  hourCycle: "h23",
  timeZone: "UTC",
});

/** A time in the viewer's zone, such as `Feb 23, 2026, 3:20 PM`; what is no time is returned as it is. */
export function formatTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : local.format(time);
}

export function formatDay(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : localDay.format(time);
}

const clock = new Intl.DateTimeFormat("en", { timeStyle: "medium", hourCycle: "h23" });

/** A moment of today by the viewer's clock, such as `15:20:07`. */
export function formatClock(milliseconds: number): string {
  return clock.format(milliseconds);
}

/** The same time in UTC to the second, such as `2026-02-23, 14:20:00`. */
export function formatUtc(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : exact.format(time);
}
