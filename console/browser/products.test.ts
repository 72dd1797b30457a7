import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  api,
  expectNoSidewaysScroll,
  expectNoViolations,
  inParallel,
  NARROW,
  newVendor,
  openPage,
  PICTURE_HOST,
  poll,
  seedOrder,
  seedProduct,
  seedSku,
  signIn,
  startBrowser,
} from "./support";

const vendor = newVendor();
const as = { role: "vendor", vendor } as const;
let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(() => browser?.close());

async function openAs(address: string, options: { size?: typeof NARROW; vendor?: string } = {}) {
  const opened = await openPage(browser, { address, ...options });
  await signIn(opened.page, "vendor", options.vendor ?? vendor);
  return opened;
}

test("products are found by name and own id, by category and state, kept in the address", async () => {
  const shop = newVendor();
  await seedProduct(shop, {
    product_name: "Green tea",
    category: "Drinks",
    external_id: "A-17",
    base_price: 4,
  });
  await seedProduct(shop, { product_name: "Black tea", category: "Drinks", base_price: 6 });
  const mug = await seedProduct(shop, { product_name: "Mug", category: "Kitchen/Cups", base_price: 9 });
  await api("DELETE", `/catalog/products/${mug.product_id}`, undefined, { role: "vendor", vendor: shop });
  const { page, context, recorder } = await openAs("/products", { vendor: shop });
  const names = () => page.locator("tbody a").allTextContents();
  await poll(names).toEqual(["Black tea", "Green tea", "Mug"]);
  await page.getByRole("searchbox", { name: "Search" }).fill("a-17");
  await poll(names).toEqual(["Green tea"]);
  await page.getByText("1 of 3 products").waitFor();
  await poll(() => new URL(page.url()).searchParams.get("q")).toBe("a-17");
  await page.getByRole("searchbox", { name: "Search" }).fill("coffee");
  await page.getByRole("button", { name: "Clear search and filters" }).click();
  await page.getByRole("combobox", { name: "Category" }).selectOption("Kitchen/Cups");
  await poll(names).toEqual(["Mug"]);
  await page.reload();
  await poll(names).toEqual(["Mug"]);
  await page.getByRole("combobox", { name: "Category" }).selectOption("All categories");
  await page.getByText("Inactive", { exact: true }).first().click();
  await poll(names).toEqual(["Mug"]);
  await page.getByText("All", { exact: true }).click();
  await page.getByRole("columnheader", { name: "Price" }).getByRole("button").click();
  await page.getByRole("columnheader", { name: "Price" }).getByRole("button").click();
  await poll(names).toEqual(["Mug", "Black tea", "Green tea"]);
  expect(new URL(page.url()).searchParams.get("sort")).toBe("-price");
  await page.getByRole("link", { name: "Green tea" }).click();
  await page.getByRole("heading", { level: 1, name: "Green tea" }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("hundreds of products scroll, and only those near the window are drawn", async () => {
  const shop = newVendor();
  await inParallel(
    Array.from({ length: 120 }, (_, number) => number),
    8,
    (number) => seedProduct(shop, { product_name: `Mug ${String(number).padStart(3, "0")}` }),
  );
  const { page, context, recorder } = await openAs("/products", { vendor: shop });
  await page.getByText("120 products").waitFor();
  expect(await page.locator("tbody a").count()).toBeLessThan(60);
  await page.getByRole("region", { name: "Products" }).focus();
  await page.keyboard.press("End");
  await page.getByRole("link", { name: "Mug 119" }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("a product is created with its variants as a matrix", async () => {
  const shop = newVendor();
  const { page, context, recorder } = await openAs("/products", { vendor: shop });
  await page.getByRole("heading", { name: "No products yet" }).waitFor();
  await expectNoViolations(page);
  await page.getByRole("button", { name: "New product" }).first().click();
  const form = page.getByRole("dialog", { name: "New product" });
  await form.getByRole("button", { name: "Create product" }).click();
  await poll(() => form.getByText("This is needed.").count()).toBe(3);
  await expectNoViolations(page);
  await form.getByLabel("Name").fill("Sweater");
  await form.getByLabel("Category", { exact: false }).first().fill("Clothing/Sweaters");
  await form.getByLabel("Base price").fill("59.9");
  await form.getByLabel("Own id").fill("SW-1");
  await form.getByRole("button", { name: "Create product" }).click();
  await page.getByRole("heading", { level: 1, name: "Sweater" }).waitFor();
  await page.getByRole("heading", { name: "No SKUs yet" }).waitFor();
  await page.getByRole("button", { name: "Add variants" }).first().click();
  const variants = page.getByRole("dialog", { name: "Add variants" });
  await variants.getByLabel("Name of attribute 1").fill("color");
  await variants.locator('input[aria-label="Values of attribute 1"]').fill("Black");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Sand");
  await page.keyboard.press("Enter");
  await variants.getByRole("button", { name: "Add attribute" }).click();
  await variants.getByLabel("Name of attribute 2").fill("size");
  await variants.locator('input[aria-label="Values of attribute 2"]').fill("M");
  await page.keyboard.press("Enter");
  await page.keyboard.type("L");
  await page.keyboard.press("Enter");
  await variants.getByText("4 new variants").waitFor();
  await variants.getByLabel("Create Sand / L").uncheck();
  await variants.getByLabel("SKU code of Black / M").fill("BLK-M");
  await variants.getByLabel("Price of Black / L").fill("64.9");
  await expectNoViolations(page);
  await variants.getByRole("button", { name: "Create 3 SKUs" }).click();
  await variants.waitFor({ state: "detached" });
  const skus = page.getByRole("region", { name: "SKUs" });
  await skus.getByRole("link", { name: "Black / M 0 of 0 59.90 out" }).waitFor();
  await skus.getByRole("columnheader", { name: "size L" }).waitFor();
  expect(await skus.getByRole("link", { name: /^Black \/ L/ }).textContent()).toContain("64.90");
  await expectNoViolations(page);
  await skus.getByRole("button", { name: "+ Add Sand, L" }).click();
  await variants.getByText("1 new variant, 3 exist already").waitFor();
  await variants.getByRole("button", { name: "Create 1 SKU" }).click();
  await skus.getByRole("link", { name: /^Sand \/ L/ }).click();
  await page.getByRole("heading", { level: 1, name: "Sweater · Sand / L" }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("a variant that is refused stays with its reason, and the others are created", async () => {
  const product = await seedProduct(vendor, { product_name: "Cap" });
  const { page, context, recorder } = await openAs(`/products/${product.product_id}?open=variants`);
  recorder.allow(/409/);
  const variants = page.getByRole("dialog", { name: "Add variants" });
  await variants.getByLabel("Name of attribute 1").fill("size");
  await variants.locator('input[aria-label="Values of attribute 1"]').fill("S");
  await page.keyboard.press("Enter");
  await page.keyboard.type("M");
  await page.keyboard.press("Enter");
  await variants.getByText("2 new variants").waitFor();
  await seedSku(vendor, product, "S");
  await variants.getByRole("button", { name: "Create 2 SKUs" }).click();
  await variants.getByText("1 variant was not created; its reason stands beside it.").waitFor();
  await variants
    .getByText(/already exists/i)
    .first()
    .waitFor();
  await variants.getByLabel("SKU code of S", { exact: true }).fill("S-2");
  await variants.getByRole("button", { name: "Create 1 SKU" }).click();
  await variants.waitFor({ state: "detached" });
  await poll(() => page.getByRole("region", { name: "SKUs" }).getByRole("link").count()).toBe(3);
  recorder.expectClean();
  await context.close();
});

test("a product is changed with pictures, and the change can be undone", async () => {
  const product = await seedProduct(vendor, { product_name: "Lamp", brand: "Glow" });
  const { page, context, recorder } = await openAs(`/products/${product.product_id}`);
  await page.getByRole("button", { name: "Edit" }).click();
  const form = page.getByRole("dialog", { name: "Edit product" });
  await form.getByRole("button", { name: "Add picture" }).click();
  await form.getByLabel("Address of picture 1").fill("lamp.png");
  await form.getByText(/^Every address has to begin with https/).waitFor();
  await form.getByLabel("Address of picture 1").fill(`https://${PICTURE_HOST}/lamp.png`);
  await form.locator("img").waitFor();
  await form.getByLabel("Name").fill("Desk lamp");
  await form.getByLabel("Brand").fill("");
  await form.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("heading", { level: 1, name: "Desk lamp" }).waitFor();
  const picture = page.getByRole("img", { name: "Picture 1" });
  expect(await picture.getAttribute("referrerpolicy")).toBe("no-referrer");
  await expectNoViolations(page);
  const stored = await api<Record<string, unknown>>("GET", `/catalog/products/${product.product_id}`);
  expect(stored).toMatchObject({ brand: null, images: [`https://${PICTURE_HOST}/lamp.png`] });
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("heading", { level: 1, name: "Lamp", exact: true }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("two people change a product at once: both versions are shown", async () => {
  const product = await seedProduct(vendor, { product_name: "Chair" });
  const { page, context, recorder } = await openAs(`/products/${product.product_id}?open=edit`);
  recorder.allow(/412/);
  const form = page.getByRole("dialog", { name: "Edit product" });
  await form.getByLabel("Base price").fill("33");
  await api("PATCH", `/catalog/products/${product.product_id}`, { base_price: 44, brand: "Oak" }, as);
  await form.getByRole("button", { name: "Save changes" }).click();
  const conflict = page.getByRole("dialog", { name: "Somebody else changed this meanwhile" });
  await conflict.getByRole("row", { name: "Base price 33.00 44.00" }).waitFor();
  await expectNoViolations(page);
  await conflict.getByRole("button", { name: "Apply my change" }).click();
  await conflict.waitFor({ state: "detached" });
  const details = page.getByRole("region", { name: "Details" });
  await details.getByText("33.00").waitFor();
  await details.getByText("Oak").waitFor();
  recorder.expectClean();
  await context.close();
});

test("a product is deactivated and comes back, by the keyboard alone", async () => {
  const product = await seedProduct(vendor, { product_name: "Table" });
  const { page, context, recorder } = await openAs(`/products/${product.product_id}`);
  await page.getByRole("button", { name: "Deactivate" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Deactivate Table?" });
  await dialog.waitFor();
  await poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Cancel");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Inactive", { exact: true }).waitFor();
  await page.getByText("Reactivate the product to add variants.").waitFor();
  expect(await page.getByRole("button", { name: "Add variants" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Reactivate" }).click();
  await page.getByText("Active", { exact: true }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("a recalled product shows what orders hold of it, and is out of sale in the inventory at once", async () => {
  const shop = newVendor();
  const kettle = await seedProduct(shop, { product_name: "Kettle" });
  const steel = await seedSku(shop, kettle, "STEEL", { variant_name: "Steel" }, 9);
  await seedSku(shop, kettle, "GLASS", { variant_name: "Glass" }, 9);
  const order = `ORDER-RECALL-${shop.slice(-10)}`;
  await seedOrder(order, [{ product_id: kettle.product_id, sku: steel.sku, quantity: 3 }]);
  const { page, context, recorder } = await openAs("/inventory", { vendor: shop });
  await page.getByText("2 SKUs").waitFor();
  await page.getByRole("link", { name: "Products" }).click();
  await page.getByRole("link", { name: "Kettle", exact: true }).click();
  await page.getByRole("button", { name: "Deactivate" }).click();
  const dialog = page.getByRole("dialog", { name: "Deactivate Kettle?" });
  await dialog.getByText(/^Open orders hold 3 units of it\./).waitFor();
  await expectNoViolations(page);
  await dialog.getByRole("link", { name: "Steel: 3 reserved" }).click();
  await page.getByRole("link", { name: order }).waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "Deactivate" }).click();
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await page.getByText("Product deactivated.").waitFor();
  await page.getByRole("link", { name: "Inventory", exact: true }).click();
  await poll(() => page.getByText("Product inactive", { exact: true }).count()).toBe(2);
  await page.getByText("Inactive 2", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await poll(() => page.getByText("Product inactive", { exact: true }).count()).toBe(0);
  recorder.expectClean();
  await context.close();
});

test("an own id that is taken is refused readably, and nothing typed is lost", async () => {
  await seedProduct(vendor, { product_name: "Vase", external_id: "V-1" });
  const { page, context, recorder } = await openAs("/products?new=true");
  recorder.allow(/409/);
  const form = page.getByRole("dialog", { name: "New product" });
  await form.getByLabel("Name").fill("Other vase");
  await form.getByLabel("Category", { exact: false }).first().fill("Kitchen");
  await form.getByLabel("Base price").fill("5");
  await form.getByLabel("Own id").fill("V-1");
  await form.getByRole("button", { name: "Create product" }).click();
  await form.getByRole("alert").getByText("The external id is already in use").waitFor();
  expect(await form.getByLabel("Name").inputValue()).toBe("Other vase");
  await form.getByLabel("Own id").fill("V-2");
  await form.getByRole("button", { name: "Create product" }).click();
  await page.getByRole("heading", { level: 1, name: "Other vase" }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("another vendor's product is not found, though customers see it", async () => {
  const other = newVendor();
  const lamp = await seedProduct(other, { product_name: "Other vendor's lamp" });
  const { page, context, recorder } = await openAs(`/products/${lamp.product_id}?vendor=${other}`);
  recorder.allow(/404|422/);
  await page.getByRole("heading", { name: "Product not found" }).waitFor();
  expect(await page.getByText("Other vendor's lamp").count()).toBe(0);
  await page.goto(`/products?vendor=${other}`);
  await page.getByRole("heading", { level: 1, name: "Products" }).waitFor();
  await poll(() => page.locator("tbody a").count()).toBeGreaterThan(0);
  expect(await page.getByText("Other vendor's lamp").count()).toBe(0);
  await page.goto("/products/nonsense");
  await page.getByRole("heading", { name: "Product not found" }).waitFor();
  await expectNoViolations(page);
  await context.close();
});

test("an admin creates a product for the vendor that the address names", async () => {
  const shop = newVendor();
  const { page, context, recorder } = await openPage(browser, { address: `/products?vendor=${shop}` });
  await signIn(page, "admin");
  await page.getByRole("button", { name: "New product" }).first().click();
  const form = page.getByRole("dialog", { name: "New product" });
  await form.getByLabel("Name").fill("Stool");
  await form.getByLabel("Category", { exact: false }).first().fill("Furniture");
  await form.getByLabel("Base price").fill("20");
  await form.getByRole("button", { name: "Create product" }).click();
  await page.getByRole("heading", { level: 1, name: "Stool" }).waitFor();
  expect(new URL(page.url()).searchParams.get("vendor")).toBe(shop);
  recorder.expectClean();
  await context.close();
});

test("it has no accessibility violation, and is usable on a phone", async () => {
  const product = await seedProduct(vendor, {
    product_name: "Bowl",
    description: "Round.\nDeep.",
    tags: ["new"],
  });
  for (const color of ["RED", "BLUE"]) {
    for (const size of ["S", "M", "L"]) {
      await seedSku(vendor, product, `${color}-${size}`, { variant_attributes: { color, size } }, 3);
    }
  }
  const { page, context, recorder } = await openAs("/products", { size: NARROW });
  await page.getByRole("link", { name: "Bowl" }).waitFor();
  await expectNoSidewaysScroll(page);
  await expectNoViolations(page);
  await page.getByRole("link", { name: "Bowl" }).click();
  await page.getByRole("columnheader", { name: "size L" }).waitFor();
  await expectNoSidewaysScroll(page);
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Add variants" }).click();
  await page.getByText("0 new variants, 6 exist already").waitFor();
  await expectNoSidewaysScroll(page);
  await expectNoViolations(page);
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 1440, height: 900 });
  await expectNoViolations(page);
  await page.goto("/products");
  await page.getByRole("link", { name: "Bowl" }).waitFor();
  await expectNoViolations(page);
  recorder.expectClean();
  await context.close();
});
