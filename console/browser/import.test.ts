import { readFileSync } from "node:fs";
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
  recordFrames,
  type SeededSku,
  SLOWNESS,
  seedProduct,
  seedSku,
  signIn,
  startBrowser,
} from "./support";
import { workbook } from "./workbook";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

const PYTHON_MILLISECONDS = 60_000 * SLOWNESS;

async function openImport(vendor: string, options: { size?: typeof NARROW } = {}) {
  const opened = await openPage(browser, { address: "/import", ...options });
  await signIn(opened.page, "vendor", vendor);
  await opened.page.getByText("Drop a file here, or choose one").waitFor();
  return opened;
}

async function choose(page: Page, name: string, content: string | Buffer): Promise<void> {
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });
  await page.getByRole("button", { name: "Show the differences" }).waitFor({ timeout: PYTHON_MILLISECONDS });
}

const compare = async (page: Page) => {
  await page.getByRole("button", { name: "Show the differences" }).click();
  await page.getByText("Rows to create").waitFor({ timeout: PYTHON_MILLISECONDS });
};

const apply = async (page: Page, button: string, done: string) => {
  await page.getByRole("button", { name: button }).click();
  await page.getByText(done, { exact: true }).waitFor({ timeout: 30_000 * SLOWNESS });
};

/** Ask for the undo, and read what it will do; the caller goes on. */
async function askUndo(page: Page, file: string) {
  await page.getByRole("button", { name: "Undo the import …" }).click();
  const dialog = page.getByRole("dialog", { name: `Undo the import of ${file}?` });
  await dialog.waitFor();
  return { dialog, said: () => dialog.getByRole("listitem").allTextContents() };
}

