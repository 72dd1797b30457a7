import { describe, expect, it } from "vitest";
import {
  type Details,
  detailsOf,
  EMPTY,
  errorsOf,
  inverseOf,
  isPictureAddress,
  patchOf,
  storedOf,
} from "./details";

const STORED = {
  product_name: "Tea",
  description: null,
  category: "Drinks",
  subcategory: null,
  brand: "Leaf",
  base_price: 4.5,
  images: ["https://example.com/a.png"],
  tags: null,
};

const changed = (members: Partial<Details>): Details => ({ ...detailsOf(STORED), ...members });

describe("a product's form", () => {
  it("changes nothing as it is read", () => {
    expect(patchOf(STORED, detailsOf(STORED))).toEqual({});
    expect(patchOf({ ...STORED, tags: [] }, detailsOf(STORED))).toEqual({});
  });

  it("sends what it changes, null for what it empties", () => {
    const details = changed({ product_name: " Green tea ", brand: " ", images: [], tags: ["new", " "] });
    expect(patchOf(STORED, details)).toEqual({
      product_name: "Green tea",
      brand: null,
      images: null,
      tags: ["new"],
    });
  });

  it("keeps the order of pictures, because the first is the one that lists show", () => {
    const two = { ...STORED, images: ["https://example.com/a.png", "https://example.com/b.png"] };
    const turned = { ...detailsOf(two), images: ["https://example.com/b.png", "https://example.com/a.png"] };
    expect(patchOf(two, turned)).toEqual({ images: turned.images });
  });

  it("can be brought back", () => {
    expect(inverseOf(STORED, { product_name: "Mug", tags: ["a"], images: null })).toEqual({
      product_name: "Tea",
      tags: null,
      images: ["https://example.com/a.png"],
    });
  });

  it("says what is missing", () => {
    expect(errorsOf(EMPTY)).toEqual({
      product_name: "required",
      category: "required",
      base_price: "required",
    });
    expect(errorsOf(changed({ product_name: "  " }))).toEqual({ product_name: "required" });
    expect(errorsOf(detailsOf(STORED))).toEqual({});
  });

  it("says what is out of bounds", () => {
    expect(errorsOf(changed({ base_price: "-1" }))).toEqual({ base_price: "price" });
    expect(errorsOf(changed({ base_price: "10000000" }))).toEqual({ base_price: "price" });
    expect(errorsOf(changed({ base_price: "1x" }))).toEqual({ base_price: "price" });
    expect(errorsOf(changed({ brand: "x".repeat(201) }))).toEqual({ brand: "too_long" });
    expect(errorsOf(changed({ tags: Array(51).fill("x") }))).toEqual({ tags: "too_many" });
    expect(errorsOf(changed({ images: Array(21).fill("https://example.com/a.png") }))).toEqual({
      images: "too_many",
    });
    expect(errorsOf(changed({ images: ["a.png"] }))).toEqual({ images: "address" });
  });

  it("is stored without outer blanks", () => {
    expect(storedOf({ ...EMPTY, product_name: " a ", category: "b", base_price: "0" })).toMatchObject({
      product_name: "a",
      base_price: 0,
      description: null,
      images: null,
    });
  });
});

describe("addresses of pictures", () => {
  it("are absolute, by HTTPS", () => {
    expect(isPictureAddress("https://example.com/a.png")).toBe(true);
    for (const address of ["http://example.com/a.png", "/a.png", "data:image/png;base64,", "javascript:1"]) {
      expect(isPictureAddress(address)).toBe(false);
    }
  });
});
