import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { catalog, documentOf, stock } from "../../shared/api/clients";
import { isProblem } from "../../shared/api/problems";
import { repeatableTransport } from "../../shared/api/transport";
import { type AvailableLine, stockByProduct } from "./availability";
import type { Category } from "./tree";

const CATEGORY_PAGE = 100;
/** One question for availability takes as many products as this page has. */
const PRODUCT_PAGE = 24;

export const categoriesQuery = queryOptions({
  queryKey: ["shelf", "categories"],
  queryFn: async ({ signal }) => {
    const categories: Category[] = [];
    for (let cursor: string | undefined; ; ) {
      const query = { limit: CATEGORY_PAGE, cursor };
      const page = await documentOf(catalog.GET("/categories", { params: { query }, signal }));
      categories.push(...page.items);
      if (page.next_cursor === null) return categories;
      cursor = page.next_cursor;
    }
  },
});

export const productsQuery = (category: string) =>
  infiniteQueryOptions({
    queryKey: ["shelf", "products", category],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      documentOf(
        catalog.GET("/products", {
          params: { query: { category, limit: PRODUCT_PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** What can be ordered of the products of one page. */
export const availabilityQuery = (productIds: readonly string[]) =>
  queryOptions({
    queryKey: ["shelf", "availability", productIds],
    queryFn: async ({ signal }) => stockByProduct(await linesOf(productIds, signal)),
    enabled: productIds.length > 0,
    refetchInterval: 10_000,
  });

/** One line for each SKU of the products; asked in halves where they have more SKUs than one answer takes. */
async function linesOf(productIds: readonly string[], signal: AbortSignal): Promise<AvailableLine[]> {
  const lines = productIds.map((product_id) => ({ product_id, quantity: 1 }));
  try {
    const request = { body: { lines }, signal, fetch: repeatableTransport };
    return (await documentOf(stock.POST("/availability", request))).lines;
  } catch (error) {
    if (productIds.length < 2 || !isProblem(error, "invalid_input")) throw error;
    const middle = Math.ceil(productIds.length / 2);
    const halves = [productIds.slice(0, middle), productIds.slice(middle)];
    return (await Promise.all(halves.map((half) => linesOf(half, signal)))).flat();
  }
}
