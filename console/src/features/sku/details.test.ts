import { describe, expect, it } from "vitest";
import { attributesText, type Details, detailsOf, errorsOf, inverseOf, patchOf } from "./details";

const STORED = {
  variant_name: "Black, L",
  unit_price: 19.5,
  reorder_threshold: 3,
  barcode: null as string | null,
  variant_attributes: { size: "L", color: "Black" } as Record<string, string> | null,
  is_active: true,
};
const changed = (members: Partial<Details>) => ({ ...detailsOf(STORED), ...members });
const rows = (attributes: Record<string, string>) =>
  Object.entries(attributes).map(([name, value], id) => ({ id, name, value }));

describe("the details of a SKU", () => {
  it("are no change as they are read", () => {
    expect(patchOf(STORED, detailsOf(STORED))).toEqual({});
    expect(errorsOf(detailsOf(STORED))).toEqual([]);
    expect(detailsOf(STORED)).toMatchObject({ price: "19.50", barcode: "" });
  });

  it("send what changed alone", () => {
    expect(patchOf(STORED, changed({ price: "20", threshold: "1,000", barcode: " 4006381333931 " }))).toEqual(
      {
        unit_price: 20,
        reorder_threshold: 1000,
        barcode: "4006381333931",
      },
    );
    expect(patchOf({ ...STORED, barcode: "A" }, changed({ barcode: "" }))).toEqual({ barcode: null });
  });

  it("send attributes as a merge patch", () => {
    const attributes = rows({ size: "XL", fit: "slim" });
    expect(patchOf(STORED, changed({ attributes }))).toEqual({
      variant_attributes: { size: "XL", fit: "slim", color: null },
    });
    expect(patchOf(STORED, changed({ attributes: [] }))).toEqual({ variant_attributes: null });
    const bare = { ...STORED, variant_attributes: null };
    expect(patchOf(bare, { ...detailsOf(bare), attributes: rows({ size: "L" }) })).toEqual({
      variant_attributes: { size: "L" },
    });
  });

  it("say what the service would refuse", () => {
    expect(
      errorsOf(changed({ name: " ", price: "1.234", threshold: "-1", barcode: "x".repeat(41) })),
    ).toEqual(["name", "price", "threshold", "barcode"]);
    for (const attributes of [
      rows({ size: " " }),
      rows({ "": "L" }),
      [...rows({ a: "1" }), ...rows({ "a ": "2" })],
    ]) {
      expect(errorsOf(changed({ attributes }))).toEqual(["attributes"]);
    }
  });

  it("can be brought back", () => {
    expect(inverseOf(STORED, { unit_price: 20, is_active: false })).toEqual({
      unit_price: 19.5,
      is_active: true,
    });
    const patch = { variant_attributes: { size: "XL", fit: "slim", color: null } };
    expect(inverseOf(STORED, patch)).toEqual({
      variant_attributes: { size: "L", fit: null, color: "Black" },
    });
    expect(inverseOf(STORED, { variant_attributes: null })).toEqual({
      variant_attributes: { size: "L", color: "Black" },
    });
    expect(inverseOf({ ...STORED, variant_attributes: null }, { variant_attributes: { a: "1" } })).toEqual({
      variant_attributes: null,
    });
  });

  it("are one line in a comparison", () => {
    expect(attributesText({ size: "L", color: null })).toBe("color –, size L");
    expect(attributesText(null)).toBe("");
  });
});
