import { describe, expect, it } from "vitest";
import { axesOf, codeOf, countOf, freeCode, isCode, matrixOf, PLANNED_MAX, plannedOf } from "./variants";

const sku = (code: string, variant_attributes: Record<string, string> | null) => ({
  sku: `SKU-PROD-00001-${code}`,
  variant_name: code,
  variant_attributes,
});

describe("codes of variants", () => {
  it("are capitals and digits joined by hyphens", () => {
    expect(codeOf(["Black", "X-Large"])).toBe("BLACK-X-LARGE");
    expect(codeOf(["Grün, hell", "½ L"])).toBe("GRUN-HELL-1-2-L");
    expect(codeOf(["  ", "日本"])).toBe("");
    expect(isCode(codeOf(["a".repeat(39), "b"]))).toBe(true);
  });

  it("are refused where the service would refuse them", () => {
    expect(isCode("BLK-L")).toBe(true);
    for (const code of ["", "blk", "BLK-", "-BLK", "B--L", "B L", "X".repeat(41)]) {
      expect(isCode(code)).toBe(false);
    }
  });

  it("take a number where they are taken", () => {
    expect(freeCode("BLK", new Set())).toBe("BLK");
    expect(freeCode("BLK", new Set(["BLK", "BLK-2"]))).toBe("BLK-3");
    expect(freeCode("", new Set())).toBe("V-1");
    const long = "X".repeat(40);
    expect(isCode(freeCode(long, new Set([long])))).toBe(true);
  });
});

describe("planned variants", () => {
  const axes = [
    { name: "color", values: ["Black", "White"] },
    { name: "size", values: ["S", "M"] },
  ];

  it("are every combination, those that exist named", () => {
    const planned = plannedOf(axes, "PROD-00001", [sku("OLD", { size: "S", color: "White" })]);
    expect(planned.map(({ name, code, existing }) => [name, code, existing])).toEqual([
      ["Black / S", "BLACK-S", null],
      ["Black / M", "BLACK-M", null],
      ["White / S", "OLD", "SKU-PROD-00001-OLD"],
      ["White / M", "WHITE-M", null],
    ]);
    expect(planned[0]?.attributes).toEqual({ color: "Black", size: "S" });
  });

  it("have codes of their own where words give the same", () => {
    const planned = plannedOf([{ name: "c", values: ["a b", "a-b", "A.B"] }], "PROD-00001", []);
    expect(planned.map(({ code }) => code)).toEqual(["A-B", "A-B-2", "A-B-3"]);
  });

  it("avoid the codes of other SKUs", () => {
    const planned = plannedOf([{ name: "size", values: ["S"] }], "PROD-00001", [sku("S", { color: "x" })]);
    expect(planned[0]).toMatchObject({ code: "S-2", existing: null });
  });

  it("leave out attributes without a name or a value", () => {
    expect(countOf([...axes, { name: "fit", values: [] }, { name: "", values: ["x"] }])).toBe(4);
    expect(countOf([])).toBe(0);
    expect(plannedOf([{ name: "", values: ["x"] }], "PROD-00001", [])).toEqual([]);
  });

  it("are never more than can be created at once", () => {
    const many = Array.from({ length: 30 }, (_, number) => String(number));
    const wide = [
      { name: "a", values: many },
      { name: "b", values: many },
    ];
    expect(countOf(wide)).toBe(900);
    expect(plannedOf(wide, "PROD-00001", [])).toHaveLength(PLANNED_MAX);
  });
});

describe("the matrix of a product's SKUs", () => {
  it("has sizes across and other attributes down", () => {
    const skus = [
      sku("BLK-S", { color: "Black", size: "S" }),
      sku("BLK-M", { size: "M", color: "Black" }),
      sku("WHT-M", { size: "M", color: "White" }),
    ];
    expect(axesOf(skus)).toEqual([
      { name: "color", values: ["Black", "White"] },
      { name: "size", values: ["S", "M"] },
    ]);
    const matrix = matrixOf(skus);
    expect(matrix).toMatchObject({ rowNames: ["color"], columnName: "size", columns: ["S", "M"] });
    expect(
      matrix?.rows.map(({ values, cells }) => [values, cells.map((cell) => cell?.variant_name)]),
    ).toEqual([
      [["Black"], ["BLK-S", "BLK-M"]],
      [["White"], [undefined, "WHT-M"]],
    ]);
  });

  it("has sizes from small to large, and numbers in their order", () => {
    const values = (...given: string[]) => axesOf(given.map((size) => sku(size, { size })))[0]?.values;
    expect(values("XL", "S", "L", "M")).toEqual(["S", "M", "L", "XL"]);
    expect(values("100 ml", "50 ml", "1 l")).toEqual(["1 l", "50 ml", "100 ml"]);
    expect(values("Red", "Blue")).toEqual(["Red", "Blue"]);
  });

  it("is none where a list says it better", () => {
    expect(matrixOf([])).toBeNull();
    expect(matrixOf([sku("S", { size: "S" }), sku("M", { size: "M" })])).toBeNull();
    expect(matrixOf([sku("A", { a: "1", b: "1" }), sku("B", null)])).toBeNull();
    expect(matrixOf([sku("A", { a: "1", b: "1" }), sku("B", { b: "1", a: "1" })])).toBeNull();
  });
});
