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

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

interface Shop {
  readonly vendor: string;
  readonly red: SeededSku;
  readonly blue: SeededSku;
  readonly cup: SeededSku;
}

/** Mugs in two colours with one own id, the red one with a barcode, and a cup; ten units of each. */
async function newShop(): Promise<Shop> {
  const vendor = newVendor();
  const mug = await seedProduct(vendor, { product_name: "Mug", external_id: "MUG-7" });
  const cups = await seedProduct(vendor, { product_name: "Tea cup" });
  const red = await seedSku(vendor, mug, "RED", { variant_name: "Red", barcode: "4006381333931" }, 10);
  const blue = await seedSku(vendor, mug, "BLUE", { variant_name: "Blue" }, 10);
  const cup = await seedSku(vendor, cups, "STD", { variant_name: "Standard" }, 10);
  return { vendor, red, blue, cup };
}

async function openStocktake(vendor: string, options: { size?: typeof NARROW } = {}) {
  const opened = await openPage(browser, { address: "/stocktake", ...options });
  await signIn(opened.page, "vendor", vendor);
  await opened.page.getByRole("heading", { level: 1, name: "Stocktake" }).waitFor();
  return opened;
}

const codeField = (page: Page) => page.getByLabel("Barcode, SKU, own id or name");

/** What a scanner does: it types where the focus is, and ends with Enter. */
async function scan(page: Page, code: string): Promise<void> {
  await poll(() => codeField(page).evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
}

/** Count one SKU from the keyboard alone. */
async function count(page: Page, code: string, typed: string): Promise<void> {
  await scan(page, code);
  const units = page.getByLabel("Units counted");
  await units.waitFor();
  await poll(() => units.evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.type(typed);
  await page.keyboard.press("Enter");
  await units.waitFor({ state: "detached" });
}

const lead = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();

async function stockOf(vendor: string, { product_id, sku }: SeededSku): Promise<number> {
  const stored = await api<SeededSku>("GET", `/stock/products/${product_id}/skus/${sku}`, undefined, {
    role: "vendor",
    vendor,
  });
  return stored.current_stock;
}

async function recordsOf({ sku }: SeededSku): Promise<{ transaction_type: string; notes: string }[]> {
  const log = await api<{ items: { transaction_type: string; notes: string }[] }>(
    "GET",
    `/audit/skus/${sku}/transactions?limit=10`,
  );
  return log.items;
}

test("shelves are counted from the keyboard, kept over a reload and a lost network, and booked", async () => {
  const { vendor, red, blue, cup } = await newShop();
  const { page, context, recorder } = await openStocktake(vendor);
  await page.getByRole("heading", { name: "Count the shelves" }).waitFor();
  await expectNoViolations(page);

  await count(page, "4006381333931", "8");
  // Two variants have this own id.
  await scan(page, "mug-7");
  await page.getByText("2 SKUs match:").waitFor();
  await page.getByRole("button", { name: /^Mug · Blue/ }).click();
  await page.keyboard.type("ten");
  await page.keyboard.press("Enter");
  await page.getByText("Write a whole number from 0").waitFor();
  await page.getByLabel("Units counted").fill("9");
  await page.keyboard.press("Enter");
  await lead(page, "2 SKUs counted, 2 differ");

  await context.setOffline(true);
  recorder.allow(/Failed to load resource: net::ERR_INTERNET_DISCONNECTED/);
  await count(page, cup.sku, "10");
  await count(page, "4006381333931", "+1");
  await lead(page, "3 SKUs counted, 2 differ");
  await scan(page, "999");
  await page.getByText("No SKU has “999”.").waitFor();
  await context.setOffline(false);

  await page.reload();
  await lead(page, "3 SKUs counted, 2 differ");
  const table = page.getByRole("table", { name: "Counted" });
  await table.getByRole("row", { name: /Mug · Red.*9/ }).waitFor();
  await expectNoViolations(page);

  await page.getByRole("link", { name: "See the differences" }).click();
  await page.getByRole("heading", { name: "2 SKUs to book: 0 and -2 units" }).waitFor();
  expect(await stockOf(vendor, red)).toBe(10);
  await page.getByText("1 SKU counted as the system has them.").waitFor();
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Book 2 SKUs" }).click();
  await page.getByText("2 SKUs booked.").waitFor();
  await lead(page, "Nothing counted yet");
  expect([await stockOf(vendor, red), await stockOf(vendor, blue), await stockOf(vendor, cup)]).toEqual([
    9, 9, 10,
  ]);
  const [newest] = await recordsOf(red);
  expect(newest).toMatchObject({ transaction_type: "manual_adjustment" });
  expect(newest?.notes).toMatch(/^Stocktake /);

  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Undone.").waitFor();
  expect(await stockOf(vendor, red)).toBe(10);
  recorder.expectClean();
  await context.close();
});

test("each scan adds one, and another tab has the same count", async () => {
  const { vendor, red } = await newShop();
  const { page, context, recorder } = await openStocktake(vendor);
  await page.getByText("Each scan adds 1").click();
  for (const said of ["Mug · Red: 1", "Mug · Red: 2", "Mug · Red: 3"]) {
    await scan(page, "4006381333931");
    await page.getByText(said, { exact: true }).waitFor();
  }
  const second = await context.newPage();
  await second.goto("/stocktake");
  await signIn(second, "vendor", vendor);
  await lead(second, "1 SKU counted, 1 differ");
  await count(second, red.sku, "10");
  await lead(page, "1 SKU counted, 0 differ");
  await second.getByRole("button", { name: "Forget the count of Mug · Red" }).click();
  await lead(page, "Nothing counted yet");

  // A count belongs to a person and a vendor.
  await count(second, red.sku, "4");
  const other = await context.newPage();
  await other.goto("/stocktake");
  await signIn(other, "vendor", newVendor());
  await lead(other, "Nothing counted yet");
  recorder.expectClean();
  await context.close();
});

test("stock that has moved since is counted again, or keeps its difference", async () => {
  const { vendor, red, blue } = await newShop();
  const { page, context, recorder } = await openStocktake(vendor);
  await count(page, red.sku, "8");
  await count(page, blue.sku, "8");
  for (const sku of [red, blue]) {
    await api(
      "POST",
      `/stock/products/${sku.product_id}/skus/${sku.sku}/restocks`,
      { quantity: 5 },
      { role: "vendor", vendor },
    );
  }
  await page.getByRole("link", { name: "See the differences" }).click();
  // Whether the page knows it already, or learns it by the refusal.
  const moved = page.getByText("The stock of 2 SKUs has changed since it was counted");
  await moved.waitFor({ timeout: 30_000 });
  await expectNoViolations(page);
  const line = (name: string) => page.getByRole("row", { name: new RegExp(name) });
  await line("Mug · Red").getByRole("button", { name: "Keep the difference" }).click();
  await page.getByRole("heading", { name: "1 SKU to book: 0 and -2 units" }).waitFor();
  await line("Mug · Blue").getByRole("button", { name: "Count again" }).click();
  await page.getByLabel("Units counted").fill("15");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "See the differences" }).click();
  await page.getByRole("button", { name: "Book 1 SKU" }).click();
  await page.getByText("1 SKU booked.").waitFor();
  expect([await stockOf(vendor, red), await stockOf(vendor, blue)]).toEqual([13, 15]);
  recorder.expectClean();
  await context.close();
});

