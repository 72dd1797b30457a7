import { describe, expect, it } from "vitest";
import { secondsOf, timelineOf } from "./timeline";

const record = (sequence: number, timestamp: string, stock_after: number, reserved_after: number) => ({
  sequence,
  timestamp,
  stock_before: 0,
  stock_after,
  reserved_before: 0,
  reserved_after,
});

const RECORDS = [
  record(3, "2026-02-01T10:00:00.000002Z", 7, 0),
  record(2, "2026-02-01T10:00:00.000001Z", 10, 3),
  record(1, "2026-02-01T09:00:00.000000Z", 10, 0),
];

describe("a SKU's timeline", () => {
  it("shows the balance after each record, oldest first", () => {
    const timeline = timelineOf(RECORDS, "record");
    expect(timeline.x).toEqual([1, 2, 3]);
    expect(timeline.onHand).toEqual([10, 10, 7]);
    expect(timeline.reserved).toEqual([0, 3, 0]);
    expect(timeline.available).toEqual([10, 7, 7]);
    expect(timeline.records.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  it("keeps records apart that are a microsecond apart", () => {
    const { x } = timelineOf(RECORDS, "time");
    expect(x[2]).toBeGreaterThan(x[1] as number);
    expect((x[1] as number) - (x[0] as number)).toBeCloseTo(3600, 5);
  });

  it("is empty without a record", () => {
    expect(timelineOf([], "time")).toEqual({ records: [], x: [], onHand: [], reserved: [], available: [] });
  });

  it("reads times of fewer digits, too", () => {
    expect(secondsOf("2026-02-01T09:00:00Z")).toBe(secondsOf("2026-02-01T09:00:00.000000Z"));
  });
});
