import { mkdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  api,
  NARROW,
  openPage,
  type SeededSku,
  seedOrder,
  seedProduct,
  seedSku,
  settled,
  signIn,
  startBrowser,
  WIDE,
} from "./support";

/** `npm run screenshots` writes the pictures of docs/console.md, from a stack that has the demo shop. Beside it,
 * a vendor with variants is created once: those of the demo shop have one SKU a product.
 */
const FOLDER = resolve(import.meta.dirname, "../../docs/console");
const BYTES_MAX = 150_000;
/** As wide as the screens are looked at, and not so high that a picture becomes too large. */
const SIZE = { width: WIDE.width, height: 760 };
const VENDOR = "VENDOR-ATELIER";
const AS = { role: "vendor", vendor: VENDOR } as const;
/** Orders come in rounds with pauses, so that the chart of movements has more than one bar. */
const ROUNDS = 6;
const PAUSE_MILLISECONDS = 20_000;

const SHOP = [
  ["Merino sweater", "Clothing/Sweaters", 89.9, "SW-100", ["Black", "Forest", "Sand"], ["S", "M", "L"]],
  ["Linen shirt", "Clothing/Shirts", 59, "SH-210", ["White", "Blue"], ["S", "M", "L", "XL"]],
  ["Rain jacket", "Clothing/Jackets", 149, "JA-300", ["Navy"], ["S", "M", "L"]],
  ["Wool socks", "Clothing/Socks", 12.5, "SO-410", ["Grey", "Red"], ["36-40", "41-45"]],
  ["Canvas bag", "Accessories/Bags", 34, "BA-500", ["Natural", "Black"], ["One size"]],
  ["Leather belt", "Accessories/Belts", 45, "BE-610", ["Brown"], ["85", "95", "105"]],
  ["Felt hat", "Accessories/Hats", 39, "HA-700", ["Charcoal"], ["M", "L"]],
] as const;

let browser: Browser;
let sweater: { product_id: string; sku: string };

beforeAll(async () => {
  browser = await startBrowser();
  await mkdir(FOLDER, { recursive: true });
  sweater = await seededShop();
  await seededOrder();
});

afterAll(() => browser?.close());

/** Create the vendor's shop unless it is there; its first product and the SKU whose page is shown. */
async function seededShop(): Promise<{ product_id: string; sku: string }> {
  const known = await api<{ items: { product_id: string }[] }>(
    "GET",
    `/catalog/vendors/${VENDOR}/products`,
    undefined,
    AS,
  );
  const first = known.items[0];
  if (first === undefined) {
    return createdShop();
  }
  return { product_id: first.product_id, sku: `SKU-${first.product_id}-FOREST-M` };
}

async function createdShop(): Promise<{ product_id: string; sku: string }> {
  const skus: SeededSku[] = [];
  for (const [name, category, price, number, colors, sizes] of SHOP) {
    const product = await seedProduct(VENDOR, {
      product_name: name,
      category,
      base_price: price,
      external_id: number,
      brand: "Atelier",
    });
    for (const color of colors) {
      for (const size of sizes) {
        const code = `${color}-${size}`.toUpperCase().replaceAll(" ", "-");
        const units = [24, 4, 0, 60, 18, 35, 9][skus.length % 7] ?? 0;
        skus.push(
          await seedSku(
            VENDOR,
            product,
            code,
            {
              variant_name: `${color} / ${size}`,
              variant_attributes: { color, size },
              unit_price: price,
              reorder_threshold: 6,
            },
            units,
          ),
        );
      }
    }
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    await trade(skus, round);
    await new Promise((resume) => setTimeout(resume, PAUSE_MILLISECONDS));
  }
  const shown = skus.find(({ sku }) => sku.endsWith("-FOREST-M")) as SeededSku;
  return { product_id: shown.product_id, sku: shown.sku };
}

