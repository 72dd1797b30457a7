export const log = {
  title: "Log",
  lead: "Every change of stock, who made it and why. Records are only ever added.",
  subject: "Records of",
  subjects: { sku: "A SKU", product: "A product", vendor: "A vendor", order: "An order" },
  ids: { sku: "SKU", product: "Product id", vendor: "Vendor id", order: "Order id" },
  placeholders: {
    sku: "SKU-PROD-E4F9A-BLK-L",
    product: "PROD-E4F9A",
    vendor: "VENDOR-001",
    order: "ORDER-1001",
  },
  type: "Type",
  allTypes: "All types",
  from: "From",
  to: "Before",
  sort: "Order",
  newest: "Newest first",
  oldest: "Oldest first",
  invalidPeriod: "It must be later than “From”.",
  zone: (zone: string) => `Times are those of your zone, ${zone}.`,
  show: "Show",
  start: {
    title: "Choose what to look at",
    detail:
      "Enter the id of a SKU, a product, a vendor or an order. The address then leads to the same records.",
  },
  none: {
    title: "No records",
    detail: "Nothing was recorded for this id in this period, or the id is mistyped.",
    order: "No such order is stored, or it could not be placed.",
  },
  more: "Load more",
  shown: (count: string, more: boolean) =>
    more
      ? `${count} records so far`
      : count === "1"
        ? "1 record, all there is"
        : `${count} records, all there are`,
} as const;
