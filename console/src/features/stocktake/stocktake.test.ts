import { expect, test } from "vitest";
import type { InventoryRow } from "../../shared/inventory/rows";
import { sampleRow as row } from "../../shared/inventory/sampleRow";
import { CHOICES_MAX, findCode } from "./codes";
import {
  bookings,
  type CountedSku,
  countedNow,
  countOf,
  differing,
  linesOf,
  movedAlong,
  sumsOf,
} from "./counts";

let keys = 0;
const newKey = () => `key-${++keys}`;
const NOW = new Date("2026-11-30T10:00:00Z");
const count = (listed: InventoryRow, counted: number): CountedSku => countedNow(listed, counted, newKey, NOW);
const skusOf = (found: ReturnType<typeof findCode>) =>
  found.kind === "one"
    ? [found.row.variant_name]
    : found.kind === "several"
      ? found.rows.map(({ variant_name }) => variant_name)
      : [];

test("a code is a SKU, a barcode, an own id, or else words of a name", () => {
  const rows = [
    row("RED", { barcode: "4006381333931", external_id: "MUG-7" }),
    row("BLUE", { barcode: "036000291452", external_id: "MUG-7" }),
    row("TEA", { product_name: "Tea cup", external_id: "4006381333931" }),
  ];
  expect(skusOf(findCode(rows, " sku-prod-1-blue "))).toEqual(["BLUE"]);
  // A barcode goes before an own id with the same digits.
  expect(skusOf(findCode(rows, "4006381333931"))).toEqual(["RED"]);
  // A scanner may send a UPC as an EAN with a leading zero, or without.
  expect(skusOf(findCode(rows, "0036000291452"))).toEqual(["BLUE"]);
  expect(skusOf(findCode(rows, "36000291452"))).toEqual(["BLUE"]);
  expect(skusOf(findCode(rows, "mug-7"))).toEqual(["RED", "BLUE"]);
  expect(skusOf(findCode(rows, "cup te"))).toEqual(["TEA"]);
  expect(findCode(rows, "4006381333932").kind).toBe("none");
  expect(findCode(rows, "  ").kind).toBe("none");
});

test("of many matches the first are offered, and how many there are", () => {
  const rows = Array.from({ length: CHOICES_MAX + 3 }, (_, index) => row(`V${index}`));
  const found = findCode(rows, "mug");
  expect(found).toMatchObject({ kind: "several", all: CHOICES_MAX + 3 });
  expect(skusOf(found)).toHaveLength(CHOICES_MAX);
});

test.each([
  ["12", null, 12],
  ["0", 4, 0],
  ["1,250", null, 1250],
  ["+3", 4, 7],
  ["+3", null, 3],
  ["-1", 4, 3],
  ["−1", 4, 3],
  ["-5", 4, null],
  ["", 4, null],
  ["1.5", null, null],
  ["twelve", null, null],
  ["1000000000", null, 1_000_000_000],
  ["1000000001", null, null],
])("%s typed after %s counts %s", (typed, before, expected) => {
  expect(countOf(typed, before)).toBe(expected);
});

test("a count is against the stock of the moment, and is not booked once that has changed", () => {
  const seen = row("RED");
  const counts = [count(seen, 8), count(row("BLUE"), 10), count(row("TEA"), 13)];
  const now = new Map([
    ["SKU-PROD-1-RED", row("RED", { current_stock: 9 })],
    ["SKU-PROD-1-BLUE", row("BLUE")],
    ["SKU-PROD-1-TEA", row("TEA")],
  ]);
  const lines = linesOf(counts, (sku) => now.get(sku));
  expect(lines.map(({ difference, moved }) => [difference, moved])).toEqual([
    [-2, true],
    [0, false],
    [3, false],
  ]);
  expect(differing(lines).map(({ count }) => count.sku)).toEqual(["SKU-PROD-1-TEA"]);
  expect(sumsOf(lines)).toEqual({ more: 3, fewer: 2 });
});

test("a difference that is kept is applied to the stock of now, under another key", () => {
  const counted = count(row("RED"), 8);
  const moved = movedAlong({ ...counted, sentNotes: "x" }, row("RED", { current_stock: 6 }), newKey);
  expect(moved).toMatchObject({ counted: 4, seen: 6 });
  expect(moved.key).not.toBe(counted.key);
  expect(moved.sentNotes).toBeUndefined();
  // No stock is negative.
  expect(movedAlong(counted, row("RED", { current_stock: 1 }), newKey).counted).toBe(0);
});

test("what may have been booked is sent again as it was, whatever the stock is now", () => {
  const sent = { ...count(row("RED"), 8), sentNotes: "Stocktake" };
  const [line] = linesOf([sent], () => row("RED", { current_stock: 8 }));
  expect(line?.moved).toBe(false);
  expect(bookings([sent], "Another reason")).toEqual([
    {
      row: sent,
      key: sent.key,
      change: { type: "count", counted_stock: 8, expected_stock: 10, notes: "Stocktake" },
    },
  ]);
});
