import { expect, test } from "vitest";
import type { TransactionRecord } from "../../shared/api/clients";
import { ProblemError } from "../../shared/api/problems";
import { BATCH_MAX } from "../../shared/inventory/commands";
import type { InventoryRow } from "../../shared/inventory/rows";
import { sampleRow as row } from "../../shared/inventory/sampleRow";
import { runStockTasks, type StockTask, stockUndo } from "../../shared/inventory/stockTasks";
import { arranged, countsOf, kept, matcher, sameOrder } from "./arrange";
import { attributeUndo, priceByPercent, runAttributeTasks } from "./bulk";
import { bulkPlan } from "./bulkInput";
import { addressOf, DEFAULT_QUERY, queryOf } from "./query";
import { modeOfKey, previewOf, stockChangeOf } from "./stockInput";

const codes = (rows: readonly InventoryRow[]) => rows.map(({ variant_name }) => variant_name);

test("the address line and the query are the same thing", () => {
  const query = { search: "mug & co", shown: "low", sort: "stock", descending: true } as const;
  const address = addressOf(query, new URLSearchParams("vendor=VENDOR-1"));
  expect(address.toString()).toBe("vendor=VENDOR-1&q=mug+%26+co&show=low&sort=-stock");
  expect(queryOf(address)).toEqual(query);
  expect(addressOf(DEFAULT_QUERY, address).toString()).toBe("vendor=VENDOR-1");
});

test("an address that says something unknown is as if it did not", () => {
  expect(queryOf(new URLSearchParams("show=everything&sort=-colour"))).toEqual(DEFAULT_QUERY);
});

test("rows are sorted by what people read: numbers in names by their value, letters whatever their case", () => {
  const rows = [
    row("A", { product_name: "Mug 10" }),
    row("B", { product_name: "mug 9" }),
    row("C", { product_name: "Äpfel" }),
    row("D", { product_name: "Zange" }),
  ];
  expect(codes(arranged(rows, DEFAULT_QUERY))).toEqual(["C", "B", "A", "D"]);
  expect(codes(arranged(rows, { ...DEFAULT_QUERY, descending: true }))).toEqual(["D", "A", "B", "C"]);
});

test("what is equal is in the order of the SKUs, in both directions", () => {
  const rows = [row("B"), row("C"), row("A")];
  expect(codes(arranged(rows, { ...DEFAULT_QUERY, sort: "price" }))).toEqual(["A", "B", "C"]);
  expect(codes(arranged(rows, { ...DEFAULT_QUERY, sort: "price", descending: true }))).toEqual([
    "A",
    "B",
    "C",
  ]);
});

test("filters leave out what is not offered, as the service's list of low stock does", () => {
  const rows = [
    row("LOW", { current_stock: 3 }),
    row("OUT", { current_stock: 4, reserved_stock: 4 }),
    row("OFF", { current_stock: 0, is_active: false }),
    row("PRODUCT", { current_stock: 0, product_is_active: false }),
    row("FINE"),
  ];
  const shown = (name: "low" | "out" | "inactive" | "reserved") =>
    codes(arranged(rows, { ...DEFAULT_QUERY, shown: name }));
  expect(shown("low")).toEqual(["LOW", "OUT"]);
  expect(shown("out")).toEqual(["OUT"]);
  expect(shown("inactive")).toEqual(["OFF", "PRODUCT"]);
  expect(shown("reserved")).toEqual(["OUT"]);
  expect(countsOf(rows)).toEqual({ all: 5, low: 2, out: 1, inactive: 2, reserved: 1 });
});

test("a search finds words in names, own id, SKU and barcode, in any order and without accents", () => {
  const found = row("RED", { product_name: "Café mug", external_id: "K-17", barcode: "4006381333931" });
  for (const text of ["cafe", "MUG red", "red caf", "k-17", "prod-1-red", "381333", " "]) {
    expect(matcher(text)(found), text).toBe(true);
  }
  expect(matcher("mug blue")(found)).toBe(false);
});

