import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  expectNoSidewaysScroll,
  expectNoViolations,
  NARROW,
  newVendor,
  openPage,
  poll,
  type Role,
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

test("a vendor signs in with its id, and comes to its first page", async () => {
  const vendor = newVendor();
  const { page, context, recorder } = await openPage(browser);
  await expect.poll(() => page.title()).toBe("Sign in · Inventory console");
  await signIn(page, "vendor", vendor);
  await page.waitForURL("**/overview");
  await expect.poll(() => page.getByRole("banner").textContent()).toContain(vendor);
  recorder.expectClean();
  await context.close();
});

test("a vendor's id that is none is refused before anything is sent", async () => {
  const { page, context } = await openPage(browser);
  await page.getByLabel("Vendor id").fill("SHOP 7");
  await page.getByText("Write VENDOR- and 1 to 32 of A-Z and 0-9").waitFor();
  expect(await page.getByRole("button", { name: "Vendor", exact: true }).isDisabled()).toBe(true);
  await context.close();
});

test("the order desk comes to its orders, and does not see a vendor's pages", async () => {
  const { page, context, recorder } = await openPage(browser);
  await signIn(page, "desk");
  await page.waitForURL("**/orders");
  await page.getByRole("heading", { level: 1, name: "Orders" }).waitFor();
  await page.goto("/inventory");
  await page.getByRole("heading", { name: "You may not see this page" }).first().waitFor();
  recorder.expectClean();
  await context.close();
});

test("an auditor comes to the findings, and sees no vendor's pages", async () => {
  const { page, context, recorder } = await openPage(browser);
  await signIn(page, "auditor");
  await page.waitForURL("**/findings");
  const pages = page.getByRole("navigation").getByRole("link");
  await poll(() => pages.allTextContents()).toEqual([
    "Findings",
    "Log",
    "Verify",
    "Stock at a time",
    "Shelf",
  ]);
  await page.goto("/inventory");
  await page.getByRole("heading", { name: "You may not see this page" }).first().waitFor();
  recorder.expectClean();
  await context.close();
});

test("a deep link asks for a sign-in, and shows what it names afterwards", async () => {
  const { page, context, recorder } = await openPage(browser, { address: "/inventory?show=low&q=mug" });
  await signIn(page, "vendor", newVendor());
  await page.getByRole("heading", { name: "Inventory", exact: true }).waitFor();
  expect(new URL(page.url()).search).toBe("?show=low&q=mug");
  recorder.expectClean();
  await context.close();
});

test("a reload asks for a new token and stays where it was; no token is kept", async () => {
  const vendor = newVendor();
  const { page, context } = await openPage(browser);
  await signIn(page, "vendor", vendor);
  await page.goto("/inventory?show=out");
  await page.reload();
  await page.getByRole("heading", { name: "Inventory", exact: true }).waitFor();
  expect(new URL(page.url()).search).toBe("?show=out");
  const kept = await page.evaluate(
    () => JSON.stringify({ ...sessionStorage }) + JSON.stringify({ ...localStorage }),
  );
  expect(kept).toContain(vendor);
  expect(kept).not.toMatch(/eyJ/);
  await context.close();
});

