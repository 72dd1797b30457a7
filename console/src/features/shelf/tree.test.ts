import { describe, expect, it } from "vitest";
import { type Branch, pathsTo, treeOf } from "./tree";

const named = (names: string[]) => names.map((category) => ({ category, active_products: 2 }));
const outline = (branches: readonly Branch[]): unknown[] =>
  branches.map(({ label, category, products, branches }) => [label, category, products, outline(branches)]);

describe("the tree of categories", () => {
  it("joins categories that share what comes before a slash", () => {
    expect(outline(treeOf(named(["Clothing/Shirts", "Clothing/Shoes", "Books"])))).toEqual([
      ["Books", "Books", 2, []],
      [
        "Clothing",
        null,
        4,
        [
          ["Shirts", "Clothing/Shirts", 2, []],
          ["Shoes", "Clothing/Shoes", 2, []],
        ],
      ],
    ]);
  });

  it("writes a parent with a single branch in one with it", () => {
    expect(outline(treeOf(named(["Grains/Cereals", "A/B/C"])))).toEqual([
      ["A / B / C", "A/B/C", 2, []],
      ["Grains / Cereals", "Grains/Cereals", 2, []],
    ]);
  });

  it("keeps a category that has others below it", () => {
    expect(outline(treeOf(named(["Tea", "Tea/Green"])))).toEqual([
      ["Tea", "Tea", 4, [["Green", "Tea/Green", 2, []]]],
    ]);
  });

  it("takes names with nothing before or after a slash", () => {
    const labels = treeOf(named(["/", "Odd/", "Odd"])).map(({ label }) => label);
    expect(labels).toEqual(["— / —", "Odd"]);
  });

  it("is empty without a category", () => {
    expect(treeOf([])).toEqual([]);
  });

  it("knows the way to a category", () => {
    const branches = treeOf(named(["Tea", "Tea/Green", "Tea/Black/Earl Grey", "Tea/Black/Assam"]));
    expect(pathsTo(branches, "Tea/Black/Assam")).toEqual(["Tea", "Tea/Black", "Tea/Black/Assam"]);
    expect(pathsTo(branches, "Coffee")).toEqual([]);
  });
});
