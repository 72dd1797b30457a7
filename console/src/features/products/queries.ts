import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import {
  catalog,
  documentOf,
  newIdempotencyKey,
  type Product,
  type Sku,
  stock,
} from "../../shared/api/clients";
import type { DetailsPatch, StoredDetails } from "./details";

const LIST_PAGE = 1000;
const SKU_PAGE = 100;
const REFRESH_MILLISECONDS = 10_000;
const FIELDS = [
  "product_id",
  "product_name",
  "external_id",
  "category",
  "base_price",
  "images",
  "is_active",
  "updated_at",
] as const;

export type ProductRow = Pick<Product, (typeof FIELDS)[number]>;

export interface ProductsPage {
  readonly items: readonly ProductRow[];
  readonly next_cursor: string | null;
}

/** A vendor's products, in pages of up to 1,000, newest first. */
export const productsQuery = (vendorId: string) =>
  infiniteQueryOptions({
    queryKey: ["products", vendorId],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: LIST_PAGE, order: "desc" as const, fields: [...FIELDS], cursor: pageParam };
      const page = await documentOf(
        catalog.GET("/vendors/{vendor_id}/products", {
          params: { path: { vendor_id: vendorId }, query },
          signal,
        }),
      );
      return page as ProductsPage;
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const productQuery = (productId: string) =>
  queryOptions({
    queryKey: ["product", productId],
    queryFn: ({ signal }) => getProduct(productId, signal),
  });

export function getProduct(productId: string, signal?: AbortSignal): Promise<Product> {
  const path = { product_id: productId };
  return documentOf(catalog.GET("/products/{product_id}", { params: { path }, signal }));
}

/** All SKUs of a product, by id. */
export const skusQuery = (productId: string) =>
  queryOptions({
    queryKey: ["product", productId, "skus"],
    queryFn: async ({ signal }) => {
      const skus: Sku[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await documentOf(
          stock.GET("/products/{product_id}/skus", {
            params: { path: { product_id: productId }, query: { limit: SKU_PAGE, cursor } },
            signal,
          }),
        );
        skus.push(...page.items);
        if (page.next_cursor === null) return skus;
        cursor = page.next_cursor;
      }
    },
    refetchInterval: REFRESH_MILLISECONDS,
  });

export interface NewProduct extends StoredDetails {
  readonly external_id: string | null;
  /** Named by an admin; a vendor's token has its own. */
  readonly vendor_id?: string;
}

export function createProduct(product: NewProduct, key: string): Promise<Product> {
  const body = { ...product, images: mutable(product.images), tags: mutable(product.tags) };
  return documentOf(catalog.POST("/products", { params: { header: { "Idempotency-Key": key } }, body }));
}

/** Change a product, if it still has the version that was read. */
export function patchProduct(
  productId: string,
  patch: DetailsPatch & { readonly is_active?: boolean },
  version: number,
): Promise<Product> {
  const header = { "Idempotency-Key": newIdempotencyKey(), "If-Match": `"${version}"` };
  return documentOf(
    catalog.PATCH("/products/{product_id}", {
      params: { path: { product_id: productId }, header },
      // biome-ignore lint/suspicious/noExplicitAny: the generated type of the merge patch is mutable.
      body: patch as any,
    }),
  );
}

export interface NewSku {
  readonly sku: string;
  readonly variant_name: string;
  readonly variant_attributes: Readonly<Record<string, string>> | null;
  readonly unit_price: number;
  readonly reorder_threshold: number;
}

export function createSku(productId: string, sku: NewSku, key: string): Promise<Sku> {
  return documentOf(
    stock.POST("/products/{product_id}/skus", {
      params: { path: { product_id: productId }, header: { "Idempotency-Key": key } },
      body: sku,
    }),
  );
}

function mutable(list: readonly string[] | null): string[] | null {
  return list === null ? null : [...list];
}
