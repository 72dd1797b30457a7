import { randomUUID } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  api,
  expectNoSidewaysScroll,
  expectNoViolations,
  inParallel,
  NARROW,
  newVendor,
  openPage,
  poll,
  type Role,
  type SeededSku,
  seedOrder,
  seedProduct,
  seedSku,
  signIn,
  startBrowser,
} from "./support";

const vendor = newVendor();
const DESK = { role: "desk" } as const;
let browser: Browser;
let red: SeededSku;
let blue: SeededSku;
let scarce: SeededSku;

beforeAll(async () => {
  browser = await startBrowser();
  const product = await seedProduct(vendor, { product_name: "Enamel mug" });
  red = await seedSku(vendor, product, "RED", { variant_name: "Red" }, 10_000);
  blue = await seedSku(vendor, product, "BLUE", { variant_name: "Blue" }, 10_000);
  scarce = await seedSku(vendor, product, "GOLD", { variant_name: "Gold" }, 3);
});

afterAll(() => browser?.close());

const lineOf = ({ product_id, sku }: SeededSku, quantity: number) => ({ product_id, sku, quantity });

/** An order of its own for each test, of 5 red and 3 blue mugs unless it says otherwise. */
async function newOrder(lines = [lineOf(red, 5), lineOf(blue, 3)]): Promise<string> {
  const id = `ORDER-T-${randomUUID().slice(0, 13)}`;
  await seedOrder(id, lines);
  return id;
}

const command = (id: string, name: string, body?: unknown) =>
  api("POST", `/stock/orders/${id}/${name}`, body, DESK);

interface StoredOrder {
  status: string;
  lines: {
    sku: string;
    reserved: number;
    confirmed: number;
    refunded: number;
    reason: string;
    notes: string;
  }[];
}
const stored = (id: string) => api<StoredOrder>("GET", `/stock/orders/${id}`, undefined, DESK);

async function open(address: string, role: Role = "desk", size?: typeof NARROW) {
  const opened = await openPage(browser, size === undefined ? { address } : { address, size });
  await signIn(opened.page, role, role === "vendor" ? vendor : undefined);
  return opened;
}

async function openOrder(id: string, role: Role = "desk", size?: typeof NARROW) {
  const opened = await open(`/orders/${id}`, role, size);
  await opened.page.getByRole("region", { name: "Lines" }).first().waitFor();
  return opened;
}

/** The lines as they are read: reserved, confirmed, cancelled, refunded of red, then of blue. */
const figures = (page: Page) => async () => {
  const rows = page.getByRole("region", { name: "Lines" }).first().locator("tbody tr");
  const cells = await rows.evaluateAll((all) =>
    all
      .sort((a, b) => (a.textContent ?? "").localeCompare(b.textContent ?? ""))
      .map((row) =>
        [...row.querySelectorAll("td")].map((cell) => cell.lastChild?.textContent ?? "").slice(2, 6),
      ),
  );
  return cells
    .reverse()
    .map((row) => row.join(" "))
    .join(", ");
};

const actions = (page: Page) => page.getByRole("region", { name: "Actions" });
const act = (page: Page, name: string) => actions(page).getByRole("button", { name, exact: true }).click();

