import type { ProductRow } from "./queries";

export type SortColumn = "name" | "ownId" | "category" | "price" | "updated";

export interface Sorting {
  readonly column: SortColumn;
  readonly isDescending: boolean;
}

const COLUMNS: readonly SortColumn[] = ["name", "ownId", "category", "price", "updated"];
const BY_NAME: Sorting = { column: "name", isDescending: false };

/** Read the order from the address line, such as `-price`; by name where it says nothing known. */
export function sortingFrom(parameters: URLSearchParams): Sorting {
  const text = parameters.get("sort") ?? "";
  const isDescending = text.startsWith("-");
  const column = COLUMNS.find((each) => each === text.slice(isDescending ? 1 : 0));
  return column ? { column, isDescending } : BY_NAME;
}

/** The parameter of an order; null for the one that needs none. */
export function sortingParameter({ column, isDescending }: Sorting): string | null {
  if (column === BY_NAME.column && !isDescending) return null;
  return `${isDescending ? "-" : ""}${column}`;
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** The products in an order, those that are equal in it by name. */
export function sorted<Row extends ProductRow>(products: readonly Row[], sorting: Sorting): Row[] {
  const sign = sorting.isDescending ? -1 : 1;
  const compare = COMPARISONS[sorting.column];
  const byName = (a: Row, b: Row) => collator.compare(a.product_name, b.product_name);
  return [...products].sort(
    (a, b) => sign * compare(a, b) || byName(a, b) || (a.product_id < b.product_id ? -1 : 1),
  );
}

const COMPARISONS: Record<SortColumn, (a: ProductRow, b: ProductRow) => number> = {
  name: (a, b) => collator.compare(a.product_name, b.product_name),
  ownId: (a, b) => collator.compare(a.external_id ?? "", b.external_id ?? ""),
  category: (a, b) => collator.compare(a.category, b.category),
  price: (a, b) => a.base_price - b.base_price,
  updated: (a, b) => (a.updated_at < b.updated_at ? -1 : a.updated_at > b.updated_at ? 1 : 0),
};
