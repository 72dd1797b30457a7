import { expect, test } from "vitest";
import type { ListedProduct, ListedSku } from "./rows";
import { type InventoryLists, InventoryStore, PAGE_MAX, type Page, type SkuPage } from "./store";

/** A service with SKUs that move to the top when they change. */
class Shop implements InventoryLists {
  readonly skuItems = new Map<string, ListedSku>();
  readonly productItems: ListedProduct[] = [];
  readonly asked: string[] = [];
  seconds = 0;
  /** Whether its answers say when they were written. */
  saysTime = true;
  /** Called before a page of SKUs is answered, with its number. */
  beforePage: (page: number) => void = () => {};
  #pages = 0;

  add(count: number, products = 1): this {
    for (let index = 0; index < count; index += 1) {
      const product = `PROD-${index % products}`;
      if (!this.productItems.some(({ product_id }) => product_id === product)) {
        this.productItems.push({
          product_id: product,
          product_name: `Name of ${product}`,
          external_id: null,
          images: null,
        });
      }
      this.change(`SKU-${String(index).padStart(5, "0")}`, product);
      this.seconds += 60;
    }
    return this;
  }

  /** @param late for how many seconds the change was in progress. */
  change(
    sku: string,
    product = this.skuItems.get(sku)?.product_id ?? "PROD-0",
    stock = 0,
    late = 0,
  ): ListedSku {
    this.seconds += 1;
    const item: ListedSku = {
      product_id: product,
      sku,
      variant_name: sku,
      current_stock: stock,
      reserved_stock: 0,
      available_stock: stock,
      reorder_threshold: 0,
      unit_price: 1,
      last_updated: new Date(this.clock() - late * 1000).toISOString(),
      last_updated_by: "x",
      is_active: true,
      product_is_active: true,
      low_stock_flag: true,
      barcode: null,
      version: (this.skuItems.get(sku)?.version ?? 0) + 1,
      details_version: 1,
    };
    this.skuItems.set(sku, item);
    return item;
  }

  clock(): number {
    return Date.UTC(2026, 0, 1) + this.seconds * 1000;
  }

