import { describe, expect, it } from "vitest";
import { bucketsOf, type Movement, soldPerDayOf, startOf, stepFor } from "./movements";

function movement(time: Date, quantity_change: number, transaction_type = "restock", sku = "A"): Movement {
  return { timestamp: time.toISOString(), sku, transaction_type, quantity_change };
}

describe("movements in buckets", () => {
  it("sum what came and what went, days without a movement included", () => {
    const buckets = bucketsOf([
      movement(new Date(2026, 1, 5, 18), -3, "order_confirmed"),
      movement(new Date(2026, 1, 1, 9), 10),
      movement(new Date(2026, 1, 5, 9), -2, "manual_adjustment"),
      movement(new Date(2026, 1, 5, 10), 1, "refund"),
      movement(new Date(2026, 1, 3, 10), 0, "order_placed"),
    ]);
    expect(buckets?.step).toBe("day");
    expect(buckets?.starts).toHaveLength(5);
    expect(buckets?.starts[0]).toBe(new Date(2026, 1, 1).getTime() / 1000);
    expect(buckets?.added).toEqual([10, 0, 0, 0, 1]);
    expect(buckets?.removed).toEqual([0, 0, 0, 0, -5]);
  });

  it("are one bucket for one record", () => {
    expect(bucketsOf([movement(new Date(2026, 1, 1, 9, 5, 6), 4)])).toEqual({
      step: "minute",
      starts: [new Date(2026, 1, 1, 9, 5).getTime() / 1000],
      added: [4],
      removed: [0],
    });
  });

  it("are none without a record", () => {
    expect(bucketsOf([])).toBeNull();
  });

  it("take the finest step of at most 60 buckets", () => {
    expect(stepFor(0)).toBe("minute");
    expect(stepFor(3600)).toBe("minute");
    expect(stepFor(3601)).toBe("hour");
    expect(stepFor(3 * 86_400)).toBe("day");
    expect(stepFor(90 * 86_400)).toBe("week");
    expect(stepFor(2000 * 86_400)).toBe("month");
  });

  it("begin weeks on Monday and months on the first", () => {
    const sunday = new Date(2026, 10, 29, 15, 30).getTime();
    expect(startOf(sunday, "week")).toEqual(new Date(2026, 10, 23));
    expect(startOf(sunday, "month")).toEqual(new Date(2026, 10, 1));
  });

  it("stay few and in order when clocks are set back in the period", () => {
    const buckets = bucketsOf([movement(new Date(2026, 9, 1), 1), movement(new Date(2026, 10, 20), 1)]);
    expect(buckets?.step).toBe("day");
    expect(buckets?.starts).toHaveLength(51);
    expect(buckets?.added.at(-1)).toBe(1);
  });
});

describe("units sold per day", () => {
  const now = new Date(2026, 1, 11).getTime();

  it("are confirmed units less refunded ones, over the period up to now", () => {
    const rates = soldPerDayOf(
      [
        movement(new Date(2026, 1, 1), -12, "order_confirmed"),
        movement(new Date(2026, 1, 5), 2, "refund"),
        movement(new Date(2026, 1, 5), -7, "manual_adjustment"),
        movement(new Date(2026, 1, 6), -1, "order_confirmed", "B"),
        movement(new Date(2026, 1, 7), 1, "refund", "B"),
      ],
      now,
    );
    expect([...rates]).toEqual([["A", 1]]);
  });

  it("are not known from less than a day", () => {
    expect(soldPerDayOf([movement(new Date(now - 3_600_000), -5, "order_confirmed")], now).size).toBe(0);
    expect(soldPerDayOf([], now).size).toBe(0);
  });
});
