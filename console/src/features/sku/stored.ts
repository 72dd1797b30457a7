import { useQueryClient } from "@tanstack/react-query";
import type { Sku } from "../../shared/api/clients";
import { newIdempotencyKey } from "../../shared/api/clients";
import { type ChangedStock, changeStock, oppositeOf } from "../../shared/inventory/commands";
import { inventoryOf } from "../../shared/inventory/useInventory";
import { texts } from "../../shared/texts/texts";
import { showDone } from "../../shared/ui/toasts";
import { recordsQuery, skuQuery } from "./queries";
import { withRecord } from "./recordList";

/** How what a command returned gets onto the page. */
export function useStored({ product_id, sku }: Pick<Sku, "product_id" | "sku">) {
  const client = useQueryClient();
  const setSku = (stored: Sku) => {
    client.setQueryData(skuQuery(product_id, sku).queryKey, stored);
    inventoryOf(stored.vendor_id).acceptSku(stored);
  };
  const setChange = (change: ChangedStock) => {
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
  const showChange = (message: string, change: ChangedStock) => {
    setChange(change);
    const { transaction } = change;
    const opposite = oppositeOf(transaction, texts.sku.undoNote(transaction.transaction_id));
    if (opposite === null) {
      showDone(message);
      return;
    }
    const key = newIdempotencyKey();
    showDone(message, async () => {
      setChange(await changeStock({ product_id, sku }, opposite, key));
    });
  };
  return { setSku, setChange, showChange };
}
