import { readFile } from "node:fs/promises";
import type { Browser, Download, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generatedLog } from "./generatedLog";
import {
  api,
  CONSOLE_URL,
  expectNoSidewaysScroll,
  expectNoViolations,
  NARROW,
  newVendor,
  openPage,
  poll,
  recordFrames,
  type SeededSku,
  SLOWNESS,
  seedOrder,
  seedProduct,
  seedSku,
  settled,
  signIn,
  startBrowser,
  tokenOf,
} from "./support";

const vendor = newVendor();
const order = `ORDER-AUD-${vendor.slice(-8)}`;
const as = { role: "vendor", vendor } as const;
/** A page without a frame for longer is frozen. */
const FROZEN_MILLISECONDS_MAX = 1_000;
let browser: Browser;
let sku: SeededSku;

beforeAll(async () => {
  browser = await startBrowser();
  const product = await seedProduct(vendor, { product_name: "Enamel mug" });
  sku = await seedSku(vendor, product, "BLUE-L", { variant_name: "Blue, L" }, 20);
  const path = `/stock/products/${sku.product_id}/skus/${sku.sku}`;
  await api("POST", `${path}/adjustments`, { quantity_change: -2, notes: "=Broken, “twice”" }, as);
  await seedOrder(order, [{ product_id: sku.product_id, sku: sku.sku, quantity: 3 }]);
  await api(
    "POST",
    `/stock/orders/${order}/confirm`,
    { lines: [{ sku: sku.sku, quantity: 1 }] },
    { role: "desk" },
  );
});

afterAll(() => browser?.close());

async function openAsAuditor(address: string, options: { size?: typeof NARROW } = {}) {
  const opened = await openPage(browser, { address, ...options });
  await signIn(opened.page, "auditor");
  return opened;
}

/** What the audit service itself answers. */
async function served(path: string, accept: string): Promise<Buffer> {
  const headers = { Authorization: `Bearer ${await tokenOf("auditor")}`, Accept: accept };
  const response = await fetch(`${CONSOLE_URL}/api/audit${path}`, { headers });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

async function downloaded(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button, exact: true }).click(),
  ]);
  return { name: (file as Download).suggestedFilename(), bytes: await readFile(await file.path()) };
}

async function expectFitsPhone(page: Page): Promise<void> {
  await page.setViewportSize(NARROW);
  await settled(page);
  await expectNoSidewaysScroll(page);
}

const rows = (page: Page) => page.getByRole("region", { name: "Records" }).getByRole("row");
/** A figure of the stock at a time. */
const figures = (page: Page) => () => page.locator("dl dd").allTextContents();

const FINDING = {
  finding_id: `FIND-${"1".repeat(32)}`,
  kind: "stock_without_record",
  occurred_at: "2026-02-23T14:20:00.000000Z",
  vendor_id: "VENDOR-001",
  product_id: "PROD-E4F9A",
  sku: "SKU-PROD-E4F9A-BLK-L",
  transaction_id: null,
  differences: [{ transaction_id: null, kind: "current_stock", expected: 7, found: 0 }],
};
const LATER = { ...FINDING, finding_id: `FIND-${"2".repeat(32)}`, kind: "of_a_later_version" };

