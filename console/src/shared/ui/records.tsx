import { Anchor, Text } from "@mantine/core";
import { Link } from "react-router";
import type { TransactionRecord } from "../api/clients";
import { formatChange } from "../format/numbers";
import { texts } from "../texts/texts";

/** What of a log record is shown in lists. */
export type ShownRecord = Pick<
  TransactionRecord,
  | "transaction_type"
  | "quantity_change"
  | "reserved_before"
  | "reserved_after"
  | "performed_by"
  | "notes"
  | "reason"
>;

/** The type of a record in words; one that this page does not know as it is. */
export function recordType(type: string): string {
  return texts.records.types[type] ?? type;
}

/** What a record changed, such as `−2 in stock, −2 reserved`. */
export function recordChange(record: ShownRecord): string {
  const words = texts.records;
  const reserved = record.reserved_after - record.reserved_before;
  const parts = [
    record.quantity_change === 0 ? null : words.stock(formatChange(record.quantity_change)),
    reserved === 0 ? null : words.reserved(formatChange(reserved)),
  ].filter((part) => part !== null);
  return parts.join(", ") || words.unchanged;
}

/** Who did it: the name after the kind of actor, which is said where it is no person. */
export function Actor({ performedBy }: { readonly performedBy: string }) {
  const [kind = "", ...rest] = performedBy.split(":");
  const name = rest.join(":") || kind;
  const said = texts.records.actors[kind];
  return (
    <span title={performedBy} style={{ overflowWrap: "anywhere" }}>
      {name}
      {said && (
        <Text component="span" size="xs" c="dimmed">
          {" "}
          {said}
        </Text>
      )}
    </span>
  );
}

/** Why: the reason as a word, and the notes. */
export function recordReason(record: ShownRecord): string {
  return [record.reason, record.notes].filter(Boolean).join(": ");
}

export function OrderLink({ orderId }: { readonly orderId: string }) {
  return (
    <Anchor
      component={Link}
      to={`/orders/${encodeURIComponent(orderId)}`}
      size="sm"
      style={{ overflowWrap: "anywhere" }}
    >
      {orderId}
    </Anchor>
  );
}
