import { expect, test } from "vitest";
import { isOrderId, newOrderId, orderIdOf } from "./orderId";

test("an order is found by its id, with or without ORDER- before it", () => {
  expect(orderIdOf(" ORDER-12345 ")).toBe("ORDER-12345");
  expect(orderIdOf("order-12345")).toBe("ORDER-12345");
  expect(orderIdOf("12345")).toBe("ORDER-12345");
  expect(orderIdOf("a7-B")).toBe("ORDER-a7-B");
});

test("what cannot be an id is none", () => {
  for (const typed of ["", "ORDER-", "ORDER-a b", "ORDER-ä", `ORDER-${"1".repeat(65)}`, "a/b"]) {
    expect(orderIdOf(typed)).toBeNull();
  }
});

test("an address names an order only by its whole id", () => {
  expect(isOrderId("ORDER-1")).toBe(true);
  expect(isOrderId("1")).toBe(false);
  expect(isOrderId(newOrderId())).toBe(true);
});
