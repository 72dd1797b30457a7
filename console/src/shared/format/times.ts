/** The viewer's own kind of English, which decides the order of day and month; the console's texts are English. */
export const language = globalThis.navigator?.language?.startsWith("en") ? navigator.language : "en-GB";

const local = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const localDay = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const localMoment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
const exact = new Intl.DateTimeFormat("en-CA", {
  dateStyle: "short",
  timeStyle: "medium",
  hourCycle: "h23",
  timeZone: "UTC",
});

/** A time in the viewer's zone, such as `23 Feb 2026, 15:20`; what is no time is returned as it is. */
export function formatTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : local.format(time);
}

/** The same to the second, such as `23 Feb 2026, 15:20:07`. */
export function formatMoment(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : localMoment.format(time);
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
