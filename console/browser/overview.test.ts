import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  api,
  expectNoSidewaysScroll,
  expectNoViolations,
  NARROW,
  newVendor,
  openPage,
  poll,
  SLOWNESS,
  seedOrder,
  seedProduct,
  seedSku,
  signIn,
  startBrowser,
} from "./support";

const vendor = newVendor();
const other = newVendor();
let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
  const mug = await seedProduct(vendor, { product_name: "Enamel mug" });
  await seedSku(vendor, mug, "BLUE", { variant_name: "Blue" }, 40);
  await seedSku(vendor, mug, "RED", { variant_name: "Red" }, 3);
  await seedSku(vendor, mug, "GREEN", { variant_name: "Green" });
  await seedOrder(`ORDER-OVERVIEW-${vendor.slice(-8)}`, [
    { product_id: mug.product_id, sku: `SKU-${mug.product_id}-BLUE`, quantity: 7 },
  ]);
  const secret = await seedProduct(other, { product_name: "Other vendor's lamp" });
  await seedSku(other, secret, "ONE", {}, 1);
});

afterAll(() => browser?.close());

test("a vendor sees the numbers that matter, each with its list", async () => {
  const { page, context, recorder } = await openPage(browser, { address: "/overview" });
  await signIn(page, "vendor", vendor);
  const card = (name: string) => page.getByRole("link", { name: new RegExp(`^${name}`) });
  await poll(() => card("SKUs").textContent()).toMatch(/^SKUs3/);
  await poll(() => card("Out of stock").textContent()).toMatch(/^Out of stock1/);
  await poll(() => card("Low").textContent()).toMatch(/^Low2/);
  await poll(() => card("Reserved units").textContent()).toMatch(/^Reserved units7of 1 SKU/);
  await poll(() => card("Inactive").textContent()).toMatch(/^Inactive0/);
  expect(await page.title()).toBe("Overview · Inventory console");
  await card("Out of stock").click();
  await poll(() => new URL(page.url()).pathname + new URL(page.url()).search).toBe("/inventory?show=out");
  recorder.expectClean();
  await context.close();
});

