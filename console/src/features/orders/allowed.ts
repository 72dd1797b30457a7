import type { Order, OrderLine } from "../../shared/api/clients";
import type { Role } from "../../shared/session/principal";
import type { texts } from "../../shared/texts/texts";

export const ACTIONS = ["confirm", "cancel", "refund", "amend", "extend", "reopen"] as const;
export type Action = (typeof ACTIONS)[number];
/** What is done to units that the order has already. */
export type Settling = "confirm" | "cancel" | "refund";

/** Why an action is not offered, as a key of the texts. */
export type Hindrance = keyof typeof texts.orders.why;

const RUNNING = ["placing", "releasing", "confirming", "cancelling", "refunding"];
const SETTLED = [
  "reserved",
  "partially_confirmed",
  "confirmed",
  "cancelled",
  "partially_refunded",
  "refunded",
];

const ACTIONS_OF_ROLE: Record<Role, readonly Action[]> = {
  admin: ACTIONS,
  desk: ACTIONS,
  vendor: ["cancel", "refund"],
  auditor: [],
};

/** What a role may do with orders; the services decide it, and the page leaves the rest out. */
export function actionsOf(role: Role): readonly Action[] {
  return ACTIONS_OF_ROLE[role];
}

/** Whether a command runs on the order, so that its status changes by itself. */
export function isRunning(order: Pick<Order, "status">): boolean {
  return RUNNING.includes(order.status);
}

/** The units of a line that a confirm, cancel or refund can concern. */
export function unitsOf(line: OrderLine, settling: Settling): number {
  return settling === "refund" ? line.confirmed - line.refunded : line.reserved;
}

export function totalOf(order: Order, settling: Settling): number {
  return order.lines.reduce((sum, line) => sum + unitsOf(line, settling), 0);
}

/** What stands against an action, by the table of statuses in docs/orders.md; null if nothing does. Of a status
 * that this page does not know, everything is offered: the service decides.
 */
export function hindranceOf(order: Order, action: Action): Hindrance | null {
  if (isRunning(order)) return "running";
  if (!SETTLED.includes(order.status)) return null;
  if (order.lines.length === 0) return "noLines";
  const reserved = totalOf(order, "confirm");
  if (action === "refund") return totalOf(order, "refund") > 0 ? null : "nothingToRefund";
  if (action === "reopen") {
    if (reserved > 0) return "stillReserved";
    return order.lines.some((line) => line.cancelled > 0) ? null : "nothingReleased";
  }
  return reserved > 0 ? null : "nothingReserved";
}
