/** Which rows are listed. */
export const SHOWN = ["all", "low", "out", "inactive", "reserved"] as const;
export type Shown = (typeof SHOWN)[number];

/** What the list can be sorted by. */
export const SORTS = [
  "product",
  "sku",
  "stock",
  "reserved",
  "available",
  "threshold",
  "price",
  "active",
  "changed",
] as const;
export type SortKey = (typeof SORTS)[number];

/** What the address line says of the list. */
export interface InventoryQuery {
  readonly search: string;
  readonly shown: Shown;
  readonly sort: SortKey;
  readonly descending: boolean;
}

export const DEFAULT_QUERY: InventoryQuery = { search: "", shown: "all", sort: "product", descending: false };

/** Read it; what it does not know is as if it was not there. */
export function queryOf(address: URLSearchParams): InventoryQuery {
  const sort = address.get("sort") ?? "";
  const descending = sort.startsWith("-");
  const key = SORTS.find((each) => each === sort.replace(/^-/, ""));
  return {
    search: address.get("q") ?? "",
    shown: SHOWN.find((each) => each === address.get("show")) ?? DEFAULT_QUERY.shown,
    sort: key ?? DEFAULT_QUERY.sort,
    descending: key === undefined ? DEFAULT_QUERY.descending : descending,
  };
}

/** The address with this query; what else it says stays, and defaults are left out. */
export function addressOf(query: InventoryQuery, address: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(address);
  const sort = `${query.descending ? "-" : ""}${query.sort}`;
  write(next, "q", query.search, DEFAULT_QUERY.search);
  write(next, "show", query.shown, DEFAULT_QUERY.shown);
  write(next, "sort", sort, DEFAULT_QUERY.sort);
  return next;
}

function write(address: URLSearchParams, name: string, value: string, usual: string): void {
  if (value === usual) {
    address.delete(name);
  } else {
    address.set(name, value);
  }
}
