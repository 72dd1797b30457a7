export const sku = {} as const;
