import { createColumnHelper, rowSelectionFeature, tableFeatures } from "@tanstack/react-table";
import { formatQuantity } from "../../shared/format/numbers";
import type { InventoryRow } from "../../shared/inventory/rows";
import { texts } from "../../shared/texts/texts";
import { Time } from "../../shared/ui/Time";
import { ActiveCell, MoreCell, ProductCell, SelectCell, StockCell, ValueCell } from "./cells";
import type { SortKey } from "./query";

const words = texts.inventory.columns;

export const features = tableFeatures({ rowSelectionFeature });

const helper = createColumnHelper<typeof features, InventoryRow>();

export type ColumnId =
  | "select"
  | "product"
  | "stock"
  | "reserved"
  | "available"
  | "threshold"
  | "price"
  | "active"
  | "changed"
  | "more";

/** How a column is laid out, and what it does. */
export interface ColumnLayout {
  readonly label: string;
  /** Pixels; null takes what is left. */
  readonly width: number | null;
  readonly sort: SortKey | null;
  readonly numeric: boolean;
}

export const LAYOUT: Record<ColumnId, ColumnLayout> = {
  select: { label: words.select, width: 40, sort: null, numeric: false },
  product: { label: words.product, width: null, sort: "product", numeric: false },
  stock: { label: words.stock, width: 88, sort: "stock", numeric: true },
  reserved: { label: words.reserved, width: 84, sort: "reserved", numeric: true },
  available: { label: words.available, width: 84, sort: "available", numeric: true },
  threshold: { label: words.threshold, width: 92, sort: "threshold", numeric: true },
  price: { label: words.price, width: 96, sort: "price", numeric: true },
  active: { label: words.active, width: 70, sort: "active", numeric: false },
  changed: { label: words.changed, width: 160, sort: "changed", numeric: false },
  more: { label: words.more, width: 48, sort: null, numeric: false },
};

/** The tracks of a grid's template, and the least pixels that they need: rows are laid out each for itself,
 * so no track may depend on what is in it.
 */
export function tracksOf(ids: readonly ColumnId[], narrow: boolean): { template: string; least: number } {
  const widths = ids.map((id) => (narrow ? (NARROW_WIDTHS[id] ?? LAYOUT[id].width) : LAYOUT[id].width));
  return {
    template: widths.map((width) => (width === null ? "minmax(0, 1fr)" : `${width}px`)).join(" "),
    least: widths.reduce<number>((sum, width) => sum + (width ?? (narrow ? 0 : PRODUCT_LEAST)), 0),
  };
}

const PRODUCT_LEAST = 240;
const NARROW_WIDTHS: Partial<Record<ColumnId, number>> = { stock: 88, more: 40 };

/** The columns of the width that there is. */
export function columnIds(width: "wide" | "medium" | "narrow"): readonly ColumnId[] {
  if (width === "narrow") {
    return ["select", "product", "stock", "more"];
  }
  const all: ColumnId[] = [
    "select",
    "product",
    "stock",
    "reserved",
    "available",
    "threshold",
    "price",
    "active",
  ];
  return width === "wide" ? [...all, "changed"] : all;
}

export const COLUMNS = helper.columns([
  helper.display({
    id: "select",
    cell: ({ row }) => <SelectCell row={row.original} selected={row.getIsSelected()} />,
  }),
  helper.display({ id: "product", cell: ({ row }) => <ProductCell row={row.original} /> }),
  helper.display({ id: "stock", cell: ({ row }) => <StockCell row={row.original} /> }),
  helper.display({ id: "reserved", cell: ({ row }) => <Units value={row.original.reserved_stock} /> }),
  helper.display({ id: "available", cell: ({ row }) => <Units value={row.original.available_stock} /> }),
  helper.display({ id: "threshold", cell: ({ row }) => <ValueCell row={row.original} kind="threshold" /> }),
  helper.display({ id: "price", cell: ({ row }) => <ValueCell row={row.original} kind="price" /> }),
  helper.display({ id: "active", cell: ({ row }) => <ActiveCell row={row.original} /> }),
  helper.display({ id: "changed", cell: ({ row }) => <Time value={row.original.last_updated} /> }),
  helper.display({ id: "more", cell: ({ row }) => <MoreCell row={row.original} /> }),
]);

function Units({ value }: { value: number }) {
  return <span data-zero={value === 0 || undefined}>{formatQuantity(value)}</span>;
}
