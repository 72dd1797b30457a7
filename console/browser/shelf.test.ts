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
  seedProduct,
  seedSku,
  startBrowser,
} from "./support";

const vendor = newVendor();
const group = `Shelf ${vendor.slice(-6)}`;
const tea = `${group}/Tea`;
const cups = `${group}/Cups`;
const address = (category: string) => `/shelf?category=${encodeURIComponent(category)}`;
let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
  const green = await seedProduct(vendor, {
    product_name: "Green tea",
    category: tea,
    base_price: 4.5,
    brand: "Leaf",
    description: "Steamed leaves.",
    images: [`https://${PICTURE_HOST}/green.png`],
  });
  await seedSku(vendor, green, "100G", {}, 30);
  await seedSku(vendor, green, "500G");
  const black = await seedProduct(vendor, { product_name: "Black tea", category: tea });
  await seedSku(vendor, black, "100G", {}, 2);
  const white = await seedProduct(vendor, { product_name: "White tea", category: tea });
  await seedSku(vendor, white, "100G");
  await seedProduct(vendor, { product_name: "Yellow tea", category: tea });
  const hidden = await seedProduct(vendor, { product_name: "Old tea", category: tea });
  await api("DELETE", `/catalog/products/${hidden.product_id}`, undefined, { role: "vendor", vendor });
  await inParallel(
    Array.from({ length: 30 }, (_, number) => number),
    8,
    (number) => seedProduct(vendor, { product_name: `Cup ${number}`, category: cups }),
  );
});

afterAll(() => browser?.close());

test("anybody browses products by category without signing in", async () => {
  const { page, context, recorder } = await openPage(browser, { address: "/shelf" });
  await poll(async () => {
    await page.reload();
    await page.getByRole("navigation", { name: "Categories" }).waitFor();
    return page.getByRole("link", { name: new RegExp(`^${tea}`) }).count();
  }).toBeGreaterThan(0);
  const tree = page.getByRole("navigation", { name: "Categories" });
  await tree.getByRole("button", { name: new RegExp(`^${group}`) }).click();
  await tree.getByRole("link", { name: /^Tea/ }).click();
  await page.getByRole("heading", { level: 1, name: tea }).waitFor();
  expect(new URL(page.url()).searchParams.get("category")).toBe(tea);
  expect(await page.title()).toBe(`${tea} · Inventory console`);
  expect(recorder.requests.some((request) => request.startsWith("/token"))).toBe(false);
  recorder.expectClean();
  await context.close();
});

test("products show name, price and whether they can be ordered", async () => {
  const { page, context, recorder } = await openPage(browser, { address: address(tea) });
  const card = (name: string) => page.getByRole("button", { name: new RegExp(`^${name}`) });
  await poll(() => card("Green tea").textContent()).toBe("Green tea4.50In stock");
  await poll(() => card("Black tea").textContent()).toBe("Black tea10.00Only 2 left");
  await poll(() => card("White tea").textContent()).toBe("White tea10.00Out of stock");
  await poll(() => card("Yellow tea").textContent()).toBe("Yellow tea10.00Not offered yet");
  expect(await card("Old tea").count()).toBe(0);
  const picture = card("Green tea").locator("img");
  expect(await picture.getAttribute("referrerpolicy")).toBe("no-referrer");
  expect(await picture.getAttribute("loading")).toBe("lazy");
  await page.getByRole("checkbox", { name: "In stock only" }).check();
  await page.getByText("4 shown 2 products are hidden.").waitFor();
  expect(await card("White tea").count()).toBe(0);
  recorder.expectClean();
  await context.close();
});

test("a product opens with its variants, by the keyboard, and has an address of its own", async () => {
  const { page, context, recorder } = await openPage(browser, { address: address(tea) });
  await page.getByRole("button", { name: /^Green tea/ }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Green tea" });
  await dialog.getByText("Steamed leaves.").waitFor();
  await dialog.getByRole("row", { name: "100G In stock" }).waitFor();
  await dialog.getByRole("row", { name: "500G Out of stock" }).waitFor();
  await expectNoViolations(page);
  expect(new URL(page.url()).searchParams.get("product")).toMatch(/^PROD-/);
  await page.reload();
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(new URL(page.url()).searchParams.get("product")).toBeNull();
  recorder.expectClean();
  await context.close();
});

test("a long category is shown page by page", async () => {
  const { page, context, recorder } = await openPage(browser, { address: address(cups) });
  const cards = page.getByRole("button", { name: /^Cup \d/ });
  await poll(() => cards.count()).toBe(24);
  await page.getByText("24 shown, there are more").waitFor();
  await page.getByRole("button", { name: "Show more" }).click();
  await poll(() => cards.count()).toBe(30);
  await page.getByText("30 shown", { exact: true }).waitFor();
  expect(
    recorder.requests.filter((request) => request === "/api/stock/availability").length,
  ).toBeLessThanOrEqual(4);
  recorder.expectClean();
  await context.close();
});

test("an empty category, an error and a missing availability are readable", async () => {
  const { page, context, recorder } = await openPage(browser, { address: address("There is no such") });
  recorder.allow(/503|500|404/);
  await page.getByRole("heading", { name: "No products in this category" }).waitFor();
  await expectNoViolations(page);
  await page.route("**/api/catalog/products*", (route) => route.fulfill({ status: 500, body: "" }));
  await page.goto(address(tea));
  await page.getByRole("alert").getByText(/500/).first().waitFor();
  await page.unroute("**/api/catalog/products*");
  await page.route("**/api/stock/availability", (route) => route.fulfill({ status: 500, body: "" }));
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Availability could not be read").waitFor();
  await page.unroute("**/api/stock/availability");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: /^Green tea 4.50 In stock/ }).waitFor();
  await context.close();
});

test("it has no accessibility violation, and is usable on a phone", async () => {
  const { page, context, recorder } = await openPage(browser, { address: address(tea), size: NARROW });
  await page.getByRole("button", { name: /^Green tea 4.50 In stock/ }).waitFor();
  await expectNoSidewaysScroll(page);
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Categories" }).click();
  const drawer = page.getByRole("dialog", { name: "Categories" });
  await drawer.getByRole("link", { name: /^Tea/ }).waitFor();
  await expectNoViolations(page);
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto("/shelf");
  await page.getByRole("navigation", { name: "Categories" }).waitFor();
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
  recorder.expectClean();
  await context.close();
});
