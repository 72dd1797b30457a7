import { expect, test } from "vitest";
import { holdSecondsOf, remainingOf } from "./holds";

test("a hold is a whole number of minutes, hours or days, within a minute and 30 days", () => {
  expect(holdSecondsOf({ amount: "1", unit: "minutes" })).toBe(60);
  expect(holdSecondsOf({ amount: " 2 ", unit: "hours" })).toBe(7_200);
  expect(holdSecondsOf({ amount: "30", unit: "days" })).toBe(2_592_000);
  for (const amount of ["", "0", "-1", "1.5", "31", "x"]) {
    expect(holdSecondsOf({ amount, unit: "days" })).toBeNull();
  }
});

test("the end of a hold is said from now, and whether it is over", () => {
  const now = Date.parse("2026-02-23T10:00:00Z");
  const at = (seconds: number) => remainingOf(new Date(now + seconds * 1000).toISOString(), now);
  expect(at(30)).toEqual({ isOver: false, text: "in 30 seconds" });
  expect(at(25 * 60)).toEqual({ isOver: false, text: "in 25 minutes" });
  expect(at(100 * 60)).toEqual({ isOver: false, text: "in 100 minutes" });
  expect(at(5 * 3600 + 60)).toEqual({ isOver: false, text: "in 5 hours" });
  expect(at(3 * 86_400)).toEqual({ isOver: false, text: "in 3 days" });
  expect(at(-120)).toEqual({ isOver: true, text: "2 minutes ago" });
});
