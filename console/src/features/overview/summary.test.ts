import { describe, expect, it } from "vitest";
import type { ListedSku } from "../../shared/inventory/rows";
import { attentionOf, summaryOf } from "./summary";

function row(sku: string, members: Partial<ListedSku> = {}): ListedSku {
  const current = members.current_stock ?? 10;
  const reserved = members.reserved_stock ?? 0;
  const threshold = members.reorder_threshold ?? 3;
  return {
    sku,
    product_id: "PROD-00001",
    variant_name: sku,
    current_stock: current,
    reserved_stock: reserved,
    available_stock: current - reserved,
    reorder_threshold: threshold,
    low_stock_flag: current <= threshold,
    is_active: true,
    product_is_active: true,
    unit_price: 1,
    last_updated: "2026-02-01T00:00:00.000000Z",
    last_updated_by: "user:a",
    barcode: null,
    version: 1,
    details_version: 1,
    ...members,
  };
}

describe("the numbers of the overview", () => {
  it("count what is out, low, inactive and reserved", () => {
    const rows = [
      row("A"),
      row("B", { current_stock: 0 }),
      row("C", { current_stock: 4, reserved_stock: 4 }),
      row("D", { current_stock: 2 }),
    ];
    expect(summaryOf(rows)).toEqual({
      skus: 4,
      out: 2,
      low: 2,
      inactive: 0,
      reservedSkus: 1,
      reservedUnits: 4,
    });
  });

  it("count what nobody can order as inactive alone", () => {
    const rows = [
      row("A", { current_stock: 0, is_active: false }),
      row("B", { current_stock: 0, product_is_active: false }),
    ];
    expect(summaryOf(rows)).toMatchObject({ out: 0, low: 0, inactive: 2 });
  });

  it("are zero without a SKU", () => {
    expect(summaryOf([])).toEqual({
      skus: 0,
      out: 0,
      low: 0,
      inactive: 0,
      reservedSkus: 0,
      reservedUnits: 0,
    });
  });
});

describe("what needs attention", () => {
  it("begins with what is out and sells most", () => {
    const rows = [
      row("LOW", { current_stock: 1 }),
      row("OUT-SLOW", { current_stock: 0 }),
      row("OUT-FAST", { current_stock: 0 }),
      row("FINE"),
    ];
    const found = attentionOf(rows, new Map([["OUT-FAST", 5]]));
    expect(found.map(({ row }) => row.sku)).toEqual(["OUT-FAST", "OUT-SLOW", "LOW"]);
    expect(found.map(({ days }) => days)).toEqual([0, null, null]);
  });

  it("goes on with low SKUs by the days they last, then by how far below the threshold they are", () => {
    const rows = [
      row("NEAR", { current_stock: 3 }),
      row("FAR", { current_stock: 1 }),
      row("TEN-DAYS", { current_stock: 2 }),
      row("ONE-DAY", { current_stock: 2 }),
    ];
    const rates = new Map([
      ["TEN-DAYS", 0.2],
      ["ONE-DAY", 2],
    ]);
    const found = attentionOf(rows, rates);
    expect(found.map(({ row }) => row.sku)).toEqual(["ONE-DAY", "TEN-DAYS", "FAR", "NEAR"]);
    expect(found.map(({ days }) => days)).toEqual([1, 10, null, null]);
  });
});