test("a count below what orders hold is kept, and leads to these orders", async () => {
  const { vendor, red } = await newShop();
  const order = `ORDER-COUNT-${vendor.slice(-10)}`;
  await seedOrder(order, [{ product_id: red.product_id, sku: red.sku, quantity: 3 }]);
  const { page, context, recorder } = await openStocktake(vendor);
  await count(page, red.sku, "1");
  await page.getByRole("link", { name: "See the differences" }).click();
  await page.getByRole("button", { name: "Book 1 SKU" }).click();
  await page.getByText("1 SKU could not be booked").waitFor();
  await expectNoViolations(page);
  await page.getByRole("link", { name: "See which orders hold them" }).click();
  await page.getByRole("link", { name: order }).first().waitFor();
  await page.goto("/stocktake");
  await page.getByText("1 SKU counted, 1 differ").waitFor();
  recorder.expectClean();
  await context.close();
});

test("a booking whose answer is lost is sent again, and booked once", async () => {
  const { vendor, red } = await newShop();
  const { page, context, recorder } = await openStocktake(vendor);
  await count(page, red.sku, "7");
  await page.getByRole("link", { name: "See the differences" }).click();
  recorder.allow(/Failed to load resource: net::ERR_FAILED/);
  let sent = 0;
  await page.route("**/api/stock/stock/batch", async (route) => {
    sent += 1;
    if (sent === 1) {
      await route.fetch(); // The service books it, and nobody is answered.
    }
    await route.abort();
  });
  await page.getByRole("button", { name: "Book 1 SKU" }).click();
  await page.getByText("1 SKU could not be booked").waitFor({ timeout: 30_000 });
  expect(await stockOf(vendor, red)).toBe(7);
  await page.unroute("**/api/stock/stock/batch");
  await page.reload();
  await page.getByText("1 SKU may have been booked already").waitFor();
  await page.getByRole("button", { name: "Book 1 SKU" }).click();
  await page.getByText("1 SKU booked.").waitFor();
  await poll(async () => (await recordsOf(red)).filter(({ notes }) => /^Stocktake/.test(notes)).length).toBe(
    1,
  );
  expect(await stockOf(vendor, red)).toBe(7);
  recorder.expectClean();
  await context.close();
});

test("it is counted on a phone, and a sheet is printed", async () => {
  const { vendor, red } = await newShop();
  const { page, context, recorder } = await openStocktake(vendor, { size: NARROW });
  await count(page, "4006381333931", "9");
  await expectNoSidewaysScroll(page);
  await expectNoViolations(page);
  await page.getByRole("link", { name: "See the differences" }).click();
  await page.getByRole("button", { name: "Book 1 SKU" }).waitFor();
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "Discard the count" }).click();
  await page.getByText("Forget the counts of 1 SKU?").waitFor();
  await page.getByRole("button", { name: "Discard the count" }).click();
  await lead(page, "Nothing counted yet");
  expect(await stockOf(vendor, red)).toBe(10);

  await page.getByRole("link", { name: "Go on counting" }).click();
  await page.getByRole("link", { name: "Count sheet" }).click();
  await page.getByRole("heading", { level: 1, name: "Count sheet" }).waitFor();
  await poll(() => page.getByRole("row").count()).toBe(4);
  await expectNoSidewaysScroll(page);
  await page.emulateMedia({ media: "print" });
  await page.getByRole("columnheader", { name: "Barcode" }).waitFor();
  expect(await page.getByRole("button", { name: "Print" }).isVisible()).toBe(false);
  recorder.expectClean();
  await context.close();
});