  async skus(cursor: string | null, limit: number): Promise<SkuPage> {
    const askedAt = this.saysTime ? this.clock() : null;
    this.asked.push(`skus ${limit}`);
    this.#pages += 1;
    this.beforePage(this.#pages);
    // As the service: the list by last change, from the key of the cursor on.
    const ordered = [...this.skuItems.values()].sort((a, b) => (a.last_updated < b.last_updated ? 1 : -1));
    const rest = cursor === null ? ordered : ordered.filter(({ last_updated }) => last_updated < cursor);
    const items = rest.slice(0, limit);
    return { items, next_cursor: rest.length > limit ? (items.at(-1)?.last_updated ?? null) : null, askedAt };
  }

  async products(order: "asc" | "desc", cursor: string | null, limit: number): Promise<Page<ListedProduct>> {
    this.asked.push(`products ${order} ${limit}`);
    const ordered = order === "asc" ? this.productItems : [...this.productItems].reverse();
    const start = Number(cursor ?? 0);
    const next = start + limit < ordered.length ? String(start + limit) : null;
    return { items: ordered.slice(start, start + limit), next_cursor: next };
  }
}

async function loaded(shop: Shop): Promise<InventoryStore> {
  const store = new InventoryStore(shop, () => 0);
  await store.load();
  return store;
}

test("10,000 SKUs of 2,000 products are all there with their names after at most 24 requests", async () => {
  const shop = new Shop().add(10_000, 2_000);
  const { rows, complete } = (await loaded(shop)).snapshot();
  expect(complete).toBe(true);
  expect(rows).toHaveLength(10_000);
  expect(rows.every((row) => row.product_name === `Name of ${row.product_id}`)).toBe(true);
  expect(shop.asked.length).toBeLessThanOrEqual(24);
});

test("a SKU that moves to a page that was read is found by reading the newest changes again", async () => {
  const shop = new Shop().add(3 * PAGE_MAX);
  shop.beforePage = (page) => {
    if (page === 2) {
      shop.change("SKU-00001", "PROD-0", 7); // It was to come on the last page.
    }
  };
  const store = await loaded(shop);
  expect(store.snapshot().rows).toHaveLength(3 * PAGE_MAX);
  expect(store.row("SKU-00001")?.current_stock).toBe(7);
});

test("rows are shown page by page, and are complete only at the end", async () => {
  const shop = new Shop().add(2 * PAGE_MAX);
  const store = new InventoryStore(shop, () => 0);
  const seen: [number, boolean][] = [];
  store.subscribe(() => seen.push([store.snapshot().rows.length, store.snapshot().complete]));
  await store.load();
  expect(seen).toContainEqual([PAGE_MAX, false]);
  expect(seen.at(-1)).toEqual([2 * PAGE_MAX, true]);
  expect(seen.slice(0, -1).some(([, complete]) => complete)).toBe(false);
});

test("a refresh reads one short page when little has changed", async () => {
  const shop = new Shop().add(500);
  const store = await loaded(shop);
  shop.change("SKU-00003", "PROD-0", 9);
  shop.asked.length = 0;
  await store.refresh();
  expect(shop.asked).toEqual(["skus 50"]);
  expect(store.row("SKU-00003")?.current_stock).toBe(9);
});

for (const saysTime of [true, false]) {
  test(`a change that was in progress for 29 seconds is found (the service ${saysTime ? "says" : "does not say"} the time)`, async () => {
    const shop = new Shop().add(5);
    shop.saysTime = saysTime;
    shop.seconds += 3600;
    for (let index = 0; index < 60; index += 1) {
      shop.change(`NEW-${index}`);
      shop.seconds -= 1;
    }
    shop.seconds += 1;
    shop.change("NEWEST");
    const store = await loaded(shop);
    shop.asked.length = 0;
    shop.change("SKU-00001", "PROD-0", 5, 29);
    await store.refresh();
    expect(store.row("SKU-00001")?.current_stock).toBe(5);
    expect(shop.asked).toEqual(["skus 50", `skus ${PAGE_MAX}`]);
  });
}

test("a shop at rest costs one short page, though thousands of SKUs changed last at once", async () => {
  const shop = new Shop().add(100);
  for (const sku of shop.skuItems.keys()) {
    shop.change(sku);
    shop.seconds -= 1;
  }
  shop.seconds += 3600;
  shop.asked.length = 0;
  const store = await loaded(shop);
  expect(shop.asked).toEqual([`skus ${PAGE_MAX}`, `products asc ${PAGE_MAX}`, "skus 50"]);
  shop.asked.length = 0;
  await store.refresh();
  expect(shop.asked).toEqual(["skus 50"]);
});

test("a refresh reads as far back as the last one, whatever was changed here meanwhile", async () => {
  const shop = new Shop().add(500);
  const store = await loaded(shop);
  for (let index = 0; index < 80; index += 1) {
    shop.change(`SKU-${String(index).padStart(5, "0")}`, "PROD-0", 5);
    shop.seconds += 60;
  }
  store.acceptSku(shop.change("SKU-00400", "PROD-0", 8));
  await store.refresh();
  expect(store.row("SKU-00000")?.current_stock).toBe(5);
  expect(store.row("SKU-00400")?.current_stock).toBe(8);
});

test("a SKU of a new product comes with the product's name", async () => {
  const shop = new Shop().add(10);
  const store = await loaded(shop);
  shop.productItems.push({
    product_id: "PROD-NEW",
    product_name: "New",
    external_id: "OWN",
    images: ["https://a.example/1.png", "x"],
  });
  shop.change("SKU-NEW", "PROD-NEW");
  await store.refresh();
  expect(store.row("SKU-NEW")).toMatchObject({
    product_name: "New",
    external_id: "OWN",
    picture: "https://a.example/1.png",
  });
});

test("an older version of a SKU never replaces a newer one", async () => {
  const shop = new Shop().add(2);
  const store = await loaded(shop);
  const old = shop.skuItems.get("SKU-00000") as ListedSku;
  store.acceptSku(shop.change("SKU-00000", "PROD-0", 4));
  store.acceptSku(old);
  expect(store.row("SKU-00000")?.current_stock).toBe(4);
});

test("a failed walk says why, keeps what was read, and begins again", async () => {
  const shop = new Shop().add(2 * PAGE_MAX);
  shop.beforePage = (page) => {
    if (page === 2) {
      throw new Error("down");
    }
  };
  const store = await loaded(shop);
  expect(store.snapshot()).toMatchObject({ complete: false, error: new Error("down") });
  expect(store.snapshot().rows).toHaveLength(PAGE_MAX);
  shop.beforePage = () => {};
  await store.refresh();
  expect(store.snapshot()).toMatchObject({ complete: true, error: null });
  expect(store.snapshot().rows).toHaveLength(2 * PAGE_MAX);
});

test("a changed product is shown at all its SKUs", async () => {
  const shop = new Shop().add(4, 2);
  const store = await loaded(shop);
  store.acceptProduct({
    product_id: "PROD-1",
    product_name: "Renamed",
    external_id: null,
    images: null,
    is_active: false,
  });
  const ofProduct = store.snapshot().rows.filter(({ product_id }) => product_id === "PROD-1");
  expect(ofProduct.length).toBeGreaterThan(0);
  expect(ofProduct.every(({ product_is_active }) => !product_is_active)).toBe(true);
  expect(store.snapshot().rows.filter((row) => row.product_name === "Renamed")).toHaveLength(2);
});
