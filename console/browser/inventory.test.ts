import { readFileSync } from "node:fs";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  api,
  expectNoSidewaysScroll,
  expectNoViolations,
  NARROW,
  newVendor,
  type OpenedPage,
  openPage,
  PICTURE_HOST,
  type SeededProduct,
  type SeededSku,
  SLOWNESS,
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
afterAll(() => browser.close());

interface Shop {
  readonly vendor: string;
  readonly product: SeededProduct;
  readonly skus: Readonly<Record<string, SeededSku>>;
}

/** A vendor with one product, and a SKU for each code with its units. */
async function shopOf(units: Readonly<Record<string, number>>, name = "Mug"): Promise<Shop> {
  const vendor = newVendor();
  const product = await seedProduct(vendor, { product_name: name, external_id: `OWN-${name.toUpperCase()}` });
  const skus: Record<string, SeededSku> = {};
  for (const [code, each] of Object.entries(units)) {
    skus[code] = await seedSku(vendor, product, code, {}, each);
  }
  return { vendor, product, skus };
}

async function openInventory(
  vendor: string,
  address = "/inventory",
  options: Parameters<typeof openPage>[1] = {},
): Promise<OpenedPage> {
  const opened = await openPage(browser, { ...options, address });
  await signIn(opened.page, "vendor", vendor);
  await opened.page.getByRole("heading", { name: /^(Inventory|Reorder list)$/, level: 1 }).waitFor();
  return opened;
}

function rowOf(page: Page, code: string): Locator {
  const named = page.getByRole("checkbox", { name: new RegExp(`^Select SKU-.*-${code}$`) });
  return page.getByRole("row").filter({ has: named });
}

const stockOf = (page: Page, code: string) => rowOf(page, code).getByRole("button", { name: /^Stock of/ });
const priceOf = (page: Page, code: string) => rowOf(page, code).getByRole("button", { name: /^Price of/ });

function storedSku(shop: Shop, code: string): Promise<SeededSku> {
  const { sku, product_id } = shop.skus[code] as SeededSku;
  return api<SeededSku>("GET", `/stock/products/${product_id}/skus/${sku}`);
}

/** A change by somebody else. */
function otherChange(shop: Shop, code: string, change: Record<string, unknown>): Promise<unknown> {
  const { sku, product_id } = shop.skus[code] as SeededSku;
  return api("PATCH", `/stock/products/${product_id}/skus/${sku}`, change);
}

function otherRestock(shop: Shop, code: string, quantity: number): Promise<unknown> {
  const { sku, product_id } = shop.skus[code] as SeededSku;
  return api("POST", `/stock/products/${product_id}/skus/${sku}/restocks`, { quantity });
}

/** The codes of the rows in the order they are listed. */
async function listed(page: Page): Promise<string[]> {
  const boxes = page.getByRole("grid").getByRole("checkbox", { name: /^Select SKU-/ });
  const names = await boxes.evaluateAll((found) =>
    found.map((each) => each.getAttribute("aria-label") ?? ""),
  );
  return names.map((name) => name.split("-").at(-1) ?? "");
}

