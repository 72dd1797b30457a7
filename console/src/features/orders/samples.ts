import type { Order, OrderLine } from "../../shared/api/clients";

/** Orders for tests. */
export function lineOf(members: Partial<OrderLine> = {}): OrderLine {
  return {
    product_id: "PROD-AAAAA",
    sku: "SKU-PROD-AAAAA-RED",
    vendor_id: "VENDOR-1",
    placed: 5,
    reserved: 5,
    confirmed: 0,
    cancelled: 0,
    refunded: 0,
    reason: null,
    notes: null,
    ...members,
  };
}

export function orderOf(members: Partial<Order> = {}): Order {
  return {
    order_id: "ORDER-1",
    status: "reserved",
    created_at: "2026-02-23T10:30:00.000000Z",
    expires_at: "2026-02-24T10:30:00.000000Z",
    cancel_reason: null,
    lines: [lineOf()],
    ...members,
  };
}