/** Orders, most of which are confirmed, and a delivery. */
async function trade(skus: readonly SeededSku[], round: number): Promise<void> {
  for (const [index, { product_id, sku }] of skus.entries()) {
    const path = `/stock/products/${product_id}/skus/${sku}`;
    const { available_stock } = await api<{ available_stock: number }>("GET", path, undefined, AS);
    const isShown = sku.endsWith("-FOREST-M");
    if (available_stock > 3 && (isShown || (index + round) % 3 === 0)) {
      const order = `ORDER-${1000 + round * 100 + index}`;
      await seedOrder(order, [{ product_id, sku, quantity: 1 + ((index + round) % 3) }]);
      if (round < ROUNDS - 2) {
        await api("POST", `/stock/orders/${order}/confirm`, undefined, { role: "desk" });
      }
    } else if (available_stock > 0 && available_stock <= 3 && round % 2 === 1) {
      await api("POST", `${path}/restocks`, { quantity: 20, notes: "Delivery of the week" }, AS);
    }
  }
  if (round === 2) {
    const [first] = skus;
    const path = `/stock/products/${first?.product_id}/skus/${first?.sku}/adjustments`;
    await api("POST", path, { quantity_change: -1, notes: "Damaged in the warehouse" }, AS);
  }
}

/** A file as Shopify writes it, with a row that cannot be imported. */
const SHOPIFY = [
  "Handle,Title,Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Status",
  "wool-hat,Wool hat,Atelier,Clothing,Color,Forest,HAT-FOREST,20,24.90,active",
  "wool-hat,,,,,Rust,HAT-RUST,12,24.90,",
  "linen-towel,Linen towel,Atelier,Home,Title,Default Title,TOWEL,40,18.50,active",
  "oak-board,Oak board,Atelier,Kitchen,Title,Default Title,BOARD,8,on request,active",
].join("\n");

/** An order of four SKUs with a little of everything: some confirmed, some refunded, some cancelled. */
const ORDER = "ORDER-20418";

async function seededOrder(): Promise<void> {
  const as = { role: "desk" } as const;
  const { items } = await api<{ items: (SeededSku & { available_stock: number })[] }>(
    "GET",
    `/stock/vendors/${VENDOR}/inventory?limit=100`,
    undefined,
    AS,
  );
  const lines = items
    .filter(({ available_stock }) => available_stock > 8)
    .sort((a, b) => a.sku.localeCompare(b.sku))
    .slice(0, 4)
    .map(({ product_id, sku }, index) => ({ product_id, sku, quantity: 4 - index }));
  const known = await api("GET", `/stock/orders/${ORDER}`, undefined, as).catch(() => null);
  if (known !== null) return;
  await seedOrder(ORDER, lines);
  const [first, second, third] = lines.map(({ sku }) => sku);
  const path = `/stock/orders/${ORDER}`;
  await api("POST", `${path}/confirm`, { lines: [first, second].map((sku) => ({ sku, quantity: 2 })) }, as);
  const returned = { lines: [{ sku: first, quantity: 1, restock: false }], reason: "broken" };
  await api("POST", `${path}/refund`, { ...returned, notes: "Loose seam" }, as);
  await api(
    "POST",
    `${path}/cancel`,
    { lines: [{ sku: third, quantity: 1 }], reason: "customer_request" },
    as,
  );
}

interface Shot {
  readonly name: string;
  readonly address: () => string;
  /** A vendor's pages unless it says otherwise. */
  readonly isDesk?: boolean;
  readonly scheme?: "light" | "dark";
  readonly isNarrow?: boolean;
  readonly isPublic?: boolean;
  readonly isAuditors?: boolean;
  /** Until what is to be seen is there. */
  readonly ready: (page: Page) => Promise<unknown>;
}

