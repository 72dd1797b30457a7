import { expect, test } from "vitest";
import { plainName, shownName, shownReason, shownValues } from "./shown";

const named = { key: "k", product_id: "PROD-E4F9A" };

test("what is created or changed has the names of the columns", () => {
  const body = JSON.stringify({
    sku: "SKU-PROD-E4F9A-M",
    variant_name: "M",
    unit_price: 79.5,
    variant_attributes: { Color: "Red", Size: "M" },
  });
  expect(
    shownValues({ do: "create_sku", ...named, sku: "SKU-PROD-E4F9A-M", body, deactivates: true }),
  ).toEqual([
    { label: "Name of the variant", value: "M" },
    { label: "Price", value: "79.5" },
    { label: "Attributes of the variant", value: "Color Red, Size M" },
    { label: "Active", value: "No" },
  ]);
  expect(
    shownValues({
      do: "change_product",
      ...named,
      version: 1,
      body: '{"product_name":"Mug","is_active":true,"tags":["a","b"]}',
      before: '{"product_name":"Old mug","is_active":false,"tags":null}',
    }),
  ).toEqual([
    { label: "Name", value: "Old mug → Mug" },
    { label: "Active", value: "No → Yes" },
    { label: "Tags", value: "– → a, b" },
  ]);
});

test("a long text is cut, and stock speaks for itself", () => {
  const body = JSON.stringify({ description: "x".repeat(500) });
  const [description] = shownValues({ do: "create_product", key: "k", body, deactivates: false }) ?? [];
  expect(description?.value).toHaveLength(120);
  expect(shownValues({ do: "change_stock", ...named, sku: "S", reference: "r", body: "{}" })).toBeNull();
});

test("a unit is named by what it does", () => {
  const create = { do: "create_product", key: "k", body: "{}", deactivates: false } as const;
  expect(shownName({ name: "product A1", command: create })).toBe("Create product A1");
  const stock = { do: "change_stock", ...named, sku: "S", reference: "r", body: "{}" } as const;
  expect(shownName({ name: "sku SKU-PROD-E4F9A-M [delivery 7]", command: stock })).toBe(
    "Book SKU-PROD-E4F9A-M [delivery 7]",
  );
  expect(plainName("sku SKU-PROD-E4F9A-M")).toBe("SKU-PROD-E4F9A-M");
});

test("a service's code becomes a sentence, other reasons stay", () => {
  expect(shownReason("sku_not_found")).toBe("the shop has no such SKU: import SKUs first");
  expect(shownReason("product_inactive: PROD-E4F9A is deactivated.")).toBe(
    "its product is inactive: reactivate it first (PROD-E4F9A is deactivated)",
  );
  expect(shownReason("unheard_of: Something.")).toBe("unheard_of: Something.");
  expect(shownReason("is a gift card …")).toBe("is a gift card …");
});
