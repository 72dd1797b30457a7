import { describe, expect, it } from "vitest";
import { stockByProduct, variantOf } from "./availability";

const line = (product_id: string, sku: string | null, available_stock: number) => ({
  product_id,
  sku,
  is_available: available_stock > 0,
  available_stock,
});

describe("what customers see of the stock", () => {
  it("sums the variants of each product", () => {
    const stock = stockByProduct([
      line("PROD-A", "SKU-PROD-A-S", 10),
      line("PROD-A", "SKU-PROD-A-M", 0),
      line("PROD-B", "SKU-PROD-B-S", 2),
      line("PROD-C", "SKU-PROD-C-S", 0),
      line("PROD-D", null, 0),
    ]);
    expect([...stock].map(([product, { state, available }]) => [product, state, available])).toEqual([
      ["PROD-A", "in_stock", 10],
      ["PROD-B", "few", 2],
      ["PROD-C", "out", 0],
      ["PROD-D", "not_offered", 0],
    ]);
    expect(stock.get("PROD-A")?.variants).toHaveLength(2);
    expect(stock.get("PROD-D")?.variants).toEqual([]);
  });

  it("shows the variant of a SKU's id", () => {
    expect(variantOf("SKU-PROD-A-BLK-L", "PROD-A")).toBe("BLK-L");
    expect(variantOf("SKU-PROD-B-BLK", "PROD-A")).toBe("SKU-PROD-B-BLK");
  });
});
