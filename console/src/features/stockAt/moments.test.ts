import { expect, test } from "vitest";
import { firstAfter, millisecondsOf, momentOf, spanOf } from "./moments";

test("the slider begins just before the first record and ends now, in a thousand steps", () => {
  const now = Date.parse("2026-02-23T15:20:00Z");
  const { first, last, step } = spanOf("2026-02-23T14:20:00.500000Z", now);
  expect([momentOf(first), last, step]).toEqual(["2026-02-23T14:20:00.499Z", now, 3600]);
});

test("a record of this very moment has a slider too", () => {
  const moment = "2026-02-23T14:20:00.000000Z";
  const { first, last, step } = spanOf(moment, millisecondsOf(moment));
  expect([last - first, step]).toEqual([1000, 1]);
});

test("the next record is the first one later than the moment, to the microsecond", () => {
  const moments = ["2026-02-23T14:20:00.000001Z", "2026-02-23T14:20:00.000002Z"];
  expect(firstAfter(moments, "2026-02-23T14:20:00.000001Z")).toBe(moments[1]);
  expect(firstAfter(moments, "2026-02-23T14:20:00.000002Z")).toBeNull();
});