test("an auditor's first page says what it means that there are no findings", async () => {
  const { page, context, recorder } = await openAsAuditor("/");
  await page.waitForURL("**/findings");
  await page.getByRole("heading", { name: "No findings" }).waitFor();
  expect(await page.title()).toBe("Findings · Inventory console");
  await expectNoViolations(page);
  await page.getByRole("link", { name: "Verify a SKU" }).click();
  await page.waitForURL("**/verify");
  await poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("INPUT");
  await expectNoViolations(page);
  recorder.allow(/501/);
  await page.route("**/api/audit/findings*", (route) =>
    route.fulfill({ status: 501, json: { title: "No archive", code: "archive_not_configured" } }),
  );
  await page.goto("/findings");
  await page.getByRole("heading", { name: "Findings are not kept here" }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("findings say what they mean in the service's digits, lead on, and new ones appear by themselves", async () => {
  const { page, context, recorder } = await openAsAuditor("/verify");
  let lines = [JSON.stringify(FINDING).replace('"found":0', '"found":9007199254740993')];
  await page.route("**/api/audit/findings*", (route) =>
    route.fulfill({ contentType: "application/x-ndjson", body: lines.map((line) => `${line}\n`).join("") }),
  );
  await page.getByRole("link", { name: "Findings" }).click();
  const first = page.getByRole("article", { name: "Stock changed without a record" });
  await first.getByText("9007199254740993").waitFor();
  await first.getByText("count the goods", { exact: false }).waitFor();
  lines = [JSON.stringify(LATER), ...lines];
  await first.getByRole("button", { name: "JSON" }).click();
  await page.getByRole("dialog").getByText('"found": 9007199254740993').waitFor();
  await page.keyboard.press("Escape");
  await expectNoViolations(page);
  // A kind that this page does not know is shown as it is.
  await page.getByRole("article", { name: "of_a_later_version" }).waitFor();
  const file = await downloaded(page, "JSON Lines");
  expect([file.name, file.bytes.toString()]).toEqual(["findings.jsonl", `${lines.join("\n")}\n`]);
  await expectFitsPhone(page);
  await expectNoViolations(page);
  await first.getByRole("link", { name: "Log", exact: true }).click();
  await page.waitForURL(`**/log?sku=${FINDING.sku}`);
  await page.getByRole("heading", { name: "No records" }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("the log by SKU, type and time, in the address, in full, and as the file that the service serves", async () => {
  const { page, context, recorder } = await openAsAuditor("/log");
  await page.getByRole("heading", { name: "Choose what to look at" }).waitFor();
  await expectNoViolations(page);
  await page.getByRole("textbox", { name: "SKU" }).fill(sku.sku.toLowerCase());
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/log?sku=${sku.sku}`);
  await poll(() => rows(page).count()).toBe(5);
  // The keyboard stays where it was.
  expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe(sku.sku);
  await page.getByText("4 records, all there are").waitFor();
  const path = `/skus/${sku.sku}/transactions`;
  const csv = await downloaded(page, "CSV");
  expect(csv.name).toBe(`log-${sku.sku}.csv`);
  expect(csv.bytes.equals(await served(path, "text/csv"))).toBe(true);
  expect(
    (await downloaded(page, "JSON Lines")).bytes.equals(await served(path, "application/x-ndjson")),
  ).toBe(true);
  await rows(page).nth(4).getByRole("button").click();
  const dialog = page.getByRole("dialog", { name: "Log record" });
  await dialog.getByText(`Record 1 of ${sku.sku}`).waitFor();
  await dialog.getByText('"stock_after": 20,').waitFor();
  await expectNoViolations(page);
  await dialog.getByRole("link", { name: "Link to this record" }).click();
  await page.waitForURL("**/log?record=TXN-*");
  await page.reload();
  await dialog.getByText('"stock_after": 20,').waitFor();
  await page.goBack();
  await page.getByRole("combobox", { name: "Type" }).selectOption("manual_adjustment");
  await page.getByLabel("From").fill("2026-01-01T00:00:00");
  await page.getByRole("button", { name: "Show" }).click();
  await poll(() => new URL(page.url()).search).toBe(
    `?sku=${sku.sku}&type=manual_adjustment&from=2025-12-31T23%3A00%3A00.000Z`,
  );
  await poll(() => rows(page).count()).toBe(2);
  await expectFitsPhone(page);
  await expectNoViolations(page);
  recorder.expectClean();
  await context.close();
});

test("the log of an order, a product and a vendor", async () => {
  const { page, context, recorder } = await openAsAuditor(`/log?order=${order}`);
  await poll(() => rows(page).count()).toBe(3);
  // The service has neither a period nor a type for the records of an order.
  expect(await page.getByLabel("From").count()).toBe(0);
  await rows(page).nth(1).getByRole("link", { name: sku.sku }).click();
  await page.waitForURL(`**/log?sku=${sku.sku}`);
  for (const address of [`/log?product=${sku.product_id}`, `/log?vendor=${vendor}&sort=oldest`]) {
    await page.goto(address);
    await poll(() => rows(page).count()).toBe(5);
  }
  await poll(() => rows(page).nth(1).textContent()).toContain("Restock");
  recorder.allow(/404/);
  await page.goto("/log?order=ORDER-NOT-THERE");
  await page.getByText("No such order is stored", { exact: false }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("a whole log is green, and red where a record was changed on its way", async () => {
  const { page, context, recorder } = await openAsAuditor(`/verify/${sku.sku}`);
  await page.getByText("All 4 records are whole").waitFor();
  await page.getByText("each record is signed by the ledger key", { exact: false }).waitFor();
  await page.getByText("its end is not missing", { exact: false }).waitFor();
  await poll(() => page.getByRole("listitem").count()).toBe(4);
  await expectNoViolations(page);
  const kept = await downloaded(page, "JSON Lines");
  const path = `/skus/${sku.sku}/transactions?order=asc`;
  expect(kept.bytes.equals(await served(path, "application/x-ndjson"))).toBe(true);
  expect((await downloaded(page, "Keys")).bytes.equals(await served("/ledger-keys", "*/*"))).toBe(true);
  await page.route("**/transactions?*", async (route) => {
    const response = await route.fetch();
    const lines = (await response.text()).split("\n");
    lines[1] = (lines[1] ?? "").replace('"quantity_change":-2', '"quantity_change":-1');
    await route.fulfill({ response, body: lines.join("\n") });
  });
  await page.getByRole("button", { name: "Verify again" }).click();
  await page.getByRole("alert").filter({ hasText: "1 fault among 4 records" }).waitFor();
  const forged = page.getByRole("listitem").nth(1);
  // The quantity is that of the change, the sum does not fit, and the hash is another one.
  await poll(() => forged.textContent()).toMatch(
    /^fault.*not what was hashed.*Found(quantity12)(stock_after1918)hash("[0-9a-f]{64}"){2}$/,
  );
  // Keys that were kept elsewhere, and are not those of the service: nothing is signed by them.
  const other = {
    name: "kept.json",
    mimeType: "application/json",
    buffer: Buffer.from(generatedLog(1).keys),
  };
  await page.locator("input[type=file]").setInputFiles(other);
  await page.getByRole("alert").filter({ hasText: "4 faults among 4 records" }).waitFor();
  await page.getByText("Ledger keys of the file kept.json: big-1.").waitFor();
  await page.reload();
  await page.getByRole("alert").filter({ hasText: "1 fault among 4 records" }).waitFor();
  await page.getByText("Faults 1").click();
  await poll(() => page.getByRole("listitem").count()).toBe(1);
  await expectFitsPhone(page);
  await expectNoViolations(page);
  recorder.expectClean();
  await context.close();
});

test("a dropped end is red, and without Ed25519 the page says that signatures were not checked", async () => {
  const { page, context, recorder } = await openPage(browser);
  await page.addInitScript(() => {
    const NativeWorker = Worker;
    // A worker's own Web Crypto cannot be changed from here: its script begins with a line that does so.
    window.Worker = class extends NativeWorker {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(`${new URL(address, location.origin).pathname}?without-ed25519`, options);
      }
    };
  });
  await page.route("**/*?without-ed25519", async (route) => {
    const response = await route.fetch();
    const without =
      'crypto.subtle.importKey = () => Promise.reject(new DOMException("", "NotSupportedError"));';
    await route.fulfill({ response, body: `${without}${await response.text()}` });
  });
  await page.route("**/verification?*", async (route) => {
    const response = await route.fetch();
    const findings = [{ transaction_id: null, kind: "sku.current_stock", expected: 17, found: 70 }];
    await route.fulfill({ response, json: { ...(await response.json()), findings } });
  });
  await page.route("**/transactions?*", async (route) => {
    const response = await route.fetch();
    const lines = (await response.text()).split("\n").slice(0, 2);
    await route.fulfill({ response, body: `${lines.join("\n")}\n` });
  });
  await page.goto(`/verify/${sku.sku}`);
  await signIn(page, "auditor");
  await page.getByText("All 2 records are whole").waitFor();
  await page.getByText("Signatures were not checked").waitFor();
  await page.getByText("the end of the log is missing", { exact: false }).waitFor();
  await page.getByText("The live SKU is not what its last record says").waitFor();
  await expectNoViolations(page);
  recorder.expectClean();
  await context.close();
});

test("10,000 records are verified while the page's frames go on", async () => {
  const log = generatedLog(10_000);
  const { page, context, recorder } = await openAsAuditor("/verify");
  await page.route("**/api/audit/ledger-keys", (route) =>
    route.fulfill({ contentType: "application/json", body: log.keys }),
  );
  await page.route(`**/skus/${log.sku}/verification?*`, (route) =>
    route.fulfill({ json: { checked: 1, head_hash: log.head, findings: [], next_cursor: null } }),
  );
  await page.route(`**/skus/${log.sku}/transactions?*`, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const [from, limit] = [Number(query.get("cursor") ?? 0), Number(query.get("limit"))];
    const next = from + limit;
    const link = { Link: `</skus/${log.sku}/transactions?cursor=${next}>; rel="next"` };
    return route.fulfill({
      contentType: "application/x-ndjson",
      headers: next < log.lines.length ? link : {},
      body: log.lines
        .slice(from, next)
        .map((line) => `${line}\n`)
        .join(""),
    });
  });
  const recorded = await recordFrames(page);
  await page.getByLabel("SKU").fill(log.sku);
  const begun = performance.now();
  await page.keyboard.press("Enter");
  await page.getByText("All 10,000 records are whole").waitFor({ timeout: 60_000 * SLOWNESS });
  const seconds = (performance.now() - begun) / 1000;
  const frames = await recorded();
  console.log(
    `10,000 records in ${seconds.toFixed(1)} s, ${frames.count} frames, longest ${frames.longest} ms`,
  );
  expect(frames.longest).toBeLessThan(FROZEN_MILLISECONDS_MAX * SLOWNESS);
  await page.getByRole("group", { name: "Records" }).focus();
  await page.keyboard.press("End");
  await page.getByRole("button", { name: "Record 10,000" }).waitFor();
  recorder.expectClean();
  await context.close();
});

test("the stock at a time, by slider, by field and from record to record, kept in the address", async () => {
  const { page, context, recorder } = await openAsAuditor("/stock-at");
  await page.getByLabel("SKU").fill(sku.sku);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/stock-at/${sku.sku}`);
  await poll(figures(page)).toEqual(["15", "2", "17"]);
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Previous record" }).click();
  await poll(figures(page)).toEqual(["15", "3", "18"]);
  await page.getByRole("button", { name: "Previous record" }).click();
  await poll(figures(page)).toEqual(["18", "0", "18"]);
  const at = new URL(page.url()).searchParams.get("at");
  expect(at).toMatch(/^\d{4}-.*\.\d{6}Z$/);
  await page.reload();
  await poll(figures(page)).toEqual(["18", "0", "18"]);
  await page.getByText("=Broken, “twice”", { exact: false }).waitFor();
  const slider = page.getByRole("slider", { name: "Moment" });
  await slider.focus();
  await page.keyboard.press("Home");
  await page.getByText("Before the first record", { exact: false }).waitFor();
  await poll(figures(page)).toEqual(["0", "0", "0"]);
  await page.getByRole("button", { name: "Next record" }).click();
  await poll(figures(page)).toEqual(["20", "0", "20"]);
  await page.getByLabel("Exact date and time").fill("2020-01-01T12:00:00");
  await poll(() => new URL(page.url()).searchParams.get("at")).toBe("2020-01-01T11:00:00.000Z");
  await poll(figures(page)).toEqual(["0", "0", "0"]);
  await page.getByRole("button", { name: "Now" }).click();
  await poll(figures(page)).toEqual(["15", "2", "17"]);
  await page.getByRole("button", { name: "Next record" }).click();
  await page.getByText("There is no later record.").waitFor();
  await page.getByRole("button", { name: "Open the record" }).click();
  await page.getByRole("dialog").getByText('"command": "confirm",').waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await expectFitsPhone(page);
  await expectNoViolations(page);
  recorder.expectClean();
  await context.close();
});

test("a SKU that is not there, and a vendor who asks, get a page that says so", async () => {
  const { page, context, recorder } = await openAsAuditor("/verify/SKU-PROD-00000-NONE", { size: NARROW });
  recorder.allow(/404|422/);
  for (const address of ["/verify/SKU-PROD-00000-NONE", "/stock-at/SKU-PROD-00000-NONE", "/verify/mug"]) {
    await page.goto(address);
    await page.getByRole("heading", { name: "SKU not found" }).waitFor();
  }
  await expectNoViolations(page);
  // Who does not know the id finds it by the vendor, whose log leads back.
  await page.getByRole("link", { name: "Find it in the log" }).click();
  await page.getByLabel("Vendor id").fill(vendor);
  await page.keyboard.press("Enter");
  await page
    .getByRole("link", { name: /^SKU-PROD-/ })
    .first()
    .click();
  await page.locator("#content").getByRole("link", { name: "Verify" }).click();
  await page.waitForURL(/\/verify\/SKU-PROD-/);
  await context.close();
  const other = await openPage(browser, { address: "/findings" });
  await signIn(other.page, "vendor", vendor);
  await other.page.getByRole("heading", { name: "You may not see this page" }).first().waitFor();
  recorder.expectClean();
  await other.context.close();
});
