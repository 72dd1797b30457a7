import { Table, Text } from "@mantine/core";
import { formatQuantity } from "../../shared/format/numbers";
import { formatDay } from "../../shared/format/times";
import type { InventoryRow } from "../../shared/inventory/rows";
import { texts } from "../../shared/texts/texts";
import { PrintPage } from "../../shared/ui/PrintPage";
import { EmptyState, LoadingState } from "../../shared/ui/states";
import classes from "./ReorderList.module.css";

const words = texts.inventory.reorder;

interface Props {
  /** What is low, in the order it is printed. */
  readonly rows: readonly InventoryRow[];
  readonly complete: boolean;
  readonly back: string;
}

/** What is at or below its threshold, as a list to print and write on. */
export function ReorderList({ rows, complete, back }: Props) {
  const { columns } = texts.inventory;
  return (
    <PrintPage
      title={words.title}
      lead={complete ? words.lead(rows.length, formatDay(new Date().toISOString())) : words.incomplete}
      back={back}
      backLabel={words.back}
      isReady={complete && rows.length > 0}
    >
      {!complete ? (
        <LoadingState label={words.incomplete} />
      ) : rows.length === 0 ? (
        <EmptyState title={words.empty} detail={words.emptyDetail} />
      ) : (
        <Table className={classes.table} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{columns.product}</Table.Th>
              <Table.Th className={classes.codes}>{columns.ownId}</Table.Th>
              <Table.Th className={classes.codes}>{columns.barcode}</Table.Th>
              <Table.Th ta="right">{columns.stock}</Table.Th>
              <Table.Th ta="right" className={classes.optional}>
                {columns.reserved}
              </Table.Th>
              <Table.Th ta="right">{columns.threshold}</Table.Th>
              <Table.Th className={classes.order}>{words.toOrder}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.sku}>
                <Table.Td>
                  {row.product_name} · {row.variant_name}
                  <Text size="xs" c="dimmed" className={classes.sku}>
                    {row.sku}
                  </Text>
                </Table.Td>
                <Table.Td className={classes.codes}>{row.external_id}</Table.Td>
                <Table.Td className={classes.codes}>{row.barcode}</Table.Td>
                <Table.Td ta="right">{formatQuantity(row.current_stock)}</Table.Td>
                <Table.Td ta="right" className={classes.optional}>
                  {formatQuantity(row.reserved_stock)}
                </Table.Td>
                <Table.Td ta="right">{formatQuantity(row.reorder_threshold)}</Table.Td>
                <Table.Td className={classes.order} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </PrintPage>
  );
}
