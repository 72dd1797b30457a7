import { useQueryClient } from "@tanstack/react-query";
import type { Product } from "../../shared/api/clients";
import { inventoryOf } from "../../shared/inventory/useInventory";
import { productQuery, productsQuery } from "./queries";

/** How a product that a command returned gets onto the pages that show it. */
export function useStoredProduct(): (product: Product) => void {
  const client = useQueryClient();
  return (product) => {
    client.setQueryData(productQuery(product.product_id).queryKey, product);
    client.setQueryData(productsQuery(product.vendor_id).queryKey, (known) => {
      const [first, ...others] = known?.pages ?? [];
      if (!known || !first) return known;
      const isKnown = known.pages.some((page) => page.items.some((row) => isSame(row, product)));
      if (!isKnown) return { ...known, pages: [{ ...first, items: [product, ...first.items] }, ...others] };
      const pages = known.pages.map((page) => ({
        ...page,
        items: page.items.map((row) => (isSame(row, product) ? product : row)),
      }));
      return { ...known, pages };
    });
    inventoryOf(product.vendor_id).acceptProduct(product);
  };
}

function isSame(a: { readonly product_id: string }, b: { readonly product_id: string }): boolean {
  return a.product_id === b.product_id;
}
