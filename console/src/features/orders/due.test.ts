import { expect, test } from "vitest";
import { horizonOf, soonestFirst } from "./due";
import { orderOf } from "./samples";

test("the address names how far ahead holds are looked at", () => {
  expect(horizonOf("day")).toBe("day");
  expect(horizonOf(null)).toBe("hour");
  expect(horizonOf("toString")).toBe("hour");
});

test("the holds that end soonest come first, each order once", () => {
  const orders = [
    orderOf({ order_id: "ORDER-3", expires_at: "2026-02-24T12:00:00.000000Z" }),
    orderOf({ order_id: "ORDER-2", expires_at: "2026-02-24T11:00:00.000000Z" }),
    orderOf({ order_id: "ORDER-1", expires_at: null }),
    orderOf({ order_id: "ORDER-3", expires_at: "2026-02-24T12:00:00.000000Z" }),
  ];
  expect(soonestFirst(orders).map(({ order_id }) => order_id)).toEqual(["ORDER-1", "ORDER-2", "ORDER-3"]);
});
