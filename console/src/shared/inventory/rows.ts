import type { Product, Sku } from "../api/clients";

/** What a list of stock needs of a SKU; the names of `fields` in the request. */
export const SKU_FIELDS = [
  "product_id",
  "sku",
  "variant_name",
  "current_stock",
  "reserved_stock",
  "available_stock",
  "reorder_threshold",
  "unit_price",
  "last_updated",
  "last_updated_by",
  "is_active",
  "product_is_active",
  "low_stock_flag",
  "barcode",
  "version",
  "details_version",
] as const satisfies readonly (keyof Sku)[];

export type ListedSku = Pick<Sku, (typeof SKU_FIELDS)[number]>;

/** What it needs of a product. */
export const PRODUCT_FIELDS = [
  "product_id",
  "product_name",
  "external_id",
  "images",
] as const satisfies readonly (keyof Product)[];

export type ListedProduct = Pick<Product, (typeof PRODUCT_FIELDS)[number]>;

/** A SKU with what is shown of its product. */
export interface InventoryRow extends ListedSku {
  /** Empty while the product's page has not arrived. */
  readonly product_name: string;
  /** The vendor's own id of the product. */
  readonly external_id: string | null;
  /** The address of the product's first picture. */
  readonly picture: string | null;
}

export function rowOf(sku: ListedSku, product: ListedProduct | undefined): InventoryRow {
  return {
    ...sku,
    product_name: product?.product_name ?? "",
    external_id: product?.external_id ?? null,
    picture: product?.images?.[0] ?? null,
  };
}

/** Whether customers can be offered it. */
export function isOffered(row: ListedSku): boolean {
  return row.is_active && row.product_is_active;
}

/** Whether it is in the service's list of low stock: the flag is the service's. */
export function isLow(row: ListedSku): boolean {
  return row.low_stock_flag && isOffered(row);
}

/** Whether it is offered and no unit of it can be sold: none there, or all reserved. */
export function isOut(row: ListedSku): boolean {
  return row.available_stock === 0 && isOffered(row);
}

export function isReserved(row: ListedSku): boolean {
  return row.reserved_stock > 0;
}
