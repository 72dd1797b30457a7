import { expect, test } from "vitest";
import { shortages } from "./shortages";

test("the lines of a refusal are said with what is there", () => {
  expect(
    shortages([
      { product_id: "P", sku: "SKU-1", asked: 8, available: 7 },
      { sku: "SKU-2", asked: 1, reserved: 0 },
      { sku: "SKU-3", asked: 2, refundable: 1 },
    ]),
  ).toEqual([
    { sku: "SKU-1", text: "SKU-1: 8 units requested, 7 available", isHeld: true },
    { sku: "SKU-2", text: "SKU-2: 1 unit requested, 0 reserved", isHeld: false },
    { sku: "SKU-3", text: "SKU-3: 2 units requested, 1 can be refunded", isHeld: false },
  ]);
});

test("what is no such list has no lines", () => {
  expect(shortages(undefined)).toEqual([]);
  expect(shortages("SKU-1")).toEqual([]);
  expect(shortages([null, 1, {}, { sku: "SKU-1" }, { sku: "SKU-1", asked: 1 }])).toEqual([]);
});
