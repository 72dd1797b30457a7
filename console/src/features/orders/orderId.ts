/** An order's id as people type it: the `ORDER-` before it may be missing. Null if it cannot be one. */
export function orderIdOf(typed: string): string | null {
  const rest = typed.trim().replace(/^order-/i, "");
  return /^[A-Za-z0-9-]{1,64}$/.test(rest) ? `ORDER-${rest}` : null;
}

/** Whether an address names an order. */
export function isOrderId(id: string): boolean {
  return /^ORDER-[A-Za-z0-9-]{1,64}$/.test(id);
}

/** An id for an order that is placed by hand. */
export function newOrderId(): string {
  return `ORDER-TEST-${crypto.randomUUID().slice(0, 8).toUpperCase()}`;
}
