import type { InventoryRow } from "./rows";

/** A row for unit tests: a mug of which ten are there, five of them above its threshold. */
export function sampleRow(code: string, changes: Partial<InventoryRow> = {}): InventoryRow {
  const current = changes.current_stock ?? 10;
  const reserved = changes.reserved_stock ?? 0;
  return {
    product_id: "PROD-1",
    sku: `SKU-PROD-1-${code}`,
    variant_name: code,
    current_stock: current,
    reserved_stock: reserved,
    available_stock: current - reserved,
    reorder_threshold: 5,
    unit_price: 10,
    last_updated: "2026-01-01T00:00:00.000000Z",
    last_updated_by: "x",
    is_active: true,
    product_is_active: true,
    low_stock_flag: current <= 5,
    barcode: null,
    version: 1,
    details_version: 1,
    product_name: "Mug",
    external_id: null,
    picture: null,
    ...changes,
  };
}
