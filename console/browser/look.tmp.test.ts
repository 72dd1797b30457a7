import { mkdirSync } from "node:fs";
import { test } from "vitest";
import {
  api,
  inParallel,
  NARROW,
  openPage,
  seedOrder,
  seedProduct,
  seedSku,
  signIn,
  startBrowser,
  WIDE,
} from "./support";

const OUT = "/tmp/hb/shots";
mkdirSync(OUT, { recursive: true });
const V = "VENDOR-LOOK1";
async function seed() {
  const list = await api<{ items: unknown[] }>("GET", `/stock/vendors/${V}/inventory?limit=1`);
  if (list.items.length) return;
  const names = [
    "Ceramic mug",
    "Linen apron",
    "Oak cutting board with a handle and a groove for juice",
    "Chef's knife 20 cm",
    "Cast iron pan",
    "Tea towel",
    "Salt mill",
    "Storage jar",
    "Baking tin",
    "Measuring spoons",
  ];
  const variants = ["White", "Black", "Red", "Blue", "Green"];
  await inParallel(
    names.map((n, i) => [n, i] as const),
    3,
    async ([n, i]) => {
      const p = await seedProduct(V, {
        product_name: n,
        external_id: i % 3 ? `KIT-${1000 + i}` : null,
        images: i % 2 ? ["https://pictures.example/" + i + ".png"] : null,
      });
      for (const [j, v] of variants.entries()) {
        const s = await seedSku(
          V,
          p,
          v.toUpperCase(),
          { variant_name: v, unit_price: 4.5 + i * 7.25, reorder_threshold: 8, barcode: null },
          [0, 5, 40, 120, 1250][(i + j) % 5],
        );
        if ((i + j) % 5 > 2)
          await seedOrder(`ORDER-LOOK-${i}-${j}`, [
            { product_id: p.product_id, sku: s.sku, quantity: 3 + j },
          ]);
        if (i === 4 && j === 2)
          await api("PATCH", `/stock/products/${p.product_id}/skus/${s.sku}`, { is_active: false });
      }
    },
  );
}
test("look", async () => {
  await seed();
  const browser = await startBrowser();
  for (const [sz, size] of [
    ["wide", WIDE],
    ["narrow", NARROW],
  ] as const)
    for (const scheme of ["light", "dark"] as const) {
      const { page, context, recorder } = await openPage(browser, { size, scheme });
      await page.getByRole("button", { name: "Vendor", exact: true }).waitFor();
      await page.screenshot({ path: `${OUT}/signin-${sz}-${scheme}.png` });
      await signIn(page, "vendor", V);
      await page.goto("/inventory");
      await page.getByText("50 SKUs").first().waitFor();
      await page.waitForTimeout(400);
      await page.screenshot({ path: `${OUT}/inventory-${sz}-${scheme}.png` });
      await page
        .getByRole("button", { name: /^Stock of SKU.*Change/ })
        .nth(2)
        .click();
      await page.waitForTimeout(400);
      await page.screenshot({ path: `${OUT}/stock-${sz}-${scheme}.png` });
      await page.keyboard.press("Escape");
      await page
        .getByRole("checkbox", { name: /^Select SKU/ })
        .nth(1)
        .click();
      await page
        .getByRole("checkbox", { name: /^Select SKU/ })
        .nth(3)
        .click({ modifiers: ["Shift"] });
      await page.waitForTimeout(200);
      await page.screenshot({ path: `${OUT}/selected-${sz}-${scheme}.png` });
      if (sz === "narrow") {
        await page
          .getByRole("button", { name: /^Change SKU/ })
          .nth(2)
          .click();
        await page.waitForTimeout(500);
        await page.screenshot({ path: `${OUT}/drawer-${sz}-${scheme}.png` });
        await page.keyboard.press("Escape");
        await page.waitForTimeout(300);
      } else {
        await page.getByRole("button", { name: "Price", exact: true }).last().click();
        await page.waitForTimeout(400);
        await page.screenshot({ path: `${OUT}/bulk-${sz}-${scheme}.png` });
        await page.keyboard.press("Escape");
      }
      await page.goto("/inventory?view=reorder");
      await page.waitForTimeout(600);
      await page.screenshot({ path: `${OUT}/reorder-${sz}-${scheme}.png` });
      try {
        recorder.expectClean();
      } catch (e) {
        console.log(String(e));
      }
      await context.close();
    }
  await browser.close();
}, 300000);
