import type { Order } from "../../shared/api/clients";

/** How far ahead holds are looked at. A hold lasts 30 days at most, so that `open` are all. */
export const HORIZONS = { overdue: 0, hour: 3_600, day: 86_400, open: 31 * 86_400 } as const;
export type Horizon = keyof typeof HORIZONS;

export const DEFAULT_HORIZON: Horizon = "hour";

/** The horizon that an address names. */
export function horizonOf(text: string | null): Horizon {
  return text !== null && Object.hasOwn(HORIZONS, text) ? (text as Horizon) : DEFAULT_HORIZON;
}

/** Orders by the end of their hold, each once; the service lists them in sixteen parts. */
export function soonestFirst(orders: readonly Order[]): Order[] {
  const byId = new Map(orders.map((order) => [order.order_id, order]));
  return [...byId.values()].sort((a, b) => endOf(a) - endOf(b) || (a.order_id < b.order_id ? -1 : 1));
}

/** An order without a hold is one whose command hangs: it comes first. */
function endOf({ expires_at }: Order): number {
  return expires_at === null ? 0 : Date.parse(expires_at);
}
