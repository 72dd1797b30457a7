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
  /** A track of the grid's template. */
  readonly track: string;
  readonly sort: SortKey | null;
  readonly numeric: boolean;
}

export const LAYOUT: Record<ColumnId, ColumnLayout> = {
  select: { label: words.select, track: "40px", sort: null, numeric: false },
  product: { label: words.product, track: "minmax(220px, 1fr)", sort: "product", numeric: false },
  stock: { label: words.stock, track: "104px", sort: "stock", numeric: true },
  reserved: { label: words.reserved, track: "96px", sort: "reserved", numeric: true },
  available: { label: words.available, track: "100px", sort: "available", numeric: true },
  threshold: { label: words.threshold, track: "108px", sort: "threshold", numeric: true },
  price: { label: words.price, track: "112px", sort: "price", numeric: true },
  active: { label: words.active, track: "84px", sort: "active", numeric: false },
  changed: { label: words.changed, track: "176px", sort: "changed", numeric: false },
  more: { label: words.more, track: "48px", sort: null, numeric: false },
};

/** The tracks of a grid's template. */
export function templateOf(ids: readonly ColumnId[], narrow: boolean): string {
  return ids.map((id) => (narrow ? (NARROW_TRACKS[id] ?? LAYOUT[id].track) : LAYOUT[id].track)).join(" ");
}

const NARROW_TRACKS: Partial<Record<ColumnId, string>> = {
  product: "minmax(0, 1fr)",
  stock: "88px",
  more: "40px",
};

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
