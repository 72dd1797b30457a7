import type { Order } from "../../shared/api/clients";
import { formatQuantity } from "../../shared/format/numbers";
import { formatTime } from "../../shared/format/times";
import { texts } from "../../shared/texts/texts";
import { unitsOf } from "./allowed";
import type { Command } from "./commands";
import { statusText } from "./status";

export interface ConflictRow {
  readonly label: string;
  readonly yours: string;
  readonly theirs: string;
}

const LINES_SHOWN = 10;

/** A command on an order beside the order as it is now: what it was made for, and what it would meet. */
export function conflictRows(command: Command, before: Order, now: Order): ConflictRow[] {
  const words = texts.orders;
  const rows: ConflictRow[] = [
    { label: words.conflict.status, yours: statusText(before.status), theirs: statusText(now.status) },
  ];
  if (command.type === "extend" || command.type === "reopen") {
    const end = ({ expires_at }: Order) => (expires_at === null ? texts.common.none : formatTime(expires_at));
    rows.push({ label: words.conflict.ends, yours: end(before), theirs: end(now) });
    return rows;
  }
  const lines = lineRows(command, before, now);
  rows.push(...lines.slice(0, LINES_SHOWN));
  if (lines.length > LINES_SHOWN) {
    rows.push({ label: words.conflict.more(lines.length - LINES_SHOWN), yours: "", theirs: "" });
  }
  return rows;
}

type WithLines = Exclude<Command, { type: "extend" | "reopen" }>;

function lineRows(command: WithLines, before: Order, now: Order): ConflictRow[] {
  const settling = command.type === "amend" ? "confirm" : command.type;
  const left = (order: Order, sku: string) => {
    const line = order.lines.find((each) => each.sku === sku);
    return line === undefined ? 0 : unitsOf(line, settling);
  };
  const units = command.lines
    ? command.lines.map(({ sku, quantity }) => ({ sku, quantity }))
    : [...new Set([...before.lines, ...now.lines].map(({ sku }) => sku))]
        .filter((sku) => left(before, sku) !== left(now, sku))
        .map((sku) => ({ sku, quantity: left(before, sku) }));
  const named = settling === "refund" ? texts.orders.conflict.refundable : texts.orders.conflict.reserved;
  return units.map(({ sku, quantity }) => ({
    label: sku,
    yours: formatQuantity(quantity),
    theirs: named(formatQuantity(left(now, sku))),
  }));
}
