import { Anchor, Paper, Table, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { formatQuantity } from "../../shared/format/numbers";
import type { InventoryRow } from "../../shared/inventory/rows";
import { useVendorAddress } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { Actor, OrderLink, recordChange, recordReason, recordType } from "../../shared/ui/records";
import { Time } from "../../shared/ui/Time";
import classes from "./Overview.module.css";
import type { NewestRecords as Records } from "./queries";

const SHOWN = 15;

interface Props {
  readonly log: UseQueryResult<Records>;
  readonly rows: readonly InventoryRow[];
}

/** What happened last, in any SKU. */
export function NewestRecords({ log, rows }: Props) {
  const words = texts.overview.newest;
  const names = texts.records;
  const address = useVendorAddress();
  const shown = log.data?.records.slice(0, SHOWN) ?? [];
  const bySku = useMemo(() => new Map(rows.map((row) => [row.sku, row])), [rows]);
  if (shown.length === 0) return null;
  return (
    <Paper withBorder component="section" className={classes.panel} aria-labelledby="newest">
      <Title order={2} size="h5" id="newest" mb="xs">
        {words.title}
      </Title>
      <div className={classes.scroll}>
        <Table verticalSpacing={6} horizontalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{names.time}</Table.Th>
              <Table.Th>{words.sku}</Table.Th>
              <Table.Th>{names.what}</Table.Th>
              <Table.Th>{names.change}</Table.Th>
              <Table.Th className={classes.right}>{names.balance}</Table.Th>
              <Table.Th>{names.who}</Table.Th>
              <Table.Th>{names.why}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((record) => {
              const row = bySku.get(record.sku);
              const name = row ? `${row.product_name} · ${row.variant_name}` : record.sku;
              return (
                <Table.Tr key={record.transaction_id}>
                  <Table.Td style={{ whiteSpace: "nowrap" }}>
                    <Time value={record.timestamp} />
                  </Table.Td>
                  <Table.Td>
                    <Anchor component={Link} size="sm" to={address(`/skus/${record.sku}`)}>
                      {name}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>{recordType(record.transaction_type)}</Table.Td>
                  <Table.Td>{recordChange(record)}</Table.Td>
                  <Table.Td className={classes.right}>{formatQuantity(record.stock_after)}</Table.Td>
                  <Table.Td>
                    <Actor performedBy={record.performed_by} />
                  </Table.Td>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>
                    {record.order_id && <OrderLink orderId={record.order_id} />} {recordReason(record)}
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </div>
    </Paper>
  );
}
