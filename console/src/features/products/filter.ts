/** What a product of the list has to have to be found. */
export interface ListedProduct {
  readonly product_id: string;
  readonly product_name: string;
  readonly external_id: string | null;
  readonly category: string;
  readonly is_active: boolean;
}

export type ActiveFilter = "all" | "active" | "inactive";

export interface ProductFilter {
  readonly search: string;
  readonly category: string | null;
  readonly active: ActiveFilter;
}

/** Read the filter from the address line; anything unknown is no filter. */
export function filterFrom(parameters: URLSearchParams): ProductFilter {
  const active = parameters.get("active");
  return {
    search: parameters.get("q") ?? "",
    category: parameters.get("category"),
    active: active === "active" || active === "inactive" ? active : "all",
  };
}

/** Write the filter into a copy of the address line's parameters, leaving out what filters nothing. */
export function withFilter(parameters: URLSearchParams, filter: ProductFilter): URLSearchParams {
  const changed = new URLSearchParams(parameters);
  const set = (name: string, value: string | null) =>
    value ? changed.set(name, value) : changed.delete(name);
  set("q", filter.search);
  set("category", filter.category);
  set("active", filter.active === "all" ? null : filter.active);
  return changed;
}

/** The products that match: every word of the search in name, own id or product id. */
export function filtered<Product extends ListedProduct>(
  products: readonly Product[],
  filter: ProductFilter,
): Product[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  return products.filter((product) => {
    if (filter.category !== null && product.category !== filter.category) return false;
    if (filter.active !== "all" && product.is_active !== (filter.active === "active")) return false;
    const text = `${product.product_name}\n${product.external_id ?? ""}\n${product.product_id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The categories of the products, by name. */
export function categoriesOf(products: readonly ListedProduct[]): string[] {
  return [...new Set(products.map(({ category }) => category))].sort((a, b) => a.localeCompare(b));
}
