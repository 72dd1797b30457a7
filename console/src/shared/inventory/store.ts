import { type InventoryRow, type ListedProduct, type ListedSku, rowOf } from "./rows";

/** The items of a page of a list, and how to get the next one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** A page of SKUs, and when it was asked for. */
export interface SkuPage extends Page<ListedSku> {
  /** By the service's clock, in milliseconds; null if it does not say. */
  readonly askedAt: number | null;
}

/** The lists of one vendor, page by page. */
export interface InventoryLists {
  /** SKUs, newest change first. */
  skus(cursor: string | null, limit: number, signal: AbortSignal): Promise<SkuPage>;
  /** Products, by their creation. */
  products(
    order: "asc" | "desc",
    cursor: string | null,
    limit: number,
    signal: AbortSignal,
  ): Promise<Page<ListedProduct>>;
}

/** What is known of a vendor's stock at one moment. A new object whenever something changed. */
export interface InventorySnapshot {
  /** All SKUs read so far, in no particular order. */
  readonly rows: readonly InventoryRow[];
  /** Whether these are all, with the names of their products. */
  readonly complete: boolean;
  /** What stopped the walk, or the last refresh. */
  readonly error: unknown;
  /** When the newest changes were last read, in milliseconds of the clock; null before. */
  readonly refreshedAt: number | null;
}

export const PAGE_MAX = 1_000;
/** A refresh asks for few rows at first: most of the time nothing has changed. */
const REFRESH_PAGE = 50;
/** A change in progress may have an earlier time than one that was listed; the service bounds it so. */
export const OVERLAP_MILLISECONDS = 30_000;
/** How far the clocks that write `last_updated` and answer requests may be apart. */
const CLOCKS_MILLISECONDS = 5_000;
/** How often a walk shows what it has read: all rows are sorted and drawn anew. */
const WALK_PUBLISH_MILLISECONDS = 400;
/** How often the newest changes are read through again, at most. */
const REPEATS_MAX = 5;

/** The inventory of one vendor, kept while the page is open.
 *
 * The list by last change may miss what moves while pages are read. After the last page it is read again from
 * the top, back to 30 seconds before the walk's start, until that shows no SKU for the first time. So is each
 * refresh, back to 30 seconds before the list was last read: a shop at rest costs one short page.
 */
export class InventoryStore {
  readonly #lists: InventoryLists;
  readonly #skus = new Map<string, ListedSku>();
  readonly #products = new Map<string, ListedProduct>();
  readonly #rows = new Map<string, InventoryRow>();
  readonly #listeners = new Set<() => void>();
  readonly #now: () => number;
  #snapshot: InventorySnapshot = { rows: [], complete: false, error: null, refreshedAt: null };
  /** Changes of earlier moments were there when the list was last read from its top. Changes made here do not
   * move it: others' may have come between. */
  #known = Number.NEGATIVE_INFINITY;
  /** When the walk last showed what it had read. */
  #published = Number.NEGATIVE_INFINITY;
  #abort = new AbortController();
  #work: Promise<void> | null = null;

  constructor(lists: InventoryLists, now: () => number = Date.now) {
    this.#lists = lists;
    this.#now = now;
  }

  readonly snapshot = (): InventorySnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Read everything, once; what is being read already is waited for. After an error it begins again. */
  load(): Promise<void> {
    return this.#snapshot.complete ? Promise.resolve() : this.#run(() => this.#walk());
  }

  /** Read the newest changes, back to one that is known. */
  refresh(): Promise<void> {
    return this.#snapshot.complete ? this.#run(() => this.#readNewest()) : this.load();
  }

  /** Stop reading. */
  stop(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  /** Take in a SKU as a service returned it after a change. An older version than the known one is ignored. */
  acceptSku(sku: ListedSku): void {
    if (this.#mergeSkus([sku])) {
      this.#publish();
    }
  }

  /** Take in a product as the service returned it after a change. Its SKUs are in or out of sale with it; the
   * lists by last change do not show that, as it is no change of theirs.
   */
  acceptProduct(product: ListedProduct & { readonly is_active: boolean }): void {
    for (const [id, sku] of this.#skus) {
      if (sku.product_id === product.product_id) {
        this.#skus.set(id, { ...sku, product_is_active: product.is_active });
      }
    }
    this.#mergeProducts([product]);
    this.#publish();
  }

  row(sku: string): InventoryRow | undefined {
    return this.#rows.get(sku);
  }

  #run(work: () => Promise<void>): Promise<void> {
    this.#work ??= work()
      .catch((error: unknown) => {
        if (!isAbort(error)) {
          this.#publish({ error });
        }
      })
      .finally(() => {
        this.#work = null;
      });
    return this.#work;
  }