test("sorting, filters and search show what they say, and stay in the address", async () => {
  const shop = await shopOf({ A1: 0, B2: 3, C3: 40, D4: 500 });
  const other = await seedProduct(shop.vendor, { product_name: "Apron", external_id: "LINEN-77" });
  await seedSku(shop.vendor, other, "E5", {}, 60);
  await otherChange(shop, "D4", { is_active: false });
  await seedOrder(`ORDER-${shop.vendor}-1`, [
    { product_id: shop.product.product_id, sku: shop.skus.C3?.sku ?? "", quantity: 2 },
  ]);
  const { page, context, recorder } = await openInventory(shop.vendor);
  await page.getByText("5 SKUs").waitFor();
  expect(await listed(page)).toEqual(["E5", "A1", "B2", "C3", "D4"]);

  await page.getByRole("button", { name: "On hand" }).click();
  await expect.poll(() => listed(page)).toEqual(["A1", "B2", "C3", "E5", "D4"]);
  await page.getByRole("button", { name: "On hand" }).click();
  await expect.poll(() => listed(page)).toEqual(["D4", "E5", "C3", "B2", "A1"]);
  expect(new URL(page.url()).search).toBe("?sort=-stock");
  const shows: [string, string[]][] = [
    ["Low 2", ["B2", "A1"]],
    ["Out of stock 1", ["A1"]],
    ["Inactive 1", ["D4"]],
    ["Reserved 1", ["C3"]],
  ];
  for (const [name, codes] of shows) {
    await page.getByText(name, { exact: true }).click();
    await expect.poll(() => listed(page)).toEqual(codes);
  }
  expect(new URL(page.url()).search).toBe("?sort=-stock&show=reserved");
  await page.reload();
  await expect.poll(() => listed(page)).toEqual(["C3"]);
  await page.getByText("All 5", { exact: true }).click();

  // What was changed stays where it is until somebody wants the order anew.
  await stockOf(page, "A1").click();
  await page.getByLabel("Units received").fill("900000");
  await page.getByRole("button", { name: "Save" }).click();
  const again = page.getByRole("button", { name: "Sort again" });
  await again.waitFor();
  expect(await listed(page)).toEqual(["D4", "E5", "C3", "B2", "A1"]);
  await again.click();
  await expect.poll(() => listed(page)).toEqual(["A1", "D4", "E5", "C3", "B2"]);
  await again.waitFor({ state: "detached" });

  const search = page.getByRole("searchbox");
  for (const [text, codes] of [
    ["apron", ["E5"]],
    ["linen-77", ["E5"]],
    [shop.skus.B2?.sku ?? "", ["B2"]],
    ["mug a1", ["A1"]],
  ] as const) {
    await search.fill(text);
    await expect.poll(() => listed(page)).toEqual(codes);
    await page.getByText("1 of 5 SKUs").waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get("q")).toBe(text);
  }
  await search.fill("nothing has this");
  await page.getByRole("heading", { name: "No SKU matches" }).waitFor();
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Show all SKUs" }).click();
  await page.getByText("5 SKUs").waitFor();
  recorder.expectClean();
  await context.close();
});

test("a restock in the list, and its undo by the opposite adjustment", async () => {
  const shop = await shopOf({ R: 10 });
  const { page, context, recorder } = await openInventory(shop.vendor);
  await stockOf(page, "R").click();
  await page.getByLabel("Units received").fill("1,200");
  await page.getByText("10 → 1,210 on hand").waitFor();
  await page.getByLabel("Note").fill("Delivery 7");
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(": +1,200, 1,210 on hand.").waitFor();
  await expect.poll(() => stockOf(page, "R").textContent()).toBe("1,210");
  expect((await storedSku(shop, "R")).current_stock).toBe(1210);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Undone.").waitFor();
  await expect.poll(() => stockOf(page, "R").textContent()).toBe("10");
  const { items } = await api<{
    items: { command: string; notes: string | null; quantity_change: number }[];
  }>("GET", `/audit/skus/${shop.skus.R?.sku}/transactions?limit=10`);
  expect(items.some(({ notes }) => notes === "Delivery 7")).toBe(true);
  expect(
    items.some(
      ({ notes, quantity_change }) => /^Undo of TXN-/.test(notes ?? "") && quantity_change === -1200,
    ),
  ).toBe(true);
  recorder.expectClean();
  await context.close();
});

