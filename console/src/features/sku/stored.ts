import { useQueryClient } from "@tanstack/react-query";
import type { Sku } from "../../shared/api/clients";
import { newIdempotencyKey } from "../../shared/api/clients";
import { inventoryOf } from "../../shared/inventory/useInventory";
import { texts } from "../../shared/texts/texts";
import { showDone } from "../../shared/ui/toasts";
import { adjust, type StockChange } from "./commands";
import { recordsQuery, skuQuery } from "./queries";
import { withRecord } from "./recordList";

/** How what a command returned gets onto the page. */
export function useStored({ product_id, sku }: Pick<Sku, "product_id" | "sku">) {
  const client = useQueryClient();
  const setSku = (stored: Sku) => {
    client.setQueryData(skuQuery(product_id, sku).queryKey, stored);
    inventoryOf(stored.vendor_id).acceptSku(stored);
  };
  const setChange = (change: StockChange) => {
    setSku(change.sku);
    client.setQueryData(recordsQuery(sku).queryKey, (known) => {
      const [first, ...others] = known?.pages ?? [];
      if (!known || !first) return known;
      return {
        ...known,
        pages: [{ ...first, items: withRecord(first.items, change.transaction) }, ...others],
      };
    });
  };
  /** Say what was done, and offer the opposite adjustment. */
  const showChange = (message: string, change: StockChange) => {
    setChange(change);
    const units = change.transaction.quantity_change;
    if (units === 0) {
      showDone(message);
      return;
    }
    const key = newIdempotencyKey();
    const notes = texts.sku.undoNote(change.transaction.transaction_id);
    showDone(message, async () => {
      setChange(await adjust({ product_id, sku }, { quantity_change: -units, notes }, key));
    });
  };
  return { setSku, setChange, showChange };
}
