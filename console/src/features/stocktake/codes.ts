import type { InventoryRow } from "../../shared/inventory/rows";

/** The most SKUs that are offered for a name. */
export const CHOICES_MAX = 8;

/** What a typed or scanned code stands for. */
export type Found =
  | { readonly kind: "one"; readonly row: InventoryRow }
  /** Several SKUs have it: the own id of a product, or words of a name. */
  | { readonly kind: "several"; readonly rows: readonly InventoryRow[]; readonly all: number }
  | { readonly kind: "none" };

/** Find what a person typed or a scanner read: a barcode, a SKU, an own id, or else words of a name. */
export function findCode(rows: readonly InventoryRow[], typed: string): Found {
  const code = typed.trim();
  if (code === "") {
    return { kind: "none" };
  }
  const lower = code.toLowerCase();
  const barcode = withoutZeros(code);
  const exact = [
    (row: InventoryRow) => row.sku.toLowerCase() === lower,
    (row: InventoryRow) =>
      row.barcode !== null && row.barcode !== undefined && withoutZeros(row.barcode) === barcode,
    (row: InventoryRow) => row.external_id?.toLowerCase() === lower,
  ];
  for (const has of exact) {
    const found = rows.filter(has);
    if (found.length > 0) {
      return foundOf(found);
    }
  }
  const words = lower.split(/\s+/);
  return foundOf(
    rows.filter((row) => {
      const text =
        `${row.product_name} ${row.variant_name} ${row.external_id ?? ""} ${row.sku}`.toLowerCase();
      return words.every((word) => text.includes(word));
    }),
  );
}

function foundOf(rows: readonly InventoryRow[]): Found {
  const [first] = rows;
  if (first === undefined) {
    return { kind: "none" };
  }
  return rows.length === 1
    ? { kind: "one", row: first }
    : { kind: "several", rows: rows.slice(0, CHOICES_MAX), all: rows.length };
}

/** Scanners send a UPC of 12 digits with a leading zero or without; numbers with the same digits are one code. */
function withoutZeros(code: string): string {
  return /^\d+$/.test(code) ? code.replace(/^0+/, "") : code;
}
