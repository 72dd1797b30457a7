import type { Sku } from "../../shared/api/clients";
import { parseMoney, parseQuantity } from "../../shared/format/numbers";
import type { AttributeChange } from "../../shared/inventory/commands";

export interface AttributeRow {
  /** Keeps rows apart while their names are typed. */
  readonly id: number;
  readonly name: string;
  readonly value: string;
}

/** The details of a SKU as the form holds them: what is typed. */
export interface Details {
  readonly name: string;
  readonly price: string;
  readonly threshold: string;
  readonly barcode: string;
  readonly attributes: readonly AttributeRow[];
}

export type StoredDetails = Pick<
  Sku,
  "variant_name" | "unit_price" | "reorder_threshold" | "barcode" | "variant_attributes"
>;

export const NAME_MAX = 200;
export const BARCODE_MAX = 40;
export const ATTRIBUTES_MAX = 20;

export function detailsOf(sku: StoredDetails): Details {
  const attributes = Object.entries(sku.variant_attributes ?? {}).sort(([a], [b]) => a.localeCompare(b));
  return {
    name: sku.variant_name,
    price: sku.unit_price.toFixed(2),
    threshold: String(sku.reorder_threshold),
    barcode: sku.barcode ?? "",
    attributes: attributes.map(([name, value], id) => ({ id, name, value })),
  };
}

export type DetailsError = "name" | "price" | "threshold" | "barcode" | "attributes";

export function errorsOf(details: Details): DetailsError[] {
  const errors: DetailsError[] = [];
  const name = details.name.trim();
  if (name === "" || name.length > NAME_MAX) errors.push("name");
  if (parseMoney(details.price) === null) errors.push("price");
  if (parseQuantity(details.threshold) === null) errors.push("threshold");
  if (details.barcode.trim().length > BARCODE_MAX) errors.push("barcode");
  if (!areAttributes(details.attributes)) errors.push("attributes");
  return errors;
}

function areAttributes(rows: readonly AttributeRow[]): boolean {
  const names = rows.map((row) => row.name.trim());
  const fits = (text: string) => text !== "" && text.length <= NAME_MAX;
  return (
    rows.length <= ATTRIBUTES_MAX &&
    new Set(names).size === names.length &&
    rows.every((row) => fits(row.name.trim()) && fits(row.value.trim()))
  );
}

/** A merge patch with what the form changes; empty if it changes nothing. It has to be free of errors. */
export function patchOf(before: StoredDetails, details: Details): AttributeChange {
  const name = details.name.trim();
  const price = parseMoney(details.price);
  const threshold = parseQuantity(details.threshold);
  const barcode = details.barcode.trim() || null;
  const attributes = attributesPatch(before.variant_attributes ?? {}, details.attributes);
  return {
    ...(name === before.variant_name ? {} : { variant_name: name }),
    ...(price === null || price === before.unit_price ? {} : { unit_price: price }),
    ...(threshold === null || threshold === before.reorder_threshold ? {} : { reorder_threshold: threshold }),
    ...(barcode === before.barcode ? {} : { barcode }),
    ...(attributes === undefined ? {} : { variant_attributes: attributes }),
  };
}

function attributesPatch(
  before: Readonly<Record<string, string>>,
  rows: readonly AttributeRow[],
): Record<string, string | null> | null | undefined {
  const after = new Map(rows.map((row) => [row.name.trim(), row.value.trim()]));
  const changed = [...after].filter(([name, value]) => before[name] !== value);
  const removed = Object.keys(before).filter((name) => !after.has(name));
  if (changed.length === 0 && removed.length === 0) return undefined;
  if (after.size === 0) return null;
  return Object.fromEntries([...changed, ...removed.map((name) => [name, null] as const)]);
}

/** The patch that brings back what another one changed. */
export function inverseOf(
  before: StoredDetails & Pick<Sku, "is_active">,
  patch: AttributeChange,
): AttributeChange {
  const inverse: Record<string, unknown> = {};
  for (const name of Object.keys(patch) as (keyof AttributeChange)[]) {
    if (name !== "variant_attributes") inverse[name] = before[name];
  }
  if (patch.variant_attributes !== undefined) {
    const stored = before.variant_attributes;
    const names = Object.keys(patch.variant_attributes ?? stored ?? {});
    const restored = names.map((name) => [name, stored?.[name] ?? null]);
    inverse.variant_attributes = stored === null ? null : Object.fromEntries(restored);
  }
  return inverse as AttributeChange;
}

/** Attributes as one line, such as `color Black, size L`. */
export function attributesText(
  attributes: Readonly<Record<string, string | null>> | null | undefined,
): string {
  return Object.entries(attributes ?? {})
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => `${name} ${value ?? "–"}`)
    .join(", ");
}