test("an adjustment needs a reason; one below the reserved units shows both versions", async () => {
  const shop = await shopOf({ Q: 10 });
  const { page, context, recorder } = await openInventory(shop.vendor);
  recorder.allow(/409/);
  await stockOf(page, "Q").click();
  await page.getByText("Adjust", { exact: true }).click();
  await page.getByLabel("Units more or less").fill("-8");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Say why, in a word or two.").waitFor();
  await seedOrder(`ORDER-${shop.vendor}-1`, [
    { product_id: shop.product.product_id, sku: shop.skus.Q?.sku ?? "", quantity: 4 },
  ]);
  await page.getByRole("button", { name: "Damaged" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog", { name: "Somebody else changed this meanwhile" });
  await dialog.waitFor();
  const cells = await dialog
    .getByRole("row")
    .filter({ hasText: "Reserved" })
    .getByRole("cell")
    .allTextContents();
  expect(cells).toEqual(["0", "4"]);
  expect(await dialog.getByRole("button", { name: "Apply my change" }).count()).toBe(0);
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Keep what is stored" }).click();
  await expect.poll(() => rowOf(page, "Q").getByRole("gridcell").nth(3).textContent()).toBe("4");
  expect((await storedSku(shop, "Q")).current_stock).toBe(10);
  recorder.expectClean();
  await context.close();
});

test("a count against stock that has moved shows both versions, and can be applied to the new one", async () => {
  const shop = await shopOf({ C: 10 });
  const { page, context, recorder } = await openInventory(shop.vendor);
  recorder.allow(/409/);
  await stockOf(page, "C").click();
  await page.getByText("Set to count", { exact: true }).click();
  await page.getByLabel("Units counted").fill("12");
  await page.getByLabel("Reason", { exact: true }).fill("Correction");
  await otherRestock(shop, "C", 5);
  await page.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog", { name: "Somebody else changed this meanwhile" });
  await dialog.waitFor();
  const cells = await dialog
    .getByRole("row")
    .filter({ hasText: "On hand" })
    .getByRole("cell")
    .allTextContents();
  expect(cells).toEqual(["10 → 12", "15"]);
  await dialog.getByRole("button", { name: "Apply my change" }).click();
  await expect.poll(() => stockOf(page, "C").textContent()).toBe("12");
  expect((await storedSku(shop, "C")).current_stock).toBe(12);
  recorder.expectClean();
  await context.close();
});

test("two people change the same price: both versions are shown, and either can be kept", async () => {
  const shop = await shopOf({ P: 10 });
  const { page, context, recorder } = await openInventory(shop.vendor);
  recorder.allow(/412/);
  const change = async (price: string) => {
    await priceOf(page, "P").click();
    await page.getByLabel(/^Price SKU/).fill(price);
    await page.keyboard.press("Enter");
  };
  const dialog = page.getByRole("dialog", { name: "Somebody else changed this meanwhile" });
  const versions = () =>
    dialog.getByRole("row").filter({ hasText: "Price" }).getByRole("cell").allTextContents();

  await priceOf(page, "P").waitFor();
  await otherChange(shop, "P", { unit_price: 11.5 });
  await change("12.25");
  await dialog.waitFor();
  expect(await versions()).toEqual(["12.25", "11.50"]);
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Keep what is stored" }).click();
  await expect.poll(() => priceOf(page, "P").textContent()).toBe("11.50");

  await otherChange(shop, "P", { unit_price: 13 });
  await change("14.75");
  await dialog.getByRole("button", { name: "Apply my change" }).click();
  await expect.poll(() => priceOf(page, "P").textContent()).toBe("14.75");
  expect((await storedSku(shop, "P")).unit_price).toBe(14.75);

  // The undo of a change that somebody has replaced is a conflict too.
  await otherChange(shop, "P", { unit_price: 20 });
  await page.getByRole("button", { name: "Undo" }).last().click();
  await dialog.waitFor();
  expect(await versions()).toEqual(["13.00", "20.00"]);
  await dialog.getByRole("button", { name: "Keep what is stored" }).click();
  expect((await storedSku(shop, "P")).unit_price).toBe(20);
  recorder.expectClean();
  await context.close();
});

test("by the keyboard alone: move, change price, threshold, stock and activity, select, and undo", async () => {
  const shop = await shopOf({ K1: 10, K2: 20, K3: 30 });
  const { page, context, recorder } = await openInventory(shop.vendor);
  await page.getByText("3 SKUs").waitFor();
  const press = async (...keys: string[]) => {
    for (const key of keys) {
      await page.keyboard.press(key);
    }
  };
  /** The column of the cell that has the focus itself, and not an editor in it. */
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-column") ?? null);
  const focusedRow = () =>
    page.evaluate(() => Number(document.activeElement?.closest("[role=row]")?.getAttribute("aria-rowindex")));

  await page.getByRole("searchbox").focus();
  for (let tries = 0; (await focused()) === null && tries < 12; tries += 1) {
    await press("Tab");
  }
  expect([await focused(), await focusedRow()]).toEqual(["product", 2]);

  // Price: Enter edits and saves, Escape leaves it.
  await press("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight");
  expect([await focused(), await focusedRow()]).toEqual(["price", 3]);
  await press("Enter");
  await page.keyboard.type("99");
  await press("Escape");
  expect(await priceOf(page, "K2").textContent()).toBe("10.00");
  await press("Enter");
  await page.keyboard.type("12.345");
  await press("Enter");
  await page.getByText("Write a price such as 12.50.").waitFor();
  await expectNoViolations(page);
  await press("ControlOrMeta+a");
  await page.keyboard.type("12.5");
  await press("Enter");
  await expect.poll(() => priceOf(page, "K2").textContent()).toBe("12.50");
  await expect.poll(focused).toBe("price");
  await press("ControlOrMeta+z");
  await expect.poll(() => priceOf(page, "K2").textContent()).toBe("10.00");
  expect((await storedSku(shop, "K2")).unit_price).toBe(10);

  // Threshold.
  await press("ArrowLeft", "F2");
  await page.keyboard.type("25");
  await press("Enter");
  await expect.poll(async () => (await storedSku(shop, "K2")).reorder_threshold).toBe(25);
  await expect.poll(focused).toBe("threshold");

  // Stock: + restocks, and the focus comes back.
  await press("ArrowLeft", "ArrowLeft", "ArrowLeft", "+");
  await page.getByLabel("Units received").waitFor();
  await page.keyboard.type("7");
  await press("Enter");
  await expect.poll(() => stockOf(page, "K2").textContent()).toBe("27");
  await expect.poll(focused).toBe("stock");
  // A digit begins a count.
  await press("3");
  await page.getByLabel("Units counted").waitFor();
  await page.keyboard.type("1");
  await press("Tab");
  await page.keyboard.type("Found");
  await press("Enter");
  await expect.poll(() => stockOf(page, "K2").textContent()).toBe("31");

  // Active.
  await expect.poll(focused).toBe("stock");
  await press("End", "ArrowLeft", "Enter");
  await page.getByText("K2 is inactive.").waitFor();
  expect((await storedSku(shop, "K2")).is_active).toBe(false);
  await press("ControlOrMeta+z");
  await expect.poll(async () => (await storedSku(shop, "K2")).is_active).toBe(true);

  // Selection, all rows, and the header's sort.
  await press("ArrowLeft", " ", "ArrowDown", " ");
  await page.getByText("2 selected").waitFor();
  await press("ControlOrMeta+a");
  await page.getByText("3 selected").waitFor();
  await press("ControlOrMeta+a");
  await press("ControlOrMeta+Home", "ArrowUp", "Enter");
  await expect.poll(() => new URL(page.url()).search).toBe("?sort=price");

  // Enter on the product opens its page.
  await press("ArrowDown", "Home", "ArrowRight", "Enter");
  await page.waitForURL(/\/skus\/SKU-PROD-/);
  recorder.expectClean();
  await context.close();
});

test("a change that is refused keeps the editor open with what was typed", async () => {
  const shop = await shopOf({ I: 4 });
  await otherChange(shop, "I", { is_active: false });
  const { page, context, recorder } = await openInventory(shop.vendor);
  recorder.allow(/409/);
  await stockOf(page, "I").click();
  await page.getByLabel("Units received").fill("6");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("sku_inactive").waitFor();
  expect(await page.getByLabel("Units received").inputValue()).toBe("6");
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  recorder.expectClean();
  await context.close();
});

test("a count below what orders hold is refused where it was typed, with the way to these orders", async () => {
  const shop = await shopOf({ H: 10 });
  const order = `ORDER-${shop.vendor}-1`;
  await seedOrder(order, [{ product_id: shop.product.product_id, sku: shop.skus.H?.sku ?? "", quantity: 4 }]);
  const { page, context, recorder } = await openInventory(shop.vendor);
  recorder.allow(/409/);
  await stockOf(page, "H").click();
  // Who clicked the way to change it types at once.
  await page.getByText("Set to count", { exact: true }).click();
  await page.keyboard.type("3");
  expect(await page.getByLabel("Units counted").inputValue()).toBe("3");
  await page.getByRole("button", { name: "Lost", exact: true }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("adjustment_below_reserved").waitFor();
  expect(await page.getByRole("dialog", { name: "Somebody else changed this meanwhile" }).count()).toBe(0);
  expect(await page.getByLabel("Units counted").inputValue()).toBe("3");
  await expectNoViolations(page);
  await page.getByRole("link", { name: "See which orders hold them" }).click();
  await page.getByRole("link", { name: order }).first().waitFor();
  recorder.expectClean();
  await context.close();
});

test("arrow keys that are pressed while a price is saved move the cell that gets the focus", async () => {
  const shop = await shopOf({ W1: 1, W2: 1, W3: 1 });
  const { page, context, recorder } = await openInventory(shop.vendor);
  recorder.allow(/409/);
  const focused = () =>
    page.evaluate(() => {
      const cell = document.activeElement?.closest("[role=gridcell]");
      const row = cell?.closest("[role=row]")?.getAttribute("aria-rowindex");
      return `${cell?.getAttribute("data-column")} ${row}`;
    });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let refused = false;
  await page.route("**/api/stock/products/*/skus/*", async (route) => {
    await held;
    if (refused) {
      await route.fulfill({
        status: 409,
        contentType: "application/problem+json",
        body: JSON.stringify({ title: "Refused", status: 409, code: "refused", detail: "Not now." }),
      });
    } else {
      await route.continue();
    }
  });
  await priceOf(page, "W1").click();
  await page.getByLabel(/^Price SKU/).fill("12.25");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  release();
  await expect.poll(() => priceOf(page, "W1").textContent()).toBe("12.25");
  expect(await focused()).toBe("threshold 4");

  // If it is refused, they come back to the open editor.
  refused = true;
  await priceOf(page, "W2").click();
  await page.getByLabel(/^Price SKU/).fill("13");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.getByText("Not now.").waitFor();
  await page.keyboard.press("Escape");
  expect(await focused()).toBe("price 3");
  recorder.expectClean();
  await context.close();
});

test("rows of several searches are selected together", async () => {
  const shop = await shopOf({ S1: 1, S2: 1, S3: 1 });
  const { page, context, recorder } = await openInventory(shop.vendor);
  await page.getByText("3 SKUs").waitFor();
  for (const [search, selected] of [
    ["S1", "1 selected"],
    ["S3", "2 selected"],
  ] as const) {
    await page.getByRole("searchbox").fill(search);
    await page.getByText("1 of 3 SKUs").waitFor();
    await expect.poll(() => listed(page)).toEqual([search]);
    await page.getByRole("checkbox", { name: "Select all that are listed" }).check();
    await page.getByRole("region", { name: selected }).waitFor();
  }
  await page.getByText("1 of them not listed now").waitFor();
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Threshold", exact: true }).last().click();
  const dialog = page.getByRole("dialog", { name: "Change the reorder threshold of 2 SKUs" });
  await dialog.getByLabel("Reorder threshold", { exact: true }).fill("9");
  await dialog.getByRole("button", { name: "Apply" }).click();
  await page.getByText("2 of 2 SKUs changed.").waitFor();
  const thresholds = () =>
    Promise.all(Object.keys(shop.skus).map(async (code) => (await storedSku(shop, code)).reorder_threshold));
  expect(await thresholds()).toEqual([9, 5, 9]);
  recorder.expectClean();
  await context.close();
});

test("an answer that is lost is asked for again under the same key: the units are added once", async () => {
  const shop = await shopOf({ L: 1 });
  const { page, context, recorder } = await openInventory(shop.vendor);
  recorder.allow(/ERR_|Failed to load/);
  const keys: (string | undefined)[] = [];
  await page.route("**/restocks", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length === 1) {
      await route.fetch(); // The service executes it, and the answer never arrives.
      await route.abort("connectionreset");
    } else {
      await route.continue();
    }
  });
  await stockOf(page, "L").click();
  await page.getByLabel("Units received").fill("5");
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => stockOf(page, "L").textContent()).toBe("6");
  expect(keys).toHaveLength(2);
  expect(keys[1]).toBe(keys[0]);
  expect((await storedSku(shop, "L")).current_stock).toBe(6);
  recorder.expectClean();
  await context.close();
});

