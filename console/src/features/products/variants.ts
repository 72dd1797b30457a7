/** An attribute that variants differ in, such as color, with its values in order. */
export interface Axis {
  readonly name: string;
  readonly values: readonly string[];
}

/** What a SKU has to have for the matrix. */
export interface VariantRow {
  readonly sku: string;
  readonly variant_name: string;
  readonly variant_attributes: Readonly<Record<string, string>> | null;
}

export interface PlannedVariant {
  readonly attributes: Readonly<Record<string, string>>;
  readonly name: string;
  /** The last part of the SKU's id. */
  readonly code: string;
  /** The SKU that has these attributes already, if there is one. */
  readonly existing: string | null;
}

export const CODE_MAX_CHARACTERS = 40;
export const ATTRIBUTES_MAX = 20;
/** More variants than this are not planned at once: each is a request of its own. */
export const PLANNED_MAX = 200;
const CODE = /^[A-Z0-9]+(?:-[A-Z0-9]+)*$/;

export function isCode(code: string): boolean {
  return code.length <= CODE_MAX_CHARACTERS && CODE.test(code);
}

/** A code for a SKU's id from words: capitals and digits, joined by single hyphens. */
export function codeOf(words: readonly string[]): string {
  const parts = words
    .map((word) =>
      word
        .normalize("NFKD")
        .toUpperCase()
        .replace(/\p{Mark}/gu, "")
        .replace(/[^A-Z0-9]+/g, "-")
        .replace(/^-|-$/g, ""),
    )
    .filter((part) => part !== "");
  return parts.join("-").slice(0, CODE_MAX_CHARACTERS).replace(/-$/, "");
}

/** The same code, or with a number after it if it is taken. */
export function freeCode(code: string, taken: ReadonlySet<string>): string {
  const base = code || "V";
  if (code && !taken.has(code)) return code;
  for (let number = code ? 2 : 1; ; number += 1) {
    const end = `-${number}`;
    const numbered = base.slice(0, CODE_MAX_CHARACTERS - end.length).replace(/-$/, "") + end;
    if (!taken.has(numbered)) return numbered;
  }
}

/** How many variants the axes have; axes without a name or a value do not count. */
export function countOf(axes: readonly Axis[]): number {
  const used = usedOf(axes);
  return used.length === 0 ? 0 : used.reduce((product, axis) => product * axis.values.length, 1);
}

function usedOf(axes: readonly Axis[]): Axis[] {
  return axes.filter((axis) => axis.name !== "" && axis.values.length > 0);
}

/** Every combination of the axes' values, with a name and a code of its own. */
export function plannedOf(
  axes: readonly Axis[],
  productId: string,
  skus: readonly VariantRow[],
): PlannedVariant[] {
  const used = usedOf(axes);
  if (used.length === 0) return [];
  const prefix = `SKU-${productId}-`;
  const taken = new Set(skus.map(({ sku }) => sku.slice(prefix.length)));
  const known = new Map(skus.map((row) => [attributesKey(row.variant_attributes), row.sku]));
  let combinations: string[][] = [[]];
  for (const axis of used) {
    combinations = combinations.flatMap((values) => axis.values.map((value) => [...values, value]));
  }
  return combinations.slice(0, PLANNED_MAX).map((values) => {
    const attributes = Object.fromEntries(used.map((axis, index) => [axis.name, values[index] ?? ""]));
    const existing = known.get(attributesKey(attributes)) ?? null;
    const code = existing ? existing.slice(prefix.length) : freeCode(codeOf(values), taken);
    taken.add(code);
    return { attributes, name: values.join(" / "), code, existing };
  });
}

/** The same string for the same attributes, in whatever order they come. */
export function attributesKey(attributes: Readonly<Record<string, string>> | null): string {
  const entries = Object.entries(attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(entries);
}

/** The axes that SKUs have already, in the order in which they first appear, with their values in order. */
export function axesOf(skus: readonly VariantRow[]): Axis[] {
  const axes = new Map<string, Set<string>>();
  for (const { variant_attributes } of skus) {
    for (const [name, value] of Object.entries(variant_attributes ?? {})) {
      const values = axes.get(name) ?? new Set();
      axes.set(name, values.add(value));
    }
  }
  return [...axes].map(([name, values]) => ({ name, values: inOrder([...values]) }));
}

const SIZES = ["XXS", "XS", "S", "M", "L", "XL", "XXL", "2XL", "XXXL", "3XL", "4XL", "5XL"];
const byNumber = new Intl.Collator("en", { numeric: true });

/** Sizes from small to large, and what begins with a number by it; others as they come. */
function inOrder(values: readonly string[]): string[] {
  const sizes = values.map((value) => SIZES.indexOf(value.toUpperCase()));
  if (!sizes.includes(-1)) {
    const place = new Map(values.map((value, index) => [value, sizes[index] ?? 0]));
    return [...values].sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0));
  }
  return values.every((value) => /^\d/.test(value)) ? [...values].sort(byNumber.compare) : [...values];
}

export interface Matrix<Row extends VariantRow> {
  /** The attributes of the rows: all but the one of the columns. */
  readonly rowNames: readonly string[];
  readonly columnName: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly values: readonly string[];
    /** The SKU in each column, or null where there is none. */
    readonly cells: readonly (Row | null)[];
  }[];
}

/**
 * SKUs as a matrix of their attributes; null where a list says it better: fewer than two attributes,
 * SKUs with different ones, or two SKUs with the same.
 */
export function matrixOf<Row extends VariantRow>(skus: readonly Row[]): Matrix<Row> | null {
  const axes = axesOf(skus);
  const names = axes.map((axis) => axis.name);
  if (axes.length < 2 || skus.length < 2) return null;
  const sameAttributes = skus.every(
    ({ variant_attributes }) => Object.keys(variant_attributes ?? {}).length === names.length,
  );
  const distinct = new Set(skus.map((row) => attributesKey(row.variant_attributes)));
  if (!sameAttributes || distinct.size < skus.length) return null;
  const column = columnOf(axes);
  const rowNames = names.filter((name) => name !== column.name);
  const rows = new Map<string, { values: string[]; cells: (Row | null)[] }>();
  for (const sku of skus) {
    const attributes = sku.variant_attributes ?? {};
    const values = rowNames.map((name) => attributes[name] ?? "");
    const key = JSON.stringify(values);
    const row = rows.get(key) ?? { values, cells: column.values.map(() => null) };
    rows.set(key, row);
    row.cells[column.values.indexOf(attributes[column.name] ?? "")] = sku;
  }
  return { rowNames, columnName: column.name, columns: column.values, rows: [...rows.values()] };
}

/** Sizes go across where there are any, because readers expect them there; else the last attribute. */
function columnOf(axes: readonly Axis[]): Axis {
  return axes.find((axis) => /^size$/i.test(axis.name)) ?? (axes.at(-1) as Axis);
}
