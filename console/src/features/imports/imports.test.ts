import { expect, test } from "vitest";
import { batchesOf, type Executed } from "./execute";
import { refusedBy, unfinished } from "./journal";
import type { PlannedUnit } from "./protocol";

const product = (number: number, batch = number): PlannedUnit => ({
  number,
  line: number,
  batch,
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

test("what the plan puts into one request is sent together, also when some of it is left", () => {
  const units = [product(2, 0), product(3, 0), product(4, 0), product(5, 1), product(6, 1), product(7, 2)];
  expect(numbers(batchesOf(units))).toEqual([[2, 3, 4], [5, 6], [7]]);
  expect(numbers(batchesOf(units.slice(1)))).toEqual([[3, 4], [5, 6], [7]]);
});

test("what has no result is sent again, and refusals have their numbers", () => {
  const results: Executed[] = [
    { number: 2, state: "done", undo: null },
    { number: 4, state: "refused", reason: "sku_exists: It exists." },
  ];
  const journal = {
    file: "f.csv",
    kind: "products" as const,
    begunAt: "2026-11-30T10:00:00Z",
    units: [product(2), product(3), product(4)],
  };
  expect(unfinished({ journal, results, undone: [] }).map(({ number }) => number)).toEqual([3]);
  expect(refusedBy(results)).toEqual({ 4: "sku_exists: It exists." });
});