test("an order is found by its id, by the keyboard alone, and an unknown one says so", async () => {
  const id = await newOrder();
  const { page, context, recorder } = await open("/");
  recorder.allow(/404/);
  await page.waitForURL("**/orders");
  const field = page.getByLabel("Order id");
  await poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.type("no such order");
  await page.keyboard.press("Enter");
  await page.getByText(/^An order id is ORDER-/).waitFor();
  await field.fill("ORDER-UNKNOWN-7");
  await page.keyboard.press("Enter");
  await page.getByText("There is no order ORDER-UNKNOWN-7.").waitFor();
  await page.getByText(/^An order that was refused is not stored\./).waitFor();
  await expectNoViolations(page);
  await field.fill(id.replace("ORDER-", ""));
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/orders/${id}`);
  await page.getByRole("heading", { level: 1, name: id }).waitFor();
  await poll(() => page.title()).toBe(`${id} · Inventory console`);
  for (const unknown of ["ORDER-UNKNOWN-7", "nonsense"]) {
    await page.goto(`/orders/${unknown}`);
    await page.getByRole("heading", { name: `There is no order ${unknown}` }).waitFor();
  }
  await page.getByRole("link", { name: "To the orders" }).click();
  await page.waitForURL("**/orders");
  recorder.expectClean();
  await context.close();
});

test("what is due is listed soonest first, refreshed by itself, and kept in the address", async () => {
  const soon = `ORDER-T-${randomUUID().slice(0, 13)}`;
  const later = `ORDER-T-${randomUUID().slice(0, 13)}`;
  await api("PUT", `/stock/orders/${soon}`, { lines: [lineOf(red, 2)], hold_seconds: 600 }, DESK);
  await api("PUT", `/stock/orders/${later}`, { lines: [lineOf(red, 1)], hold_seconds: 900 }, DESK);
  const { page, context, recorder } = await open("/orders");
  const due = page.getByRole("region", { name: "What is due" }).first();
  const row = due.getByRole("row", { name: new RegExp(soon) });
  await row.getByText(/^in \d+ minutes$/).waitFor();
  await row.getByText("Reserved", { exact: true }).first().waitFor();
  await due.getByText("All open").click();
  await poll(() => new URL(page.url()).search).toBe("?due=open");
  await due.getByRole("row", { name: new RegExp(later) }).waitFor();
  await poll(async () => {
    const ids = await due.locator("tbody tr td:first-child").allTextContents();
    return ids.filter((id) => id === soon || id === later);
  }).toEqual([soon, later]);
  await command(soon, "confirm");
  await expect.poll(() => row.count(), { timeout: 20_000 }).toBe(0);
  await page.reload();
  await due.getByRole("link", { name: later }).click();
  await page.waitForURL(`**/orders/${later}`);
  recorder.expectClean();
  await context.close();
});

test("what reserves a SKU is listed, and leads to the orders", async () => {
  const id = await newOrder([lineOf(scarce, 2)]);
  const { page, context, recorder } = await open("/orders");
  recorder.allow(/404/);
  const field = page.getByLabel("SKU", { exact: true });
  await field.fill("mug");
  await page.keyboard.press("Enter");
  await page.getByText(/^A SKU is SKU-/).waitFor();
  await field.fill("SKU-PROD-ZZZZZ-NONE");
  await page.keyboard.press("Enter");
  await page.getByText("There is no SKU SKU-PROD-ZZZZZ-NONE.").waitFor();
  await field.fill(scarce.sku.toLowerCase());
  await page.keyboard.press("Enter");
  await poll(() => new URL(page.url()).searchParams.get("sku")).toBe(scarce.sku);
  await page.getByText("2 units reserved by 1 order").waitFor();
  await page.getByText("Enamel mug · Gold").waitFor();
  await expectNoViolations(page);
  await page.getByRole("link", { name: id }).first().click();
  await page.waitForURL(`**/orders/${id}`);
  await command(id, "cancel");
  recorder.expectClean();
  await context.close();
});

test("an order shows its lines and log, and what its status allows, with why the rest is not", async () => {
  const id = await newOrder();
  const { page, context, recorder } = await openOrder(id);
  await poll(figures(page)).toBe("5 0 0 0, 3 0 0 0");
  await page.getByText("Enamel mug · Red").first().waitFor();
  await page.getByText("Placed by").waitFor();
  const log = page.getByRole("region", { name: "Log" });
  await log.getByRole("row", { name: /Order placed .*\+5 .*local-desk/ }).waitFor();
  const panel = actions(page);
  expect(await panel.getByRole("button", { name: "Refund" }).isDisabled()).toBe(true);
  await panel.getByText("No confirmed unit is left to refund.").waitFor();
  await panel.getByText("Units are still reserved: amend the order instead.").waitFor();
  await panel.getByText("8 units reserved: confirmed, they leave the stock.").waitFor();
  await expectNoViolations(page);
  recorder.expectClean();
  await context.close();
});

test("an order is confirmed in part and in whole, and refunded by line, some of it not to the stock", async () => {
  const id = await newOrder();
  const { page, context, recorder } = await openOrder(id);
  await act(page, "Confirm");
  const confirm = page.getByRole("dialog", { name: `Confirm ${id}` });
  await confirm.getByText("A part", { exact: true }).click();
  await confirm.getByRole("button", { name: "Confirm", exact: true }).click();
  await confirm.getByText("Write the units of at least one line.").waitFor();
  await confirm.getByLabel(`Units of ${red.sku}`, { exact: true }).fill("x");
  await confirm.getByText("A whole number from 1 to 1,000,000.").waitFor();
  await expectNoViolations(page);
  await confirm.getByLabel(`Units of ${red.sku}`, { exact: true }).fill("2");
  await page.keyboard.press("Enter");
  await confirm.waitFor({ state: "detached" });
  await poll(figures(page)).toBe("3 2 0 0, 3 0 0 0");
  await page.getByText("Partially confirmed").first().waitFor();
  await act(page, "Confirm");
  await page.getByRole("dialog").getByRole("button", { name: "Confirm 6 units" }).click();
  await poll(figures(page)).toBe("0 5 0 0, 0 3 0 0");
  await actions(page).getByText("Nothing is reserved.").first().waitFor();
  await act(page, "Refund");
  const refund = page.getByRole("dialog", { name: `Refund ${id}` });
  await refund.getByText("A part", { exact: true }).click();
  await refund.getByLabel(`Units of ${red.sku}`, { exact: true }).fill("1");
  await refund.getByRole("button", { name: `All of ${blue.sku}` }).click();
  await refund.getByLabel(`The units of ${red.sku} return to the stock`).uncheck();
  await refund.getByLabel("Reason").fill("Broken!");
  await refund.getByText(/^One word of at most 40/).waitFor();
  await refund.getByLabel("Reason").fill("broken");
  await refund.getByLabel("Notes").fill("handle missing");
  await expectNoViolations(page);
  await refund.getByRole("button", { name: "Refund 4 units" }).click();
  await poll(figures(page)).toBe("0 5 0 1, 0 3 0 3");
  const log = page.getByRole("region", { name: "Log" });
  const refunds = log.getByRole("row", { name: /Refund.*broken: handle missing/ });
  await poll(() => refunds.count()).toBe(2);
  expect(await refunds.filter({ hasText: "+3" }).count()).toBe(1);
  expect(await refunds.filter({ hasText: "+1" }).count()).toBe(0);
  recorder.expectClean();
  await context.close();
});

test("an order is cancelled with a reason, and reopened", async () => {
  const id = await newOrder();
  const { page, context, recorder } = await openOrder(id);
  await act(page, "Cancel");
  const cancel = page.getByRole("dialog", { name: `Cancel ${id}` });
  await cancel.getByLabel("Reason").fill("customer_request");
  await cancel.getByRole("button", { name: "Cancel 8 units" }).click();
  await poll(figures(page)).toBe("0 0 5 0, 0 0 3 0");
  await page.getByText("cancelled on request").waitFor();
  expect((await stored(id)).lines[0]?.reason).toBe("customer_request");
  await act(page, "Reopen");
  const reopen = page.getByRole("dialog", { name: `Reopen ${id}` });
  await reopen.getByLabel("Hold for").fill("40");
  await reopen.getByText("A minute to 30 days.").waitFor();
  await reopen.getByLabel("Unit of time").selectOption("hours");
  await reopen.getByRole("button", { name: "Reopen the order" }).click();
  await poll(figures(page)).toBe("5 0 0 0, 3 0 0 0");
  await page.getByText("in 40 hours").waitFor();
  await act(page, "Extend");
  await page.getByLabel("Hold for").fill("5");
  await page.keyboard.press("Enter");
  await page.getByText("in 5 days").waitFor();
  recorder.expectClean();
  await context.close();
});

test("an order is amended: a line raised, one dropped, one added; a refusal says what is short", async () => {
  const id = await newOrder();
  const { page, context, recorder } = await openOrder(id);
  recorder.allow(/409/);
  await act(page, "Amend");
  const amend = page.getByRole("dialog", { name: `Amend ${id}` });
  await amend.getByLabel(`Units of ${red.sku}`, { exact: true }).fill("7");
  await amend.getByRole("button", { name: `Drop ${blue.sku}` }).click();
  await amend.getByRole("button", { name: "Add line" }).click();
  await amend.getByLabel("SKU of line 1").fill(scarce.sku);
  await amend.getByText("Enamel mug · Gold · 3 units available").waitFor();
  await amend.getByLabel("Units of line 1").fill("4");
  await amend.getByText("6 more reserved, 3 released.").waitFor();
  await amend.getByRole("button", { name: "Amend the order" }).click();
  await amend.getByRole("alert").getByText("Insufficient stock").waitFor();
  await amend.getByText(`${scarce.sku}: 4 units requested, 3 available`).last().waitFor();
  await expectNoViolations(page);
  await amend.getByLabel("Units of line 1").fill("1");
  await amend.getByRole("button", { name: "Amend the order" }).click();
  await amend.waitFor({ state: "detached" });
  await poll(figures(page)).toBe("7 0 0 0, 1 0 0 0, 0 0 0 0");
  await command(id, "cancel");
  recorder.expectClean();
  await context.close();
});

test("two people settle an order at once: both versions are shown, and one chooses", async () => {
  const id = await newOrder();
  const { page, context, recorder } = await openOrder(id);
  recorder.allow(/412|409/);
  await act(page, "Cancel");
  const cancel = page.getByRole("dialog", { name: `Cancel ${id}` });
  await cancel.getByText("A part", { exact: true }).click();
  await cancel.getByLabel(`Units of ${red.sku}`, { exact: true }).fill("2");
  await command(id, "confirm", { lines: [{ sku: red.sku, quantity: 3 }] });
  await cancel.getByRole("button", { name: "Cancel 2 units" }).click();
  const conflict = page.getByRole("dialog", { name: "Somebody else changed this meanwhile" });
  await conflict.getByRole("row", { name: "Status Reserved Partially confirmed" }).waitFor();
  await conflict.getByRole("row", { name: `${red.sku} 2 2 reserved` }).waitFor();
  await expectNoViolations(page);
  await conflict.getByRole("button", { name: "Apply my change" }).click();
  await poll(figures(page)).toBe("0 3 2 0, 3 0 0 0");
  await act(page, "Confirm");
  await command(id, "cancel");
  await page.getByRole("dialog").getByRole("button", { name: "Confirm 3 units" }).click();
  await conflict.getByRole("row", { name: `${blue.sku} 3 0 reserved` }).waitFor();
  expect(await conflict.getByRole("button", { name: "Apply my change" }).count()).toBe(0);
  await conflict.getByRole("button", { name: "Keep what is stored" }).click();
  await poll(figures(page)).toBe("0 3 2 0, 0 0 3 0");
  recorder.expectClean();
  await context.close();
});

test("a command whose answer is lost is sent again under the same key, and is executed once", async () => {
  const id = await newOrder();
  const { page, context, recorder } = await openOrder(id);
  recorder.allow(/ERR_FAILED|Failed to load/);
  const keys: (string | undefined)[] = [];
  await page.route(`**/orders/${id}/confirm`, async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    const response = await route.fetch();
    if (keys.length === 1) await route.abort();
    else await route.fulfill({ response });
  });
  await act(page, "Confirm");
  const dialog = page.getByRole("dialog", { name: `Confirm ${id}` });
  await dialog.getByText("A part", { exact: true }).click();
  await dialog.getByLabel(`Units of ${red.sku}`, { exact: true }).fill("1");
  await page.keyboard.press("Enter");
  await poll(figures(page)).toBe("4 1 0 0, 3 0 0 0");
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
  recorder.expectClean();
  await context.close();
});

test("a command that runs (202) closes its dialog, is shown as running, and is followed to its end", async () => {
  const id = await newOrder();
  const { page, context, recorder } = await openOrder(id);
  const running = { ...(await stored(id)), status: "confirming" };
  let sent = 0;
  let isRunning = false;
  await page.route(`**/api/stock/orders/${id}`, (route) =>
    isRunning ? route.fulfill({ json: running, headers: { ETag: '"2"' } }) : route.continue(),
  );
  await page.route(`**/orders/${id}/confirm`, (route) => {
    sent += 1;
    isRunning = sent < 3;
    return isRunning
      ? route.fulfill({ status: 202, json: running, headers: { "Retry-After": "1" } })
      : route.continue();
  });
  await act(page, "Confirm");
  await page.getByRole("dialog").getByRole("button", { name: "Confirm 8 units" }).click();
  await page.getByText("A command is running on this order.", { exact: false }).waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByText("Being confirmed").waitFor();
  expect(await actions(page).getByRole("button", { disabled: false }).count()).toBe(0);
  await actions(page).getByText("Wait until the running command is finished.").first().waitFor();
  await expectNoViolations(page);
  await poll(figures(page)).toBe("0 5 0 0, 0 3 0 0");
  await page.getByText("Confirmed.", { exact: true }).waitFor();
  await page
    .getByText("A command is running on this order.", { exact: false })
    .waitFor({ state: "detached" });
  recorder.expectClean();
  await context.close();
});

test("a status that this page does not know is shown as it is, and the service decides", async () => {
  const id = await newOrder();
  const other = { ...(await stored(id)), status: "packed" };
  const { page, context, recorder } = await openPage(browser);
  recorder.allow(/409/);
  await page.route(`**/api/stock/orders/${id}`, (route) =>
    route.fulfill({ json: other, headers: { ETag: '"1"' } }),
  );
  await signIn(page, "desk");
  await page.goto(`/orders/${id}`);
  await page.getByText("packed", { exact: true }).waitFor();
  expect(await actions(page).getByRole("button", { disabled: true }).count()).toBe(0);
  await act(page, "Reopen");
  await page.getByRole("button", { name: "Reopen the order" }).click();
  await page.getByRole("alert").getByText("There is nothing to reopen").waitFor();
  recorder.expectClean();
  await context.close();
});

test("a test order is placed with its lines, owner and hold; the same id twice places nothing twice", async () => {
  const { page, context, recorder } = await open("/orders");
  recorder.allow(/409/);
  await page.getByRole("button", { name: "Place a test order" }).click();
  const drawer = page.getByRole("dialog", { name: "Place a test order" });
  const id = await drawer.getByLabel("Order id").inputValue();
  expect(id).toMatch(/^ORDER-TEST-/);
  await drawer.getByRole("button", { name: "Place order" }).click();
  await drawer.getByText(/^Each line needs a SKU/).waitFor();
  await expectNoViolations(page);
  await drawer.getByLabel("SKU of line 1").fill(scarce.sku);
  await drawer.getByLabel("Units of line 1").fill("9");
  await drawer.getByRole("button", { name: "Add line" }).click();
  await drawer.getByLabel("SKU of line 2").fill(red.sku);
  await drawer.getByLabel("Units of line 2").fill("2");
  await drawer.getByLabel("Owner").fill("web-shop");
  await drawer.getByLabel("Unit of time").selectOption("hours");
  await drawer.getByRole("button", { name: "Place order" }).click();
  await drawer
    .getByText(/-GOLD: 9 units requested, \d available/)
    .last()
    .waitFor();
  // What holds the rest opens beside, and nothing that was typed is lost.
  await drawer.getByRole("button", { name: "What reserves it" }).click();
  await drawer.getByText(/^\d units? available of \d+ on hand\.$/).waitFor();
  await expectNoViolations(page);
  await drawer.getByRole("button", { name: "Close" }).last().click();
  await drawer.getByLabel("Units of line 1").fill("1");
  const bodies: unknown[] = [];
  page.on("request", (request) => {
    if (request.method() === "PUT") bodies.push(request.postDataJSON());
  });
  await drawer.getByRole("button", { name: "Place order" }).click();
  await page.waitForURL(`**/orders/${id}`);
  await page.getByText(`${id} is placed.`).waitFor();
  expect(bodies).toEqual([
    { lines: [lineOf(scarce, 1), lineOf(red, 2)], hold_seconds: 3_600, owner: "web-shop" },
  ]);
  await page.getByRole("heading", { level: 1, name: id }).waitFor();
  await page.getByText(/^in (59|60) minutes$/).waitFor();
  await page.goto("/orders?new=true");
  await drawer.getByLabel("Order id").fill(id);
  await drawer.getByLabel("SKU of line 1").fill(blue.sku);
  await page.keyboard.press("Enter");
  await drawer.getByRole("alert").getByText("The order already exists with other lines").waitFor();
  await drawer.getByRole("link", { name: "Open the order that has this id" }).click();
  await page.waitForURL(`**/orders/${id}`);
  await command(id, "cancel");
  recorder.expectClean();
  await context.close();
});

test("an order of many lines is shown a part at a time, and found by SKU", async () => {
  const product = await seedProduct(vendor, { product_name: "Tile" });
  const tiles: SeededSku[] = [];
  await inParallel(
    Array.from({ length: 60 }, (_, index) => index),
    4,
    async (index) => {
      tiles.push(await seedSku(vendor, product, `T${100 + index}`, {}, 5));
    },
  );
  const id = await newOrder(tiles.map((tile) => lineOf(tile, 1)));
  const { page, context, recorder } = await openOrder(id);
  const rows = page.getByRole("region", { name: "Lines" }).first().locator("tbody tr");
  await poll(() => rows.count()).toBe(50);
  await page.getByText("50 of 60 lines").waitFor();
  await page.getByLabel("Search the lines by SKU").fill("t107");
  await poll(() => rows.count()).toBe(1);
  await act(page, "Confirm");
  await page.getByRole("dialog").getByRole("button", { name: "Confirm 60 units" }).click();
  await page.getByText("Confirmed", { exact: true }).first().waitFor();
  recorder.expectClean();
  await context.close();
});

test("a vendor sees its own lines, and cancels and refunds these alone", async () => {
  const other = newVendor();
  const lamp = await seedProduct(other, { product_name: "Lamp" });
  const foreign = await seedSku(other, lamp, "ONE", {}, 9);
  const id = await newOrder([lineOf(red, 5), lineOf(foreign, 2)]);
  const foreignOrder = await newOrder([lineOf(foreign, 1)]);
  const { page, context, recorder } = await open(`/skus/${red.sku}`, "vendor");
  recorder.allow(/404/);
  await page.getByRole("region", { name: "Open reservations" }).getByRole("link", { name: id }).click();
  await page.waitForURL(`**/orders/${id}`);
  await page.getByText("Your own lines of the order.", { exact: false }).waitFor();
  await page.getByText("Enamel mug · Red").first().waitFor();
  expect(await page.getByText(foreign.sku).count()).toBe(0);
  expect(await actions(page).getByRole("button").allTextContents()).toEqual(["Cancel", "Refund"]);
  await act(page, "Cancel");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel 5 units" }).click();
  await page.getByText("cancelled on request").waitFor();
  expect((await stored(id)).lines.map(({ reserved }) => reserved).sort()).toEqual([0, 2]);
  await page.goto(`/orders/${foreignOrder}`);
  await page.getByRole("heading", { name: `There is no order ${foreignOrder}` }).waitFor();
  await page.getByRole("link", { name: "To the orders" }).click();
  await page.getByRole("heading", { level: 1, name: "Orders" }).waitFor();
  expect(await page.getByRole("region", { name: "What is due" }).count()).toBe(0);
  expect(await page.getByRole("button", { name: "Place a test order" }).count()).toBe(0);
  await expectNoViolations(page);
  await page.getByLabel("SKU", { exact: true }).fill(foreign.sku);
  await page.keyboard.press("Enter");
  await page.getByText(`You have no SKU ${foreign.sku}.`).waitFor();
  recorder.expectClean();
  await context.close();
});

test("an auditor reads an order and changes nothing; the list is not its page", async () => {
  const id = await newOrder();
  const { page, context, recorder } = await openOrder(id, "auditor");
  await poll(figures(page)).toBe("5 0 0 0, 3 0 0 0");
  expect(await actions(page).count()).toBe(0);
  await page.goto("/orders");
  await page.getByRole("heading", { name: "You may not see this page" }).first().waitFor();
  recorder.expectClean();
  await context.close();
});

test("a service that fails is said, and asked again", async () => {
  const id = await newOrder();
  const { page, context, recorder } = await open("/orders");
  recorder.allow(/500/);
  let fails = true;
  await page.route("**/api/stock/orders**", (route) =>
    fails
      ? route.fulfill({ status: 500, json: { title: "Broken", detail: "On purpose.", code: "x" } })
      : route.continue(),
  );
  await page.goto(`/orders/${id}`);
  await page.getByRole("heading", { name: "Broken" }).waitFor();
  await page.goto("/orders");
  await page.getByRole("heading", { name: "Broken" }).waitFor();
  await expectNoViolations(page);
  fails = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("region", { name: "What is due" }).first().waitFor();
  await page.getByRole("heading", { name: "Broken" }).waitFor({ state: "detached" });
  recorder.expectClean();
  await context.close();
});

test("the desk works on a phone, without a violation", async () => {
  const id = await newOrder();
  await command(id, "confirm", { lines: [{ sku: red.sku, quantity: 2 }] });
  const { page, context, recorder } = await open(`/orders?due=open&sku=${red.sku}`, "desk", NARROW);
  await page.getByRole("link", { name: id }).first().waitFor();
  await expectNoSidewaysScroll(page);
  await expectNoViolations(page);
  await page.getByRole("link", { name: id }).first().click();
  await page.getByRole("region", { name: "Log" }).getByText("Order confirmed").first().waitFor();
  await expectNoSidewaysScroll(page);
  await expectNoViolations(page);
  await act(page, "Refund");
  await page.getByText("A part", { exact: true }).click();
  await page.getByLabel(`Units of ${red.sku}`, { exact: true }).waitFor();
  await expectNoSidewaysScroll(page);
  await expectNoViolations(page);
  recorder.expectClean();
  await context.close();
});
