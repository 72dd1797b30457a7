import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  api,
  newVendor,
  openPage,
  type Role,
  type SeededProduct,
  type SeededSku,
  SLOWNESS,
  seedProduct,
  seedSku,
  signIn,
  startBrowser,
} from "./support";

/** `npm run four-users`: a vendor, an order desk, an auditor and a customer at one stack for ten minutes.
 *
 * What changes elsewhere has to show on each page within 10 seconds (and what a read takes), what is typed stays,
 * and no page grows. `MINUTES=2` is a shorter try,
 * `USERS=vendor,desk` one with some of them.
 */
const MINUTES = Number(process.env.MINUTES ?? 10);
const SKUS = 40;
/** Those whose stock the vendor watches; orders are of the others. They are at the top of the list. */
const OF_THE_VENDOR = 15;
/** Between two reads of a page, and the time of a read. */
const STALE_SECONDS_MAX = 10 + 2 * SLOWNESS;
/** The heap after garbage collection, at the end beside after the first two minutes. */
const GROWTH_MAX = 1.25;
const GROWTH_BYTES_MAX = 4_000_000;
const WARM_UP_MILLISECONDS = Math.min(120_000, (MINUTES * 60_000) / 4);

const vendor = newVendor();
const CATEGORY = `Shelf of ${vendor.slice(-6)}`;
let browser: Browser;
let product: SeededProduct;
const skus: SeededSku[] = [];

beforeAll(async () => {
  browser = await startBrowser();
  product = await seedProduct(vendor, { product_name: "Enamel mug", category: CATEGORY });
  for (let number = 0; number < SKUS; number += 1) {
    const code = `V${String(number).padStart(2, "0")}`;
    skus.push(await seedSku(vendor, product, code, { variant_name: code }, 1_000));
  }
});

afterAll(() => browser?.close());

/** How long each page showed what was no longer true, in seconds. */
const stale: Record<string, number[]> = {};

async function shows(what: string, changed: () => Promise<unknown>, seen: () => Promise<unknown>) {
  await changed();
  const begun = performance.now();
  await seen();
  const list = stale[what] ?? [];
  list.push((performance.now() - begun) / 1000);
  stale[what] = list;
}

const PATIENCE = { timeout: 60_000 };

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

const skuPath = ({ product_id, sku }: SeededSku) => `/stock/products/${product_id}/skus/${sku}`;

/** The stock in the list; half of the time with a price that is being typed, which has to stay. */
async function vendorRound(page: Page, round: number): Promise<void> {
  const sku = skus[round % OF_THE_VENDOR] as SeededSku;
  const row = page
    .getByRole("row")
    .filter({ has: page.getByRole("checkbox", { name: `Select ${sku.sku}`, exact: true }) });
  const { current_stock } = await api<SeededSku>("GET", skuPath(sku));
  const units = (current_stock + 7).toLocaleString("en");
  await shows(
    "inventory",
    () => api("POST", `${skuPath(sku)}/restocks`, { quantity: 7 }),
    () => row.getByRole("button", { name: `Stock of ${sku.sku}: ${units}. Change` }).waitFor(PATIENCE),
  );
  await row.getByRole("button", { name: /^Price of/ }).click();
  const field = page.getByLabel(`Price ${sku.sku}`);
  await field.fill(`1${round % 10}.5`);
  await api("POST", `${skuPath(sku)}/restocks`, { quantity: 1 });
  await page.waitForTimeout(11_000);
  expect(await field.inputValue(), "what was typed has to stay").toBe(`1${round % 10}.5`);
  await field.press("Escape");
}