test("many SKUs at once: stock in one batch, partial failures listed, and undo", async () => {
  const shop = await shopOf({ B1: 10, B2: 10, B3: 10 });
  await otherChange(shop, "B3", { is_active: false });
  const { page, context, recorder } = await openInventory(shop.vendor);
  await page.getByText("3 SKUs").waitFor();
  await page.getByRole("checkbox", { name: "Select all that are listed" }).check();
  await page.getByRole("button", { name: "Restock" }).click();
  const dialog = page.getByRole("dialog", { name: "Restock 3 SKUs" });
  await dialog.getByLabel("Units received of each").fill("5");
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Apply" }).click();
  await dialog.getByText("2 of 3 SKUs changed.").waitFor();
  await dialog.getByRole("row").filter({ hasText: "B3" }).getByText("sku_inactive").waitFor();
  await expectNoViolations(page);
  await expect.poll(async () => (await storedSku(shop, "B1")).current_stock).toBe(15);
  await dialog.getByRole("button", { name: "Undo the changes" }).click();
  await dialog.waitFor({ state: "detached" });
  expect((await storedSku(shop, "B1")).current_stock).toBe(10);
  expect((await storedSku(shop, "B2")).current_stock).toBe(10);
  await expect.poll(() => stockOf(page, "B1").textContent()).toBe("10");
  expect(recorder.requests.filter((path) => path === "/api/stock/stock/batch")).toHaveLength(2);
  recorder.expectClean();
  await context.close();
});

