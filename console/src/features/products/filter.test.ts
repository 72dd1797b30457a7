import { describe, expect, it } from "vitest";
import { categoriesOf, filtered, filterFrom, withFilter } from "./filter";

const product = (product_name: string, members = {}) => ({
  product_id: `PROD-${product_name.toUpperCase()}`,
  product_name,
  external_id: null as string | null,
  category: "Drinks",
  is_active: true,
  ...members,
});

const PRODUCTS = [
  product("Green tea", { external_id: "A-17" }),
  product("Black tea", { is_active: false }),
  product("Mug", { category: "Kitchen" }),
];
const ALL = { search: "", category: null, active: "all" } as const;
const names = (filter: Partial<Parameters<typeof filtered>[1]>) =>
  filtered(PRODUCTS, { ...ALL, ...filter }).map(({ product_name }) => product_name);

describe("the list of products", () => {
  it("is searched by every word, in name and ids", () => {
    expect(names({ search: "TEA gr" })).toEqual(["Green tea"]);
    expect(names({ search: "a-17" })).toEqual(["Green tea"]);
    expect(names({ search: "prod-mug" })).toEqual(["Mug"]);
    expect(names({ search: "coffee" })).toEqual([]);
    expect(names({})).toHaveLength(3);
  });

  it("is filtered by category and whether active", () => {
    expect(names({ category: "Kitchen" })).toEqual(["Mug"]);
    expect(names({ active: "inactive" })).toEqual(["Black tea"]);
    expect(names({ active: "active", search: "tea" })).toEqual(["Green tea"]);
    expect(categoriesOf(PRODUCTS)).toEqual(["Drinks", "Kitchen"]);
  });

  it("keeps its filter in the address line", () => {
    const written = withFilter(new URLSearchParams("vendor=VENDOR-1&q=x"), {
      search: "tea",
      category: "Grains/Cereals",
      active: "inactive",
    });
    expect(written.toString()).toBe("vendor=VENDOR-1&q=tea&category=Grains%2FCereals&active=inactive");
    expect(filterFrom(written)).toEqual({ search: "tea", category: "Grains/Cereals", active: "inactive" });
    expect(withFilter(written, ALL).toString()).toBe("vendor=VENDOR-1");
  });

  it("takes anything unknown in the address line for no filter", () => {
    expect(filterFrom(new URLSearchParams("active=maybe"))).toEqual(ALL);
  });
});
