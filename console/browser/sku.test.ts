import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  api,
  expectNoSidewaysScroll,
  expectNoViolations,
  NARROW,
  newVendor,
  openPage,
  poll,
  type SeededSku,
  seedOrder,
  seedProduct,
  seedSku,
  signIn,
  startBrowser,
} from "./support";

const vendor = newVendor();
const order = `ORDER-SKU-${vendor.slice(-8)}`;
const as = { role: "vendor", vendor } as const;
let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(() => browser?.close());

/** A SKU of its own for each test, with 20 units. */
async function newSku(): Promise<SeededSku> {
  const product = await seedProduct(vendor, { product_name: "Enamel mug", external_id: crypto.randomUUID() });
  return seedSku(
    vendor,
    product,
    "BLUE-L",
    { variant_name: "Blue, L", variant_attributes: { color: "Blue", size: "L" } },
    20,
  );
}

const pathOf = (sku: SeededSku) => `/stock/products/${sku.product_id}/skus/${sku.sku}`;

async function openSku(sku: SeededSku, options: { size?: typeof NARROW } = {}) {
  const opened = await openPage(browser, { address: `/skus/${sku.sku}`, ...options });
  await signIn(opened.page, "vendor", vendor);
  await opened.page.getByRole("heading", { level: 1, name: "Enamel mug · Blue, L" }).waitFor();
  return opened;
}

/** The figures at the top, as they are read. */
const figures = (page: Page) => async () => {
  const values = await page.locator("dl").first().locator("dd").allTextContents();
  return values.join(" ");
};

test("a SKU shows its stock, its records and who holds units", async () => {
  const sku = await newSku();
  await seedOrder(order, [{ product_id: sku.product_id, sku: sku.sku, quantity: 3 }]);
  await api(
    "POST",
    `/stock/orders/${order}/confirm`,
    { lines: [{ sku: sku.sku, quantity: 1 }] },
    { role: "desk" },
  );
  const { page, context, recorder } = await openSku(sku);
  await poll(figures(page)).toBe("17 2 19 5 10.00");
  expect(await page.title()).toBe("Enamel mug · Blue, L · Inventory console");
  const held = page.getByRole("region", { name: "Open reservations" });
  await held.getByRole("row", { name: new RegExp(`${order} 2 `) }).waitFor();
  const log = page.getByRole("region", { name: "Log" });
  await poll(() => log.getByRole("row").count()).toBe(4);
  expect(await log.getByRole("row").nth(1).textContent()).toMatch(/Order confirmed-1.*-1.*19local-desk/);
  await log.getByText(order, { exact: true }).first().waitFor();
  await log.getByRole("combobox", { name: "Type of record" }).selectOption("Restock");
  await poll(() => log.getByRole("row").count()).toBe(2);
  recorder.expectClean();
  await context.close();
});

test("the timeline shows the balance after each record, by arrow keys, over time or by record", async () => {
  const sku = await newSku();
  await api("POST", `${pathOf(sku)}/adjustments`, { quantity_change: -4, notes: "Broken" }, as);
  const { page, context, recorder } = await openSku(sku);
  const timeline = page.getByRole("region", { name: "Timeline" });
  const chart = timeline.getByRole("slider");
  await chart.locator("canvas").waitFor();
  await poll(() => chart.getAttribute("aria-valuetext")).toMatch(
    /^Record 2, .*Available 16, Reserved 0, On hand 16$/,
  );
  await chart.focus();
  await page.keyboard.press("ArrowLeft");
  await poll(() => chart.getAttribute("aria-valuetext")).toMatch(/^Record 1, .*On hand 20$/);
  await timeline.getByText("Restock · +20 on hand").waitFor();
  await page.keyboard.press("End");
  await timeline.getByText("Adjustment · -4 on hand · Broken").waitFor();
  await timeline.getByText("Record", { exact: true }).click();
  await chart.hover({ position: { x: 60, y: 80 } });
  await poll(() => chart.getAttribute("aria-valuetext")).toMatch(/^Record 1, /);
  recorder.expectClean();
  await context.close();
});

