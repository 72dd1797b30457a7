import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  api,
  CONSOLE_URL,
  inParallel,
  newVendor,
  type OpenedPage,
  openPage,
  recordFrames,
  SLOWNESS,
  seedProduct,
  seedSku,
  signIn,
  startBrowser,
  tokenOf,
} from "./support";

/** SKUs of the measured shop. The goals are set for 10,000, which take minutes to create. */
const SKUS = Number(process.env.CONSOLE_SKUS ?? 2_000);
const SKUS_OF_PRODUCT = 5;
const REQUESTS_MAX = 24;
const FIRST_ROWS_SECONDS = 1;
const ALL_ROWS_FACTOR = 1.5;
const FROZEN_MILLISECONDS_MAX = 1_000;
/** Other programs of the machine only ever make a load slower: one load within the goals shows that the page can. */
const LOADS_MAX = 3;

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** Changes that may still be in progress are read once more, after a pause; a measured shop is older than that. */
const REST_MILLISECONDS = 40_000;

/** Use the vendor of `CONSOLE_SIZE_VENDOR` if it has SKUs, or create one that comes to rest. */
async function bigShop(): Promise<string> {
  const vendor = process.env.CONSOLE_SIZE_VENDOR ?? newVendor();
  const products = Array.from({ length: Math.ceil(SKUS / SKUS_OF_PRODUCT) }, (_, index) => index);
  const known = await api<{ items: unknown[] }>("GET", `/stock/vendors/${vendor}/inventory?limit=1`);
  if (known.items.length > 0) {
    return vendor;
  }
  await inParallel(products, 6, async (index) => {
    const product = await seedProduct(vendor, {
      product_name: `Product ${String(index).padStart(5, "0")}`,
      external_id: `OWN-${index}`,
      description: "What a customer reads about it, in a sentence or two of usual length.",
    });
    for (let variant = 0; variant < SKUS_OF_PRODUCT; variant += 1) {
      await seedSku(vendor, product, `V${variant}`, { variant_name: `Variant ${variant}` });
    }
  });
  await new Promise((resolve) => setTimeout(resolve, REST_MILLISECONDS));
  return vendor;
}

/** Read the same pages without a browser, both lists at once, as the page does. */
async function bareSeconds(vendor: string, paths: readonly string[]): Promise<number> {
  const headers = { Authorization: `Bearer ${await tokenOf("vendor", vendor)}` };
  const lists = ["/api/stock/", "/api/catalog/"].map((start) =>
    paths.filter((path) => path.startsWith(start)),
  );
  const begun = performance.now();
  await Promise.all(
    lists.map(async (list) => {
      for (const path of list) {
        await (await fetch(CONSOLE_URL + path, { headers })).json();
      }
    }),
  );
  return (performance.now() - begun) / 1000;
}

/** What a page that has just been opened takes to show the inventory, in seconds. */
interface Load {
  firstRows: number;
  allRows: number;
  /** The same pages asked without a browser, right afterwards. */
  bare: number;
  requests: number;
}

const isWithinGoals = ({ firstRows, allRows, bare }: Load) =>
  firstRows <= FIRST_ROWS_SECONDS * SLOWNESS && allRows <= ALL_ROWS_FACTOR * bare + 0.5 * SLOWNESS;

async function load(vendor: string): Promise<{ opened: OpenedPage; measured: Load }> {
  const opened = await openPage(browser);
  const { page, recorder } = opened;
  await signIn(page, "vendor", vendor);
  await page.goto("/shelf");
  await page.getByRole("navigation").getByRole("link", { name: "Inventory" }).waitFor();

  const before = recorder.requests.length;
  const begun = performance.now();
  await page.getByRole("navigation").getByRole("link", { name: "Inventory" }).click();
  await page.getByRole("gridcell").first().waitFor();
  const firstRows = (performance.now() - begun) / 1000;
  await page.getByText(`${SKUS.toLocaleString("en")} SKUs · up to date`).waitFor({ timeout: 120_000 });
  const allRows = (performance.now() - begun) / 1000;
  const requests = recorder.requests.slice(before).filter((path) => path.startsWith("/api/"));
  const bare = await bareSeconds(vendor, requests);
  const measured = { firstRows, allRows, bare, requests: requests.length };
  console.log(
    `${SKUS} SKUs: first rows ${firstRows.toFixed(2)} s, all rows ${allRows.toFixed(2)} s, ` +
      `the same pages asked directly ${bare.toFixed(2)} s, ${requests.length} requests`,
  );
  return { opened, measured };
}

test(`${SKUS} SKUs: first rows, all rows with names, scrolling and filtering within the goals`, {
  timeout: 1_800_000,
}, async () => {
  const vendor = await bigShop();
  let { opened, measured } = await load(vendor);
  for (let loads = 1; loads < LOADS_MAX && !isWithinGoals(measured); loads += 1) {
    await opened.context.close();
    ({ opened, measured } = await load(vendor));
  }
  const { page, context, recorder } = opened;

  // Frames while scrolling to the end and back, and while filtering.
  const frames = await recordFrames(page);
  const grid = page.getByRole("grid");
  const height = await grid.evaluate((element) => element.scrollHeight);
  await grid.hover();
  for (let top = 0; top <= 20; top += 1) {
    await grid.evaluate((element, to) => element.scrollTo({ top: to }), (height * top) / 20);
    await page.waitForTimeout(30);
  }
  await page
    .getByText(`Product ${String(Math.ceil(SKUS / SKUS_OF_PRODUCT) - 1).padStart(5, "0")}`)
    .last()
    .waitFor();
  await page.getByRole("searchbox").pressSequentially("product 00007", { delay: 40 });
  await page.getByText(`${SKUS_OF_PRODUCT} of ${SKUS.toLocaleString("en")} SKUs`).waitFor();
  await page.getByRole("button", { name: "Clear the search" }).click();
  await page.getByRole("button", { name: "Price", exact: true }).click();
  await page.getByRole("button", { name: "Changed", exact: true }).click();
  await page.getByText(`${SKUS.toLocaleString("en")} SKUs · up to date`).waitFor();
  const { longest } = await frames();

  console.log(`longest frame ${longest.toFixed(0)} ms`);
  expect(measured.requests).toBeLessThanOrEqual(REQUESTS_MAX);
  expect(measured.firstRows).toBeLessThanOrEqual(FIRST_ROWS_SECONDS * SLOWNESS);
  expect(measured.allRows).toBeLessThanOrEqual(ALL_ROWS_FACTOR * measured.bare + 0.5 * SLOWNESS);
  expect(longest).toBeLessThanOrEqual(FROZEN_MILLISECONDS_MAX * SLOWNESS);
  recorder.expectClean();
  await context.close();
});