test("many SKUs at once: price by percent, threshold and activity, each with undo", async () => {
  const shop = await shopOf({ M1: 1, M2: 1, M3: 1, M4: 1, M5: 1, M6: 1 });
  const { page, context, recorder } = await openInventory(shop.vendor);
  recorder.allow(/412/);
  await page.getByText("6 SKUs").waitFor();
  await page.getByRole("checkbox", { name: "Select all that are listed" }).check();
  const bar = page.getByRole("region", { name: "6 selected" });

  await bar.getByRole("button", { name: "Price" }).click();
  await page.getByText("Change by %", { exact: true }).click();
  await page.getByLabel("Percent").fill("12.5");
  // Somebody else is quicker with one of them.
  await otherChange(shop, "M6", { unit_price: 50 });
  await page.getByRole("button", { name: "Apply" }).click();
  const dialog = page.getByRole("dialog", { name: "Change the price of 6 SKUs" });
  await dialog.getByText("5 of 6 SKUs changed.").waitFor();
  await dialog.getByText("precondition_failed").waitFor();
  expect((await storedSku(shop, "M1")).unit_price).toBe(11.25);
  // Tried again, it is applied to what is stored now: the price that 12.5 % more than the old one is.
  await dialog.getByRole("button", { name: "Try these again" }).click();
  await dialog.waitFor({ state: "detached" });
  expect((await storedSku(shop, "M6")).unit_price).toBe(11.25);
  await page.getByRole("button", { name: "Undo", exact: true }).last().click();
  const prices = () =>
    Promise.all(Object.keys(shop.skus).map(async (code) => (await storedSku(shop, code)).unit_price));
  await expect.poll(prices).toEqual([10, 10, 10, 10, 10, 10]);

  await bar.getByRole("button", { name: "Threshold" }).click();
  await page.getByLabel("Reorder threshold", { exact: true }).fill("77");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("6 of 6 SKUs changed.").waitFor();
  expect((await storedSku(shop, "M6")).reorder_threshold).toBe(77);
  await page.getByRole("button", { name: "Undo", exact: true }).last().click();
  const thresholds = () =>
    Promise.all(Object.keys(shop.skus).map(async (code) => (await storedSku(shop, code)).reorder_threshold));
  await expect.poll(thresholds).toEqual([5, 5, 5, 5, 5, 5]);

  // Stopped while the first four are on their way, it finishes these and begins no other.
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/skus/*", async (route) => {
    if (route.request().method() === "PATCH") {
      await held;
    }
    await route.continue();
  });
  await bar.getByRole("button", { name: "Deactivate" }).click();
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("button", { name: "Stop" }).click();
  release();
  await page.getByText("4 of 6 SKUs changed. Stopped before the other 2 SKUs.").waitFor();
  await page.unroute("**/skus/*");
  await page.getByRole("button", { name: "Close" }).last().click();
  await bar.getByRole("button", { name: "Deactivate" }).click();
  await page.getByRole("button", { name: "Apply" }).click();
  const active = () =>
    Promise.all(Object.keys(shop.skus).map(async (code) => (await storedSku(shop, code)).is_active));
  await expect.poll(active).toEqual([false, false, false, false, false, false]);
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await bar.getByRole("button", { name: "Activate", exact: true }).click();
  await page.getByRole("button", { name: "Apply" }).click();
  await expect.poll(async () => (await storedSku(shop, "M3")).is_active).toBe(true);
  await page.getByRole("dialog").waitFor({ state: "detached" });
  recorder.expectClean();
  await context.close();
});

test("the CSV has what is listed, and no text of it is a formula", async () => {
  const shop = await shopOf({ X1: 3, X2: 30 }, '=SUM(1,"2")');
  const { page, context } = await openInventory(shop.vendor, "/inventory?sort=-stock");
  await page.getByText("2 SKUs").waitFor();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download what is listed as CSV" }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(
    new RegExp(`^inventory-${shop.vendor}-\\d{4}-\\d\\d-\\d\\d\\.csv$`),
  );
  const lines = readFileSync((await file.path()) ?? "", "utf8").split("\r\n");
  expect(lines[0]).toMatch(/^\ufeffproduct_id,sku,product_name,/);
  expect(lines).toHaveLength(4);
  expect(lines[1]).toContain(`${shop.skus.X2?.sku},"'=SUM(1,""2"")",X2,'=SUM`.replace(/,'=SUM$/, ""));
  expect(lines[1]).toContain(",30,0,30,5,10,true,");
  await context.close();
});

test("the reorder list shows what is low, and prints without the frame of the console", async () => {
  const shop = await shopOf({ N1: 0, N2: 5, N3: 6 });
  const { page, context, recorder } = await openInventory(shop.vendor);
  await page.getByRole("link", { name: "Reorder list" }).click();
  await page.getByText(/^2 SKUs at or below the reorder threshold/).waitFor();
  expect(await page.getByRole("row").count()).toBe(3);
  await expectNoViolations(page);
  await page.emulateMedia({ media: "print" });
  expect(await page.getByRole("navigation").isVisible()).toBe(false);
  expect(await page.getByRole("button", { name: "Print" }).isVisible()).toBe(false);
  expect(await page.getByRole("columnheader", { name: "To order" }).isVisible()).toBe(true);
  await page.emulateMedia({ media: "screen" });
  await page.getByRole("link", { name: "Back to the inventory" }).click();
  await page.getByText("3 SKUs").waitFor();
  recorder.expectClean();
  await context.close();
});

test("what others change appears by itself, but not under an open editor", async () => {
  const shop = await shopOf({ F1: 1, F2: 2 });
  const { page, context, recorder } = await openInventory(shop.vendor);
  await page.getByText("2 SKUs").waitFor();
  await priceOf(page, "F1").click();
  await page.getByLabel(/^Price SKU/).fill("33");
  await otherRestock(shop, "F2", 40);
  const refreshes = () => recorder.requests.filter((path) => path.includes("limit=50")).length;
  const before = refreshes();
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  expect(refreshes()).toBe(before);
  expect(await stockOf(page, "F2").textContent()).toBe("2");
  expect(await page.getByLabel(/^Price SKU/).inputValue()).toBe("33");
  await page.keyboard.press("Escape");
  await expect.poll(() => stockOf(page, "F2").textContent(), { timeout: 5_000 * SLOWNESS }).toBe("42");
  // A product and SKU that are new come with their name.
  const product = await seedProduct(shop.vendor, { product_name: "Brand new" });
  await seedSku(shop.vendor, product, "F3", {}, 3);
  await page.getByText("Brand new").waitFor({ timeout: 14_000 * SLOWNESS });
  recorder.expectClean();
  await context.close();
});

test("a vendor sees no rows of another one, whatever its address says", async () => {
  const shop = await shopOf({ MINE: 1 });
  const other = await shopOf({ THEIRS: 1 });
  const { page, context, recorder } = await openInventory(shop.vendor, `/inventory?vendor=${other.vendor}`);
  await page.getByText("1 SKU", { exact: false }).first().waitFor();
  expect(await listed(page)).toEqual(["MINE"]);
  await page.goto(`/inventory?view=reorder&vendor=${other.vendor}`);
  await page.getByText(shop.skus.MINE?.sku ?? "").waitFor();
  expect(await page.getByText(other.skus.THEIRS?.sku ?? "").count()).toBe(0);
  expect(recorder.requests.filter((path) => path.startsWith("/api/") && path.includes(other.vendor))).toEqual(
    [],
  );
  recorder.expectClean();
  await context.close();
});

test("loading, empty and failed lists say so", async () => {
  const { page, context, recorder } = await openInventory(newVendor());
  await page.getByRole("heading", { name: "No SKUs yet" }).waitFor();
  await expectNoViolations(page);
  recorder.expectClean();

  recorder.allow(/500/);
  let failing = true;
  await page.route("**/inventory?*limit*", (route) =>
    failing
      ? route.fulfill({
          status: 500,
          contentType: "application/problem+json",
          json: {
            title: "Internal error",
            code: "internal_error",
            detail: "It was logged.",
            request_id: "REQ-77",
          },
        })
      : route.continue(),
  );
  await page.reload();
  await page.getByRole("heading", { name: "Internal error" }).waitFor();
  await page.getByText("REQ-77").waitFor();
  await expectNoViolations(page);
  failing = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "No SKUs yet" }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("at 390 px: restock, change the price, select, and nothing scrolls sideways", async () => {
  const shop = await shopOf(
    { S1: 10, S2: 3 },
    "A product with a name that is much longer than a phone is wide",
  );
  await otherChange(shop, "S2", { reorder_threshold: 9 });
  const { page, context, recorder } = await openInventory(shop.vendor, "/inventory?sort=stock", {
    size: NARROW,
  });
  await page.getByText("2 SKUs").waitFor();
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: /^Stock of .*-S1:/ }).click();
  await page.getByLabel("Units received").fill("5");
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(async () => (await storedSku(shop, "S1")).current_stock).toBe(15);
  await page.getByRole("button", { name: /^Change SKU.*-S2$/ }).click();
  const drawer = page.getByRole("dialog", { name: "Change" });
  await drawer.getByLabel("Price").fill("3.99");
  await drawer.getByLabel("Reorder threshold", { exact: true }).fill("4");
  await expectNoViolations(page);
  await drawer.getByRole("button", { name: "Save" }).click();
  await drawer.waitFor({ state: "detached" });
  const stored = await storedSku(shop, "S2");
  expect([stored.unit_price, stored.reorder_threshold]).toEqual([3.99, 4]);
  await page.getByRole("checkbox", { name: "Select all that are listed" }).check();
  await page.getByText("2 selected").waitFor();
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
  await page.goto("/inventory?view=reorder");
  await page.getByText(/^1 SKU at or below/).waitFor();
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
  recorder.expectClean();
  await context.close();
});

test("pictures are the vendor's own, and a broken one becomes a placeholder", async () => {
  const vendor = newVendor();
  for (const [name, picture] of [
    ["Good", `https://${PICTURE_HOST}/good.png`],
    ["Broken", `https://${PICTURE_HOST}/broken.png`],
  ]) {
    const product = await seedProduct(vendor, { product_name: name ?? "", images: [picture] });
    await seedSku(vendor, product, (name ?? "").toUpperCase());
  }
  const { page, context, recorder } = await openPage(browser);
  recorder.allow(/broken\.png|404/);
  await page.route("**/broken.png", (route) => route.fulfill({ status: 404, body: "" }));
  await signIn(page, "vendor", vendor);
  await page.goto("/inventory");
  await page.getByText("2 SKUs").waitFor();
  await expect.poll(() => page.getByRole("grid").locator("img").count()).toBe(1);
  expect(await page.getByRole("grid").locator("img").getAttribute("referrerpolicy")).toBe("no-referrer");
  recorder.expectClean();
  await context.close();
});