  async #walk(): Promise<void> {
    const { signal } = this.#abort;
    this.#publish({ error: null });
    const [known] = await Promise.all([this.#walkSkus(signal), this.#walkProducts(signal)]);
    for (let repeat = 0; repeat < REPEATS_MAX && known !== null; repeat += 1) {
      const { pages, first } = await this.#readBackTo(known, signal);
      if (pages < 2 || !first) {
        break;
      }
    }
    await this.#readNewProducts(signal);
    this.#publish({ complete: true, error: null, refreshedAt: this.#now() });
  }

  /** @returns the moment before which changes were there when the walk began; null if there is no SKU. */
  async #walkSkus(signal: AbortSignal): Promise<number | null> {
    let known: number | null = null;
    await eachPage(
      (cursor) => this.#lists.skus(cursor, PAGE_MAX, signal),
      (page) => {
        known ??= knownBefore(page);
        this.#known = known ?? this.#known;
        this.#mergeSkus(page.items);
        this.#publishWalk();
      },
    );
    return known;
  }

  async #walkProducts(signal: AbortSignal): Promise<void> {
    await eachPage(
      (cursor) => this.#lists.products("asc", cursor, PAGE_MAX, signal),
      ({ items }) => {
        this.#mergeProducts(items);
        this.#publishWalk();
      },
    );
  }

  async #readNewest(): Promise<void> {
    const { signal } = this.#abort;
    await this.#readBackTo(this.#known, signal);
    await this.#readNewProducts(signal);
    this.#publish({ error: null, refreshedAt: this.#now() });
  }

  /** Read the list from the top until its changes are older than `known`. */
  async #readBackTo(known: number, signal: AbortSignal): Promise<{ pages: number; first: boolean }> {
    let pages = 0;
    let first = false;
    let next = this.#known;
    for (let cursor: string | null = null; pages === 0 || cursor !== null; ) {
      const page: SkuPage = await this.#lists.skus(cursor, pages === 0 ? REFRESH_PAGE : PAGE_MAX, signal);
      if (pages === 0) {
        next = knownBefore(page) ?? next;
      }
      pages += 1;
      first ||= page.items.some(({ sku }) => !this.#skus.has(sku));
      if (this.#mergeSkus(page.items)) {
        this.#publish();
      }
      const last = page.items.at(-1);
      if (last !== undefined && Date.parse(last.last_updated) < known) {
        break;
      }
      cursor = page.next_cursor;
    }
    this.#known = next;
    return { pages, first };
  }

  /** Read the newest products, if a SKU belongs to one that is not known. */
  async #readNewProducts(signal: AbortSignal): Promise<void> {
    const unknown = new Set<string>();
    for (const { product_id } of this.#skus.values()) {
      if (!this.#products.has(product_id)) {
        unknown.add(product_id);
      }
    }
    for (
      let cursor: string | null = null, first = true;
      unknown.size > 0 && (first || cursor !== null);
      first = false
    ) {
      const page: Page<ListedProduct> = await this.#lists.products(
        "desc",
        cursor,
        first ? REFRESH_PAGE : PAGE_MAX,
        signal,
      );
      this.#mergeProducts(page.items);
      for (const { product_id } of page.items) {
        unknown.delete(product_id);
      }
      cursor = page.next_cursor;
    }
  }

  #mergeSkus(items: readonly ListedSku[]): boolean {
    let changed = false;
    for (const item of items) {
      const known = this.#skus.get(item.sku);
      if (known === undefined || item.version > known.version) {
        this.#skus.set(item.sku, item);
        this.#rows.set(item.sku, rowOf(item, this.#products.get(item.product_id)));
        changed = true;
      }
    }
    return changed;
  }

  #mergeProducts(items: readonly ListedProduct[]): void {
    const changed = new Set<string>();
    for (const item of items) {
      this.#products.set(item.product_id, item);
      changed.add(item.product_id);
    }
    for (const [id, sku] of this.#skus) {
      if (changed.has(sku.product_id)) {
        this.#rows.set(id, rowOf(sku, this.#products.get(sku.product_id)));
      }
    }
  }

  /** Show what has been read so far, but not so often that drawing it slows the reading. */
  #publishWalk(): void {
    const now = this.#now();
    const isFirst = this.#snapshot.rows.length === 0 && this.#rows.size > 0;
    if (isFirst || now - this.#published >= WALK_PUBLISH_MILLISECONDS) {
      this.#published = now;
      this.#publish();
    }
  }

  #publish(change: Partial<InventorySnapshot> = {}): void {
    this.#snapshot = { ...this.#snapshot, rows: [...this.#rows.values()], ...change };
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

/** The moment before which every change is in the list whose first page this is; null if it is empty. */
function knownBefore({ items, askedAt }: SkuPage): number | null {
  const newest = items[0];
  if (newest === undefined) {
    return null;
  }
  const asked = askedAt === null ? Date.parse(newest.last_updated) : askedAt - CLOCKS_MILLISECONDS;
  return asked - OVERLAP_MILLISECONDS;
}

/** Read a list to its end. The next page is asked for before one is taken in: the service works meanwhile. */
async function eachPage<T, P extends Page<T>>(
  read: (cursor: string | null) => Promise<P>,
  take: (page: P) => void,
): Promise<void> {
  for (let reading: Promise<P> | null = read(null); reading !== null; ) {
    const page: P = await reading;
    reading = page.next_cursor === null ? null : read(page.next_cursor);
    take(page);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