async function deskRound(page: Page, round: number): Promise<void> {
  const order = `ORDER-U${vendor.slice(-6)}-${round}`;
  const { product_id, sku } = skus[OF_THE_VENDOR + (round % (SKUS - OF_THE_VENDOR))] as SeededSku;
  const row = page
    .getByRole("region", { name: "What is due" })
    .first()
    .getByRole("row", { name: new RegExp(order) });
  await shows(
    "orders due",
    () =>
      api(
        "PUT",
        `/stock/orders/${order}`,
        { lines: [{ product_id, sku, quantity: 1 }], hold_seconds: 900 },
        { role: "desk" },
      ),
    () => row.waitFor(PATIENCE),
  );
  await shows(
    "orders due",
    () => api("POST", `/stock/orders/${order}/confirm`, undefined, { role: "desk" }),
    () => row.waitFor({ state: "detached", ...PATIENCE }),
  );
}

async function auditorRound(page: Page, round: number): Promise<void> {
  const { sku } = skus[round % SKUS] as SeededSku;
  const link = (name: string) => page.getByRole("navigation").getByRole("link", { name, exact: true });
  await link("Verify").click();
  await page.getByLabel("SKU").fill(sku);
  await page.keyboard.press("Enter");
  await page.getByText(/^All \d+ records are whole|^1 record is whole/).waitFor(PATIENCE);
  await link("Findings").click();
  await page.getByRole("heading", { level: 1, name: "Findings" }).waitFor(PATIENCE);
  await page.waitForTimeout(11_000);
}

/** The only SKU of the product is taken out of sale, and comes back. */
async function customerRound(page: Page, round: number): Promise<void> {
  const active = round % 2 === 1;
  await shows(
    "shelf",
    () => api("PATCH", `/stock/products/${shelfSku.product_id}/skus/${shelfSku.sku}`, { is_active: active }),
    () =>
      page
        .getByText(active ? "In stock" : "Not offered yet", { exact: true })
        .first()
        .waitFor(PATIENCE),
  );
}

let shelfSku: SeededSku;

test(`four users for ${MINUTES} minutes`, { timeout: (MINUTES + 10) * 60_000 }, async () => {
  const alone = await seedProduct(vendor, { product_name: "Tea cup", category: `${CATEGORY} 2` });
  shelfSku = await seedSku(vendor, alone, "STD", {}, 50);
  const users: [string, Role | null, string, (page: Page, round: number) => Promise<void>][] = [
    ["vendor", "vendor", "/inventory", vendorRound],
    ["desk", "desk", "/orders", deskRound],
    ["auditor", "auditor", "/findings", auditorRound],
    ["customer", null, `/shelf?category=${encodeURIComponent(`${CATEGORY} 2`)}`, customerRound],
  ];
  const ends = performance.now() + MINUTES * 60_000;
  const chosen = process.env.USERS?.split(",") ?? users.map(([name]) => name);
  await Promise.all(
    users
      .filter(([name]) => chosen.includes(name))
      .map(async ([name, role, address, round]) => {
        const { page, context, recorder } = await openPage(browser, { address });
        if (role !== null) {
          await signIn(page, role, role === "vendor" ? vendor : undefined);
        }
        const warm = performance.now() + WARM_UP_MILLISECONDS;
        let rounds = 0;
        const go = async () => {
          try {
            await round(page, rounds);
          } catch (error) {
            const picture = join(tmpdir(), `four-users-${name}.png`);
            await page.screenshot({ path: picture });
            console.log(`${name} stopped in round ${rounds}: ${picture}`);
            throw error;
          }
          rounds += 1;
        };
        while (performance.now() < warm) {
          await go();
        }
        const before = await heapOf(page);
        while (performance.now() < ends) {
          await go();
        }
        const after = await heapOf(page);
        const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
        console.log(`${name}: ${rounds} rounds, heap ${megabytes(before)} → ${megabytes(after)} MB`);
        expect(after, `${name} grows`).toBeLessThanOrEqual(
          Math.max(before * GROWTH_MAX, before + GROWTH_BYTES_MAX),
        );
        recorder.expectClean();
        await context.close();
      }),
  );
  for (const [what, seconds] of Object.entries(stale)) {
    const longest = Math.max(...seconds);
    console.log(`${what}: ${seconds.length} changes, shown after ${longest.toFixed(1)} s at most`);
    expect(longest, what).toBeLessThanOrEqual(STALE_SECONDS_MAX);
  }
});
