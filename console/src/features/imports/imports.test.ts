import { expect, test } from "vitest";
import { batchesOf, DEACTIVATE, type Executed, type Undo } from "./execute";
import { type Entry, importsOf, refusedBy, undoable, undoSummary, unfinished } from "./journal";
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

const journalOf = (file: string, kind: "products" | "skus" | "stock") => ({
  file,
  kind,
  begunAt: `2026-11-30T10:00:00Z ${kind}`,
  units: [product(2), product(3)],
});
const deactivates: Undo = { do: "patch_product", product_id: "P", version: 1, body: DEACTIVATE };
const restores: Undo = { do: "patch_product", product_id: "P", version: 1, body: '{"product_name":"Old"}' };
const sku: Undo = { do: "patch_sku", product_id: "P", sku: "S", version: 1, body: DEACTIVATE };
const adjusts = (name: string, change: number): Undo => ({
  do: "adjust_stock",
  product_id: "P",
  sku: name,
  quantity_change: change,
  reference: "r",
  transaction_id: "T",
  sequence: 1,
});
const done = (number: number, undo: Undo | null): Executed => ({ number, state: "done", undo });

test("the imports of one file are kept together, each with what was done and taken back of it", () => {
  const entries: Entry[] = [
    { type: "journal", journal: journalOf("f.csv", "products") },
    { type: "results", results: [done(2, deactivates)] },
    { type: "results", results: [done(3, restores)] },
    { type: "journal", journal: journalOf("f.csv", "skus") },
    { type: "results", results: [done(2, sku)] },
    { type: "undone", numbers: [2], of: 1 },
    { type: "undone", numbers: [3], of: 0 },
  ];
  const kept = importsOf(entries) ?? [];
  expect(kept.map(({ journal, results, undone }) => [journal.kind, results.length, undone])).toEqual([
    ["products", 2, [3]],
    ["skus", 1, [2]],
  ]);
  expect(kept.map((each) => undoable(each).map(({ number }) => number))).toEqual([[2], []]);
  expect(importsOf([])).toBeNull();
});

test("an undo says in numbers what it will do, and begins with what was done last", () => {
  const products = {
    journal: journalOf("f.csv", "products"),
    results: [done(2, deactivates), done(3, restores), done(4, null)],
    undone: [],
  };
  const stock = {
    journal: journalOf("f.csv", "stock"),
    results: [done(2, adjusts("A", 12)), done(3, adjusts("A", -2)), done(4, adjusts("B", 5))],
    undone: [4],
  };
  expect(undoSummary([products, stock])).toEqual({
    changes: 4,
    productsOff: 1,
    productsBack: 1,
    skusOff: 0,
    skusBack: 0,
    stockSkus: 1,
    fewer: 12,
    more: 2,
  });
  expect(undoable(stock).map(({ number }) => number)).toEqual([3, 2]);
});
