import { describe, expect, it } from "vitest";
import type { ProductRow } from "./queries";
import { sorted, sortingFrom, sortingParameter } from "./sorting";

const product = (product_name: string, members: Partial<ProductRow> = {}): ProductRow => ({
  product_id: `PROD-${product_name}`,
  product_name,
  external_id: null,
  category: "Drinks",
  base_price: 1,
  images: null,
  is_active: true,
  updated_at: "2026-02-01T00:00:00.000000Z",
  ...members,
});
const names = (products: readonly ProductRow[], sort: string) =>
  sorted(products, sortingFrom(new URLSearchParams({ sort }))).map(({ product_name }) => product_name);

describe("the order of the products", () => {
  it("is by name unless the address line has another", () => {
    const products = [product("tea 10"), product("Tea 2"), product("Mug", { base_price: 5 })];
    expect(names(products, "")).toEqual(["Mug", "Tea 2", "tea 10"]);
    expect(names(products, "nonsense")).toEqual(["Mug", "Tea 2", "tea 10"]);
    expect(names(products, "-name")).toEqual(["tea 10", "Tea 2", "Mug"]);
    expect(names(products, "-price")).toEqual(["Mug", "Tea 2", "tea 10"]);
  });

  it("is by own id, category and last change", () => {
    const products = [
      product("A", { external_id: "9", category: "Z", updated_at: "2026-02-03T00:00:00.000000Z" }),
      product("B", { external_id: "10", category: "Y" }),
    ];
    expect(names(products, "ownId")).toEqual(["A", "B"]);
    expect(names(products, "category")).toEqual(["B", "A"]);
    expect(names(products, "-updated")).toEqual(["A", "B"]);
  });

  it("is written into the address line where it is not the usual one", () => {
    expect(sortingParameter({ column: "name", isDescending: false })).toBeNull();
    expect(sortingParameter({ column: "price", isDescending: true })).toBe("-price");
    expect(sortingParameter({ column: "updated", isDescending: false })).toBe("updated");
  });
});
