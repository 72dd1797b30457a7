/** How log records are named wherever they are shown. */
export const records = {
  records: "Records",
  /** By `transaction_type`; one that is not here is shown as it is. */
  types: {
    restock: "Restock",
    order_placed: "Order placed",
    order_confirmed: "Order confirmed",
    order_cancelled: "Order cancelled",
    refund: "Refund",
    manual_adjustment: "Adjustment",
  } as Readonly<Record<string, string>>,
  /** By the part of `performed_by` before the colon. */
  actors: {
    client: "order system",
    system: "system",
  } as Readonly<Record<string, string>>,
  stock: (change: string) => `${change} on hand`,
  reserved: (change: string) => `${change} reserved`,
  unchanged: "no change",
  sku: "SKU",
  time: "Time",
  what: "What",
  stockChange: "On hand",
  reservedChange: "Reserved",
  balance: "On hand after",
  who: "Who",
  why: "Why",
} as const;
