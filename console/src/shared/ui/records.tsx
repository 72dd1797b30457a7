import { Anchor, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { TransactionRecord } from "../api/clients";
import { formatChange, formatQuantity } from "../format/numbers";
import { useVendorAddress } from "../session/vendor";
import { texts } from "../texts/texts";
import classes from "./records.module.css";
import { Time } from "./Time";

/** What of a log record is shown in lists. */
export type ShownRecord = Pick<
  TransactionRecord,
  | "transaction_id"
  | "timestamp"
  | "transaction_type"
  | "quantity_change"
  | "stock_after"
  | "reserved_before"
  | "reserved_after"
  | "order_id"
  | "performed_by"
  | "notes"
  | "reason"
>;

interface TableProps<Row extends ShownRecord> {
  readonly records: readonly Row[];
  /** The SKU of a record, for logs of several. */
  readonly skuOf?: (record: Row) => ReactNode;
  /** Open a record in full; times are then to the second. */
  readonly onOpen?: (record: Row) => void;
  /** How an order is shown; by default its id. */
  readonly orderOf?: (orderId: string) => ReactNode;
}

/** Log records as a table; on a narrow page as blocks. */
export function RecordTable<Row extends ShownRecord>({ records, skuOf, onOpen, orderOf }: TableProps<Row>) {
  const words = texts.records;
  return (
    // The keyboard has to scroll what is wider than the page.
    <section className={classes.scroll} aria-label={words.records} tabIndex={0}>
      <Table verticalSpacing={6} horizontalSpacing="xs" className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.time}</Table.Th>
            {skuOf && <Table.Th>{words.sku}</Table.Th>}
            <Table.Th>{words.what}</Table.Th>
            <Table.Th className={classes.number}>{words.stockChange}</Table.Th>
            <Table.Th className={classes.number}>{words.reservedChange}</Table.Th>
            <Table.Th className={classes.number}>{words.balance}</Table.Th>
            <Table.Th>{words.who}</Table.Th>
            <Table.Th>{words.why}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {records.map((record) => (
            <Table.Tr key={record.transaction_id}>
              <Table.Td className={`${classes.line} ${classes.time}`}>
                {onOpen ? (
                  <Anchor component="button" type="button" size="sm" onClick={() => onOpen(record)}>
                    <Time value={record.timestamp} exact />
                  </Anchor>
                ) : (
                  <Time value={record.timestamp} />
                )}
              </Table.Td>
              {skuOf && <Table.Td className={`${classes.text} ${classes.sku}`}>{skuOf(record)}</Table.Td>}
              <Table.Td className={`${classes.line} ${classes.what}`}>
                {recordType(record.transaction_type)}
              </Table.Td>
              <Table.Td className={`${classes.number} ${classes.delta}`}>
                <Change units={record.quantity_change} name={words.stock} />
              </Table.Td>
              <Table.Td className={`${classes.number} ${classes.delta}`}>
                <Change units={record.reserved_after - record.reserved_before} name={words.reserved} />
              </Table.Td>
              <Table.Td className={`${classes.number} ${classes.after}`}>
                <span className={classes.narrowOnly}>{words.balance} </span>
                {formatQuantity(record.stock_after)}
              </Table.Td>
              <Table.Td className={`${classes.line} ${classes.who}`}>
                <Actor performedBy={record.performed_by} />
              </Table.Td>
              <Table.Td className={`${classes.text} ${classes.why}`}>
                <Reason record={record} orderOf={orderOf} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

/** The type of a record in words; one that this page does not know as it is. */
export function recordType(type: string): string {
  return texts.records.types[type] ?? type;
}

/** What a record changed, such as `-2 in stock, -2 reserved`. */
export function recordChange(
  record: Pick<TransactionRecord, "quantity_change" | "reserved_before" | "reserved_after">,
): string {
  const words = texts.records;
  const reserved = record.reserved_after - record.reserved_before;
  const parts = [
    record.quantity_change === 0 ? null : words.stock(formatChange(record.quantity_change)),
    reserved === 0 ? null : words.reserved(formatChange(reserved)),
  ].filter((part) => part !== null);
  return parts.join(", ") || words.unchanged;
}

/** A change of units; nothing where there is none, and in words where the table has no columns. */
function Change({ units, name }: { readonly units: number; readonly name: (change: string) => string }) {
  if (units === 0) return null;
  const change = formatChange(units);
  return (
    <>
      <span className={classes.wideOnly}>{change}</span>
      <span className={classes.narrowOnly}>{name(change)}</span>
    </>
  );
}

/** Who did it: the name after the kind of actor, which is shown where it is no person. */
export function Actor({ performedBy }: { readonly performedBy: string }) {
  const [kind = "", ...rest] = performedBy.split(":");
  const name = rest.join(":") || kind;
  const label = texts.records.actors[kind];
  return (
    <span title={performedBy}>
      {name}
      {label && (
        <Text component="span" size="xs" c="dimmed">
          {" "}
          {label}
        </Text>
      )}
    </span>
  );
}

/** Why: the order, the reason as a word, and the notes. */
function Reason({ record, orderOf }: { readonly record: ShownRecord } & Pick<TableProps<never>, "orderOf">) {
  const reason = recordReason(record);
  if (record.order_id === null) return reason || null;
  return (
    <>
      {orderOf ? orderOf(record.order_id) : <OrderId orderId={record.order_id} />} {reason}
    </>
  );
}

export function recordReason(record: Pick<TransactionRecord, "reason" | "notes">): string {
  return [record.reason, record.notes].filter(Boolean).join(": ");
}

/** An order's id, which leads to its page: every role reads orders, a vendor its own lines of them. */
export function OrderId({ orderId }: { readonly orderId: string }) {
  const address = useVendorAddress();
  return (
    <Anchor
      component={Link}
      to={address(`/orders/${orderId}`)}
      size="sm"
      style={{ overflowWrap: "anywhere" }}
    >
      {orderId}
    </Anchor>
  );
}
