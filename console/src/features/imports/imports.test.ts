import { expect, test } from "vitest";
import { batchesOf, type Executed } from "./execute";
import { refusedBy, unfinished } from "./journal";
import type { PlannedUnit } from "./protocol";

const change = (number: number, sku: string, type: "restock" | "adjustment"): PlannedUnit => ({
  number,
  line: number,
  action: "create",
  name: sku,
  shown: "",
  command: {
    do: "change_stock",
    key: `key-${number}`,
    product_id: "PROD-1",
    sku,
    reference: "r",
    body: JSON.stringify({ product_id: "PROD-1", sku, type }),
  },
});

const product = (number: number): PlannedUnit => ({
  number,
  line: number,
  action: "create",
  name: `product ${number}`,
  shown: "",
  command: { do: "create_product", key: `key-${number}`, body: "{}", deactivates: false },
});

const numbers = (batches: readonly (readonly PlannedUnit[])[]) =>
  batches.map((batch) => batch.map(({ number }) => number));

test("products are sent one by one", () => {
  expect(numbers(batchesOf([product(2), product(3)]))).toEqual([[2], [3]]);
});

test("no batch of stock has another change of a SKU beside a count of it", () => {
  const units = [
    change(2, "A", "restock"),
    change(3, "A", "restock"),
    change(4, "B", "adjustment"),
    change(5, "A", "adjustment"),
    change(6, "C", "restock"),
    change(7, "A", "restock"),
  ];
  expect(numbers(batchesOf(units))).toEqual([[2, 3, 4], [5, 6], [7]]);
});

test("a batch of stock has at most 200 changes", () => {
  const units = Array.from({ length: 401 }, (_, index) => change(index, `S${index}`, "restock"));
  expect(batchesOf(units).map((batch) => batch.length)).toEqual([200, 200, 1]);
});

test("what has no result is sent again, and refusals have their numbers", () => {
  const results: Executed[] = [
    { number: 2, state: "done", undo: null },
    { number: 4, state: "refused", reason: "sku_exists: It exists." },
  ];
  const journal = {
    id: "i",
    file: "f.csv",
    kind: "products" as const,
    begunAt: "2026-11-30T10:00:00Z",
    units: [product(2), product(3), product(4)],
  };
  expect(unfinished({ journal, results, undone: [] }).map(({ number }) => number)).toEqual([3]);
  expect(refusedBy(results)).toEqual({ 4: "sku_exists: It exists." });
});