test("a vendor sees the stock of its SKU on a past day, and that its log is untouched", async () => {
  const sku = await newSku();
  await seedOrder(`${order}-P`, [{ product_id: sku.product_id, sku: sku.sku, quantity: 2 }]);
  const { page, context, recorder } = await openSku(sku);
  recorder.allow(/404/);
  const log = page.getByRole("region", { name: "Log" });
  await log.getByRole("link", { name: "Stock at a time" }).click();
  await page.getByRole("heading", { level: 1, name: `Stock of ${sku.sku}` }).waitFor();
  await page.getByText("By record 2", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Previous record" }).click();
  await page.getByText("By record 1", { exact: true }).waitFor();
  await page.locator("#content").getByRole("link", { name: "Verify" }).click();
  await page.getByText("All 2 records are whole").waitFor();
  await page.locator("#content").getByRole("link", { name: "Log", exact: true }).click();
  await page.getByText("2 records, all there are").waitFor();
  // Another vendor's is not shown.
  const other = newVendor();
  const foreign = await seedSku(other, await seedProduct(other, { product_name: "Foreign" }), "ONE", {}, 1);
  await page.goto(`/verify/${foreign.sku}`);
  await page.getByRole("heading", { name: "SKU not found" }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("a restock is added at once and can be undone", async () => {
  const sku = await newSku();
  const { page, context, recorder } = await openSku(sku);
  await page.getByRole("button", { name: "Restock" }).click();
  const dialog = page.getByRole("dialog", { name: "Restock: Blue, L" });
  await dialog.getByRole("button", { name: "Restock" }).click();
  await dialog.getByText("A whole number from 1 to 1,000,000.").waitFor();
  await dialog.getByLabel("Units that arrive").fill("12");
  await dialog.getByLabel("Note").fill("Delivery 7");
  await expectNoViolations(page);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await poll(figures(page)).toBe("32 0 32 5 10.00");
  const log = page.getByRole("region", { name: "Log" });
  await log.getByRole("row", { name: /Restock \+12 .*Delivery 7/ }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await poll(figures(page)).toBe("20 0 20 5 10.00");
  await log.getByRole("row", { name: /Adjustment -12 .*Undo of TXN-/ }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("an adjustment needs a reason, and never takes what orders hold", async () => {
  const sku = await newSku();
  await seedOrder(`${order}-A`, [{ product_id: sku.product_id, sku: sku.sku, quantity: 15 }]);
  const { page, context, recorder } = await openSku(sku);
  recorder.allow(/409/);
  await page.getByRole("button", { name: "Adjust" }).click();
  const dialog = page.getByRole("dialog", { name: "Adjust the stock: Blue, L" });
  await dialog.getByText("20 on hand, 15 of them reserved").waitFor();
  await dialog.getByLabel("Change", { exact: true }).fill("-8");
  await dialog.getByText("20 → 12 on hand").waitFor();
  await dialog.getByText("Orders hold 15 units; no fewer can be on hand.").waitFor();
  await dialog.getByRole("button", { name: "Adjust" }).click();
  await dialog.getByText("A reason is needed.").waitFor();
  await dialog.getByLabel("Reason").fill("Broken");
  await dialog.getByRole("button", { name: "Adjust" }).click();
  await dialog.getByRole("alert").getByText("The stock would fall below the reserved units").waitFor();
  await expectNoViolations(page);
  await dialog.getByLabel("Change", { exact: true }).fill("-2");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await poll(figures(page)).toBe("3 15 18 5 10.00");
  await page.getByRole("button", { name: "Undo" }).click();
  await poll(figures(page)).toBe("5 15 20 5 10.00");
  recorder.expectClean();
  await context.close();
});

test("an admin opens a SKU by its address alone, which then names the vendor", async () => {
  const sku = await newSku();
  const { page, context, recorder } = await openPage(browser, { address: `/skus/${sku.sku}` });
  await signIn(page, "admin");
  await page.getByRole("heading", { level: 1, name: "Enamel mug · Blue, L" }).waitFor();
  await poll(() => new URL(page.url()).searchParams.get("vendor")).toBe(vendor);
  await page.getByRole("link", { name: "Enamel mug", exact: true }).click();
  await poll(() => new URL(page.url()).search).toBe(`?vendor=${vendor}`);
  recorder.expectClean();
  await context.close();
});

test("a count that a sale has overtaken shows both numbers", async () => {
  const sku = await newSku();
  const { page, context, recorder } = await openSku(sku);
  recorder.allow(/409/);
  await page.getByRole("button", { name: "Adjust" }).click();
  // Who clicked the way to change it types at once.
  await page.getByText("Set to count").click();
  await page.keyboard.type("18");
  expect(await page.getByLabel("Units counted").inputValue()).toBe("18");
  await page.getByLabel("Reason").fill("Stocktake");
  await api("POST", `${pathOf(sku)}/adjustments`, { quantity_change: -5, notes: "Sold at the door" }, as);
  await page.getByRole("button", { name: "Adjust" }).last().click();
  const conflict = page.getByRole("dialog", { name: "Somebody else changed this meanwhile" });
  await conflict.getByRole("row", { name: "On hand 20 15" }).waitFor();
  await expectNoViolations(page);
  await conflict.getByRole("button", { name: "Apply my change" }).click();
  await poll(figures(page)).toBe("18 0 18 5 10.00");
  recorder.expectClean();
  await context.close();
});

test("details are saved, by the keyboard alone, and can be brought back", async () => {
  const sku = await newSku();
  const { page, context, recorder } = await openSku(sku);
  const details = page.getByRole("region", { name: "Details" });
  await details.getByLabel("Price").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("12.345");
  await details.getByText(/^A price from 0/).waitFor();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("12.5");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("9");
  await page.keyboard.press("Enter");
  await poll(figures(page)).toBe("20 0 20 9 12.50");
  await page.getByRole("button", { name: "Undo" }).click();
  await poll(figures(page)).toBe("20 0 20 5 10.00");
  await poll(() => details.getByLabel("Price").inputValue()).toBe("10.00");
  await details.getByRole("button", { name: "Add attribute" }).click();
  await details.getByLabel("Name of attribute 3").fill("fit");
  await details.getByLabel("Value of attribute 3").fill("wide");
  await details.getByRole("button", { name: "Remove color" }).click();
  await details.getByLabel("Barcode").fill("4006381333931");
  await details.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Details saved.").first().waitFor();
  const stored = await api<{ variant_attributes: unknown; barcode: string }>(
    "GET",
    pathOf(sku),
    undefined,
    as,
  );
  expect(stored).toMatchObject({ variant_attributes: { fit: "wide", size: "L" }, barcode: "4006381333931" });
  recorder.expectClean();
  await context.close();
});

test("two people change the details at once: both versions are shown", async () => {
  const sku = await newSku();
  const { page, context, recorder } = await openSku(sku);
  recorder.allow(/412/);
  const details = page.getByRole("region", { name: "Details" });
  await details.getByLabel("Price").fill("15");
  await api("PATCH", pathOf(sku), { unit_price: 14, reorder_threshold: 6 }, as);
  await details.getByRole("button", { name: "Save changes" }).click();
  const conflict = page.getByRole("dialog", { name: "Somebody else changed this meanwhile" });
  await conflict.getByRole("row", { name: "Price 15.00 14.00" }).waitFor();
  await conflict.getByRole("button", { name: "Apply my change" }).click();
  await conflict.waitFor({ state: "detached" });
  await poll(figures(page)).toBe("20 0 20 6 15.00");
  recorder.expectClean();
  await context.close();
});

test("a refused barcode says why, and nothing typed is lost", async () => {
  const sku = await newSku();
  const { page, context, recorder } = await openSku(sku);
  recorder.allow(/422/);
  const details = page.getByRole("region", { name: "Details" });
  await details.getByLabel("Barcode").fill("4006381333930");
  await details.getByRole("button", { name: "Save changes" }).click();
  await details
    .getByRole("alert")
    .getByText(/check digit/)
    .waitFor();
  expect(await details.getByLabel("Barcode").inputValue()).toBe("4006381333930");
  recorder.expectClean();
  await context.close();
});

test("a SKU is deactivated, which can be undone, and an inactive one takes no restock", async () => {
  const sku = await newSku();
  await seedOrder(`${order}-D`, [{ product_id: sku.product_id, sku: sku.sku, quantity: 2 }]);
  const { page, context, recorder } = await openSku(sku);
  recorder.allow(/409/);
  await page.getByRole("button", { name: "Deactivate" }).click();
  const dialog = page.getByRole("dialog", { name: "Deactivate Blue, L?" });
  await dialog.getByText(/Nothing is ever deleted/).waitFor();
  await dialog.getByText(/^Open orders hold 2 units of it\./).waitFor();
  expect(await dialog.getByRole("link", { name: "See these orders" }).getAttribute("href")).toBe(
    `/orders?sku=${sku.sku}`,
  );
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await page.getByText("Inactive", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Restock" }).click();
  await page.getByLabel("Units that arrive").fill("1");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("The SKU is deactivated", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Reactivate" }).click();
  await page.getByText("SKU reactivated.").waitFor();
  await page.getByText("Inactive", { exact: true }).waitFor({ state: "detached" });
  recorder.expectClean();
  await context.close();
});

test("a sale elsewhere appears by itself, and a form that is open keeps what is typed", async () => {
  const sku = await newSku();
  const { page, context, recorder } = await openSku(sku);
  const details = page.getByRole("region", { name: "Details" });
  await details.getByLabel("Variant name").fill("Blue, large");
  await seedOrder(`${order}-B`, [{ product_id: sku.product_id, sku: sku.sku, quantity: 4 }]);
  await expect.poll(figures(page), { timeout: 20_000 }).toBe("16 4 20 5 10.00");
  const log = page.getByRole("region", { name: "Log" });
  await log.getByRole("row", { name: new RegExp(`Order placed .*${order}-B`) }).waitFor();
  expect(await details.getByLabel("Variant name").inputValue()).toBe("Blue, large");
  recorder.expectClean();
  await context.close();
});

test("another vendor's SKU, an unknown one and nonsense are not found", async () => {
  const other = newVendor();
  const lamp = await seedProduct(other, { product_name: "Other vendor's lamp" });
  const foreign = await seedSku(other, lamp, "ONE", {}, 1);
  const { page, context, recorder } = await openPage(browser, {
    address: `/skus/${foreign.sku}?vendor=${other}`,
  });
  recorder.allow(/404/);
  await signIn(page, "vendor", vendor);
  await page.getByRole("heading", { name: "SKU not found" }).waitFor();
  expect(await page.getByText("Other vendor's lamp").count()).toBe(0);
  for (const id of ["SKU-PROD-ZZZZZ-NONE", "nonsense"]) {
    await page.goto(`/skus/${id}`);
    await page.getByRole("heading", { name: "SKU not found" }).waitFor();
  }
  await expectNoViolations(page);
  await page.getByRole("link", { name: "To the inventory" }).click();
  await poll(() => new URL(page.url()).pathname).toBe("/inventory");
  recorder.expectClean();
  await context.close();
});

test("a SKU without a record says so", async () => {
  const product = await seedProduct(vendor, { product_name: "Enamel mug" });
  const sku = await seedSku(vendor, product, "NEW", { variant_name: "Blue, L" });
  const { page, context, recorder } = await openSku(sku);
  await page.getByRole("heading", { name: "No movement yet" }).waitFor();
  await page.getByText("No order holds units.").waitFor();
  recorder.expectClean();
  await context.close();
});

test("it has no accessibility violation, and is usable on a phone", async () => {
  const sku = await newSku();
  await seedOrder(`${order}-C`, [{ product_id: sku.product_id, sku: sku.sku, quantity: 4 }]);
  const { page, context, recorder } = await openSku(sku, { size: NARROW });
  await page.locator("canvas").waitFor();
  await page.getByText(`${order}-C`, { exact: true }).first().waitFor();
  await expectNoSidewaysScroll(page);
  await expectNoViolations(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await expectNoViolations(page);
  recorder.expectClean();
  await context.close();
});
