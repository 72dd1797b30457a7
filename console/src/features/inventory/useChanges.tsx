import { type ReactNode, useCallback, useMemo, useState } from "react";
import { newIdempotencyKey, type Sku } from "../../shared/api/clients";
import { isProblem } from "../../shared/api/problems";
import { formatMoney, formatQuantity } from "../../shared/format/numbers";
import { formatTime } from "../../shared/format/times";
import {
  type AttributeChange,
  changeAttributes,
  changeStock,
  oppositeOf,
  readSku,
  type StockChange,
} from "../../shared/inventory/commands";
import type { ListedSku } from "../../shared/inventory/rows";
import type { InventoryStore } from "../../shared/inventory/store";
import { texts } from "../../shared/texts/texts";
import { ConflictDialog, type ConflictRow } from "../../shared/ui/ConflictDialog";
import { ShownElsewhere, showDone, showError } from "../../shared/ui/toasts";
import { previousOf } from "./bulk";

/** The changes that a person makes in the list. Each is over when its promise is: done, or in the dialog of a
 * conflict. Every other refusal is thrown, so that the editor stays open with what was typed.
 */
export interface Changes {
  attributes(row: ListedSku, change: AttributeChange): Promise<void>;
  stock(row: ListedSku, change: StockChange): Promise<void>;
  /** The dialog of a conflict, if there is one. */
  readonly dialog: ReactNode;
  readonly conflicting: boolean;
}

interface Conflict {
  readonly subject: string;
  readonly detail: string;
  readonly rows: readonly ConflictRow[];
  readonly apply: (() => Promise<void>) | undefined;
}

const words = texts.inventory;

export function useChanges(store: InventoryStore): Changes {
  const [conflict, setConflict] = useState<Conflict | null>(null);

  const attributes = useCallback(
    async (row: ListedSku, change: AttributeChange, undoable = true): Promise<void> => {
      try {
        const sku = await changeAttributes(row, change, row.details_version);
        store.acceptSku(sku);
        if (undoable) {
          showDone(attributesDone(nameOf(store, sku), change), () =>
            attributes(sku, previousOf(row, change), false),
          );
        }
      } catch (error) {
        if (!isProblem(error, "precondition_failed")) {
          throw error;
        }
        const stored = await readSku(row);
        store.acceptSku(stored);
        setConflict({
          subject: nameOf(store, row),
          detail: words.conflict.changedBy(stored.last_updated_by, formatTime(stored.last_updated)),
          rows: attributeRows(change, stored),
          apply: () => attributes(stored, change, undoable),
        });
        if (!undoable) {
          throw new ShownElsewhere();
        }
      }
    },
    [store],
  );

  const stock = useCallback(
    async (row: ListedSku, change: StockChange, undoable = true): Promise<void> => {
      try {
        const { transaction, sku } = await changeStock(row, change, newIdempotencyKey());
        store.acceptSku(sku);
        if (undoable) {
          const opposite = oppositeOf(transaction, words.undoNotes(transaction.transaction_id));
          const { quantity_change, stock_after } = transaction;
          showDone(
            words.done.stock(nameOf(store, sku), quantity_change, stock_after),
            opposite === null ? undefined : () => stock(sku, opposite, false),
          );
        }
      } catch (error) {
        if (!isProblem(error, "count_stale", "adjustment_below_reserved")) {
          throw error;
        }
        const stored = await readSku(row);
        store.acceptSku(stored);
        if (error.code === "adjustment_below_reserved" && sameStock(row, stored)) {
          // Nobody else changed anything: it is refused as it was typed.
          throw error;
        }
        setConflict({
          subject: nameOf(store, row),
          detail: error.message,
          rows: stockRows(row, change, stored),
          apply:
            change.type === "count" && error.code === "count_stale"
              ? () => stock(stored, { ...change, expected_stock: stored.current_stock }, undoable)
              : undefined,
        });
        if (!undoable) {
          throw new ShownElsewhere();
        }
      }
    },
    [store],
  );

  const close = () => setConflict(null);
  const dialog = conflict && (
    <ConflictDialog
      subject={conflict.subject}
      detail={conflict.detail}
      rows={conflict.rows}
      onKeepTheirs={close}
      onApplyYours={
        conflict.apply &&
        (() => {
          close();
          conflict.apply?.().catch((error) => error instanceof ShownElsewhere || showError(error));
        })
      }
    />
  );
  return useMemo(
    () => ({ attributes, stock, dialog, conflicting: conflict !== null }),
    [attributes, stock, dialog, conflict],
  );
}

/** A SKU as people call it: product and variant, or its id while the product is not known. */
function nameOf(store: InventoryStore, { sku, variant_name }: ListedSku): string {
  const product = store.row(sku)?.product_name;
  return product ? `${product} ${variant_name}` : sku;
}

function attributesDone(name: string, change: AttributeChange): string {
  const { done } = words;
  if (change.unit_price !== undefined) {
    return done.price(name, change.unit_price);
  }
  if (change.reorder_threshold !== undefined) {
    return done.threshold(name, change.reorder_threshold);
  }
  return change.is_active ? done.activated(name) : done.deactivated(name);
}

function attributeRows(change: AttributeChange, stored: Sku): ConflictRow[] {
  const yesNo = (active: boolean) => (active ? texts.common.yes : texts.common.no);
  return [
    ...(change.unit_price === undefined
      ? []
      : [
          {
            label: words.columns.price,
            yours: formatMoney(change.unit_price),
            theirs: formatMoney(stored.unit_price),
          },
        ]),
    ...(change.reorder_threshold === undefined
      ? []
      : [
          {
            label: words.columns.threshold,
            yours: formatQuantity(change.reorder_threshold),
            theirs: formatQuantity(stored.reorder_threshold),
          },
        ]),
    ...(change.is_active === undefined
      ? []
      : [{ label: words.columns.active, yours: yesNo(change.is_active), theirs: yesNo(stored.is_active) }]),
  ];
}

function sameStock(seen: ListedSku, stored: Sku): boolean {
  return seen.current_stock === stored.current_stock && seen.reserved_stock === stored.reserved_stock;
}

function stockRows(seen: ListedSku, change: StockChange, stored: Sku): ConflictRow[] {
  const after =
    change.type === "count"
      ? change.counted_stock
      : seen.current_stock + (change.type === "restock" ? change.quantity : change.quantity_change);
  return [
    {
      label: words.conflict.stock,
      yours: words.conflict.change(seen.current_stock, after),
      theirs: formatQuantity(stored.current_stock),
    },
    {
      label: words.conflict.reserved,
      yours: formatQuantity(seen.reserved_stock),
      theirs: formatQuantity(stored.reserved_stock),
    },
  ];
}