async function productsOf(vendor: string) {
  const as = { role: "vendor", vendor } as const;
  const list = await api<{ items: { product_name: string; base_price: number; is_active: boolean }[] }>(
    "GET",
    `/catalog/vendors/${vendor}/products?limit=100&order=asc`,
    undefined,
    as,
  );
  // They are created a few at a time, in no certain order.
  return list.items
    .map(({ product_name, base_price, is_active }) => [product_name, base_price, is_active] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

const SHOPIFY = [
  "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Status",
  "mug,Enamel mug,<p>Good</p>,Acme,Kitchen,,TRUE,Color,Blue,MUG-B,12,8.50,active",
  "mug,,,,,,,,Red,MUG-R,3,9.00,",
  "cup,Tea cup,,Acme,Kitchen,,TRUE,Title,Default Title,CUP,7,4.25,active",
].join("\n");

test("a Shopify file becomes products, SKUs and stock, and the same file again changes nothing", async () => {
  const vendor = newVendor();
  const { page, context, recorder } = await openImport(vendor);
  await expectNoViolations(page);
  await choose(page, "products_export.csv", SHOPIFY);
  expect(await page.getByLabel("Written by").inputValue()).toBe("shopify");
  await expectNoViolations(page);
  await compare(page);
  await page.getByRole("button", { name: "Apply 2 changes" }).waitFor();
  await expectNoViolations(page);
  expect(await productsOf(vendor)).toEqual([]);
  await apply(page, "Apply 2 changes", "2 changes applied.");
  await expectNoViolations(page);
  expect(await productsOf(vendor)).toEqual([
    ["Enamel mug", 8.5, true],
    ["Tea cup", 4.25, true],
  ]);

  await page.getByRole("button", { name: "Next: SKUs" }).click();
  await page.getByText("Step 2 of 3", { exact: false }).waitFor();
  await compare(page);
  await apply(page, "Apply 3 changes", "3 changes applied.");
  await page.getByRole("button", { name: "Next: Stock" }).click();
  await page.getByText("Step 3 of 3", { exact: false }).waitFor();
  await compare(page);
  await page
    .getByRole("row", { name: /Book SKU-PROD-/ })
    .first()
    .waitFor();
  await apply(page, "Apply 3 changes", "3 changes applied.");
  const stock = await api<{ items: SeededSku[] }>("GET", `/stock/vendors/${vendor}/inventory?limit=10`);
  expect(stock.items.map(({ current_stock }) => current_stock).sort((a, b) => a - b)).toEqual([3, 7, 12]);

  // Undo takes the units back; then the same file books them again, and a third time nothing.
  await page.getByText("Products: 2 changes applied before, of the same file.").waitFor();
  const { dialog, said } = await askUndo(page, "products_export.csv");
  expect(await said()).toEqual(["The stock of 3 SKUs is adjusted back: 22 units fewer."]);
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await askUndo(page, "products_export.csv");
  await dialog.getByRole("button", { name: "Undo 3 changes" }).click();
  await page.getByText("3 changes taken back.").waitFor();
  const after = await api<{ items: SeededSku[] }>("GET", `/stock/vendors/${vendor}/inventory?limit=10`);
  expect(after.items.map(({ current_stock }) => current_stock)).toEqual([0, 0, 0]);
  await page.getByRole("button", { name: "Done", exact: true }).click();
  for (const expected of ["Apply 3 changes", "Apply 0 changes"]) {
    await choose(page, "products_export.csv", SHOPIFY);
    await page.getByText("Stock", { exact: true }).last().click();
    await compare(page);
    const button = page.getByRole("button", { name: expected });
    await button.waitFor();
    if (await button.isEnabled()) {
      await apply(page, expected, "3 changes applied.");
      await page.getByRole("button", { name: "Done", exact: true }).click();
    }
  }
  recorder.expectClean();
  await context.close();
});

test("all that a file has brought is undone at once, also after a reload", async () => {
  const vendor = newVendor();
  const { page, context, recorder } = await openImport(vendor);
  await choose(page, "products_export.csv", SHOPIFY);
  for (const [done, next] of [
    [2, "Next: SKUs"],
    [3, "Next: Stock"],
    [3, null],
  ] as const) {
    await compare(page);
    await apply(page, `Apply ${done} changes`, `${done} changes applied.`);
    if (next !== null) {
      await page.getByRole("button", { name: next }).click();
    }
  }
  await page.reload();
  await page.getByText("SKUs: 3 changes applied before, of the same file.").waitFor();
  // Who has left the result finds it again, until another file is imported.
  await page.getByRole("button", { name: "Done", exact: true }).click();
  await page.getByText(/^Imported last: products_export.csv, /).waitFor();
  await expectNoViolations(page);
  await page.reload();
  await page.getByRole("button", { name: "Show or undo it" }).click();
  const { dialog, said } = await askUndo(page, "products_export.csv");
  await dialog.getByText("All of the file", { exact: true }).click();
  expect(await said()).toEqual([
    "The stock of 3 SKUs is adjusted back: 22 units fewer.",
    "3 created SKUs are deactivated.",
    "2 created products are deactivated.",
  ]);
  await dialog.getByRole("button", { name: "Undo 8 changes" }).click();
  await page.getByText("8 changes taken back.").waitFor({ timeout: 30_000 * SLOWNESS });
  expect(await page.getByRole("button", { name: "Undo the import …" }).count()).toBe(0);
  expect((await productsOf(vendor)).map(([, , isActive]) => isActive)).toEqual([false, false]);
  await page.getByRole("link", { name: "See the inventory" }).click();
  await page.getByText("Inactive 3", { exact: true }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("a workbook is read, and its rejected rows come back as a file", async () => {
  const vendor = newVendor();
  const { page, context, recorder } = await openImport(vendor);
  const book = workbook({
    Products: [
      ["external_id", "product_name", "category", "base_price"],
      ["A", "Čaj s mlékem", "Tea", 8.1],
      ["B", "Cup", "Tea", "dear"],
    ],
    Notes: [["Nothing to import"]],
  });
  await choose(page, "book.xlsx", book);
  await page.getByText("Read as sheet Products (others: Notes).").waitFor();
  await compare(page);
  await page.getByRole("row", { name: /Create product A Name Čaj s mlékem .* Base price 8.1/ }).waitFor();
  await page.getByText(/^Line 3: base_price/).waitFor();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the rejected rows" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("book.products-rejects.csv");
  expect(readFileSync((await file.path()) ?? "", "utf8")).toContain("B,Cup,Tea,dear");
  await apply(page, "Apply 1 change", "1 change applied.");
  expect(await productsOf(vendor)).toEqual([["Čaj s mlékem", 8.1, true]]);
  recorder.expectClean();
  await context.close();
});

test("columns are chosen, wrong rows are rejected as a file, and an undo restores what was changed", async () => {
  const vendor = newVendor();
  await seedProduct(vendor, { product_name: "Old mug", external_id: "A1" });
  const { page, context, recorder } = await openImport(vendor);
  await choose(
    page,
    "lieferant.csv",
    "Nr;Bezeichnung;Gruppe;Preis\nA1;Mug;Kitchen;8,50\nB2;Cup;Kitchen;teuer\nC3;Pot;Kitchen;1.020,00\n",
  );
  for (const [label, column] of [
    ["Own id", "Nr"],
    ["Name", "Bezeichnung"],
    ["Category", "Gruppe"],
    ["Base price", "Preis"],
  ] as const) {
    await page.getByLabel(label, { exact: true }).selectOption(column);
  }
  await page.getByLabel("Decimals are written").selectOption(",");
  await compare(page);
  await page.getByText("Why rows are rejected").waitFor();
  await page
    .getByRole("row", { name: /Change product A1/ })
    .getByText(/Old mug → Mug/)
    .waitFor();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the rejected rows" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("lieferant.products-rejects.csv");
  const rejects = readFileSync((await file.path()) ?? "", "utf8");
  expect(rejects.split("\n")[0]).toBe("_line;_reason;Nr;Bezeichnung;Gruppe;Preis");
  expect(rejects).toContain("B2;Cup;Kitchen;teuer");
  await apply(page, "Apply 2 changes", "2 changes applied.");
  expect(await productsOf(vendor)).toEqual([
    ["Mug", 8.5, true],
    ["Pot", 1020, true],
  ]);

  // Kept over a reload, and undone from there: what was created is inactive, what was changed is as before.
  await page.reload();
  await page.getByText("Import of lieferant.csv").waitFor();
  const { dialog, said } = await askUndo(page, "lieferant.csv");
  expect(await said()).toEqual([
    "1 created product is deactivated.",
    "1 changed product gets back what it had before.",
  ]);
  await dialog.getByRole("button", { name: "Undo 2 changes" }).click();
  await page.getByText("2 changes taken back.").waitFor();
  expect(await productsOf(vendor)).toEqual([
    ["Old mug", 10, true],
    ["Pot", 1020, false],
  ]);
  recorder.expectClean();
  await context.close();
});

test("a tab that is closed in the middle doubles nothing, and the import is gone on with", async () => {
  const vendor = newVendor();
  const { page, context, recorder } = await openImport(vendor);
  const rows = Array.from({ length: 30 }, (_, index) => `OWN-${index},Product ${index},Kitchen,${index + 1}`);
  await choose(page, "many.csv", ["external_id,product_name,category,base_price", ...rows].join("\n"));
  await compare(page);
  let sent = 0;
  await page.route("**/api/catalog/products", async (route) => {
    sent += 1;
    if (sent <= 8) {
      await route.continue();
    } else {
      // The service executes it, and the page never learns of it.
      await route.fetch().catch(() => undefined);
    }
  });
  await page.getByRole("button", { name: "Apply 30 changes" }).click();
  await poll(() => sent).toBeGreaterThan(8);
  await poll(async () => (await productsOf(vendor)).length).toBe(12);
  await page.getByText("8 of 30 changes sent").waitFor();
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.goto("/import");
  await page.getByText("22 changes not sent yet.").waitFor();
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Go on" }).dblclick();
  await page.getByText("30 changes applied.").waitFor({ timeout: 30_000 * SLOWNESS });
  // The second press did nothing: it is no other tab.
  expect(await page.getByText("Another tab or window of this browser", { exact: false }).count()).toBe(0);
  expect(await productsOf(vendor)).toHaveLength(30);
  recorder.expectClean();
  await context.close();
});

test("a refused row and one whose stock was counted since are said, and the rest goes on", async () => {
  const vendor = newVendor();
  const product = await seedProduct(vendor, { product_name: "Mug" });
  const [red, blue] = [
    await seedSku(vendor, product, "RED", {}, 5),
    await seedSku(vendor, product, "BLUE", {}, 5),
  ];
  const { page, context, recorder } = await openImport(vendor, { size: NARROW });
  await choose(page, "delivery-7.csv", `sku,quantity\n${red.sku},10\n${blue.sku},20\n`);
  await expectNoSidewaysScroll(page);
  await compare(page);
  await expectNoSidewaysScroll(page);
  // Deactivated after the comparison: the service refuses the delivery.
  await api("PATCH", `/stock/products/${product.product_id}/skus/${blue.sku}`, { is_active: false });
  await apply(page, "Apply 2 changes", "1 change applied.");
  await page.getByText(/the SKU is inactive: reactivate it first/).waitFor();
  await api("POST", `/stock/products/${product.product_id}/skus/${red.sku}/adjustments`, {
    quantity_change: -1,
    notes: "Counted",
  });
  const { dialog } = await askUndo(page, "delivery-7.csv");
  await expectNoSidewaysScroll(page);
  await dialog.getByRole("button", { name: "Undo 1 change" }).click();
  await page.getByText(/its stock was counted or corrected since/).waitFor();
  await expectNoSidewaysScroll(page);
  await expectNoViolations(page);
  recorder.expectClean();
  await context.close();
});

test("10,000 rows are compared while the page's frames go on, and two tabs do not import at once", async () => {
  const vendor = newVendor();
  const { page, context, recorder } = await openImport(vendor);
  const rows = Array.from(
    { length: 10_000 },
    (_, index) => `OWN-${index},Product ${index},Kitchen,${index}.50`,
  );
  const file = ["external_id,product_name,category,base_price", ...rows].join("\n");
  await choose(page, "ten-thousand.csv", file);
  const frames = await recordFrames(page);
  await compare(page);
  await page.getByRole("button", { name: "Apply 10,000 changes" }).waitFor();
  const { longest } = await frames();
  console.log(`10,000 rows compared, longest frame ${longest.toFixed(0)} ms`);
  expect(longest).toBeLessThanOrEqual(1_000 * SLOWNESS);

  await page.route("**/api/catalog/products", () => undefined); // It never answers.
  await page.getByRole("button", { name: "Apply 10,000 changes" }).click();
  await page.getByText("0 of 10,000 changes sent").waitFor();
  const second = await context.newPage();
  await second.goto("/import");
  await signIn(second, "vendor", vendor);
  await second.getByText("10,000 changes not sent yet.").waitFor();
  await second.getByRole("button", { name: "Go on" }).click();
  await second
    .getByText("Another tab or window of this browser is doing this now.", { exact: false })
    .waitFor();
  await page.close();
  // The browser takes a moment to free what the closed tab held.
  await poll(async () => {
    const goOn = second.getByRole("button", { name: "Go on" });
    if (await goOn.isVisible()) {
      await goOn.click();
    }
    return second.getByText(/^\d+ of 10,000 changes sent/).count();
  }).toBe(1);
  await poll(async () => (await productsOf(vendor)).length).toBeGreaterThan(0);
  await second.getByRole("button", { name: "Stop" }).click();
  await second.getByText(/changes not sent yet/).waitFor();
  recorder.expectClean();
  await context.close();
});

test("what is no table is said in a sentence", async () => {
  const { page, context, recorder } = await openImport(newVendor());
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: "picture.png", mimeType: "image/png", buffer: Buffer.from("x") });
  await page.getByText(/picture.png should end with/).waitFor({ timeout: PYTHON_MILLISECONDS });
  recorder.expectClean();
  await context.close();
});
