import { createContext, useContext } from "react";
import type { InventoryRow } from "../../shared/inventory/rows";
import type { ColumnId } from "./columns";
import type { StockMode } from "./stockInput";
import type { Changes } from "./useChanges";

/** The cell whose editor is open. */
export interface Editing {
  readonly sku: string;
  readonly column: ColumnId;
  /** How the stock's editor opens. */
  readonly stock: { readonly mode: StockMode; readonly quantity: string };
}

/** What the cells of the list do. */
export interface GridActions {
  readonly changes: Changes;
  readonly narrow: boolean;
  readonly skuAddress: (row: InventoryRow) => string;
  readonly edit: (row: InventoryRow, column: ColumnId, stock?: Editing["stock"]) => void;
  /** Close the editor; the cell gets the focus back where asked for. */
  readonly close: (refocus: boolean) => void;
  readonly toggleActive: (row: InventoryRow) => void;
  readonly toggleSelected: (row: InventoryRow, range: boolean) => void;
}

export const GridContext = createContext<GridActions | null>(null);
export const EditingContext = createContext<Editing | null>(null);

export function useGrid(): GridActions {
  const actions = useContext(GridContext);
  if (actions === null) {
    throw new Error("This cell is in no grid.");
  }
  return actions;
}

/** The open editor, if it is that of this cell. */
export function useEditing(row: InventoryRow, column: ColumnId): Editing | null {
  const editing = useContext(EditingContext);
  return editing?.sku === row.sku && editing.column === column ? editing : null;
}