test("rows that are worked on stay where they are, with their new values; new ones come in their place", () => {
  const before = [
    row("A", { current_stock: 1 }),
    row("B", { current_stock: 2 }),
    row("C", { current_stock: 3 }),
  ];
  const order = before.map(({ sku }) => sku);
  const now = [
    row("A", { current_stock: 9 }),
    before[1] as InventoryRow,
    before[2] as InventoryRow,
    row("N", { current_stock: 2 }),
  ];
  const fresh = arranged(now, { ...DEFAULT_QUERY, sort: "stock" });
  expect(codes(fresh)).toEqual(["B", "N", "C", "A"]);
  const result = kept(order, now, fresh);
  expect(codes(result)).toEqual(["A", "B", "N", "C"]);
  expect(result[0]?.current_stock).toBe(9);
  expect(sameOrder(result, fresh)).toBe(false);
  expect(sameOrder(fresh, [...fresh])).toBe(true);
});

test("stock is typed as a restock, a change with a reason, or a count of what was seen", () => {
  const typed = (mode: "restock" | "adjustment" | "count", quantity: string, notes = "") =>
    stockChangeOf({ mode, quantity, notes }, 40);
  expect(typed("restock", "1,200")).toEqual({ change: { type: "restock", quantity: 1200 } });
  expect(typed("restock", "5", " Delivery ")).toEqual({
    change: { type: "restock", quantity: 5, notes: "Delivery" },
  });
  expect(typed("adjustment", "-3", "Damaged")).toEqual({
    change: { type: "adjustment", quantity_change: -3, notes: "Damaged" },
  });
  expect(typed("count", "38", "Count")).toEqual({
    change: { type: "count", counted_stock: 38, expected_stock: 40, notes: "Count" },
  });
  expect(typed("restock", "0")).toEqual({ problem: "quantity" });
  expect(typed("adjustment", "0", "x")).toEqual({ problem: "quantity" });
  expect(typed("adjustment", "-3")).toEqual({ problem: "notes" });
  expect(typed("count", "-1", "x")).toEqual({ problem: "quantity" });
  expect(typed("restock", "1", "€".repeat(101))).toEqual({ problem: "notesTooLong" });
  expect(typed("restock", "1", "€".repeat(100))).toHaveProperty("change");
});

test("the stock after a change is shown before it is sent, also while the reason is missing", () => {
  expect(previewOf({ mode: "adjustment", quantity: "-3", notes: "" }, 40)).toBe(37);
  expect(previewOf({ mode: "restock", quantity: "5", notes: "" }, 40)).toBe(45);
  expect(previewOf({ mode: "count", quantity: "7", notes: "" }, 40)).toBe(7);
  expect(previewOf({ mode: "restock", quantity: "x", notes: "" }, 40)).toBeNull();
});

test("keys of the stock's cell open its editor as they say", () => {
  expect(modeOfKey("+")).toEqual({ mode: "restock", quantity: "" });
  expect(modeOfKey("-")).toEqual({ mode: "adjustment", quantity: "-" });
  expect(modeOfKey("7")).toEqual({ mode: "count", quantity: "7" });
  expect(modeOfKey("a")).toBeNull();
});

test("a price by percent is exact to the cent, rounded half up, and never below 0", () => {
  expect(priceByPercent(10, 12.5)).toBe(11.25);
  expect(priceByPercent(0.1, 5)).toBe(0.11);
  expect(priceByPercent(19.99, -10)).toBe(17.99);
  expect(priceByPercent(1.15, 10)).toBe(1.27);
  expect(priceByPercent(5, -100)).toBe(0);
});

