import { parseMoney } from "../../shared/format/numbers";

/** The attributes of a product that its vendor may change, as the form holds them. */
export interface Details {
  readonly product_name: string;
  readonly description: string;
  readonly category: string;
  readonly subcategory: string;
  readonly brand: string;
  /** As it is typed. */
  readonly base_price: string;
  readonly images: readonly string[];
  readonly tags: readonly string[];
}

/** The same attributes as the service has them. */
export interface StoredDetails {
  readonly product_name: string;
  readonly description: string | null;
  readonly category: string;
  readonly subcategory: string | null;
  readonly brand: string | null;
  readonly base_price: number;
  readonly images: readonly string[] | null;
  readonly tags: readonly string[] | null;
}

export type Attribute = keyof StoredDetails;

export const ATTRIBUTES: readonly Attribute[] = [
  "product_name",
  "category",
  "subcategory",
  "brand",
  "base_price",
  "description",
  "tags",
  "images",
];

export const EMPTY: Details = {
  product_name: "",
  description: "",
  category: "",
  subcategory: "",
  brand: "",
  base_price: "",
  images: [],
  tags: [],
};

export const NAME_MAX = 200;
export const DESCRIPTION_MAX = 5000;
export const IMAGES_MAX = 20;
export const IMAGE_MAX = 1000;
export const TAGS_MAX = 50;

export function detailsOf(stored: StoredDetails): Details {
  return {
    product_name: stored.product_name,
    description: stored.description ?? "",
    category: stored.category,
    subcategory: stored.subcategory ?? "",
    brand: stored.brand ?? "",
    base_price: stored.base_price.toFixed(2),
    images: stored.images ?? [],
    tags: stored.tags ?? [],
  };
}

/** What the form holds, as the service stores it: without outer blanks, null for what is empty. A price that is
 * none becomes NaN; `errorsOf` finds it.
 */
export function storedOf(details: Details): StoredDetails {
  const optional = (text: string) => text.trim() || null;
  const list = (items: readonly string[]) => {
    const kept = items.map((item) => item.trim()).filter((item) => item !== "");
    return kept.length > 0 ? kept : null;
  };
  return {
    product_name: details.product_name.trim(),
    description: optional(details.description),
    category: details.category.trim(),
    subcategory: optional(details.subcategory),
    brand: optional(details.brand),
    base_price: parseMoney(details.base_price) ?? Number.NaN,
    images: list(details.images),
    tags: list(details.tags),
  };
}

export type DetailsPatch = { [Key in Attribute]?: StoredDetails[Key] };

/** A JSON merge patch with the attributes that the form changes; without members if it changes none. */
export function patchOf(before: StoredDetails, details: Details): DetailsPatch {
  const after = storedOf(details);
  const changed = ATTRIBUTES.filter((name) => !isSame(before[name], after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}

function isSame(a: StoredDetails[Attribute], b: StoredDetails[Attribute]): boolean {
  const empty = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0);
  return (empty(a) && empty(b)) || JSON.stringify(a) === JSON.stringify(b);
}

/** The patch that brings back what another one changed. */
export function inverseOf(before: StoredDetails, patch: DetailsPatch): DetailsPatch {
  const changed = ATTRIBUTES.filter((name) => name in patch);
  return Object.fromEntries(changed.map((name) => [name, before[name]]));
}

export type FieldError = "required" | "too_long" | "price" | "too_many" | "address";

/** What is wrong with the form before it is sent; the service has the last word on the rest. */
export function errorsOf(details: Details): Partial<Record<Attribute, FieldError>> {
  const errors: Partial<Record<Attribute, FieldError>> = {};
  const stored = storedOf(details);
  if (stored.product_name === "") errors.product_name = "required";
  if (stored.category === "") errors.category = "required";
  for (const name of ["product_name", "category", "subcategory", "brand"] as const) {
    if ((stored[name] ?? "").length > NAME_MAX) errors[name] = "too_long";
  }
  if ((stored.description ?? "").length > DESCRIPTION_MAX) errors.description = "too_long";
  if (details.base_price.trim() === "") errors.base_price = "required";
  else if (Number.isNaN(stored.base_price)) errors.base_price = "price";
  if ((stored.tags ?? []).length > TAGS_MAX) errors.tags = "too_many";
  const images = stored.images ?? [];
  if (images.length > IMAGES_MAX) errors.images = "too_many";
  else if (images.some((image) => !isPictureAddress(image))) errors.images = "address";
  return errors;
}

/** Whether a picture's address is one that the page can show: absolute, by HTTPS. */
export function isPictureAddress(address: string): boolean {
  if (address.length > IMAGE_MAX) return false;
  try {
    return new URL(address).protocol === "https:";
  } catch {
    return false;
  }
}
