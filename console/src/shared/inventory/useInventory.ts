import { useEffect, useSyncExternalStore } from "react";
import { answerOf, catalog, documentOf, stock } from "../api/clients";
import { type ListedProduct, type ListedSku, PRODUCT_FIELDS, SKU_FIELDS } from "./rows";
import { type InventoryLists, type InventorySnapshot, InventoryStore, type Page } from "./store";

/** How often the newest changes are read while the page is visible. */
export const REFRESH_SECONDS = 10;

const stores = new Map<string, InventoryStore>();

/** The store of a vendor's stock; one for the whole page, so that screens share what was read. */
export function inventoryOf(vendorId: string): InventoryStore {
  let store = stores.get(vendorId);
  if (store === undefined) {
    store = new InventoryStore(listsOf(vendorId));
    stores.set(vendorId, store);
  }
  return store;
}

export interface Inventory extends InventorySnapshot {
  readonly store: InventoryStore;
  /** Read the newest changes now, or begin again after an error. */
  readonly refresh: () => Promise<void>;
}

/** A vendor's SKUs with their products' names: read once, refreshed every 10 seconds while the page is visible.
 * @param paused whether an editor is open, under which nothing may change.
 */
export function useInventory(vendorId: string, paused = false): Inventory {
  const store = inventoryOf(vendorId);
  const snapshot = useSyncExternalStore(store.subscribe, store.snapshot);
  useEffect(() => {
    void store.load();
  }, [store]);
  useEffect(() => {
    if (paused) {
      return;
    }
    const refreshIfDue = () => {
      const { refreshedAt } = store.snapshot();
      const age = refreshedAt === null ? 0 : (Date.now() - refreshedAt) / 1000;
      if (document.visibilityState === "visible" && age >= REFRESH_SECONDS) {
        void store.refresh();
      }
    };
    refreshIfDue();
    const timer = setInterval(refreshIfDue, 1_000);
    return () => clearInterval(timer);
  }, [store, paused]);
  return { ...snapshot, store, refresh: () => store.refresh() };
}

function listsOf(vendorId: string): InventoryLists {
  return {
    skus: async (cursor, limit, signal) => {
      const begun = performance.now();
      const { document, response } = await answerOf(
        stock.GET("/vendors/{vendor_id}/inventory", {
          params: {
            path: { vendor_id: vendorId },
            query: { limit, fields: [...SKU_FIELDS], ...(cursor === null ? {} : { cursor }) },
          },
          signal,
        }),
      );
      const answeredAt = Date.parse(response.headers.get("Date") ?? "");
      const askedAt = Number.isNaN(answeredAt) ? null : answeredAt - (performance.now() - begun);
      return { ...(document as Page<ListedSku>), askedAt };
    },
    products: async (order, cursor, limit, signal) =>
      (await documentOf(
        catalog.GET("/vendors/{vendor_id}/products", {
          params: {
            path: { vendor_id: vendorId },
            query: { limit, order, fields: [...PRODUCT_FIELDS], ...(cursor === null ? {} : { cursor }) },
          },
          signal,
        }),
      )) as Page<ListedProduct>,
  };
}