test("many changes of attributes leave out what has the value already", () => {
  const rows = [row("A"), row("B", { unit_price: 12, details_version: 7 })];
  const plan = bulkPlan("price", rows, { value: "12", notes: "", priceMode: "set" }, () => "k");
  expect(plan).toMatchObject({
    kind: "attributes",
    tasks: [{ change: { unit_price: 12 }, detailsVersion: 1 }],
  });
  expect(bulkPlan("price", rows, { value: "x", notes: "", priceMode: "percent" }, () => "k")).toEqual({
    kind: "problem",
    problem: "percent",
  });
  expect(bulkPlan("adjustment", rows, { value: "-1", notes: "", priceMode: "set" }, () => "k")).toEqual({
    kind: "problem",
    problem: "notes",
  });
});

const task = (code: string): StockTask<InventoryRow> => ({
  row: row(code),
  change: { type: "restock", quantity: 1 },
  key: code,
});
const record = (change: number) =>
  ({ transaction_id: "TXN-1", quantity_change: change }) as TransactionRecord;

test("many changes of stock go in batches; the refused ones are listed, and the others can be taken back", async () => {
  const tasks = Array.from({ length: BATCH_MAX + 2 }, (_, index) => task(`T${index}`));
  const sizes: number[] = [];
  const progress: number[] = [];
  const outcome = await runStockTasks(
    tasks,
    async (changes) => {
      sizes.push(changes.length);
      return changes.map(({ key }) =>
        key === "T1"
          ? {
              problem: { title: "Inactive", status: 409, code: "sku_inactive", detail: "", request_id: null },
            }
          : { transaction: record(1) },
      );
    },
    (finished) => progress.push(finished),
    new AbortController().signal,
  );
  expect(sizes).toEqual([BATCH_MAX, 2]);
  expect(progress).toEqual([BATCH_MAX, BATCH_MAX + 2]);
  expect(outcome.failed.map((each) => [each.task.key, each.error.code])).toEqual([["T1", "sku_inactive"]]);
  const undo = stockUndo(
    outcome.done,
    ({ transaction_id }) => `Undo of ${transaction_id}`,
    () => "new",
  );
  expect(undo).toHaveLength(BATCH_MAX + 1);
  expect(undo[0]?.change).toEqual({ type: "adjustment", quantity_change: -1, notes: "Undo of TXN-1" });
  expect(
    stockUndo(
      [{ task: task("Z"), result: record(0) }],
      () => "",
      () => "new",
    ),
  ).toEqual([]);
});

test("a batch without an answer fails as a whole, and the next one is still sent", async () => {
  const tasks = Array.from({ length: BATCH_MAX + 1 }, (_, index) => task(`T${index}`));
  let batches = 0;
  const outcome = await runStockTasks(
    tasks,
    async (changes) => {
      batches += 1;
      if (batches === 1) {
        throw new Error("lost");
      }
      return changes.map(() => ({ transaction: record(1) }));
    },
    () => {},
    new AbortController().signal,
  );
  expect([outcome.failed.length, outcome.done.length]).toEqual([BATCH_MAX, 1]);
});

test("attributes are changed four at a time, and a stop leaves the rest", async () => {
  const tasks = Array.from({ length: 20 }, (_, index) => ({
    row: row(`T${index}`, { unit_price: index }),
    change: { unit_price: 99 },
    detailsVersion: 1,
  }));
  const controller = new AbortController();
  let running = 0;
  let widest = 0;
  const outcome = await runAttributeTasks(
    tasks,
    async ({ row: { unit_price } }) => {
      running += 1;
      widest = Math.max(widest, running);
      await Promise.resolve();
      running -= 1;
      if (unit_price === 2) {
        throw new ProblemError({
          title: "Changed",
          status: 412,
          code: "precondition_failed",
          detail: "",
          request_id: null,
        });
      }
      if (unit_price === 9) {
        controller.abort();
      }
      return { details_version: 2 };
    },
    () => {},
    controller.signal,
  );
  expect(widest).toBe(4);
  expect(outcome.failed.map(({ error }) => error.code)).toEqual(["precondition_failed"]);
  expect(outcome.done.length + outcome.failed.length).toBeLessThan(20);
  expect(attributeUndo(outcome.done)[0]).toMatchObject({ change: { unit_price: 0 }, detailsVersion: 2 });
});
