/** The product that a SKU's id names; null if it is no SKU's id. */
export function productIdOf(sku: string): string | null {
  return /^SKU-(PROD-[0-9A-HJKMNP-TV-Z]{5,12})-[A-Z0-9]+(?:-[A-Z0-9]+)*$/.exec(sku)?.[1] ?? null;
}