const chart = (page: Page) => page.locator("canvas").first().waitFor();
const overview = { address: () => "/overview", ready: chart };
const inventory = {
  address: () => "/inventory",
  ready: (page: Page) => page.getByText("Merino sweater").first().waitFor(),
};
const sku = { address: () => `/skus/${sweater.sku}`, ready: chart };
const product = {
  address: () => `/products/${sweater.product_id}`,
  ready: (page: Page) => page.getByRole("columnheader", { name: "size M" }).waitFor(),
};
const shelf = {
  address: () => "/shelf?category=Beverages",
  isPublic: true,
  ready: (page: Page) => page.getByText("In stock", { exact: true }).first().waitFor(),
};

const verification = {
  address: () => `/verify/${sweater.sku}`,
  isAuditors: true,
  ready: (page: Page) => page.getByText("records are whole").waitFor(),
};

const SHOTS: readonly Shot[] = [
  { name: "overview", ...overview },
  { name: "overview-dark", ...overview, scheme: "dark" },
  { name: "overview-phone", ...overview, isNarrow: true },
  { name: "inventory", ...inventory },
  { name: "inventory-dark", ...inventory, scheme: "dark" },
  { name: "inventory-phone", ...inventory, isNarrow: true },
  { name: "sku", ...sku },
  { name: "sku-dark", ...sku, scheme: "dark" },
  {
    name: "products",
    address: () => "/products",
    ready: (page) => page.getByRole("link", { name: "Merino sweater" }).waitFor(),
  },
  { name: "product", ...product },
  {
    name: "variants",
    address: () => `${product.address()}?open=variants`,
    ready: async (page) => {
      const values = page.locator('input[aria-label="Values of attribute 1"]');
      await values.fill("Rust");
      await values.press("Enter");
      await page.getByText("3 new variants, 9 exist already").waitFor();
    },
  },
  {
    name: "stocktake",
    address: () => "/stocktake",
    ready: async (page) => {
      const counts = [
        ["FOREST-S", "9"],
        ["FOREST-M", "12"],
      ];
      for (const [code, units] of counts) {
        await page
          .getByLabel("Barcode, SKU, own id or name")
          .fill(sweater.sku.replace("FOREST-M", code ?? ""));
        await page.keyboard.press("Enter");
        await page.getByLabel("Units counted").fill(units ?? "");
        await page.keyboard.press("Enter");
      }
      await page.getByText(/^2 SKUs counted/).waitFor();
      await page.getByRole("link", { name: "See the differences" }).click();
      await page.getByRole("button", { name: /^Book/ }).waitFor();
    },
  },
  {
    name: "import",
    address: () => "/import",
    ready: async (page) => {
      await page
        .locator('input[type="file"]')
        .setInputFiles({ name: "products_export.csv", mimeType: "text/csv", buffer: Buffer.from(SHOPIFY) });
      await page.getByRole("button", { name: "Show the differences" }).click({ timeout: 60_000 });
      await page.getByRole("button", { name: /^Apply/ }).waitFor({ timeout: 60_000 });
    },
  },
  {
    name: "order",
    address: () => `/orders/${ORDER}`,
    isDesk: true,
    ready: (page) => page.getByRole("region", { name: "Log" }).getByText("Loose seam").waitFor(),
  },
  { name: "verification", ...verification },
  { name: "shelf", ...shelf },
  { name: "shelf-phone", ...shelf, isNarrow: true },
];

test.each(SHOTS)("$name", async (shot) => {
  const { name, address, scheme, isNarrow, isPublic, isDesk, isAuditors, ready } = shot;
  const { page, context } = await openPage(browser, {
    address: address(),
    size: isNarrow ? NARROW : SIZE,
    scheme: scheme ?? "light",
  });
  if (isDesk) {
    await signIn(page, "desk");
  } else if (isAuditors) {
    await signIn(page, "auditor");
  } else if (!isPublic) {
    await signIn(page, "vendor", VENDOR);
  }
  await ready(page);
  await page.mouse.move(0, 0);
  await settled(page);
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path, animations: "disabled" });
  expect((await stat(path)).size).toBeLessThanOrEqual(BYTES_MAX);
  await context.close();
});
