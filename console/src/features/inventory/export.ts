import { type CsvCell, csvOf } from "../../shared/format/csv";
import type { InventoryRow } from "../../shared/inventory/rows";

/** The columns, under the names that the API and the command line's imports have. */
const COLUMNS: readonly [string, (row: InventoryRow) => CsvCell][] = [
  ["product_id", (row) => row.product_id],
  ["sku", (row) => row.sku],
  ["product_name", (row) => row.product_name],
  ["variant_name", (row) => row.variant_name],
  ["external_id", (row) => row.external_id],
  ["barcode", (row) => row.barcode],
  ["current_stock", (row) => row.current_stock],
  ["reserved_stock", (row) => row.reserved_stock],
  ["available_stock", (row) => row.available_stock],
  ["reorder_threshold", (row) => row.reorder_threshold],
  ["unit_price", (row) => row.unit_price],
  ["is_active", (row) => row.is_active],
  ["last_updated", (row) => row.last_updated],
];

/** The listed rows as a CSV file. */
export function inventoryCsv(rows: readonly InventoryRow[]): string {
  return csvOf(
    COLUMNS.map(([name]) => name),
    rows.map((row) => COLUMNS.map(([, value]) => value(row))),
  );
}