test("signing out ends at the sign-in, and the pages are closed", async () => {
  const { page, context, recorder } = await openPage(browser);
  await signIn(page, "vendor", newVendor());
  await page.getByRole("button", { name: /^Account of / }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Order desk", exact: true }).waitFor();
  await page.goto("/inventory");
  await page.getByRole("button", { name: "Vendor", exact: true }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("an admin chooses a vendor, which the address names on every page", async () => {
  const vendor = newVendor();
  const product = await seedProduct(vendor, { product_name: "Teapot" });
  await seedSku(vendor, product, "RED");
  const { page, context, recorder } = await openPage(browser);
  await signIn(page, "admin");
  await page.getByLabel("Vendor", { exact: true }).fill(vendor);
  await page.getByRole("button", { name: "Open" }).click();
  await page.waitForURL(`**/overview?vendor=${vendor}`);
  await page.getByRole("navigation").getByRole("link", { name: "Inventory" }).click();
  await page.waitForURL(`**/inventory?vendor=${vendor}`);
  await page.getByText("1 SKU", { exact: false }).first().waitFor();
  recorder.expectClean();
  await context.close();
});

test("a token that is refused is renewed, and the request is sent once more", async () => {
  const { page, context, recorder } = await openPage(browser);
  recorder.allow(/401/);
  let refused = 0;
  await page.route("**/api/stock/**", (route) => {
    refused += 1;
    return refused === 1
      ? route.fulfill({
          status: 401,
          contentType: "application/problem+json",
          body: '{"title":"x","code":"unauthenticated"}',
        })
      : route.continue();
  });
  await signIn(page, "vendor", newVendor());
  const tokens = () => recorder.requests.filter((path) => path.startsWith("/token")).length;
  const before = tokens();
  await page.goto("/inventory");
  await page.getByRole("heading", { name: "No SKUs yet" }).waitFor();
  expect(refused).toBeGreaterThan(1);
  expect(tokens()).toBeGreaterThan(before);
  recorder.expectClean();
  await context.close();
});

test("a session that cannot be renewed is signed into again on the page, which goes on", async () => {
  const { page, context, recorder } = await openPage(browser);
  recorder.allow(/401|500/);
  await signIn(page, "vendor", newVendor());
  await page.waitForURL("**/overview");
  // The requests of this page must have ended: one that is refused would open the dialog before the click.
  await page.waitForLoadState("networkidle");
  let ended = true;
  const endIf = (status: number) => (route: import("playwright-core").Route) =>
    ended ? route.fulfill({ status, contentType: "text/plain", body: "no" }) : route.continue();
  await page.route("**/token?**", endIf(500));
  await page.route("**/api/**", endIf(401));
  await page.getByRole("navigation").getByRole("link", { name: "Inventory" }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.waitFor();
  ended = false;
  await dialog.getByRole("button", { name: "Sign in again" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("heading", { name: "No SKUs yet" }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("the first page offers the demo shop, and shows how far it is", async () => {
  const { page, context, recorder } = await openPage(browser, { address: "/shelf" });
  const states = [
    { state: "idle", done: 0, total: 0, step: "", message: null },
    { state: "loading", done: 120, total: 900, step: "orders", message: null },
    { state: "loaded", done: 900, total: 900, step: "", message: null },
  ];
  let loading = false;
  await page.route("**/demo", (route) => {
    if (route.request().method() === "POST") {
      loading = true;
      return route.fulfill({ status: 202, json: states[1] });
    }
    return route.fulfill({ json: loading ? states[2] : states[0] });
  });
  await page.goto("/");
  await page.getByRole("button", { name: "Load the demo shop" }).click();
  await page.getByText("Loading: orders").waitFor();
  await page.getByText("120 of 900").waitFor();
  await page.getByText("The demo shop is loaded.", { exact: false }).waitFor();
  await page.getByRole("button", { name: "Sign in as VENDOR-DEMO001" }).waitFor();
  await expectNoViolations(page);
  recorder.expectClean();
  await context.close();
});

test("the colour scheme follows the system, and the switch is kept", async () => {
  const { page, context } = await openPage(browser, { scheme: "dark" });
  const scheme = () => page.locator("html").getAttribute("data-mantine-color-scheme");
  await page.getByRole("button", { name: "Use the light colour scheme" }).click();
  await expect.poll(scheme).toBe("light");
  await page.reload();
  await page.getByRole("button", { name: "Use the dark colour scheme" }).waitFor();
  expect(await scheme()).toBe("light");
  await context.close();
});

test("sign-in, choice of a vendor, missing page and permission have no violations, at 390 px too", async () => {
  const places: { role: Role | null; address: string; heading: string }[] = [
    { role: null, address: "/", heading: "Sign in" },
    { role: "admin", address: "/inventory", heading: "Choose a vendor" },
    { role: "desk", address: "/inventory", heading: "You may not see this page" },
    { role: "auditor", address: "/", heading: "Findings" },
    { role: "vendor", address: "/no-such-page", heading: "There is no such page" },
  ];
  for (const { role, address, heading } of places) {
    const { page, context, recorder } = await openPage(browser, { size: NARROW });
    if (role !== null) {
      await signIn(page, role, role === "vendor" ? newVendor() : undefined);
    }
    await page.goto(address);
    await page.getByRole("heading", { name: heading, exact: true }).first().waitFor();
    await expectNoViolations(page);
    await expectNoSidewaysScroll(page);
    recorder.expectClean();
    await context.close();
  }
});

test("by the keyboard alone: sign in, skip to the content, and out by the menu", async () => {
  const { page, context } = await openPage(browser);
  await page.getByLabel("Vendor id").waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("INPUT");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(newVendor());
  await page.keyboard.press("Enter");
  await page.waitForURL("**/overview");
  await page.reload();
  await page.getByRole("navigation").waitFor();
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("content");
  await page.getByRole("button", { name: /^Account of / }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Order desk", exact: true }).waitFor();
  await context.close();
});