test("what is out comes first, then what is low, and leads to its SKU", async () => {
  const { page, context, recorder } = await openPage(browser, { address: "/overview" });
  await signIn(page, "vendor", vendor);
  const items = page.getByRole("region", { name: "Needs attention" }).getByRole("listitem");
  await poll(() => items.count()).toBe(2);
  await poll(() => items.nth(0).textContent()).toMatch(/Enamel mug.*Green.*Out/);
  await poll(() => items.nth(1).textContent()).toMatch(/Enamel mug.*Red.*3 available.*threshold 5/);
  await items.nth(1).getByRole("link").click();
  await page.getByRole("heading", { level: 1, name: "Enamel mug · Red" }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("movements are a chart with its period, by mouse and by arrow keys", async () => {
  const { page, context, recorder } = await openPage(browser, { address: "/overview" });
  await signIn(page, "vendor", vendor);
  const movements = page.getByRole("region", { name: "Movements" });
  await movements.getByText(/^all 3 records, .+ to .+/).waitFor();
  const chart = movements.getByRole("slider", { name: "Units that came and went" });
  await chart.locator("canvas").waitFor();
  await chart.focus();
  await page.keyboard.press("Home");
  await poll(() => chart.getAttribute("aria-valuenow")).toBe("0");
  expect(await chart.getAttribute("aria-valuetext")).toMatch(/Came in 43, Went out 0$/);
  const records = page.getByRole("region", { name: "Newest records" }).getByRole("row");
  await poll(() => records.count()).toBe(4);
  expect(await records.nth(1).textContent()).toMatch(/Enamel mug · Blue.*Order placed.*\+7.*ORDER-OVERVIEW/);
  recorder.expectClean();
  await context.close();
});

test("what happens meanwhile joins the newest records, and only what is newer is read", async () => {
  const lively = newVendor();
  const mug = await seedProduct(lively, { product_name: "Lively mug" });
  const red = await seedSku(lively, mug, "RED", { variant_name: "Red" }, 3);
  const { page, context, recorder } = await openPage(browser, { address: "/overview" });
  await signIn(page, "vendor", lively);
  const records = page.getByRole("region", { name: "Newest records" }).getByRole("row");
  await poll(() => records.count()).toBe(2);
  await api("POST", `/stock/products/${mug.product_id}/skus/${red.sku}/restocks`, { quantity: 8 });
  await records
    .nth(1)
    .getByText("+8", { exact: true })
    .waitFor({ timeout: 20_000 * SLOWNESS });
  expect(await records.count()).toBe(3);
  await page.getByText(/^all 2 records, /).waitFor();
  const reads = recorder.requests.filter((path) => path.includes(`/vendors/${lively}/transactions`));
  expect(reads[0]).not.toContain("from=");
  expect(reads.slice(1).every((path) => path.includes("from="))).toBe(true);
  recorder.expectClean();
  await context.close();
});

test("a shop without a SKU says how to begin", async () => {
  const { page, context, recorder } = await openPage(browser, { address: "/overview" });
  await signIn(page, "vendor", newVendor());
  await page.getByRole("heading", { name: "Your shop has no SKUs yet" }).waitFor();
  await expectNoViolations(page);
  await page.getByRole("link", { name: "Import a file" }).click();
  await page.getByText("Drop a file here, or choose one").waitFor();
  await page.goBack();
  await page.getByRole("link", { name: "Create a product" }).click();
  await page.getByRole("dialog", { name: "New product" }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("an error is readable, and reading again helps", async () => {
  const { page, context, recorder } = await openPage(browser, { address: "/" });
  recorder.allow(/404|500/);
  await page.route("**/api/stock/vendors/*/inventory*", (route) =>
    route.fulfill({
      status: 500,
      contentType: "application/problem+json",
      body: JSON.stringify({
        title: "Internal error",
        status: 500,
        code: "internal_error",
        detail: "A defect.",
      }),
    }),
  );
  await signIn(page, "vendor", vendor);
  await page.getByRole("alert").getByText("Internal error").waitFor();
  await page.unroute("**/api/stock/vendors/*/inventory*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("link", { name: /^SKUs 3/ }).waitFor();
  await context.close();
});

test("a vendor sees its own shop, whatever vendor the address names", async () => {
  const { page, context, recorder } = await openPage(browser, { address: `/overview?vendor=${other}` });
  await signIn(page, "vendor", vendor);
  await page.getByRole("link", { name: /^SKUs 3/ }).waitFor();
  expect(await page.getByText("Other vendor's lamp").count()).toBe(0);
  expect(
    recorder.requests.filter((request) => request.startsWith("/api/") && request.includes(other)),
  ).toEqual([]);
  recorder.expectClean();
  await context.close();
});

test("an admin sees the vendor that the address names, others have no permission", async () => {
  const admin = await openPage(browser, { address: `/overview?vendor=${other}` });
  await signIn(admin.page, "admin");
  await admin.page.getByRole("link", { name: /^SKUs 1/ }).waitFor();
  admin.recorder.expectClean();
  await admin.context.close();
  const desk = await openPage(browser, { address: `/overview?vendor=${other}` });
  await signIn(desk.page, "desk");
  await desk.page.getByRole("heading", { level: 1, name: "You may not see this page" }).waitFor();
  await desk.context.close();
});

test("it has no accessibility violation, and is usable on a phone", async () => {
  const { page, context, recorder } = await openPage(browser, { address: "/overview", size: NARROW });
  await signIn(page, "vendor", vendor);
  await page.getByRole("region", { name: "Newest records" }).waitFor();
  await page.locator("canvas").waitFor();
  await expectNoSidewaysScroll(page);
  await expectNoViolations(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await expectNoViolations(page);
  recorder.expectClean();
  await context.close();
});
